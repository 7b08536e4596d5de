"""Announcements and destinations: what plans and files declare to send calls to (language.md 3.2, 6).

Tested by tests/test_check_numbers.py.
"""

from __future__ import annotations

from . import checked, syntax
from .check_counters import limit
from .check_names import FileScope, Scope
from .check_numbers import Claims, address


def announcements(scope: Scope) -> None:
    """Give each announcement of a plan or file its recording; a built-in one that nobody declares has none."""
    for statement in scope.statements:
        if not isinstance(statement, syntax.Announcement):
            continue
        name, media = statement.name, statement.media
        if not media.value.strip():
            scope.report("E110", media.span, name=name.text)
        elif scope.announcements.is_first(name):
            scope.announcements.give(name, checked.Announcement(name.text, media.value, statement.span))


def destinations(scope: Scope, claims: Claims) -> None:
    """Check the destinations of a plan or file and give each sound one its value. `claims`: of the whole build."""
    shared_in = scope.source.name if isinstance(scope, FileScope) else None
    for statement in scope.statements:
        if not isinstance(statement, syntax.Destination):
            continue
        name = statement.name
        found = address(scope, statement, claims)
        sound = limit(scope, statement)
        announcement: checked.Announcement | None = None
        if statement.announce is not None:
            announcement = scope.use(scope.announcements, statement.announce)
            sound = sound and announcement is not None
        if found is None or not sound or not scope.destinations.is_first(name):
            continue
        kind, dial = found
        most = None if statement.limit is None else statement.limit.value
        scope.destinations.give(
            name, checked.Destination(name.text, kind, dial, most, announcement, statement.span, shared_in)
        )
