"""Workers that are killed at random moments and replaced, and whether the books agree with their diaries afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import callplan
from callplan.runtime.balance import balance
from callplan.runtime.state_creation import create
from callplan.runtime.state_folder import StateFolder

from ..commands import TOP
from ..processes import PATIENCE
from .diary import Event, read
from .plans import BUSY, LIMIT, LOAD, SCARCE, SCARCE_CALLS
from .worker import THREADS

AT_ONCE = 4  # processes
GRACE = 1  # seconds


@dataclass
class Report:
    """`faults`: what must not be, a sentence each; `counted`: how often what was done or told."""

    kills: int = 0
    faults: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    extra: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        done = ", ".join(f"{count} {what}" for what, count in sorted(self.counted.items()))
        extra = ", ".join(f"{name} {count}" for name, count in self.extra.items())
        return "\n".join([f"{self.kills} kills: {done}", f"counted too many: {extra}", *self.faults])


class Crew:
    """The processes at work on one state."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.state, self.seed = folder, folder / "killed.state", seed
        self.started = 0
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self.died: dict[str, int] = {}  # by name when it was killed, as in Event.at

    def start(self) -> None:
        name = f"{self.seed}w{self.started}"
        self.started += 1
        command = [sys.executable, "-m", "tests.kill.worker", str(self.state), str(self.diary(name)), name]
        environment = os.environ | {"PYTHONPATH": str(TOP)}
        self.processes[name] = subprocess.Popen(command, cwd=TOP, env=environment, stderr=subprocess.PIPE, text=True)

    def diary(self, name: str) -> Path:
        return self.folder / f"{name}.diary"

    def is_at_work(self, name: str) -> bool:
        path = self.diary(name)
        return path.exists() and path.stat().st_size > 1000

    def kill(self, name: str) -> str | None:
        """End a worker by SIGKILL; what it said if it had ended by itself."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        _, said = process.communicate()
        self.died[name] = time.monotonic_ns()
        return None if process.returncode == -signal.SIGKILL else said


def run(folder: Path, kills: int, seed: int, seconds: float | None = None) -> Report:
    """Kill so many, or for so many seconds; each after it has begun to work."""
    moments = random.Random(seed)
    crew, report = Crew(folder, seed), Report()
    create(crew.state, calls=256, cells=200, grace=GRACE)
    engine = callplan.Engine(callplan.compile_text(LOAD), state=crew.state)
    deadline = time.monotonic() + (seconds or 1e9)
    waited = time.monotonic()
    last = 0
    while report.kills < kills and time.monotonic() < deadline and not report.faults:
        while len(crew.processes) < AT_ONCE:
            crew.start()
        time.sleep(moments.uniform(0.001, 0.03))
        last = _look(engine, last, report)
        ready = [name for name in crew.processes if crew.is_at_work(name)]
        if ready:
            waited = time.monotonic()
            said = crew.kill(moments.choice(ready))
            report.kills += 1
            if said is not None:
                report.faults.append(f"a worker ended by itself: {said}")
        elif time.monotonic() - waited > PATIENCE:
            report.faults.append("no worker gets to work")
    for name in list(crew.processes):
        if crew.is_at_work(name):
            report.kills += 1
        crew.kill(name)
    _judge(crew, engine, report)
    engine.close()
    return report


def _look(engine: callplan.Engine, last: int, report: Report) -> int:
    """What an observer sees at any moment: nothing over what is allowed, no count that goes down."""
    for entry in engine.usage():
        if entry.allowed is not None and entry.used + entry.held > entry.allowed:
            report.faults.append(f"over what is allowed: {entry}")
        if entry.kind == "quota" and entry.name == "day" and entry.plan == "Load":
            if entry.used < last:
                report.faults.append(f"a count went down: from {last} to {entry.used}")
            last = entry.used
    return last


def _judge(crew: Crew, engine: callplan.Engine, report: Report) -> None:
    events = sorted(event for path in crew.folder.glob("*.diary") for event in read(path))
    report.counted.update(event.what for event in events)
    engine.sweep()
    at = Counter(call.destination for call in engine.calls())
    report.faults += [
        f"{at[entry.name]} calls hold {entry}"
        for entry in engine.usage()
        if entry.kind == "limit" and entry.used != at[entry.name]
    ]
    until = time.monotonic() + PATIENCE
    while engine.calls() and time.monotonic() < until:
        engine.sweep()
        time.sleep(0.05)
    usage = {(entry.plan, entry.kind, entry.name): entry for entry in engine.usage()}
    report.faults += [f"a place leaked: {entry}" for entry in usage.values() if entry.kind == "limit" and entry.used]
    report.faults += [f"a call is left: {call}" for call in engine.calls()]
    slack = THREADS * report.kills
    routed = [event for event in events if event.what == "routed"]
    busy = {event.call for event in routed if event.plan == BUSY}
    answered = sum(event.what == "answered" and event.call in busy for event in events)
    refused = Counter((event.plan, event.where) for event in events if event.what == "refused")
    for key, told in (
        (("Load", "quota", "day"), len(busy)),
        (("Load", "quota", "answered month"), answered),
        (("Scarce", "quota", "day"), sum(event.plan == SCARCE for event in routed)),
    ):
        _compare(" ".join(key), usage[key].used + usage[key].held, told, slack, report)
    split = next(entry for entry in usage.values() if entry.kind == "split")
    tickets = sum(event.plan == BUSY for event in routed) + refused[BUSY, "full"]
    _compare("split", split.used, tickets, slack, report)
    report.faults += _shared_calls(routed)
    report.faults += _shared_calls(event for event in events if event.what == "ended")
    report.faults += _over_limit(events, crew.died)
    report.faults += [f"unexpected refusal: {key}" for key in refused if key[1] not in ("full", "quota")]
    if usage["Scarce", "quota", "day"].used > SCARCE_CALLS:
        report.faults.append("the scarce quota was passed")
    report.faults += _room(engine)
    with StateFolder(crew.state) as folder:
        report.faults += balance(folder).faults


def _compare(name: str, found: int, told: int, slack: int, report: Report) -> None:
    """At least what was told; at most one more for each thread that was killed at work."""
    report.extra[name] = found - told
    if not told <= found <= told + slack:
        report.faults.append(f"{name} counts {found}, but {told} were told and at most {slack} may be too many")


def _shared_calls(events: Iterable[Event]) -> Iterator[str]:
    """What must happen once only to one call."""
    for (call, what), times in Counter((event.call, event.what) for event in events).items():
        if times > 1:
            yield f"call {call} was {what} {times} times"


def _over_limit(events: Iterable[Event], died: dict[str, int]) -> Iterator[str]:
    """How many calls were surely at `desk` at once: from when one is told until somebody is about to end it."""
    at_desk: dict[int, str] = {}
    dead = sorted((when, name) for name, when in died.items())
    for event in events:
        while dead and dead[0][0] < event.at:
            _, name = dead.pop(0)
            at_desk = {call: thread for call, thread in at_desk.items() if thread.split(".")[0] != name}
        if event.what in ("routed", "forwarded") and event.where == "desk":
            at_desk[event.call] = event.thread
            if len(at_desk) > LIMIT:
                yield f"{len(at_desk)} calls at `desk` at once"
        elif event.what in ("leaving", "ended"):
            at_desk.pop(event.call, None)


def _room(engine: callplan.Engine) -> Iterator[str]:
    """The places are there again: as many calls as the limit allows, and no more."""
    calls = [engine.route(BUSY, "13800138000") for _ in range(40)]
    found = Counter(call.destination for call in calls)
    if found["desk"] != LIMIT or found["spare"] != 5:
        yield f"afterwards `desk` takes {found['desk']} calls and `spare` {found['spare']}"
    for call in calls:
        engine.end(call.call)
