"""The runtime's switch for prefetching in batches, which only measurements turn off.

It is `callplan.runtime.batches.prefetch(on: bool) -> None`, for the batches of the whole process from then on. A
runtime without it has one loop, and the row that compares the two is not measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from callplan.runtime import batches

_switch: Callable[[bool], None] | None = getattr(batches, "prefetch", None)


def can_be_turned_off() -> bool:
    return _switch is not None


@contextmanager
def plain_loop() -> Iterator[None]:
    """Batches are decided by a plain loop meanwhile."""
    assert _switch is not None
    _switch(False)
    try:
        yield
    finally:
        _switch(True)
