"""The watch: is a checkout slower than a saved run? Ratios to BASE are compared, never times.

    python -m benchmarks.compare [--against FILE] [--margin 15] [--run FILE]

Measures the quick rows and compares them with a run that `make bench-quick` saved, by default the last one. What seems
slower is measured again, up to twice, and counts only where it is slower each time. With --run nothing is measured: two
saved runs are compared, such as those of `make bench`. Ends with 1 where a row is slower by more than the margin.

Tested by tests/test_benchmarks_compare.py; scripts/check_watch.py slows the runtime down.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import quick
from .report import aligned, number
from .rows import BY_KEY
from .saved import Entry, Run, SavedError, latest, load

MARGIN = 15.0  # percent
AGAIN = 2  # times that what seems slower is measured once more


@dataclass(frozen=True)
class Change:
    """A row in both runs. `before`, `now`: multiples of BASE, or a row's figure where it is no time.

    `tries`: how often it was measured now, of which `now` is the best.
    """

    key: str
    test: str
    before: float
    now: float
    tries: int = 1

    @property
    def percent(self) -> float:
        return (self.now / self.before - 1) * 100

    def slower(self, margin: float) -> bool:
        return self.percent > margin


def changes(before: Run, now: Run) -> list[Change]:
    """The rows that both runs measured on as many plans."""
    found = []
    for entry in now.entries:
        other = before.entry(entry.key)
        if other is not None and other.scale == entry.scale:
            found.append(Change(entry.key, entry.test, cost(other), cost(entry)))
    return found


def cost(entry: Entry) -> float:
    """What is compared of a row: the ratio to BASE, or the figure of a row about memory."""
    row = BY_KEY.get(entry.key)
    return entry.figure if entry.ratio is None or (row is not None and row.unit == "MB") else entry.ratio


def confirmed(found: Sequence[Change], margin: float, measure: Callable[[list[str]], Run]) -> list[Change]:
    """The changes, those that seem slower measured again; `measure` gets the tests to run."""
    current = list(found)
    for _ in range(AGAIN):
        tests = sorted({change.test for change in current if change.slower(margin)})
        if not tests:
            break
        run = measure(tests)
        for i, change in enumerate(current):
            entry = run.entry(change.key)
            if change.slower(margin) and entry is not None:
                now = min(change.now, cost(entry))
                current[i] = Change(change.key, change.test, change.before, now, change.tries + 1)
    return current


def not_compared(before: Run, now: Run) -> list[str]:
    """What a reader must know of two runs that do not quite match."""
    said = [
        f"{what} differ: {old} before, {new} now: ratios carry over only roughly"
        for what, old, new in (("machines", before.machine, now.machine), ("Pythons", before.python, now.python))
        if old != new
    ]
    compared = {change.key for change in changes(before, now)}
    for where, run in (("before", before), ("now", now)):
        missing = [entry.key for entry in run.entries if entry.key not in compared]
        if missing:
            said.append(f"measured only {where}, or of other plans: {', '.join(missing)}")
    return said


def table(found: Sequence[Change], margin: float) -> str:
    """All rows, the slowest first."""
    lines = [("", "before", "now", "change", "")]
    for change in sorted(found, key=lambda change: -change.percent):
        row = BY_KEY.get(change.key)
        unit = "MB" if row is not None and row.unit == "MB" else "× BASE"
        said = f"SLOWER by more than {margin:g} %" if change.slower(margin) else ""
        if unit == "MB":
            said = said.replace("SLOWER", "LARGER")
        if change.tries > 1:
            said += f"{', ' if said else ''}measured {change.tries} times"
        lines.append(
            (
                change.key,
                f"{number(change.before)} {unit}",
                f"{number(change.now)} {unit}",
                f"{change.percent:+.1f} %",
                said,
            )
        )
    return aligned(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description="Is this slower than it was?")
    parser.add_argument("--against", type=Path, metavar="FILE", help="a saved run; default: the last quick one")
    parser.add_argument("--margin", type=_percent, default=MARGIN, metavar="PERCENT", help="default: %(default)s")
    parser.add_argument("--run", type=Path, metavar="FILE", help="compare this saved run; default: measure now")
    options = parser.parse_args(arguments)
    try:
        return _compare(options.against or latest("quick")[0], options.run, options.margin)
    except SavedError as error:
        print(error, file=sys.stderr)
        return 2


def _compare(path: Path, run: Path | None, margin: float) -> int:
    before = load(path)
    now = load(run or quick.run("compare"))
    found = changes(before, now)
    if run is None:
        found = confirmed(found, margin, lambda tests: load(quick.run("again", tests)))
    if not found:
        raise SavedError(f"{path} has no row of {now.path.name}: a quick run is compared with a quick run")
    print(f"{before.commit} of {before.date} ({path.name}) → {now.commit}: multiples of each run's BASE\n")
    print(table(found, margin))
    for line in not_compared(before, now):
        print(line)
    slower = sum(change.slower(margin) for change in found)
    print(f"\n{slower} of {len(found)} rows are slower by more than {margin:g} %")
    return 1 if slower else 0


def _percent(text: str) -> float:
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError("not a percentage")
    return value


if __name__ == "__main__":
    sys.exit(main())
