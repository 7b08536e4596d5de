"""Compiles every Cython module once more, into a folder of its own, and fails on any warning or performance hint.

A performance hint is how Cython says that a function without the interpreter's lock may take it back; gcc's warnings
count too. Run by `make lint`.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
DIRECTIVES = "binding=False,boundscheck=False,wraparound=False,cdivision=True"  # as in setup.py
GCC = ["gcc", "-std=c11", "-O1", "-fsyntax-only", "-Wall", "-Werror", "-Wno-unused-function", "-Wno-sign-compare"]


def complaints(module: Path, folder: Path) -> str:
    """What Cython and gcc say of a module; empty if nothing."""
    c = folder / f"{module.stem}.c"
    cython = [sys.executable, "-m", "cython", "-3", "-X", DIRECTIVES, str(module.relative_to(TOP)), "-o", str(c)]
    said = subprocess.run(cython, cwd=TOP, capture_output=True, text=True)
    if said.returncode or said.stderr.strip():
        return said.stderr.strip()
    includes = [f"-I{sysconfig.get_path('include')}", f"-I{TOP / 'runtime'}"]
    built = subprocess.run([*GCC, *includes, str(c)], cwd=TOP, capture_output=True, text=True)
    return built.stderr.strip()


def main() -> int:
    modules = sorted((TOP / "callplan").glob("*/*.pyx"))
    if not modules:
        print("no Cython module found", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        found = {module.name: said for module in modules if (said := complaints(module, Path(folder)))}
    for name, said in found.items():
        print(f"{name}:\n{said}", file=sys.stderr)
    print(f"{len(modules)} Cython modules, {len(found)} with warnings or performance hints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
