"""What stands outside plans, and which plans see it (language.md 2.5 to 2.7)."""

from __future__ import annotations

import pytest

from callplan.compiler import checked
from callplan.compiler.check_circles import DEEPEST

from .checking import check, check_files, found, found_in, one, plan

SHARED = """
destination office = 010-6234-5678 limit 5 announce taken
announcement taken = "taken.wav"
list vip { 13900001111 }
area north { 北京, 天津 }
calendar ours extends china { holiday 2026-12-25 }
schedule open { workdays ours 09:00-18:00 }
"""
USES = "route { caller in vip and from north and during open -> office otherwise -> duty }"


def _second(*statements: str, route: str = "route { otherwise -> duty }") -> str:
    return plan(*statements, route=route, name="second", number="number 4006123457")


def _sound(files: dict[str, str]) -> list[checked.Plan]:
    program, problems = check_files(files)
    assert not problems, [problem.message for problem in problems]
    return list(program.plans)


def test_plans_of_a_file_see_what_it_declares() -> None:
    first, second = _sound({"a.plan": plan(route=USES) + SHARED + _second(route=USES)})
    office = first.destinations["office"]
    assert list(first.destinations) == ["duty", "office"]
    assert second.destinations["office"] is office
    assert (office.shared_in, first.destinations["duty"].shared_in) == ("a.plan", None)
    assert office.announce is not None
    assert office.announce.media == "taken.wav"
    assert second.lists["vip"] is first.lists["vip"]
    assert second.areas["north"] is first.areas["north"]
    assert second.schedules["open"] is first.schedules["open"]
    ours = first.schedules["open"].calendars["ours"]
    assert ours.base is not None
    assert (ours.base.name, ours.base.span) == ("china", None)


def test_a_plan_has_only_the_shared_names_that_it_uses() -> None:
    first, second = _sound({"a.plan": SHARED + plan() + _second(route=USES)})
    assert (list(first.destinations), list(second.destinations)) == (["duty"], ["duty", "office"])
    assert "taken" not in first.announcements


def test_imports_are_transitive() -> None:
    files = {"a.plan": 'import "b.plan"' + plan(route=USES), "b.plan": 'import "c.plan"', "c.plan": SHARED}
    (only,) = _sound(files)
    assert only.destinations["office"].shared_in == "c.plan"


def test_other_files_are_not_seen() -> None:
    files = {"a.plan": plan("forward busy -> office"), "b.plan": SHARED + _second(route=USES)}
    assert found_in(files) == [("a.plan", "E101", "office")]
    files = {"a.plan": SHARED + plan(route=USES) + 'import "b.plan"', "b.plan": _second("forward busy -> office")}
    assert found_in(files) == [("b.plan", "E101", "office")]


def test_a_plans_own_name_hides_a_shared_one() -> None:
    text = "destination office = 021-5234-5678\n" + plan(
        "destination office = 010-6234-5678", "list vip { 10086 }", "forward busy -> office", "block caller in vip"
    )
    shared = "list vip { 13900001111 }" + _second("forward busy -> office", "block caller in vip")
    first, second = _sound({"a.plan": text + shared})
    assert (first.destinations["office"].dial, second.destinations["office"].dial) == ("01062345678", "02152345678")
    assert len(first.lists) == len(second.lists) == 1
    assert first.lists["vip"] is not second.lists["vip"]


def test_names_inside_a_shared_declaration_are_looked_up_where_it_is_declared() -> None:
    own = ["list inner { 10010 }", 'announcement taken = "own.wav"', "area inner { 上海 }", "block caller in inner"]
    uses = ["block caller in outer and from outer and from inner announce taken", "forward busy -> office"]
    shared = """
        list inner { 10086 } list outer { inner }
        area inner { 北京 } area outer { inner }
        destination office = 010-6234-5678 limit 5 announce taken
        announcement taken = "shared.wav"
    """
    (only,) = _sound({"a.plan": shared + plan(*own, *uses)})
    (inner,) = only.lists["outer"].entries
    assert isinstance(inner, checked.CallerList)
    assert [entry.span.text for entry in inner.entries if not isinstance(entry, checked.ListFile)] == ["10086"]
    (term,) = only.areas["outer"].origin.terms
    assert isinstance(term, checked.AreaTerm)
    assert term.area is not only.areas["inner"]
    announce = only.destinations["office"].announce
    assert announce is not None
    assert (announce.media, only.announcements["taken"].media) == ("shared.wav", "own.wav")


