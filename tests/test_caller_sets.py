"""Lists as sets of keys: numbers, patterns, files, other lists."""

from __future__ import annotations

import pytest
from pyroaring import BitMap64

from callplan.compiler import caller_sets, checked, list_lines
from callplan.compiler.caller_sets import CallerSets, entries_in, keys_of_pattern
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
    file = checked.ListFile("pranks.txt", b"# pranks\n0731-8888-1234\n\n1380013000x # all of them\r\n10086\n10086\n")
    expected = keys("073188881234", "10086", *(f"1380013000{digit}" for digit in range(10)))
    assert CallerSets().of((file,)) == expected
    assert CallerSets().of((checked.CallerList("l", (file,), NOWHERE),)) == expected
    assert not CallerSets().of((checked.ListFile("empty.txt", b""),))


def test_a_file_is_read_once_however_many_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    def reading(data: bytes) -> list_lines.ListLines:
        read.append(data)
        return list_lines.read(data)

    monkeypatch.setattr(caller_sets, "list_lines", type("Module", (), {"read": staticmethod(reading)}))
    file = checked.ListFile("pranks.txt", b"10086\n")
    outer = checked.CallerList("l", (file,), NOWHERE)
    sets = CallerSets()
    assert sets.of((file, outer)) == sets.of((outer,)) == keys("10086")
    assert read == [b"10086\n"]


def test_the_keys_of_a_pattern_are_a_range() -> None:
    found = keys_of_pattern(Pattern("1380013", 4, NOWHERE))
    assert (found.start, found.stop) == (normalise("13800130000").key, normalise("13800139999").key + 1)
