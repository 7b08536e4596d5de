"""What is packaged, and what a machine needs to build it; test_wheels.py has the scripts that build and try wheels."""

from __future__ import annotations

import fnmatch
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
SETTINGS = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
APT_LINE = "    apt-get install python3 python3-venv python3-dev gcc make\n"


def test_every_package_is_listed() -> None:
    found = {"callplan"}
    for folder in (TOP / "callplan").iterdir():
        if (folder / "__init__.py").exists():
            found |= {f"callplan.{folder.name}"}
            nested = [path.parent for path in folder.rglob("__init__.py") if path.parent != folder]
            found |= {".".join(path.relative_to(TOP).parts) for path in nested}
    assert set(SETTINGS["tool"]["setuptools"]["packages"]) == found


def test_every_data_file_is_packaged() -> None:
    patterns = SETTINGS["tool"]["setuptools"]["package-data"]
    for package, allowed in patterns.items():
        folder = TOP.joinpath(*package.split("."))
        files = [path for path in folder.iterdir() if path.is_file()] + list(folder.glob("data/*"))
        for path in files:
            name = path.relative_to(folder).as_posix()
            if path.suffix not in (".py", ".c", ".so", ".html"):
                assert any(fnmatch.fnmatch(name, pattern) for pattern in allowed), f"{package}: {name}"


def test_links_lead_to_the_folders_at_the_top() -> None:
    for name in ("compiler", "runtime", "grammar"):
        assert (TOP / "callplan" / name).readlink() == Path("..", name)


def test_every_compiled_module_that_python_can_call_has_a_stub() -> None:
    for path in [*(TOP / "runtime").glob("*.pyx"), *(TOP / "compiler").glob("*.pyx")]:
        if re.search(r"^ *def (?!__dealloc__)", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert path.with_suffix(".pyi").exists(), path.name


def test_cython_is_needed_to_build_only() -> None:
    assert any(needed.startswith("Cython") for needed in SETTINGS["build-system"]["requires"])
    assert not any(
        needed.lower().startswith(("cython", "setuptools")) for needed in SETTINGS["project"]["dependencies"]
    )


def check_machine(**environment: str) -> tuple[int, str]:
    command = ["/bin/sh", str(TOP / "scripts" / "check_machine.sh")]
    ran = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert ran.stdout == ""
    return ran.returncode, ran.stderr


def test_a_machine_without_python(tmp_path: Path) -> None:
    assert check_machine(PYTHON="no-such-python") == (
        1,
        f"missing: no-such-python\nOn Debian 12 this installs all that callplan is built with:\n{APT_LINE}",
    )


def test_a_machine_without_a_compiler() -> None:
    status, said = check_machine(PYTHON=sys.executable, CC="no-such-compiler")
    assert status == 1
    assert "no-such-compiler" in said.splitlines()[0]
    assert said.endswith(APT_LINE)


def test_a_machine_with_an_old_python(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)
    status, said = check_machine(PYTHON=str(old))
    assert status == 1
    assert "3.11" in said
    assert "Python 3.9.2" in said


@pytest.mark.parametrize("module", ["compiler", "runtime", "grammar"])
def test_no_code_imports_a_bare_package(module: str) -> None:
    assert module in SETTINGS["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
