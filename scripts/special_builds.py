"""Copies of the tree whose C parts are built with other flags: for scripts/sanitize.py and scripts/kill.py."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".hypothesis", ".*_cache", ".benchmarks", "__pycache__", "*.egg-info", "build", "dist",
    "*.so", "*.c",
)  # fmt: skip


def compiler() -> str:
    """The C compiler that extensions are built with."""
    return os.environ.get("CC", str(sysconfig.get_config_var("CC")).split()[0])


def build(copy: Path, flags: str, link_flags: str = "") -> None:
    """Bring a copy of the tree up to date and build it with these flags, which come after the build's own."""
    _copy(copy)
    environment = os.environ | {"CC": compiler(), "CFLAGS": flags, "LDFLAGS": link_flags}
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace", f"--parallel={os.cpu_count()}"]
    subprocess.run(command, cwd=copy, env=environment, check=True)


def _copy(copy: Path) -> None:
    """The tree as it is, beside what an earlier run has built: a module that has not changed is not built again."""
    for path in list(copy.rglob("*")):
        is_old = path.is_file() and not (TOP / path.relative_to(copy)).exists()
        if path.is_symlink() or (is_old and path.suffix not in (".c", ".so", ".o")):
            path.unlink()
    shutil.copytree(TOP, copy, symlinks=True, ignore=LEFT_OUT, dirs_exist_ok=True)
