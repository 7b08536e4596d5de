"""Lists as sets of keys: numbers, patterns, files, other lists."""

from __future__ import annotations

from random import Random

import pytest
from pyroaring import BitMap64

from callplan.compiler import checked
from callplan.compiler.bitmaps import serialise
from callplan.compiler.caller_sets import CallerSets, entries_in, keys_of_pattern
from callplan.compiler.list_files import list_file
from callplan.compiler.numbers import normalise
from callplan.compiler.source import Source, Span
from callplan.compiler.syntax import Pattern

from .checking import plan, sound

NOWHERE = Span(Source("0.plan", ""), 0, 0)


def keys(*numbers: str) -> BitMap64:
    return BitMap64(normalise(number).key for number in numbers)


def lists(*bodies: str) -> list[checked.CallerList]:
    rules = " ".join(f"caller in l{at} -> duty" for at in range(len(bodies)))
    statements = [f"list l{at} {{ {body} }}" for at, body in enumerate(bodies)]
    return list(sound(plan(*statements, route=f"route {{ {rules} otherwise -> duty }}")).lists.values())


def test_a_list_is_its_numbers_however_they_are_written() -> None:
    (found,) = lists("13900001111, 0731-8888-1234, +86-21-6234-5678, 10086, 4006999888, +852-2123-4567")
    expected = keys("+8613900001111", "073188881234", "02162345678", "10086", "4006999888", "0085221234567")
    assert CallerSets().of((found,)) == expected


def test_a_list_holds_the_lists_that_it_names() -> None:
    inner, middle, outer = lists("13900001111", "l0, 13900002222", "l1, l0, 13900003333")
    sets = CallerSets()
    assert sets.of((outer,)) == keys("13900001111", "13900002222", "13900003333")
    assert sets.of((inner,)) == keys("13900001111")
    assert [entry.span.text for entry in entries_in((outer, middle))] == ["13900001111", "13900002222", "13900003333"]


@pytest.mark.parametrize(
    ("pattern", "numbers"),
    [
        ("1380013000x", [f"1380013000{digit}" for digit in range(10)]),
        ("0731-8888-12xx", [f"0731888812{digits:02}" for digits in range(100)]),
        ("0731-888-123x", [f"0731888123{digit}" for digit in range(10)]),
        ("+86-0731-888-123x", [f"0731888123{digit}" for digit in range(10)]),
        ("+852-2123-456x", [f"008522123456{digit}" for digit in range(10)]),
        ("4006-999-88x", [f"400699988{digit}" for digit in range(10)]),
        ("100xx", [f"100{digits:02}" for digits in range(100)]),
    ],
)
def test_a_pattern_is_all_numbers_that_fit_it(pattern: str, numbers: list[str]) -> None:
    (found,) = lists(pattern)
    assert CallerSets().of((found,)) == keys(*numbers)


def test_a_pattern_of_eight_is_a_hundred_million_callers() -> None:
    (found,) = lists("139xxxxxxxx")
    members = CallerSets().of((found,))
    assert len(members) == 10**8
    assert {members.min(), members.max()} == {normalise("13900000000").key, normalise("13999999999").key}


def test_entries_are_numbers_and_patterns_in_order() -> None:
    inner, outer = lists("13900001111, 1380013xxxx", "10086, l0, 0731-888x-xxxx")
    assert [entry.span.text for entry in entries_in((outer, inner))] == [
        "10086", "13900001111", "1380013xxxx", "0731-888x-xxxx",
    ]  # fmt: skip


def test_a_file_is_its_numbers_and_patterns() -> None:
    file = list_file("pranks.txt", b"# pranks\n0731-8888-1234\n\n1380013000x # all of them\r\n10086\n10086\n")
    expected = keys("073188881234", "10086", *(f"1380013000{digit}" for digit in range(10)))
    assert CallerSets().of((file,)) == expected
    assert CallerSets().of((checked.CallerList("l", (file,), NOWHERE),)) == expected
    assert not CallerSets().of((list_file("empty.txt", b""),))


def test_what_many_plans_name_is_made_once() -> None:
    file = list_file("pranks.txt", b"10086\n")
    outer = checked.CallerList("l", (file,), NOWHERE)
    sets = CallerSets()
    for named in (file, outer):
        assert sets.of((named,)) is sets.of((named,))
        assert sets.form((named,)) is sets.form((named,))
    assert sets.of((file, outer)) == sets.of((outer,)) == sets.of((file,)) == keys("10086")


def test_a_form_is_that_of_the_set(seed: str) -> None:
    chance = Random(f"forms {seed}")
    for _ in range(30):
        numbers = [f"139{chance.randrange(10**8):08}" for _ in range(chance.choice((0, 1, 50, 3000)))]
        patterns = [f"1380013{chance.randrange(10**3):03}x" for _ in range(chance.randrange(3))]
        lines = numbers + patterns + chance.choices(numbers, k=10 if numbers else 0)
        chance.shuffle(lines)
        half = len(lines) // 2
        files = tuple(list_file(f"{at}.txt", "\n".join(part).encode()) for at, part in enumerate((lines[:half], lines)))
        expected = keys(*numbers)
        for pattern in patterns:
            expected.update(keys(*(pattern.replace("x", digit) for digit in "0123456789")))
        sets = CallerSets()
        assert sets.of(files) == expected
        assert sets.form(files) == serialise(BitMap64(expected))


def test_the_keys_of_a_pattern_are_a_range() -> None:
    found = keys_of_pattern(Pattern("1380013", 4, NOWHERE))
    assert (found.start, found.stop) == (normalise("13800130000").key, normalise("13800139999").key + 1)
