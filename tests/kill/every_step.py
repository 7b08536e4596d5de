"""Death after each step on shared words: the scenario in a process that dies after its n-th step, for every n.

    CALLPLAN_KILL_POINTS=FILE python -m tests.kill.every_step [--every 7]

Runs in a build with kill points (scripts/kill.py makes it). After each death another process reclaims and compares the
books with what was told. Ends with 1 where something is wrong, or a step of a call or of reclaiming was never made.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import callplan
from callplan.runtime import balance, state_creation, state_folder

from .plans import BUSY, LIMIT
from .points import VARIABLE, Points, sites
from .scenario import CALLER, GRACE, MOVED, PLANS, Clock, Say, Script, opened, play, victims

RUNTIME = Path(__file__).resolve().parent.parent.parent / "runtime"
Told = list[list[str]]

# By the text of the line that makes the step.
_OWN = "a word of one process only, which dies with it"
NOT_HERE = {
    "call_ids.pyx": "an index apart, for tests/test_call_ids.py",
    "cp_swap(bucket + at, &mine, 0)": "two claims of one id at once: tests/test_call_ids.py",
    "cp_store(&SWEEPING, 0)": _OWN,
    "cp_store(self.present, self.loaded.version.id if self.barred == OPEN else 0)": _OWN,
    "cp_store((<Present> each).word, 0)": _OWN,
    "cp_store(self.word, value)": _OWN,
    "cp_store(<cp_word*> self.in_force, self.loaded.version.id)": "an engine without a state",
}


class Child:
    """A process that was forked to run a function; what it says is read until it dies."""

    def __init__(self, run: Callable[[Say], None], wait: bool = False) -> None:
        self._said, said = os.pipe()
        go, self._go = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._said)
            os.close(self._go)

            def say(what: str, *rest: object) -> None:
                os.write(said, (" ".join(map(str, (what, *rest))) + "\n").encode())
                if what == "ready":
                    os.read(go, 1)

            try:
                run(say)
            except BaseException:
                os.write(said, ("fault " + traceback.format_exc().replace("\n", "|") + "\n").encode())
                os._exit(1)
            os._exit(0)
        os.close(said)
        os.close(go)
        self._text = b""
        if wait:
            while b"ready" not in self._text:
                part = os.read(self._said, 65536)
                if not part:
                    break
                self._text += part

    def finish(self) -> tuple[bool, Told]:
        """Whether it ended by itself, and what it said."""
        os.write(self._go, b".")  # its end alone would not be seen: later children have this pipe, too
        os.close(self._go)
        while part := os.read(self._said, 65536):
            self._text += part
        os.close(self._said)
        _, status = os.waitpid(self.pid, 0)
        told = [line.split(" ") for line in self._text.decode().splitlines() if line != "ready"]
        return os.WIFEXITED(status), told


class Trial:
    """One death and what came after."""

    def __init__(self, folder: Path, points: Points, moved: callplan.Tables) -> None:
        self.folder, self.points, self.moved = folder, points, moved
        self.state = folder / "tried.state"

    def run(self, steps: int) -> tuple[bool, list[str]]:
        """Whether the scenario came to its end, and the faults."""
        shutil.rmtree(self.state, ignore_errors=True)
        shutil.copytree(self.folder / "made.state", self.state)
        told = self._victims()
        named = {line[2]: int(line[1]) for line in told if line[0] == "named"}

        def scenario(say: Say) -> None:
            script = Script(self.state, say)
            self.points.die_after(steps)
            play(script, named, self.moved)
            self.points.die_after(0)

        ended, said = Child(scenario).finish()
        self.points.die_after(0)
        told += said
        _, found = Child(lambda say: _check(self.state, told, say)).finish()
        faults = [" ".join(line) for line in (*said, *found) if line[0] == "fault"]
        if not any(line[0] == "checked" for line in found) and not faults:
            faults.append("whoever checks died")
        return ended, faults

    def _victims(self) -> Told:
        children = []
        for number in range(5):

            def live(say: Say, number: int = number) -> None:
                script = Script(self.state, say)
                script.open()
                say("ready")
                victims(say, self.points.die_after)[number](script)

            children.append(Child(live, wait=True))
        told: Told = []
        for child in children:
            ended, said = child.finish()
            assert not ended, said
            told += said
        return told


def _check(state: Path, told: Told, say: Say) -> None:
    """Reclaim, and compare the books with what was told."""
    clock = Clock()
    is_late = any(line[0] == "late" for line in told)
    engine = opened(state, clock)
    engine.sweep()
    doing = next((line for line in reversed(told) if line[0] == "doing"), ["", "0"])
    routed = {int(line[1]): line for line in told if line[0] == "routed"}
    over = {int(line[1]) for line in told if line[0] == "ended"}
    there = {call.handle: call for call in engine.calls()}
    unsure = {int(doing[1])} | (set(routed) if doing[2:] == ["end_many"] else set())
    if not is_late:
        for call in set(routed) - over - unsure - set(there):
            say("fault", f"call {call} was told and is gone")
    for call in over & set(there):
        say("fault", f"call {call} has ended and is still there")
    for call, line in routed.items():
        if call in there and line[3] != "-" and engine.route(line[2], CALLER, call_id=line[3]).call != call:
            say("fault", f"call id {line[3]} is another call's")
    _usage(engine, told, say)
    clock.now += 2 * GRACE + 5
    engine.sweep()
    _usage(engine, told, say)
    engine.sweep()
    clock.now += 2 * GRACE + 5
    for left in engine.calls():
        if left.orphan or left.handle not in routed:
            say("fault", f"left: {left}")
        engine.end(left.handle)
    for entry in engine.usage():
        if entry.kind == "limit" and entry.used:
            say("fault", f"leaked: {entry}")
    found = [engine.route(BUSY, CALLER).destination for _ in range(20)]
    if found.count("desk") != LIMIT:
        say("fault", f"`desk` takes {found.count('desk')} calls")
    with state_folder.StateFolder(state) as folder:
        for fault in balance.balance(folder).faults:
            say("fault", fault)
    say("checked")


def _usage(engine: callplan.Engine, told: Told, say: Say) -> None:
    routed = [line for line in told if line[0] == "routed" and line[2] == BUSY]
    busy = {line[1] for line in routed}
    answered = [line for line in told if line[0] == "answered" and line[1] in busy]
    tickets = len(routed) + sum(line[0] == "refused" and line[2] == "full" for line in told)
    late = sum(call.answered is None for call in engine.calls())  # still open in the quota of answered calls
    used = {(entry.plan, entry.kind, entry.name): entry for entry in engine.usage()}
    # One for the process that died deciding before, one for this death; batches decide four at once.
    batch = 4 if any(line[2:] == ["many"] for line in told[-1:]) else 1
    settled = 1
    for key, least in (
        (("Load", "quota", "day"), len(routed)),
        (("Load", "quota", "answered month"), len(answered)),
    ):
        found = used[key].used + (used[key].held if key[2] == "day" else 0)
        if not least <= found <= least + settled + batch + (late if key[2] != "day" else 0):
            say("fault", f"{' '.join(key)} counts {found}, told {least}")
    split = next(entry for key, entry in used.items() if key[1] == "split")
    if not tickets <= split.used <= tickets + settled + batch:
        say("fault", f"{split.used} tickets, told {tickets}")
    at = Counter(call.destination for call in engine.calls())
    for entry in used.values():
        if entry.kind == "limit" and entry.used != at[entry.name]:
            say("fault", f"{at[entry.name]} calls hold {entry}")
        if entry.allowed is not None and entry.used + entry.held > entry.allowed:
            say("fault", f"over what is allowed: {entry}")


def missing(points: Points) -> Iterator[str]:
    """Source lines that make a step of a call, of an owner or of reclaiming, in no module passed and not excepted."""
    passed = points.passed()
    lines: dict[tuple[str, int], bool] = {}
    for site in sites(RUNTIME):
        if not (RUNTIME / site.source).exists():
            continue  # Cython's own
        key = site.source, site.line
        lines[key] = lines.get(key, False) or site.key in passed
    for (source, line), is_passed in sorted(lines.items()):
        text = (RUNTIME / source).read_text(encoding="utf-8").splitlines()[line - 1].strip()
        reason = NOT_HERE.get(source, NOT_HERE.get(text))
        if reason is None and not is_passed:
            yield f"{source}:{line}: {text}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Death after each step on shared words.")
    parser.add_argument("--every", type=int, default=1, help="die after every so-manieth step only")
    options = parser.parse_args()
    points = Points(Path(os.environ[VARIABLE]))
    shm = Path("/dev/shm")
    faults: list[str] = []
    deaths, began = 0, time.monotonic()
    with tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None) as name:
        folder = Path(name)
        state_creation.create(folder / "made.state", calls=64, cells=100, grace=GRACE)
        tables, moved = callplan.compile_text(PLANS), callplan.compile_text(MOVED)
        Child(lambda say: callplan.Engine(tables, state=folder / "made.state", clock=Clock()).close()).finish()
        trial = Trial(folder, points, moved)
        steps, ended = 0, False
        while not ended and len(faults) < 5:
            steps += options.every
            ended, found = trial.run(steps)
            deaths += not ended
            faults += [f"after step {steps}: {fault}" for fault in found]
    never = list(missing(points)) if not faults else []
    print(f"{deaths} deaths in a scenario of {steps} steps, {time.monotonic() - began:.0f} s")
    for line in (*faults, *(f"never passed: {each}" for each in never)):
        print(line)
    sys.exit(bool(faults or never))


if __name__ == "__main__":
    main()
