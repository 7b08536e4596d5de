"""Names: unknown, of the wrong kind, doubled, circular, unused; and no mistake reported twice (language.md 2.5, 8)."""

from __future__ import annotations

import pytest

from callplan.compiler import check as stage
from callplan.compiler import parse
from callplan.compiler.check_circles import DEEPEST
from callplan.compiler.source import Source

from .checking import found, one, plan, sound, underlined

USES = {
    "destination": "forward busy -> {name}",
    "list": "block caller in {name}",
    "schedule": "block during {name}",
    "announcement": "block caller in vip announce {name}\nlist vip {{ 10086 }}",
}


@pytest.mark.parametrize("kind", USES)
def test_an_unknown_name_of_each_kind(kind: str) -> None:
    problem = one(plan(USES[kind].format(name="nobody")))
    assert (problem.code, underlined(problem)) == ("E101", "nobody")
    assert problem.message == f"no `{kind}` is named `nobody`"
    assert problem.help is None


@pytest.mark.parametrize("kind", [kind for kind in USES if kind != "destination"])
def test_a_name_of_another_kind_says_what_it_is(kind: str) -> None:
    problem = one(plan(USES[kind].format(name="duty")))
    assert (problem.code, underlined(problem)) == ("E102", "duty")
    assert problem.message == f"`duty` is declared as `destination`, not as `{kind}`"
    assert [(r.message, r.span.text) for r in problem.related] == [("`duty` is declared here", "duty")]


def test_a_destination_that_is_a_list() -> None:
    problem = one(plan("list vip { 10086 }", "forward busy -> vip"))
    assert problem.message == "`vip` is declared as `list`, not as `destination`"


def test_kinds_have_names_of_their_own() -> None:
    text = plan(
        "list duty { 10086 }", "area duty { 北京 }", "schedule duty { daily }",
        "block caller in duty and from duty and during duty",
    )  # fmt: skip
    assert found(text) == []


def test_did_you_mean() -> None:
    problem = one(plan("destination beijing = 010-6234-5678", "forward busy -> bejing"))
    assert (problem.code, underlined(problem), problem.help) == ("E101", "bejing", "did you mean `beijing`?")


def test_did_you_mean_a_built_in_announcement() -> None:
    assert one(plan("quota 5 calls per day announce closd")).help == "did you mean `closed`?"


def test_a_slip_is_reported_wherever_it_is_made() -> None:
    text = plan("destination beijing = 010-6234-5678", "forward busy -> bejing", "forward unreachable -> beijin")
    assert found(text) == [("E101", "bejing"), ("E101", "beijin")]


def test_a_forgotten_declaration_is_reported_once() -> None:
    assert found(plan("forward busy -> agents", "forward unreachable -> agents")) == [("E101", "agents")]


def test_a_wrong_declaration_is_not_reported_again_where_it_is_used() -> None:
    text = plan(
        "destination agents = 12345", "forward busy -> agents", "list vip { 88881234 }", "list all { vip }",
        "area north { 0732 }", "schedule office { 02-30 }", "block caller in all and from north and during office",
    )  # fmt: skip
    assert found(text) == [("E203", "12345"), ("E205", "88881234"), ("E301", "0732"), ("E401", "02-30")]


@pytest.mark.parametrize(
    ("first", "second", "use"),
    [
        ("destination a = 010-6234-5678", "destination a = 021-5234-5678", "forward busy -> a"),
        ("list a { 10086 }", "list a { 10010 }", "block caller in a"),
        ("area a { 北京 }", "area a { 天津 }", "block from a"),
        ("schedule a { daily }", "schedule a { mon }", "block during a"),
        ('announcement a = "a.wav"', 'announcement a = "b.wav"', "quota 5 calls per day announce a"),
    ],
)
def test_one_name_twice_shows_both_places(first: str, second: str, use: str) -> None:
    text = plan(first, second, use)
    problem = one(text)
    assert problem.code == "E103"
    assert problem.span is not None
    assert problem.span.start == text.index(second) + second.index(" a ") + 1
    (related,) = problem.related
    assert related.message == "first declared here"
    assert related.span.start == text.index(first) + first.index(" a ") + 1


def test_names_are_compared_in_nfc() -> None:
    text = plan(
        "destination caf\u00e9 = 010-6234-5678", "destination cafe\u0301 = 021-5234-5678", "forward busy -> café"
    )
    assert [code for code, _ in found(text)] == ["E103"]


