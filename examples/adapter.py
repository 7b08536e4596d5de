"""Between a switch and callplan: events as lines on standard input, answers as JSON lines on standard output.

    python examples/adapter.py acme.tables

    call ID CALLED [CALLER]                    a call came in: what to do with it
    busy ID, no-answer ID, unreachable ID      its destination did not take it: where it goes on
    answered ID, end ID                        it is talking; it is over, whoever hung up
    reload TABLES                              other plans for the calls to come

ID is what the switch calls a call by. Tested by tests/test_docs_adapter.py.
"""

from __future__ import annotations

import json
import sys

import callplan
from callplan import Engine

REPORTS = {"busy": Engine.busy, "no-answer": Engine.no_answer, "unreachable": Engine.unreachable}
SHOWN = ("action", "reason", "destination", "number", "ring_seconds", "announcement", "media")


def answer(engine: Engine, calls: dict[str, int], words: list[str]) -> dict[str, object]:
    """What an event comes to. `calls`: the handle of each call in progress, by the switch's ID."""
    match words:
        case ["call", name, called, *caller] if name not in calls:
            decision = engine.route(called, "".join(caller))
        case ["busy" | "no-answer" | "unreachable" as event, name] if name in calls:
            decision = REPORTS[event](engine, calls[name])
        case ["answered", name] if name in calls:
            return {"id": name, "done": engine.answered(calls[name])}
        case ["end", name] if name in calls:
            return {"id": name, "done": engine.end(calls.pop(name))}
        case ["reload", tables]:
            engine.reload(tables)
            return {"reloaded": tables}
        case _:
            return {"error": f"no such event, or not of a call in progress: {' '.join(words)}"}
    if decision.action == "connect":
        calls[name] = decision.call
    elif decision.action == "announce":  # the switch plays it and hangs up: there is nothing to report
        calls.pop(name, None)
    return {"id": name, **{key: getattr(decision, key) for key in SHOWN if getattr(decision, key)}}


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: adapter.py TABLES")
    calls: dict[str, int] = {}
    try:
        with Engine(sys.argv[1]) as engine:
            for line in sys.stdin.buffer:
                try:
                    said = answer(engine, calls, line.decode("utf-8", "replace").split())
                except callplan.CallplanError as error:  # tables that cannot be used: those in force stay
                    said = {"error": str(error)}
                print(json.dumps(said, ensure_ascii=False), flush=True)
    except callplan.CallplanError as error:
        sys.exit(f"adapter.py: {error}")


if __name__ == "__main__":
    main()
