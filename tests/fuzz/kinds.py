"""The kinds of files that are fuzzed: how an input is made, and what must hold of any bytes in place of a good file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from . import lists, numberings, plans, tables


@dataclass(frozen=True)
class Kind:
    """`make`: an input; `attempt`: what became of one, in a word. AssertionError, or anything else: it is at fault."""

    make: Callable[[Random], bytes]
    attempt: Callable[[bytes, Random], str]

    def input(self, seed: str, number: int) -> tuple[bytes, Random]:
        """An input by its number, always the same for a seed, and the chance for what is done with it."""
        chance = Random(f"{seed} {number}")
        return self.make(chance), chance


KINDS = {
    "plans": Kind(plans.make, plans.attempt),
    "lists": Kind(lists.make, lists.attempt),
    "numberings": Kind(numberings.make, numberings.attempt),
    "tables": Kind(tables.make, tables.attempt),
}