def test_a_doubled_declaration_is_checked_too() -> None:
    text = plan("list a { 10086 }", "list a { 88881234 }", "block caller in a")
    assert found(text) == [("E103", "a"), ("E205", "88881234")]


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("destination a = 010-6234-5678", "destination a"),
        ("list a { 10086 }", "list a"),
        ("area a { 北京 }", "area a"),
        ("schedule a { daily }", "schedule a"),
        ('announcement a = "a.wav"', "announcement a"),
    ],
)
def test_a_name_that_nothing_uses(statement: str, name: str) -> None:
    problem = one(plan(statement))
    assert (problem.code, underlined(problem)) == ("W101", "a")
    assert problem.message == f"nothing uses `{name}`"


def test_a_built_in_announcement_with_a_recording_is_used() -> None:
    checked_plan = sound(plan('announcement full = "full.wav"'))
    assert checked_plan.announcements["full"].media == "full.wav"
    assert checked_plan.announcements["busy"].media is None


def test_an_empty_recording() -> None:
    assert found(plan('announcement full = " "')) == [("E110", '" "')]


def test_a_list_in_itself() -> None:
    problem = one(plan("list a { 10086, a }", "block caller in a"))
    assert (problem.code, underlined(problem), problem.related) == ("E107", "a", ())
    assert problem.message == "`list a` contains itself"


def test_a_circle_of_lists_shows_its_way() -> None:
    problem = one(plan("list a { b }", "list b { c, 10086 }", "list c { a }", "block caller in a"))
    assert (problem.code, underlined(problem)) == ("E107", "a")
    assert [r.message for r in problem.related] == ["`a` contains `b` here", "`b` contains `c` here"]


def test_a_circle_of_areas() -> None:
    problem = one(plan("area a { 北京 except b }", "area b { a }", "block from a"))
    assert (problem.code, problem.message) == ("E107", "`area a` contains itself")


def test_two_circles_are_two_mistakes() -> None:
    text = plan("list a { a }", "list b { c }", "list c { b }", "block caller in a or caller in b")
    assert found(text) == [("E107", "a"), ("E107", "b")]


def test_one_list_in_two_others_is_no_circle() -> None:
    text = plan("list a { b, c }", "list b { d }", "list c { d }", "list d { 10086 }", "block caller in a")
    assert found(text) == []


def _chain(length: int) -> str:
    lists = [f"list l{at} {{ l{at + 1} }}" for at in range(length - 1)]
    return plan(*lists, f"list l{length - 1} {{ 10086 }}", "block caller in l0")


def test_lists_may_be_nested_only_so_deep() -> None:
    assert found(_chain(DEEPEST)) == []
    assert found(_chain(DEEPEST + 1)) == [("E108", "l1")]
    assert [code for code, _ in found(_chain(5000))] == ["E108"]


def test_a_long_circle() -> None:
    lists = [f"list l{at} {{ l{(at + 1) % 5000} }}" for at in range(5000)]
    problem = one(plan(*lists, "block caller in l0"))
    assert (problem.code, underlined(problem)) == ("E107", "l0")


def _with_syntax_errors(text: str) -> list[tuple[str, str]]:
    file, problems = parse.parse(Source("x.plan", text))
    assert problems
    return [(problem.code, underlined(problem)) for problem in stage.check([file])[1]]


def test_a_declaration_that_could_not_be_read_is_not_missing() -> None:
    text = plan("destination agents 010-6234-5678", "forward busy -> agents, nobody")
    assert _with_syntax_errors(text) == [("E101", "nobody")]


def test_a_name_in_text_that_could_not_be_read_is_not_unused() -> None:
    text = plan("list vip { 10086 }", "list other { 10086 }", "block vip")
    assert _with_syntax_errors(text) == [("W101", "other")]


def test_a_required_statement_that_could_not_be_read_is_not_missing() -> None:
    assert _with_syntax_errors(plan(number="number x")) == []


def test_a_block_whose_lines_could_not_be_read_is_not_empty() -> None:
    assert _with_syntax_errors(plan("schedule s { 9:00 }", "block during s")) == []


def test_a_long_circle_shows_its_first_places_only() -> None:
    lists = [f"list l{at} {{ l{(at + 1) % 100} }}" for at in range(100)]
    assert len(one(plan(*lists, "block caller in l0")).related) == 8


def test_what_only_contains_a_circle_is_not_in_it() -> None:
    text = plan(
        "list a { b }", "list b { c }", "list c { b }", "list d { b, 88881234 }", "block caller in a or caller in d"
    )
    assert found(text) == [("E107", "b"), ("E205", "88881234")]
