"""Patterns in lists: those that mean numbers of one kind, and those that cannot (language.md 3.3, 3.4)."""

from __future__ import annotations

import random

import pytest

from callplan.compiler import checked, numbers

from .checking import found, one, plan, sound, underlined


def _list(*entries: str) -> str:
    return plan(f"blacklist {{ {', '.join(entries)} }}")


@pytest.mark.parametrize(
    "pattern",
    [
        "1380013xxxx", "138xxxxxxxx", "0138xxxxxxxx", "+86-138-xxxx-xxxx", "86138xxxxxxxx", "0731-8888-xxxx",
        "0731-xxxx-xxxx", "0731-xxx-xxxx", "010-6234-567x", "+8610xxxxxxxx", "4006-123-xxx", "800xxxxxxx",
        "+852-2123-xxxx", "00852-2123-xxxx", "+1xxxxxxxx", "1xxxx", "955xx", "1x", "100xx", "+86-0731-8888-xxxx",
    ],
)  # fmt: skip
def test_patterns_of_one_kind(pattern: str) -> None:
    blacklist = sound(_list(pattern)).blacklist
    assert blacklist is not None
    assert [entry.span.text for entry in blacklist.entries if not isinstance(entry, checked.ListFile)] == [pattern]


@pytest.mark.parametrize(
    "pattern",
    [
        "40xxxxxxxx",  # 400... are service numbers, 401... are not
        "073xxxxxxxx",  # 0730 is an area code, 0732 is none
        "86-73xxxxxxxx",
        "02xxxxxxxx",
        "0xxxxxxxx",  # 00... would be from abroad
        "+8xxxxxxx",  # 86... is China
        "008xxxxxxx",
        "+861xxxxxxxx",  # 10... has an area, 11... has none
    ],
)
def test_patterns_of_several_kinds(pattern: str) -> None:
    problem = one(_list(pattern))
    assert (problem.code, underlined(problem)) == ("E222", pattern)
    assert problem.message == f"`{pattern}` stands for numbers of more than one kind"
    assert problem.help == "write more of its digits before the first `x`"


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("10xxxxxxxxx", "E221"),
        ("8888-xxxx", "E205"),
        ("888-xxxx", "E205"),
        ("12345678xxxxxxxx", "E209"),
        ("+12345678xxxxxxxx", "E209"),
        ("0732-8888-xxxx", "W202"),
        ("1380013xxx", "W202"),
        ("+12xx", "W202"),
    ],
)
def test_patterns_that_are_no_whole_numbers(pattern: str, code: str) -> None:
    assert found(_list("10086", pattern)) == [(code, pattern)]


def test_a_pattern_without_the_0_of_its_area_code() -> None:
    assert one(_list("731-8888-xxxx")).help == "did you mean `07318888xxxx`?"


@pytest.mark.parametrize("twin", ["1380013xxxx", "+86-138-0013-xxxx", "01380013xxxx"])
def test_one_pattern_twice(twin: str) -> None:
    problem = one(_list("1380013xxxx", twin))
    assert (problem.code, underlined(problem)) == ("W201", twin)


def test_a_pattern_beside_what_it_holds_is_no_mistake() -> None:
    assert found(_list("1380013xxxx", "13800138000", "138001380xx")) == []


def test_one_kind_is_as_the_numbers_say() -> None:
    """Random patterns: the checker's answer is that of numbers that they fit, with all that the first four x can be."""
    chance = random.Random(20261123)
    starts = ["0", "00", "+8", "86", "+86", "0086", "860", "1", "13", "40", "80", "07", "02", "73"]
    mixed = 0
    for _ in range(40):
        prefix = chance.choice(starts) + "".join(chance.choices("0123478", k=chance.randint(0, 2)))
        free = min(8, chance.randint(9, 12) - len(prefix))
        told = min(free, 4)
        rest = free - told
        fits = [f"{prefix}{at:0{told}}{''.join(chance.choices('0123456789', k=rest))}" for at in range(10**told)]
        kinds = {numbers.normalise(number).kind for number in fits}
        codes = [code for code, _ in found(_list(prefix + "x" * free))]
        assert ("E222" in codes) == (len(kinds) > 1), prefix
        mixed += len(kinds) > 1
    assert 5 < mixed < 30
