"""Names that contain names (lists, areas, calendars): an order from the inside out, and no circles.

Tested by tests/test_check_names.py. The walk keeps its own stack: a chain of names may be as long as a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import syntax
from .check_names import Scope
from .check_tables import Table
from .diagnostics import Related

DEEPEST = 64  # names inside names; what reads a checked plan may walk it recursively
_SHOWN = 8  # places of one circle that a message shows
_EXTENDS = {"calendar": ("E112", "extends_here")}
_CONTAINS = ("E107", "contains_here")

Contents = Mapping[str, Sequence[syntax.Name]]  # for each name, where it mentions others


def inside_out(scope: Scope, table: Table[Any], contents: Contents) -> list[str]:
    """The names, each after all that it contains. Those in a circle or nested too deep are reported and left out.

    A mention of a name that is no key of `contents` is not followed; it stands for what is known already.
    """
    walk = _Walk(scope, table, contents)
    for name in contents:
        walk.visit(name)
    return walk.order


@dataclass
class _Open:
    """A name whose mentions are being followed. `lowest`: the lowest place on the path that they lead back to."""

    name: str
    lowest: int
    followed: int = 0


class _Walk:
    """A walk through all names, depth first."""

    def __init__(self, scope: Scope, table: Table[Any], contents: Contents) -> None:
        self.order: list[str] = []
        self._scope = scope
        self._table = table
        self._contents = contents
        self._depths: dict[str, int] = {}  # of names that are done; 0 in a circle
        self._path: list[_Open] = []
        self._places: dict[str, int] = {}  # of open names on the path

    def visit(self, start: str) -> None:
        if start not in self._depths:
            self._enter(start)
        while self._path:
            here = self._path[-1]
            mentions = self._contents[here.name]
            if here.followed == len(mentions):
                self._leave()
                continue
            mention = mentions[here.followed]
            here.followed += 1
            if mention.text in self._places:
                self._report_circle(mention)
                here.lowest = min(here.lowest, self._places[mention.text])
            elif mention.text in self._contents and mention.text not in self._depths:
                self._enter(mention.text)

    def _enter(self, name: str) -> None:
        self._places[name] = len(self._path)
        self._path.append(_Open(name, lowest=len(self._contents)))

    def _leave(self) -> None:
        done = self._path.pop()
        place = self._places.pop(done.name)
        if self._path:
            self._path[-1].lowest = min(self._path[-1].lowest, done.lowest)
        if done.lowest <= place:
            self._depths[done.name] = 0
            return
        mentions = self._contents[done.name]
        deepest = max(mentions, key=self._depth, default=None)
        depth = 1 if deepest is None else self._depth(deepest) + 1
        self._depths[done.name] = self._table.own[done.name].depth = min(depth, DEEPEST + 1)
        if depth <= DEEPEST:
            self.order.append(done.name)
        elif depth == DEEPEST + 1 and deepest is not None:  # what contains this one is left out without a word
            self._scope.report("E108", deepest.span, kind=self._table.kind, name=done.name, most=DEEPEST)

    def _depth(self, mention: syntax.Name) -> int:
        if mention.text in self._contents:
            return self._depths.get(mention.text, 0)
        known = self._table.find(mention.text)
        return 0 if known is None else known.depth

    def _report_circle(self, mention: syntax.Name) -> None:
        """Report the circle that `mention` closes."""
        start = self._places[mention.text]
        end = min(start + _SHOWN, len(self._path) - 1)
        code, key = _EXTENDS.get(self._table.kind, _CONTAINS)
        related = []
        for outer in self._path[start:end]:
            inner = self._contents[outer.name][outer.followed - 1]
            related.append(Related(key, inner.span, {"outer": outer.name, "inner": inner.text}))
        self._scope.report(code, mention.span, None, tuple(related), kind=self._table.kind, name=mention.text)
