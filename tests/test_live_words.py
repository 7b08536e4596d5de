"""Words of a state's header, read and changed whole."""

from __future__ import annotations

import mmap
import os
import threading

import pytest

from callplan.runtime import live_words, regions


def test_a_word_is_what_was_stored() -> None:
    block = bytearray(64)
    for at, value in ((0, 1), (8, 2**64 - 1), (56, 0x0123456789ABCDEF)):
        live_words.store(block, at, value)
        assert live_words.load(block, at) == value
        assert int.from_bytes(block[at : at + 8], "little") == value
    assert not any(block[16:56])


@pytest.mark.parametrize("at", [-8, 1, 4, 57, 60, 64, 2**40])
def test_what_is_no_word_is_refused(at: int) -> None:
    block = bytearray(64)
    for change in (
        live_words.load,
        lambda *where: live_words.store(*where, 1),
        lambda *where: live_words.add(*where, 1),
    ):
        with pytest.raises(IndexError):
            change(block, at)
    assert not any(block)


@pytest.mark.parametrize("value", [-1, 2**64])
def test_what_is_no_value_is_refused(value: int) -> None:
    for change in (live_words.store, live_words.add):
        with pytest.raises(OverflowError):
            change(bytearray(8), 0, value)


def test_memory_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(BufferError, match="not writable"):
        live_words.store(bytes(8), 0, 1)


def test_threads_and_processes_lose_no_addition() -> None:
    block = mmap.mmap(-1, regions.PAGE)
    at = regions.live_at("ended_reconciled")

    def work() -> None:
        for _ in range(20_000):
            live_words.add(block, at, 1)

    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    threads = [threading.Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert os.waitpid(child, 0)[1] == 0
    assert live_words.load(block, at) == 80_000
