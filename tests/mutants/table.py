"""The mutants, as the files beside this one list them; tests/test_mutants.py holds them against the sources.

A file has `[[mutant]]` tables:

    name   of its own, in words of telephony
    does   what the compiler or the runtime gets wrong, in a sentence
    file   its source, relative to the top
    old    a text that the source has exactly once
    new    what stands there instead

A mutant that needs two places has `more = [{ old, new }]`. One that shows only where threads truly meet has
`alone = true`: no other is tried beside it. A key that nothing reads is an error.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


class MutantError(Exception):
    """A mutant that is not as described above, or that no longer fits its source."""


@dataclass(frozen=True)
class Change:
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """`file`: the source, relative to the top. `alone`: it wants the whole machine."""

    name: str
    does: str
    file: str
    changes: tuple[Change, ...]
    alone: bool = False

    def applied_to(self, text: str) -> str:
        """The source with the mistake. Raises MutantError where an old text does not stand there exactly once."""
        for change in self.changes:
            count = text.count(change.old)
            if count != 1:
                raise MutantError(f"{self.name}: {self.file} has this {count} times, not once:\n{change.old}")
            text = text.replace(change.old, change.new)
        return text


def load(folder: Path = FOLDER) -> list[Mutant]:
    """All mutants, in the order of files. Raises MutantError."""
    found = [mutant for path in sorted(folder.glob("*.toml")) for mutant in _file(path)]
    names = [mutant.name for mutant in found]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise MutantError(f"mutants with one name: {', '.join(doubled)}")
    return found


def _file(path: Path) -> list[Mutant]:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    if content.keys() != {"mutant"}:
        raise MutantError(f"{path.name} has {sorted(content)}, not mutants alone")
    return [_mutant(path.name, raw) for raw in content["mutant"]]


def _mutant(where: str, raw: dict[str, Any]) -> Mutant:
    changes = [{"old": raw.get("old"), "new": raw.get("new")}, *raw.get("more", ())]
    whole = {"name", "does", "file", "old", "new"}
    if not whole <= raw.keys() <= whole | {"more", "alone"} or any(each.keys() != {"old", "new"} for each in changes):
        raise MutantError(
            f"{where}: {raw.get('name')}: name, does, file, old and new, and perhaps more of these two and alone"
        )
    return Mutant(
        raw["name"], raw["does"], raw["file"], tuple(Change(**each) for each in changes), raw.get("alone", False)
    )


def turn(mutants: list[Mutant], few: int, day: date) -> list[Mutant]:
    """Some `few` of the mutants, from all over the table; as days go by each has its turn."""
    step = -(-len(mutants) // few)
    return mutants[day.toordinal() % step :: step]
