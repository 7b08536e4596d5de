"""Whether the books of a state balance: each fault is planted, and found."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import callplan
from callplan.runtime import regions, state_creation, state_versions
from callplan.runtime.balance import Balance, balance
from callplan.runtime.books import Books
from callplan.runtime.state_folder import StateFolder

if sys.platform != "linux":
    pytest.skip("a state folder needs Linux", allow_module_level=True)

PLAN = """plan "acme" {
    number 4006123456
    destination desk = 010-6234-5678 limit 3
    quota 100 calls per day
    route { otherwise -> desk }
}
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[callplan.Engine]:
    state_creation.create(tmp_path / "acme.state", calls=16, cells=100)
    with callplan.Engine(callplan.compile_text(PLAN), state=tmp_path / "acme.state") as opened:
        yield opened


@pytest.fixture
def state(engine: callplan.Engine, tmp_path: Path) -> Iterator[StateFolder]:
    with StateFolder(tmp_path / "acme.state") as opened:
        yield opened


def records(state: StateFolder) -> np.ndarray:
    return np.frombuffer(state.block, regions.CALL, state.regions.calls, state.regions.calls_at)


def index_of(call: int) -> int:
    return (call & 0xFFFFF0) >> 4


def route(engine: callplan.Engine) -> int:
    return engine.route("4006123456", "13800138000").call


def test_books_balance_while_calls_come_and_go(engine: callplan.Engine, state: StateFolder) -> None:
    assert balance(state) == Balance((), 0, 0, 0, 2, 6, 1)
    first, second = route(engine), route(engine)
    assert balance(state) == Balance((), 2, 2, 0, 2, 6, 1)
    engine.end(first)
    engine.answered(second)
    assert balance(state) == Balance((), 1, 1, 0, 2, 6, 1)


def test_a_place_that_names_another_call(engine: callplan.Engine, state: StateFolder) -> None:
    call = route(engine)
    place = int(records(state)["legs"]["place"][index_of(call), 0])
    Books.of(state.block, state.regions).words[place] = 77 << 24
    assert balance(state).faults == (f"call {call} has place {place}, which names {77 << 24} in its stead",)


def test_one_place_of_two_calls(engine: callplan.Engine, state: StateFolder) -> None:
    first, second = sorted((route(engine), route(engine)), key=index_of)
    legs = records(state)["legs"]
    legs["place"][index_of(second), 0] = legs["place"][index_of(first), 0]
    place = int(legs["place"][index_of(first), 0])
    assert balance(state).faults == (f"place {place} is held by two calls, {first} and {second}",)


def test_a_place_outside_the_words(engine: callplan.Engine, state: StateFolder) -> None:
    call = route(engine)
    records(state)["legs"]["place"][index_of(call), 0] = state.regions.words
    assert balance(state).faults == (f"call {call} holds a place outside the state's words",)


def test_a_quota_that_counts_too_little(engine: callplan.Engine, state: StateFolder) -> None:
    call = route(engine)
    position = int(records(state)["charges"]["word"][index_of(call), 0])
    Books.of(state.block, state.regions).words[position] -= np.uint64(1)
    fault = f"the quota at {position} counts 0 calls, but 1 in progress are charged to it"
    assert balance(state).faults == (fault,)
    records(state)["charges"]["word"][index_of(call), 0] = 3
    assert balance(state).faults == ("1 calls are charged to a quota at 3, which the directory does not have",)


def test_a_call_of_no_version_or_plan(engine: callplan.Engine, state: StateFolder) -> None:
    call = route(engine)
    records(state)["plan"][index_of(call)] = 9
    assert balance(state).faults == (f"call {call} belongs to a plan that its version of the tables does not have",)
    records(state)["version"][index_of(call)] = 9
    assert balance(state).faults == (f"call {call} began with version 9 of the tables, which is not kept",)


def test_versions_whose_files_are_gone_or_damaged(engine: callplan.Engine, state: StateFolder, tmp_path: Path) -> None:
    version = state_versions.known(state)[0]
    placement = tmp_path / "acme.state" / "placements" / version.placement
    kept = placement.read_bytes()
    placement.write_bytes(kept[:-1])
    (fault,) = balance(state).faults
    assert fault.startswith("version 1: ")
    assert "1.placement" in fault
    placement.write_bytes(kept)
    assert balance(state).faults == ()
    (tmp_path / "acme.state" / "tables" / version.tables).unlink()
    (fault,) = balance(state).faults
    assert version.tables in fault


def test_cells_that_share_words(engine: callplan.Engine, state: StateFolder) -> None:
    cells = Books.of(state.block, state.regions).cells
    cells["at"][1] = cells["at"][0]
    (fault,) = balance(state).faults
    assert "two cells share words" in fault
