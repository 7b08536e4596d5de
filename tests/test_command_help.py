"""The help: what each command says of itself, and that its examples run."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import callplan
from callplan import __version__
from callplan.__main__ import cli

from .commands import EXAMPLES, Command
from .processes import PATIENCE, on_path


def named(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of each command, those in other commands too."""
    for name, each in sorted(group.commands.items()):
        yield (*before, name)
        if isinstance(each, click.Group):
            yield from named(each, (*before, name))


COMMANDS = ((), *named(cli))
STATE = "acme.state"
_HANDLE = re.compile(r"\b\d{19,20}\b")
_EXAMPLES = re.compile(r"\n  Examples?:\n((?:    .+\n)+)")


def examples(text: str) -> list[str]:
    """The commands that a help text shows."""
    found = _EXAMPLES.search(text)
    assert found, text
    return [line.strip() for line in found[1].splitlines()]


def test_the_commands() -> None:
    of_plans = {"bench", "build", "check", "completion", "explain", "route", "test"}
    assert set(cli.commands) == of_plans | {"activate", "calls", "end", "state", "usage"}


def begun_call(folder: Path) -> int:
    """A call in progress in a state, in a folder that has tables for another version of it, too."""
    callplan.compile(EXAMPLES / "quota.plan").save(folder / "acme.tables")
    with callplan.Engine(callplan.compile(EXAMPLES / "limit.plan"), state=folder / STATE, max_calls=100) as engine:
        return engine.route("4006555107", "10086").call


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_examples_run(command: Command, arguments: tuple[str, ...], tmp_path: Path) -> None:
    """In a folder that has the examples, one after the other, as they stand there."""
    ran = command(*arguments, "--help")
    assert ran.status == 0
    assert command(*arguments, "-h").out == ran.out
    shell = shutil.which("bash") or pytest.skip("needs bash")
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    (tmp_path / "bin").mkdir()
    lines = examples(ran.out)
    if STATE in ran.out and not any("state create" in line for line in lines):  # else the examples make it
        call = begun_call(tmp_path)
        lines = [_HANDLE.sub(str(call), line) for line in lines]
    for line in lines:
        assert " ".join(["callplan", *arguments]) in line
        options = {"cwd": tmp_path, "env": on_path(tmp_path / "bin"), "capture_output": True, "text": True}
        done = subprocess.run([shell, "-c", line], timeout=PATIENCE, check=False, **options)
        assert done.returncode == 0, line + done.stderr
        assert "Traceback" not in done.stderr


def test_each_option_is_explained() -> None:
    for words in COMMANDS[1:]:
        described: click.Command = cli
        for name in words:
            assert isinstance(described, click.Group)
            described = described.commands[name]
        assert described.help, words
        for parameter in described.params:
            if parameter.param_type_name == "option":
                assert getattr(parameter, "help", None), f"{words} {parameter.opts[0]}"


def test_version(command: Command) -> None:
    assert command("--version") == (0, f"callplan, version {__version__}\n", "")
