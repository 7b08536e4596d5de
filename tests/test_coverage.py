"""Calls without a rule: the error names one, and a call of that kind is one that no rule takes."""

from __future__ import annotations

import re
import shlex
from datetime import datetime

import pytest

from callplan.compiler import coverage
from callplan.compiler.build import build_text
from callplan.compiler.diagnostics import Diagnostic
from callplan.runtime.numbering import PREFIX_BASE, builtin
from callplan.runtime.places import province_of

from .checking import plan, sound, underlined
from .numbering import area_of_prefix
from .reference.clock import zone
from .reference.evaluator import World

OFFICE = "schedule office { mon-fri 09:00-18:00 }"


def error(*statements: str, route: str) -> Diagnostic:
    result = build_text(plan(*statements, route=f"route {{ {route} }}"), "a plan.plan")
    assert result.image is None
    (found,) = (each for each in result.diagnostics if each.severity == "error")
    return found


def help_command(found: Diagnostic) -> list[str]:
    """The words of the command that the help names."""
    assert found.help is not None
    command = re.search(r"`(callplan explain .*?)` shows it", found.help)
    assert command is not None
    return shlex.split(command[1])


@pytest.mark.parametrize(
    ("statements", "route", "caller", "at"),
    [
        ([], "from 0731 -> duty", "01088886666", "2026-01-01T00:00"),
        ([], "from mobile, unknown, abroad -> duty from fixed except 0731 -> duty", "073188886666", "2026-01-01T00:00"),
        ([], "from mobile, fixed, unknown -> duty", "+85221234567", "2026-01-01T00:00"),
        ([], "from mobile, fixed, abroad -> duty", "10086", "2026-01-01T00:00"),
        ([OFFICE], "during office -> duty", "01088886666", "2026-01-01T00:00"),
        ([OFFICE], "not during office -> duty", "01088886666", "2026-01-01T09:00"),
        (["schedule s { 2026-03-04 10:00-11:00 }"], "not during s -> duty", "01088886666", "2026-03-04T10:00"),
        (["schedule s { 2020-03-04 10:00-11:00 }"], "not during s -> duty", "01088886666", "2020-03-04T10:59"),
        ([OFFICE], "from 010 or during office -> duty", "02088886666", "2026-01-01T00:00"),
        (["list vip { 0731-8888-1234 }"], "not caller in vip -> duty", "0731-8888-1234", "2026-01-01T00:00"),
        (["list vip { 10010, +85221112222 }"], "not caller in vip or from abroad -> duty", "10010", "2026-01-01T00:00"),
        (["list a { 13900001111 }", "list b { 13900001111 }"], "not caller in a or not caller in b -> duty",
         "13900001111", "2026-01-01T00:00"),
        (["list vip { 13900001111 }", "block from 010 except mobile"], "caller in vip -> duty", "02088886666",
         "2026-01-01T00:00"),
        (["blacklist { 010-8888-6666, 010-8888-6667 }"], "not from 010 -> duty", "01088886668", "2026-01-01T00:00"),
        (["list vip { 010-8888-6666 }"], "caller in vip -> duty not from 010 -> duty", "01088886667",
         "2026-01-01T00:00"),
        (["block from 010, 020"], "from mobile -> duty", "02188886666", "2026-01-01T00:00"),
    ],
)  # fmt: skip
def test_the_call_that_is_named(statements: list[str], route: str, caller: str, at: str) -> None:
    found = error(*statements, route=route)
    assert found.code == "E520"
    assert underlined(found) == "route"
    assert f"`{caller}`" in found.message
    assert at in found.message
    assert help_command(found) == ["callplan", "explain", "a plan.plan", "4006123456", caller, "--at", at]


@pytest.mark.parametrize(
    ("statements", "route", "caller", "at"),
    [
        ([], "from 湖南 -> route { from 0731 -> duty }", "073088886666", "2026-01-01T00:00"),
        ([OFFICE], "from 湖南 -> route { from mobile -> duty from fixed -> route { during office -> duty } }",
         "073088886666", "2026-01-01T00:00"),
        ([OFFICE], "not during office -> duty during office -> route { from fixed -> duty }", "13000106666",
         "2026-01-01T09:00"),
        (["list vip { 1390000xxxx, 10086 }"], "caller in vip -> route { from mobile -> duty }", "10086",
         "2026-01-01T00:00"),
    ],
)  # fmt: skip
def test_the_call_that_a_nested_route_lacks(statements: list[str], route: str, caller: str, at: str) -> None:
    found = error(*statements, route=f"{route} otherwise -> duty")
    assert found.code == "E520"
    assert underlined(found) == "route"
    assert found.span is not None
    assert found.span.start > found.span.source.text.index("->")
    assert f"`{caller}`" in found.message
    assert help_command(found) == ["callplan", "explain", "a plan.plan", "4006123456", caller, "--at", at]
    assert "this rule lets the call in" in [each.message for each in found.related]


