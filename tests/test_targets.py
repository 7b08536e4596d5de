"""What targets are made of, nested ones included, in the order of the source."""

from __future__ import annotations

from callplan.compiler import checked
from callplan.compiler.targets import parts_of, rules_in, splits_in

from .checking import check, plan

DESTINATIONS = "destination a = 01062345678 limit 1\ndestination b = 02162345678 limit 1"
ROUTE = """route {
    from 010 -> a or split evenly { b, split { 50% a, 50% duty } }
    from 020 -> route {
        from mobile -> route { from abroad -> split evenly { a, b } otherwise -> b }
        otherwise -> announce closed
    }
    otherwise -> duty
}"""


def rules() -> tuple[checked.Rule, ...]:
    (found,) = check(plan(DESTINATIONS, route=ROUTE))[0].plans
    return found.rules


def texts(parts: list[checked.Target]) -> list[str]:
    return [part.span.text.split(" {")[0] for part in parts]


def test_the_parts_of_a_target() -> None:
    first, second, third = rules()
    assert texts(list(parts_of(first.target)))[1:] == ["a", "split evenly", "b", "split", "a", "duty"]
    assert texts(list(parts_of(second.target))) == [
        "route", "route", "split evenly", "a", "b", "b", "announce closed",
    ]  # fmt: skip
    assert list(parts_of(third.target)) == [third.target]


def test_the_splits_of_a_target() -> None:
    assert [texts(list(splits_in(rule.target))) for rule in rules()] == [
        ["split evenly", "split"], ["split evenly"], [],
    ]  # fmt: skip


def test_all_rules() -> None:
    found = ["otherwise" if rule.condition is None else rule.condition.span.text for rule in rules_in(rules())]
    assert found == [
        "from 010", "from 020", "from mobile", "otherwise", "from abroad", "otherwise", "otherwise",
    ]  # fmt: skip
