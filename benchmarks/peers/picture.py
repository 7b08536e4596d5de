"""Draws what a decision costs from saved runs of the peers: horizontal bars, logarithmic, light and dark.

Tested by tests/test_peers_picture.py.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as Svg

from .roster import PEERS

NAMES = {
    "route-many": "callplan, route_many()",
    "route": "callplan, route()",
    **{known.key: known.name for known in PEERS},
}

WIDTH, TOP, ROW, BOTTOM = 760, 78, 34, 62
BARS_FROM, BARS_TO = 226, 604  # left and right ends of the scale; a bar's figures stand right of it
STYLE = """
    .ground { fill: #ffffff; stroke: #d5d9de }
    text { font: 14px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 }
    .title { font-size: 17px; font-weight: 600 }
    .figures { paint-order: stroke; stroke: #ffffff; stroke-width: 5px }
    .figure { font-weight: 600 }
    .small { font-size: 12px; fill: #59636e }
    .grid { stroke: #d5d9de }
    .peer { fill: #8c96a0 }
    .ours { fill: #0a7f5c }
    @media (prefers-color-scheme: dark) {
        .ground { fill: #0d1117; stroke: #3d444d }
        text { fill: #f0f6fc }
        .figures { stroke: #0d1117 }
        .small { fill: #9198a1 }
        .grid { stroke: #3d444d }
        .peer { fill: #6e7681 }
        .ours { fill: #2fb98a }
    }
"""


class PictureError(Exception):
    """A file that is no saved run of the peers; the text says what to do."""


@dataclass(frozen=True)
class Bar:
    """`ratio`: the cost of a decision as a multiple of `route()`'s; `ns`: in nanoseconds."""

    key: str
    ratio: float
    ns: float


@dataclass(frozen=True)
class Measured:
    """The bars, cheapest first, and where they were measured."""

    bars: tuple[Bar, ...]
    machine: str
    runs: int


def read(paths: Sequence[Path]) -> Measured:
    """The medians of one or more saved runs. Raises PictureError for a file that is none."""
    ratios: dict[str, list[float]] = {}
    route_ns: list[float] = []
    machine = ""
    for path in paths:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            info = content["machine_info"]
            machine = f"{info['cpu'].get('brand_raw', info['machine'])}, {info['python_implementation']} "
            machine += info["python_version"]
            for entry in content["benchmarks"]:
                extra = entry["extra_info"]
                if extra["row"] not in NAMES:
                    raise ValueError(f"no peer is called {extra['row']}")
                ratios.setdefault(extra["row"], []).append(float(extra["ratio_to_route"]))
                route_ns.append(float(extra["route_ns"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PictureError(f"{path} is no saved run of `make peers`: run it again") from error
    if not ratios:
        raise PictureError("no peer was measured: see what `make peers` printed")
    unit = statistics.median(route_ns)
    found = {"route": 1.0, **{key: statistics.median(each) for key, each in ratios.items()}}
    bars = sorted((Bar(key, ratio, ratio * unit) for key, ratio in found.items()), key=lambda bar: bar.ratio)
    return Measured(tuple(bars), machine, len(paths))


def table(measured: Measured) -> str:
    """The bars as lines of text."""
    return "\n".join(f"{NAMES[bar.key]:<28}{_times(bar.ratio):>9}{_time(bar.ns):>11}" for bar in measured.bars)


def draw(measured: Measured) -> str:
    """The picture as a text of SVG."""
    height = TOP + ROW * len(measured.bars) + BOTTOM
    svg = Svg.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {height}",
            "width": str(WIDTH),
            "height": str(height),
            "role": "img",
            "aria-labelledby": "title desc",
        },
    )
    Svg.SubElement(svg, "title", id="title").text = "What one decision costs"
    Svg.SubElement(svg, "desc", id="desc").text = "As a multiple of callplan's route(): " + _sentence(measured.bars)
    Svg.SubElement(svg, "style").text = STYLE
    Svg.SubElement(svg, "rect", x="0.5", y="0.5", width=str(WIDTH - 1), height=str(height - 1), rx="8").set(
        "class", "ground"
    )
    _text(svg, 24, 34, "What one decision costs", "title")
    _text(
        svg,
        24,
        55,
        "The same plan and the same call, as a multiple of route(); each line is ten times the last",
        "small",
    )
    scale = _Scale.of(bar.ratio for bar in measured.bars)
    bottom = TOP + ROW * len(measured.bars)
    for decade in scale.decades():
        x = scale.at(10.0**decade)
        line = Svg.SubElement(svg, "line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=str(TOP), y2=str(bottom))
        line.set("class", "grid")
        _text(svg, x, bottom + 17, _times(10.0**decade), "small", "middle")
    for row, bar in enumerate(measured.bars):
        _bar(svg, scale, bar, TOP + ROW * row)
    runs = "one run" if measured.runs == 1 else f"medians of {measured.runs} runs"
    _text(svg, 24, height - 16, f"{measured.machine}; one thread, {runs}, rounds interleaved", "small")
    Svg.indent(svg)
    return Svg.tostring(svg, encoding="unicode") + "\n"


@dataclass(frozen=True)
class _Scale:
    """Powers of ten from the left end to the right."""

    low: int
    high: int

    @classmethod
    def of(cls, ratios: Iterable[float]) -> _Scale:
        exponents = [math.log10(ratio) for ratio in ratios]
        return cls(math.ceil(min(exponents)) - 1, math.ceil(max(exponents)))

    def decades(self) -> range:
        return range(self.low, self.high + 1)

    def at(self, ratio: float) -> float:
        return BARS_FROM + (BARS_TO - BARS_FROM) * (math.log10(ratio) - self.low) / (self.high - self.low)


def _bar(svg: Svg.Element, scale: _Scale, bar: Bar, top: float) -> None:
    middle = top + ROW / 2 + 5
    end = scale.at(bar.ratio)
    _text(svg, BARS_FROM - 12, middle, NAMES[bar.key], "", "end")
    width = f"{end - BARS_FROM:.1f}"
    shape = Svg.SubElement(svg, "rect", x=str(BARS_FROM), y=f"{top + 6:.1f}", width=width, height=str(ROW - 12), rx="2")
    shape.set("class", "ours" if bar.key in ("route", "route-many") else "peer")
    figures = _text(svg, end + 8, middle, "", "figures")
    Svg.SubElement(figures, "tspan", {"class": "figure"}).text = _times(bar.ratio)
    Svg.SubElement(figures, "tspan", {"class": "small", "dx": "7"}).text = _time(bar.ns)


def _text(svg: Svg.Element, x: float, y: float, text: str, kind: str, anchor: str = "start") -> Svg.Element:
    element = Svg.SubElement(svg, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor})
    if kind:
        element.set("class", kind)
    element.text = text
    return element


def _sentence(bars: Sequence[Bar]) -> str:
    return ", ".join(f"{NAMES[bar.key]} {_times(bar.ratio)} ({_time(bar.ns)})" for bar in bars) + "."


def _times(ratio: float) -> str:
    """Two digits: 0.51×, 1×, 9.8×, 32×, 4,000×."""
    return f"{_rounded(ratio)}×"


def _time(ns: float) -> str:
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if ns >= 0.995 * size:  # what two digits make 1
            return f"{_rounded(ns / size)} {unit}"
    return f"{_rounded(ns)} ns"


def _rounded(value: float) -> str:
    rounded = round(value, 1 - math.floor(math.log10(value)))
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"
