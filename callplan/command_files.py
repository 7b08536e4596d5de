"""The files that the command is given: plans, folders of plans, tables; tested by tests/test_command.py."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from .command_completion import complete_files, complete_folders
from .command_output import escaped, plan_diagnostics, working
from .runtime.layout import MAGIC

if TYPE_CHECKING:
    from .compiler.diagnostics import Diagnostic
    from .compiler.source import Source
    from .runtime.tables import Tables

STANDARD_INPUT = "-"
FILES = click.argument("files", metavar="FILE...", nargs=-1, required=True, shell_complete=complete_files)
TABLES = click.argument("tables", metavar="TABLES", shell_complete=complete_files)
ROOT = click.option(
    "--root",
    metavar="FOLDER",
    shell_complete=complete_folders,
    help="The folder that files are named from, and that no path in them may leave [the first that is named].",
)


class Unusable(click.ClickException):
    """Something named on the command line that cannot be used: one line on standard error, status 2."""

    exit_code = 2

    def format_message(self) -> str:
        return escaped(self.message)


def plan_files(named: Sequence[str], root: str | None = None) -> list[str]:
    """The files as they are named, each once, and in place of a folder, sorted, the `*.plan` files below it.

    What is hidden is left out, and links to folders are not followed. A link to a file that lies neither below that
    folder nor below the root is refused.
    """
    found: dict[str, None] = {}
    allowed = root_of(named, root)
    for name in named:
        found.update(dict.fromkeys(_below(name, allowed) if _is_folder(name) else [name]))
    return list(found)


def root_of(named: Sequence[str], root: str | None = None) -> str | None:
    """What files are named from: what `--root` says, or else the first thing that is named, if it is a folder.

    None: the folder of the first file.
    """
    if root is not None:
        return root
    return named[0] if _is_folder(named[0]) else None


def _below(folder: str, root: str | None) -> list[str]:
    files: list[str] = []
    waiting = [os.fspath(Path(folder))]
    allowed = [os.path.realpath(each) for each in (folder, root) if each is not None]
    while waiting:
        for entry in _entries(waiting.pop()):
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif entry.name.endswith(".plan") and not entry.is_dir():
                if entry.is_symlink():
                    _refuse_leading_out(entry.path, allowed, root or folder)
                files.append(entry.path.removeprefix("./"))
    if not files:
        raise Unusable(f"no `*.plan` file below `{folder}`")
    return sorted(files)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError as error:
        _cannot_list(error)


def _refuse_leading_out(file: str, allowed: Sequence[str], named: str) -> None:
    if not any(Path(os.path.realpath(file)).is_relative_to(each) for each in allowed):
        raise Unusable(f"`{file}` is a link out of `{named}`; name it by itself if you mean it")


def _cannot_list(error: OSError) -> NoReturn:
    raise Unusable(f"`{error.filename}` cannot be read: {(error.strerror or 'unknown reason').lower()}")


def status(diagnostics: Iterable[Diagnostic], strict: bool = False) -> int:
    """What the command ends with: 2 where a file cannot be read, 1 for errors (`strict`: or warnings), else 0."""
    from .compiler.reading import is_unreadable

    said = list(diagnostics)
    if any(is_unreadable(diagnostic) and diagnostic.span is None for diagnostic in said):
        return 2
    return int(
        any(diagnostic.severity == "error" or (strict and diagnostic.severity == "warning") for diagnostic in said)
    )


def open_tables(name: str, *, draft: bool = False, root: str | None = None) -> Tables:
    """The tables in a file, or those of a plan file or of a folder of plans.

    A plan's errors are printed and end the command. `draft`: a plan whose only errors are calls without a rule is good
    enough for explaining.
    """
    from .runtime.tables import Tables

    if _is_tables(name):
        return Tables.open(name)
    from .compiler.build import build

    files = plan_files([name], root)
    with working("compiling"):
        result = build(files, root=root_of([name], root), draft=draft)
    if result.image is None:
        plan_diagnostics([diagnostic for diagnostic in result.diagnostics if diagnostic.severity == "error"])
        raise click.exceptions.Exit(status(result.diagnostics))
    return Tables(result.image, result.diagnostics)


def text_of(name: str) -> Source:
    """The text of a file, or of standard input for `-`. Why it cannot be had is printed and ends the command."""
    from .compiler.reading import read

    source, problems = read(name)
    if source is None:
        plan_diagnostics(problems)
        raise click.exceptions.Exit(Unusable.exit_code)
    return source


def is_same_file(name: str, other: str) -> bool:
    """Whether two names lead to one file that is there."""
    try:
        return Path(name).samefile(other)
    except (OSError, ValueError):
        return False


def _is_tables(name: str) -> bool:
    """Whether a file is, or calls itself, one of tables."""
    try:
        if name == STANDARD_INPUT or not Path(name).is_file():
            return False
        with Path(name).open("rb") as file:
            return name.endswith(".tables") or file.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False  # compiling says what is wrong with it


def _is_folder(name: str) -> bool:
    try:
        return name not in (STANDARD_INPUT, "") and Path(name).is_dir()
    except (OSError, ValueError):
        return False