def test_a_nested_route_that_explain_need_not_come_to() -> None:
    for target in ("a or route { from 010 -> duty }", "split evenly { a, route { from 010 -> duty } }"):
        found = error("destination a = 01062345678 limit 1", route=f"from mobile -> duty otherwise -> {target}")
        assert found.code == "E520"
        assert found.help is not None
        assert "explain" not in found.help
        assert "otherwise" in found.help


def test_each_nested_route_has_its_own_error() -> None:
    result = build_text(
        plan(route="route { from 010 -> route { from mobile -> duty } from 020 -> route { from fixed -> duty } }")
    )
    assert [each.code for each in result.diagnostics] == ["E520"] * 3


@pytest.mark.parametrize(
    ("entries", "route", "caller", "listed"),
    [
        ("1380013xxxx", "caller in l and from 010 -> duty", "13800130000", "1380013xxxx"),
        ("0731-8888-12xx", "caller in l and from 010 -> duty", "073188881200", "0731-8888-12xx"),
        ("+852-2123-456x, 100xx", "caller in l and from abroad -> duty", "10000", "100xx"),
        ("010-8888-66xx, 010-8888-6600", "caller in l and from 0731 -> duty", "010-8888-6600", "010-8888-6600"),
    ],
)
def test_a_caller_of_a_pattern(entries: str, route: str, caller: str, listed: str) -> None:
    found = error(f"list l {{ {entries} }}", route=f"{route} not caller in l -> duty")
    assert f"`{caller}`" in found.message
    assert [each.span.text for each in found.related] == [listed]


def test_a_mobile_of_a_pattern_has_the_area_by_the_built_in_table() -> None:
    found = error("list l { 139xxxxxxxx }", route="not caller in l -> duty from anywhere except 湖南 -> duty")
    assert found.code == "E520"
    number = help_command(found)[4]
    assert number.startswith("139")
    assert province_of(f"0{builtin()[int(number[:7]) - PREFIX_BASE]}") == "湖南"


def test_a_mobile_of_a_pattern_that_only_another_table_has_in_the_area() -> None:
    found = error("list l { 1390000xxxx }", route="not caller in l -> duty from anywhere except 0731 -> duty")
    assert found.code == "E522"
    assert "`13900000000`" in found.message


def test_a_caller_beside_blacklisted_patterns() -> None:
    found = error("blacklist { 010-8888-xxxx, 010-8889-xxxx }", route="not from 010 -> duty from mobile -> duty")
    assert "`01088900000`" in found.message
    found = error("blacklist { 010xxxxxxxx, 010xxxxxxx }", route="not from 010 -> duty from mobile -> duty")
    assert found.code == "E521"
    assert "`010 fixed`" in found.message


@pytest.mark.parametrize(
    ("zone_name", "statements", "route"),
    [
        ("Asia/Shanghai", [OFFICE], "during office -> duty from 湖南 -> duty"),
        ("Europe/Berlin", ["schedule s { 2026-03-29 01:59-03:01 }"], "not during s -> duty"),
        ("Pacific/Apia", ["schedule s { 2011-12-29..2011-12-31 }"], "not during s -> duty"),
        ("Asia/Shanghai", ["list vip { 0731-8888-1234 }", "blacklist { 010-8888-6666 }"], "caller in vip -> duty"),
    ],
)
def test_the_reference_has_no_rule_for_it_either(zone_name: str, statements: list[str], route: str) -> None:
    """With a last rule added, which announces, the named call comes to that announcement."""
    found = error(f'timezone "{zone_name}"', *statements, route=route)
    _, _, _, called, caller, _, at = help_command(found)
    text = plan(
        f'timezone "{zone_name}"',
        'announcement caught = "caught.wav"',
        *statements,
        route=f"route {{ {route} otherwise -> announce caught }}",
    )
    sound(text)
    result = build_text(text)
    instant = datetime.fromisoformat(at).replace(tzinfo=zone(zone_name)).timestamp()
    assert World(result.program, area_of_prefix).route(called, caller, instant).announcement == "caught"


