"""The names of one plan: what is declared, what a name stands for, what nothing uses.

Tested by tests/test_check_names.py. Each kind has names of its own (language.md 2.5). A declaration that is itself
wrong keeps its name, so that a mistake is reported where it is made and not once more wherever the name is used. What
may stand in text that could not be read is neither missing nor unused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from . import checked, syntax
from .diagnostics import Diagnostic, Related
from .source import Span
from .suggest import Suggestions

T = TypeVar("T")

_WORD = re.compile(r"\w+")


@dataclass
class Table(Generic[T]):
    """The names of one kind. `declared`: where each was first declared; `values`: what the sound ones stand for."""

    kind: str
    declared: dict[str, syntax.Name] = field(default_factory=dict)
    values: dict[str, T] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)  # reported once, without a likely meaning
    _suggestions: Suggestions | None = None

    def __contains__(self, name: str) -> bool:
        return name in self.declared or name in self.values

    def is_first(self, name: syntax.Name) -> bool:
        """True where `name` is the declaration that counts, False where it is doubled."""
        return self.declared.get(name.text) is name

    def own(self) -> dict[str, T]:
        """The sound values that the plan declares, in the order of their declarations."""
        return {name: self.values[name] for name in self.declared if name in self.values}

    def nearest(self, name: str) -> str | None:
        """The name of this kind that a misspelt one most likely means."""
        if self._suggestions is None:
            self._suggestions = Suggestions([*self.declared, *self.values])
        return self._suggestions.nearest(name)


class Scope:
    """One plan while it is checked: its names by kind, and what was found so far."""

    def __init__(self, plan: syntax.Plan) -> None:
        self.plan = plan
        self.diagnostics: list[Diagnostic] = []
        self.destinations: Table[checked.Destination] = Table("destination")
        self.lists: Table[checked.CallerList] = Table("list")
        self.areas: Table[checked.Area] = Table("area")
        self.schedules: Table[checked.Schedule] = Table("schedule")
        self.announcements: Table[checked.Announcement] = Table("announcement")
        for name in checked.BUILT_IN_ANNOUNCEMENTS:
            self.announcements.values[name] = checked.Announcement(name, None, None)
        self._lost = _words(piece.span.text for piece in plan.broken)
        self._unread = _words(piece.span.text for piece in plan.broken if piece.kind is None)

    def report(
        self,
        code: str,
        span: Span,
        help_key: str | None = None,
        related: tuple[Related, ...] = (),
        **fields: object,
    ) -> None:
        """Note one problem; `fields` fill its sentence and its help."""
        self.diagnostics.append(Diagnostic(code, span, fields, help_key, related))

    def use(self, table: Table[T], name: syntax.Name) -> T | None:
        """What a name stands for; None where that is nothing sound, which has then been reported."""
        if name.text in table:
            table.used.add(name.text)
            return table.values.get(name.text)
        if name.text not in self._unread and not self.report_other_kind(table.kind, name.text, name.span):
            self._report_missing(table, name)
        return None

    def announcement(self, name: syntax.Name | None, default: str) -> checked.Announcement | None:
        """The announcement that a statement names, the built-in `default` where it names none."""
        return self.announcements.values.get(default) if name is None else self.use(self.announcements, name)

    def report_other_kind(self, wanted: str, name: str, span: Span) -> bool:
        """Report a name that stands for something of another kind; False where it stands for nothing."""
        for table in self._tables():
            if name in table.declared:
                table.used.add(name)
                here = Related("declared_here", table.declared[name].span, {"name": name})
                self.report("E102", span, None, (here,), name=name, kind=table.kind, wanted=wanted)
                return True
        return False

    def _report_missing(self, table: Table[T], name: syntax.Name) -> None:
        suggestion = table.nearest(name.text)
        if suggestion is not None:
            table.used.add(suggestion)  # the slip is the one mistake, not that the right name has no use
            self.report("E101", name.span, "did_you_mean", kind=table.kind, name=name.text, suggestion=suggestion)
        elif name.text not in table.missing:
            table.missing.add(name.text)
            self.report("E101", name.span, kind=table.kind, name=name.text)

    def _tables(self) -> tuple[Table[Any], ...]:
        return (self.destinations, self.lists, self.areas, self.schedules, self.announcements)

    def _declaration(self, statement: syntax.Statement) -> tuple[Table[Any], syntax.Name] | None:
        match statement:
            case syntax.Destination(name=name):
                return self.destinations, name
            case syntax.CallerList(name=name):
                return self.lists, name
            case syntax.Area(name=name):
                return self.areas, name
            case syntax.Schedule(name=name):
                return self.schedules, name
            case syntax.Announcement(name=name):
                return self.announcements, name
            case _:
                return None

    def declare(self) -> None:
        """Collect the names that the plan declares; report those declared twice."""
        for statement in self.plan.statements:
            declaration = self._declaration(statement)
            if declaration is None:
                continue
            table, name = declaration
            first = table.declared.setdefault(name.text, name)
            if first is not name:
                related = (Related("first_declared", first.span),)
                self.report("E103", name.span, None, related, kind=table.kind, name=name.text)
        for piece in self.plan.broken:
            for table in self._tables():
                lost = piece.name
                if lost is not None and table.kind == piece.kind and lost.text not in table.declared:
                    table.declared[lost.text] = lost
                    table.used.add(lost.text)

    def is_lost_in(self, span: Span) -> bool:
        """True where text inside `span` could not be read."""
        return any(span.start <= piece.span.start < span.end for piece in self.plan.broken)

    def may_state(self, keyword: str) -> bool:
        """True where text that could not be read may hold such a statement."""
        return keyword in self._unread or any(piece.kind == keyword for piece in self.plan.broken)

    def report_unused(self) -> None:
        """Warn of names that nothing uses. A built-in announcement that the plan records is played by the engine."""
        self.announcements.used.update(checked.BUILT_IN_ANNOUNCEMENTS)
        for table in self._tables():
            for text, name in table.declared.items():
                if text not in table.used and text not in self._lost:
                    self.report("W101", name.span, kind=table.kind, name=text)


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in _WORD.findall(unicodedata.normalize("NFC", text)))