def test_what_a_shared_declaration_names_must_be_seen_there() -> None:
    files = {
        "a.plan": 'import "b.plan" list inner { 10086 }' + plan("block caller in outer"),
        "b.plan": "list outer { inner }",
    }
    assert ("b.plan", "E101", "inner") in found_in(files)


def test_a_shared_recording_of_a_built_in_announcement() -> None:
    text = 'announcement busy = "busy.wav"' + plan() + _second('announcement busy = "own.wav"')
    first, second = _sound({"a.plan": text})
    assert (first.announcements["busy"].media, second.announcements["busy"].media) == ("busy.wav", "own.wav")
    assert first.announcements["full"] is second.announcements["full"]


def test_built_in_announcements_are_recorded_once() -> None:
    assert found('announcement busy = "a.wav" announcement busy = "b.wav"' + plan()) == [("E103", "busy")]


@pytest.mark.parametrize(
    "declaration",
    ["list x { 10086 }", "area x { 北京 }", "schedule x { daily }", "destination x = 010-6234-5678", "calendar x { }"],
)
def test_one_name_twice_outside_plans_shows_both_places(declaration: str) -> None:
    twice = check_files({"a.plan": f"{declaration} {declaration}"})[1]
    files = {"a.plan": f'import "b.plan" {declaration}', "b.plan": declaration}
    apart = check_files(files)[1]
    together = check_files({"a.plan": 'import "b.plan" import "c.plan"', "b.plan": declaration, "c.plan": declaration})[
        1
    ]
    for problems, file, first in (
        (twice, "a.plan", "a.plan"),
        (apart, "a.plan", "b.plan"),
        (together, "c.plan", "b.plan"),
    ):
        (problem,) = problems
        assert problem.code == "E103"
        assert problem.span is not None
        assert (problem.span.text, problem.span.source.name) == ("x", file)
        (related,) = problem.related
        assert (related.message, related.span.source.name) == ("first declared here", first)
    assert check_files({"a.plan": declaration, "b.plan": declaration})[1] == []


def test_a_name_doubled_for_many_files_is_one_mistake() -> None:
    files = {f"{at}.plan": 'import "x.plan" import "y.plan"' for at in range(5)}
    files |= {"back.plan": 'import "y.plan" import "x.plan"', "top.plan": 'import "0.plan" import "back.plan"'}
    files |= {"x.plan": "list vip { 10086 }", "y.plan": "list vip { 10010 }"}
    assert found_in(files) == [("y.plan", "E103", "vip")]


def test_a_name_in_three_files_is_two_mistakes() -> None:
    vip = "list vip { 10086 }"
    chain = {"a.plan": f'import "b.plan" {vip}', "b.plan": f'import "c.plan" {vip}', "c.plan": vip}
    both = {"top.plan": 'import "a.plan" import "b.plan" import "c.plan" import "d.plan"', "d.plan": "area d { 北京 }"}
    assert found_in(chain) == [("a.plan", "E103", "vip"), ("b.plan", "E103", "vip")]
    assert found_in(both | chain) == [("a.plan", "E103", "vip"), ("b.plan", "E103", "vip")]


def test_one_file_by_two_ways_is_no_doubling() -> None:
    files = {
        "a.plan": 'import "b.plan" import "c.plan"' + plan(route=USES),
        "b.plan": 'import "d.plan" list b { vip }' + _second("block caller in b"),
        "c.plan": 'import "d.plan" destination c = 021-5234-5678',
        "d.plan": SHARED,
    }
    assert found_in(files) == [("c.plan", "W101", "c")]


def test_a_mistake_in_a_shared_declaration_is_reported_once() -> None:
    uses = "block caller in vip and from north and during open"
    shared = "list vip { 88881234 } area north { 0732 } schedule open { 02-30 } destination office = 12345"
    plans = [plan(uses, "forward busy -> office", name=f"{at}", number=f"number 400612345{at}") for at in range(3)]
    files = {f"{at}.plan": 'import "x.plan"' + text for at, text in enumerate(plans)}
    program, problems = check_files(files | {"x.plan": shared})
    assert [problem.code for problem in problems] == ["E205", "E301", "E401", "E203"]
    assert program.plans == ()


def test_a_shared_name_that_nothing_in_the_build_uses() -> None:
    shared = "list used { 10086 } list unused { 10010 }"
    files = {"a.plan": 'import "x.plan"' + plan(), "b.plan": 'import "x.plan"' + _second("block caller in used")}
    assert found_in(files | {"x.plan": shared}) == [("x.plan", "W101", "unused")]


def test_a_file_for_others_alone_has_nothing_unused() -> None:
    assert found_in({"x.plan": SHARED}) == []


