"""All that can become of a call, and processes that died before in the middle of one, as one process's script."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np

import callplan

from .plans import BUSY, LOAD, SCARCE

GRACE = 60
START = 1_790_000_000
PLANS = LOAD.replace("quota 150 calls", "quota 2 calls")
MOVED = PLANS.replace("020-5550-0144", "020-5550-0199")
CALLER = "13800138000"
Say = Callable[..., None]


class Clock:
    """Stands still, but where it is told to go on."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


def opened(state: Path, clock: Clock) -> callplan.Engine:
    return callplan.Engine(None, state=state, clock=clock)


class Script:
    """Says what it is about to do to a call (`doing`) and what it was told."""

    def __init__(self, state: Path, say: Say) -> None:
        self.clock, self.say, self.state = Clock(), say, state

    def open(self) -> None:
        self.engine = opened(self.state, self.clock)

    def route(self, number: str = BUSY, call_id: str | None = None) -> int:
        self.say("doing", 0, "route")
        decision = self.engine.route(number, CALLER, call_id=call_id)
        if decision.action == "connect":
            self.say("routed", decision.call, number, call_id or "-")
        else:
            self.say("refused", 0, decision.reason, number)
        return decision.call

    def forward(self, call: int, report: str) -> None:
        self.say("doing", call, report)
        decision = getattr(self.engine, report)(call)
        self.say("forwarded" if decision.action == "connect" else "ended", call, decision.reason)

    def end(self, call: int) -> None:
        self.say("doing", call, "end")
        assert self.engine.end(call), call
        self.say("ended", call)

    def answer(self, call: int) -> None:
        self.say("doing", call, "answer")
        assert self.engine.answered(call)
        self.say("answered", call)


def victims(say: Say, die_after: Callable[[int], None]) -> list[Callable[[Script], None]]:
    """What processes did before the script: each dies in the end; the script takes over the first one's number."""

    def forwarding(script: Script) -> None:
        call = script.route()
        say("named", call, "first")
        die_after(2)  # the call's word, a place
        script.engine.busy(call)

    def holding(script: Script) -> None:
        script.answer(script.route())
        script.route()
        os.kill(os.getpid(), signal.SIGKILL)

    def deciding(script: Script) -> None:
        script.route()
        while script.engine.peek(BUSY, CALLER).destination != "desk":
            script.end(script.route())
        die_after(5)  # a ticket, a record, two quotas, a place
        script.engine.route(BUSY, CALLER)

    def ending(script: Script) -> None:
        script.route(call_id="left")
        call = script.route()
        say("named", call, "forwarding")
        die_after(1)
        script.engine.busy(call)

    def settled(script: Script) -> None:
        die_after(3)  # a record, its id, settled
        script.engine.route(BUSY, CALLER, call_id="settled")

    return [forwarding, holding, deciding, ending, settled]


def play(script: Script, named: dict[str, int], moved: callplan.Tables) -> None:
    """The script itself: registration over a dead process's number first."""
    script.open()
    engine = script.engine
    script.end(named["forwarding"])
    script.say("doing", 0, "sweep")
    engine.sweep()
    script.end(engine.find("left"))
    calls = [script.route() for _ in range(15)]  # the last ones find `desk` and `spare` full
    calls = [call for call in calls if call]
    for report in ("busy", "busy", "no_answer", "busy"):
        script.forward(calls.pop(), report)
    script.answer(calls[0])
    script.answer(calls[1])
    for call in calls[:6]:
        script.end(call)
    call = script.route(call_id="own")
    script.say("doing", 0, "again")
    assert engine.route(BUSY, CALLER, call_id="own").call == call
    script.forward(call, "busy")
    script.end(call)
    script.route("4006000000", call_id="nowhere")
    for call_id in (None, "scarce", "refused", None):
        script.route(SCARCE, call_id)
    script.say("doing", 0, "many")
    rows = engine.route_many(np.full(4, BUSY.encode()), np.full(4, CALLER.encode()))
    for row in rows:
        script.say("routed" if row["call"] else "refused", int(row["call"]), "full" if not row["call"] else BUSY, "-")
    script.say("doing", 0, "end_many")
    ended = engine.end_many(rows["call"])
    for row, is_ended in zip(rows, ended, strict=True):
        if is_ended:
            script.say("ended", int(row["call"]))
    script.say("doing", 0, "activate")
    engine.reload(moved)
    script.end(script.route())
    script.clock.now += GRACE + 1
    script.say("late", 0)
    engine.sweep()
    engine.reconcile([])
    script.say("doing", 0, "close")
    engine.close()
