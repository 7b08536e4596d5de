"""Keys of callers: the origins that they can have, and their numbers."""

from __future__ import annotations

from random import Random

import pytest
from pyroaring import BitMap64

from callplan.compiler.keys import kin_in, kin_of, number_of, origins_of
from callplan.compiler.numbers import normalise
from callplan.compiler.origins import words_of
from callplan.runtime import places

from .random_plans import NUMBERS


def keys(*numbers: str) -> BitMap64:
    return BitMap64(normalise(number).key for number in numbers)


def span(first: str, last: str) -> BitMap64:
    """The keys from one number to another."""
    found = BitMap64()
    found.add_range(normalise(first).key, normalise(last).key + 1)
    return found


def words(members: BitMap64) -> set[str]:
    return {words_of(slot) for slot in origins_of(members).nonzero()[0].tolist()}


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
    assert words(keys(number)) == held


def test_the_origins_of_several_are_all_of_theirs() -> None:
    several = keys("13900001111", "0731-888-6666", "010-8888-6666", "10086", "+85221234567")
    assert words(several) == MOBILES | {"0731 fixed", "010 fixed", "unknown", "abroad"}
    assert not origins_of(BitMap64()).any()


def test_every_area_code_is_told_by_a_key() -> None:
    for code in places.area_codes():
        for subscriber in ("8886666", "88886666"):
            (slot,) = origins_of(keys(code + subscriber)).nonzero()[0].tolist()
            assert words_of(slot) == f"{code} fixed"


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [
        ("13800130000", "13800139999", MOBILES),
        ("13000000000", "19999999999", MOBILES),
        ("073180000000", "073189999999", {"0731 fixed"}),
        ("07308000000", "07319999999", {"0730 fixed", "0731 fixed"}),
        ("+85220000000", "+85299999999", {"abroad"}),
        ("+84000000000", "+85999999999", {"abroad"}),
        ("+87000000000", "+99999999999", {"abroad"}),
        ("10000", "10099", {"unknown"}),
    ],
)
def test_the_origins_of_a_range(first: str, last: str, held: set[str]) -> None:
    assert words(span(first, last)) == held


def test_origins_are_those_of_each_member(seed: str) -> None:
    chance = Random(f"keys {seed}")
    for _ in range(50):
        chosen = chance.sample(NUMBERS, chance.randint(1, 4))
        chosen += [f"{chance.choice(places.area_codes())}{chance.randint(2000000, 89999999)}" for _ in range(3)]
        one_by_one = set[str]().union(*(words(keys(number)) for number in chosen))
        assert words(keys(*chosen)) == one_by_one


@pytest.mark.parametrize(
    ("number", "first", "last"),
    [
        ("13900001111", "13000000000", "19999999999"),
        ("02188886666", "02100000000", "02199999999"),
        ("0731-888-6666", "0731-000-0000", "0731-999-9999"),
        ("+12125550123", "+10000000000", "+85999999999"),
        ("+87000000000", "+87000000000", "+99999999999"),
        ("+12345", "+10000", "+85999"),
    ],
)
def test_kin_are_neighbours_of_the_same_origins(number: str, first: str, last: str) -> None:
    kin = kin_of(normalise(number).key)
    assert normalise(number).key in kin.keys
    assert kin.keys.start <= normalise(first).key
    assert kin.keys.stop == normalise(last).key + 1
    assert kin_of(normalise(first).key) == kin_of(normalise(last).key) == kin


def test_a_large_set_has_few_kin() -> None:
    members = span("13000000000", "19999999999") | span("073180000000", "073189999999") | keys("10086")
    assert [(number_of(first), words_of(kin.slots[-1])) for first, kin in kin_in(members)] == [
        ("13000000000", "0999 mobile"), ("073180000000", "0731 fixed"), ("10086", "unknown"),
    ]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_told_by_its_key(number: str) -> None:
    key = normalise(number).key
    assert normalise(number_of(key)).key == key
    assert number_of(key).removeprefix("+").isdigit()
