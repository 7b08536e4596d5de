"""A process of the model: its number, the owner that it is registered as, and how large the world is."""

from __future__ import annotations

from dataclasses import dataclass

from .rules import Rules
from .steps import Broken, Memory, Then
from .words import FREE


@dataclass(frozen=True)
class Sizes:
    records: int = 1
    limits: tuple[tuple[int, ...], ...] = ((1,), (2,))  # the places of each
    allowed: int = 2  # by the quota, in a period
    owners: int = 2
    grace: int = 0  # seconds that an orphan has
    bucket: int = 3  # words for call ids
    waits: int = 1  # how often a claim looks again; -1: for as long as it takes


@dataclass(frozen=True)
class Process:
    number: int
    owner: int
    rules: Rules
    sizes: Sizes

    def uses(self, index: int) -> Then:
        """The model's note of who has the state word of a record."""

        def note(memory: Memory) -> None:
            memory["user", index] = self.number

        return note

    def must_use(self, index: int, generation: int, last: bool = False) -> Then:
        """A write to a record must be of the call that it has now, by who has it; the last one of a call ends it."""

        def look(memory: Memory) -> None:
            state = memory["state", index]
            if state.generation != generation or (state.status == FREE and not last):
                raise Broken(f"a record has two users: written for call {generation}, it has {state}")
            if memory["user", index] != self.number:
                raise Broken(f"a record has two users: process {memory['user', index]} has it, {self.number} writes")

        return look

    def reclaims(self, index: int) -> Then:
        """What is taken from an owner must have been left by the dead."""

        def look(memory: Memory) -> None:
            user = memory["user", index]
            if user and not memory["dead", user]:
                raise Broken(f"a call of process {user}, which lives, is reclaimed")
            memory["user", index] = 0

        return look


def orphans(index: int) -> Then:
    """The model's note of when a call lost its owner."""

    def note(memory: Memory) -> None:
        memory["since", index] = memory["second",]

    return note


def past_grace(index: int, grace: int) -> Then:
    def look(memory: Memory) -> None:
        if memory["second",] - memory["since", index] < grace:
            raise Broken(f"an orphan is ended within its grace: {memory['second',]}, since {memory['since', index]}")

    return look


def acts_on(generation: int) -> Then:
    """A report acts on its call: that must not be over."""

    def look(memory: Memory) -> None:
        if memory["over", generation]:
            raise Broken(f"a report acted on call {generation}, which is over")

    return look


def both(*thens: Then) -> Then:
    def all_of_them(memory: Memory) -> None:
        for then in thens:
            then(memory)

    return all_of_them
