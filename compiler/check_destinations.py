"""Announcements and destinations: what a plan declares to send calls to (language.md 3.2, 6).

Tested by tests/test_check_numbers.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import checked, syntax
from .check_counters import limit
from .check_names import Scope
from .check_numbers import Claim, address


def announcements(scope: Scope) -> None:
    """Give each announcement of the plan its recording; a built-in one that the plan leaves out has none."""
    for statement in scope.plan.statements:
        if not isinstance(statement, syntax.Announcement):
            continue
        name, media = statement.name, statement.media
        if not media.value.strip():
            scope.report("E110", media.span, name=name.text)
        elif scope.announcements.is_first(name):
            scope.announcements.values[name.text] = checked.Announcement(name.text, media.value, statement.span)


def destinations(scope: Scope, claims: Mapping[str, Claim]) -> None:
    """Check the plan's destinations and give each sound one its value. `claims` has those of the whole build."""
    for statement in scope.plan.statements:
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
        scope.destinations.values[name.text] = checked.Destination(
            name.text, kind, dial, most, announcement, statement.span
        )
