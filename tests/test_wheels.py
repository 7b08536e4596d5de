"""The scripts that build wheels and try them: which Pythons they take, and what they find wrong."""

from __future__ import annotations

import io
import json
import platform
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest

from .scripts import load_script

WHEELS = load_script("wheels")
CHECK = load_script("check_wheel")

FIT = {
    "program": "/opt/bin/python3.12",
    "kind": "CPython",
    "version": [3, 12, 1],
    "threads": False,
    "headers": True,
    "venv": True,
}
SOURCES = ("callplan/__init__.py", "callplan/runtime/engine.pyx", "callplan/runtime/data/places.tsv")
WHEEL = (*SOURCES, "callplan/runtime/engine.cpython-312-darwin.so", "callplan-0.1.0.dist-info/RECORD")


def says(path: Path, text: str, status: int = 0) -> str:
    """A program that prints a text, whatever it is asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{text}'\nexit {status}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def sdist_of(path: Path, names: Iterable[str]) -> Path:
    with tarfile.open(path, "w:gz") as sdist:
        for name in names:
            sdist.addfile(tarfile.TarInfo(f"callplan-0.1.0/{name}"), io.BytesIO())
    return path


def wheel_of(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return path


def test_this_python_fits() -> None:
    [found], left_out = WHEELS.sorted_out([sys.executable, sys.executable])
    assert left_out == []
    assert (found.version, found.tag) == (sys.version_info[:3], f"cp{sys.version_info[0]}{sys.version_info[1]}")
    assert platform.python_version().startswith(".".join(map(str, found.version)))
    assert Path(found.program).samefile(sys.executable)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"version": [3, 10, 13]}, "CPython 3.10.13, and callplan needs 3.11 or later"),
        ({"version": [2, 7, 18]}, "CPython 2.7.18, and callplan needs 3.11 or later"),
        ({"kind": "PyPy"}, "PyPy 3.12.1, and wheels are for CPython"),
        ({"threads": True}, "CPython 3.12.1 without the interpreter's lock, which callplan is not built for"),
        ({"headers": False}, "CPython 3.12.1 without Python.h; on Debian it comes with python3-dev"),
        ({"venv": False}, "CPython 3.12.1 without venv; on Debian it comes with python3-venv"),
    ],
)
def test_a_python_that_does_not_fit(tmp_path: Path, told: dict[str, object], reason: str) -> None:
    program = says(tmp_path / "python3", json.dumps(FIT | told))
    assert WHEELS.sorted_out([program]) == ([], [f"{program}: {reason}"])


@pytest.mark.parametrize("said", ["", "Python 3", "[]", "{}", '{"version": 3}'])
def test_a_program_that_is_no_python(tmp_path: Path, said: str) -> None:
    program = says(tmp_path / "python3", said)
    assert WHEELS.sorted_out([program]) == ([], [f"{program}: does not run as a Python"])


def test_a_python_that_fails_or_is_not_there(tmp_path: Path) -> None:
    programs = [says(tmp_path / "python3", json.dumps(FIT), status=1), str(tmp_path / "python4")]
    assert WHEELS.sorted_out(programs) == ([], [f"{program}: does not run as a Python" for program in programs])


def test_pythons_come_in_order_and_once(tmp_path: Path) -> None:
    versions = {"a": [3, 13, 0], "b": [3, 9, 2], "c": [3, 11, 10], "d": [3, 11, 2], "e": [3, 13, 0]}
    told = {name: FIT | {"version": version, "program": f"/{version}"} for name, version in versions.items()}
    found, left_out = WHEELS.sorted_out([says(tmp_path / name, json.dumps(said)) for name, said in told.items()])
    assert [(one.version, one.tag) for one in found] == [
        ((3, 11, 2), "cp311"),
        ((3, 11, 10), "cp311"),
        ((3, 13, 0), "cp313"),
    ]
    assert left_out == [f"{tmp_path / 'b'}: CPython 3.9.2, and callplan needs 3.11 or later"]


def test_where_pythons_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "one/python3.12",
        "one/python3.12-config",
        "one/python3.13t",
        "two/python3",
        "two/python2",
        "two/perl",
    ):
        says(tmp_path / name, "")
    for name in ("shims/python3.11", "versions/3.11.7/bin/python3", "versions/3.11.7/bin/python3.11"):
        says(tmp_path / "pyenv" / name, "")
    folders = ("one", "missing", "pyenv/shims", "two")
    monkeypatch.setenv("PATH", ":".join(str(tmp_path / folder) for folder in folders))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    found = [Path(program).relative_to(tmp_path).as_posix() for program in WHEELS.candidates()]
    assert found == ["one/python3.12", "two/python3", "pyenv/versions/3.11.7/bin/python3"]


def test_an_sdist_is_looked_at(tmp_path: Path) -> None:
    for name in ("README.md", "compiler/check.py", "compiler/data/a.tsv", "examples/a.plan", "setup.cfg"):
        (tmp_path / "top" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "top" / name).touch()
    (tmp_path / "top" / "callplan").mkdir()
    (tmp_path / "top" / "callplan" / "compiler").symlink_to("../compiler")
    (tmp_path / "top" / "callplan" / "a.plan").symlink_to("../examples/a.plan")
    files = WHEELS.files_below(tmp_path / "top")
    package = {"callplan/compiler/check.py", "callplan/compiler/data/a.tsv", "callplan/a.plan"}
    assert files == package | {"README.md", "examples/a.plan"}

    made = {"PKG-INFO", "setup.cfg", "callplan.egg-info/SOURCES.txt"}
    assert WHEELS.look_at(sdist_of(tmp_path / "s.tar.gz", files | made), files) == []
    names = files - {"README.md"} | {"callplan/compiler/check.c"}
    assert WHEELS.look_at(sdist_of(tmp_path / "s.tar.gz", names), files) == [
        "s.tar.gz lacks README.md: list it in MANIFEST.in",
        "s.tar.gz has callplan/compiler/check.c, which the checkout does not have",
    ]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (WHEEL, None),
        ((*WHEEL, "callplan/", "callplan/runtime/"), None),
        (WHEEL[1:], "lacks callplan/__init__.py, which the sdist has"),
        ((*WHEEL, "compiler/__init__.py"), "has compiler/__init__.py, which the sdist does not have"),
        ((*WHEEL, "tests/test_api.py"), "has tests/test_api.py, which the sdist does not have"),
        ((*WHEEL, "callplan/runtime/engine.c"), "has callplan/runtime/engine.c, which the sdist does not have"),
        ([name for name in WHEEL if not name.endswith(".so")], "lacks the compiled callplan/runtime/engine"),
        ((*WHEEL, "callplan/x.abi3.so"), "has a compiled callplan/x, of which the sdist has no source"),
    ],
)
def test_a_wheel_is_looked_at(tmp_path: Path, names: Iterable[str], problem: str | None) -> None:
    sdist = sdist_of(tmp_path / "s.tar.gz", (*SOURCES, "tests/test_api.py"))
    wheel = wheel_of(tmp_path / "w.whl", dict.fromkeys(names, ""))
    assert CHECK.look_at(wheel, sdist) == ([f"w.whl {problem}"] if problem else [])


ENGINE = """
from . import compiler
from types import SimpleNamespace

