"""Work shared out among threads, for what leaves the interpreter's lock; tested by tests/test_side_by_side.py."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
MOST = 4  # threads: memory gives no more to others


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share_out(work: Callable[[Item], object], items: Iterable[Item], threads: int | None = None) -> None:
    """Does the work for all items, in this thread and others. Raises what the first failure was."""
    rest = deque(items)
    failures: list[BaseException] = []

    def go_on() -> None:
        while not failures:
            try:
                item = rest.popleft()
            except IndexError:
                return
            try:
                work(item)
            except BaseException as error:
                failures.append(error)

    helpers = []
    for _ in range(min(threads or min(processors(), MOST), len(rest)) - 1):
        helper = threading.Thread(target=go_on, name="callplan-open", daemon=True)
        try:
            helper.start()
        except RuntimeError:  # no more threads: those there are do it
            break
        helpers.append(helper)
    go_on()
    for helper in helpers:
        helper.join()
    if failures:
        raise failures[0]
