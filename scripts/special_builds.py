"""Copies of the tree whose C parts are built with other flags: for scripts/sanitize.py and scripts/kill.py."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".hypothesis", ".*_cache", ".benchmarks", "__pycache__", "*.egg-info", "build", "dist",
    "*.so", "*.c",
)  # fmt: skip


def compiler() -> str:
    """The C compiler that extensions are built with."""
    return os.environ.get("CC", str(sysconfig.get_config_var("CC")).split()[0])


def build(
    copy: Path, flags: str, link_flags: str = "", optimized: str = "-O3", rebuilt: re.Pattern[str] | None = None
) -> None:
    """Bring a copy of the tree up to date and build it with these flags.

    `rebuilt`: only the modules whose C matches it; the others are used as the tree has them.
    """
    _copy(copy, LEFT_OUT)
    if rebuilt is not None:
        _use_built(copy, rebuilt)
    more = {"CC": compiler(), "CFLAGS": flags, "LDFLAGS": link_flags, "CALLPLAN_OPTIMIZED": optimized}
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace", f"--parallel={os.cpu_count()}"]
    subprocess.run(command, cwd=copy, env=os.environ | more, check=True, stdout=subprocess.DEVNULL)


def _copy(copy: Path, left_out: Callable[[str, list[str]], set[str]]) -> None:
    """The tree as it is, beside what an earlier run has built: a module that has not changed is not built again."""
    for path in list(copy.rglob("*")):
        is_old = path.is_file() and not (TOP / path.relative_to(copy)).exists()
        if path.is_symlink() or (is_old and path.suffix not in (".c", ".so", ".o")):
            path.unlink()
    shutil.copytree(TOP, copy, symlinks=True, ignore=left_out, dirs_exist_ok=True)


def _use_built(copy: Path, rebuilt: re.Pattern[str]) -> None:
    """Take over the tree's modules with their C, but not what is to be built with other flags."""
    for made in (path for folder in ("compiler", "runtime") for path in (TOP / folder).glob("*.c")):
        target = copy / made.relative_to(TOP)
        if not target.exists() or target.stat().st_mtime < made.stat().st_mtime:
            shutil.copy2(made, target)
        if not rebuilt.search(made.read_text(encoding="utf-8")):
            for module in made.parent.glob(f"{made.stem}.*.so"):
                shutil.copy2(module, target.parent)
