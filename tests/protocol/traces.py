"""How a promise was broken, as lines to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .steps import Step


@dataclass(frozen=True)
class Line:
    who: str
    function: str
    does: str
    seen: str

    @classmethod
    def of(cls, who: str, function: str, step: Step, was: Any, breaks: bool) -> Line:
        """The line of a step, given what its word was before."""
        name = step.at[0] if len(step.at) == 1 else f"{step.at[0]} {' '.join(str(part) for part in step.at[1:])}"
        if step.kind == "load":
            does, seen = f"reads {name}", f"{was}"
        elif step.kind == "store":
            does, seen = f"writes {name}", f"{was} -> {step.wanted}"
        elif step.kind == "swap":
            swapped = was == step.expected
            does = f"swaps {name}" if swapped else f"fails to swap {name}"
            seen = f"{was} -> {step.wanted}" if swapped else f"{was}, not {step.expected}"
        else:
            does, seen = f"locks {name}" if was in (0, step.wanted) else f"finds {name} locked", ""
        return cls(who, function, does, seen + (" <- here" if breaks else ""))


@dataclass(frozen=True)
class Trace:
    said: str
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        rows = [
            f"{number:3} {line.who:12} {line.function:12} {line.does:28} {line.seen}".rstrip()
            for number, line in enumerate(self.lines, 1)
        ]
        return "\n".join([self.said, *rows])
