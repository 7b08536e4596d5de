"""Engines with a state: made by the first, shared by processes and threads, open across forks, each misuse told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import callplan
from callplan.runtime import regions
from callplan.runtime.errors import CallplanError, NumberingError, StateError
from callplan.runtime.state_creation import create
from callplan.runtime.state_folder import StateFolder
from callplan.runtime.state_settings import CALLS, CELLS, LONGEST_CALL

from .sharing import CALLER, NOW, NUMBER, PLAN, draft_of, made, memory, other, tables, told, used, worker
from .states import SMALL, names, numbers_taken


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "a")


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def test_the_first_engine_makes_the_state_and_puts_its_tables_in_force(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with callplan.Engine(tables(), state=path, max_calls=64, longest_call=600, area="0731") as engine:
        assert engine.route(NUMBER, CALLER).destination == "desk"
    with StateFolder(path) as state:
        settings = state.settings
        assert (settings.calls, settings.cells, settings.longest_call, settings.grace) == (64, CELLS, 600, 600)
        assert (settings.area, settings.numbering) == ("0731", None)
    with callplan.Engine(None, state=path) as engine:
        assert engine.route(NUMBER, "62345678").destination in ("desk", "duty")  # a bare local number of that area
        assert used(engine, "from 0731") == 1
    assert names(tmp_path) == ["a"]


def test_the_usual_settings(tmp_path: Path) -> None:
    callplan.Engine(tables(), state=tmp_path / "a").close()
    with StateFolder(tmp_path / "a") as state:
        assert (state.settings.calls, state.settings.cells, state.settings.longest_call) == (CALLS, CELLS, LONGEST_CALL)


def test_tables_may_be_a_file(tmp_path: Path, path: Path) -> None:
    tables().save(tmp_path / "a.tables")
    with callplan.Engine(tmp_path / "a.tables", state=path) as engine:
        assert engine.tables.digest == tables().digest
    with callplan.Engine(str(tmp_path / "a.tables"), state=str(path)) as engine:
        assert engine.route(NUMBER, CALLER).destination == "desk"


def test_without_tables_those_in_force_are_used(path: Path) -> None:
    with callplan.Engine(None, state=path) as engine, callplan.Engine(tables(), state=path) as same:
        assert engine.tables.digest == same.tables.digest == tables().digest
    assert names(path / "tables") == [f"{tables().digest}.tables"]
    assert names(path / "placements") == ["1.placement"]


def test_a_state_made_by_the_command_takes_the_tables_of_the_first_engine(tmp_path: Path) -> None:
    create(tmp_path / "a", **SMALL)
    with pytest.raises(
        StateError, match=r"a has no tables in force: `callplan activate TABLES --state .*a`, or open it"
    ):
        callplan.Engine(None, state=tmp_path / "a")
    callplan.Engine(tables(), state=tmp_path / "a").close()
    callplan.Engine(None, state=tmp_path / "a").close()


def test_numbering_is_the_state_s(tmp_path: Path) -> None:
    csv = tmp_path / "own.csv"
    csv.write_text("prefix,area\n166,0731\n", encoding="utf-8")
    callplan.Engine(tables(), state=tmp_path / "a", numbering=csv, max_calls=64).close()
    for given in (None, csv):
        with callplan.Engine(None, state=tmp_path / "a", numbering=given) as engine:
            engine.route(NUMBER, "16600001111")
    with callplan.Engine(None, state=tmp_path / "a") as engine:
        assert used(engine, "from 0731") == 2
        csv.write_text("prefix,area\n166,0732\n", encoding="utf-8")
        with pytest.raises(
            StateError, match=r"was made with another numbering table than .*own.csv: leave numbering out"
        ):
            callplan.Engine(None, state=tmp_path / "a", numbering=csv)
    with pytest.raises(NumberingError, match="cannot read"):
        callplan.Engine(None, state=tmp_path / "a", numbering=tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"area": "0731"}, "area=None: leave area out, or make a state with '0731'"),
        ({"max_calls": 65}, "max_calls=64: leave max_calls out, or make a state with 65"),
        ({"longest_call": 60}, "longest_call=14400: leave longest_call out, or make a state with 60"),
    ],
)
def test_other_settings_than_the_state_s(path: Path, given: dict[str, object], said: str) -> None:
    before = descriptors()
    with pytest.raises(StateError, match=f"^{path} was made with {said}$"):
        callplan.Engine(None, state=path, **given)  # type: ignore[arg-type]
    assert descriptors() == before
    with callplan.Engine(None, state=path, max_calls=64, longest_call=14400) as engine:
        assert engine.route(NUMBER, CALLER).destination == "desk"


def test_other_tables_than_those_in_force(path: Path) -> None:
    before = descriptors()
    with pytest.raises(
        StateError, match=rf"^{path} has other tables in force than the given ones: `callplan activate`"
    ):
        callplan.Engine(tables(other()), state=path)
    assert descriptors() == before
    assert len(names(path / "tables")) == 1


def wrong(path: Path) -> dict[str, tuple[Callable[[], object], type[Exception], str]]:
    draft = draft_of(PLAN.replace("otherwise -> desk or announce closed", ""))
    return {
        "no state": (lambda: callplan.Engine(None), TypeError, "an engine without a state needs tables"),
        "nothing": (lambda: callplan.Engine(None, state=path / "b"), StateError, "cannot open .*b: no such file"),
        "no folder": (lambda: callplan.Engine(None, state=path / "counters"), StateError, "not a directory"),
        "empty": (lambda: callplan.Engine(None, state=path / "tables"), StateError, "counters: no such file"),
        "no place": (lambda: callplan.Engine(tables(), state=path / "b/c"), StateError, "make the folder that it is"),
        "max_calls": (lambda: callplan.Engine(None, state=path, max_calls=0), ValueError, "max_calls must be 1 to"),
        "longest": (lambda: callplan.Engine(None, state=path, longest_call=0), ValueError, "longest_call must be 1 to"),
        "clock": (lambda: callplan.Engine(None, state=path, clock=5), TypeError, "clock must be callable"),  # type: ignore[arg-type]
        "draft": (lambda: callplan.Engine(draft, state=path / "d"), CallplanError, "are a draft"),
        "area": (lambda: callplan.Engine(tables(), state=path / "d", area="731"), CallplanError, "not an area code"),
        "tables": (lambda: callplan.Engine(path / "owners", state=path), callplan.TablesError, "owners"),
        "type": (lambda: callplan.Engine(None, state=5), TypeError, "PathLike"),  # type: ignore[arg-type]
    }


@pytest.mark.parametrize("name", wrong(Path()))
def test_each_wrong_use_is_told(tmp_path: Path, name: str) -> None:
    path = made(tmp_path / "a")
    before = descriptors()
    call, error, said = wrong(path)[name]
    with pytest.raises(error, match=said):
        call()
    assert descriptors() == before


def test_decisions_are_of_now(path: Path) -> None:
    """What processes count together has one time, unless a test brings a clock."""
    with callplan.Engine(None, state=path) as engine:
        calls: list[Callable[[], object]] = [
            lambda: engine.route(NUMBER, CALLER, NOW),
            lambda: engine.route(NUMBER, CALLER, NOW, call_id="x"),
            lambda: engine.route_many(np.array([NUMBER.encode()]), np.array([CALLER.encode()]), NOW),
            lambda: engine.route_many(np.array([NUMBER.encode()]), np.array([CALLER.encode()]), [NOW]),
        ]
        for call in calls:
            with pytest.raises(ValueError, match="are decided now: at= needs an engine with clock="):
                call()
        assert engine.calls() == []
        assert used(engine, "month") == 0
    with callplan.Engine(None, state=path, clock=lambda: NOW) as engine:
        engine.route(NUMBER, CALLER, NOW + 40 * 86400)
        assert {each.period for each in engine.usage() if each.kind == "quota"} == {"2027-01-01"}


def test_processes_share_limits_quotas_and_splits(path: Path) -> None:
    with worker(path) as one, worker(path) as two, callplan.Engine(None, state=path) as engine:
        calls = [one.route()[4], two.route()[4]]
        assert told(engine.route(NUMBER, CALLER))[:4] == ("announce", "announced", None, "closed")
        split = [each.route("07311234567")[2] for each in (one, two)]
        assert sorted(filter(None, split)) == ["duty"]  # a ticket each: the other's was for the full desk
        assert (used(engine, "from 0731"), used(engine, "month"), used(engine, "desk")) == (2, 3, 2)
        assert two(f"engine.end({calls[0]})") is True
        assert one(f"engine.end({calls[0]})") is False
        assert one.report("busy", calls[1])[:3] == ("connect", "forwarded", "duty")
        assert engine.answered(calls[1])
        assert not two(f"engine.answered({calls[1]})")
        assert (used(engine, "desk"), used(engine, "duty")) == (0, 2)


def test_closing_leaves_the_calls_as_orphans(path: Path) -> None:
    engine = callplan.Engine(None, state=path)
    call = engine.route(NUMBER, CALLER, call_id="x").call
    engine.close()
    with callplan.Engine(None, state=path) as again:
        (found,) = again.calls()
        assert (found.handle, found.orphan, used(again, "desk")) == (call, True, 1)
        assert again.find("x") == call
        assert [(each.owner, each.orphan) for each in again.calls()] == [(1, False)]
        assert again.end(call)


@pytest.mark.parametrize("_", range(2))
def test_a_closed_engine_refuses_and_closes_again(path: Path, _: int) -> None:
    engine = callplan.Engine(None, state=path)
    before = descriptors()
    engine.close()
    engine.close()
    assert descriptors() == before - 2  # the folder, and the file `owners`
    refused: list[Callable[[], object]] = [
        lambda: engine.route(NUMBER, CALLER),
        lambda: engine.route(NUMBER, CALLER, call_id="x"),
        lambda: engine.peek(NUMBER, CALLER),
        lambda: engine.route_many(np.array([NUMBER.encode()]), np.array([CALLER.encode()])),
        lambda: engine.end_many([1]),
        lambda: engine.end(1),
        lambda: engine.busy(1),
        lambda: engine.answered(1),
        lambda: engine.find("x"),
        lambda: engine.reconcile([]),
        lambda: engine.reload(tables()),
        engine.calls,
        engine.usage,
        engine.sweep,
    ]
    for call in refused:
        with pytest.raises(CallplanError, match="the engine is closed"):
            call()


def test_an_engine_that_is_forgotten_leaves_nothing_open(path: Path) -> None:
    before = descriptors()
    for _ in range(3):
        callplan.Engine(None, state=path).route(NUMBER, CALLER)
        assert descriptors() == before
    with memory(path) as found:
        assert not found.owners["in_use"].any()


def test_two_engines_in_a_process_are_one_owner(path: Path) -> None:
    with callplan.Engine(None, state=path) as one, callplan.Engine(None, state=path) as two:
        calls = [one.route(NUMBER, CALLER).call, two.route(NUMBER, CALLER).call]
        assert len(set(calls)) == 2
        assert [each.owner for each in two.calls()] == [1, 1]
        assert two.end(calls[0])
        one.close()
        assert [each.orphan for each in two.calls()] == [False]
        with worker(path) as third:
            assert third("[each.orphan for each in engine.calls()]") == [False]
        two.reload(tables(other()), allow_reset=True)
        assert two.route(NUMBER, CALLER).destination == "hall"


def test_all_owners_taken(path: Path) -> None:
    with numbers_taken(path, regions.OWNER_ROOM - 1) as process:
        before = descriptors()
        for _ in range(2):
            with pytest.raises(StateError, match=f"^1023 processes have {path} open, and no more can"):
                callplan.Engine(None, state=path)
        assert descriptors() == before
        process.kill()
        process.wait()
    callplan.Engine(None, state=path).close()


def test_the_same_engine_may_be_opened_anew(path: Path) -> None:
    engine = callplan.Engine(None, state=path)
    before = descriptors()
    engine.__init__(None, state=path)  # type: ignore[misc]
    assert engine.route(NUMBER, CALLER).destination == "desk"
    assert descriptors() == before
    engine.close()
