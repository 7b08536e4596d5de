"""Tries the mutants of tests/mutants/: a test that compares decisions or books must catch each deliberate mistake.

    python scripts/mutants.py [--few N [--day 2026-11-23] | NAME ...] [--jobs N]

First the tests run on the tree as it is, where they must pass: all that mutants are tried with, for a selection only
the cases. Which test caught each is noted in tests/mutants/CAUGHT.md, but for --few. Ends with 1 where one was not
caught.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from tests.mutants.report import known, write  # noqa: E402
from tests.mutants.table import Mutant, MutantError, load, turn  # noqa: E402
from tests.mutants.trial import STAGES, Verdict, trial  # noqa: E402

COPIES = TOP / "build" / "mutants"


def main() -> int:
    arguments = parsed()
    try:
        mutants = load()
        chosen = selected(mutants, arguments)
        for mutant in mutants:
            mutant.applied_to((TOP / mutant.file).read_text(encoding="utf-8"))
        verdicts = tried(chosen, arguments.jobs, STAGES if chosen == mutants else STAGES[:1])
    except MutantError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(COPIES, ignore_errors=True)
    if verdicts is None:
        return 1
    caught = {mutant.name: verdict.caught_by for mutant, verdict in zip(chosen, verdicts, strict=True)}
    lost = [name for name, test in caught.items() if test is None]
    print(f"{len(chosen) - len(lost)} of {len(chosen)} mutants caught" + (f"; not: {', '.join(lost)}" if lost else ""))
    if arguments.few is None:
        write(mutants, known() | caught)
    return 1 if lost else 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Try deliberate mistakes against the tests.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a mutant; without any, all are tried")
    parser.add_argument("--few", type=int, metavar="N", help="only about N of them, others every day")
    parser.add_argument("--day", type=date.fromisoformat, default=date.today(), help="the day of --few; default: today")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once, but for those alone")
    arguments = parser.parse_args()
    if arguments.jobs < 1 or (arguments.few is not None and arguments.few < 1):
        parser.error("--jobs and --few are at least 1")
    return arguments


def selected(mutants: list[Mutant], arguments: argparse.Namespace) -> list[Mutant]:
    if arguments.few is not None:
        print(f"mutants of --few {arguments.few} --day {arguments.day}")
        return turn(mutants, arguments.few, arguments.day)
    if not arguments.names:
        return mutants
    unknown = sorted(set(arguments.names) - {mutant.name for mutant in mutants})
    if unknown:
        raise MutantError(f"no mutant is called {', '.join(unknown)}")
    return [mutant for mutant in mutants if mutant.name in arguments.names]


def tried(mutants: Sequence[Mutant], jobs: int, first: Sequence[Sequence[str]]) -> list[Verdict] | None:
    """The verdicts, in order; None where the stages to run `first` fail without any mistake."""
    healthy = trial(None, COPIES / "none", first)
    if healthy != Verdict(None):
        print(f"the tests fail without a mutant: {healthy.caught_by or healthy.trouble}", file=sys.stderr)
        return None

    def one(mutant: Mutant) -> Verdict:
        folder = COPIES / mutant.name.replace(" ", "-")
        verdict = trial(mutant, folder)
        shutil.rmtree(folder)
        print(f"{mutant.name}: {verdict.caught_by or verdict.trouble or 'NOT CAUGHT'}", flush=True)
        return verdict

    alone = [mutant for mutant in mutants if mutant.alone]
    others = [mutant for mutant in mutants if not mutant.alone]
    with ThreadPoolExecutor(jobs) as pool:
        verdicts = dict(zip(others, pool.map(one, others), strict=True))
    verdicts |= {mutant: one(mutant) for mutant in alone}
    return [verdicts[mutant] for mutant in mutants]


if __name__ == "__main__":
    sys.exit(main())
