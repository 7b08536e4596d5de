"""Shows that the watch works: a runtime slowed down on purpose is found, the same code is not.

    python scripts/check_watch.py [--clean N]

Saves a quick run. Then a copy of the tree in build/watch, which spins for a while wherever it looks for the plan of a
call, must come out slower; and with --clean N the tree itself, compared N times, must not. Ends with 1 where one does
not hold.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
COPY = TOP / "build" / "watch"
NEEDED = (
    "callplan",
    "compiler",
    "runtime",
    "grammar",
    "benchmarks",
    "pyproject.toml",
    "setup.py",
    "README.md",
    "LICENSE",
)
# The head, up to the body, of what every decision calls once
HEAD = re.compile(r"^cdef [^\n]*\bfind_plan\([^:]*\) noexcept nogil:\n", re.MULTILINE)
SPIN = '''
cdef extern from *:
    """
    static inline void cp_spin(void) { for (volatile int i = 0; i < {turns}; i++) ; }
    """
    void cp_spin() noexcept nogil


'''
TURNS = 200  # about a hundred nanoseconds
ROWS_HIT = ("route", "route-end", "peek", "batch", "route-warm", "batch-warm")


def main() -> int:
    parser = argparse.ArgumentParser(description="Slow the runtime down, and see whether the watch finds it.")
    parser.add_argument("--clean", type=int, default=0, metavar="N", help="compare the same code N times too")
    parser.add_argument("--turns", type=int, default=TURNS, metavar="N", help="of the loop; default: %(default)s")
    options = parser.parse_args()
    saved = _run(TOP, "benchmarks.quick").stdout
    print(saved, flush=True)
    path = TOP / re.findall(r"saved in (\S+);", saved)[-1]
    clean = 0
    for _ in range(options.clean):
        compared = _run(TOP, "benchmarks.compare", f"--against={path}")
        clean += compared.returncode == 0
        print(compared.stdout, flush=True)
    slow_copy(options.turns)
    slowed = _run(COPY, "benchmarks.compare", f"--against={path}")
    print(slowed.stdout)
    found = [key for key in ROWS_HIT if re.search(rf"^{key} .*SLOWER", slowed.stdout, re.MULTILINE)]
    print(f"a loop of {options.turns} turns in each decision: found in {', '.join(found) or 'no row'}")
    if options.clean:
        print(f"the same code: {clean} of {options.clean} comparisons are clean")
    shutil.rmtree(COPY)
    return 0 if slowed.returncode == 1 and len(found) == len(ROWS_HIT) and clean == options.clean else 1


def slow_copy(turns: int) -> None:
    """The tree with a spinning decide(), built, in build/watch."""
    shutil.rmtree(COPY, ignore_errors=True)
    for name in NEEDED:
        source, target = TOP / name, COPY / name
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    path, head = place(COPY)
    text = path.read_text(encoding="utf-8")
    begin, body = head.span()
    spin = SPIN.replace("{turns}", str(turns))
    path.write_text(text[:begin] + spin + text[begin:body] + "    cp_spin()\n" + text[body:], encoding="utf-8")
    subprocess.run([sys.executable, "setup.py", "-q", "build_ext", "--inplace"], cwd=COPY, check=True)


def place(top: Path) -> tuple[Path, re.Match[str]]:
    """Where the runtime of a tree is slowed down: the source, and the function's head in it."""
    sources = sorted([*top.glob("runtime/*.pxd"), *top.glob("runtime/*.pyx")])
    found = [(path, head) for path in sources for head in HEAD.finditer(path.read_text(encoding="utf-8"))]
    if len(found) != 1:
        raise SystemExit(
            f"runtime/ has {len(found)} functions that HEAD in {Path(__file__).name} fits, not one: correct it"
        )
    return found[0]


def _run(top: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A module of the benchmarks of one tree; what it says on its error stream is shown."""
    environment = os.environ | {"PYTHONPATH": str(top)}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=top, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        raise SystemExit(f"`{' '.join(command)}` failed")
    return done


if __name__ == "__main__":
    sys.exit(main())
