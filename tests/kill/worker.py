"""A process of a switch that may be killed at any moment: it writes down what it was told before it goes on.

    python -m tests.kill.worker STATE LOG THREADS

Each line of the log: `r handle` a call was connected, `x` its announcement came after a turn in the split, `q` the quota was
exhausted, `e handle` a call was over. A line is one write, so it is there whole or not at all.
"""

from __future__ import annotations

import os
import random
import sys
import threading

import callplan

CALLED = "4006123456"


def main(state: str, log: str, threads: int) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    engine = callplan.Engine(None, state=state)
    own = [threading.Thread(target=work, args=(engine, file), daemon=True) for _ in range(threads)]
    for thread in own:
        thread.start()
    for thread in own:
        thread.join()


def work(engine: callplan.Engine, file: int) -> None:
    chance = random.Random()
    while True:
        name = f"{chance.getrandbits(64):x}@test" if chance.random() < 0.5 else None
        decision = engine.route(CALLED, "13800138000", call_id=name)
        if decision.reason == "quota":
            os.write(file, b"q\n")
            continue
        if decision.action != "connect":
            os.write(file, b"x\n")
            continue
        call = decision.call
        os.write(file, b"r %d\n" % call)
        if name is not None and engine.route(CALLED, "13800138000", call_id=name).call != call:
            os.write(file, b"! another decision for one call id\n")
        if chance.random() < 0.4 and engine.busy(call).action != "connect":
            os.write(file, b"e %d\n" % call)
            continue
        if chance.random() < 0.6:
            engine.answered(call)
        if engine.end(call):
            os.write(file, b"e %d\n" % call)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
