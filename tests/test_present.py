"""The word that a fork sets to 0 in the child, be it Python's fork or another."""

from __future__ import annotations

import textwrap

import pytest

from callplan.runtime.present import Present

from .states import run

FORKED = """
import ctypes
word = present.Present()
word.store(2**64 - 1)
c = ctypes.PyDLL(None)
def through(fork):
    sys.stdout.flush()
    child = fork()
    if child == 0:
        seen = word.load()
        word.store(5)
        print(seen, word.load(), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print(word.load() == 2**64 - 1)
through(os.fork)
through(c.fork)
"""


def test_it_is_zero_at_first_and_keeps_what_is_stored() -> None:
    word, other = Present(), Present()
    assert word.load() == 0
    word.store(2**63)
    assert (word.load(), other.load()) == (2**63, 0)
    with pytest.raises(OverflowError):
        word.store(-1)


def test_a_child_finds_zero_and_its_parent_what_was_there() -> None:
    """By os.fork, and by the fork of C, which no hook of Python hears of."""
    if not Present().wiped:
        pytest.skip("the kernel does not wipe pages on a fork")
    assert run(FORKED, "") == ["0 5", "True", "0 5", "True"]


def test_its_page_goes_with_it() -> None:
    """20,000 pages of which each is let go."""
    program = """
    def size():
        return int(open("/proc/self/statm").read().split()[0])
    before = size()
    for _ in range(20000):
        present.Present().store(1)
    print(size() - before < 1000)
    """
    assert run(textwrap.dedent(program), "") == ["True"]
