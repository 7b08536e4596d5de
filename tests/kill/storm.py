"""Activations while processes route: one after the other in quick order, or each killed before another of its steps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import callplan
from callplan.runtime import activation, balance, state_versions
from callplan.runtime.state_creation import create
from callplan.runtime.state_folder import PLACEMENTS, TABLES, StateFolder
from callplan.runtime.tables import Tables

from ..commands import TOP
from . import activator
from .plans import moving

NAMES = ("old", "new")


class Seen(NamedTuple):
    """What became of the activations: `decided` calls, `versions` that some were decided by."""

    faults: list[str]
    activations: int
    kills: int
    decided: int
    versions: int


class Storm:
    """Processes that route on a state, and the tables that are put in force there in turn."""

    def __init__(self, folder: Path, processes: int) -> None:
        self.state = folder / "stormy.state"
        create(self.state, calls=512, cells=500)
        self.paths = [folder / f"{name}.tables" for name in NAMES]
        for path, name in zip(self.paths, NAMES, strict=True):
            callplan.compile_text(moving(name)).save(path)
        self.names: dict[int, str] = {}  # by version
        self.tables = [Tables.open(path) for path in self.paths]
        self.folder = StateFolder(self.state)
        activation.activate(self.folder, self.tables[0])
        self.note()
        environment = os.environ | {"PYTHONPATH": str(TOP)}
        command = [sys.executable, "-m", "tests.kill.mover", str(self.state)]
        self.movers = [
            subprocess.Popen(
                command, cwd=TOP, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(processes)
        ]
        for mover in self.movers:
            assert mover.stdout is not None
            assert mover.stdout.readline() == "ready\n"

    def __enter__(self) -> Storm:
        return self

    def __exit__(self, *_: object) -> None:
        for mover in self.movers:
            mover.kill()
            mover.communicate()
        self.folder.close()

    def note(self) -> int:
        """Which tables each version has; the one in force."""
        by_digest = {tables.digest: name for tables, name in zip(self.tables, NAMES, strict=True)}
        self.names |= {version.number: by_digest[version.digest] for version in state_versions.known(self.folder)}
        return state_versions.in_force(self.folder)

    def finish(self, activations: int, kills: int, faults: list[str]) -> Seen:
        decided: Counter[int] = Counter()
        total = 0
        for mover in self.movers:
            out, _ = mover.communicate()
            said = json.loads(out)
            faults += said["faults"]
            total += said["singles"]
            for key, calls in said["decided"].items():
                version, name = key.split(" ")
                decided[int(version)] += calls
                if name not in ("?", self.names.get(int(version))):
                    faults.append(f"version {version} decided for {name}, it is {self.names.get(int(version))}")
        total += sum(decided.values())
        engine = callplan.Engine(None, state=self.state)
        usage = engine.usage()
        faults += [f"a place leaked: {entry}" for entry in usage if entry.kind == "limit" and entry.used]
        counted = next(entry.used for entry in usage if entry.kind == "quota")
        if counted != total:
            faults.append(f"{counted} calls counted, {total} decided")
        faults += balance.balance(self.folder).faults
        engine.close()
        return Seen(faults, activations, kills, total, len(decided))


def in_turn(folder: Path, processes: int, seconds: float, pause: float = 0.01) -> Seen:
    """An activation every `pause` seconds, as far as it can keep up."""
    activations, until = 0, time.monotonic() + seconds
    with Storm(folder, processes) as storm:
        while time.monotonic() < until:
            activations += 1
            activation.activate(storm.folder, storm.tables[activations % 2], allow_reset=True)
            storm.note()
            time.sleep(pause)
        return storm.finish(activations, 0, [])


def killed(folder: Path, processes: int, every: int) -> Seen:
    """Each activation is killed before a later one of its lines, every so-manieth, until one comes to its end."""
    faults: list[str] = []
    at, kills, lines, died = 0, 0, 1, True
    with Storm(folder, processes) as storm:
        while died:
            before = storm.note()
            died = activator.child(str(storm.state), str(storm.paths[1 - at]), lines)
            after = storm.note()
            kills += died
            if after != before:
                at = 1 - at
            if storm.names.get(after) != NAMES[at] or (not died and after == before):
                faults.append(f"killed before line {lines}: {after} is in force after {before}")
            lines += every
        activation.activate(storm.folder, storm.tables[1 - at], allow_reset=True)
        storm.note()
        faults += _left(storm.folder)
        return storm.finish(kills + 2, kills, faults)


def _left(state: StateFolder) -> Iterator[str]:
    """Files that an activation has not cleaned up."""
    known = state_versions.known(state)
    for kind, names in (
        (TABLES, {version.tables for version in known}),
        (PLACEMENTS, {version.placement for version in known}),
    ):
        if set(state.names(kind)) != names:
            yield f"{kind} has {state.names(kind)}, the versions are {sorted(names)}"
