"""Origins: codes, places, areas, classes (language.md 4)."""

from __future__ import annotations

import pytest

from callplan.compiler import checked

from .checking import found, one, plan, sound, underlined


def _origin(text: str, *statements: str) -> checked.Origin:
    condition = sound(plan(f"block from {text}", *statements)).blocks[0].condition
    assert isinstance(condition, checked.From)
    return condition.origin


def test_each_kind_of_word() -> None:
    terms = _origin("0731, 湖北, changsha, 大连市, north, mobile, unknown", "area north { 北京 }").terms
    assert [type(term) for term in terms] == [
        checked.CodeTerm, checked.PlaceTerm, checked.PlaceTerm, checked.PlaceTerm, checked.AreaTerm,
        checked.ClassTerm, checked.ClassTerm,
    ]  # fmt: skip
    assert isinstance(terms[2], checked.PlaceTerm)
    assert terms[2].place.areas == ("0731",)


def test_everything_after_except_is_taken_away() -> None:
    origin = _origin("湖南, 湖北 except 0731, mobile")
    assert [term.span.text for term in origin.terms] == ["湖南", "湖北"]
    assert [term.span.text for term in origin.excluded] == ["0731", "mobile"]


@pytest.mark.parametrize("name", ["mobile", "fixed", "abroad", "unknown", "anywhere"])
def test_classes(name: str) -> None:
    (term,) = _origin(name).terms
    assert isinstance(term, checked.ClassTerm)
    assert term.kind == name


@pytest.mark.parametrize("code", ["0732", "000", "0100"])
def test_an_unknown_area_code(code: str) -> None:
    problem = one(plan(f"block from 北京, {code}"))
    assert (problem.code, underlined(problem)) == ("E301", code)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Changsha", "changsha"), ("changsa", "changsha"), ("Mobile", "mobile"), ("nroth", "north"),
        ("unkown", "unknown"), ("香港", "abroad"),
    ],
)  # fmt: skip
def test_a_misspelt_place(name: str, meant: str) -> None:
    problem = one(plan(f"block from {name}", "area north { 北京 }", "block from north"))
    assert (problem.code, underlined(problem), problem.help) == ("E302", name, f"did you mean `{meant}`?")


def test_a_place_that_nobody_knows_is_reported_once() -> None:
    assert found(plan("block from atlantis", "block from atlantis")) == [("E302", "atlantis")]


def test_a_pinyin_of_several_places_lists_them() -> None:
    problem = one(plan("block from suzhou"))
    assert (problem.code, underlined(problem)) == ("E303", "suzhou")
    assert problem.help == "write one of `苏州` (0512), `宿州` (0557)"


@pytest.mark.parametrize("name", ["phs", "小灵通"])
def test_phs_callers_have_fixed_line_numbers(name: str) -> None:
    problem = one(plan(f"block from {name}"))
    assert (problem.code, underlined(problem)) == ("E304", name)
    assert problem.message == f"`{name}` is not an origin: PHS callers have fixed-line numbers"


def test_a_name_of_another_kind() -> None:
    problem = one(plan("block from duty"))
    assert (problem.code, problem.message) == ("E102", "`duty` is declared as `destination`, not as `area`")


def test_an_area_hides_a_place_but_not_in_its_own_body() -> None:
    checked_plan = sound(plan("area 北京 { 北京, 天津 }", "area north { 北京 }", "block from north"))
    inside, _ = checked_plan.areas["北京"].origin.terms
    (outside,) = checked_plan.areas["north"].origin.terms
    assert isinstance(inside, checked.PlaceTerm)
    assert isinstance(outside, checked.AreaTerm)
    assert outside.area is checked_plan.areas["北京"]


def test_an_area_that_hides_a_place_can_still_be_in_a_circle() -> None:
    assert found(plan("area 北京 { north }", "area north { 北京 }", "block from north")) == [("E107", "北京")]


@pytest.mark.parametrize(
    "origin",
    [
        "湖南 except hunan", "0731 except mobile, fixed", "abroad except abroad", "anywhere except anywhere",
        "长沙 except 湖南", "mobile except anywhere", "unknown except mobile, unknown",
    ],
)  # fmt: skip
def test_an_origin_of_which_nothing_is_left(origin: str) -> None:
    assert found(plan(f"block from {origin}")) == [("W301", origin)]


@pytest.mark.parametrize(
    "origin",
    [
        "湖南 except 0731", "0731 except mobile", "unknown except mobile", "abroad except mobile, fixed",
        "anywhere except mobile, fixed", "mobile except 湖南", "fixed except unknown",
    ],
)  # fmt: skip
def test_an_origin_of_which_something_is_left(origin: str) -> None:
    assert found(plan(f"block from {origin}")) == []


def test_an_empty_area_is_reported_where_it_is_declared() -> None:
    text = plan("area none { 湖南 except hunan }", "area more { none }", "block from none, more")
    assert found(text) == [("W301", "湖南 except hunan")]
