"""The lock of who changes the tables in force: one at a time, freed by the kernel, and what is left is removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from callplan.runtime.errors import StateError
from callplan.runtime.state_creation import create
from callplan.runtime.state_folder import StateFolder

from .states import SMALL, names, run, start

HOLDER = """
state = StateFolder(path)
with state.activation():
    open(path + "/tables/ab.tables.part", "w").close()
    print("held")
    sys.stdin.readline()
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    create(tmp_path / "a", **SMALL)
    return tmp_path / "a"


def test_one_at_a_time_also_within_a_process(state: Path) -> None:
    with StateFolder(state) as one, StateFolder(state) as other, one.activation():
        with pytest.raises(StateError, match=r"has been changing the tables in force for more than 0\.1 s"):
            other.activation(0.1).__enter__()
        with pytest.raises(StateError, match=rf"`fuser {state}/activation` tells which it is"):
            one.activation(0).__enter__()


def test_it_is_free_after_the_block_however_that_ends(state: Path) -> None:
    with StateFolder(state) as opened:
        for _ in range(2):
            with pytest.raises(ZeroDivisionError), opened.activation(0):
                raise ZeroDivisionError
        before = len(names(Path("/proc/self/fd")))
        with opened.activation(0):
            pass
        assert len(names(Path("/proc/self/fd"))) == before


def test_who_waits_gets_it_when_its_holder_is_done(state: Path) -> None:
    with start(HOLDER, state) as holder, StateFolder(state) as opened:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StateError):
            opened.activation(0).__enter__()
        holder.stdin.write("\n")
        holder.stdin.flush()
        with opened.activation(60):
            pass


def test_a_killed_holder_holds_nothing_and_what_it_left_is_removed(state: Path) -> None:
    with start(HOLDER, state) as holder, StateFolder(state) as opened:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        holder.wait()
        assert names(state / "tables") == ["ab.tables.part"]
        with opened.activation(0):
            assert names(state / "tables") == []


FORKED = """
one = StateFolder(path)
reader, writer = os.pipe()
with one.activation():
    child = os.fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)  # until the parent has looked
        os._exit(0)
other = StateFolder(path)
with other.activation(0):
    print("free though a child of the block lives")
os.write(writer, b"x")
os.waitpid(child, 0)
child = os.fork()
if child == 0:
    lock = one.activation(0)
    lock.__enter__()
    grandchild = os.fork()
    if grandchild == 0:
        print("left", flush=True)
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    os.kill(os.getpid(), signal.SIGKILL)
os.waitpid(child, 0)
with other.activation(60):  # the grandchild may have just begun
    print("free though a child of who was killed lives")
"""


def test_a_child_does_not_keep_it(state: Path) -> None:
    assert sorted(run(FORKED, state)) == [
        "free though a child of the block lives",
        "free though a child of who was killed lives",
        "left",
    ]
