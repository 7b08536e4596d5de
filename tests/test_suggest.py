"""The known word nearest to a misspelt one."""

from __future__ import annotations

import pytest

from callplan.compiler.suggest import LONGEST, Suggestions

KNOWN = Suggestions(["beijing", "shanghai", "duty", "agents", "长沙"])


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("bejing", "beijing"), ("beijjing", "beijing"), ("beijimg", "beijing"), ("biejing", "beijing"),
        ("Beijing", "beijing"), ("长砂", "长沙"), ("agent", "agents"), ("DUTY", "duty"),
    ],
)  # fmt: skip
def test_one_slip(word: str, meant: str) -> None:
    assert KNOWN.nearest(word) == meant


@pytest.mark.parametrize("word", ["", "x", "guangzhou", "jingbei", "duty_at_night", "a" * (LONGEST + 1)])
def test_more_than_a_slip(word: str) -> None:
    assert KNOWN.nearest(word) is None


def test_a_known_word_is_no_suggestion_for_itself() -> None:
    assert KNOWN.nearest("duty") is None


def test_ties_go_to_the_first_known() -> None:
    assert Suggestions(["office1", "office2"]).nearest("office3") == "office1"
    assert Suggestions(["office2", "office1"]).nearest("office3") == "office2"


def test_very_long_words_are_neither_known_nor_slow() -> None:
    assert Suggestions(["x" * 10**6]).nearest("x" * (10**6 - 1)) is None


def test_many_words_alike() -> None:
    assert Suggestions(f"name{at}" for at in range(100_000)).nearest("nmae77777") == "name77777"
