"""A process of a switch: two threads that route, forward, answer and end calls until somebody kills it.

python -m tests.kill.worker STATE DIARY SEED
"""

from __future__ import annotations

import random
import sys
import threading
from pathlib import Path

import callplan

from .diary import Diary
from .plans import BUSY, SCARCE

THREADS = 2
CALLERS = ("13800138000", "02188886666", "075586120099")
AT_ONCE = 4  # calls of a thread


class Worker:
    """One thread's work."""

    def __init__(self, engine: callplan.Engine, diary: Diary, name: str) -> None:
        self.engine, self.diary, self.name = engine, diary, name
        self.random = random.Random(name)
        self.calls: list[int] = []
        self.made = 0

    def run(self) -> None:
        while True:
            if len(self.calls) < AT_ONCE and self.random.random() < 0.6:
                self.route()
            elif self.calls:
                call = self.calls.pop(self.random.randrange(len(self.calls)))
                self.random.choice((self.end, self.end, self.answer, self.forward))(call)

    def route(self) -> None:
        number = SCARCE if self.random.random() < 0.05 else BUSY
        caller = self.random.choice(CALLERS)
        self.made += 1
        call_id = f"{self.name}-{self.made}" if self.random.random() < 0.4 else None
        decision = self.engine.route(number, caller, call_id=call_id)
        if decision.action != "connect":
            self.diary.note(self.name, "refused", 0, decision.reason, number)
            return
        self.diary.note(self.name, "routed", decision.call, str(decision.destination), number)
        self.calls.append(decision.call)
        if call_id is not None and self.random.random() < 0.3:
            again = self.engine.route(number, caller, call_id=call_id)
            self.diary.note(self.name, "again", again.call, str(again.destination), number)

    def end(self, call: int) -> None:
        self.diary.note(self.name, "leaving", call)
        if self.engine.end(call):
            self.diary.note(self.name, "ended", call)

    def answer(self, call: int) -> None:
        if self.engine.answered(call):
            self.diary.note(self.name, "answered", call)
        self.calls.append(call)

    def forward(self, call: int) -> None:
        self.diary.note(self.name, "leaving", call)
        decision = self.random.choice((self.engine.busy, self.engine.no_answer))(call)
        if decision.action == "connect":
            self.diary.note(self.name, "forwarded", call, str(decision.destination))
            self.calls.append(call)
        elif decision.reason == "unknown_call":  # an answered call is not forwarded
            self.end(call)
        else:
            self.diary.note(self.name, "ended", call)

    def end_orphans(self) -> None:
        """What a switch does with the calls of a worker that it lost."""
        for call in self.engine.calls():
            if call.orphan:
                self.end(call.handle)


def main(state: str, diary: str, seed: str) -> None:
    engine = callplan.Engine(None, state=state)
    pages = Diary(Path(diary))
    workers = [Worker(engine, pages, f"{seed}.{i}") for i in range(THREADS)]
    pages.note(seed, "started", 0)
    engine.sweep()
    workers[0].end_orphans()
    for worker in workers[1:]:
        threading.Thread(target=worker.run, daemon=True).start()
    workers[0].run()


if __name__ == "__main__":
    sys.setswitchinterval(0.0005)  # more threads in the middle of a call's Python
    main(*sys.argv[1:])
