"""Runs the commands of README.md and writes what they print below them; the table of mobile prefixes too.

    python scripts/update_readme.py

tests/test_readme.py fails where the README is behind.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from callplan.runtime.numbering import share_table

TOP = Path(__file__).resolve().parent.parent
PAGE = TOP / "README.md"
_CONSOLE = re.compile(r"```console\n\$ ([^\n]+)\n(.*?)```", re.DOTALL)
_SHARES = re.compile(r"<!-- shares -->\n.*?<!-- end of shares -->", re.DOTALL)


def commands(page: str) -> list[tuple[str, str]]:
    """Each command of a page and what the page says it prints."""
    return _CONSOLE.findall(page)


def run(command: str) -> str:
    """What a shell command prints on both streams, run at the top with this interpreter's callplan."""
    with tempfile.TemporaryDirectory() as folder:
        callplan = Path(folder, "callplan")
        callplan.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m callplan "$@"\n', encoding="utf-8")
        callplan.chmod(0o755)
        path = os.pathsep.join((folder, os.environ["PATH"]))
        environment = os.environ | {"PATH": path, "PYTHONPATH": str(TOP), "PYTHONIOENCODING": "utf-8"}
        both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        shell = subprocess.run(["/bin/sh", "-c", command], cwd=TOP, env=environment, check=False, **both)
        return shell.stdout.decode()


def updated(page: str) -> str:
    """The page with all output as it is now."""
    page = _CONSOLE.sub(lambda found: f"```console\n$ {found[1]}\n{run(found[1])}```", page)
    return _SHARES.sub(f"<!-- shares -->\n\n{share_table()}\n<!-- end of shares -->", page)


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
