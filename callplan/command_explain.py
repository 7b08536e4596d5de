"""`callplan explain`: why a call goes where it goes; tested by tests/test_command_calls.py."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .command_files import ROOT, TABLES, open_tables
from .command_output import escaped, has_colour, to_json, to_stdout
from .command_route import AREA, AT, CALLED
from .command_time import instant

if TYPE_CHECKING:
    from .runtime.explain import Step

_EXPLAIN = """\b
Examples:
  callplan explain examples/hotline.plan 4006555000 13900001111 --at 2026-11-23T09:30
  callplan explain examples/hotline.plan 4006555000 --from '0731 mobile'
"""
_WIDTH = 9  # of the longest kind of step


@click.command(epilog=_EXPLAIN)
@TABLES
@CALLED
@click.argument("caller", metavar="[CALLER]", required=False)
@AT
@click.option("--from", "origin", metavar="ORIGIN", help="In place of CALLER: '0731 mobile', 'unknown', 'abroad'.")
@AREA
@ROOT
@click.option("--json", "as_json", is_flag=True, help="Print the steps as JSON.")
def explain(
    tables: str,
    called: str,
    caller: str | None,
    at: str | None,
    origin: str | None,
    area: str | None,
    root: str | None,
    as_json: bool,
) -> int:
    """Tell why a call goes where it goes, step by step.

    TABLES is a file of tables, or a plan; also one whose only errors are calls without a rule. Nothing was counted
    before this call.
    """
    from .runtime.engine import Engine

    if (caller is None) == (origin is None):
        raise click.UsageError("say who calls: either CALLER or --from")
    opened = open_tables(tables, draft=True, root=root)
    moment = instant(opened, called, at)
    with Engine(opened, area=area, max_calls=1) as engine:
        if caller is not None:
            steps = engine.explain(called, caller, moment)
        else:
            given = _origin(origin or "", opened.sections["area_codes"].tolist())
            steps = engine.explain_origin(called, given, moment)
    if as_json:
        to_json([step._asdict() for step in steps])
        return 0
    who = f"from {origin}" if caller is None else f"by {caller or 'a withheld number'}"
    to_stdout(escaped(f"{called} called {who}"), bold=True)
    for step in steps:
        _print(step)
    return 0


def _print(step: Step) -> None:
    colour = has_colour(sys.stdout)
    kind = f"{step.kind:{_WIDTH}}"
    outcome = escaped(step.outcome)
    if colour:
        kind = click.style(kind, fg="cyan")
        outcome = click.style(outcome, bold=step.kind == "result")
    click.echo(f"  {kind}  {outcome}", color=True)
    if step.file is not None:
        place = escaped(f"{step.file}:{step.line}: {step.text}")
        click.echo(f"  {'':{_WIDTH}}    {click.style(place, dim=True) if colour else place}", color=True)


def _origin(text: str, area_codes: list[int]) -> tuple[str, str | None]:
    """`0731 mobile`, `unknown mobile`, `unknown`, `abroad` as an area and a line type."""
    area, line = text.partition(" ")[::2]
    lines: tuple[str, ...] = {"unknown": ("", "mobile"), "abroad": ("",)}.get(area, ())
    if area.isascii() and area.isdecimal() and area.startswith("0") and int(area) in area_codes:
        lines = ("mobile", "fixed")
    if line.strip() not in lines:
        message = f"`{text}` is not an origin; write one such as '0731 mobile', '010 fixed', 'unknown' or 'abroad'"
        raise click.BadParameter(message, param_hint="--from")
    return area, line.strip() or None
