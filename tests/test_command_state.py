"""`callplan state create`: what it makes and prints, and what it says of what it cannot make."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from callplan.runtime.state_folder import StateFolder

from .commands import Command, command
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
