"""Calendars: what each extends, and its days (language.md 5.5); tested by tests/test_check_calendars.py."""

from __future__ import annotations

from . import checked, syntax
from .check_circles import inside_out
from .check_names import Scope
from .check_schedules import check_dates
from .check_tables import Declared
from .diagnostics import Related

_Day = tuple[int, int, int]


def calendars(scope: Scope) -> None:
    """Check the calendars of a plan or file and give each sound one its value."""
    statements = [s for s in scope.statements if isinstance(s, syntax.Calendar)]
    firsts = {s.name.text: s for s in statements if scope.calendars.is_first(s.name)}
    contents = {
        name: [s.extends] if s.extends is not None and _hidden(scope, s) is None else [] for name, s in firsts.items()
    }
    for name in inside_out(scope, scope.calendars, contents):
        statement = firsts.pop(name)
        base = _base(scope, statement)
        sound = _days(scope, statement)
        if sound and (base is not None or statement.extends is None):
            found = checked.Calendar(name, base, statement.entries, statement.span)
            scope.calendars.give(statement.name, found)
    for statement in statements:
        if statement.name.text in firsts or not scope.calendars.is_first(statement.name):
            _base(scope, statement)
            _days(scope, statement)


def _hidden(scope: Scope, calendar: syntax.Calendar) -> Declared[checked.Calendar] | None:
    """For `calendar china extends china` the calendar that it hides and so extends, if there is one."""
    name = calendar.name.text
    extends_own_name = calendar.extends is not None and calendar.extends.text == name
    return scope.calendars.hidden(name) if extends_own_name else None


def _base(scope: Scope, calendar: syntax.Calendar) -> checked.Calendar | None:
    if calendar.extends is None:
        return None
    hidden = _hidden(scope, calendar)
    if hidden is None:
        return scope.use(scope.calendars, calendar.extends)
    hidden.used = True
    scope.unsound |= hidden.value is None
    return hidden.value


def _days(scope: Scope, calendar: syntax.Calendar) -> bool:
    """True where each of the days exists, has a year and stands there once."""
    sound = True
    found: list[tuple[_Day, _Day, syntax.Dates]] = []
    for dates in (dates for entry in calendar.entries for dates in entry.dates):
        first, last = dates.first, dates.last
        if not check_dates(scope, dates):
            sound = False
        elif first.year is None or last.year is None:
            scope.report("E415", dates.span, dates=dates.span.text)
            sound = False
        else:
            found.append(((first.year, first.month, first.day), (last.year, last.month, last.day), dates))
    return _report_doubled(scope, calendar, found) and sound


def _report_doubled(scope: Scope, calendar: syntax.Calendar, found: list[tuple[_Day, _Day, syntax.Dates]]) -> bool:
    """True where no two of the dates share a day."""
    sound = True
    latest: tuple[_Day, syntax.Dates] | None = None
    for start, end, dates in sorted(found, key=lambda each: each[:2]):
        if latest is not None and start <= latest[0]:
            earlier, later = sorted((latest[1], dates), key=lambda each: each.span.start)
            related = (Related("first_here", earlier.span),)
            scope.report("E414", later.span, None, related, dates=later.span.text, name=calendar.name.text)
            sound = False
        if latest is None or end > latest[0]:
            latest = end, dates
    return sound
