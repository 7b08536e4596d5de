"""Drives the parser over one text and keeps it going after mistakes; tested by tests/test_parse.py and
tests/test_syntax_errors.py.

Each mistake is mended on the parser's own stacks: a Fix is fed as if it had been written; where there is none, the
stacks are cut back to the innermost block that can go on and the text is passed over up to its next item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

from . import syntax
from .automaton import END, load, skip
from .characters import MOST_MISTAKES
from .diagnostics import Diagnostic, Related
from .expected import STATEMENTS, Expected, Found, expected
from .mistakes import Fix, Situation, find_fix, help_without_fix, is_later
from .recovery import CLOSABLE, LISTS, Outline, Resume, is_first, next_plan, past_braces
from .source import Source, Span
from .tree import Builder

DEEPEST = 64  # open braces, brackets and `not`
MOST_UNSAID = 8  # mistakes of one statement, rule or line that are mended without a word after the first
_NESTING = frozenset(("NOT", "LPAR", "LBRACE"))
_OPENERS = frozenset(("PLAN", "ROUTE", "SCHEDULE", "AREA", "LIST", "BLACKLIST", "SPLIT"))


class _Mistake(Exception):
    """What stands at an offset does not fit; `states` is the stack of states that it met."""

    def __init__(self, at: int, states: list[int], code: str) -> None:
        super().__init__(at, code)
        self.at = at
        self.states = states
        self.code = code


class _Block(NamedTuple):
    """An open block: the terminal of its keyword, and where that and its `{` lie on the stack of values."""

    kind: str
    opener: int
    brace: int


class Reader:
    """Reads one text. Its state is the parser's two stacks: `values[i]` led from `states[i]` to `states[i + 1]`."""

    def __init__(self, source: Source, text: str) -> None:
        from lark import Token

        self.diagnostics: list[Diagnostic] = []
        self._source = source
        self._text = text
        self._token = Token
        self._automaton = load()
        self._builder = Builder(source, self.diagnostics)
        self._parser = self._automaton.start(text)
        self._lexer = self._parser.lexer_thread
        self._state = self._parser.parser_state
        self._state.parse_conf.callbacks = self._automaton.callbacks(self._builder)
        self._states: list[int] = self._state.state_stack
        self._values: list[Any] = self._state.value_stack
        self._mended: tuple[int, int] | None = None  # the item that has a mistake which was reported and mended
        self._unsaid = 0  # mistakes mended in that item after the one that was reported
        self._met = -1  # where the last mistake was met: another one there is its echo
        self._inserted = -1  # where something left out was last put in
        self._resumed = -1  # where reading was last resumed
        self._outline: Outline | None = None
        self._reopened = False  # a plan's `}` came too early, so its end is not missed later
        self._keywords: set[str] = set()  # keywords already reported as names

    def read(self) -> tuple[syntax.Plan, ...]:
        """All plans of the text, with what could be read of them; the mistakes are in `diagnostics`."""
        from lark.exceptions import UnexpectedInput

        while True:
            try:
                return self._read_on()
            except _Mistake as mistake:
                self._mend(mistake.at, mistake.states, mistake.code)
            except UnexpectedInput as error:
                self._mend(error.pos_in_stream or 0, self._states[:], "E010")
            if len(self.diagnostics) > MOST_MISTAKES:
                self._pass_over(self._position(), Resume(len(self._text), -1), complete=True)

    def _read_on(self) -> tuple[syntax.Plan, ...]:
        from lark.exceptions import UnexpectedToken

        values, states, forbidden = self._values, self._states, self._automaton.forbidden
        token = self._token("", "")
        before = states
        try:
            for token in self._lexer.lex(self._state):  # type: ignore[no-untyped-call]
                before = states[:]
                kind = token.type
                if kind in forbidden and not self._automaton.is_allowed(kind, token):
                    raise _Mistake(token.start_pos or 0, before, "E010")
                if kind == "ARROW" and token != "->":
                    self._report_arrow(token.start_pos or 0, token)
                if len(values) >= DEEPEST and kind in _NESTING and self._depth() >= DEEPEST:
                    raise _Mistake(token.start_pos or 0, before, "E013")
                self._state.feed_token(token)
            end = len(self._text)
            before = states[:]
            token = self._token(END, "", end, end_pos=end)
            plans: tuple[syntax.Plan, ...] = self._state.feed_token(token, True)
            return plans
        except UnexpectedToken as error:
            if error.token is token:
                raise _Mistake(token.start_pos or 0, before, "E010") from None
            raise

    def _depth(self) -> int:
        return sum(getattr(value, "type", None) in _NESTING for value in self._values)

    def _position(self) -> int:
        assert self._lexer.state is not None
        return self._lexer.state.line_ctr.char_pos

    def _go_to(self, at: int) -> None:
        assert self._lexer.state is not None
        self._lexer.state.line_ctr.char_pos = at

    # Reporting

    def _report(
        self,
        code: str,
        start: int,
        end: int,
        fields: Mapping[str, object],
        help_key: str | None = None,
        related: tuple[Related, ...] = (),
    ) -> None:
        self.diagnostics.append(Diagnostic(code, Span(self._source, start, end), fields, help_key, related))

    def _report_arrow(self, at: int, sign: str) -> None:
        fields = {"expected": Expected(("`->`",)), "found": Found(sign), "right": "->"}
        self._report("E010", at, at + len(sign), fields, "write")

    def _report_fix(self, here: Situation, fix: Fix) -> None:
        word = str(fix.fields.get("word", ""))
        if fix.code == "E011":
            if word in self._keywords:
                return
            self._keywords.add(word)
        fields = dict(fix.fields)
        if "terminal" in fields:
            fields["what"] = expected({str(fields.pop("terminal"))}, {})
        end = max(here.end, fix.end)
        fields |= {"expected": self._expected(here.accepts), "found": Found(self._text[here.at : end])}
        self._report(fix.code, here.at, end, fields, fix.help_key)

    def _report_unexpected(self, here: Situation, code: str, blocks: Sequence[_Block]) -> None:
        start, end = here.at, here.end
        if not here.lexeme:
            start = end = len(self._source.text.rstrip())
        if code == "E013":
            self._report(code, start, end, {"most": DEEPEST})
        elif is_later(here):
            if here.lexeme.startswith('"'):
                start = self._text.rfind("file", 0, start)
            self._report("E014", start, end, {"word": self._source.text[start:end]})
        elif not blocks and here.lexeme in STATEMENTS.values():
            self._report("E016", start, end, {"word": here.lexeme}, "only_in_plans")
        else:
            help_key, fields = help_without_fix(here)
            fields = {"expected": self._expected(here.accepts), "found": Found(here.lexeme), **fields}
            self._report(code, start, end, fields, help_key, self._unclosed(here, blocks))

    def _expected(self, terminals: Set[str]) -> Expected:
        return expected(terminals, self._automaton.keywords)

    def _unclosed(self, here: Situation, blocks: Sequence[_Block]) -> tuple[Related, ...]:
        """The brace that is most likely not closed, where that is the mistake."""
        starts_another = here.lexeme == "plan" or (
            here.lexeme in STATEMENTS.values() and len(blocks) > 1 and is_first(self._text, here.at)
        )
        if blocks and (not here.lexeme or (starts_another and "RBRACE" in here.accepts)):
            brace = self._values[blocks[-1].brace]
            return (Related("opened_here", Span(self._source, brace.start_pos, brace.end_pos)),)
        return ()

    # Mending

    def _mend(self, at: int, states: list[int], code: str) -> None:
        at = skip(self._text, at)
        blocks = self._blocks()
        here = self._situation(at, states, blocks)
        new_item = bool(blocks) and is_first(self._text, at) and self._completes(blocks[-1]) is not None
        quiet = (
            at == self._met
            or (self._item(blocks) == self._mended and not new_item)
            or (self._reopened and here.lexeme in ("", "plan"))
        )
        self._met = at
        if code != "E013" and here.lexeme and not is_later(here):
            if self._drop_comma(here, quiet) or self._reopen(here):
                return
            fix = find_fix(here) if not quiet or self._unsaid < MOST_UNSAID else None
            if fix is not None and not (fix.end == at == self._inserted):
                self._unsaid = self._unsaid + 1 if quiet else 0
                if not quiet:
                    self._report_fix(here, fix)
                self._apply(fix, at)
                return
        if not quiet:
            self._report_unexpected(here, code, blocks)
        self._pass_over(at, self._resume(at, blocks), complete=new_item or not here.lexeme)

    def _situation(self, at: int, states: list[int], blocks: Sequence[_Block]) -> Situation:
        def fits(terminal: str | None, end: int, words: int) -> bool:
            after = self._automaton.after(self._states, terminal) if terminal else self._states
            return after is not None and self._automaton.reads_on(after, self._text, end, words)

        before = [value.type for value in self._values[-2:] if isinstance(value, self._token)]
        kind = blocks[-1].kind if blocks else None
        return Situation(self._automaton, self._text, at, self._automaton.accepts(states), before, kind, fits)

    def _blocks(self) -> list[_Block]:
        """The open blocks, outermost first."""
        blocks = []
        opener, kind = 0, ""
        for index, value in enumerate(self._values):
            terminal = getattr(value, "type", None)
            if terminal in _OPENERS:
                opener, kind = index, terminal
            elif terminal == "LBRACE":
                blocks.append(_Block(kind, opener, index))
            elif terminal == "RBRACE":
                blocks.pop()
        return blocks

    def _item(self, blocks: Sequence[_Block]) -> tuple[int, int]:
        """Names the statement, rule, line or entry that is being read."""
        for block in reversed(blocks):
            if block.kind in CLOSABLE:
                return block.brace, len(self._list(block))
        return -1, len(self._values)

    def _list(self, block: _Block) -> list[Any]:
        """What a block holds so far."""
        items = self._values[block.brace + 1 : block.brace + 2]
        return items[0] if items and isinstance(items[0], list) else []

    def _apply(self, fix: Fix, at: int) -> None:
        if fix.terminal is not None:
            self._state.feed_token(self._token(fix.terminal, fix.value, at, end_pos=fix.end))
        self._inserted = at if fix.end == at else -1
        self._go_to(fix.end)
        self._mended = self._item(self._blocks())

    def _drop_comma(self, here: Situation, quiet: bool) -> bool:
        """Take back a comma after which nothing follows; True if that lets reading go on."""
        if here.before[-1:] != ["COMMA"] or not self._automaton.reads_on(self._states[:-1], self._text, here.at, 1):
            return False
        self._states.pop()
        comma = self._values.pop()
        if not quiet:
            accepts = self._automaton.accepts(self._states) - {"COMMA"}
            key = "comma_joins_lines" if here.block == "SCHEDULE" else "comma_only_in_braces"
            words = {"expected": self._expected(accepts), "found": Found(",")}
            self._report("E010", comma.start_pos, comma.end_pos, words, key)
        self._go_to(here.at)
        return True

    def _reopen(self, here: Situation) -> bool:
        """Go on with the plan before a statement that stands outside of it: its `}` came too early."""
        if here.block is not None or here.before[-1:] != ["RBRACE"]:
            return False
        if here.lexeme == "}":
            self._report_unexpected(here, "E010", ())
            self._go_to(past_braces(self._text, here.at))
            return True
        if here.lexeme not in STATEMENTS.values():
            return False
        self._states.pop()
        brace = self._values.pop()
        related = Related("plan_closed_here", Span(self._source, brace.start_pos, brace.end_pos))
        self._report("E016", here.at, here.end, {"word": here.lexeme}, "only_in_plans", (related,))
        self._reopened = True
        self._go_to(here.at)
        return True

    # Passing over what cannot be mended

    def _resume(self, at: int, blocks: Sequence[_Block]) -> Resume:
        moved = at != self._resumed
        if not blocks:
            return Resume(next_plan(self._text, at if moved else at + 1), -1)
        if self._outline is None or not self._outline.start <= at < self._outline.reach:
            self._outline = Outline(self._text, at)
        return self._outline.resume(at, [block.kind for block in blocks], moved)

    def _pass_over(self, at: int, resume: Resume, complete: bool) -> None:
        """Cut the stacks back to a block that can go on. `complete`: what was read before `at` is whole."""
        blocks = self._blocks()
        if not complete or resume.at > at:
            self._note_loss(blocks, at, resume.at, complete)
        for block in reversed(blocks[resume.level + 1 :]):
            complete = self._close(block, complete)
        if resume.level < 0:
            self._cut_plan()
            self._go_to(resume.at)
        else:
            self._cut(blocks[resume.level], complete)
            self._go_to(self._past_comma(resume.at, blocks[resume.level]))
        self._mended = None
        self._reopened = self._reopened and resume.level >= 0
        self._resumed = self._position()

    def _note_loss(self, blocks: Sequence[_Block], start: int, end: int, complete: bool) -> None:
        """Remember that a piece of the plan is passed over, and what it may have said."""
        if not blocks:
            return
        statement = self._values[blocks[0].brace + 2 :]
        keyword = getattr(statement[0], "type", "") if statement else ""
        if not complete:
            start = min(start, self._item_start(blocks[-1], start))
        kind = name = None
        if keyword in STATEMENTS and not (complete and len(blocks) == 1):
            kind = STATEMENTS[keyword]
            if len(statement) > 1 and getattr(statement[1], "type", None) in ("NEW_NAME", "NEW_ANNOUNCEMENT"):
                name = self._builder.name(statement[1])
        self._builder.broken.append(syntax.Broken(kind, name, Span(self._source, start, end)))

    def _item_start(self, block: _Block, default: int) -> int:
        """Where the item of a block starts that is being read."""
        items = self._values[block.brace + 1 :]
        item: Any = items[1] if len(items) > 1 and isinstance(items[0], list) else next(iter(items), None)
        while isinstance(item, list) and item:
            item = item[0]
        if isinstance(item, self._token):
            return default if item.start_pos is None else item.start_pos
        return item.span.start if hasattr(item, "span") else default

    def _close(self, block: _Block, complete: bool) -> bool:
        """Put in the `}` that a block lacks; where that cannot be, cut its statement. True if it is whole."""
        if block.kind in CLOSABLE:
            self._cut(block, complete)
        if self._automaton.after(self._states, "RBRACE") is None:
            self._cut_to(block.opener)
            return False
        at = self._position()
        self._state.feed_token(self._token("RBRACE", "}", at, end_pos=at))
        return True

    def _cut(self, block: _Block, complete: bool) -> None:
        """Leave a block with its whole items only."""
        terminal = self._completes(block) if complete else None
        if terminal is not None:
            self._state.feed_token(self._token(terminal, "", self._position()))
            self._cut_to(len(self._values) - 1)
        else:
            holds_list = isinstance(next(iter(self._values[block.brace + 1 :]), None), list)
            self._cut_to(block.brace + (2 if holds_list else 1))

    def _completes(self, block: _Block) -> str | None:
        """The terminal that makes what was read last a whole item of a block; None if it is not whole."""
        terminal = "COMMA" if block.kind in LISTS else "RBRACE"
        after = self._automaton.after(self._states, terminal)
        return terminal if after is not None and len(after) == block.brace + 4 else None

    def _past_comma(self, at: int, block: _Block) -> int:
        """In a list, the comma belongs to the entry before; where there is none, it is passed over."""
        if block.kind not in LISTS or self._text[at : at + 1] != ",":
            return at
        if self._list(block):
            self._state.feed_token(self._token("COMMA", ",", at, end_pos=at + 1))
        return at + 1

    def _cut_plan(self) -> None:
        """Leave whole plans only."""
        if self._values and getattr(self._values[-1], "type", None) != "RBRACE":
            self._cut_to(1 if isinstance(self._values[0], list) else 0)

    def _cut_to(self, length: int) -> None:
        del self._values[length:]
        del self._states[length + 1 :]
