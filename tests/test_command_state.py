"""`callplan state`: what `create` makes and prints and cannot make, and what `check` finds in a state."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

import callplan
from callplan.runtime.state_folder import StateFolder

from .commands import Command, command
from .sharing import CALLER, NUMBER, made, memory, worker
from .states import NOBODY, names, small_disk

__all__ = ["command"]
SMALL = ("--calls", 64, "--cells", 100)


def test_a_state_with_all_that_can_be_chosen(command: Command, tmp_path: Path) -> None:
    csv = tmp_path / "own.csv"
    csv.write_text("prefix,area\n166,0731\n", encoding="utf-8")
    path = tmp_path / "a"
    ran = command(
        "state", "create", path, *SMALL, "--longest-call", 7200, "--grace", 60, "--area", "0731", "--numbering", csv
    )
    size = (path / "counters").stat().st_size
    assert ran == (0, f"made {path}: room for 64 calls at once and 100 counters, {size / 2**20:.1f} MiB\n", "")
    with StateFolder(path) as state:
        settings = state.settings
        assert (settings.calls, settings.cells, settings.longest_call, settings.grace) == (64, 100, 7200, 60)
        assert settings.area == "0731"
        table = state.numbering()
        assert table is not None
        assert int(table[1660000 - 1300000]) == 731


def test_the_usual_state(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert command("state", "create", path).out == (
        f"made {path}: room for 65,536 calls at once and 200,000 counters, 73.2 MiB\n"
    )
    with StateFolder(path) as state:
        assert (state.settings.longest_call, state.settings.grace) == (14400, 14400)
        assert 512 * (path / "counters").stat().st_blocks >= 73 << 20


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--calls", 0), "0 is not in the range 1<=x<=524287"),
        (("--calls", 2**19), "524288 is not in the range 1<=x<=524287"),
        (("--calls", "many"), "'many' is not a valid integer"),
        (("--cells", 0), "0 is not in the range 1<=x<=16777216"),
        (("--longest-call", 0), "0 is not in the range 1<=x<=2147483647"),
        (("--grace", -1), "-1 is not in the range 0<=x<=2147483647"),
        (
            ("--grace", 61, "--longest-call", 60),
            "--grace 61 is longer than --longest-call 60, after which a call is over",
        ),
        (("--grace", 14401), "--grace 14401 is longer than --longest-call 14400"),
        (("--area", "731"), "`731` is not an area code: one is written like 0731"),
        (("--area", "\x1b[2J"), "`\\x1b[2J` is not an area code"),
        (("--numbering", "none.csv"), "cannot read none.csv: No such file or directory"),
        (("--group", "no-such-group"), "there is no group 'no-such-group' on this machine: `getent group` lists"),
    ],
)
def test_what_is_refused(command: Command, tmp_path: Path, given: tuple[object, ...], said: str) -> None:
    ran = command("state", "create", tmp_path / "a", *given)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err.replace("\n  ", " ")
    assert "Traceback" not in ran.err
    assert names(tmp_path) == []


def test_what_is_there_already(command: Command, tmp_path: Path) -> None:
    assert command("state", "create", tmp_path / "a", *SMALL).status == 0
    assert command("state", "create", tmp_path / "a", *SMALL) == (
        2,
        "",
        f"Error: {tmp_path}/a exists already: use it as it is, or choose another name\n",
    )


def test_a_full_disk(command: Command, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        ran = command("state", "create", disk / "a")
        assert (ran.status, ran.out) == (2, "")
        assert ran.err == (
            f"Error: cannot write {disk}/a: no space left on device; make room on this file system, or make a state "
            "for fewer --calls and --cells\n"
        )


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to use any group")
def test_a_group_by_its_number(command: Command, tmp_path: Path) -> None:
    assert command("state", "create", tmp_path / "a", *SMALL, "--group", NOBODY).status == 0
    found = (tmp_path / "a").stat()
    assert (found.st_gid, stat.S_IMODE(found.st_mode)) == (NOBODY, 0o770)


def figures(command: Command, path: Path) -> dict[str, object]:
    ran = command("state", "check", path, "--json")
    assert ran.err == ""
    found: dict[str, object] = json.loads(ran.out)
    assert ran.status == bool(found["faults"])
    return found


def test_check_of_an_empty_state(command: Command, tmp_path: Path) -> None:
    assert command("state", "check", made(tmp_path / "a", None)) == (
        0,
        "0 calls in progress, 0 of dead processes; 0 places held, 0 left by calls that are over\n"
        "0 counters of 0 words, 0 versions of the tables\n"
        "0 processes have it open, 0 died with it open\n"
        "since it was made: 0 calls reclaimed while being decided, 0 while being forwarded; 0 ended when their time "
        "was up, 0 that the switch had no more\n",
        "the books balance\n",
    )


def test_check_of_a_state_in_use(command: Command, tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    with worker(path) as living, worker(path) as dying:
        living.route(call_id="a")
        dying.route(call_id="b")
        dying.kill()
        before = (path / "counters").read_bytes()
        assert figures(command, path) == {
            "faults": [], "calls": 2, "places": 2, "stale": 0, "counters": 5, "words": 11, "versions": 1,
            "alive": 1, "dead": 1, "orphans": 1, "reclaimed_deciding": 0, "reclaimed_forwarding": 0, "ended_orphans": 0,
            "ended_reconciled": 0,
        }  # fmt: skip
        assert (path / "counters").read_bytes() == before
        assert living("len(engine.reconcile(['a']))") == 1
        found = figures(command, path)
        assert [found[name] for name in ("calls", "orphans", "ended_reconciled", "dead")] == [1, 0, 1, 1]
        said = command("state", "check", path).out
        assert said.startswith("1 call in progress, 0 of dead processes; 1 place held, 0 left by calls that are over\n")
    assert [figures(command, path)[name] for name in ("alive", "orphans")] == [0, 1]


def test_check_tells_each_fault_on_a_line(command: Command, tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    with callplan.Engine(None, state=path) as engine, memory(path) as found:
        calls = [engine.route(NUMBER, CALLER).call for _ in range(2)]
        places = [int(found.record(call)["legs"]["place"][0]) for call in calls]
        for place in places:
            found.words[place] = 0
        ran = command("state", "check", path)
        assert (ran.status, ran.err) == (1, "2 faults\n")
        assert sorted(ran.out.splitlines()[4:]) == sorted(
            f"fault: call {call} has place {place}, which names 0 in its stead"
            for call, place in zip(calls, places, strict=True)
        )
        assert len(figures(command, path)["faults"]) == 2  # type: ignore[arg-type]


def test_check_of_what_is_no_state(command: Command, tmp_path: Path) -> None:
    for name in ("none", "."):
        ran = command("state", "check", tmp_path / name)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith("Error: cannot open ")
