"""Putting tables in force in a state: each step, old versions let go, and an activator killed before each step."""

from __future__ import annotations

import errno
import itertools
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

import callplan
from callplan.runtime import activation, live_words, regions, state_files
from callplan.runtime import state_versions as versions
from callplan.runtime.activation import Activated, ResetRefused
from callplan.runtime.balance import balance
from callplan.runtime.cells import CellsFull
from callplan.runtime.errors import CallplanError, StateError
from callplan.runtime.state_folder import StateFolder

from .sharing import CALLER, NUMBER, PLAN, draft_of, made, memory, other, tables, told, used, worker
from .states import names


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "a")


def activate(path: Path, given: callplan.Tables | str, allow_reset: bool = True) -> Activated:
    with StateFolder(path) as state:
        return activation.activate(state, tables(given) if isinstance(given, str) else given, allow_reset=allow_reset)


def back(path: Path, allow_reset: bool = True) -> Activated:
    with StateFolder(path) as state:
        return activation.go_back(state, allow_reset=allow_reset)


def numbers(path: Path) -> list[int]:
    """The versions that the state knows."""
    with StateFolder(path) as state:
        return [version.number for version in versions.known(state)]


def check(path: Path, in_force: int) -> None:
    """That one is in force, there is a file for each version and no other, and the books balance."""
    with StateFolder(path) as state:
        known = versions.known(state)
        assert versions.in_force(state) == in_force
        assert names(path / "tables") == sorted({version.tables for version in known})
        assert names(path / "placements") == sorted(version.placement for version in known)
        assert balance(state).faults == ()


def test_a_version_is_a_copy_of_the_tables_and_a_placement(path: Path) -> None:
    given = tables(other())
    done = activate(path, given)
    assert (done.version.number, done.is_new, done.version.digest) == (2, True, given.digest)
    copy = path / "tables" / f"{given.digest}.tables"
    assert copy.read_bytes() == bytes(given.image)
    assert copy.stat().st_mode & 0o777 == 0o600
    with memory(path) as found:
        assert (found.count("in_force"), found.count("previous"), found.count("last_version")) == (2, 1, 2)
        record = found.versions[found.versions["id"] == 2][0]
        assert record["digest"].tobytes().hex() == given.digest
        assert record["counters"] == len(given.sections["counters"])
    check(path, 2)


def test_tables_in_force_already_stay_as_they_are(path: Path) -> None:
    before = (path / "counters").read_bytes()
    done = activate(path, PLAN)
    assert (done.version.number, done.is_new) == (1, False)
    assert (path / "counters").read_bytes() == before


def test_back_and_back_again(path: Path) -> None:
    activate(path, other())
    done = back(path)
    assert (done.version.number, done.version.digest) == (3, tables().digest)
    check(path, 3)
    assert back(path).version.digest == tables(other()).digest
    check(path, 4)
    assert numbers(path) == [2, 3, 4]  # the second goes with the next activation


def test_there_may_be_nothing_to_go_back_to(path: Path) -> None:
    with pytest.raises(StateError, match=f"^{path} has no version of the tables to go back to$"):
        back(path)
    check(path, 1)


def test_a_draft_is_refused(path: Path) -> None:
    with pytest.raises(CallplanError, match="are a draft"):
        activate(path, draft_of(PLAN.replace("otherwise -> desk or announce closed", "")))
    check(path, 1)


def test_counters_in_use_that_would_start_afresh_need_permission(path: Path) -> None:
    with callplan.Engine(None, state=path) as engine:
        call = engine.route(NUMBER, CALLER).call
        with pytest.raises(ResetRefused, match="limit desk of 4006123456: 1 place in use\nkeep their names") as refused:
            activate(path, other(), allow_reset=False)
        assert [(each.kind, each.name, each.used) for each in refused.value.resets] == [("limit", "desk", 1)]
        check(path, 1)
        with pytest.raises(ResetRefused):
            engine.reload(tables(other()))
        done = activate(path, other())
        assert [(each.kind, each.name, each.in_use) for each in done.resets] == [("limit", "desk", True)]
        assert engine.end(call)
        engine.route(NUMBER, CALLER)
        assert back(path, allow_reset=False).resets == ()  # its counters are there still


