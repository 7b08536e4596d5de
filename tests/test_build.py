"""Builds: what a file is called, equal bytes for equal sources, and what goes on after an error."""

from __future__ import annotations

import gc
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from callplan.compiler import build as module
from callplan.compiler.build import build, build_text
from callplan.runtime.engine import Engine
from callplan.runtime.tables import Tables

from .checking import plan, underlined

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.plan"))
DIGESTER = """
import sys
from hashlib import sha256
from callplan.compiler.build import build
print(sha256(build(sys.argv[1:]).image).hexdigest())
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def in_a_process(files: list[str], cwd: Path, hash_seed: str) -> str:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT), "TZ": f"Etc/GMT+{hash_seed}"}
    done = subprocess.run(
        [sys.executable, "-c", DIGESTER, *files], cwd=cwd, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def file_names(image: bytes | None) -> list[str]:
    assert image is not None
    tables = Tables(image)
    return sorted({tables.string(int(index)) for index in tables.sections["lines"]["file"]})


def test_equal_sources_give_equal_bytes_in_any_process_and_folder(tmp_path: Path) -> None:
    assert len(EXAMPLES) > 3
    distinct = [path for path in EXAMPLES if build([path]).image is not None][:3]
    names = []
    for at, path in enumerate(distinct):
        number = f"400000000{at}"
        text = path.read_text(encoding="utf-8")
        names.append(f"{at}.plan")
        write(tmp_path / "one", names[-1], _renumbered(text, number, at))
    shutil.copytree(tmp_path / "one", tmp_path / "far" / "away" / "two")
    first = in_a_process(names, tmp_path / "one", "1")
    assert in_a_process(names, tmp_path / "far" / "away" / "two", "2") == first
    assert in_a_process([f"../one/{name}" for name in names], tmp_path / "far" / ".." / "one", "3") == first
    assert in_a_process([str(tmp_path / "one" / name) for name in names], tmp_path, "4") == first


def _renumbered(text: str, number: str, at: int) -> str:
    """An example with its own number and name, so that several can be one build."""
    lines = [f"    number {number}" if line.strip().startswith("number ") else line for line in text.splitlines()]
    return "\n".join(f'plan "example {at}" {{' if line.startswith("plan ") else line for line in lines)


def test_files_are_called_by_their_paths_from_the_first_ones_folder(tmp_path: Path) -> None:
    first = write(tmp_path, "a/one.plan", plan(name="one"))
    below = write(tmp_path, "a/b/two.plan", plan(name="two", number="number 4006123457"))
    beside = write(tmp_path, "c/three.plan", plan(name="three", number="number 4006123458"))
    assert file_names(build([first, below, beside]).image) == ["../c/three.plan", "b/two.plan", "one.plan"]
    assert file_names(build([first, beside], root=tmp_path).image) == ["a/one.plan", "c/three.plan"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path, "one.plan", plan())
    link = tmp_path / "link.plan"
    link.symlink_to(path)
    result = build([path, tmp_path / "." / "one.plan", link])
    assert not result.diagnostics
    assert file_names(result.image) == ["one.plan"]


def test_a_file_whose_name_is_no_text(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.plan")
    try:
        Path(path).write_text(plan(), encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes only names that are text")
    result = build([path])
    assert not result.diagnostics
    assert file_names(result.image) == ["?.plan"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(plan().encode())))
    result = build(["-", "-"])
    assert not result.diagnostics
    assert file_names(result.image) == ["<stdin>"]


def test_the_digest_follows_what_the_tables_are_made_from(monkeypatch: pytest.MonkeyPatch) -> None:
    def digest(text: str, name: str = "x.plan") -> str:
        image = build_text(text, name).image
        assert image is not None
        return Tables(image).digest

    first = digest(plan())
    assert digest(plan()) == first
    others = {digest(plan() + "# more"), digest(plan(), "y.plan"), digest(plan('timezone "Asia/Tokyo"'))}
    monkeypatch.setattr(module, "__version__", "0.0.0")
    others.add(digest(plan()))
    monkeypatch.setattr(module, "_places", lambda: "other places")
    others.add(digest(plan()))
    assert len(others | {first}) == 6


def test_the_digest_follows_what_is_imported_and_listed(tmp_path: Path) -> None:
    write(tmp_path, "lists/l.txt", "13800138000\n")
    write(tmp_path, "common.plan", 'list pranks { file "lists/l.txt" }\n')
    path = write(tmp_path, "one.plan", 'import "common.plan"\n' + plan("blacklist { pranks }"))

    def digest() -> str:
        result = build([path])
        assert not result.diagnostics
        assert result.image is not None
        return Tables(result.image).digest

    first = digest()
    assert digest() == first
    write(tmp_path, "lists/l.txt", "13800138001\n")
    second = digest()
    write(tmp_path, "common.plan", 'list pranks { file "lists/l.txt" } # more\n')
    assert len({first, second, digest()}) == 3


def test_a_list_file_is_a_list(tmp_path: Path) -> None:
    write(tmp_path, "l.txt", "# 骚扰\n+86 138-0013-8000\r\n1390000xxxx\n")
    path = write(tmp_path, "one.plan", plan('blacklist { file "l.txt" }'))
    result = build([path])
    assert not result.diagnostics
    assert result.image is not None
    with Engine(Tables(result.image)) as engine:
        callers = ("13800138000", "13900000000", "013900009999", "13800138001", "13900010000", "13899999999")
        reasons = [engine.peek("4006123456", caller, 0).reason for caller in callers]
    assert reasons == ["blacklisted"] * 3 + ["routed"] * 3


def test_all_paths_that_were_read(tmp_path: Path) -> None:
    texts = {"one.plan": 'import "common.plan"\n' + plan('blacklist { file "l.txt" }'), "common.plan": "", "l.txt": ""}
    for name, text in texts.items():
        write(tmp_path, name, text)
    assert sorted(build([tmp_path / "one.plan"]).paths) == sorted(str(tmp_path / name) for name in texts)


def test_one_mistake_is_reported_once_however_many_plans_import_it(tmp_path: Path) -> None:
    write(tmp_path, "common.plan", 'list pranks { 88886666, file "l.txt" }\narea north { nowhere_at_all }\n')
    write(tmp_path, "l.txt", "88886666\n")
    paths = []
    for at in range(5):
        own = plan("blacklist { pranks }", "block from north", name=str(at), number=f"number 400612345{at}")
        paths.append(write(tmp_path, f"{at}.plan", 'import "common.plan"\nimport "lost.plan"\n' + own))
    problems = build(paths).diagnostics
    assert sorted(each.code for each in problems) == ["E001", "E205", "E205", "E302"]


def test_an_expectation_that_fails_keeps_tables_from_being_made() -> None:
    fails = plan("expect { 13800138000 at 2026-11-23 09:30 -> announce closed }")
    result = build_text(fails)
    assert result.image is None
    assert [each.code for each in result.diagnostics] == ["E701"]
    assert build_text(fails, draft=True).image is not None


def test_one_run_reports_what_all_stages_find(tmp_path: Path) -> None:
    syntax = write(tmp_path, "1.plan", plan("destination = 010"))
    names = write(tmp_path, "2.plan", plan("block from nowhere_at_all", name="two", number="number 4006123457"))
    missing = tmp_path / "3.plan"
    result = build([syntax, names, missing])
    assert result.image is None
    assert [each.code[:2] for each in result.diagnostics] == ["E0", "E0", "E3"]
    assert result.diagnostics[0].span is None
    assert underlined(result.diagnostics[2]) == "nowhere_at_all"


def test_nothing_is_lowered_where_something_is_wrong() -> None:
    result = build_text(plan("block from nowhere_at_all", route="route { from 010 -> duty }"))
    assert [each.code for each in result.diagnostics] == ["E302"]


def test_warnings_do_not_keep_tables_from_being_made() -> None:
    result = build_text(plan("list nobody { 13900001111 }"))
    assert [each.code for each in result.diagnostics] == ["W101"]
    assert result.image is not None


@pytest.mark.parametrize("path", ["", "\ud800", "nowhere.plan", "no\0where.plan", ".", "/dev/null"])
def test_what_cannot_be_read_is_a_diagnostic(path: str) -> None:
    result = build([path])
    assert result.image is None
    assert [each.severity for each in result.diagnostics] == ["error"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "plan",
        "{" * 100_000,
        'plan "x" {' * 1_000,
        "\ufeff",
        'plan "x" { number 4006123456 route { otherwise -> split evenly { } } }',
    ],
)
def test_any_text_is_decided(text: str) -> None:
    result = build_text(text)
    assert (result.image is None) == any(each.severity == "error" for each in result.diagnostics)


def test_a_build_leaves_the_collector_as_it_was(tmp_path: Path) -> None:
    try:
        for enabled in (True, False):
            (gc.enable if enabled else gc.disable)()
            build_text("plan")
            build([tmp_path / "none.plan"])
            assert gc.isenabled() is enabled
    finally:
        gc.enable()