def test_a_mobile_is_one_that_the_built_in_table_has_in_that_area() -> None:
    found = error(route="from fixed, unknown, abroad -> duty from mobile except 湖南 -> duty")
    assert found.code == "E520"
    number = help_command(found)[4]
    area = f"0{builtin()[int(number[:7]) - PREFIX_BASE]}"
    assert f"`{number}`, {area} mobile" in found.message
    assert province_of(area) == "湖南"


def test_a_mobile_whose_area_has_no_prefix_is_named_by_its_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = builtin() * 0
    monkeypatch.setattr(coverage, "builtin", lambda: empty)
    found = error(route="from fixed, unknown, abroad -> duty from mobile except 0731 -> duty")
    assert found.code == "E521"
    assert found.message == "no rule takes a call from `0731 mobile` at 2026-01-01T00:00"
    assert help_command(found)[4:] == ["--from", "0731 mobile", "--at", "2026-01-01T00:00"]


def test_a_listed_mobile_that_only_another_table_has_in_the_area() -> None:
    area = f"0{builtin()[1390000 - PREFIX_BASE]}"
    assert area != "0731"
    found = error("list vip { 139-0000-1111 }", route="not caller in vip -> duty from anywhere except 0731 -> duty")
    assert found.code == "E522"
    assert found.message == "no rule takes a call by `139-0000-1111`, if its area is `0731 mobile`, at 2026-01-01T00:00"
    assert found.help is not None
    assert "numbering table" in found.help
    assert [(each.message, each.span.text) for each in found.related] == [
        ("the caller is listed here", "139-0000-1111")
    ]


@pytest.mark.parametrize(
    ("statements", "route"),
    [
        ([], "otherwise -> duty"),
        ([], "from anywhere -> duty"),
        ([], "from mobile, fixed, abroad, unknown -> duty"),
        ([OFFICE], "during office -> duty not during office -> duty"),
        (["block from 海南"], "from anywhere except 海南 -> duty"),
        (["block not from 0731"], "from 0731 -> duty"),
        (["list vip { 0731-8888-1234 }"], "not caller in vip -> duty from 0731 -> duty"),
        (["list vip { 13900001111 }"], "not caller in vip -> duty from mobile -> duty"),
        (["list vip { 13900001111 }", "blacklist { vip }"], "not caller in vip -> duty"),
        (['timezone "Pacific/Apia"', "schedule s { 2011-12-30 }"], "not during s -> duty"),
        (['timezone "Europe/Berlin"', "schedule s { 2026-03-29 02:00-03:00 }"], "not during s -> duty"),
    ],
)
def test_what_nobody_can_be_needs_no_rule(statements: list[str], route: str) -> None:
    result = build_text(plan(*statements, route=f"route {{ {route} }}"))
    assert result.image is not None
    assert not [each for each in result.diagnostics if each.severity == "error"]


@pytest.mark.parametrize(
    "route",
    [
        "from 湖南 -> route { from mobile -> duty from fixed -> duty } otherwise -> duty",
        "from fixed -> route { from fixed -> duty } otherwise -> duty",
        "caller in vip -> route { from 0731 or from mobile -> duty } otherwise -> duty",
    ],
)
def test_a_nested_route_needs_rules_only_for_what_is_let_in(route: str) -> None:
    assert build_text(plan("list vip { 0731-8888-1234, 1390000xxxx }", route=f"route {{ {route} }}")).image is not None


def test_the_word_route_is_found_behind_comments() -> None:
    text = plan(route="# route { the\nroute # route {\n{ # more\n  # and more\n  from 0731 -> duty }")
    (found,) = build_text(text).diagnostics
    assert found.span is not None
    assert text[found.span.start - 1 : found.span.end + 2] == "\nroute #"


def test_a_route_without_rules() -> None:
    assert underlined(error(route="")) == "plan"


def test_a_draft_is_made_all_the_same() -> None:
    text = plan(route="route { from 0731 -> duty }")
    result = build_text(text, draft=True)
    assert result.image is not None
    assert [each.code for each in result.diagnostics] == ["E520"]
    broken = plan("limit", route="route { from 0731 -> duty }")
    assert build_text(broken, draft=True).image is None


def test_every_plan_of_a_build_has_its_own_error() -> None:
    one = plan(route="route { from 0731 -> duty }")
    other = plan(number="number 4006123457", name="other", route="route { from 010 -> duty }")
    found = build_text(one + other).diagnostics
    assert [each.code for each in found] == ["E520", "E520"]
    assert ["01088886666" in each.message for each in found] == [True, False]