def test_what_is_not_in_use_may_start_afresh(path: Path) -> None:
    assert [each.in_use for each in activate(path, other(), allow_reset=False).resets] == [False]


def test_what_does_not_fit_tells_the_cells_that_would(tmp_path: Path) -> None:
    path = made(tmp_path / "a", cells=10)
    many = "\n".join(f"destination d{at} = 010-6234-{5000 + at} limit 60" for at in range(40))
    uses = " or ".join(f"d{at}" for at in range(40))
    text = f'plan "big" {{ number {NUMBER} {many} route {{ otherwise -> {uses} }} }}'
    with pytest.raises(CellsFull, match="a state made with `--cells 1000` has room for them"):
        activate(path, text)
    check(path, 1)
    check_same = activate(made(tmp_path / "b", cells=1000), text)
    assert check_same.version.number == 2


def test_an_old_version_is_let_go_once_nobody_needs_it(path: Path) -> None:
    """Not while a call in progress began with it; nor while a process may decide by it."""
    with worker(path) as process:
        call = process.route(call_id="x")[4]
        for at in range(3):
            activate(path, other(f"d{at}"))
        assert numbers(path) == [1, 2, 3, 4]  # the process still decides by the first
        assert process.route()[2] == "d2"
        activate(path, other("d3"))
        assert numbers(path) == [1, 3, 4, 5]
        assert process.report("busy", call)[:3] == ("connect", "forwarded", "duty")
        assert process.report("busy", call)[:3] == ("connect", "forwarded", "night")
        assert process(f"engine.end({call})")
        activate(path, other("d4"))
        assert 1 not in numbers(path)
    check(path, 6)
    activate(path, other("d5"))
    assert numbers(path) == [4, 5, 6, 7]  # of the process that was killed, a call began with 4


def test_a_dead_process_holds_no_version_but_its_calls_do(path: Path) -> None:
    with worker(path) as process:
        call = process.route()[4]
        process.kill()
    for at in range(3):
        activate(path, other(f"d{at}"))
    assert numbers(path) == [1, 2, 3, 4]  # the second was the previous one until now
    activate(path, other("d3"))
    assert numbers(path) == [1, 3, 4, 5]
    with callplan.Engine(None, state=path) as engine:
        assert told(engine.busy(call))[:3] == ("connect", "forwarded", "duty")
        assert engine.end(call)
    activate(path, other("d4"))
    assert numbers(path) == [4, 5, 6]
    check(path, 6)


def test_processes_move_at_their_next_decision(path: Path) -> None:
    with worker(path) as one, worker(path) as two, callplan.Engine(None, state=path) as engine:
        calls = [each.route()[4] for each in (one, two)]
        activate(path, other())
        assert one.route()[2] == two("engine.peek('4006123456', '13800138000').destination") == "hall"
        assert engine.route(NUMBER, CALLER).destination == "hall"
        assert one.report("no_answer", calls[1])[:3] == ("connect", "forwarded", "duty")
        assert two.report("busy", calls[0])[:3] == ("connect", "forwarded", "duty")
        assert one("[each.destination for each in engine.calls()]").count("duty") == 2
        assert two(f"[engine.end(each) for each in {calls}]") == [True, True]
        assert one("engine.tables.digest") == tables(other()).digest


