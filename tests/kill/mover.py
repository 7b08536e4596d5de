"""A process that routes while the tables change, and checks each decision against the version that made it.

    python -m tests.kill.mover STATE     (ends when its standard input does; prints what it saw as JSON)

The destinations of a version are `<name>` and, after busy, `<name>_2`. It says how many
calls were decided by version and name.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from itertools import pairwise

import numpy as np

import callplan

from .plans import BUSY

THREADS = 2
CALLER = "13800138000"


class Mover:
    def __init__(self, engine: callplan.Engine) -> None:
        self.engine = engine
        self.stopped = threading.Event()
        self.decided: Counter[str] = Counter()  # by "version name"
        self.order: list[int] = []
        self.faults: list[str] = []
        self.singles = 0

    def run(self) -> None:
        while not self.stopped.is_set() and len(self.faults) < 5:
            self.batch()
            self.single()

    def batch(self) -> None:
        rows = self.engine.route_many(np.full(8, BUSY.encode()), np.full(8, CALLER.encode()))
        versions = set(rows["version"].tolist())
        if len(versions) != 1 or not rows["call"].all():
            self.faults.append(f"a batch of versions {versions}, {int((rows['call'] == 0).sum())} refused")
            return
        version = versions.pop()
        self.order.append(version)
        try:
            names = self.engine.names("destination", version)
        except ValueError:  # two versions further by now: nobody keeps its names for a call that is over
            names = None
        name = str(names[rows["destination"][0]]) if names else "?"
        self.decided[f"{version} {name}"] += len(rows)
        forwarded = self.engine.busy(int(rows["call"][0]))
        if forwarded.action != "connect" or (names and forwarded.destination != f"{name}_2"):
            self.faults.append(
                f"version {version}: {name} was forwarded to {forwarded.destination}, {forwarded.reason}"
            )
        if not self.engine.end_many(rows["call"]).all():
            self.faults.append("a call was lost")

    def single(self) -> None:
        decision = self.engine.route(BUSY, CALLER)
        self.singles += 1
        forwarded = self.engine.busy(decision.call)
        if forwarded.destination != f"{decision.destination}_2":
            self.faults.append(f"{decision.destination} was forwarded to {forwarded.destination}, {forwarded.reason}")
        if not self.engine.end(decision.call):
            self.faults.append("a call was lost")


def main(state: str) -> None:
    engine = callplan.Engine(None, state=state)
    movers = [Mover(engine) for _ in range(THREADS)]
    threads = [threading.Thread(target=mover.run) for mover in movers]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.read()
    for mover in movers:
        mover.stopped.set()
    for thread in threads:
        thread.join()
    decided: Counter[str] = Counter()
    for mover in movers:
        decided.update(mover.decided)
        mover.faults += [f"back from version {a} to {b}" for a, b in pairwise(mover.order) if a > b]
    faults = [fault for mover in movers for fault in mover.faults]
    print(json.dumps({"decided": decided, "faults": faults, "singles": sum(mover.singles for mover in movers)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
