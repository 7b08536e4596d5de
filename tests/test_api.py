"""The public face: what `import callplan` offers, what it raises, and what it does not load."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import callplan

TOP = Path(__file__).resolve().parent.parent
GOOD = 'plan "P" { number 4006123456 destination a = 01062345678 route { otherwise -> a } }'
UNUSED = GOOD.replace("route", "destination b = 02152345678 route")
BAD = 'plan "P" {\n    number 4006123456\n    route { otherwise -> nowhere }\n}\n'


def test_everything_promised_is_there() -> None:
    assert all(hasattr(callplan, name) for name in callplan.__all__)


def test_version_is_the_distribution_s() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert callplan.__version__ == project["version"]


def test_installed_version_agrees() -> None:
    try:
        installed = importlib.metadata.version("callplan")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("callplan runs from its folder here")
    assert installed == callplan.__version__


def test_errors_have_one_base() -> None:
    for error in (callplan.PlanError, callplan.TablesError, callplan.StateError, callplan.NumberingError):
        assert issubclass(error, callplan.CallplanError)


def test_from_file_to_decision(tmp_path: Path) -> None:
    plan = tmp_path / "one.plan"
    plan.write_text(GOOD, encoding="utf-8")
    callplan.compile(plan).save(tmp_path / "one.tables")
    with callplan.Engine(tmp_path / "one.tables") as engine:
        decision = engine.route("4006123456", "13800138000")
        assert (decision.action, decision.destination, decision.number) == ("connect", "a", "01062345678")
        assert engine.end(decision.call)


def test_several_files_make_one_build(tmp_path: Path) -> None:
    other = GOOD.replace('"P"', '"Q"').replace("4006123456", "4006123457")
    paths = [tmp_path / "one.plan", tmp_path / "two.plan"]
    for path, text in zip(paths, (GOOD, other), strict=True):
        path.write_text(text, encoding="utf-8")
    with callplan.Engine(callplan.compile(*map(str, paths))) as engine:
        assert [engine.route(number, "").action for number in ("4006123456", "4006123457")] == ["connect", "connect"]


def test_compile_text_equals_itself() -> None:
    assert bytes(callplan.compile_text(GOOD).image) == bytes(callplan.compile_text(GOOD).image)


def test_plan_error_has_and_shows_its_diagnostics() -> None:
    with pytest.raises(callplan.PlanError) as raised:
        callplan.compile_text(BAD)
    assert [diagnostic.severity for diagnostic in raised.value.diagnostics] == ["error"]
    shown = str(raised.value)
    assert raised.value.diagnostics[0].code in shown
    assert "`nowhere`" in shown
    assert "^^^^^^^" in shown
    assert "\x1b" not in shown


def test_warnings_are_in_the_tables() -> None:
    assert callplan.compile_text(GOOD).diagnostics == ()
    assert [diagnostic.severity for diagnostic in callplan.compile_text(UNUSED).diagnostics] == ["warning"]


def test_compile_without_a_path() -> None:
    with pytest.raises(TypeError):
        callplan.compile()


def test_compile_of_what_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.plan", tmp_path):
        with pytest.raises(callplan.PlanError) as raised:
            callplan.compile(path)
        assert [diagnostic.span for diagnostic in raised.value.diagnostics] == [None]


def test_opening_what_is_no_tables(tmp_path: Path) -> None:
    plan = tmp_path / "one.plan"
    plan.write_text(GOOD, encoding="utf-8")
    for path in (plan, tmp_path, tmp_path / "missing"):
        with pytest.raises(callplan.TablesError):
            callplan.Engine(path)


def test_an_engine_loads_no_compiler(tmp_path: Path) -> None:
    callplan.compile_text(GOOD).save(tmp_path / "one.tables")
    script = (
        "import sys, callplan\n"
        "with callplan.Engine(sys.argv[1]) as engine:\n"
        "    engine.end(engine.route('4006123456', '13800138000').call)\n"
        "    engine.explain('4006123456', '13800138000')\n"
        "print(*sorted(sys.modules))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "one.tables")]
    loaded = subprocess.run(command, cwd=TOP, check=True, capture_output=True, text=True).stdout.split()
    assert "callplan.runtime.engine" in loaded
    unwanted = ("Cython", "lark", "pyroaring", "click", "rich", "tzdata", "callplan.compiler")
    assert [name for name in loaded if name.startswith(unwanted)] == []