def test_another_process_that_never_had_a_version_forwards_its_calls(path: Path) -> None:
    with worker(path) as process:
        call = process.route(call_id="x")[4]
        activate(path, other())
        with callplan.Engine(None, state=path) as engine:
            assert told(engine.busy(call)) == ("connect", "forwarded", "duty", None, call)
            assert told(engine.route(NUMBER, CALLER, call_id="x")) == ("connect", "forwarded", "duty", None, call)
            assert told(engine.busy(call))[2] == "night"
            assert (used(engine, "duty"), engine.end(call)) == (0, True)


def test_a_limit_that_is_in_both_versions_is_one_limit(path: Path) -> None:
    with worker(path) as process, callplan.Engine(None, state=path) as engine:
        calls = [process.route()[4] for _ in range(2)]
        assert [process.report("busy", call)[2] for call in calls] == ["duty", "duty"]
        activate(path, other())
        call = engine.route(NUMBER, CALLER).call
        assert engine.busy(call).reason == "busy"  # the duty is full of calls of the version before
        assert used(engine, "duty") == 2


def test_as_many_versions_as_a_state_has_room_for(path: Path) -> None:
    """Each with a call in progress; the next activation goes when one has ended."""
    with callplan.Engine(None, state=path) as engine:
        calls = [engine.route(NUMBER, CALLER).call]
        for at in range(regions.VERSION_ROOM - 1):
            activate(path, other(f"d{at}"))
            calls.append(engine.route(NUMBER, CALLER).call)
        assert len(numbers(path)) == regions.VERSION_ROOM
        check(path, regions.VERSION_ROOM)
        with pytest.raises(StateError, match="calls in progress began with 64 versions of the tables"):
            activate(path, other("last"))
        check(path, regions.VERSION_ROOM)
        assert engine.end(calls[7])
        activate(path, other("last"))
        assert engine.route(NUMBER, CALLER).destination == "last"
        assert all(engine.end(call) for call in calls[:7] + calls[8:])
    activate(path, other("end"))
    check(path, regions.VERSION_ROOM + 2)
    assert len(numbers(path)) == 3


def test_a_copy_that_is_not_what_was_written_is_not_put_in_force(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(descriptor: int, data: bytes | memoryview) -> None:
        whole = bytearray(data)
        whole[len(whole) // 2] ^= 1
        os.write(descriptor, whole)

    monkeypatch.setattr(state_files, "write", write)
    with pytest.raises(CallplanError, match=r"\.tables"):
        activate(path, other())
    monkeypatch.undo()
    check(path, 1)
    activate(path, other())
    check(path, 2)


def test_a_copy_that_was_damaged_is_made_again(path: Path) -> None:
    """By activating the same tables, as the message says."""
    copy = path / "tables" / f"{tables().digest}.tables"
    data = copy.read_bytes()
    copy.unlink()  # what processes have mapped stays as it is
    copy.write_bytes(data[:-9] + b"\0" * 9)
    copy.chmod(0o600)
    with pytest.raises(CallplanError, match=r"\.tables"):
        callplan.Engine(None, state=path)
    activate(path, PLAN)
    assert copy.read_bytes() == data
    check(path, 1)


def test_tables_that_cannot_be_loaded_leave_a_process_at_the_old_ones(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0]
    with callplan.Engine(None, state=path, clock=lambda: now[0]) as engine:
        activate(path, other())
        copy = path / "tables" / f"{tables(other()).digest}.tables"
        copy.rename(path / "kept")
        for _ in range(3):
            assert engine.route(NUMBER, "07311234567").call or True
            assert engine.tables.digest == tables().digest
        assert 1 <= len(caplog.records) <= 2  # once a second
        assert "the tables in force cannot be loaded, calls go on by version 1" in caplog.text
        (path / "kept").rename(copy)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("time.time", lambda: 0)
            while engine.tables.digest == tables().digest:
                engine.peek(NUMBER, CALLER)
        assert engine.route(NUMBER, CALLER).destination == "hall"


STEPS = ("open", "write", "fsync", "rename", "unlink")


def killed_at(step: int, path: Path, work: Callable[[], object]) -> bool:
    """Whether a child process that does the work was killed before its step of that number."""
    child = os.fork()
    if child == 0:
        taken = itertools.count(1)

        def killing(call: Callable[..., object]) -> Callable[..., object]:
            def counted(*arguments: object, **options: object) -> object:
                if next(taken) == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*arguments, **options)

            return counted

        for name in STEPS:
            setattr(os, name, killing(getattr(os, name)))
        for where, name in ((live_words, "store"), (activation, "apply"), (activation, "_write_record")):
            setattr(where, name, killing(getattr(where, name)))
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL)
    return code != 0


