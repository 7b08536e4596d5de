"""Figures of `callplan bench` as JSON: saved, read again, and compared; tested by tests/test_command_baseline.py.

What is compared are multiples of BASE, so figures of another machine will do.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
import secrets
import stat
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .command_files import Unusable, text_of
from .command_output import json_text
from .command_recorded import Recorded
from .command_timing import IN_BATCHES, ONE_BY_ONE, PERCENTILES, Figure, Timing, Way

if TYPE_CHECKING:
    from .runtime.tables import Tables

FORMAT = "callplan bench 1"
WAYS = {ONE_BY_ONE: "one by one", IN_BATCHES: "in batches of {}"}
DIFFERENT = 0.01  # share of decisions
# What is compared, and by how many margins it may be slower: a busy machine moves a tail of equal code by two thirds.
# The other figures are for people to look at.
JUDGED = {(ONE_BY_ONE, "p50"): 1, (ONE_BY_ONE, "p99"): 10, (IN_BATCHES, "p50"): 1}


@dataclass(frozen=True)
class Saved:
    """Figures of an earlier run. `calls`: its calls' digest; `ratios`: multiples of BASE by way and percentile."""

    name: str
    calls: str
    batch: int
    reasons: dict[str, Counter[str]]
    ratios: dict[tuple[str, str], float]


class Slower(NamedTuple):
    """What got slower: multiples of BASE."""

    way: str
    percentile: str
    before: float
    now: float


def figures(timing: Timing, calls: Recorded, tables: Tables) -> dict[str, Any]:
    """What a run found, as `--json` and `--save` write it: nanoseconds, and `ratio`s to BASE."""
    from . import __version__

    return {
        "format": FORMAT,
        "callplan": __version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "tables": tables.digest,
        "calls": {"count": len(calls), "digest": _digest(calls)},
        "rounds": timing.rounds,
        "batch": timing.batch,
        "base_ns": timing.base,
        "stopwatch_ns": timing.stopwatch,
        "step_ns": timing.step,
        **{name: _way(way) for name, way in timing.ways.items()},
    }


def _way(way: Way) -> dict[str, object]:
    cells = {name: None if figure is None else figure._asdict() for name, figure in way.figures.items()}
    return {"samples": way.samples, "reasons": dict(way.reasons), **cells}


def _digest(calls: Recorded) -> str:
    return hashlib.sha256(repr((calls.called, calls.caller, calls.at)).encode()).hexdigest()


def save(path: str, found: dict[str, Any]) -> None:
    """Write figures to a file, whole or not at all."""
    target = Path(path)
    try:
        target = target.resolve()
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            raise Unusable(f"cannot write `{path}`: not a regular file")
        beside = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
        try:
            beside.write_text(json_text(found) + "\n", encoding="utf-8")
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except (
        OSError,
        ValueError,
        RuntimeError,
    ) as error:  # ValueError: a NUL in the path; RuntimeError: a circle of links
        reason = str(getattr(error, "strerror", None) or error).lower()
        raise Unusable(f"cannot write `{path}`: {reason}") from None


def read_saved(path: str) -> Saved:
    """Figures that were saved. Raises Unusable for a file that has none."""
    source = text_of(path)
    try:
        found = json.loads(source.text)
        if found["format"] != FORMAT:
            raise ValueError(found["format"])
        ways = {way: found[way] for way in (ONE_BY_ONE, IN_BATCHES)}
        reasons = {
            way: Counter({str(name): int(count) for name, count in ways[way]["reasons"].items()}) for way in ways
        }
        ratios = {
            (way, name): _ratio(ways[way][name]["ratio"])
            for way in ways
            for name in PERCENTILES
            if ways[way][name] is not None
        }
        return Saved(source.shown, str(found["calls"]["digest"]), int(found["batch"]), reasons, ratios)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise Unusable(f"`{source.shown}` has no figures that this version saved: make it anew with --save") from None


def _ratio(value: object) -> float:
    if not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError(value)
    return float(value)


def differences(saved: Saved, timing: Timing, calls: Recorded) -> list[str]:
    """Why two runs compare badly, if they do."""
    found = []
    if saved.calls != _digest(calls):
        found.append("its calls were others")
    if saved.batch != timing.batch:
        found.append(f"its batches had {saved.batch} calls, so batches are not compared")
    for way, name in WAYS.items():
        share = apart(saved.reasons[way], timing.ways[way].reasons)
        if share > DIFFERENT:
            found.append(f"{name.format(timing.batch)}, {share:.0%} of the decisions had other reasons")
    return found


def apart(one: Counter[str], other: Counter[str]) -> float:
    """Which share of decisions had other reasons, 0 to 1."""
    total, other_total = one.total() or 1, other.total() or 1
    return sum(abs(one[name] / total - other[name] / other_total) for name in one | other) / 2


def slower(saved: Saved, timing: Timing, margin: float) -> list[Slower]:
    """What of JUDGED is slower than before by more than its margins (0.15: 15 percent) and than the clock can tell."""
    found = []
    for (way, percentile), margins in JUDGED.items():
        if way == IN_BATCHES and saved.batch != timing.batch:
            continue
        before, figure = saved.ratios.get((way, percentile)), timing.ways[way].figures[percentile]
        if before is not None and figure is not None and _is_slower(before, figure, margin * margins, timing):
            found.append(Slower(way, percentile, before, figure.ratio))
    return found


def _is_slower(before: float, figure: Figure, margin: float, timing: Timing) -> bool:
    more = figure.ratio - before
    return more > before * margin and more * timing.base > timing.step
