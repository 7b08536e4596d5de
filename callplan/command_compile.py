"""`callplan check` and `callplan build`; tested by tests/test_command.py."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .command_completion import complete_files
from .command_files import FILES, ROOT, Unusable, is_same_file, plan_files, root_of, status
from .command_output import diagnostics_json, escaped, plan_diagnostics, plural, to_stderr, working

if TYPE_CHECKING:
    from .compiler.build import BuildResult

_STRICT = click.option("--strict", is_flag=True, help="Take warnings for errors.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the diagnostics as a JSON list on standard output.")

_CHECK = """\b
Examples:
  callplan check examples/hotline.plan
  callplan check --strict --json examples/
"""
_BUILD = """\b
Example:
  callplan build examples/hotline.plan -o hotline.tables
"""


@click.command(epilog=_CHECK)
@FILES
@ROOT
@_STRICT
@_JSON
def check(files: tuple[str, ...], root: str | None, strict: bool, as_json: bool) -> int:
    """Report all that is wrong with plans.

    A folder stands for the `*.plan` files below it, hidden ones left out, `-` for standard input. What they import is
    read too. The status is 1 if there are errors.
    """
    result = compiled(files, root)
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
def build(files: tuple[str, ...], output: str, root: str | None, strict: bool, as_json: bool) -> int:
    """Compile plans into one file of tables.

    Nothing is written if there are errors. The file is replaced as a whole, so that a switch never sees half of it.
    """
    from .runtime.tables import Tables

    result = compiled(files, root)
    if any(is_same_file(path, output) for path in result.paths):
        raise Unusable(f"`{output}` is one of the files that plans are made of")
    _report(result, as_json)
    if result.image is None or status(result.diagnostics, strict):
        return status(result.diagnostics, strict)
    Tables(result.image, result.diagnostics).save(output)
    if sys.stderr.isatty():
        plans = len(result.program.plans)
        to_stderr(escaped(f"wrote {output}: {plural(plans, 'plan')}, {len(result.image):,} bytes"))
    return 0


def compiled(files: tuple[str, ...], root: str | None) -> BuildResult:
    """The build of what a command line names."""
    from .compiler.build import build as compile_files

    named = plan_files(files, root)
    with working(f"compiling {len(named)} files" if len(named) > 1 else "compiling"):
        return compile_files(named, root=root_of(files, root))


def _report(result: BuildResult, as_json: bool) -> None:
    if as_json:
        diagnostics_json(result.diagnostics)
    else:
        plan_diagnostics(result.diagnostics)
