"""`callplan activate`: put tables in force in a state; tested by tests/test_command_activate.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .command_files import ROOT, open_tables
from .command_output import escaped, to_json, to_stderr, to_stdout

if TYPE_CHECKING:
    from .runtime.activation import Activated

STATE = click.option(
    "--state", required=True, metavar="FOLDER", type=click.Path(), help="The state that processes share."
)
_ACTIVATE = """\b
Examples:
  callplan activate acme.tables --state acme.state
  callplan activate --back --state acme.state
"""


@click.command(epilog=_ACTIVATE)
@click.argument("tables", metavar="[TABLES]", required=False)
@STATE
@click.option("--back", is_flag=True, help="In place of TABLES: those that were in force before.")
@click.option("--allow-reset", is_flag=True, help="Let quotas and limits in use start afresh.")
@ROOT
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def activate(tables: str | None, state: str, back: bool, allow_reset: bool, root: str | None, as_json: bool) -> int:
    """Put TABLES in force in a state: every process decides by them from its next call on.

    TABLES is a file of tables, or a plan. Calls in progress keep the plan that they began with. Counters go on by their
    names; those that start afresh are listed. Where the tables fail a check, the old ones stay in force.
    """
    from .runtime import activation
    from .runtime.state_folder import StateFolder

    if (tables is None) == (not back):
        raise click.UsageError("say what to put in force: either TABLES or --back")
    opened = None if tables is None else open_tables(tables, root=root)
    try:
        with StateFolder(state) as folder:
            if opened is None:
                done = activation.go_back(folder, allow_reset=allow_reset)
            else:
                done = activation.activate(folder, opened, allow_reset=allow_reset)
    except activation.ResetRefused as refused:
        for line in f"Error: {refused}".splitlines():  # each on its own, since names are escaped
            to_stderr(escaped(line))
        return 2
    if as_json:
        to_json(_as_json(done))
    else:
        _print(done)
    return 0


def _print(done: Activated) -> None:
    if not done.is_new:
        to_stdout(f"version {done.version.number} has these tables and is in force already: nothing to do")
        return
    to_stdout(f"version {done.version.number} is in force: tables {done.version.digest[:12]}")
    if done.resets:
        to_stdout("counters that start afresh:")
        for reset in done.resets:
            to_stdout(escaped(f"  {reset}"))


def _as_json(done: Activated) -> dict[str, object]:
    return {
        "version": done.version.number,
        "digest": done.version.digest,
        "activated": done.is_new,
        "resets": [reset._asdict() for reset in done.resets],
    }
