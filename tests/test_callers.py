"""The caller axis: the combinations of lists that occur."""

from __future__ import annotations

import pytest
from pyroaring import BitMap64

from callplan.compiler import limits
from callplan.compiler.callers import CallerAxis
from callplan.compiler.numbers import normalise


def keys(*numbers: str) -> BitMap64:
    return BitMap64(normalise(number).key for number in numbers)


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
