"""One mutant on trial: in a copy of the tree, with the C parts that it changes built anew, against the tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .plugin import NOTE
from .table import Mutant

TOP = Path(__file__).resolve().parents[2]
NEEDED = ("callplan", "compiler", "runtime", "grammar", "tests", "examples", "pyproject.toml", "setup.py")
DIRECTIVES = "binding=False,boundscheck=False,wraparound=False,cdivision=True"  # as in setup.py
GCC = ["gcc", "-shared", "-fPIC", "-O1", "-std=c11", "-w", "-Icallplan/runtime"]
HANG = 600.0  # seconds for one stage
SEED = "mutants"  # the same random calls each time

# All of them compare decisions or books; a stage is tried only where those before it let a mutant pass.
STAGES: tuple[tuple[str, ...], ...] = (
    ("tests/test_cases.py::test_case", "-k", "engine"),
    (
        "tests/test_engine.py",
        "tests/test_reload.py",
        "tests/test_batch.py",
        "tests/test_threads.py",
        "tests/test_threads_batches.py",
    ),
    ("tests/test_differential.py", "-m", "not slow"),
)


@dataclass(frozen=True)
class Verdict:
    """`caught_by`: the test, None where none did. `trouble`: what kept the mutant from a fair trial."""

    caught_by: str | None
    trouble: str | None = None


def trial(mutant: Mutant | None, folder: Path, stages: Sequence[Sequence[str]] = STAGES) -> Verdict:
    """Tries a mutant in a folder of its own, or without one the tree as it is. Raises table.MutantError."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in NEEDED:
        _copy(TOP / name, folder / name)
    if mutant is not None:
        source = folder / mutant.file
        source.write_text(mutant.applied_to(source.read_text(encoding="utf-8")), encoding="utf-8")
        said = _build(folder, affected(mutant.file))
        if said:
            return Verdict(None, f"does not build: {said}")
    troubles = []
    for stage in stages:
        verdict = attempt(folder, stage)
        if verdict.caught_by is not None:
            return verdict
        if verdict.trouble is not None:
            troubles.append(verdict.trouble)
    return Verdict(None, "; ".join(troubles) or None)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__", "*.c")
        shutil.copytree(source, target, symlinks=True, ignore=ignored)
    else:
        shutil.copy2(source, target)


def affected(file: str) -> list[str]:
    """The modules, as paths of their .pyx, that hold code of a source, through other .pxd too; none for Python."""
    if file.endswith(".pyx"):
        return [file]
    if not file.endswith(".pxd"):
        return []
    stem = Path(file).stem
    functions = set(re.findall(r"^cdef inline .*?(\w+)\(", (TOP / file).read_text(encoding="utf-8"), re.MULTILINE))
    used = re.compile(rf"^from \.(?:\.runtime\.)?{stem} cimport (\((?:[^)]*)\)|.*)", re.MULTILINE)
    found: set[str] = set()
    for path in [*TOP.glob("runtime/*.p[xy][dx]"), *TOP.glob("compiler/*.pyx")]:
        text = path.read_text(encoding="utf-8")
        names = {name for each in used.findall(text) for name in re.findall(r"\w+", each)}
        if names & functions or (path.stem == stem and path.suffix == ".pyx"):
            found.update(affected(path.relative_to(TOP).as_posix()))
    return sorted(found)


def _build(folder: Path, modules: Sequence[str]) -> str | None:
    """Builds modules in place, quickly; what went wrong."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    for module in modules:
        path = Path("callplan", module)
        c = path.with_suffix(".c")
        cython = [sys.executable, "-m", "cython", "-3", "-X", DIRECTIVES, str(path), "-o", str(c)]
        gcc = [*GCC, f"-I{sysconfig.get_path('include')}", str(c), "-o", str(path.with_suffix(suffix))]
        for command in (cython, gcc):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            if done.returncode:
                return f"{module}: {done.stderr.strip() or done.stdout.strip()}"
    return None


def attempt(folder: Path, stage: Sequence[str]) -> Verdict:
    """Runs one stage, as pytest takes it, in a copy of the tree."""
    note = folder / "caught"
    environment = os.environ | {
        NOTE: str(note),
        "PYTHONPATH": str(folder),  # before the callplan that is installed
        "PYTHONDONTWRITEBYTECODE": "1",
        "CALLPLAN_SEED": SEED,
    }
    options = ["-q", "--tb=short", "-p", "tests.mutants.plugin", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *stage],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=HANG,
        )
    except subprocess.TimeoutExpired:
        return Verdict(None, f"{stage[0]} hangs")
    (folder / "log").write_text(done.stdout, encoding="utf-8")
    if note.exists():
        return Verdict(note.read_text(encoding="utf-8"))
    if done.returncode == 0:
        return Verdict(None)
    last = done.stdout.strip().splitlines()[-1:] or ["nothing said"]
    return Verdict(None, f"{stage[0]} ends with {done.returncode}, and no assertion failed: {last[0]}")
