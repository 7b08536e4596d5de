"""Plans that are too large get an error that says what makes them so; nothing is made of them."""

from __future__ import annotations

import pytest

from callplan.compiler import limits
from callplan.compiler.build import build_text

from .checking import plan, underlined

OFFICE = "schedule office { mon-fri 09:00-18:00 }"
VIP = "list vip { 13900001111 }"
ROUTE = "route { from 0731 -> duty during office -> duty caller in vip -> duty otherwise -> duty }"


@pytest.mark.parametrize(
    ("limit", "most", "code", "says"),
    [
        ("MOST_CELLS", 7, "E530", "`line` tells 8 kinds of call apart, more than 7: `from` makes 2 of origin, "
         "`during` 2 of time, `caller in` 2 of caller"),
        ("MOST_CLASSES", 1, "E531", "the lists of plan `line` tell 1 kinds of caller apart, more than 0"),
        ("MOST_CHANGES", 3, "E411", "the schedules of plan `line` begin and end 4 times on days that differ"),
    ],
)  # fmt: skip
def test_a_plan_above_a_limit(monkeypatch: pytest.MonkeyPatch, limit: str, most: int, code: str, says: str) -> None:
    text = plan(OFFICE, VIP, route=ROUTE)
    assert build_text(text).image is not None
    monkeypatch.setattr(limits, limit, most)
    result = build_text(text)
    assert result.image is None
    errors = [each for each in result.diagnostics if each.severity == "error"]
    assert [(error.code, underlined(error)) for error in errors] == [(code, 'plan "line"')]
    assert says in errors[0].message


@pytest.mark.parametrize("statement", ["blacklist { PATTERNS }", "list l { PATTERNS }"])
def test_lists_above_a_limit(monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    patterns = ", ".join(f"+49-{at:03}-xxxx-xxxx" for at in range(200, 260))
    text = plan(statement.replace("PATTERNS", patterns), route="route { caller in l -> duty otherwise -> duty }")
    text = text if "list l" in text else text.replace("caller in l -> duty", "")
    assert build_text(text).image is not None
    monkeypatch.setattr(limits, "MOST_LIST_MIB", 1)
    (error,) = (each for each in build_text(text).diagnostics if each.severity == "error")
    assert (error.code, underlined(error)) == ("E533", 'plan "line"')
    assert error.message.startswith("a list of plan `line` takes more than 1 MiB of the tables")


def test_nested_routes_above_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    text = plan(route="route { otherwise -> route { from 010 -> duty from 020 -> duty otherwise -> duty } }")
    assert build_text(text).image is not None
    monkeypatch.setattr(limits, "MOST_CHOICES", 2)
    (error,) = build_text(text).diagnostics
    assert (error.code, underlined(error)) == ("E532", 'plan "line"')
    assert error.message == "the nested routes of plan `line` make more than 2 steps of its targets"


def test_a_real_plan_above_a_million_cells() -> None:
    codes = ["010", "020", *(f"02{digit}" for digit in "12345789"), *(f"031{digit}" for digit in range(10))]
    rules = [f"from {code} -> duty" for code in codes]
    rules += [f"caller in l{at} -> duty" for at in range(250)]
    rules += [f"during s{at} -> duty" for at in range(250)]
    statements = [f"list l{at} {{ 1390000{at:04} }}" for at in range(250)]
    statements += [f"schedule s{at} {{ 2026-{1 + at // 25:02}-{1 + at % 25:02} }}" for at in range(250)]
    result = build_text(plan(*statements, route="route {\n" + "\n".join([*rules, "otherwise -> duty"]) + "\n}"))
    (error,) = (each for each in result.diagnostics if each.severity == "error")
    assert error.code == "E530"
    assert "21 of origin" in error.message
    assert "251 of time" in error.message
    assert "251 of caller" in error.message


def test_a_split_of_too_many_branches() -> None:
    branches = ", ".join(["duty"] * (limits.MOST_BRANCHES + 1))
    result = build_text(plan(route=f"route {{ otherwise -> split evenly {{ {branches} }} }}"))
    assert [(each.code, each.message) for each in result.diagnostics] == [
        ("E524", "a split of plan `line` has 10,001 branches, more than 10,000")
    ]


def test_one_plan_too_large_does_not_hide_what_is_wrong_with_the_next() -> None:
    branches = ", ".join(["duty"] * (limits.MOST_BRANCHES + 1))
    large = plan(route=f"route {{ otherwise -> split evenly {{ {branches} }} }}")
    bare = plan(number="number 4006123457", name="other", route="route { from 0731 -> duty }")
    assert [each.code for each in build_text(large + bare).diagnostics] == ["E524", "E520"]
