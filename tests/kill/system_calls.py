"""Routes and ends calls between marks that strace shows; run under it by tests/test_strace.py.

python -m tests.kill.system_calls STATE TABLES
"""

from __future__ import annotations

import gc
import os
import sys
from itertools import repeat

import callplan

from .plans import BUSY

CALLS = 10_000
CALLER = "13800138000"


def mark(text: str) -> None:
    os.write(2, f"MARK {text}\n".encode())


def plain(engine: callplan.Engine) -> None:
    route, end = engine.route, engine.end
    for _ in repeat(None, CALLS):
        end(route(BUSY, CALLER).call)


def with_ids(engine: callplan.Engine, ids: list[str]) -> None:
    route, end = engine.route, engine.end
    for call_id in ids:
        end(route(BUSY, CALLER, call_id=call_id).call)


def main(state: str, tables: str) -> None:
    engine = callplan.Engine(None, state=state)
    ids = [f"a84b4c76e66710-{i}@switch.example" for i in range(CALLS)]
    plain(engine)
    with_ids(engine, ids[:100])
    gc.disable()
    mark("plain")
    plain(engine)
    mark("ids")
    with_ids(engine, ids)
    mark("activation")
    callplan.Engine(None, state=state).reload(tables)
    mark("moving")
    engine.end(engine.route(BUSY, CALLER).call)
    plain(engine)
    mark("moved")
    plain(engine)
    mark("end")
    os.write(1, f"{engine.usage()[0].used} {engine.route(BUSY, CALLER).number}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
