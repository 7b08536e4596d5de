"""`callplan state`: the folders that processes share their counts by; tested by tests/test_command_state.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .command_completion import complete_files, complete_folders
from .command_output import escaped, plural, to_json, to_stderr, to_stdout
from .runtime import state_settings
from .runtime.errors import CallplanError
from .runtime.regions import MAX_CALLS

if TYPE_CHECKING:
    from .runtime.balance import Balance
    from .runtime.owner_counts import OwnerCounts

_STATE = """\b
Examples:
  callplan state create acme.state
  callplan state check acme.state
"""
_CHECK = """\b
Examples:
  callplan state check acme.state
  callplan state check acme.state --json
"""
_CREATE = """\b
Examples:
  callplan state create acme.state
  callplan state create large.state --calls 200000 --cells 1000000
  callplan state create small.state --calls 1000 --cells 500 --longest-call 7200 --grace 600 --area 0731
"""
_MIB = 1 << 20


@click.group(epilog=_STATE)
def state() -> None:
    """Make or check the folder by which the processes of a switch share their counts."""


def _area(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    try:
        state_settings.checked(area=value)
    except CallplanError as error:
        raise click.BadParameter(escaped(str(error)), context, option) from None
    return value


@state.command(epilog=_CREATE)
@click.argument("path", metavar="PATH", shell_complete=complete_folders)
@click.option(
    "--calls",
    type=click.IntRange(1, MAX_CALLS),
    default=state_settings.CALLS,
    metavar="N",
    help=f"Calls in progress at once, at most {MAX_CALLS:,} [{state_settings.CALLS:,}].",
)
@click.option(
    "--cells",
    type=click.IntRange(1, state_settings.MAX_CELLS),
    default=state_settings.CELLS,
    metavar="N",
    help="Room for so many quotas, limits and splits, those of plans to come and just removed too "
    f"[{state_settings.CELLS:,}].",
)
@click.option(
    "--longest-call",
    type=click.IntRange(1, state_settings.MAX_SECONDS),
    default=state_settings.LONGEST_CALL,
    metavar="S",
    help=f"Seconds after which a call of a dead process is over in any case [{state_settings.LONGEST_CALL:,}].",
)
@click.option(
    "--grace",
    type=click.IntRange(0, state_settings.MAX_SECONDS),
    metavar="S",
    help="Seconds that a call of a dead process goes on, unless another takes it over [as --longest-call].",
)
@click.option(
    "--area", callback=_area, metavar="CODE", help="The area code that a caller's bare local number belongs to."
)
@click.option(
    "--numbering",
    metavar="CSV",
    shell_complete=complete_files,
    help="A numbering table in place of the built-in one; it is copied into the state.",
)
@click.option("--group", metavar="NAME", help="A group whose users may all use the state [its owner and root alone].")
def create(
    path: str,
    calls: int,
    cells: int,
    longest_call: int,
    grace: int | None,
    area: str | None,
    numbering: str | None,
    group: str | None,
) -> int:
    """Make a state, whole or not at all.

    PATH is a folder that is not there yet, on a disk of this machine. All of the room that the state will ever need is
    taken now, so that no call finds the disk full. What is chosen here holds for good: for other values make another
    state, whose counts start at zero. Linux only.
    """
    from .runtime.state_creation import create as make

    if grace is not None and grace > longest_call:
        raise click.UsageError(
            f"--grace {grace} is longer than --longest-call {longest_call}, after which a call is over"
        )
    made = make(path, calls, cells, longest_call, grace, area, numbering, group)
    room = f"room for {plural(made.calls, 'call')} at once and {plural(made.cells, 'counter')}"
    to_stdout(escaped(f"made {path}: {room}, {made.regions.size / _MIB:,.1f} MiB"))
    return 0


@state.command(epilog=_CHECK)
@click.argument("path", metavar="PATH", shell_complete=complete_folders)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def check(path: str, as_json: bool) -> int:
    """Walk through a whole state, which may be in use, and tell whether its books balance.

    Prints what is in it, then each fault on a line. Leaves with 1 if there is a fault. Changes nothing.
    """
    from .runtime import balance, owner_counts
    from .runtime.state_folder import StateFolder

    with StateFolder(path) as folder:
        counts = owner_counts.count(folder)
        found = balance.balance(folder)
    if as_json:
        figures = {name: getattr(found, name) for name in _FIGURES}
        to_json({"faults": list(found.faults)} | figures | counts._asdict())
    else:
        _print(found, counts)
    return 1 if found.faults else 0


_FIGURES = ("calls", "places", "stale", "counters", "words", "versions")


def _print(found: Balance, counts: OwnerCounts) -> None:
    to_stdout(
        f"{plural(found.calls, 'call')} in progress, {counts.orphans:,} of dead processes; "
        f"{plural(found.places, 'place')} held, {found.stale:,} left by calls that are over"
    )
    to_stdout(
        f"{plural(found.counters, 'counter')} of {plural(found.words, 'word')}, "
        f"{plural(found.versions, 'version')} of the tables"
    )
    to_stdout(f"{counts.alive:,} processes have it open, {counts.dead:,} died with it open")
    to_stdout(
        f"since it was made: {counts.reclaimed_deciding:,} calls reclaimed while being decided, "
        f"{counts.reclaimed_forwarding:,} while being forwarded; {counts.ended_orphans:,} ended when their time was "
        f"up, {counts.ended_reconciled:,} that the switch had no more"
    )
    for fault in found.faults:
        to_stdout(escaped(f"fault: {fault}"))
    to_stderr(plural(len(found.faults), "fault") if found.faults else "the books balance")
