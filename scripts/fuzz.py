"""Tries changed plan files, list files, numbering tables and tables files until one is at fault or time is up.

    python scripts/fuzz.py [--seconds 60 | --inputs 1000] [--seed SEED] [--kind KIND ...]

Each kind of file has a process of its own (tests/fuzz/worker.py): it may crash, hang or want too much memory, which is
a fault, as is anything that it raises. The input is then kept in build/fuzz/; once what it found is mended, its place
is tests/fuzz/seeds/. Ends with 1 where there was a fault.
"""

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
KEPT = TOP / "build" / "fuzz"
WORKER = "tests.fuzz.worker"
KINDS = ("plans", "lists", "numberings", "tables")
HANG = 60.0  # seconds for one input, which takes milliseconds
START = 120.0  # seconds for loading all there is, before the first
ENDLESS = 10**15


@dataclass
class Found:
    """What came out of a run of one kind. `fault`: None where there was none; `input`: the one at fault, if known."""

    became: dict[str, int] = field(default_factory=dict)
    fault: str | None = None
    input: bytes | None = None

    @property
    def inputs(self) -> int:
        return sum(self.became.values())


@dataclass
class Run:
    """A worker and its folder."""

    kind: str
    seed: str
    first: int
    end: int
    seconds: float
    folder: Path

    def __post_init__(self) -> None:
        self.process = self._start(str(self.seconds))
        self._at, self._since = "", time.monotonic()

    def _start(self, seconds: str, first: int | None = None) -> subprocess.Popen[bytes]:
        numbers = [str(self.first if first is None else first), str(self.end)]
        command = [sys.executable, "-m", WORKER, self.kind, self.seed, *numbers, seconds, str(self.folder)]
        return subprocess.Popen(command, cwd=TOP, stdin=subprocess.DEVNULL)

    def poll(self) -> Found | None:
        """What it has found, if it has ended or must end."""
        status = self.process.poll()
        at = self._number()
        if at != self._at:
            self._at, self._since = at, time.monotonic()
        if status is None:
            most = HANG if at else START
            if time.monotonic() - self._since < most:
                return None
            self.process.kill()
            self.process.wait()
            return self._fault(f"took longer than {most:.0f} s")
        done, failed = self.folder / "done", self.folder / "failed"
        if status == 0 and done.exists():
            return Found(json.loads(done.read_text(encoding="utf-8")))
        if failed.exists():
            return self._fault(failed.read_text(encoding="utf-8"))
        return self._fault(f"ended with {status}" if status >= 0 else f"was ended by signal {-status}")

    def _number(self) -> str:
        path = self.folder / "at"
        return path.read_text() if path.exists() else ""

    def _fault(self, how: str) -> Found:
        """The input was written where the worker could; else it is made again from its number."""
        path = self.folder / "input"
        number = self._number()
        if not path.exists() and number:
            self._start("make", int(number)).wait()
        name = (
            f"{self.kind}, seed {self.seed}, input {int(number)}" if number else f"{self.kind}: before the first input"
        )
        return Found(fault=f"{name}: {how}", input=path.read_bytes() if path.exists() else None)


def fuzz(kinds: Sequence[str], seed: str, inputs: int | None, seconds: float) -> dict[str, Found]:
    """Runs all kinds at once; each ends with the first fault, after so many inputs, or when time is up."""
    with tempfile.TemporaryDirectory() as top:
        running = {}
        for kind in kinds:
            folder = Path(top, kind)
            folder.mkdir()
            running[kind] = Run(kind, seed, 0, ENDLESS if inputs is None else inputs, seconds, folder)
        found: dict[str, Found] = {}
        try:
            while len(found) < len(running):
                time.sleep(0.05)
                for kind, run in running.items():
                    one = None if kind in found else run.poll()
                    if one is not None:
                        found[kind] = one
        finally:
            for run in running.values():
                run.process.kill()
                run.process.wait()
        return found


def keep(found: Found, kind: str, seed: str) -> Path | None:
    if found.input is None:
        return None
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{kind}-{seed}"
    path.write_bytes(found.input)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=float, default=60.0, help="how long [60]")
    length.add_argument("--inputs", type=int, help="how many of each kind, in place of a time")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="that of an earlier run gives the same inputs")
    parser.add_argument("--kind", action="append", choices=KINDS, help="may be given again [all]")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    seconds = 1e9 if given.inputs is not None else given.seconds
    found = fuzz(given.kind or KINDS, given.seed, given.inputs, seconds)
    for kind, one in found.items():
        if one.fault is None:
            told = ", ".join(f"{count:,} {what}" for what, count in sorted(one.became.items()))
            print(f"{kind}: {one.inputs:,} inputs, none at fault ({told})")
        else:
            print(one.fault.rstrip())
            print(f"the input is {keep(one, kind, given.seed) or 'not known'}")
    sys.exit(int(any(one.fault is not None for one in found.values())))


if __name__ == "__main__":
    main()