class Engine:
    def __init__(self, path): pass
    def __enter__(self): return self
    def __exit__(self, *error): pass
    def route(self, called, caller): return SimpleNamespace(destination="nowhere", call=0)
    def explain(self, called, caller): pass
    def end(self, call): return False
"""
BROKEN = {
    "callplan/__init__.py": ENGINE,
    "callplan/compiler/__init__.py": "",
    "callplan/demo.py": "print('no demo')",
    "callplan/__main__.py": "def main(): print('no route')",
    "callplan-0.dist-info/METADATA": "Metadata-Version: 2.1\nName: callplan\nVersion: 0\n",
    "callplan-0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "callplan-0.dist-info/entry_points.txt": "[console_scripts]\ncallplan = callplan.__main__:main\n",
}


def test_a_wheel_that_does_not_work(tmp_path: Path) -> None:
    record = "".join(f"{name},,\n" for name in BROKEN)
    wheel = wheel_of(tmp_path / "callplan-0-py3-none-any.whl", BROKEN | {"callplan-0.dist-info/RECORD": record})
    assert CHECK.try_with(sys.executable, wheel, tmp_path) == [
        "the engine imports callplan.compiler",
        "the engine said nowhere, False",
        f"`callplan route` said 'no route\\n', not {CHECK.ROUTED!r}",
        "the demo does not print what that of the checkout prints",
    ]


def test_a_wheel_that_cannot_be_installed(tmp_path: Path) -> None:
    wheel = wheel_of(tmp_path / "callplan-0-py3-none-any.whl", {"callplan/__init__.py": ""})
    with pytest.raises(SystemExit, match=r"(?s)pip .*install.*ended with 1:\n.*callplan"):
        CHECK.try_with(sys.executable, wheel, tmp_path)


def test_no_python_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(WHEELS, "find_spec", lambda name: True)
    monkeypatch.setattr(sys, "argv", ["wheels.py", str(tmp_path / "python3")])
    with pytest.raises(SystemExit, match="no wheel is built: name Pythons that fit"):
        WHEELS.main()
    assert capsys.readouterr().err == f"left out: {tmp_path / 'python3'}: does not run as a Python\n"


def test_a_tool_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WHEELS, "find_spec", lambda name: None if name == "build" else True)
    monkeypatch.setattr(sys, "argv", ["wheels.py"])
    with pytest.raises(SystemExit, match=r"^build is missing: pip install '\.\[release\]'$"):
        WHEELS.main()


@pytest.mark.slow
@pytest.mark.skipif(find_spec("build") is None, reason="needs the extra `release`")
def test_the_sdist_and_a_wheel_of_it_work(tmp_path: Path) -> None:
    interpreters, _ = WHEELS.sorted_out([sys.executable])
    sdist, wheel = WHEELS.build_all(interpreters, tmp_path)
    assert sdist.name.endswith(".tar.gz")
    assert interpreters[0].tag in wheel.name
