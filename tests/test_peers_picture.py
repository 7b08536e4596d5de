"""The picture of what a decision costs: drawn from saved runs (benchmarks/peers/picture.py)."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as Svg

import pytest

from benchmarks.peers import picture
from benchmarks.peers.picture import PictureError

SVG = "{http://www.w3.org/2000/svg}"


def saved(path: Path, ratios: dict[str, float]) -> Path:
    """A run as pytest-benchmark saves it, as far as the picture reads it; `route()` takes 100 ns."""
    entries = [
        {"extra_info": {"row": row, "ratio_to_route": ratio, "route_ns": 100.0}} for row, ratio in ratios.items()
    ]
    machine = {
        "machine": "x86_64",
        "cpu": {"brand_raw": "Some <CPU> & Co"},
        "python_implementation": "CPython",
        "python_version": "3.11.2",
    }
    path.write_text(json.dumps({"machine_info": machine, "benchmarks": entries}))
    return path


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()).strip() for element in Svg.fromstring(svg).iter(f"{SVG}text")]


def test_figures_are_medians_of_the_runs(tmp_path: Path) -> None:
    runs = [
        saved(tmp_path / f"{n}.json", {"idiomatic": ratio, "route-many": 0.4}) for n, ratio in enumerate((30, 41, 32))
    ]
    measured = picture.read(runs)
    assert [(bar.key, bar.ratio, bar.ns) for bar in measured.bars] == [
        ("route-many", 0.4, 40.0),
        ("route", 1.0, 100.0),
        ("idiomatic", 32.0, 3200.0),
    ]
    assert picture.table(measured).splitlines()[2].split() == ["idiomatic", "Python", "32×", "3.2", "µs"]


def test_bars_are_logarithmic(tmp_path: Path) -> None:
    svg = picture.draw(picture.read([saved(tmp_path / "run.json", {"tuned": 10, "idiomatic": 100, "zen-table": 9999})]))
    bars = [each for each in Svg.fromstring(svg).iter(f"{SVG}rect") if each.get("class") in ("ours", "peer")]
    widths = [float(bar.get("width", "")) for bar in bars]
    assert [bar.get("class") for bar in bars] == ["ours", "peer", "peer", "peer"]
    steps = [after - before for before, after in pairwise(widths)]
    assert steps == pytest.approx([steps[0], steps[0], 2 * steps[0]], rel=0.01)
    assert widths[0] > 0


def test_says_in_words_what_it_shows(tmp_path: Path) -> None:
    svg = picture.draw(picture.read([saved(tmp_path / "run.json", {"zen-expression": 54.6, "sqlite": 163})]))
    root = Svg.fromstring(svg)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "What one decision costs"
    described = root.findtext(f"{SVG}desc")
    assert described is not None
    for name in ("zen-engine expression", "SQLite in memory"):
        assert name in described
        assert name in texts(svg)
    assert "55× (5.5 µs)" in described
    assert "Some <CPU> & Co, CPython 3.11.2; one thread, one run, rounds interleaved" in texts(svg)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"machine_info": {}, "benchmarks": [{}]}'])
def test_what_is_no_run_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(content)
    with pytest.raises(PictureError, match=r"run\.json is no saved run of `make peers`"):
        picture.read([path])


def test_unknown_rows_and_empty_runs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no saved run"):
        picture.read([saved(tmp_path / "other.json", {"route-end": 4.5})])
    with pytest.raises(PictureError, match="no peer was measured"):
        picture.read([saved(tmp_path / "empty.json", {})])
