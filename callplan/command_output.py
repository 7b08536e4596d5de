"""What the command prints: diagnostics, decisions, steps, progress; tested by tests/test_command_terminal.py.

Results go to standard output, all else to standard error. Colours only on a terminal, never with NO_COLOR, and in files
and pipes too with FORCE_COLOR.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from rich.progress import Progress

    from .compiler.diagnostics import Diagnostic
    from .runtime.decision import Decision

PATIENCE = 1.0  # seconds before progress is shown


def has_colour(stream: TextIO) -> bool:
    """Whether to colour what goes to `stream`."""
    if os.environ.get("NO_COLOR"):
        return False
    return os.environ.get("FORCE_COLOR", "") not in ("", "0") or is_terminal(stream)


def is_terminal(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that can colour text and move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def escaped(text: str) -> str:
    """`text` with its control and bidirectional characters written out, fit for a terminal and a log."""
    from .compiler.render import escape

    return escape(text)


def plural(count: int, what: str) -> str:
    """`1 call`, `1,000 calls`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def to_stdout(text: str, **style: Any) -> None:
    click.echo(click.style(text, **style) if has_colour(sys.stdout) else text, color=True)


def to_stderr(text: str) -> None:
    click.echo(text, err=True)


def json_text(value: object) -> str:
    """JSON that can be read, with what could steer a terminal or reorder a line written as `\\u...`."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "".join(sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1] for sign in text)


def to_json(value: object) -> None:
    click.echo(json_text(value))


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
def working(what: str, steps: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show on a terminal that something is going on, once it takes longer than a moment; gives what is told how many of
    the steps were done, where it is known how many there are.
    """
    if not is_terminal(sys.stderr):
        yield lambda _: None
        return
    bar = _bar(what, steps, auto_refresh=True)
    timer = threading.Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda done: bar.advance(bar.task_ids[0], done)
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


@contextmanager
def stepping(what: str, steps: int) -> Iterator[Callable[[], None]]:
    """Show on a terminal how far work has come that takes longer than two moments; gives what each step calls.

    It is drawn only where a step ends, since a thread that drew it would disturb what is being timed.
    """
    if not is_terminal(sys.stderr):
        yield lambda: None
        return
    bar = _bar(what, steps, auto_refresh=False)
    begun = time.monotonic()

    def step() -> None:
        bar.advance(bar.task_ids[0])
        if time.monotonic() - begun > 2 * PATIENCE:
            bar.start()
            bar.refresh()

    try:
        yield step
    finally:
        bar.stop()


def _bar(what: str, steps: int | None, auto_refresh: bool) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=auto_refresh)
    bar.add_task(what, total=steps)
    return bar
