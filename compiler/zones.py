"""Time zones by name, as the `tzdata` package has them; tested by tests/test_check_schedules.py.

The system's own zone files are never read: they differ from machine to machine.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from .suggest import Suggestions

# In the list of zones, but no place's time.
_NO_PLACE = frozenset({"Factory", "localtime", "posixrules"})
# Names that people expect and IANA does not have.
_EXPECTED = {"beijing": "Asia/Shanghai"}


def is_zone(name: str) -> bool:
    """True for the exact name of an IANA zone."""
    return name in _names()


def suggest_zone(name: str) -> str | None:
    """The zone that a misspelt or incomplete name most likely means."""
    nearest = _suggestions().nearest(name)
    if nearest is not None:
        return nearest
    city = name.replace(" ", "_").rpartition("/")[2].casefold()
    return _cities().get(city)


@cache
def _names() -> frozenset[str]:
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    return frozenset(listed) - _NO_PLACE


@cache
def _suggestions() -> Suggestions:
    return Suggestions(sorted(_names()))


@cache
def _cities() -> dict[str, str]:
    return _EXPECTED | {name.rpartition("/")[2].casefold(): name for name in sorted(_names(), reverse=True)}
