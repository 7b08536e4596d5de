"""What a process was told of its calls, written down before it goes on: a line an event."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Event(NamedTuple):
    """`at`: nanoseconds of the monotonic clock, which all processes share.

    `what`: routed, refused, again (the same call by its id), forwarded, answered, leaving (before a report or an end is
    made: what the call held may be free from now), ended; `call`: 0 where there is none; `where`: the destination, or
    the reason of a refusal; `plan`: the number that was called.
    """

    at: int
    thread: str
    what: str
    call: int
    where: str
    plan: str


class Diary:
    """One process's; threads may write at once, since each line is one write of its own at the file's end."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, thread: str, what: str, call: int, where: str = "-", plan: str = "-") -> None:
        os.write(self._file, f"{time.monotonic_ns()} {thread} {what} {call} {where} {plan}\n".encode())


def read(path: Path) -> Iterator[Event]:
    """The events of a diary in their order, without one that its process was killed at noting."""
    for line in path.read_text().split("\n")[:-1]:
        at, thread, what, call, where, plan = line.split(" ")
        yield Event(int(at), thread, what, int(call), where, plan)
