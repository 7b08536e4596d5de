"""The parser's two stacks as recovery needs them: the open blocks, what they hold, and how they are cut back; tested by
tests/test_syntax_recovery.py.

`values[i]` led from `states[i]` to `states[i + 1]`: a token, or what the builder made of a rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .automaton import Automaton
from .recovery import CLOSABLE, COMMAS
from .syntax import Plan

if TYPE_CHECKING:
    from lark.parsers.lalr_parser_state import ParserState

_NESTING = frozenset(("NOT", "LPAR", "LBRACE"))
_OPENERS = frozenset((
    "PLAN", "ROUTE", "SCHEDULE", "AREA", "LIST", "BLACKLIST", "SPLIT", "CALENDAR", "OPERATOR", "EXPECT",
))  # fmt: skip


class Block(NamedTuple):
    """An open block: the terminal of its keyword, and where that and its `{` lie on the stack of values."""

    kind: str
    opener: int
    brace: int


class Stacks:
    """The stacks of one parser; they change with it."""

    def __init__(self, automaton: Automaton, state: ParserState[Any]) -> None:
        from lark import Token

        self.token = Token
        self._automaton = automaton
        self._state = state
        self.states: list[int] = state.state_stack
        self.values: list[Any] = state.value_stack

    def feed(self, terminal: str, text: str, start: int, end: int) -> None:
        """Read a token as if it stood there."""
        self._state.feed_token(self.token(terminal, text, start, end_pos=end))

    def after(self, terminal: str) -> list[int] | None:
        """The states once a terminal is read; None if it cannot be."""
        return self._automaton.after(self.states, terminal)

    def type(self, index: int) -> str:
        """The terminal that lies on the stack of values; empty where none does."""
        found: str = getattr(self.values[index], "type", "") if -len(self.values) <= index < len(self.values) else ""
        return found

    def depth(self) -> int:
        """How many braces, brackets and `not` are open."""
        return sum(getattr(value, "type", None) in _NESTING for value in self.values)

    # What is open

    def blocks(self) -> list[Block]:
        """The open blocks, outermost first."""
        blocks = []
        opener, kind = 0, ""
        for index, value in enumerate(self.values):
            terminal = getattr(value, "type", None)
            if terminal in _OPENERS:
                opener, kind = index, terminal
            elif terminal == "LBRACE":
                blocks.append(Block(kind, opener, index))
            elif terminal == "RBRACE":
                blocks.pop()
        return blocks

    def outer(self) -> int:
        """Where the plan, import or declaration that is being read starts on the stack of values."""
        return 1 if self.values and isinstance(self.values[0], list) else 0

    def outermost(self) -> str:
        """The terminal of its keyword; empty where none is being read."""
        return self.type(self.outer())

    def plans(self) -> int:
        """How many plans have been read so far."""
        items = self.values[0] if self.outer() else []
        return sum(isinstance(item, Plan) for item in items)

    def items(self, block: Block) -> list[Any]:
        """What a block holds so far."""
        items = self.values[block.brace + 1 : block.brace + 2]
        return items[0] if items and isinstance(items[0], list) else []

    def item(self, blocks: Sequence[Block]) -> tuple[int, int]:
        """Names the statement, rule, line or entry that is being read."""
        for block in reversed(blocks):
            if block.kind in CLOSABLE:
                return block.brace, len(self.items(block))
        return -1, len(self.values)

    def item_start(self, first: int, default: int) -> int:
        """Where the item starts that is being read, of those whose values start at `first`."""
        items = self.values[first:]
        item: Any = items[1] if len(items) > 1 and isinstance(items[0], list) else next(iter(items), None)
        while isinstance(item, list) and item:
            item = item[0]
        if isinstance(item, self.token):
            return default if item.start_pos is None else item.start_pos
        return item.span.start if hasattr(item, "span") else default

    # What is whole

    def is_whole(self) -> bool:
        """True outside of blocks after what nothing can be added to."""
        ends = self.outermost() in ("", "IMPORT") or self.type(-1) == "RBRACE"
        return ends and self.after("PLAN") is not None

    def completes(self, block: Block) -> str | None:
        """The terminal that makes what was read last a whole item of a block; None if it is not whole."""
        terminal = "COMMA" if block.kind in COMMAS else "RBRACE"
        after = self.after(terminal)
        return terminal if after is not None and len(after) == block.brace + 4 else None

    # Cutting

    def close(self, block: Block, at: int, complete: bool) -> bool:
        """Put in the `}` that a block lacks; where that cannot be, cut its statement. True if it is whole."""
        if block.kind in CLOSABLE:
            self.cut(block, at, complete)
        if self.after("RBRACE") is None:
            self.cut_to(block.opener)
            return False
        self.feed("RBRACE", "}", at, at)
        return True

    def cut(self, block: Block, at: int, complete: bool) -> None:
        """Leave a block with its whole items only."""
        terminal = self.completes(block) if complete else None
        if terminal is not None:
            self._complete(terminal, at)
        else:
            holds_list = isinstance(next(iter(self.values[block.brace + 1 :]), None), list)
            self.cut_to(block.brace + (2 if holds_list else 1))

    def cut_outside(self, at: int, complete: bool) -> None:
        """Leave whole plans, imports and declarations only."""
        if complete and self.after("PLAN") is not None:
            self._complete("PLAN", at)
        elif self.type(-1) != "RBRACE":
            self.cut_to(self.outer())

    def _complete(self, terminal: str, at: int) -> None:
        """Let the parser make what is whole, as it does before this terminal."""
        self.feed(terminal, "", at, at)
        self.cut_to(len(self.values) - 1)

    def cut_to(self, length: int) -> None:
        del self.values[length:]
        del self.states[length + 1 :]
