"""The names that a place of a build sees: what is declared, what a name stands for, what nothing uses.

Tested by tests/test_check_names.py. Each kind has names of its own (language.md 2.5). A declaration that is itself
wrong keeps its name, so that a mistake is reported where it is made and not once more wherever the name is used. What
may stand in text that could not be read is neither missing nor unused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

from . import checked, syntax
from .check_tables import Declared, Table
from .diagnostics import Diagnostic, Related
from .source import Source, Span

T = TypeVar("T")

_WORD = re.compile(r"\w+")


class Layer:
    """The names of one place by kind, over those of `outer`, which they hide."""

    def __init__(self, outer: Layer | None = None) -> None:
        over = outer or _NOTHING
        self.depth: int = over.depth + 1
        self.destinations: Table[checked.Destination] = Table("destination", over.destinations)
        self.lists: Table[checked.CallerList] = Table("list", over.lists)
        self.areas: Table[checked.Area] = Table("area", over.areas)
        self.schedules: Table[checked.Schedule] = Table("schedule", over.schedules)
        self.announcements: Table[checked.Announcement] = Table("announcement", over.announcements)
        self.calendars: Table[checked.Calendar] = Table("calendar", over.calendars)
        self.unread: frozenset[str] = over.unread  # words that text that could not be read may declare
        self.unknown: bool = over.unknown  # True where any name may be missing, a file being one that could not be read
        self.tables: tuple[Table[Any], ...] = (
            self.destinations, self.lists, self.areas, self.schedules, self.announcements, self.calendars,
        )  # fmt: skip


class _Nothing:
    """What is around the outermost layer."""

    destinations = lists = areas = schedules = announcements = calendars = None
    depth = 0
    unread: frozenset[str] = frozenset()
    unknown = False


_NOTHING = _Nothing()


def built_in() -> Layer:
    """The outermost layer of a build."""
    layer = Layer()
    for name in checked.BUILT_IN_ANNOUNCEMENTS:
        recording = checked.Announcement(name, None, None)
        layer.announcements.own[name] = Declared(name, None, recording)
    for name in checked.BUILT_IN_CALENDARS:
        layer.calendars.own[name] = Declared(name, None, checked.Calendar(name, None, (), None))
    return layer


class Scope:
    """A plan, or what a file declares outside plans, while it is checked: its names, and what was found so far.

    `unsound`: something of it has no meaning, whether that is reported here, elsewhere or was by an earlier stage.
    """

    def __init__(
        self, statements: Sequence[syntax.Statement | syntax.Declaration], broken: Sequence[syntax.Broken], layer: Layer
    ) -> None:
        self.statements = statements
        self.diagnostics: list[Diagnostic] = []
        self.unsound = False
        self.missing: set[tuple[str, str]] = set()  # kind and name: reported once, without a likely meaning
        self.layer = layer
        self.destinations = layer.destinations
        self.lists = layer.lists
        self.areas = layer.areas
        self.schedules = layer.schedules
        self.announcements = layer.announcements
        self.calendars = layer.calendars
        self._broken = broken
        layer.unread |= _words(piece.span.text for piece in broken if piece.kind is None)

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
        """What a name stands for; None where that is nothing sound, which is or has been reported."""
        found = table.use(name.text)
        if found is not None and found.value is not None:
            return found.value
        self.unsound = True
        unknown = found is None and self.may_report(name.text)
        if unknown and not self.report_other_kind(table.kind, name.text, name.span):
            self._report_missing(table, name)
        return None

    def may_report(self, name: str) -> bool:
        """False where an unknown name may be declared in what could not be read."""
        return not self.layer.unknown and name not in self.layer.unread

    def announcement(self, name: syntax.Name | None, default: str) -> checked.Announcement | None:
        """The announcement that a statement names, the built-in `default` where it names none."""
        if name is not None:
            return self.use(self.announcements, name)
        found = self.announcements.find(default)
        return None if found is None else found.value

    def report_other_kind(self, wanted: str, name: str, span: Span) -> bool:
        """Report a name that stands for something of another kind; False where it stands for nothing."""
        for table in self.layer.tables:
            found = table.find(name)
            if found is not None and found.name is not None:
                found.used = True
                here = Related("declared_here", found.name.span, {"name": name})
                self.report("E102", span, None, (here,), name=name, kind=table.kind, wanted=wanted)
                return True
        return False

    def _report_missing(self, table: Table[Any], name: syntax.Name) -> None:
        suggestion = table.nearest(name.text)
        if suggestion is not None:
            table.use(suggestion)  # the slip is the one mistake, not that the right name has no use
            self.report("E101", name.span, "did_you_mean", kind=table.kind, name=name.text, suggestion=suggestion)
        elif (table.kind, name.text) not in self.missing:
            self.missing.add((table.kind, name.text))
            self.report("E101", name.span, kind=table.kind, name=name.text)

    def declare(self) -> None:
        """Collect the declared names; report those declared twice."""
        for statement in self.statements:
            table = self._table_of(statement)
            if table is None:
                continue
            name = statement.name  # type: ignore[union-attr]
            first = table.declare(name)
            if first is not None:
                related = (Related("first_declared", first.span),)
                self.report("E103", name.span, None, related, kind=table.kind, name=name.text)
        for piece in self._broken:
            for table in self.layer.tables:
                if piece.name is not None and table.kind == piece.kind and table.declare(piece.name) is None:
                    table.own[piece.name.text].used = True

    def _table_of(self, statement: syntax.Statement | syntax.Declaration) -> Table[Any] | None:
        match statement:
            case syntax.Destination():
                return self.destinations
            case syntax.CallerList():
                return self.lists
            case syntax.Area():
                return self.areas
            case syntax.Schedule():
                return self.schedules
            case syntax.Announcement():
                return self.announcements
            case syntax.Calendar():
                return self.calendars
            case _:
                return None

    def is_lost_in(self, span: Span) -> bool:
        """True where text inside `span` could not be read."""
        return any(span.start <= piece.span.start < span.end for piece in self._broken)

    @cached_property
    def lost(self) -> frozenset[str]:
        """The words of text that could not be read, any of which may be a use of a name."""
        return _words(piece.span.text for piece in self._broken)

    def report_unused(self, lost: frozenset[str]) -> None:
        """Warn of own names that nothing uses."""
        self.diagnostics += self.unused(lost)

    def unused(self, lost: frozenset[str]) -> Iterator[Diagnostic]:
        """A warning for each own name that nothing uses. A built-in announcement that has a recording is played by the
        engine.
        """
        for table in self.layer.tables:
            for text, found in table.own.items():
                plays = table is self.announcements and text in checked.BUILT_IN_ANNOUNCEMENTS
                if found.name is not None and not found.used and not plays and text not in lost:
                    yield Diagnostic("W101", found.name.span, {"kind": table.kind, "name": text})


class PlanScope(Scope):
    """One plan while it is checked."""

    def __init__(self, plan: syntax.Plan, outer: Layer) -> None:
        super().__init__(plan.statements, plan.broken, Layer(outer))
        self.plan = plan

    def may_state(self, keyword: str) -> bool:
        """True where text that could not be read may hold such a statement."""
        return keyword in self.layer.unread or any(piece.kind == keyword for piece in self._broken)


class FileScope(Scope):
    """What a file declares outside plans, while it is checked."""

    def __init__(self, file: syntax.File, outer: Layer) -> None:
        super().__init__(file.declarations, file.broken, Layer(outer))
        self.source: Source = file.source


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in _WORD.findall(unicodedata.normalize("NFC", text)))
