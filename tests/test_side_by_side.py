"""Work that threads share: all of it is done once, and a failure is raised where it was asked for."""

from __future__ import annotations

import threading

import pytest

from callplan.runtime.side_by_side import processors, share_out


def test_there_is_a_processor() -> None:
    assert processors() >= 1


@pytest.mark.parametrize("threads", [None, 1, 2, 7])
def test_all_is_done_once(threads: int | None) -> None:
    done: list[int] = []
    share_out(done.append, range(50), threads)
    assert sorted(done) == list(range(50))
    share_out(done.append, [], threads)
    assert len(done) == 50


def test_items_are_under_way_at_once() -> None:
    both = threading.Barrier(2, timeout=20)
    share_out(lambda _: both.wait(), range(2), threads=2)


def test_a_failure_is_raised_and_ends_it() -> None:
    done = []

    def work(item: int) -> None:
        if item == 3:
            raise ValueError("third")
        done.append(item)

    with pytest.raises(ValueError, match="third"):
        share_out(work, range(1000), threads=1)
    assert done == [0, 1, 2]


def test_where_no_thread_can_be_had_this_one_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    done: list[int] = []
    share_out(done.append, range(5), threads=3)
    assert done == list(range(5))