@pytest.mark.parametrize("is_back", [False, True], ids=["activate", "back"])
def test_an_activator_killed_before_each_of_its_steps(path: Path, is_back: bool) -> None:
    """The old tables are in force or the new ones, calls go on, and the next activation leaves no trace of it."""
    texts = {name: tables(other(name)) for name in ("old", "new", "between")}
    for name in ("new", "old"):
        activate(path, texts[name])
    outcomes = []
    with callplan.Engine(None, state=path) as engine:
        for step in itertools.count(1):
            call = engine.route(NUMBER, CALLER)
            assert call.destination == "old"
            if not killed_at(step, path, lambda: back(path) if is_back else activate(path, texts["new"])):
                break
            with StateFolder(path) as state:
                digest = versions.find(state, versions.in_force(state)).digest
                assert balance(state).faults == ()
            outcomes.append("new" if digest == texts["new"].digest else "old")
            assert digest == texts[outcomes[-1]].digest
            assert engine.peek(NUMBER, CALLER).destination == outcomes[-1]
            assert told(engine.busy(call.call))[:3] == ("connect", "forwarded", "duty")
            assert engine.end(call.call)
            for name in ("between", "new", "old"):
                with StateFolder(path) as state:
                    in_force = activation.activate(state, texts[name], allow_reset=True).version.number
                check(path, in_force)
            assert numbers(path)[-2:] == [in_force - 1, in_force]
        assert engine.route(NUMBER, CALLER).destination == "new"
        assert engine.end(call.call)
    assert len(outcomes) > 12
    assert outcomes.count("old") > 10
    assert outcomes == sorted(outcomes, reverse=True)  # from one step on it is the new one


def test_two_that_activate_at_once_come_one_after_the_other(path: Path) -> None:
    with worker(path) as one, worker(path) as two:
        for at in range(5):
            for name, each in (("a", one), ("b", two)):
                assert each.process.stdin is not None
                text = other(f"{name}{at}")
                each.process.stdin.write(f"engine.reload(callplan.compile_text({text!r}), allow_reset=True)\n")
                each.process.stdin.flush()
            assert [each.answer() for each in (one, two)] == [None, None]
        destination = one.route()[2]
        assert destination == two("engine.peek('4006123456', '13800138000').destination")
        assert destination in ("a4", "b4")
    check(path, 11)


def test_counts_go_on_by_their_names(path: Path) -> None:
    with callplan.Engine(None, state=path) as engine:
        engine.route(NUMBER, "07311234567")
        engine.route(NUMBER, CALLER)
        before = {(each.kind, each.name): (each.used, each.held) for each in engine.usage()}
        done = activate(path, PLAN.replace('"line"', '"new name"').replace("limit 2", "limit 3"), allow_reset=False)
        assert done.resets == ()
        engine.peek(NUMBER, CALLER)
        assert {(each.kind, each.name): (each.used, each.held) for each in engine.usage()} == before
        assert before["quota", "month"] == (2 if before["limit", "desk"][0] == 2 else 1, 0)


def test_a_full_disk_leaves_the_old_tables_in_force(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(descriptor: int, data: bytes | memoryview) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(state_files, "write", write)
    with pytest.raises(StateError, match="no space left on device; make room on this file system"):
        activate(path, other())
    monkeypatch.undo()
    check(path, 1)
