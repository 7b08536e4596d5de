"""Looks at what is in a wheel, installs it into empty environments and works with it there.

    python scripts/check_wheel.py WHEEL SDIST PYTHON...

A wheel must hold the package as it is in the sdist that it was built from, the compiled modules, and no more. The
environments, one for each Python, lie outside the checkout: no compiler is in reach there, no Cython and no pip. Ends
with 1 where something is wrong. Tested by tests/test_wheels.py; `make wheels` runs it.
"""

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

TOP = Path(__file__).resolve().parent.parent
PLAN = TOP / "examples" / "one-number.plan"
CALL = ("4006555101", "0731-8888-1234")
ROUTED = "0731 fixed -> connect office (routed): dial 01055500142, ring for 20 s\n"
# Only the compiler and the command may need these; what runs calls imports none of them.
NOT_FOR_CALLS = ("Cython", "callplan.compiler", "chinese_calendar", "click", "lark", "pyroaring", "rich", "tzdata")
ENGINE = """
import sys, callplan
with callplan.Engine(sys.argv[1]) as engine:
    decision = engine.route(*sys.argv[2:])
    engine.explain(*sys.argv[2:])
    print(decision.destination, engine.end(decision.call), *sorted(sys.modules), callplan.__file__, sep="\\n")
"""
INSTALLED = "import importlib.metadata as m; print(*(found.name.lower() for found in m.distributions()))"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("sdist", type=Path)
    parser.add_argument("pythons", nargs="*", metavar="python")
    arguments = parser.parse_args()
    check(arguments.wheel.resolve(), arguments.sdist, arguments.pythons)


def check(wheel: Path, sdist: Path, pythons: Sequence[str]) -> None:
    """Say that all is well with a wheel; leave with what is wrong."""
    leave_if(look_at(wheel, sdist))
    print(f"{wheel.name}: holds what it should, {wheel.stat().st_size / 1e6:.1f} MB", flush=True)
    for python in pythons:
        with tempfile.TemporaryDirectory() as folder:
            leave_if([f"{wheel.name}, {python}: {problem}" for problem in try_with(python, wheel, Path(folder))])
        print(f"  works in an empty environment of {python}", flush=True)


def leave_if(problems: list[str]) -> None:
    """Leave with the problems, if there are any."""
    if problems:
        sys.exit("\n".join(problems))


def look_at(wheel: Path, sdist: Path) -> list[str]:
    """What is wrong with the files in a wheel."""
    with zipfile.ZipFile(wheel) as opened:
        files = [file.filename for file in opened.infolist() if not file.is_dir()]
    names = {name for name in files if not re.match(r"callplan-[^/]+\.dist-info/", name)}
    sources = {name for name in files_of(sdist) if name.startswith("callplan/")}
    compiled = {name for name in names if name.endswith(".so")}
    modules = {name.removesuffix(".pyx") for name in sources if name.endswith(".pyx")}
    made = {name.partition(".")[0] for name in compiled}
    problems = [f"lacks {name}, which the sdist has" for name in sorted(sources - names)]
    problems += [f"has {name}, which the sdist does not have" for name in sorted(names - sources - compiled)]
    problems += [f"lacks the compiled {name}" for name in sorted(modules - made)]
    problems += [f"has a compiled {name}, of which the sdist has no source" for name in sorted(made - modules)]
    return [f"{wheel.name} {problem}" for problem in problems]


def files_of(sdist: Path) -> set[str]:
    """The files of an sdist, named from its folder."""
    with tarfile.open(sdist) as opened:
        return {str(PurePosixPath(*PurePosixPath(file.name).parts[1:])) for file in opened if not file.isdir()}


def try_with(python: str, wheel: Path, folder: Path) -> list[str]:
    """What goes wrong when a Python installs a wheel into an empty environment in `folder` and works with it."""
    environment = folder / "environment"
    run(python, "-m", "venv", "--without-pip", str(environment))
    programs = environment / "bin"
    fresh = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    fresh["PATH"] = str(programs)
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", "--only-binary", ":all:", str(wheel), env=fresh)

    def inside(program: str, *arguments: str) -> str:
        return run(str(programs / program), *arguments, cwd=folder, env=fresh)

    tables = str(folder / "one.tables")
    inside("callplan", "build", str(PLAN), "-o", tables)
    destination, ended, *modules, file = inside("python", "-I", "-c", ENGINE, tables, *CALL).splitlines()
    problems = [f"the engine imports {name}" for name in modules if name.startswith(NOT_FOR_CALLS)]
    if (destination, ended) != ("office", "True"):
        problems.append(f"the engine said {destination}, {ended}")
    if not Path(file).is_relative_to(environment):
        problems.append(f"callplan is imported from {file}")
    if foreign := {"cython", "pip", "setuptools"} & set(inside("python", "-I", "-c", INSTALLED).split()):
        problems.append(f"brings {', '.join(sorted(foreign))}")
    if (said := inside("callplan", "route", tables, *CALL)) != ROUTED:
        problems.append(f"`callplan route` said {said!r}, not {ROUTED!r}")
    demo = ("-X", "utf8", "-m", "callplan.demo")
    if inside("python", "-I", *demo) != run(sys.executable, *demo, cwd=TOP):
        problems.append("the demo does not print what that of the checkout prints")
    return problems


def run(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """What a command prints; one that fails ends all, with what it said."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
