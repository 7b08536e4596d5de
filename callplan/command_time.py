"""`--at`: a local time of the plan's zone as an instant; tested by tests/test_command_calls.py."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

import click
import numpy as np

if TYPE_CHECKING:
    from .runtime.tables import Tables

_EPOCH = datetime(1970, 1, 1)


def instant(tables: Tables, called: str, at: str | None) -> float:
    """POSIX seconds of `at`, by the clock of the plan that answers `called`; None: now.

    A time that the clock repeats is the first of the two, one that it skips is an error. A time with an offset from UTC
    is what it says. Where no plan answers, the zone makes no difference.
    """
    if at is None:
        return time.time()
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise click.BadParameter(f"`{at}` is not a time; write it as in 2026-11-23T09:30", param_hint="--at") from None
    offset = moment.utcoffset()
    local = (moment.replace(tzinfo=None) - _EPOCH).total_seconds()
    if offset is not None:
        return local - offset.total_seconds()
    plan = _plan(tables, called)
    if plan is None:
        return local
    zone = tables.sections["zones"][tables.sections["plans"]["zone"][plan]]
    spans = tables.sections["zone_spans"][int(zone["first"]) : int(zone["first"]) + int(zone["count"])]
    instants = local - spans["offset"]
    begun = instants >= spans["start"]
    over = np.append(instants[:-1] >= spans["start"][1:], False)
    possible = instants[begun & ~over]
    if not len(possible):
        message = f"the clock of {tables.string(int(zone['name']))} skips {at}"
        raise click.BadParameter(message, param_hint="--at")
    return float(possible.min())


def _plan(tables: Tables, called: str) -> int | None:
    """The plan that answers a called number of any form."""
    from .compiler.numbers import normalise

    number = normalise(called)
    if number.kind != "service":
        return None
    numbers = tables.sections["numbers"]
    position = int(np.searchsorted(numbers["number"], np.uint64(int(number.digits))))
    if position == len(numbers) or int(numbers["number"][position]) != int(number.digits):
        return None
    return int(numbers["plan"][position])
