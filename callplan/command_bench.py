"""`callplan bench`: what a team's own plans cost on its own recorded calls; tested by tests/test_command_bench.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click

from .command_baseline import DIFFERENT, WAYS, Saved, Slower, apart, differences, figures, read_saved, save, slower
from .command_completion import complete_files
from .command_files import ROOT, STANDARD_INPUT, TABLES, Unusable, is_same_file, open_tables
from .command_output import escaped, plural, stepping, to_json, to_stderr, to_stdout, working
from .command_recorded import read_calls
from .command_route import AREA
from .command_timing import IN_BATCHES, MOST_BATCH, ONE_BY_ONE, PERCENTILES, Figure, Timing, measure

ROUNDS = 11
FEWEST_ROUNDS = 3
DECISIONS = 1_000_000  # of each way, where fewer rounds make no more
FEW = 0.5  # share of the decisions that are routed
_TITLE = 28  # columns
_CELL = 22

_BENCH = """\b
Examples:
  callplan bench examples/hotline.plan --calls examples/hotline-calls.csv
  callplan bench examples/hotline.plan --calls examples/hotline-calls.csv --json --save before.json
  callplan bench examples/hotline.plan --calls examples/hotline-calls.csv --compare before.json --margin 100%
"""


def _margin(context: click.Context, option: click.Parameter, value: str) -> float:
    """`15%` or `15` as 0.15."""
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]+)?%?", value, re.ASCII):
        raise click.BadParameter(f"`{escaped(value)}` is not a margin; write it as in 15%", context, option)
    return float(value.rstrip("%")) / 100


@click.command(epilog=_BENCH)
@TABLES
@click.option(
    "--calls", "recorded", metavar="CSV", required=True, shell_complete=complete_files, help="The recorded calls."
)
@click.option(
    "--rounds", type=click.IntRange(1, 1000), metavar="N", help=f"So many rounds [{ROUNDS}; of many calls, fewer]."
)
@click.option("--batch", type=click.IntRange(1, MOST_BATCH), default=1000, metavar="N", help="Calls of a batch [1000].")
@AREA
@ROOT
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--save", "output", metavar="FILE", shell_complete=complete_files, help="Write the figures to a file, as JSON."
)
@click.option(
    "--compare", "earlier", metavar="FILE", shell_complete=complete_files, help="Compare with figures that were saved."
)
@click.option("--margin", callback=_margin, default="15%", metavar="PERCENT", help="How much slower is too slow [15%].")
def bench(
    tables: str,
    recorded: str,
    rounds: int | None,
    batch: int,
    area: str | None,
    root: str | None,
    as_json: bool,
    output: str | None,
    earlier: str | None,
    margin: float,
) -> int:
    """Time the decisions of recorded calls.

    TABLES is a file of tables, or a plan. The first line of CSV names its columns: called, caller and, if it was
    recorded, at: a time of the plan's zone such as 2026-11-23T09:30, or POSIX seconds. Without it all calls are as of
    now.

    Each round decides the calls one by one and in batches. It begins with empty counters, calls end outside the timed
    part, and what the stop-watch itself costs is taken off. Beside it stands BASE, the cost of an empty method:
    multiples of it can be compared between machines, and with --compare they are. The status is 1 if a decision got
    slower at p50 by more than the margin, or one by one at p99 by more than ten times as much.
    """
    if [tables, recorded, earlier].count(STANDARD_INPUT) > 1:
        raise click.UsageError("only one file can be standard input")
    if output is not None and any(is_same_file(output, name) for name in (tables, recorded)):
        raise Unusable(f"`{output}` is what is measured: save the figures to another file")
    saved = None if earlier is None else read_saved(earlier)
    opened = open_tables(tables, root=root)
    with working("reading calls"):
        calls = read_calls(recorded, opened)
    rounds = rounds or min(max(DECISIONS // len(calls), FEWEST_ROUNDS), ROUNDS)
    with stepping(f"timing {plural(len(calls), 'call')}", rounds) as step:
        timing = measure(opened, calls, rounds=rounds, batch=batch, area=area, step=step)
    found = figures(timing, calls, opened)
    late = [] if saved is None else slower(saved, timing, margin)
    if as_json:
        compared = {} if saved is None else {"margin": margin, "slower": [each._asdict() for each in late]}
        to_json(found | compared)
    else:
        _print(timing, len(calls))
        if saved is not None:
            _print_slower(saved, late, margin, timing)
    for warning in _doubts(timing):
        to_stderr(f"warning: {warning}")
    if saved is not None:
        for warning in differences(saved, timing, calls):
            to_stderr(escaped(f"warning: {saved.name} compares badly: {warning}"))
    if output is not None:
        save(output, found)
    return int(bool(late))


def _doubts(timing: Timing) -> Iterator[str]:
    """Why the figures may not say what they seem to."""
    titles, ways = _titles(timing), timing.ways
    for way in ways:
        routed = ways[way].reasons["routed"] / ways[way].reasons.total()
        if routed < FEW:
            yield f"{titles[way]}, only {routed:.1%} of the decisions were routed: the figures are about refusals"
    share = apart(ways[ONE_BY_ONE].reasons, ways[IN_BATCHES].reasons)
    if share > DIFFERENT:
        yield (
            f"{titles[IN_BATCHES]}, {share:.1%} of the decisions had other reasons than one by one: all calls of a "
            "batch are in progress together; try a smaller --batch"
        )


def _titles(timing: Timing) -> dict[str, str]:
    return {way: name.format(f"{timing.batch:,}") for way, name in WAYS.items()}


def _print(timing: Timing, calls: int) -> None:
    titles, ways = _titles(timing), timing.ways
    to_stdout(
        f"{plural(calls, 'call')} in {plural(timing.rounds, 'round')}; BASE, an empty method: {timing.base:.1f} ns"
    )
    to_stdout("")
    _print_row("ns a decision (x BASE)", PERCENTILES, bold=True)
    for way, title in titles.items():
        _print_row(title, map(_cell, ways[way].figures.values()))
    to_stdout("")
    _print_row("timed", titles.values(), bold=True)
    for reason, _ in (ways[ONE_BY_ONE].reasons + ways[IN_BATCHES].reasons).most_common():
        _print_row(reason, (f"{ways[way].reasons[reason]:,}" for way in titles))


def _print_slower(saved: Saved, late: list[Slower], margin: float, timing: Timing) -> None:
    to_stdout("")
    if not late:
        to_stdout(escaped(f"nothing got slower than in {saved.name} by more than {margin * 100:g} %"))
        return
    _print_row("got slower (x BASE)", ("before", "now"), bold=True)
    titles = _titles(timing)
    for each in late:
        more = f" (+{each.now / each.before - 1:.0%})" if each.before else ""
        _print_row(f"{titles[each.way]}, {each.percentile}", (f"{each.before:,.1f}", f"{each.now:,.1f}{more}"))


def _print_row(title: str, cells: Iterable[str], bold: bool = False) -> None:
    to_stdout(f"{title:<{_TITLE}}" + "".join(f"{cell:>{_CELL}}" for cell in cells), bold=bold)


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "too few samples"
    return f"{figure.ns:,.{0 if figure.ns >= 100 else 1}f} ({figure.ratio:,.1f})"
