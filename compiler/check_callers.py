"""Lists of calling numbers and the blacklist (language.md 3.3, 6.2); tested by tests/test_check_numbers.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from . import checked, syntax
from .check_circles import inside_out
from .check_names import Scope
from .check_numbers import list_number
from .check_patterns import list_pattern
from .diagnostics import Related
from .source import Source, Span

ListFiles = Mapping[tuple[Source, str], checked.ListFile]  # by the file that names one, and the path as written there
_Key = tuple[str, object]


def lists(scope: Scope, files: ListFiles) -> None:
    """Check the lists of a plan or file and give each sound one its value."""
    statements = [s for s in scope.statements if isinstance(s, syntax.CallerList)]
    firsts = {s.name.text: s for s in statements if scope.lists.is_first(s.name)}
    contents = {name: [e for e in s.entries if isinstance(e, syntax.Name)] for name, s in firsts.items()}
    for name in inside_out(scope, scope.lists, contents):
        statement = firsts.pop(name)
        found = _entries(scope, files, statement.entries)
        if found is not None:
            scope.lists.give(statement.name, checked.CallerList(name, found, statement.span))
    for statement in statements:
        if statement.name.text in firsts or not scope.lists.is_first(statement.name):
            _entries(scope, files, statement.entries)


def blacklist(scope: Scope, files: ListFiles) -> checked.Blacklist | None:
    """The plan's blacklist; None where there is none or it is unsound."""
    found: checked.Blacklist | None = None
    for statement in scope.statements:
        if not isinstance(statement, syntax.Blacklist):
            continue
        entries = _entries(scope, files, statement.entries)
        announcement = scope.announcement(statement.announce, "blacklisted")
        if found is None and entries is not None and announcement is not None:
            found = checked.Blacklist(entries, announcement, statement.span)
    return found


def _entries(scope: Scope, files: ListFiles, entries: Sequence[syntax.Entry]) -> tuple[checked.Entry, ...] | None:
    """The values of a list's entries; None, reported, where one has none."""
    found: list[checked.Entry] = []
    seen: dict[_Key, Span] = {}
    for entry in entries:
        read = _entry(scope, files, entry)
        if read is None:
            continue
        value, key = read
        first = seen.setdefault(key, entry.span)
        if first is not entry.span:
            scope.report("W201", entry.span, None, (Related("first_here", first),), entry=entry.span.text)
        found.append(value)
    return tuple(found) if len(found) == len(entries) else None


def _entry(scope: Scope, files: ListFiles, entry: syntax.Entry) -> tuple[checked.Entry, _Key] | None:
    """An entry's value, and what is equal for entries that mean the same."""
    match entry:
        case syntax.Name():
            callers = scope.use(scope.lists, entry)
            return None if callers is None else (callers, ("list", entry.text))
        case syntax.ListFile():
            file = files.get((entry.span.source, entry.path.value))
            if file is None:  # which the loading has reported
                scope.unsound = True
                return None
            return file, ("file", file.name)
        case syntax.Pattern():
            lowest = list_pattern(scope, entry)
            return None if lowest is None else (entry, ("pattern", (lowest, entry.free)))
        case syntax.Number():
            number = list_number(scope, entry)
            return None if number is None else (entry, ("number", number.key))
        case _:
            assert_never(entry)
