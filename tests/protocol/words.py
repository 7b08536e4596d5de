"""What the words of the memory say, as in runtime/book.pxd. A generation is given out once; None is an empty word."""

from __future__ import annotations

from typing import NamedTuple

FREE = "free"
DECIDING = "deciding"
SETTLED = "settled"  # still being decided, and surely the call of its id
RINGING = "ringing"
ANSWERED = "answered"
FORWARDING = "forwarding"
ORPHAN = 0  # the owner of a call that has none


class State(NamedTuple):
    generation: int
    owner: int
    leg: int
    status: str
    ending: bool = False
    turn: int = 0  # how often it was taken from a dead owner

    def __str__(self) -> str:
        ending = " ending" if self.ending else ""
        turn = f" turn {self.turn}" if self.turn else ""
        return f"call {self.generation} {self.status}{ending} leg {self.leg} owner {self.owner}{turn}"


class Held(NamedTuple):
    """Who holds a limit's place."""

    generation: int
    record: int
    leg: int

    def __str__(self) -> str:
        return f"held by call {self.generation} leg {self.leg}"


class Count(NamedTuple):
    """A quota."""

    period: int
    calls: int

    def __str__(self) -> str:
        return f"period {self.period} calls {self.calls}"


class Stamp(NamedTuple):
    """A time in a record, with the generation that it is about; 0: not yet."""

    generation: int
    time: int

    def __str__(self) -> str:
        return f"{self.time} of call {self.generation}"


class Orphaned(NamedTuple):
    """When somebody first saw that a call had no owner; turn 0: not yet."""

    generation: int
    turn: int
    time: int

    def __str__(self) -> str:
        return f"{self.time} of call {self.generation} turn {self.turn}"


class Entry(NamedTuple):
    """A word of the index of call ids; also a handle."""

    generation: int
    record: int

    def __str__(self) -> str:
        return f"call {self.generation}"


Handle = Entry
