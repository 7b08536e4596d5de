"""A state with plans in force, its memory as arrays, and processes that use it as they are told and can be killed."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import callplan
from callplan.compiler.build import build_text
from callplan.runtime.state_creation import create
from callplan.runtime.state_folder import StateFolder

from .states import SMALL, start

NUMBER = "4006123456"
CALLER = "13800138000"
PLAN = """
plan "line" {
    number 4006-123-456
    destination desk = 010-6234-5678 limit 2
    destination duty = 139-1234-5678 limit 2
    destination night = "sip:night@pbx.example.cn"
    announcement closed = "closed.wav"
    quota 900000000 calls per month
    quota 900000000 answered calls per month
    route { from 0731 -> split { 50% desk, 50% duty } otherwise -> desk or announce closed }
    forward busy -> duty, night
    forward no-answer after 15s -> duty
}
"""
NOW = 1_795_485_600  # 2026-11-24 10:00 in Shanghai


def tables(text: str = PLAN) -> callplan.Tables:
    return callplan.compile_text(text)


def draft_of(text: str) -> callplan.Tables:
    """Tables by which calls can be explained, not routed."""
    image = build_text(text, draft=True).image
    assert image is not None
    return callplan.Tables(image)


def other(destination: str = "hall", limit: int = 2) -> str:
    """A plan of the same number that sends every call to one destination of its own."""
    return f"""plan "line" {{ number {NUMBER} destination {destination} = 010-6234-5670 limit {limit}
        destination duty = 139-1234-5678 limit 2
        route {{ otherwise -> {destination} }} forward busy -> duty }}"""


def made(path: Path, text: str | None = PLAN, **settings: Any) -> Path:
    """A small state at `path`, with plans in force if there are any."""
    create(path, **{**SMALL, **settings})
    if text is not None:
        callplan.Engine(tables(text), state=path).close()
    return path


FREE, DECIDING, RINGING, ANSWERED, FORWARDING, SETTLED = range(6)


class Word(NamedTuple):
    """A state word, as book.pxd draws it."""

    generation: int
    turn: int
    owner: int
    ending: bool
    leg: int
    status: int

    @classmethod
    def of(cls, word: int) -> Word:
        return cls(word >> 24, word >> 18 & 63, word >> 8 & 1023, bool(word & 128), word >> 4 & 7, word & 15)

    def __int__(self) -> int:
        return (
            self.generation << 24 | self.turn << 18 | self.owner << 8 | self.ending << 7 | self.leg << 4 | self.status
        )


class Memory:
    """What stands in a state's counters file, to look at and to write to."""

    def __init__(self, path: Path) -> None:
        self.folder = StateFolder(path)
        where, block = self.folder.regions, self.folder.block
        self.live, self.owners, self.versions = (where.view(block, name) for name in ("live", "owners", "versions"))
        self.states, self.calls = where.view(block, "states"), where.view(block, "records")
        self.cells, self.words = where.view(block, "directory"), where.view(block, "words")

    def word(self, call: int) -> Word:
        """The state word at the record that a handle names."""
        return Word.of(int(self.states[index(call)]))

    def put(self, call: int, word: Word) -> None:
        self.states[index(call)] = np.uint64(int(word))

    def record(self, call: int) -> Any:
        return self.calls[index(call)]

    def count(self, name: str) -> int:
        """A word of LIVE."""
        return int(self.live[name][0])


def index(call: int) -> int:
    """The record that a handle names."""
    return (call & 0xFFFFF0) >> 4


@contextmanager
def memory(path: Path) -> Iterator[Memory]:
    found = Memory(path)
    folder = found.folder
    yield found
    folder.close()


_TOLD = """
import callplan, threading
engine, now = None, {now}
def opened(**options):
    global engine
    engine = callplan.Engine(None, state=path, **options)
def decided(found):
    return found.action, found.reason, found.destination, found.announcement, found.call
opened(**{options})
print("ready")
for line in sys.stdin:
    try:
        print(repr(eval(line)))
    except Exception as error:
        print(repr(f"{{type(error).__name__}}: {{error}}"))
"""


class Worker:
    """A process with an engine open that does what it is asked."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._said()

    def _said(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().rstrip("\n")
        assert line, self.process.communicate()[1]
        return line

    def __call__(self, expression: str) -> Any:
        """The value of an expression in that process, with `engine`, `decided` and `path`; of an error its text."""
        assert self.process.stdin is not None
        self.process.stdin.write(expression + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> Any:
        """What it says next."""
        return ast.literal_eval(self._said())

    def route(self, caller: str = CALLER, call_id: object = None) -> Any:
        """Action, reason, destination, announcement and handle."""
        return self(f"decided(engine.route({NUMBER!r}, {caller!r}, call_id={call_id!r}))")

    def report(self, what: str, call: int) -> Any:
        return self(f"decided(engine.{what}({call}))")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def worker(path: Path, clock: bool = False) -> Iterator[Worker]:
    """One such process; with `clock` its time is its global `now`, which stands still."""
    options = "dict(clock=lambda: now)" if clock else "{}"
    with start(_TOLD.format(now=NOW, options=options), path) as process:
        try:
            yield Worker(process)
        finally:
            process.kill()


def told(found: callplan.Decision) -> tuple[str, str, str | None, str | None, int]:
    """As Worker.route."""
    return found.action, found.reason, found.destination, found.announcement, found.call


def used(engine: callplan.Engine, name: str) -> int:
    """What is used of the counter of that name: of a quota with what is held."""
    (found,) = [each.used + each.held for each in engine.usage() if each.name == name]
    return found
