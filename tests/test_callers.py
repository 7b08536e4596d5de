"""The caller axis: lists as keys, their combinations, and the origins that listed callers can have."""

from __future__ import annotations

import pytest
from pyroaring import BitMap64

from callplan.compiler import checked, limits
from callplan.compiler.callers import CallerAxis, CallerSets, numbers_in, origins_of
from callplan.compiler.numbers import normalise
from callplan.compiler.origins import words_of
from callplan.runtime import places

from .checking import plan, sound


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
    assert [number.digits for number in numbers_in((outer, middle))] == ["13900001111", "13900002222", "13900003333"]


def test_classes_are_the_combinations_that_occur() -> None:
    a, b, c = keys("13900001111", "13900002222"), keys("13900002222", "13900003333"), keys("13900004444")
    axis = CallerAxis([a, b, c], BitMap64())
    assert dict(zip(axis.vectors, axis.keys, strict=True)) == {
        0: BitMap64(),
        0b001: keys("13900001111"),
        0b010: keys("13900003333"),
        0b011: keys("13900002222"),
        0b100: keys("13900004444"),
    }
    assert axis.vectors == tuple(sorted(axis.vectors))
    assert axis.holds(1).tolist() == [False, False, True, True, False]


def test_a_list_inside_another_makes_two_classes() -> None:
    small, large = keys("13900001111"), keys("13900001111", "13900002222")
    assert CallerAxis([small, large], BitMap64()).vectors == (0, 0b10, 0b11)
    assert CallerAxis([large, small], BitMap64()).vectors == (0, 0b01, 0b11)
    assert CallerAxis([small, small.copy()], BitMap64()).vectors == (0, 0b11)


def test_blacklisted_callers_are_in_no_class() -> None:
    a = keys("13900001111", "13900002222")
    axis = CallerAxis([a, keys("13900001111")], keys("13900001111"))
    assert axis.vectors == (0, 0b01)
    assert axis.keys[1] == keys("13900002222")
    assert CallerAxis([a], a).vectors == (0,)


def test_combinations_without_end_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CLASSES", 4)
    sets = [keys(f"1390000111{digit}") for digit in range(4)]
    assert len(CallerAxis(sets[:3], BitMap64()).vectors) == 4
    with pytest.raises(limits.LimitExceeded) as caught:
        CallerAxis(sets, BitMap64())
    assert caught.value.code == "E531"


MOBILES = {"unknown mobile"} | {f"{code} mobile" for code in places.area_codes()}


@pytest.mark.parametrize(
    ("number", "held"),
    [
        ("13900001111", MOBILES),
        ("010-8888-6666", {"010 fixed"}),
        ("010-888-6666", {"010 fixed"}),
        ("021-8888-6666", {"021 fixed"}),
        ("0731-888-6666", {"0731 fixed"}),
        ("0731-8888-6666", {"0731 fixed"}),
        ("+85221234567", {"abroad"}),
        ("+12345", {"abroad"}),
        ("+8765432", {"abroad"}),
        ("+123456789012345", {"abroad"}),
        ("10086", {"unknown"}),
        ("4006999888", {"unknown"}),
        ("123456789012345", {"unknown"}),
    ],
)
def test_the_origins_of_a_listed_caller(number: str, held: set[str]) -> None:
    assert {words_of(slot) for slot in origins_of(keys(number)).nonzero()[0].tolist()} == held


def test_the_origins_of_several_are_all_of_theirs() -> None:
    several = keys("13900001111", "0731-888-6666", "010-8888-6666", "10086", "+85221234567")
    found = {words_of(slot) for slot in origins_of(several).nonzero()[0].tolist()}
    assert found == MOBILES | {"0731 fixed", "010 fixed", "unknown", "abroad"}
    assert not origins_of(BitMap64()).any()


def test_every_area_code_is_told_by_a_key() -> None:
    for code in places.area_codes():
        for subscriber in ("8886666", "88886666"):
            (slot,) = origins_of(keys(code + subscriber)).nonzero()[0].tolist()
            assert words_of(slot) == f"{code} fixed"
