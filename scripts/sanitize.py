"""Builds the C parts with AddressSanitizer and UBSan in a copy of the tree, and runs the tests there.

    python scripts/sanitize.py [what pytest takes]      (`make test-asan`)

Leaks are not looked for: the interpreter keeps much until its end. Needs gcc or clang with their sanitizers.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
COPY = TOP / "build" / "asan"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".hypothesis", ".*_cache", ".benchmarks", "__pycache__", "*.egg-info", "build", "dist",
    "*.so", "*.c",
)  # fmt: skip
FLAGS = "-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g1"
TESTS = ["-m", "not slow", "-p", "no:faulthandler", "-p", "no:cacheprovider"]


def main() -> None:
    copy()
    compiler = os.environ.get("CC", sysconfig.get_config_var("CC").split()[0])
    flags = {"CC": compiler, "CFLAGS": FLAGS, "LDFLAGS": FLAGS}
    build = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace", f"--parallel={os.cpu_count()}"]
    subprocess.run(build, cwd=COPY, env=os.environ | flags, check=True)
    done = subprocess.run([sys.executable, "-m", "pytest", *TESTS, *sys.argv[1:]], cwd=COPY, env=watched(compiler))
    sys.exit(done.returncode)


def copy() -> None:
    """The tree as it is, beside what an earlier run has built: a module that has not changed is not built again."""
    for path in list(COPY.rglob("*")):
        is_old = path.is_file() and not (TOP / path.relative_to(COPY)).exists()
        if path.is_symlink() or (is_old and path.suffix not in (".c", ".so", ".o")):
            path.unlink()
    shutil.copytree(TOP, COPY, symlinks=True, ignore=LEFT_OUT, dirs_exist_ok=True)


def watched(compiler: str) -> dict[str, str]:
    """The environment of a Python whose extensions are sanitized: it has to load the sanitizer first."""
    # libstdc++ with it: the sanitizer replaces `throw`, which it must find where a C++ extension is loaded later.
    found = [
        subprocess.run(
            [compiler, f"-print-file-name={name}"], check=True, capture_output=True, text=True
        ).stdout.strip()
        for name in ("libasan.so", "libstdc++.so")
    ]
    missing = [name for name in found if not Path(name).is_absolute()]
    if missing:
        sys.exit(f"{compiler} has no {missing[0]}: install its sanitizers")
    return os.environ | {
        "LD_PRELOAD": " ".join(found),
        "PYTHONPATH": str(COPY),
        "PYTHONMALLOC": "malloc",  # small objects too have to come from the sanitizer
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    }


if __name__ == "__main__":
    main()
