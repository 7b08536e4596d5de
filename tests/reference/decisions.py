"""What the evaluator answers, in the words of the engine; tested by tests/test_cases.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from callplan.compiler.checked import Announcement

from .origins import Where


@dataclass(frozen=True)
class Decision:
    """What the engine's decision says, field by field."""

    action: Literal["connect", "announce"]
    reason: str
    destination: str | None
    number: str | None
    announcement: str | None
    media: str | None
    ring_seconds: int
    origin: Where
    call: int


@dataclass(frozen=True)
class Usage:
    """One counter."""

    kind: Literal["quota", "limit", "split"]
    plan: str | None
    name: str
    used: int
    held: int
    allowed: int | None
    period: str | None


@dataclass(frozen=True)
class Told:
    """An announcement and its reason."""

    announcement: Announcement
    reason: str


UNKNOWN_CALL = Decision("announce", "unknown_call", None, None, None, None, 0, ("unknown", None), 0)


def announce(told: Told, origin: Where) -> Decision:
    announcement = told.announcement
    return Decision("announce", told.reason, None, None, announcement.name, announcement.media, 0, origin, 0)
