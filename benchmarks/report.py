"""The table of rows as text, for people who measure. Tested by tests/test_benchmarks_report.py."""

from __future__ import annotations

from collections.abc import Sequence

from .rows import ROWS, Row, floor_of
from .saved import Entry


def number(value: float) -> str:
    """Three digits that count."""
    if value == 0 or value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def quantity(value: float, unit: str) -> str:
    return f"{number(value)}{'' if unit == '×' else ' '}{unit}"


def target(row: Row, value: float | None) -> str:
    if value is None:
        return ""
    return f"{'≤' if row.better == 'less' else '≥'} {value:,g}{'' if row.unit == '×' else ' ' + row.unit}"


TARGETS = ("gate", "goal", "floor", "gate by the floor")


def targets(row: Row, floor: float | None) -> tuple[str, str, str, str]:
    """The cells below TARGETS; the last is empty where the gate can be reached."""
    instead = row.instead(floor)
    return (
        target(row, row.gate),
        target(row, row.goal),
        "" if floor is None else quantity(floor, row.unit),
        "" if instead is None else f"{'≤' if row.better == 'less' else '≥'} {quantity(instead, row.unit)}",
    )


def verdict(row: Row, figure: float, floor: float | None, scale: tuple[int, int] | None) -> str:
    """`goal`, `gate`, `gate by the floor` or `MISSED`, and for how many plans where the targets are for others."""
    must = row.must(floor)
    if must is None:
        reached = ""
    elif row.goal is not None and row.reached(figure, row.goal):
        reached = "goal"
    elif not row.reached(figure, must):
        reached = "MISSED"
    else:
        reached = "gate" if row.instead(floor) is None else "gate by the floor"
    if scale is None or (row.plans == scale[0] and reached):
        return reached
    of = f" of {row.plans:,}" if row.plans is not None and row.plans != scale[0] else ""
    return f"{reached}, {scale[0]:,}{of} plans".removeprefix(", ")


def table(entries: Sequence[Entry]) -> str:
    """All rows, measured or not, with median, quartiles, gate, goal and floor, and the gate that a floor moves."""
    found = {entry.key: entry for entry in entries}
    figures = {entry.key: entry.figure for entry in entries}
    lines = [("", "median", "quartiles", *TARGETS, "")]
    for row in ROWS:
        floor = floor_of(row, figures)
        if row.key not in found:
            lines.append((row.text, "-", "", *targets(row, floor), row.absent))
            continue
        entry = found[row.key]
        low, high = entry.quartiles
        figure = quantity(entry.figure, row.unit)
        reached = verdict(row, entry.figure, floor, entry.scale)
        lines.append((row.text, figure, f"{number(low)} to {number(high)}", *targets(row, floor), reached))
    bases = [entry.base_ns for entry in entries if entry.base_ns is not None]
    head = f"BASE: {min(bases):.1f} to {max(bases):.1f} ns, measured beside each row\n" if bases else ""
    return head + aligned(lines)


def aligned(lines: Sequence[tuple[str, ...]]) -> str:
    """The first and the last column to the left, the others to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    rows = []
    for first, *middle, last in lines:
        cells = [f"{cell:>{width}}" for cell, width in zip(middle, widths[1:-1], strict=True)]
        rows.append("  ".join([f"{first:<{widths[0]}}", *cells, last]).rstrip())
    return "\n".join(rows)
