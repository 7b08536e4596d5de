"""The origin axis: what `from` means in slots, and slots in classes."""

from __future__ import annotations

import pytest

from callplan.compiler import checked, origins
from callplan.compiler.origins import OriginAxis, OriginSets, Slots, nobody, slots_of_areas, whole_areas, words_of
from callplan.runtime import places
from callplan.runtime.layout import LINE_FIXED, LINE_MOBILE, origin_slots

from .checking import plan, sound

HUNAN = {code for place in places.provinces() if place.name == "湖南" for code in place.areas}


def slots(text: str, *areas: str) -> Slots:
    """The slots of `from TEXT`, with areas declared as `NAME { BODY }`."""
    found = sound(plan(*(f"area {area}" for area in areas), route=f"route {{ from {text} -> duty otherwise -> duty }}"))
    condition = found.rules[0].condition
    assert isinstance(condition, checked.From)
    return OriginSets().of(condition.origin)


def words(held: Slots) -> set[str]:
    return {words_of(slot) for slot in held.nonzero()[0].tolist()}


def both(codes: set[str]) -> set[str]:
    return {f"{code} {line}" for code in codes for line in ("mobile", "fixed")}


EVERY_AREA = both(set(places.area_codes()))
EVERYBODY = EVERY_AREA | {"unknown", "unknown mobile", "abroad"}


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("0731", both({"0731"})),
        ("湖南", both(HUNAN)),
        ("hunan, 010", both(HUNAN | {"010"})),
        ("湖南 except 0731", both(HUNAN - {"0731"})),
        ("湖南 except mobile", {f"{code} fixed" for code in HUNAN}),
        ("0731, 010 except 010, mobile", {"0731 fixed"}),
        ("mobile", {word for word in EVERYBODY if word.endswith("mobile")}),
        ("fixed", {word for word in EVERYBODY if word.endswith("fixed")}),
        ("mobile, fixed", EVERY_AREA | {"unknown mobile"}),
        ("unknown", {"unknown", "unknown mobile"}),
        ("abroad", {"abroad"}),
        ("anywhere", EVERYBODY),
        ("anywhere except mobile, fixed", {"unknown", "abroad"}),
        ("anywhere except unknown", EVERYBODY - {"unknown", "unknown mobile"}),
    ],
)
def test_what_from_means(text: str, held: set[str]) -> None:
    assert words(slots(text)) == held


def test_an_area_may_have_its_own_except_and_others_inside() -> None:
    areas = ("inner { 湖南 except 0731 }", "outer { inner, 010 except fixed }")
    assert words(slots("outer except 010", *areas)) == {f"{code} mobile" for code in HUNAN - {"0731"}}


def test_slots_are_those_of_the_tables() -> None:
    assert origins.count() == origin_slots(len(places.area_codes()))
    assert [words_of(slot) for slot in range(6)] == [
        "unknown mobile",
        "unknown",
        "abroad",
        "abroad",
        "010 mobile",
        "010 fixed",
    ]
    assert origins.slot_of(10, LINE_FIXED) == 5
    assert words_of(origins.slot_of(731, LINE_MOBILE)) == "0731 mobile"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("0731, 010", (10, 731)),
        ("mobile, fixed except unknown", tuple(map(int, sorted(places.area_codes(), key=int)))),
        ("0731 except mobile", None),
        ("0731, unknown", None),
        ("0731, abroad", None),
        ("fixed", None),
    ],
)
def test_whole_areas(text: str, codes: tuple[int, ...] | None) -> None:
    assert whole_areas(slots(text)) == codes


def test_nobody_is_no_whole_area() -> None:
    assert whole_areas(nobody()) == ()


def test_classes_are_the_parts_that_the_sets_make() -> None:
    sets = [slots("0731, 010"), slots("0731, 021"), slots("mobile")]
    axis = OriginAxis(sets, nobody())
    parts = [{words_of(slot) for slot in members} for members in axis.members]
    assert {"0731 mobile"} in parts
    assert {"0731 fixed"} in parts
    assert {"010 fixed"} in parts
    assert len(parts) == 8  # in or not in each, and mobile or not: (010, 021, 0731, elsewhere) x 2
    assert set().union(*parts) == EVERYBODY
    assert sum(map(len, parts)) == len(EVERYBODY)
    for number, members in enumerate(axis.members):
        assert {int(axis.classes[slot]) for slot in members} == {number}
    for each in sets:
        held = axis.holds(each)
        assert {slot for number in held.nonzero()[0] for slot in axis.members[number]} == set(
            each.nonzero()[0].tolist()
        )


def test_classes_are_numbered_by_their_first_slot() -> None:
    axis = OriginAxis([slots("0731"), slots("010"), slots("unknown")], nobody())
    firsts = [members[0] for members in axis.members]
    assert firsts == sorted(firsts)


def test_many_sets_make_a_class_each() -> None:
    codes = [int(code) for code in places.area_codes()]
    axis = OriginAxis([slots_of_areas([code]) for code in codes], nobody())
    assert len(axis.members) == len(codes) + 1


def test_no_sets_make_one_class() -> None:
    assert len(OriginAxis([], nobody()).members) == 1


def test_who_is_left_out_is_in_no_class() -> None:
    left_out = slots("0731")
    axis = OriginAxis([slots("0731, 010"), left_out], left_out)
    assert [{words_of(slot) for slot in members} for members in axis.members] == [
        EVERYBODY - both({"0731", "010"}),
        both({"010"}),
    ]
    assert axis.classes[left_out].tolist() == [0, 0]
    assert axis.any_in(left_out).tolist() == [False, False]
    assert axis.any_in(slots("0731, 010 except mobile")).tolist() == [False, True]
