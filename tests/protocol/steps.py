"""Atomic steps: one read, write or compare-and-swap of one word that processes share, or one of a file lock.

A model's function is a generator that yields its steps and is sent what each gave. `then` follows a step that writes:
in the same instant it keeps the books of the model itself, of what really is the case and no process can read. It may
raise `Broken`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass
from typing import Any

Place = tuple[Hashable, ...]
Memory = dict[Place, Any]
Then = Callable[[Memory], None]


class Broken(Exception):
    """A promise that a step broke."""


@dataclass(frozen=True)
class Step:
    kind: str  # load, store, swap, wait for a lock, try a lock
    at: Place
    expected: Hashable = None
    wanted: Hashable = None
    then: Then | None = None

    @property
    def key(self) -> Hashable:
        return self.kind, self.at, self.expected, self.wanted


Program = Generator[Step, Any, Any]


def load(*at: Hashable) -> Step:
    """Gives the word."""
    return Step("load", at)


def store(at: Place, wanted: Hashable, then: Then | None = None) -> Step:
    return Step("store", at, None, wanted, then)


def swap(at: Place, expected: Hashable, wanted: Hashable, then: Then | None = None) -> Step:
    """Gives what the word was: `expected` if it now is `wanted`."""
    return Step("swap", at, expected, wanted, then)


def wait_for_lock(at: Place, process: int) -> Step:
    """Cannot be taken while another process has the lock; 0 is nobody."""
    return Step("wait for lock", at, 0, process)


def try_lock(at: Place, process: int) -> Step:
    """Gives whether the process has the lock now; as with a POSIX record lock, also if it had it before."""
    return Step("try lock", at, 0, process)


def result_of(step: Step, found: Any) -> tuple[Any, bool, bool]:
    """Given what its word is: what a step gives, whether it can be taken, and whether the word becomes `wanted`."""
    if step.kind == "load":
        return found, True, False
    if step.kind == "store":
        return None, True, True
    if step.kind == "swap":
        return found, True, found == step.expected
    if step.kind == "wait for lock":
        return None, found == 0, found == 0
    got = found in (0, step.wanted)
    return got, True, got


def run_alone(program: Program, memory: Memory) -> Any:
    """Run a program with nobody beside it; what it returned."""
    try:
        step = next(program)
        while True:
            gave, can, writes = result_of(step, memory[step.at])
            assert can, f"waits for ever: {step.key}"
            if writes:
                memory[step.at] = step.wanted
                if step.then is not None:
                    step.then(memory)
            step = program.send(gave)
    except StopIteration as end:
        return end.value
