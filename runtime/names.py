"""The names behind the small ints of a decision, each read from the tables once; tested by tests/test_engine.py."""

from __future__ import annotations

from . import layout
from .tables import Tables

_LINES = ("mobile", "fixed")
_KINDS = ("action", "reason", "destination", "announcement")


class Names:
    """The names of one version of the tables."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._destinations: dict[int, tuple[str, str]] = {}
        self._announcements: dict[int, tuple[str, str | None]] = {}

    def destination(self, index: int) -> tuple[str, str] | tuple[None, None]:
        """Its name and what to dial."""
        if index == layout.NONE:
            return None, None
        known = self._destinations.get(index)
        if known is None:
            record = self.tables.sections["destinations"][index]
            known = self.tables.string(record["name"]), self.tables.string(record["dial"])
            self._destinations[index] = known
        return known

    def announcement(self, index: int) -> tuple[str | None, str | None]:
        """Its name and its recording."""
        if index == layout.NONE:
            return None, None
        known = self._announcements.get(index)
        if known is None:
            record = self.tables.sections["announcements"][index]
            media = None if record["media"] == layout.NONE else self.tables.string(record["media"])
            known = self.tables.string(record["name"]), media
            self._announcements[index] = known
        return known

    def origin(self, area: int, line: int) -> tuple[str, str | None]:
        """A caller's origin from its area's ordinal and its line."""
        if area == layout.AREA_ABROAD:
            return "abroad", None
        if area == layout.AREA_UNKNOWN:
            return "unknown", "mobile" if line == layout.LINE_MOBILE else None
        return f"0{self.tables.sections['area_codes'][area - layout.AREA_FIRST]}", _LINES[line]

    def all(self, kind: str) -> tuple[str, ...]:
        """What the small ints of a batch mean: `action`, `reason`, `destination` or `announcement`, by number."""
        match kind:
            case "action":
                return layout.ACTIONS
            case "reason":
                return layout.REASONS
            case "destination":
                records = self.tables.sections["destinations"]
            case "announcement":
                records = self.tables.sections["announcements"]
            case _:
                raise ValueError(f"`{kind}` is not one of {', '.join(_KINDS)}")
        return tuple(self.tables.string(name) for name in records["name"])
