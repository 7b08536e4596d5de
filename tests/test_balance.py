"""Whether the books of a state balance: sound ones do, whatever happened, and each planted fault is told."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import callplan
from callplan.runtime import activation, layout
from callplan.runtime import balance as balances
from callplan.runtime.balance import Balance
from callplan.runtime.state_folder import StateFolder

from .sharing import CALLER, FORWARDING, NUMBER, Memory, made, memory, other, tables, worker


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balances, "PAUSE", 0)


def balance(path: Path) -> Balance:
    with StateFolder(path) as state:
        return balances.balance(state)


def test_an_empty_state(tmp_path: Path) -> None:
    assert balance(made(tmp_path / "a", None)) == Balance((), 0, 0, 0, 0, 0, 0)


def test_figures(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    assert balance(path) == Balance((), 0, 0, 0, 5, 11, 1)  # two quotas, two limits of two places, a split
    with callplan.Engine(None, state=path) as engine:
        calls = [engine.route(NUMBER, CALLER).call for _ in range(3)]
        engine.busy(calls[1])
        assert balance(path) == Balance((), 2, 2, 0, 5, 11, 1)
        engine.busy(calls[1])  # to a destination without a limit
        assert balance(path) == Balance((), 2, 1, 0, 5, 11, 1)
        with memory(path) as found:
            found.put(calls[0], found.word(calls[0])._replace(status=0))
            assert balance(path) == Balance((), 1, 0, 1, 5, 11, 1)  # a place that nobody gave back is free by looking


def test_after_kills_and_activations(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    for at in range(4):
        with worker(path) as process:
            call = process.route(call_id=f"x{at}")[4]
            if call:
                process.report("busy", call)
            process.kill()
        assert balance(path).faults == ()
        with StateFolder(path) as state:
            activation.activate(state, tables(other(f"d{at}")), allow_reset=True)
        assert balance(path).faults == ()


class Planted(NamedTuple):
    found: Memory
    path: Path
    calls: tuple[int, ...]

    def cell(self, kind: int, text: str = "") -> int:
        """The entry of a counter."""
        (at,) = [
            at
            for at, cell in enumerate(self.found.cells)
            if cell["words"] and cell["kind"] == kind and text.encode() in cell["text"]
        ]
        return at

    def place(self, call: int) -> int:
        return int(self.found.record(call)["legs"]["place"][0])


def unknown_version(at: Planted) -> str:
    at.found.record(at.calls[0])["version"] = 7
    return f"call {at.calls[0]} began with version 7 of the tables, which is not kept"


def unknown_plan(at: Planted) -> str:
    at.found.record(at.calls[0])["plan"] = 1
    return f"call {at.calls[0]} belongs to a plan that its version of the tables does not have"


def unknown_destination(at: Planted) -> str:
    at.found.record(at.calls[0])["legs"]["destination"][0] = 99
    return f"call {at.calls[0]} is at a destination that its version of the tables does not have"


def lost_place(at: Planted) -> str:
    at.found.words[at.place(at.calls[0])] = 0
    return f"call {at.calls[0]} has place {at.place(at.calls[0])}, which names 0 in its stead"


def taken_place(at: Planted) -> str:
    at.found.words[at.place(at.calls[0])] = np.uint64(at.calls[1])
    return f"call {at.calls[0]} has place {at.place(at.calls[0])}, which names {at.calls[1]} in its stead"


def shared_place(at: Planted) -> str:
    place = at.place(at.calls[0])
    at.found.record(at.calls[1])["legs"]["place"][0] = place
    return f"place {place} is held by two calls, {at.calls[0]} and {at.calls[1]}"


def place_outside(at: Planted) -> str:
    at.found.record(at.calls[0])["legs"]["place"][0] = len(at.found.words)
    return f"call {at.calls[0]} holds a place outside the state's words"


def place_of_no_limit(at: Planted) -> str:
    position = len(at.found.words) - 1
    at.found.words[position] = np.uint64(at.calls[0])
    at.found.record(at.calls[0])["legs"]["place"][0] = position
    return f"call {at.calls[0]} holds place {position}, which is no limit's"


def low_quota(at: Planted) -> str:
    charge = at.found.record(at.calls[0])["charges"][0]
    at.found.words[charge["word"]] -= np.uint64(1)
    return f"the quota at {charge['word']} counts 1 calls, but 2 in progress are charged to it"


def unknown_quota(at: Planted) -> str:
    at.found.record(at.calls[0])["charges"]["word"][0] = 9999
    return "1 calls are charged to a quota at 9999, which the directory does not have"


def unknown_in_force(at: Planted) -> str:
    at.found.live["in_force"] = 5
    return "version 5 is in force, but the state does not know it"


def no_tables(at: Planted) -> str:
    (copy,) = (at.path / "tables").iterdir()
    copy.unlink()
    return f"version 1: cannot open {copy}: no such file or directory"


def damaged_tables(at: Planted) -> str:
    (copy,) = (at.path / "tables").iterdir()
    data = copy.read_bytes()
    copy.write_bytes(data[:-9] + bytes(9))
    return f"version 1: {copy}"


def damaged_placement(at: Planted) -> str:
    (file,) = (at.path / "placements").iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    return f"version 1: {file} cannot be used"


def moved_counter(at: Planted) -> str:
    entry = at.cell(layout.COUNTER_SPLIT)
    at.found.cells["at"][entry] += 20
    return f"version 1 has a counter at {int(at.found.cells['at'][entry]) - 20}, where the directory has none"


def overlapping_cells(at: Planted) -> str:
    entry = at.cell(layout.COUNTER_SPLIT)
    at.found.cells["at"][entry] = at.found.cells["at"][at.cell(layout.COUNTER_LIMIT, "duty")]
    return "directory"


def cell_outside(at: Planted) -> str:
    at.found.cells["at"][at.cell(layout.COUNTER_SPLIT)] = len(at.found.words)
    return "directory"


def no_hint(at: Planted) -> str:
    position = int(at.found.cells["at"][at.cell(layout.COUNTER_LIMIT, "desk")])
    at.found.words[position] = 3
    return f"the limit at {position} has 3 in place of a hint"


FAULTS = (
    unknown_version, unknown_plan, unknown_destination, lost_place, taken_place, shared_place, place_outside,
    place_of_no_limit, low_quota, unknown_quota, unknown_in_force, no_tables, damaged_tables, damaged_placement,
    moved_counter, overlapping_cells, cell_outside, no_hint,
)  # fmt: skip


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_each_fault_is_told(tmp_path: Path, plant: object) -> None:
    path = made(tmp_path / "a")
    with worker(path) as process, memory(path) as found:
        calls = tuple(process.route()[4] for _ in range(2))
        process.kill()
        assert balance(path).faults == ()
        told = plant(Planted(found, path, calls))  # type: ignore[operator]
        faults = balance(path).faults
        assert faults
        assert any(told in fault for fault in faults), faults


def test_what_passes_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place may be taken a moment before the record says so: what is there at one look only is left out."""
    path = made(tmp_path / "a")
    with callplan.Engine(None, state=path) as engine, memory(path) as found:
        call = engine.route(NUMBER, CALLER).call
        place = int(found.record(call)["legs"]["place"][0])
        found.words[place] = 0

        def put_back(_: float) -> None:
            found.words[place] = np.uint64(call)

        monkeypatch.setattr(balances.time, "sleep", put_back)
        assert balance(path).faults == ()


def test_a_call_that_is_being_forwarded_may_have_two_places(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    with callplan.Engine(None, state=path) as engine, memory(path) as found:
        call = engine.route(NUMBER, CALLER).call
        found.put(call, found.word(call)._replace(status=FORWARDING))
        at = Planted(found, path, (call,))
        position = int(found.cells["at"][at.cell(layout.COUNTER_LIMIT, "duty")]) + 1
        found.words[position] = np.uint64(call | 1)
        assert balance(path) == Balance((), 1, 2, 0, 5, 11, 1)


def test_a_state_in_use_balances(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    work = "[engine.end(engine.route('4006123456', '13800138000', call_id=str(at)).call) for at in range(30000)] and 0"
    with worker(path) as process:
        assert process.process.stdin is not None
        process.process.stdin.write(work + "\n")
        process.process.stdin.flush()
        for _ in range(20):
            assert balance(path).faults == ()
        assert process.answer() == 0
