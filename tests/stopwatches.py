"""A clock for `callplan bench` that moves by what is decided and nothing else: the same figures on every machine."""

from __future__ import annotations

from typing import Any

import pytest

import callplan
from callplan import command_timing

READING = 10  # ns that reading the clock takes
BASE = 0.1  # ns: the least that an empty method is taken to cost, which here costs nothing


class Stopwatch:
    """`route` and `many`: nanoseconds that a decision takes, one by one and in a batch; `log`: what happened."""

    def __init__(self, route: int, many: int) -> None:
        self.now = 0
        self.route = route
        self.many = many
        self.log: list[str] = []

    def read(self) -> int:
        self.log.append("clock")
        self.now += READING
        return self.now


def install(monkeypatch: pytest.MonkeyPatch, route: int = 100, many: int = 40) -> Stopwatch:
    """Put such a clock in, and engines that move it; each round makes one pass over the calls."""
    watch = Stopwatch(route, many)

    class Engine:
        def __init__(self, *arguments: Any, **more: Any) -> None:
            self._engine = callplan.Engine(*arguments, **more)

        def __enter__(self) -> Engine:
            return self

        def __exit__(self, *reason: object) -> None:
            self._engine.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self._engine, name)

        def route(self, *call: Any) -> Any:
            watch.log.append("route")
            watch.now += watch.route
            return self._engine.route(*call)

        def end(self, call: int) -> bool:
            watch.log.append("end")
            watch.now += 1_000_000
            return self._engine.end(call)

        def route_many(self, called: Any, *more: Any) -> Any:
            watch.log.append("route_many")
            watch.now += watch.many * len(called)
            return self._engine.route_many(called, *more)

        def end_many(self, calls: Any) -> Any:
            watch.log.append("end_many")
            watch.now += 1_000_000
            return self._engine.end_many(calls)

    monkeypatch.setattr(command_timing, "clock", watch.read)
    monkeypatch.setattr(command_timing, "Engine", Engine)
    for name in ("SINGLE_SAMPLES", "BATCH_SAMPLES"):
        monkeypatch.setattr(command_timing, name, 1)
    return watch
