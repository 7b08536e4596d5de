"""Builds a wheel, looks at what is in it, installs it into a fresh environment and routes a call there.

python scripts/check_wheel.py
"""

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path, PurePosixPath

TOP = Path(__file__).resolve().parent.parent
NEEDED = (
    "callplan/__init__.py",
    "callplan/__main__.py",
    "callplan/py.typed",
    "callplan/compiler/check.py",
    "callplan/grammar/plan.lark",
    "callplan/grammar/language.md",
    "callplan/runtime/engine.pyi",
    "callplan/runtime/data/mobiles.bin",
)
ROUTE = ["4006555101", "0731-8888-1234", "--at", "2026-11-23T09:30"]
ROUTED = "0731 fixed -> connect office (routed): dial 01055500142, ring for 20 s\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, str(TOP))
        [wheel] = Path(folder).glob("*.whl")
        problems = look_at(wheel)
        if problems:
            sys.exit("\n".join(problems))
        route_with(wheel, Path(folder))
        print(f"{wheel.name}: holds what it should, installs, and routes a call")


def look_at(wheel: Path) -> list[str]:
    """What is wrong with the files in a wheel."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {PurePosixPath(name).parts[0] for name in names}
    problems = [f"{wheel.name} has {top} at its top" for top in sorted(tops) if not top.startswith("callplan")]
    problems += [f"{wheel.name} lacks {name}" for name in NEEDED if name not in names]
    if not any(name.startswith("callplan/runtime/engine.") and name.endswith(".so") for name in names):
        problems.append(f"{wheel.name} lacks the compiled engine")
    problems += [f"{wheel.name} has {name}, which a build made" for name in names if name.endswith((".c", ".pyc"))]
    return problems


def route_with(wheel: Path, folder: Path) -> None:
    fresh = folder / "fresh"
    venv.create(fresh, with_pip=True)
    python = str(fresh / "bin" / "python")
    run(python, "-m", "pip", "install", "--quiet", str(wheel))
    command = str(fresh / "bin" / "callplan")
    tables = str(folder / "one.tables")
    run(command, "build", str(TOP / "examples" / "one-number.plan"), "-o", tables, cwd=folder)
    said = run(command, "route", tables, *ROUTE, cwd=folder)
    if said != ROUTED:
        sys.exit(f"the installed wheel said {said!r}, not {ROUTED!r}")


def run(*command: str, cwd: Path | None = None) -> str:
    return subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
