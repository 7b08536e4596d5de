"""The README is true: its commands print what it says, its Python runs, its table is that of the data."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import numpy as np
import pytest

from callplan.__main__ import cli
from callplan.runtime.numbering import builtin, share_table

from .scripts import load_script

TOP = Path(__file__).resolve().parent.parent
README = (TOP / "README.md").read_text(encoding="utf-8")
UPDATE = load_script("update_readme")
COMMANDS = UPDATE.commands(README)


@pytest.mark.parametrize(("command", "output"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_commands_print_what_it_says(command: str, output: str) -> None:
    assert UPDATE.run(command) == output


def test_each_feature_has_a_command() -> None:
    shown = " ".join(command for command, _ in COMMANDS)
    features = {path.stem for path in (TOP / "examples").glob("*.plan")} - {"after-sales", "hotline"}
    assert len(features) == 9
    assert {feature for feature in features if f"examples/{feature}.plan" in shown} == features


def test_each_command_is_there() -> None:
    for name in cli.commands:
        assert f"callplan {name}" in README


def test_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    test = doctest.DocTestParser().get_doctest(README, {}, "README.md", "README.md", 0)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


def test_the_table_of_prefixes_is_that_of_the_data() -> None:
    assert share_table() in README


def test_the_number_of_prefixes_is_that_of_the_data() -> None:
    assert f"{np.count_nonzero(builtin()):,} mobile prefixes" in README


def test_architecture_names_files_that_are_there() -> None:
    text = (TOP / "ARCHITECTURE.md").read_text(encoding="utf-8")
    names = set(re.findall(r"[\w/]*\w\.(?:pyx|pxd|py|lark|md)\b", text))
    folders = ("", "callplan", "callplan/compiler", "callplan/runtime", "callplan/grammar", "tests")
    assert [name for name in sorted(names) if not any((TOP / folder / name).exists() for folder in folders)] == []


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", README):
        if "://" not in target:
            assert (TOP / target).exists(), target
