"""Compares the engine with the reference on random plans until they differ or time is up, and says what was reached.

    python scripts/differential.py [--seconds 60] [--seed SEED] [--least 95] [--shrink 60] [--missing]

Rounds of valid plans with calls, of valid plans with lines of `expect`, and of three kinds of plans broken on purpose:
with changes of words and lines, with marked mistakes that must be told, and with calls that have no rule. What fails
is cut down for at most `--shrink` seconds more, and printed: a difference of the evaluators as a case, to be kept in
tests/cases/. Ends with 1 where something failed, and where less than `--least` percent were reached of the grammar's
rules or the lowering's branches, by valid plans, or of the checker's branches, by all. When time is up and it is less,
on a slow machine or by chance, rounds go on until it is not, up to ten minutes in all.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from hypothesis.strategies import SearchStrategy

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from tests.random_expects import failing  # noqa: E402
from tests.shrinking.finding import SECONDS, try_all  # noqa: E402
from tests.strategies.broken import Attempt, broken  # noqa: E402
from tests.strategies.expecting import Expected, expected  # noqa: E402
from tests.strategies.mistaken import Mistaken, check_every_mistake, mistaken  # noqa: E402
from tests.strategies.reached import Reached, Share, is_enough  # noqa: E402
from tests.strategies.uncovered import Uncovered, uncovered  # noqa: E402
from tests.strategies.worlds import World, worlds  # noqa: E402

ROUND = 10  # examples of one kind before another has its turn
LONGEST = 600.0  # seconds in which the least is to be reached
MORE = 10.0  # seconds between looks at whether it is


@dataclass
class Rounds:
    """Runs rounds of examples; each raises AssertionError where the evaluators differ or a mistake is not told."""

    reached: Reached = field(default_factory=Reached)
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    end: float = float("inf")  # by time.monotonic(); examples of a round that is begun are left out after it
    shrink: float = SECONDS  # for making what fails small

    def run(self, seconds: float, of: str, least: float) -> list[Share]:
        """Rounds of each kind until time is up and so many percent are reached, if they are; `of` seeds them all."""
        start = time.monotonic()
        kinds = (self.valid, self.changed, self.uncovered, self.expecting, self.mistaken)
        for number, kind in enumerate(cycle(kinds)):
            kind(f"{of} {number}")
            if number == 0:  # not before, so that what the compiler makes only once counts as made for valid plans
                self.every_mistake(of)
            if number + 1 == len(kinds):
                self.end = start + seconds
            now = time.monotonic()
            if now >= self.end:
                found = self.reached.shares()
                if is_enough(found, least) or now >= start + LONGEST:
                    return found
                self.end = now + MORE
        raise AssertionError("rounds do not end by themselves")

    def valid(self, of: str) -> None:
        def one(world: World) -> None:
            with self.reached.by_valid():
                reasons = world.compare()
            self.reasons.update(reasons)
            plans = str(world.files).count('\nplan "')
            self.counts.update(plans=plans, steps=len(world.steps), decisions=reasons.total())

        self._round(one, worlds(), of)

    def expecting(self, of: str) -> None:
        def one(example: Expected) -> None:
            with self.reached.by_broken():
                files, held, failed = example.check()
            self.counts.update({"lines held": held, "lines failed": failed})
            if held:
                with self.reached.by_valid():
                    assert failing(files) == []

        self._round(one, expected(), of)

    def changed(self, of: str) -> None:
        def one(attempt: Attempt) -> None:
            with self.reached.by_broken():
                compiles = attempt.compiles()
            self.counts["compiled all the same" if compiles else "refused"] += 1
            if compiles:
                with self.reached.by_valid():
                    attempt.compare()

        self._round(one, broken(), of)

    def uncovered(self, of: str) -> None:
        def one(build: Uncovered) -> None:
            with self.reached.by_broken():
                routes = build.without_rule()
            self.counts["without a rule"] += routes
            if not routes:
                with self.reached.by_valid():
                    build.compare()

        self._round(one, uncovered(), of)

    def mistaken(self, of: str) -> None:
        def one(build: Mistaken) -> None:
            with self.reached.by_broken():
                self.counts["told"] += build.check()

        self._round(one, mistaken(), of)

    def every_mistake(self, of: str) -> None:
        with self.reached.by_broken():
            self.counts["told"] += check_every_mistake(Random(of))

    def _round(self, one: Callable[[Any], None], strategy: SearchStrategy[Any], of: str) -> None:
        try_all(strategy, one, of, ROUND, self.shrink, self.end)


def report(rounds: Rounds, found: Sequence[Share], missing: bool) -> None:
    """What came of it, for people. `missing`: what was not reached, too."""
    counts = rounds.counts
    print(f"{counts['plans']:,} plans, {counts['steps']:,} steps, {counts['decisions']:,} decisions: 0 differences")
    print("by reason: " + ", ".join(f"{reason} {count:,}" for reason, count in rounds.reasons.most_common()))
    print(f"lines of expect: {counts['lines held']:,} hold, {counts['lines failed']:,} do not: 0 differences")
    print(f"changed plans: {counts['refused']:,} refused, {counts['compiled all the same']:,} compile: 0 differences")
    print(
        f"mistakes: {counts['told']:,} told; routes without a rule: {counts['without a rule']:,}, as the reference has"
    )
    for share in found:
        print(share)
        if missing:
            print("".join(f"  {each}\n" for each in share.missing), end="")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long [60]")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="that of an earlier run gives the same plans")
    parser.add_argument("--least", type=float, default=95.0, help="the least percentage of each to be reached [95]")
    parser.add_argument(
        "--shrink", type=float, default=SECONDS, help=f"how long to make what fails small, after that [{SECONDS:g}]"
    )
    parser.add_argument("--missing", action="store_true", help="say what was not reached")
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    rounds = Rounds(shrink=asked.shrink)
    try:
        found = rounds.run(asked.seconds, asked.seed, asked.least)
    except AssertionError as difference:
        print(difference, *getattr(difference, "__notes__", ()), sep="\n")
        sys.exit(1)
    report(rounds, found, asked.missing)
    sys.exit(int(not is_enough(found, asked.least)))


if __name__ == "__main__":
    main()
