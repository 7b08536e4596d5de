"""What the words of the memory say, as in runtime/book.pxd. A generation is given out once; 0 and None are empty
words.
"""

from __future__ import annotations

from typing import NamedTuple

FREE, DECIDING, SETTLED, RINGING, ANSWERED, FORWARDING = (
    "free",
    "deciding",
    "settled",
    "ringing",
    "answered",
    "forwarding",
)
ORPHAN = 0  # the owner of a call that has none


class State(NamedTuple):
    generation: int
    owner: int
    leg: int
    status: str
    ending: bool = False

    def __str__(self) -> str:
        ending = " ending" if self.ending else ""
        return f"call {self.generation} {self.status}{ending} leg {self.leg} owner {self.owner}"


class Held(NamedTuple):
    """Who holds a limit's place."""

    generation: int
    index: int
    leg: int

    def __str__(self) -> str:
        return f"held by call {self.generation} leg {self.leg}"


class Count(NamedTuple):
    """A quota."""

    period: int
    count: int

    def __str__(self) -> str:
        return f"period {self.period} count {self.count}"


class Stamp(NamedTuple):
    """A time in a record, with the generation that it is about; 0: not yet."""

    generation: int
    time: int

    def __str__(self) -> str:
        return f"{self.time} of call {self.generation}"


class Entry(NamedTuple):
    """A word of the index of call ids; also a handle."""

    generation: int
    index: int

    def __str__(self) -> str:
        return f"call {self.generation}"


Handle = Entry
