"""What measurements share: options, BASE, the population of plans, and the table at the end."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from callplan.runtime.base import Base

from . import fresh, kept, population
from .hot import HotPlan, time_base
from .many import ManyPlans
from .report import table
from .rounds import Comparison, Variant, interleave
from .rows import BY_KEY
from .saved import Entry

PLANS = 10_000
QUICK_PLANS = 1_000
CALLERS_A_PLAN = 100
ENTRIES = pytest.StashKey[list[Entry]]()

Measure = Callable[..., Entry]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("callplan")
    group.addoption("--plans", type=int, metavar="N", help=f"plans of the large rows; default {PLANS}")
    group.addoption("--listed", type=int, metavar="M", help=f"their listed callers; default {CALLERS_A_PLAN} a plan")
    group.addoption("--quick", action="store_true", help="fewer rounds, and only the rows that the watch compares")
    group.addoption("--rounds", type=int, metavar="N", help="of each row, to try things out; default: by the row")
    group.addoption("--shared", type=Path, metavar="FOLDER", help="where runs that follow each other keep their tables")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ENTRIES] = []
    config.addinivalue_line("markers", "full: left out with --quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("quick"):
        left_out = [item for item in items if item.get_closest_marker("full")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    entries = config.stash[ENTRIES]
    if entries:
        terminalreporter.write_line("\n" + table(entries))


@dataclass(frozen=True)
class Built:
    """A population's tables. `spent`: what their build took; `again`: what it took after one plan had changed.

    `called`: the plans' numbers; `scale`: (plans, listed).
    """

    tables: Path
    called: np.ndarray
    scale: tuple[int, int]
    spent: fresh.Spent
    again: fresh.Spent


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A population of plans, built by a process of its own, or as the run before left it in the shared folder."""
    option = request.config.getoption
    plans = option("plans") or (QUICK_PLANS if option("quick") else PLANS)
    scale = plans, option("listed") or CALLERS_A_PLAN * plans
    folder = kept.folder(option("shared") or tmp_path_factory.mktemp("population"), scale)
    tables, called, spent = folder / "population.tables", folder / "called.npy", folder / "spent.json"
    if not spent.exists():
        found = population.write(folder / "plans", *scale)
        np.save(called, found.called)
        builds = [fresh.run("build", found.root, tables, folder / "kept")]
        population.change(found.files[scale[0] // 2])
        builds.append(fresh.run("build", found.root, folder / "changed.tables", folder / "kept"))
        spent.write_text(json.dumps([each.as_json() for each in builds]), encoding="utf-8")
    first, again = map(fresh.Spent.of_json, json.loads(spent.read_text(encoding="utf-8")))
    return Built(tables, np.load(called), scale, first, again)


@pytest.fixture(scope="session")
def hot() -> Iterator[HotPlan]:
    made = HotPlan()
    yield made
    made.engine.close()


@pytest.fixture(scope="session")
def many(built: Built) -> Iterator[ManyPlans]:
    made = ManyPlans(built.tables, built.called, built.scale)
    yield made
    made.close()


@pytest.fixture(scope="session")
def base() -> Variant:
    """One round of BASE."""
    route = Base().route
    return lambda: time_base(route)


@pytest.fixture(scope="session")
def clock(request: pytest.FixtureRequest) -> Callable[[], int]:
    """Nanoseconds, for what takes longer than the scheduler leaves it alone.

    Time as it passes; in a quick run, which other work on the machine must not disturb, the processor's.
    """
    return _processor_ns if request.config.getoption("quick") else time.perf_counter_ns


def _processor_ns() -> int:
    """Of this process and those that it waited for."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return int(sum(each.ru_utime + each.ru_stime for each in spent) * 1e9)


@pytest.fixture
def measure(request: pytest.FixtureRequest, benchmark: BenchmarkFixture, base: Variant) -> Measure:
    """measure(key, timed, rounds=101, warm_up=1, …): a row's figures, which the table at the end shows.

    Other arguments are those of rounds.Comparison. A quick run makes a third of the rounds.
    """

    def measured(key: str, timed: Variant, rounds: int, warm_up: int = 1, **rest: object) -> Entry:
        option = request.config.getoption
        rounds = option("rounds") or (max(rounds // 3, 1) if option("quick") else rounds)
        entry = interleave(benchmark, Comparison(BY_KEY[key], base, timed, **rest), rounds, warm_up)  # type: ignore[arg-type]
        request.config.stash[ENTRIES].append(entry)
        return entry

    return measured
