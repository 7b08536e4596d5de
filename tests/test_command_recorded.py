"""The CSV of `callplan bench`: what is read of it, and what is wrong with it, line by line."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import click
import pytest

import callplan
from callplan.command_recorded import LONGEST, Recorded, read_calls

from .commands import GOOD, Command, PlanFile

NOON = 1_795_492_800  # 2026-11-24T12:00 in Shanghai
BERLIN = GOOD.replace("number", 'timezone "Europe/Berlin" number').replace("Good", "B").replace("3456", "3457")


def read(folder: Path, text: str | bytes) -> Recorded:
    path = folder / "calls.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_calls(str(path), callplan.compile_text(GOOD + BERLIN))


# What is read


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("called,caller\n4006123456,10086\n", Recorded(("4006123456",), ("10086",), None)),
        ("caller,called\n10086,4006123456\n", Recorded(("4006123456",), ("10086",), None)),
        ("\ufeffcalled, caller\r\n 4006123456 , 10086\r\n", Recorded(("4006123456",), ("10086",), None)),
        ('called,caller\n"4006123456",""\n,\n', Recorded(("4006123456", ""), ("", ""), None)),
        ("called,caller\n\n4006123456,10086\n\n", Recorded(("4006123456",), ("10086",), None)),
        ("at,called,caller\n5,4006123456,10086", Recorded(("4006123456",), ("10086",), (5,))),
        ("called,caller,at\na,\u4e2d,5.9\n", Recorded(("a",), ("\u4e2d",), (5,))),
    ],
)
def test_columns(tmp_path: Path, text: str, calls: Recorded) -> None:
    assert read(tmp_path, text) == calls


@pytest.mark.parametrize(
    ("called", "at", "instant"),
    [
        ("4006123456", f"{NOON}", NOON),
        ("4006123456", f"{NOON}.999", NOON),
        ("4006123456", "2026-11-24T12:00", NOON),
        ("4006123456", "2026-11-24 12:00:00.5", NOON),
        ("4006123456", "2026-11-24T04:00:00Z", NOON),
        ("4006123457", "2026-11-24T05:00", NOON),
        ("+86 400 612 3457", "2026-11-24T05:00", NOON),
        ("4006123456", "20261124", 20_261_124),  # digits alone are seconds
        ("4006123456", "1969-12-31T23:59:59Z", -1),
        ("10086", "2026-11-24T04:00", NOON),  # no plan, no zone
    ],
)
def test_times(tmp_path: Path, called: str, at: str, instant: int) -> None:
    assert read(tmp_path, f"called,caller,at\n{called},10086,{at}\n").at == (instant,)


# What is wrong


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1: error: no column `called`: the first line must name the columns `called,caller` or"),
        ("4006123456,10086\n", "1: error: no column `called`"),
        ("called;caller\n", "1: error: no column `called`"),
        ("called\n", "1: error: no column `caller`"),
        ("called,caller,time\n", "1: error: the column `time` is none that is known: the first line must name"),
        ("called,caller,called\n", "1: error: the column `called` stands there twice"),
        ("called,caller\na\n", "2: error: 1 column in place of 2"),
        ("called,caller\na,b\na,b,c\n", "3: error: 3 columns in place of 2"),
        ('called,caller\na,"b\nc"\na\n', "4: error: 1 column in place of 2"),
        ('called,caller\na,b\n"a"x,b\n', "3: error: not CSV: "),
        ('called,caller\na,b\n"a,b\n', "3: error: not CSV: "),
        (f"called,caller\n{'1' * (LONGEST + 1)},b\n", "2: error: `called` is no number: over 100 characters"),
        ("called,caller\na,\0b\n", "2: error: `caller` is no number: over 100 characters, or with a NUL"),
        ("called,caller,at\na,b,yesterday\n", "2: error: `yesterday` is not a time; write it as in 2026-11-23T09:30"),
        ("called,caller,at\na,b,2026-02-30T10:00\n", "2: error: `2026-02-30T10:00` is not a time"),
        ("called,caller,at\na,b,nan\n", "2: error: `nan` is not a time"),
        ("called,caller,at\na,b,5\na,b,\n", "3: error: no time; leave the column `at` out of the file"),
        (
            "called,caller,at\n4006123457,b,2026-03-29T02:30\n",
            "2: error: the clock of Europe/Berlin skips 2026-03-29T02:30",
        ),
    ],
)
def test_mistakes_with_their_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str) -> None:
    with pytest.raises(click.exceptions.Exit) as left:
        read(tmp_path, text)
    assert left.value.exit_code == 2
    err = capsys.readouterr().err
    assert err.startswith(f"{tmp_path / 'calls.csv'}:{said}")
    assert err.count("\n") == 1


def test_many_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.exceptions.Exit):
        read(tmp_path, "called,caller\n" + "a\n" * 1012)
    said = capsys.readouterr().err.splitlines()
    assert [line.split(":")[1] for line in said[:-1]] == [str(line) for line in range(2, 12)]
    assert said[-1] == "and 1,002 more mistakes"


def test_mistakes_are_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.exceptions.Exit):
        read(tmp_path, "called,caller,at\na,b,\x1b[31m\u202e\n")
    assert r"`\x1b[31m\u202e` is not a time" in capsys.readouterr().err


def test_no_calls(command: Command, plan_file: PlanFile) -> None:
    calls = plan_file("called,caller\n\n", "calls.csv")
    ran = command("bench", plan_file(GOOD), "--calls", calls)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"Error: `{calls}` has no calls: one a line, below the line that names the columns\n"


def test_what_cannot_be_read(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    fifo, gbk = tmp_path / "fifo.csv", tmp_path / "gbk.csv"
    os.mkfifo(fifo)
    gbk.write_bytes("called,caller\n4006123456,\u957f\u6c99\n".encode("gb18030"))
    for path in (tmp_path / "missing.csv", tmp_path, fifo, gbk, "a\0b", ""):
        ran = command("bench", plan_file(GOOD), "--calls", path)
        assert (ran.status, ran.out) == (2, "")
        assert "error[E00" in ran.err


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"called,caller\na,b\n")))
    assert read_calls("-", callplan.compile_text(GOOD)) == Recorded(("a",), ("b",), None)
