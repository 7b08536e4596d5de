"""The lock that one process holds while it changes which tables a state has in force; tested by
tests/test_activation_lock.py.

A lock of the file `activation` by flock, far from the way of a call. The kernel frees it when its holder dies; a child
that was forked meanwhile has no part in it, unless Python was not told of the fork.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import StateError

_PAUSE = 0.02  # seconds between two looks
_held: set[int] = set()


def _after_fork() -> None:
    """A child has the lock's descriptor, too: if it kept it, the lock would outlive the parent."""
    while _held:
        os.close(_held.pop())


os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def locked(descriptor: int, path: str, seconds: float) -> Iterator[None]:
    """Holds the lock of an open file, which the block's end closes; `path` is its name in errors.

    Waits up to `seconds` for whoever has it, then raises StateError.
    """
    _held.add(descriptor)
    try:
        _wait(descriptor, path, time.monotonic() + seconds, seconds)
        yield
    finally:
        if descriptor in _held:  # not so in a child that was forked in the block
            _held.remove(descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing would not do it where a child has a copy
            os.close(descriptor)


def _wait(descriptor: int, path: str, until: float, seconds: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EINTR):
                raise StateError(f"cannot lock {path}: {(error.strerror or str(error)).lower()}") from None
        left = until - time.monotonic()
        if left <= 0:
            raise StateError(
                f"another process has been changing the tables in force for more than {seconds:g} s: try again when it "
                f"is done; `fuser {path}` tells which it is"
            )
        time.sleep(min(_PAUSE, left))
