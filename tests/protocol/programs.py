"""Where a program can stand: its generator's frames, folded into a graph while it is explored.

Two ways that led to the same line with the same local variables are one node. What Python keeps beside the variables is
lost by that, so a program must not yield within an expression that has other operands, and a `for` must run over values
that differ. tests/test_protocol.py compares with graphs that are not folded.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from .steps import Program, Step


class Node:
    """A program before its next step; `step` is None when it is over."""

    __slots__ = ("after", "function", "gave", "number", "step")

    def __init__(self, number: int, step: Step | None, gave: tuple[Any, ...], function: str) -> None:
        self.number = number
        self.step = step
        self.gave = gave  # one way to get here: what its steps gave
        self.function = function
        self.after: dict[Any, Node] = {}


class Graph:
    def __init__(self, start: Callable[[], Program], first_number: int, fold: bool = True) -> None:
        self._start = start
        self._fold = fold
        self._nodes: dict[Hashable, Node] = {}
        self._first_number = first_number
        self.first = self._node(())

    def __len__(self) -> int:
        return len(self._nodes)

    def follow(self, node: Node, gave: Any) -> Node:
        """Where a program is after the step of a node gave something."""
        found = node.after.get(gave)
        if found is None:
            found = node.after[gave] = self._node((*node.gave, gave))
        return found

    def _node(self, gave: tuple[Any, ...]) -> Node:
        program = self._start()
        step: Step | None = None
        function = ""
        key: Hashable = "over"
        try:
            step = next(program)
            for value in gave:
                step = program.send(value)
            frames, function = _frames(program)
            key = (frames, step.key) if self._fold else gave
        except StopIteration:
            step = None
        if key not in self._nodes:
            self._nodes[key] = Node(self._first_number + len(self._nodes), step, gave, function)
        return self._nodes[key]


def _frames(program: Program) -> tuple[Hashable, str]:
    """The lines and variables of a program and of all that it waits for; the name of the innermost function."""
    found: list[Hashable] = []
    name = ""
    inner: Any = program
    while inner is not None:
        frame = inner.gi_frame
        # Functions are the model's own notes (`then`), made of the variables beside them.
        named = sorted(frame.f_locals.items(), key=_name)
        values = tuple((variable, value) for variable, value in named if not callable(value))
        found.append((inner.gi_code, frame.f_lasti, values))
        name = inner.gi_code.co_name
        inner = inner.gi_yieldfrom
    return tuple(found), name


def _name(item: tuple[str, Any]) -> str:
    return item[0]
