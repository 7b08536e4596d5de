"""Targets as nodes, equal ones once, so that all references point forward; tested by tests/test_nodes.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, assert_never

from ..runtime.layout import NODE_ANNOUNCE, NODE_CONNECT, NODE_SPLIT, NODE_UNCOVERED, REASON_ANNOUNCED, REASON_BLOCKED
from . import checked
from .assembly import Assembly


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
    """The nodes of one plan. They are made from the inside out and numbered the other way round."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._made: dict[_Node, int] = {}

    def target(self, target: checked.Target, line: int) -> int:
        """The node of a rule's target; `line` is the rule's, so that a decision tells which rule led to it."""
        match target:
            case checked.To(destination):
                return self._connect(destination, (), line)
            case checked.Announce(announcement):
                return self._announce(announcement, REASON_ANNOUNCED, line)
            case checked.Hunt(first, last):
                found = self.target(last, line)
                for to in reversed(first):
                    found = self._connect(to.destination, (found,), line)
                return found
            case checked.Split(branches):
                following = tuple(self.target(branch.target, line) for branch in branches)
                return self._node(_Node(NODE_SPLIT, 0, self._places.splits[target], following, line))
            case _:
                assert_never(target)

    def block(self, block: checked.Block, line: int) -> int:
        return self._announce(block.announce, REASON_BLOCKED, line)

    def uncovered(self, line: int) -> int:
        """The node of calls without a rule; only drafts have one."""
        return self._node(_Node(NODE_UNCOVERED, 0, 0, (), line))

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
