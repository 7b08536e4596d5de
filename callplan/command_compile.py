"""`callplan check` and `callplan build`; tested by tests/test_command.py."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .command_completion import complete_files, complete_folders
from .command_files import FILES, ROOT, Unusable, is_same_file, plan_files, root_of, status
from .command_output import diagnostics_json, escaped, plan_diagnostics, plural, to_stderr, working

if TYPE_CHECKING:
    from .compiler.build import BuildResult

_STRICT = click.option("--strict", is_flag=True, help="Take warnings for errors.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the diagnostics as a JSON list on standard output.")

_JOBS = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that compile at most; 1: none but the command itself [as many as there are cores for it].",
)
_KEEP = click.option(
    "--keep",
    metavar="FOLDER",
    shell_complete=complete_folders,
    help="Keep what is compiled in this folder, for the next build to use for files that have not changed.",
)

_CHECK = """\b
Examples:
  callplan check examples/hotline.plan
  callplan check --strict --json examples/
"""
_BUILD = """\b
Examples:
  callplan build examples/hotline.plan -o hotline.tables
  callplan build examples/hotline.plan -o hotline.tables --keep kept
"""


@click.command(epilog=_CHECK)
@FILES
@ROOT
@_STRICT
@_JSON
@_JOBS
def check(files: tuple[str, ...], root: str | None, strict: bool, as_json: bool, jobs: int | None) -> int:
    """Report all that is wrong with plans.

    A folder stands for the `*.plan` files below it, hidden ones left out, `-` for standard input. What they import is
    read too. The status is 1 if there are errors.
    """
    result = compiled(files, root, jobs)
    _report(result, as_json)
    if not result.diagnostics and sys.stderr.isatty():
        to_stderr("nothing to report")
    return status(result.diagnostics, strict)


@click.command(epilog=_BUILD)
@FILES
@click.option(
    "-o", "--output", metavar="OUT", required=True, shell_complete=complete_files, help="The file of tables to write."
)
@ROOT
@_STRICT
@_JSON
@_JOBS
@_KEEP
def build(
    files: tuple[str, ...],
    output: str,
    root: str | None,
    strict: bool,
    as_json: bool,
    jobs: int | None,
    keep: str | None,
) -> int:
    """Compile plans into one file of tables.

    Nothing is written if there are errors. The file is replaced as a whole, so that a switch never sees half of it. It
    has the same bytes however many processes compile, and whether or not something was kept of an earlier build. The
    folder of --keep must be yours alone; name one for each build, since what a build does not use is removed.
    """
    from .runtime.tables import Tables

    result = compiled(files, root, jobs, keep)
    if any(is_same_file(path, output) for path in result.paths):
        raise Unusable(f"`{output}` is one of the files that plans are made of")
    _report(result, as_json)
    if result.image is None or status(result.diagnostics, strict):
        return status(result.diagnostics, strict)
    Tables(result.image, result.diagnostics).save(output)
    if sys.stderr.isatty():
        size = f"{plural(result.plans, 'plan')}, {len(result.image):,} bytes"
        kept = "" if result.compiled is None else f"; {plural(result.compiled, 'file')} compiled, the others kept"
        to_stderr(escaped(f"wrote {output}: {size}{kept}"))
    return 0


def compiled(files: tuple[str, ...], root: str | None, jobs: int | None = None, keep: str | None = None) -> BuildResult:
    """The build of what a command line names."""
    from .compiler.many import build_many
    from .runtime.side_by_side import processors

    named = plan_files(files, root)
    what = f"compiling {len(named)} files" if len(named) > 1 else "compiling"
    with working(what, len(named) if len(named) > 1 else None) as progress:
        return build_many(named, root_of(files, root), jobs=jobs or processors(), keep=keep, progress=progress)


def _report(result: BuildResult, as_json: bool) -> None:
    if as_json:
        diagnostics_json(result.diagnostics)
    else:
        plan_diagnostics(result.diagnostics)
