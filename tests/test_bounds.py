"""Files made to be too much: a clear error or a result, in bounded memory.

Each build runs in a process of its own, which gets no byte more than it may have.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    "libasan" in os.environ.get("LD_PRELOAD", ""), reason="the sanitizer's own memory has no bound"
)
MIB = 1 << 20
BUILD = """
import json, resource, sys
from callplan.compiler import render
from callplan.compiler.build import build
most = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (most, most))
result = build([sys.argv[2]])
render.text(result.diagnostics)
codes = [diagnostic.code for diagnostic in result.diagnostics]
print(json.dumps([codes, 0 if result.image is None else len(result.image)]))
"""
LOADED = 300  # MiB of address space before a file is read, generously
LARGE = 10_000_000  # bytes of a plan
HEAD = 'plan "p" { number 4006123456 destination a = 010-6234-5678 '
ROUTE = "route { otherwise -> a }"
IN_L = "route { caller in l -> a otherwise -> announce closed }"


def build(path: Path, mib: int) -> tuple[list[str], int]:
    """The codes of what is said of a plan file, and the size of its tables; `mib`: what it may take to make them."""
    command = [sys.executable, "-c", BUILD, str((LOADED + mib) * MIB), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    codes, size = json.loads(done.stdout)
    return codes, size


def refused(folder: Path, text: str, mib: int) -> set[str]:
    path = folder / "large.plan"
    path.write_text(text, encoding="utf-8")
    codes, size = build(path, mib)
    assert size == 0
    assert len(codes) < 200
    return {code for code in codes if code[0] == "E"}


@pytest.mark.parametrize(
    ("before", "piece", "codes"),
    [
        ("", "{", {"E010"}),
        pytest.param("", "(", {"E010"}, marks=pytest.mark.slow),
        (f"{HEAD} route {{ ", "(", {"E013"}),
        (f"{HEAD} route {{ ", "not ", {"E013"}),
        pytest.param(f"{HEAD} route {{ ", "otherwise -> route { ", {"E013"}, marks=pytest.mark.slow),
        (f"{HEAD} route {{ otherwise -> ", "split { 50% a, 50% ", {"E013"}),
        pytest.param("", "{([", {"E010"}, marks=pytest.mark.slow),
        pytest.param("", "\0", {"E007"}, marks=pytest.mark.slow),
        ("", "\r\0", {"E007"}),
        pytest.param(HEAD, '"', {"E010", "E106"}, marks=pytest.mark.slow),
        pytest.param(HEAD, "}", {"E010", "E106"}, marks=pytest.mark.slow),
        pytest.param(f"{HEAD} {ROUTE} number ", "1", {"E010", "E201"}, marks=pytest.mark.slow),
    ],
    ids=lambda value: repr(value) if isinstance(value, str) else None,
)
def test_ten_megabytes_of_one_thing(tmp_path: Path, before: str, piece: str, codes: Sequence[str]) -> None:
    assert refused(tmp_path, before + piece * (LARGE // len(piece)), mib=100) == codes


def test_a_plan_whose_cells_would_explode(tmp_path: Path) -> None:
    schedules = [
        f"schedule s{at} {{ daily {at // 60:02}:{at % 60:02}-{at // 60 + 10:02}:{at % 60:02} }}" for at in range(400)
    ]
    lists = [f"list l{at} {{ 1390000000{at % 10}, 139000{at:04}x, 138{at:04}xxxx }}" for at in range(200)]
    rules = [f"from 0{310 + at % 10} and during s{at % 400} and caller in l{at % 200} -> a" for at in range(2000)]
    text = "\n".join([HEAD, *schedules, *lists, "route {", *rules, "otherwise -> a }}"])
    assert refused(tmp_path, text, mib=100) == {"E530"}


def test_schedules_that_list_too_many_days(tmp_path: Path) -> None:
    lines = [f"2000-01-01..2099-12-31 {at // 60 % 24:02}:{at % 60:02}-24:00" for at in range(1000)]
    text = "\n".join([HEAD, "schedule s {", *lines, "} route { during s -> a otherwise -> announce closed }}"])
    assert refused(tmp_path, text, mib=100) == {"E410"}


def test_lists_that_name_each_other_in_all_ways(tmp_path: Path) -> None:
    lists = ["list l0 { 10086 }", *(f"list l{at + 1} {{ l{at}, l{at} }}" for at in range(60))]
    path = tmp_path / "lists.plan"
    path.write_text(
        "\n".join([*lists, HEAD, "route { caller in l60 -> a otherwise -> announce closed }}"]), encoding="utf-8"
    )
    codes, size = build(path, mib=100)
    assert size > 0
    assert set(codes) == {"W201"}


@pytest.mark.slow
@pytest.mark.parametrize("order", ["ascending", "scattered"])
def test_a_list_file_of_ten_million_lines(tmp_path: Path, order: str) -> None:
    step = 1 if order == "ascending" else 7_368_787  # which has no divisor in common with the count
    with (tmp_path / "list.txt").open("w", encoding="ascii") as file:
        for start in range(0, 10_000_000, 100_000):
            file.write("".join(f"1380{at * step % 10_000_000:07}\n" for at in range(start, start + 100_000)))
    path = tmp_path / "list.plan"
    path.write_text(f'{HEAD} blacklist {{ file "list.txt" }} {ROUTE} }}', encoding="utf-8")
    codes, size = build(path, mib=450)
    assert codes == []
    assert size > 1000


def test_a_list_file_of_patterns_spread_far(tmp_path: Path) -> None:
    """A hundred million numbers each, far from each other."""
    lines = "".join(f"+{at}xxxxxxxx\n" for at in range(2_000_000, 2_500_000))
    (tmp_path / "list.txt").write_text(lines, encoding="ascii")
    for use in ('blacklist { file "list.txt" } ' + ROUTE, 'list l { file "list.txt" } ' + IN_L):
        assert refused(tmp_path, f"{HEAD} {use} }}", mib=200) == {"E533"}


@pytest.mark.slow
def test_a_list_file_of_ten_million_mistakes(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("no number\n" * 10_000_000, encoding="ascii")
    path = tmp_path / "list.plan"
    path.write_text(f'{HEAD} blacklist {{ file "list.txt" }} {ROUTE} }}', encoding="utf-8")
    codes, size = build(path, mib=400)
    assert codes == ["E220"] * 19 + ["E223"]
    assert size == 0
