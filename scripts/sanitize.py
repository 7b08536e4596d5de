"""Builds the C parts with AddressSanitizer and UBSan in a copy of the tree, and runs the tests there.

    python scripts/sanitize.py [what pytest takes]      (`make test-asan`)

Leaks are not looked for: the interpreter keeps much until its end. Needs gcc or clang with their sanitizers.
"""

import os
import subprocess
import sys
from pathlib import Path

import special_builds
from special_builds import TOP

COPY = TOP / "build" / "asan"
FLAGS = "-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g1"
TESTS = ["-m", "not slow", "-p", "no:faulthandler", "-p", "no:cacheprovider"]


def main() -> None:
    compiler = special_builds.compiler()
    special_builds.build(COPY, FLAGS, FLAGS)
    done = subprocess.run([sys.executable, "-m", "pytest", *TESTS, *sys.argv[1:]], cwd=COPY, env=watched(compiler))
    sys.exit(done.returncode)


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
