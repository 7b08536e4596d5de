"""Targets as nodes: equal ones are one, and every reference points forward."""

from __future__ import annotations

import numpy as np

from callplan.compiler import checked
from callplan.compiler.assembly import Assembly
from callplan.compiler.cells import UNCOVERED
from callplan.compiler.nested import Branches, Choice, Taken
from callplan.compiler.nodes import Nodes, Places
from callplan.compiler.source import Span
from callplan.compiler.targets import splits_in
from callplan.runtime.layout import (
    NODE_ANNOUNCE,
    NODE_CONNECT,
    NODE_SPLIT,
    NODE_UNCOVERED,
    REASON_ANNOUNCED,
    REASON_BLOCKED,
)

from .checking import check, plan

DESTINATIONS = "destination a = 01062345678 limit 1\ndestination b = 02162345678 limit 1"


class Made:
    """The nodes of a route's targets. Each rule has a line of its own, its place in the text, or one given.

    `choices`: what the nested routes of a rule choose.
    """

    def __init__(self, route: str, lines: list[int] | None = None, choices: dict[int, Choice] | None = None) -> None:
        (self.plan,) = check(plan(DESTINATIONS, route=f"route {{ {route} }}"))[0].plans
        splits = [split for rule in self.plan.rules for split in splits_in(rule.target)]
        nodes = Nodes(
            Places(
                {each: at for at, each in enumerate(self.plan.destinations.values())},
                {each: at for at, each in enumerate(self.plan.announcements.values())},
                {each: at for at, each in enumerate(splits)},
            ),
            self._line_of,
        )
        self._lines = {} if lines is None else {rule.span: lines[at] for at, rule in enumerate(self.plan.rules)}
        made = [nodes.rule(rule, (choices or {}).get(at)) for at, rule in enumerate(self.plan.rules)]
        block = checked.Block(checked.From(checked.Origin((), (), self.plan.span), self.plan.span),
                              self.plan.announcements["busy"], self.plan.span)  # fmt: skip
        made += [nodes.block(block), nodes.uncovered(self.plan.span)]
        tables = Assembly([])
        places = nodes.put(tables)
        self.roots = [places[at] for at in made]
        arrays = tables.finish()
        self.nodes: np.ndarray = arrays["nodes"]
        self.branches: list[int] = arrays["branches"].tolist()
        self.check()

    def _line_of(self, span: Span) -> int:
        return self._lines.get(span, span.start)

    def line_of(self, text: str) -> int:
        """The line of the rule that starts with a text."""
        return self.plan.span.source.text.index(text)

    def check(self) -> None:
        for at, node in enumerate(self.nodes):
            if node["kind"] == NODE_CONNECT:
                assert node["next"] == 0 or node["next"] > at
            if node["kind"] == NODE_SPLIT:
                assert all(branch > at for branch in self.branches_of(node))

    def branches_of(self, node: np.void) -> list[int]:
        width = len(self.plan.rules[0].target.branches) if isinstance(self.plan.rules[0].target, checked.Split) else 0
        return self.branches[node["next"] : int(node["next"]) + width]

    def path(self, root: int) -> list[int]:
        """The destinations that a hunt tries, in order."""
        node = self.nodes[root]
        assert node["kind"] == NODE_CONNECT
        return [int(node["target"]), *(self.path(int(node["next"])) if node["next"] else [])]


def test_a_destination_is_one_node() -> None:
    made = Made("otherwise -> a")
    node = made.nodes[made.roots[0]]
    assert (node["kind"], node["target"], node["next"]) == (NODE_CONNECT, 1, 0)
    assert node["line"] == made.line_of("otherwise")


def test_announcements_have_the_reason_of_a_rule_or_of_a_block() -> None:
    made = Made("otherwise -> announce closed")
    rule, block = made.nodes[made.roots[0]], made.nodes[made.roots[1]]
    assert (rule["kind"], rule["reason"], rule["target"]) == (NODE_ANNOUNCE, REASON_ANNOUNCED, 9)
    assert (block["kind"], block["reason"], block["target"]) == (NODE_ANNOUNCE, REASON_BLOCKED, 5)


