"""What the cells show beside calls without a rule: schedules, blocks and rules that can never be."""

from __future__ import annotations

import pytest

from callplan.compiler.build import build_text

from .checking import plan, underlined

OFFICE = "schedule office { mon-fri 09:00-18:00 }"


def found(*statements: str, route: str = "otherwise -> duty") -> list[tuple[str, str, list[str]]]:
    """Code, underlined text and the underlined second places."""
    result = build_text(plan(*statements, route=f"route {{\n{route}\n}}"))
    assert result.image is not None
    return [(each.code, underlined(each), [place.span.text for place in each.related]) for each in result.diagnostics]


@pytest.mark.parametrize(
    "statements",
    [
        ["schedule never { mon except daily }"],
        ["schedule never { sat-sun except sat, sun 00:00-24:00 }"],
        ['timezone "Pacific/Apia"', "schedule never { 2011-12-30 }"],
        ['timezone "Europe/Berlin"', "schedule never { 2026-03-29 02:00-03:00 }"],
    ],
)
def test_a_schedule_that_is_never_open(statements: list[str]) -> None:
    assert found(*statements, route="during never -> duty\notherwise -> duty") == [("W410", "schedule never", [])]


def test_a_schedule_that_is_open_for_a_minute_is_fine() -> None:
    assert not found("schedule once { 2099-12-31 23:59-24:00 }", route="during once -> duty\notherwise -> duty")


@pytest.mark.parametrize(
    "statements",
    [
        ["block from anywhere"],
        ["block from fixed, mobile, unknown, abroad"],
        [OFFICE, "block during office or not during office"],
        ["list vip { 13900001111 }", "blacklist { vip }", "block not caller in vip"],
    ],
)
def test_a_block_that_shuts_out_everyone(statements: list[str]) -> None:
    condition = statements[-1].removeprefix("block ")
    assert ("W510", condition, []) in found(*statements)


def test_a_block_that_spares_someone_is_fine() -> None:
    assert not found("block from anywhere except unknown")
    assert not found("list vip { 10086 }", "block not caller in vip")


@pytest.mark.parametrize(
    ("statements", "route", "text", "taken"),
    [
        ([], "from 湖南 -> duty\nfrom 0731 -> duty", "from 0731", ["from 湖南"]),
        ([], "from 0731 -> duty\nfrom 010 -> duty\nfrom 0731, 010 -> duty", "from 0731, 010",
         ["from 0731", "from 010"]),
        ([OFFICE], "during office -> duty\nfrom 0731 and during office -> duty", "from 0731 and during office",
         ["during office"]),
        ([OFFICE, "block during office"], "during office -> duty", "during office", ["during office"]),
        (["block from 海南"], "from 0898 -> duty", "from 0898", ["from 海南"]),
        (["list vip { 0731-8888-1234 }"], "caller in vip and from 010 -> duty", "caller in vip and from 010", []),
        ([], "from 0731 and from 010 -> duty", "from 0731 and from 010", []),
        ([], "from anywhere -> duty", "otherwise", ["from anywhere"]),
    ],
)  # fmt: skip
def test_a_rule_that_is_never_reached(statements: list[str], route: str, text: str, taken: list[str]) -> None:
    assert found(*statements, route=f"{route}\notherwise -> duty") == [("W512", text, taken)]


def test_a_block_that_is_never_reached() -> None:
    assert found("block from mobile", "block from 0731 except fixed") == [
        ("W511", "from 0731 except fixed", ["from mobile"])
    ]


@pytest.mark.parametrize(
    ("statements", "route", "text", "taken"),
    [
        ([], "from 湖南 -> route { from 0731 -> duty from 0731 and mobile -> duty otherwise -> duty }",
         "from 0731 and mobile", ["from 0731"]),
        ([], "from 湖南 -> route { from 010 -> duty otherwise -> duty }", "from 010", ["otherwise"]),
        ([], "from 010 -> duty from anywhere except 0731 -> route { from 010 -> duty otherwise -> duty }", "from 010",
         ["from 010"]),
        ([], "from mobile -> route { from 湖南 -> route { from 0731 except mobile -> duty otherwise -> duty } "
         "otherwise -> duty }", "from 0731 except mobile", ["otherwise"]),
        ([], "from mobile -> route { from 010 -> duty not from 0731 -> route { from 010, 0731 -> duty "
         "otherwise -> duty } otherwise -> duty }", "from 010, 0731", ["otherwise", "from 010", "otherwise"]),
        ([OFFICE], "during office -> split evenly { duty, route { not during office -> duty otherwise -> duty } }",
         "not during office", ["otherwise"]),
        (["destination a = 01062345678 limit 1", OFFICE, "block during office"],
         "from 010 -> a or route { during office -> duty otherwise -> duty }", "during office", ["during office"]),
    ],
)  # fmt: skip
def test_a_rule_of_a_nested_route_that_is_never_reached(
    statements: list[str], route: str, text: str, taken: list[str]
) -> None:
    route = route.replace("0731 and mobile", "0731 and from mobile")
    text = text.replace("0731 and mobile", "0731 and from mobile")
    assert found(*statements, route=f"{route}\notherwise -> duty") == [("W512", text, taken)]


def test_what_is_wrong_with_the_way_to_a_nested_route_is_said_once() -> None:
    inner = "route { from 010 -> duty from 010 -> duty otherwise -> duty }"
    assert found(route=f"from anywhere -> duty\notherwise -> {inner}") == [("W512", "otherwise", ["from anywhere"])]
    assert [code for code, *_ in found(route=f"otherwise -> duty or {inner}")] == ["W501"]
    assert [code for code, *_ in found(route=f"otherwise -> {inner}")] == ["W512"]


def test_rules_that_are_reached_only_once_are_fine() -> None:
    assert not found(
        "schedule once { 2099-12-31 23:59-24:00 }",
        "list vip { 10086 }",
        route="not during once -> duty\nnot caller in vip -> duty\ncaller in vip -> duty\n",
    )


def test_one_mistake_is_one_warning() -> None:
    assert [code for code, *_ in found(route="otherwise -> duty\nfrom 0731 -> duty")] == ["W503"]
    assert [code for code, *_ in found(route="from 0731 except 0731 -> duty\notherwise -> duty")] == ["W301"]