def test_suggestions_know_shared_names() -> None:
    problem = one("destination agents = 010-6234-5678\n" + plan("forward busy -> agent"))
    assert (problem.code, problem.help) == ("E101", "did you mean `agents`?")


def test_a_shared_name_of_another_kind() -> None:
    problem = one("list agents { 10086 }" + plan("forward busy -> agents"))
    assert (problem.code, problem.related[0].span.text) == ("E102", "agents")


def test_a_shared_destination_may_not_be_a_service_number_of_the_build() -> None:
    files = {"a.plan": 'import "x.plan"' + plan("forward busy -> loop"), "x.plan": "destination loop = 4006-123-456"}
    assert found_in(files) == [("x.plan", "E208", "4006-123-456")]


def test_lists_nest_only_so_deep_over_files_too() -> None:
    half = DEEPEST // 2
    inner = [f"list l{at} {{ l{at + 1} }}" for at in range(half)] + [f"list l{half} {{ 10086 }}"]
    outer = [f"list o{at} {{ o{at + 1} }}" for at in range(half)]
    files = {"a.plan": 'import "b.plan"' + plan(*outer, f"list o{half} {{ l0 }}", "block caller in o0"),
             "b.plan": "\n".join(inner)}  # fmt: skip
    assert found_in(files) == [("a.plan", "E108", "o2")]
    fewer = {"a.plan": 'import "b.plan"' + plan(*outer[3:], f"list o{half} {{ l0 }}", "block caller in o3"),
             "b.plan": "\n".join(inner)}  # fmt: skip
    assert found_in(fewer) == []


def test_a_chain_of_many_files() -> None:
    files = {f"{at}.plan": f'import "{at + 1}.plan" list l{at} {{ 10086 }}' for at in range(200)}
    files["200.plan"] = "list l200 { 10010 }"
    files["0.plan"] += plan(*[f"block caller in l{at}" for at in range(201)])
    assert found_in(files) == []
    assert found_in(files | {"200.plan": "list l0 { 10010 }"})[0] == ("0.plan", "E103", "l0")


# What could not be read


def test_names_of_a_file_that_could_not_be_read_are_not_missing() -> None:
    files = {
        "a.plan": plan("forward busy -> office", "block from somewhere"),
        "b.plan": _second("forward busy -> office"),
    }
    assert found_in(files, incomplete=["a.plan"]) == [("b.plan", "E101", "office")]
    assert check_files(files, incomplete=["a.plan"])[0].plans == ()


def test_what_a_file_that_could_not_be_read_may_use_is_not_unused() -> None:
    files = {"a.plan": 'import "x.plan"' + plan("list own { 10086 }"), "x.plan": "list shared { 10086 }"}
    assert found_in(files, incomplete=["a.plan"]) == [("a.plan", "W101", "own")]
    assert found_in(files) == [("a.plan", "W101", "own"), ("x.plan", "W101", "shared")]


def test_files_in_a_circle_do_not_miss_names() -> None:
    files = {
        "a.plan": 'import "b.plan" list a { b }' + plan("block caller in a"),
        "b.plan": 'import "c.plan" list b { c }',
        "c.plan": 'import "a.plan" list c { 10086 } list d { a }',
    }
    assert [code for _, code, _ in found_in(files)] == ["W101"]


def test_a_shared_declaration_that_could_not_be_read_is_not_missing() -> None:
    text = "destination agents 010-6234-5678\n" + plan("forward busy -> agents, nobody")
    assert found_in({"a.plan": text}, misread=True) == [("a.plan", "E101", "nobody")]


def test_a_shared_name_in_a_plan_that_could_not_be_read_is_not_unused() -> None:
    files = {"a.plan": 'import "x.plan"' + plan("block vip"), "x.plan": "list vip { 10086 } list other { 10010 }"}
    assert found_in(files, misread=True) == [("x.plan", "W101", "other")]


def test_a_list_file_that_could_not_be_read_is_reported_elsewhere() -> None:
    program, problems = check(plan('blacklist { file "missing.txt" }'))
    assert (program.plans, problems) == ((), [])


def test_list_files_are_kept_as_read() -> None:
    text = plan('list vip { file "vip.txt", 10086 }', 'blacklist { vip, file "vip.txt" }')
    (only,) = _sound({"a.plan": text, "vip.txt": "13900001111\n"})
    file = only.lists["vip"].entries[0]
    assert isinstance(file, checked.ListFile)
    assert (file.name, file.data) == ("vip.txt", b"13900001111\n")
    assert only.blacklist is not None
    assert only.blacklist.entries[1] is file
