"""`callplan route`: where one call goes, and where it goes on; tested by tests/test_command_calls.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from .command_completion import complete_list
from .command_files import ROOT, TABLES, open_tables
from .command_output import decision_json, decision_line, escaped, origin_words, to_json, to_stdout
from .command_time import instant

if TYPE_CHECKING:
    from .runtime.decision import Decision
    from .runtime.engine import Engine

MOST_CALLS = 100_000
EVENTS = ("busy", "no-answer", "unreachable", "answered", "end")
CALLED = click.argument("called", metavar="CALLED")
AT = click.option("--at", metavar="TIME", help="Local time of the plan's zone, such as 2026-11-23T09:30 [now].")
AREA = click.option("--area", metavar="CODE", help="The area code that a bare local CALLER belongs to.")

_ROUTE = """\b
Examples:
  callplan route examples/hotline.plan 4006555000 0731-8888-1234
  callplan route examples/hotline.plan 4006555000 0731-8888-1234 --at 2026-11-23T09:30 --then busy,no-answer
  callplan route examples/shares.plan 4006555104 02188886666 --calls 1000
"""


def _events(context: click.Context, option: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """The events of `busy,no-answer,...`."""
    if value is None:
        return None
    events = tuple(event.strip() for event in value.split(","))
    for event in events:
        if event not in EVENTS:
            raise click.BadParameter(f"`{escaped(event)}` is none of {', '.join(EVENTS)}", context, option)
    return events


@click.command(epilog=_ROUTE)
@TABLES
@CALLED
@click.argument("caller", metavar="CALLER")
@AT
@AREA
@ROOT
@click.option(
    "--then",
    "events",
    callback=_events,
    metavar="EVENT,...",
    shell_complete=complete_list(EVENTS),
    help=f"What happens next: {', '.join(EVENTS)}.",
)
@click.option("--calls", type=click.IntRange(1, MOST_CALLS), metavar="N", help="So many calls, none of which ends.")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON.")
def route(
    tables: str,
    called: str,
    caller: str,
    at: str | None,
    area: str | None,
    root: str | None,
    events: tuple[str, ...] | None,
    calls: int | None,
    as_json: bool,
) -> int:
    """Decide one call, and what becomes of it.

    TABLES is a file of tables, or a plan. Numbers are as a switch has them, in any form; a CALLER of '' or anonymous is
    withheld. Nothing was counted before this call. What no plan answers is a decision as well.
    """
    from .runtime.engine import Engine

    if events is not None and calls is not None:
        raise click.UsageError("--then is about one call, --calls about many: give one of them")
    opened = open_tables(tables, root=root)
    moment = instant(opened, called, at)
    with Engine(opened, area=area, max_calls=calls or 1, clock=lambda: moment) as engine:
        if calls is not None:
            _print_many([engine.route(called, caller, moment) for _ in range(calls)], as_json)
        else:
            first = engine.route(called, caller, moment)
            _print_one(first, None if events is None else list(_walk(engine, first.call, events)), as_json)
    return 0


def _print_one(first: Decision, later: list[tuple[str, Decision | bool]] | None, as_json: bool) -> None:
    if not as_json:
        to_stdout(f"{origin_words(first.origin)} -> {decision_line(first)}")
        for event, result in later or ():
            to_stdout(f"{event} -> {_words(event, result)}")
    elif later is None:
        to_json(decision_json(first))
    else:
        to_json([_entry(event, result) for event, result in [("route", first), *later]])


def _print_many(decisions: list[Decision], as_json: bool) -> None:
    """How often each decision was made, in the order in which they were first made."""
    counts = Counter(decision_line(decision) for decision in decisions)
    firsts = {decision_line(decision): decision for decision in reversed(decisions)}
    if as_json:
        to_json([{"calls": count, "decision": decision_json(firsts[line])} for line, count in counts.items()])
    for line, count in counts.items() if not as_json else ():
        to_stdout(f"{count:>{len(str(len(decisions)))}} x {origin_words(firsts[line].origin)} -> {line}")


def _walk(engine: Engine, call: int, events: tuple[str, ...]) -> Iterator[tuple[str, Decision | bool]]:
    """Report one event after the other on a call, and what came of each."""
    for event in events:
        match event:
            case "busy":
                yield event, engine.busy(call)
            case "no-answer":
                yield event, engine.no_answer(call)
            case "unreachable":
                yield event, engine.unreachable(call)
            case "answered":
                yield event, engine.answered(call)
            case _:
                yield event, engine.end(call)


def _words(event: str, result: Decision | bool) -> str:
    if not isinstance(result, bool):
        return decision_line(result)
    if result:
        return "the call is talking" if event == "answered" else "the call is over"
    return "nothing: the call is not ringing" if event == "answered" else "nothing: the call is over"


def _entry(event: str, result: Decision | bool) -> dict[str, object]:
    if isinstance(result, bool):
        return {"event": event, "done": result}
    return {"event": event, "decision": decision_json(result)}
