"""`make results`: writes RESULTS.md from the last runs that `make bench` and `make peers` saved, three at most of each.

Tested by tests/test_benchmarks_results.py.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .report import TARGETS, number, quantity, targets, verdict
from .rows import BY_KEY, ROWS, Row, floor_of
from .saved import Entry, Run, SavedError, latest, load

RUNS = 3
PAGE = Path(__file__).with_name("RESULTS.md")

HEAD = """# Results

What `make bench` and `make peers` measured; `make results` writes this page from the runs that they saved. A figure is
the median of the runs' medians, beside it the least and the most of them. One with × is a ratio of interleaved rounds
of one process, so that the machine's drift meets both sides; times and sizes are those of the machine named below.
BASE is the cheapest call that Python can make, an empty method of a Cython class with two strings. The books showed
after each round that all decisions that were timed were routed.

A floor is what the same work costs at best, one C function that does it and nothing else, measured in the same runs. A
gate that the floor itself misses gives way to 1.3 times the floor, for a quotient the floor's divided by 1.3.
"""


def page(ours: Sequence[Run], peers: Sequence[Run]) -> str:
    """The page. `peers` may be empty. Raises SavedError for runs that do not belong together."""
    middle = medians(ours) | medians(peers)
    figures = {key: entry.figure for key, entry in middle.items()}
    lines = ["", f"| | {' | '.join(TARGETS)} | figure | of the runs | reached | made by |"]
    lines += ["|---|---:|---:|---:|---:|---:|---:|---|---|"]
    lines += [_line(row, middle.get(row.key), floor_of(row, figures)) for row in ROWS]
    others = [entry for key, entry in middle.items() if key not in BY_KEY]
    if others:
        lines += [
            "",
            "The other peers, each on the same plan as `route()`:",
            "",
            "| ÷ `route()` | figure | of the runs |",
        ]
        lines += ["|---|---:|---:|"]
        lines += [f"| {entry.key} | {number(entry.figure)}× | {_range(entry)} |" for entry in others]
    return HEAD + "\n".join([*lines, "", *_made(ours, peers)]) + "\n"


def medians(runs: Sequence[Run]) -> dict[str, Entry]:
    """By key the median of the runs that have it; `quartiles` are the least and the most."""
    by_key: dict[str, list[Entry]] = {}
    for run in runs:
        for entry in run.entries:
            by_key.setdefault(entry.key, []).append(entry)
    found = {}
    for key, entries in by_key.items():
        if len({entry.scale for entry in entries}) > 1:
            raise SavedError(f"the runs measured `{key}` with different numbers of plans: run `make bench RUNS={RUNS}`")
        figures = [entry.figure for entry in entries]
        middle = statistics.median(figures)
        found[key] = replace(entries[0], figure=middle, quartiles=(min(figures), max(figures)), rounds=len(entries))
    return found


def _line(row: Row, entry: Entry | None, floor: float | None) -> str:
    if entry is None:
        measured_by = "" if row.of is None and row.command == "make bench" else f"`{row.command}`"
        cells = [row.text, *targets(row, floor), "", "", row.absent, measured_by]
    else:
        reached = verdict(row, entry.figure, floor, entry.scale)
        cells = [
            row.text,
            *targets(row, floor),
            quantity(entry.figure, row.unit),
            _range(entry),
            reached,
            f"`{_command(row, entry)}`",
        ]
    return f"| {' | '.join(cells)} |"


def _command(row: Row, entry: Entry) -> str:
    return row.command if entry.scale is None else f"{row.command} PLANS={entry.scale[0]} LISTED={entry.scale[1]}"


def _range(entry: Entry) -> str:
    low, high = entry.quartiles
    return f"{number(low)} to {number(high)}"


def _made(ours: Sequence[Run], peers: Sequence[Run]) -> list[str]:
    """When and on what, one line for each set of runs."""
    said = []
    for what, runs in (("make bench", ours), ("make peers", peers)):
        if runs:
            dates = sorted({run.date for run in runs})
            machines = sorted({f"{run.machine}, {run.python}, commit {run.commit}" for run in runs})
            bases = [entry.base_ns for run in runs for entry in run.entries if entry.base_ns is not None]
            base = f"; BASE was {min(bases):.1f} to {max(bases):.1f} ns" if bases else ""
            times = "once" if len(runs) == 1 else f"{len(runs)} times"
            days = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
            said.append(f"`{what}` ran {times} on {days}: {'; '.join(machines)}{base}.")
    return said


def last(kind: str) -> list[Run]:
    """The last run of a kind and those before it of the same commit, machine and sizes; three at most.

    Raises SavedError where there is none.
    """
    found = [load(latest(kind)[0])]
    for count in range(2, RUNS + 1):
        try:
            before = load(latest(kind, count)[0])
        except SavedError:
            break
        if _belongs(before) != _belongs(found[0]):
            break
        found.insert(0, before)
    return found


def _belongs(run: Run) -> tuple[str, str, str, frozenset[tuple[int, int] | None]]:
    return run.commit, run.machine, run.python, frozenset(entry.scale for entry in run.entries)


def _peers() -> list[Run]:
    try:
        return last("peers")
    except SavedError:
        return []


def main() -> int:
    try:
        text = page(last("bench"), _peers())
    except SavedError as error:
        print(error, file=sys.stderr)
        return 1
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
