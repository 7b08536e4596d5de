"""The command in this process, and plan files for it; the fixtures `command` and `plan_file` come from here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from callplan.__main__ import main

TOP = Path(__file__).resolve().parent.parent
EXAMPLES = TOP / "examples"

GOOD = """plan "Good" {
    number 4006123456
    destination a = 010-6234-5678
    destination b = 021-5234-5678
    route { otherwise -> a }
    forward busy -> b
}
"""
WARNED = GOOD.replace("    forward busy -> b\n", "")
BAD = GOOD.replace("-> a }", "-> nowhere }")
UNCOVERED = GOOD.replace("otherwise", "from 010")


class Ran(NamedTuple):
    """What the command left with and printed."""

    status: int
    out: str
    err: str


Command = Callable[..., Ran]
PlanFile = Callable[..., Path]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command with arguments."""

    def run(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        assert isinstance(left.value.code, int)
        return Ran(left.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def plan_file(tmp_path: Path) -> PlanFile:
    """Writes a plan's text to a file."""

    def write(text: str, name: str = "p.plan") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write
