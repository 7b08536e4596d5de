"""Targets as nodes, equal ones once, so that all references point forward; tested by tests/test_nodes.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, assert_never

from ..runtime.layout import NODE_ANNOUNCE, NODE_CONNECT, NODE_SPLIT, NODE_UNCOVERED, REASON_ANNOUNCED, REASON_BLOCKED
from . import checked
from .assembly import Assembly
from .cells import UNCOVERED
from .nested import Branches, Choice, Taken
from .source import Span


class Places(NamedTuple):
    """Where a plan's parts stand in the tables."""

    destinations: Mapping[checked.Destination, int]
    announcements: Mapping[checked.Announcement, int]
    splits: Mapping[checked.Split, int]


class _Node(NamedTuple):
    """`following`: nodes made before this one: where to go when full, or a split's branches."""

    kind: int
    reason: int
    target: int
    following: tuple[int, ...]
    line: int


class Nodes:
    """The nodes of one plan. They are made from the inside out and numbered the other way round.

    `line_of`: where the tables have a source line.
    """

    def __init__(self, places: Places, line_of: Callable[[Span], int]) -> None:
        self._places = places
        self._line_of = line_of
        self._made: dict[_Node, int] = {}

    def rule(self, rule: checked.Rule, choice: Choice) -> int:
        """The node of a rule's target, with its nested routes as chosen."""
        return self._target(rule.target, choice, self._line_of(rule.span))

    def block(self, block: checked.Block) -> int:
        return self._announce(block.announce, REASON_BLOCKED, self._line_of(block.span))

    def uncovered(self, span: Span) -> int:
        """The node of calls without a rule; only drafts have one."""
        return self._node(_Node(NODE_UNCOVERED, 0, 0, (), self._line_of(span)))

    def _target(self, target: checked.Target, choice: Choice, line: int) -> int:
        """`line` is that of the innermost rule that leads here, so that a decision tells which one it was."""
        match target:
            case checked.To(destination):
                return self._connect(destination, (), line)
            case checked.Announce(announcement):
                return self._announce(announcement, REASON_ANNOUNCED, line)
            case checked.Hunt(first, last):
                found = self._target(last, choice, line)
                for to in reversed(first):
                    found = self._connect(to.destination, (found,), line)
                return found
            case checked.Split(branches):
                choices = choice.choices if isinstance(choice, Branches) else (None,) * len(branches)
                following = tuple(
                    self._target(branch.target, each, line) for branch, each in zip(branches, choices, strict=True)
                )
                return self._node(_Node(NODE_SPLIT, 0, self._places.splits[target], following, line))
            case checked.Route(rules):
                assert isinstance(choice, Taken)
                if choice.rule == UNCOVERED:
                    return self.uncovered(target.span)
                return self.rule(rules[choice.rule], choice.inner)
            case _:
                assert_never(target)

    def put(self, tables: Assembly) -> list[int]:
        """Write the nodes; the place of each made one, counted from the plan's first."""
        last = len(self._made) - 1
        for node in reversed(self._made):
            following = [last - each for each in node.following]
            if node.kind == NODE_SPLIT:
                successor = tables.put("branches", following)
            else:
                successor = following[0] if following else 0
            tables.add("nodes", kind=node.kind, reason=node.reason, target=node.target, next=successor, line=node.line)
        return list(range(last, -1, -1))

    def _connect(self, destination: checked.Destination, following: tuple[int, ...], line: int) -> int:
        return self._node(_Node(NODE_CONNECT, 0, self._places.destinations[destination], following, line))

    def _announce(self, announcement: checked.Announcement, reason: int, line: int) -> int:
        return self._node(_Node(NODE_ANNOUNCE, reason, self._places.announcements[announcement], (), line))

    def _node(self, node: _Node) -> int:
        return self._made.setdefault(node, len(self._made))
