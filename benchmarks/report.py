"""The table of rows as text, for people who measure. Tested by tests/test_benchmarks_report.py."""

from __future__ import annotations

from collections.abc import Sequence

from .rows import ROWS, Row
from .saved import Entry

FLOOR_SHARE = 1.3  # of the floor that a gate below it gives way to
OVER_FLOOR = ("route",)  # the rows that do what the floor does


def number(value: float) -> str:
    """Three digits that count."""
    if value == 0 or value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def quantity(value: float, unit: str) -> str:
    return f"{number(value)}{'' if unit == '×' else ' '}{unit}"


def gate(row: Row, floor: float | None) -> float | None:
    """A gate below the floor gives way to 1.3 times the floor."""
    if row.gate is None or floor is None or row.key not in OVER_FLOOR or row.gate >= floor:
        return row.gate
    return FLOOR_SHARE * floor


def target(row: Row, value: float | None) -> str:
    if value is None:
        return ""
    return f"{'≤' if row.better == 'less' else '≥'} {value:,g}{'' if row.unit == '×' else ' ' + row.unit}"


def verdict(row: Row, figure: float, floor: float | None, scale: tuple[int, int] | None) -> str:
    """`goal`, `gate` or `MISSED`, and for how many plans where the targets are for others."""
    must = gate(row, floor)
    if must is None:
        reached = ""
    elif row.goal is not None and row.reached(figure, row.goal):
        reached = "goal"
    else:
        reached = "gate" if row.reached(figure, must) else "MISSED"
    if scale is None or (row.plans == scale[0] and reached):
        return reached
    of = f" of {row.plans:,}" if row.plans is not None and row.plans != scale[0] else ""
    return f"{reached}, {scale[0]:,}{of} plans".removeprefix(", ")


def table(entries: Sequence[Entry]) -> str:
    """All rows, measured or not, with median, quartiles, gate and goal."""
    found = {entry.key: entry for entry in entries}
    floor = found["floor"].figure if "floor" in found else None
    lines = [("", "median", "quartiles", "gate", "goal", "")]
    for row in ROWS:
        targets = target(row, gate(row, floor)), target(row, row.goal)
        if row.key not in found:
            lines.append((row.text, "-", "", *targets, row.absent))
            continue
        entry = found[row.key]
        low, high = entry.quartiles
        figure = quantity(entry.figure, row.unit)
        reached = verdict(row, entry.figure, floor, entry.scale)
        lines.append((row.text, figure, f"{number(low)} to {number(high)}", *targets, reached))
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
