"""Lists of calling numbers and the blacklist (language.md 3.3, 6.2); tested by tests/test_check_numbers.py."""

from __future__ import annotations

from collections.abc import Iterable

from . import checked, syntax
from .check_circles import inside_out
from .check_names import Scope
from .check_numbers import list_number
from .diagnostics import Related
from .source import Span

_Entries = tuple[syntax.Number | checked.CallerList, ...]


def lists(scope: Scope) -> None:
    """Check the plan's lists and give each sound one its value."""
    statements = [s for s in scope.plan.statements if isinstance(s, syntax.CallerList)]
    firsts = {s.name.text: s for s in statements if scope.lists.is_first(s.name)}
    contents = {name: [e for e in s.entries if isinstance(e, syntax.Name)] for name, s in firsts.items()}
    for name in inside_out(scope, "list", contents):
        statement = firsts.pop(name)
        found = _entries(scope, statement.entries)
        if found is not None:
            scope.lists.values[name] = checked.CallerList(name, found, statement.span)
    for statement in statements:
        if statement.name.text in firsts or not scope.lists.is_first(statement.name):
            _entries(scope, statement.entries)


def blacklist(scope: Scope) -> checked.Blacklist | None:
    """The plan's blacklist; None where there is none or it is unsound."""
    found: checked.Blacklist | None = None
    for statement in scope.plan.statements:
        if not isinstance(statement, syntax.Blacklist):
            continue
        entries = _entries(scope, statement.entries)
        announcement = scope.announcement(statement.announce, "blacklisted")
        if found is None and entries is not None and announcement is not None:
            found = checked.Blacklist(entries, announcement, statement.span)
    return found


def _entries(scope: Scope, entries: Iterable[syntax.Number | syntax.Name]) -> _Entries | None:
    found: list[syntax.Number | checked.CallerList] = []
    seen: dict[int | str, Span] = {}
    sound = True
    for entry in entries:
        value: syntax.Number | checked.CallerList | None
        if isinstance(entry, syntax.Name):
            value = scope.use(scope.lists, entry)
            key: int | str = entry.text
        else:
            read = list_number(scope, entry)
            value = None if read is None else entry
            key = 0 if read is None else read.key
        if value is None:
            sound = False
            continue
        first = seen.setdefault(key, entry.span)
        if first is not entry.span:
            scope.report("W201", entry.span, None, (Related("first_here", first),), entry=entry.span.text)
        found.append(value)
    return tuple(found) if sound else None