def test_a_call_without_a_rule_has_its_node() -> None:
    made = Made("otherwise -> a")
    node = made.nodes[made.roots[2]]
    assert (node["kind"], node["target"], node["next"]) == (NODE_UNCOVERED, 0, 0)
    assert node["line"] == made.line_of("plan")


def test_a_hunt_goes_forward() -> None:
    made = Made("from 010 -> a or b or a or duty otherwise -> b or announce busy", lines=[1, 1])
    assert made.path(made.roots[0]) == [1, 2, 1, 0]
    second = made.nodes[made.roots[1]]
    assert second["target"] == 2
    assert made.nodes[second["next"]]["kind"] == NODE_ANNOUNCE


def test_nodes_of_one_line_that_are_equal_are_one() -> None:
    route = "from 010 -> a or b from 020 -> b or a or b from 021 -> a or b otherwise -> b"
    one_line = Made(route, lines=[1, 1, 1, 1])
    assert one_line.roots[0] == one_line.roots[2]
    assert len(one_line.nodes) == 3 + 2  # b a b, and the two that are no rule's
    own_lines = Made(route)
    assert len(set(own_lines.roots[:4])) == 4
    assert len(own_lines.nodes) == 2 + 3 + 2 + 1 + 2


def test_a_split_names_its_branches_in_order() -> None:
    made = Made("otherwise -> split { 50% a, 30% b or a, 20% announce closed }")
    node = made.nodes[made.roots[0]]
    assert (node["kind"], node["target"]) == (NODE_SPLIT, 0)
    first, second, third = made.branches_of(node)
    assert made.path(first) == [1]
    assert made.path(second) == [2, 1]
    assert made.nodes[third]["kind"] == NODE_ANNOUNCE


def test_a_split_behind_an_or() -> None:
    made = Made("otherwise -> a or split evenly { b, duty }")
    first = made.nodes[made.roots[0]]
    assert made.nodes[first["next"]]["kind"] == NODE_SPLIT


def test_a_nested_route_is_what_it_chooses() -> None:
    route = "from 010 -> a or route { from mobile -> b otherwise -> announce closed } otherwise -> duty"
    for choice, text, kind, target in [(0, "from mobile", NODE_CONNECT, 2), (1, "otherwise", NODE_ANNOUNCE, 9)]:
        made = Made(route, choices={0: Taken(choice, None)})
        first = made.nodes[made.roots[0]]
        assert (first["target"], first["line"]) == (1, made.line_of("from 010"))
        second = made.nodes[first["next"]]
        assert (second["kind"], second["target"], second["line"]) == (kind, target, made.line_of(text))


def test_a_nested_route_without_a_rule() -> None:
    made = Made("otherwise -> route { from 010 -> a }", choices={0: Taken(UNCOVERED, None)})
    node = made.nodes[made.roots[0]]
    assert (node["kind"], node["line"]) == (NODE_UNCOVERED, made.line_of("route { from 010"))


def test_one_split_with_different_branches_is_several_nodes_of_one_record() -> None:
    route = "from 010 -> split evenly { a, route { from mobile -> b otherwise -> duty } } otherwise -> duty"
    targets = []
    for chosen in (0, 1):
        made = Made(route, choices={0: Branches((None, Taken(chosen, None)))})
        node = made.nodes[made.roots[0]]
        assert (node["kind"], node["target"]) == (NODE_SPLIT, 0)
        targets.append([int(made.nodes[branch]["target"]) for branch in made.branches_of(node)])
    assert targets == [[1, 2], [1, 0]]


def test_nested_splits_go_forward() -> None:
    made = Made("otherwise -> split evenly { a, split { 50% b, 50% split evenly { a, b } } }")
    node = made.nodes[made.roots[0]]
    _, inner = made.branches_of(node)
    assert (made.nodes[inner]["kind"], made.nodes[inner]["target"]) == (NODE_SPLIT, 1)
    innermost = made.branches[int(made.nodes[inner]["next"]) + 1]
    assert (made.nodes[innermost]["kind"], made.nodes[innermost]["target"]) == (NODE_SPLIT, 2)
