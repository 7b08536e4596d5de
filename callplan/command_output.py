"""What the command prints: diagnostics, decisions, steps, progress; tested by tests/test_command.py.

Results go to standard output, all else to standard error. Colours only on a terminal, and never with NO_COLOR.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from .compiler.diagnostics import Diagnostic
    from .runtime.decision import Decision

PATIENCE = 1.0  # seconds before progress is shown


def has_colour(stream: TextIO) -> bool:
    """Whether to colour what goes to `stream`."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def escaped(text: str) -> str:
    """`text` with its control and bidirectional characters written out, fit for a terminal and a log."""
    from .compiler.render import escape

    return escape(text)


def to_stdout(text: str, **style: Any) -> None:
    click.echo(click.style(text, **style) if has_colour(sys.stdout) else text, color=True)


def to_stderr(text: str) -> None:
    click.echo(text, err=True)


def to_json(value: object) -> None:
    """JSON that can be read, with what could steer a terminal or reorder a line written as `\\u...`."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    click.echo("".join(sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1] for sign in text))


def plan_diagnostics(diagnostics: Sequence[Diagnostic]) -> None:
    """Diagnostics as people read them, on standard error, with how many there are."""
    from .compiler import render

    if diagnostics:
        click.echo(render.text(diagnostics, colour=has_colour(sys.stderr)), nl=False, err=True, color=True)
        to_stderr(render.summary(diagnostics))


def diagnostics_json(diagnostics: Iterable[Diagnostic]) -> None:
    from .compiler import render

    to_json([render.as_json(diagnostic) for diagnostic in diagnostics])


def decision_line(decision: Decision) -> str:
    """A decision in one line: `connect beijing (routed): dial 01062345678, ring for 20 s`."""
    if decision.action == "connect":
        line = f"connect {decision.destination} ({decision.reason}): dial {decision.number}"
        return escaped(f"{line}, ring for {decision.ring_seconds} s")
    if decision.announcement is None:
        return f"nothing ({decision.reason}): the call is over, answered, or never was"
    media = f": play {decision.media}" if decision.media else ""
    return escaped(f"announce {decision.announcement} ({decision.reason}){media}")


def decision_json(decision: Decision) -> dict[str, object]:
    """The attributes of a decision; a handle is a string, since it has more bits than a JSON number keeps."""
    return {
        "action": decision.action,
        "reason": decision.reason,
        "destination": decision.destination,
        "number": decision.number,
        "announcement": decision.announcement,
        "media": decision.media,
        "ring_seconds": decision.ring_seconds,
        "origin": list(decision.origin),
        "call": str(decision.call),
    }


def origin_words(origin: tuple[str, str | None]) -> str:
    """An origin as one writes it: `0731 mobile`, `abroad`."""
    return " ".join(part for part in origin if part)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that something is going on, once it takes longer than a moment."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task(what, total=None)
    timer = threading.Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
