"""Plays the commands that a page shows, and tells what they print. Used by update_readme.py and diagnostics_page.py.

A page is played from its top, in a folder that has examples/ in it: a block whose first line is `# NAME`, the name of a
plan or a list, is saved there, and a block of `console` is run there. Where `<!-- figures vary -->` stands before a
block, its output stays as it is written as long as nothing but figures differs. Tested by tests/test_docs.py.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callplan.__main__ import main

TOP = Path(__file__).resolve().parent.parent
SECONDS = 60  # for one command
_BLOCK = re.compile(
    r"^(?P<varies><!-- figures vary -->\n\n)?```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_FIGURE = re.compile(r"\s*\d[\d.,]*")
_FILE = re.compile(r"# (\S+\.(?:plan|txt))\n")
_COMMAND = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_FOR_A_SHELL = frozenset("|<>&;*?$`(){}#~")


def commands(page: str) -> list[tuple[str, str]]:
    """Each command of a page and what the page says it prints."""
    return [found for block in _BLOCK.finditer(page) for found in _commands_of(block)]


def files(page: str) -> dict[str, str]:
    """The files that a page shows, by name, as they are when it has been played."""
    shown = {}
    for block in _BLOCK.finditer(page):
        name = _FILE.match(block["text"])
        if name is not None:
            shown[name[1]] = block["text"]
    return shown


def blocks(page: str) -> list[tuple[str, str]]:
    """Each block of a page: what it is of (`console`, `pycon`, nothing) and its text."""
    return [(block["kind"], block["text"]) for block in _BLOCK.finditer(page)]


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder to play a page in."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(TOP / "examples", Path(folder, "examples"), ignore=shutil.ignore_patterns("__pycache__"))
        yield Path(folder)


def played(page: str) -> str:
    """The page with all output as it is now."""
    with workplace() as folder:
        return _BLOCK.sub(lambda block: _played(block, folder), page)


def run(command: str, folder: Path) -> str:
    """What a command prints, on both streams, in a folder.

    One that needs a shell is given to one, with this interpreter as `python` and its `callplan`; else `callplan` is
    called in this process, which takes a tenth of the time.
    """
    words = [] if _FOR_A_SHELL & set(command) else shlex.split(command)
    return called(words[1:], folder) if words[:1] == ["callplan"] else _in_a_shell(command, folder)


def called(arguments: list[str], folder: Path) -> str:
    """What `callplan` prints, called in this process."""
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()) as printed:
        with contextlib.redirect_stderr(printed), contextlib.suppress(SystemExit):
            main(arguments)
        return printed.getvalue()


def _in_a_shell(command: str, folder: Path) -> str:
    with tempfile.TemporaryDirectory() as programs:
        for name, arguments in (("callplan", " -m callplan"), ("python", "")):
            program = Path(programs, name)
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n', encoding="utf-8")
            program.chmod(0o755)
        path = os.pathsep.join((programs, os.environ["PATH"]))
        environment = os.environ | {"PATH": path, "PYTHONPATH": str(TOP), "PYTHONIOENCODING": "utf-8"}
        shell = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            env=environment,
            check=False,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return shell.stdout.decode()


def _commands_of(block: re.Match[str]) -> list[tuple[str, str]]:
    return _COMMAND.findall(block["text"]) if block["kind"] == "console" else []


def _played(block: re.Match[str], folder: Path) -> str:
    name = _FILE.match(block["text"])
    if name is not None:
        Path(folder, name[1]).write_text(block["text"], encoding="utf-8")
    said = ""
    for command, before in _commands_of(block):
        now = run(command, folder)
        said += f"$ {command}\n{before if block['varies'] and _shape(before) == _shape(now) else now}"
    return f"{block['varies'] or ''}```{block['kind']}\n{said}```" if said else block[0]


def _shape(output: str) -> str:
    return _FIGURE.sub(" 0", output)
