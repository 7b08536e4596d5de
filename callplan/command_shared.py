"""`callplan calls`, `callplan usage` and `callplan end`: look into a state, and end a call; tested by
tests/test_command_shared.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from .command_activate import STATE
from .command_output import escaped, plural, to_json, to_stderr, to_stdout

if TYPE_CHECKING:
    from .runtime.call_records import CallInProgress
    from .runtime.usage import Usage

JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON; handles are strings.")
_CALLS = """\b
Example:
  callplan calls --state acme.state
"""
_USAGE = """\b
Examples:
  callplan usage --state acme.state
  callplan usage --state acme.state --plan acme --json
"""
_END = """\b
Example:
  callplan end 11723983421476372496 --state acme.state
"""


@click.command(epilog=_CALLS)
@STATE
@JSON
def calls(state: str, as_json: bool) -> int:
    """List the calls in progress of all processes; times are UTC.

    An orphan is a call whose process is dead: it counts until the switch ends it, or its time is up.
    """
    from .runtime.engine import Engine

    with Engine(None, state=state) as engine:
        found = engine.calls()
    if as_json:
        to_json([_call_json(call) for call in found])
        return 0
    if found:
        head = ("handle", "call id", "plan", "destination", "began", "answered", "owner")
        _table([head, *(_call_row(call) for call in found)])
    to_stderr(plural(len(found), "call") + " in progress")
    return 0


@click.command(epilog=_USAGE)
@STATE
@click.option("--plan", metavar="NAME", help="Only this plan's.")
@JSON
def usage(state: str, plan: str | None, as_json: bool) -> int:
    """Show what is used of every quota, limit and split."""
    from .runtime.engine import Engine

    with Engine(None, state=state) as engine:
        found = [each for each in engine.usage() if plan is None or each.plan == plan]
    if as_json:
        to_json([each._asdict() for each in found])
    elif found:
        _table([("plan", "kind", "name", "used", "held", "allowed", "since"), *(_usage_row(each) for each in found)])
    if plan is not None and not found:
        to_stderr(f"no counter of a plan `{escaped(plan)}` is in force")
    return 0


@click.command(epilog=_END)
@click.argument("handle")
@STATE
def end(handle: str, state: str) -> int:
    """End a call by its handle, which `callplan calls` shows: its place is free, as if the switch had ended it."""
    from .runtime.engine import Engine

    if not handle.isascii() or not handle.isdigit() or len(handle) > 20 or int(handle) >= 2**64:
        raise click.UsageError(f"`{handle}` is no handle: `callplan calls` shows those of the calls in progress")
    with Engine(None, state=state) as engine:
        ended = engine.end(int(handle))
    to_stdout("the call is over" if ended else "no such call is in progress: it is over, or never was")
    return 0 if ended else 1


def _call_json(call: CallInProgress) -> dict[str, object]:
    return call._asdict() | {"handle": str(call.handle)}


def _call_row(call: CallInProgress) -> Sequence[str]:
    return (
        str(call.handle),
        call.call_id or "",
        call.plan,
        call.destination,
        _time(call.began),
        "" if call.answered is None else _time(call.answered),
        "orphan" if call.orphan else str(call.owner),
    )


def _usage_row(each: Usage) -> Sequence[str]:
    allowed = "" if each.allowed is None else f"{each.allowed:,}"
    held = f"{each.held:,}" if each.held else ""
    return each.plan or "(shared)", each.kind, each.name, f"{each.used:,}", held, allowed, each.period or ""


def _time(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):  # a clock that went astray
        return str(seconds)


def _table(rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, two spaces between them."""
    from rich.cells import cell_len, set_cell_size

    shown = [[escaped(cell) for cell in row] for row in rows]
    widths = [max(cell_len(cell) for cell in column) for column in zip(*shown, strict=True)]
    for row in shown:
        to_stdout("  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip())
