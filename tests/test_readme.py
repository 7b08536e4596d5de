"""The README is true: its commands print what it says, its Python runs, its figures are those of the data."""

from __future__ import annotations

import re

import numpy as np
import pytest

from callplan.__main__ import cli
from callplan.runtime.numbering import PREFIX_BASE, builtin

from .pages import COMMANDS, TOP, anchors_of, failures_of, is_measured, links_of, steady, text_of

README = text_of(TOP / "README.md")
WORDS = " ".join(README.split())


def test_commands_print_what_it_says() -> None:
    assert steady(COMMANDS.played(README)) == steady(README), "run scripts/update_readme.py"


def test_each_feature_has_a_command() -> None:
    shown = " ".join(command for command, _ in COMMANDS.commands(README))
    features = {path.stem for path in (TOP / "examples").glob("*.plan")} - {"after-sales", "hotline"}
    assert len(features) == 9
    assert {feature for feature in features if f"examples/{feature}.plan" in shown} == features


def test_each_command_is_there() -> None:
    for name in cli.commands:
        assert f"callplan {name}" in WORDS


def test_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    assert failures_of(README, "README.md") == 0


def test_the_number_of_prefixes_is_that_of_the_data() -> None:
    assert f"{np.count_nonzero(builtin()):,} mobile prefixes" in README


def test_what_it_says_of_the_built_in_table() -> None:
    assert "most of 13x, 15x and 18x, and nothing of 16x and 19x" in WORDS
    known = builtin().astype(bool).reshape(7, 100_000).mean(axis=1)  # by the first two digits, 13 to 19
    assert PREFIX_BASE == 1_300_000
    assert (known[[0, 2, 5]] > 0.5).all()
    assert (known[[3, 6]] == 0).all()


def test_architecture_names_files_that_are_there() -> None:
    text = text_of(TOP / "ARCHITECTURE.md")
    names = set(re.findall(r"[\w/]*\w\.(?:pyx|pxd|py|lark|md)\b", text))
    folders = ("", "callplan", "callplan/compiler", "callplan/runtime", "callplan/grammar", "tests")
    assert [name for name in sorted(names) if not any((TOP / folder / name).exists() for folder in folders)] == []


def test_links_lead_somewhere() -> None:
    for link in links_of(README):
        target, _, anchor = link.partition("#")
        assert (TOP / target).exists() or is_measured(link), link
        assert not anchor or anchor in anchors_of(text_of(TOP / target)), link
