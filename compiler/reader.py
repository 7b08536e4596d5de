"""Drives the parser over one text and keeps it going after mistakes; tested by tests/test_syntax_errors.py
and tests/test_syntax_recovery.py.

Each mistake is mended on the parser's own stacks: a Fix is fed as if it had been written; where there is none, the
stacks are cut back to the innermost block that can go on and the text is passed over up to its next item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from . import syntax
from .automaton import END, load, skip
from .characters import MOST_MISTAKES
from .diagnostics import Diagnostic, Related
from .expected import DECLARATIONS, ONLY_INSIDE, ONLY_OUTSIDE, STATEMENTS, Expected, Found, expected
from .mistakes import Fix, Situation, find_fix, help_without_fix
from .recovery import LISTS, Outline, Resume, is_first, next_item, next_plan, past_braces, past_misplaced
from .source import Source, Span
from .stacks import Block, Stacks
from .tree import Builder, Read

DEEPEST = 64  # open braces, brackets and `not`
MOST_UNSAID = 8  # mistakes of one statement, rule or line that are mended without a word after the first
_KINDS = {**STATEMENTS, **DECLARATIONS, **ONLY_OUTSIDE}
_STRAY = frozenset(("}", *ONLY_INSIDE.values()))
_NESTING = frozenset(("NOT", "LPAR", "LBRACE"))


class _Mistake(Exception):
    """What stands at an offset does not fit; `states` is the stack of states that it met."""

    def __init__(self, at: int, states: list[int], code: str) -> None:
        super().__init__(at, code)
        self.at = at
        self.states = states
        self.code = code


class Reader:
    """Reads one text."""

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
        self._stacks = Stacks(self._automaton, self._state)
        self._mended: tuple[int, int] | None = None  # the item that has a mistake which was reported and mended
        self._unsaid = 0  # mistakes mended in that item after the one that was reported
        self._met = -1  # where the last mistake was met: another one there is its echo
        self._inserted = -1  # where something left out was last put in
        self._resumed = -1  # where reading was last resumed
        self._outline: Outline | None = None
        self._reopened = False  # a plan's `}` came too early, so its end is not missed later
        self._strays = -1  # the number of plans before a statement outside of them: those after it are its echo
        self._keywords: set[str] = set()  # keywords already reported as names

    def read(self) -> Read:
        """What the text says, as far as it could be read; the mistakes are in `diagnostics`."""
        from lark.exceptions import UnexpectedInput

        while True:
            try:
                return self._read_on()
            except _Mistake as mistake:
                self._mend(mistake.at, mistake.states, mistake.code)
            except UnexpectedInput as error:
                self._mend(error.pos_in_stream or 0, self._stacks.states[:], "E010")
            if len(self.diagnostics) > MOST_MISTAKES:
                self._pass_over(self._position(), Resume(len(self._text), -1), complete=True)

    @property
    def lost(self) -> list[syntax.Broken]:
        """Pieces outside of plans that were passed over."""
        return self._builder.lost

    def _read_on(self) -> Read:
        from lark.exceptions import UnexpectedToken

        values, states, forbidden = self._stacks.values, self._stacks.states, self._automaton.forbidden
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
                if len(values) >= DEEPEST and kind in _NESTING and self._stacks.depth() >= DEEPEST:
                    raise _Mistake(token.start_pos or 0, before, "E013")
                self._state.feed_token(token)
            end = len(self._text)
            before = states[:]
            token = self._token(END, "", end, end_pos=end)
            read: Read = self._state.feed_token(token, True)
            return read
        except UnexpectedToken as error:
            if error.token is token:
                raise _Mistake(token.start_pos or 0, before, "E010") from None
            raise

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

    def _report_unexpected(self, here: Situation, code: str, blocks: Sequence[Block]) -> None:
        start, end = here.at, here.end
        if not here.lexeme:
            start = end = len(self._source.text.rstrip())
        if code == "E013":
            self._report(code, start, end, {"most": DEEPEST})
        elif not blocks and here.lexeme in ONLY_INSIDE.values():
            self._report("E016", start, end, {"word": here.lexeme}, "only_in_plans")
            self._strays = self._stacks.plans()
        elif self._is_misplaced(here):
            self._report("E019", start, end, {"word": here.lexeme}, "only_outside_plans")
        else:
            help_key, fields = help_without_fix(here)
            fields = {"expected": self._expected(here.accepts), "found": Found(here.lexeme), **fields}
            self._report(code, start, end, fields, help_key, self._unclosed(here, blocks))

    def _is_misplaced(self, here: Situation) -> bool:
        """True for what belongs outside plans where a statement of a plan may stand."""
        return here.lexeme in ONLY_OUTSIDE.values() and "TIMEZONE" in here.accepts

    def _expected(self, terminals: Set[str]) -> Expected:
        return expected(terminals, self._automaton.keywords)

    def _unclosed(self, here: Situation, blocks: Sequence[Block]) -> tuple[Related, ...]:
        """The brace that is most likely not closed, where that is the mistake."""
        starts_another = here.lexeme == "plan" or (
            here.lexeme in STATEMENTS.values()
            and bool(blocks)
            and len(blocks) > (blocks[0].kind == "PLAN")
            and is_first(self._text, here.at)
        )
        if blocks and (not here.lexeme or (starts_another and "RBRACE" in here.accepts)):
            brace = self._stacks.values[blocks[-1].brace]
            return (Related("opened_here", Span(self._source, brace.start_pos, brace.end_pos)),)
        return ()

    # Mending

    def _mend(self, at: int, states: list[int], code: str) -> None:
        at = skip(self._text, at)
        blocks = self._stacks.blocks()
        here = self._situation(at, states, blocks)
        new_item = bool(blocks) and is_first(self._text, at) and self._stacks.completes(blocks[-1]) is not None
        quiet = (
            at == self._met
            or (self._stacks.item(blocks) == self._mended and not new_item)
            or (self._reopened and here.lexeme in ("", "plan"))
            or (not blocks and here.lexeme in _STRAY and self._strays == self._stacks.plans())
        )
        self._met = at
        if self._is_misplaced(here) and (end := past_misplaced(self._text, at)) > at:
            self._report_unexpected(here, code, blocks)
            self._go_to(end)
            return
        if code != "E013" and here.lexeme:
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
        complete = new_item or not here.lexeme or (not blocks and self._stacks.is_whole())
        self._pass_over(at, self._resume(at, blocks), complete)

    def _situation(self, at: int, states: list[int], blocks: Sequence[Block]) -> Situation:
        def fits(terminal: str | None, end: int, words: int) -> bool:
            after = self._stacks.after(terminal) if terminal else self._stacks.states
            return after is not None and self._automaton.reads_on(after, self._text, end, words)

        before = [value.type for value in self._stacks.values[-2:] if isinstance(value, self._token)]
        kind = blocks[-1].kind if blocks else None
        return Situation(self._automaton, self._text, at, self._automaton.accepts(states), before, kind, fits)

    def _apply(self, fix: Fix, at: int) -> None:
        if fix.terminal is not None:
            self._stacks.feed(fix.terminal, fix.value, at, fix.end)
        self._inserted = at if fix.end == at else -1
        self._go_to(fix.end)
        self._mended = self._stacks.item(self._stacks.blocks())

    def _drop_comma(self, here: Situation, quiet: bool) -> bool:
        """Take back a comma after which nothing follows; True if that lets reading go on."""
        comma = self._stacks.values[-1] if self._stacks.values else None
        if not isinstance(comma, self._token) or comma.type != "COMMA":
            return False  # what stands before is the comma only where nothing was made of what follows it
        if not self._automaton.reads_on(self._stacks.states[:-1], self._text, here.at, 1):
            return False
        self._stacks.states.pop()
        self._stacks.values.pop()
        if not quiet:
            accepts = self._automaton.accepts(self._stacks.states) - {"COMMA"}
            key = "comma_joins_lines" if here.block == "SCHEDULE" else "comma_only_in_braces"
            if "DAY_NUMBER" in here.accepts and not is_first(self._text, here.at):
                key = "month_days_last"
            words = {"expected": self._expected(accepts), "found": Found(",")}
            self._report("E010", comma.start_pos or 0, comma.end_pos or 0, words, key)
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
        if here.lexeme not in ONLY_INSIDE.values() or self._stacks.outermost() != "PLAN":
            return False
        self._stacks.states.pop()
        brace = self._stacks.values.pop()
        related = Related("plan_closed_here", Span(self._source, brace.start_pos, brace.end_pos))
        self._report("E016", here.at, here.end, {"word": here.lexeme}, "only_in_plans", (related,))
        self._reopened = True
        self._go_to(here.at)
        return True

    # Passing over what cannot be mended

    def _resume(self, at: int, blocks: Sequence[Block]) -> Resume:
        moved = at != self._resumed
        if not blocks:
            next_one = next_plan if self._stacks.outermost() == "PLAN" else next_item
            return Resume(next_one(self._text, at if moved else at + 1), -1)
        if self._outline is None or not self._outline.start <= at < self._outline.reach:
            self._outline = Outline(self._text, at)
        return self._outline.resume(at, [block.kind for block in blocks], moved)

    def _pass_over(self, at: int, resume: Resume, complete: bool) -> None:
        """Cut the stacks back to a block that can go on. `complete`: what was read before `at` is whole."""
        blocks = self._stacks.blocks()
        if not complete or resume.at > at:
            self._note_loss(blocks, at, resume.at, complete)
        whole, stacks, last = complete, self._stacks, self._position()
        for block in reversed(blocks[resume.level + 1 :]):
            if block.kind == "SPLIT" and not whole:
                stacks.cut_to(block.opener)
                complete = False
            else:
                complete = stacks.close(block, last, complete)
        if resume.level < 0:
            stacks.cut_outside(last, complete)
            self._go_to(resume.at)
        else:
            stacks.cut(blocks[resume.level], last, complete)
            self._go_to(self._past_comma(resume.at, blocks[resume.level]))
        self._mended = None
        self._reopened = self._reopened and resume.level >= 0
        self._resumed = self._position()

    def _note_loss(self, blocks: Sequence[Block], start: int, end: int, complete: bool) -> None:
        """Remember that a piece of the text is passed over, and what it may have said."""
        in_plan = bool(blocks) and blocks[0].kind == "PLAN"
        statement = self._stacks.values[blocks[0].brace + 2 if in_plan else self._stacks.outer() :]
        keyword = getattr(statement[0], "type", "") if statement else ""
        if not complete:
            start = min(start, self._stacks.item_start(blocks[-1].brace + 1 if blocks else 0, start))
        kind = name = None
        if keyword in _KINDS and not (complete and len(blocks) == in_plan):
            kind = _KINDS[keyword]
            if len(statement) > 1 and getattr(statement[1], "type", None) in ("NEW_NAME", "NEW_ANNOUNCEMENT"):
                name = self._builder.name(statement[1])
        lost = self._builder.broken if in_plan else self._builder.lost
        lost.append(syntax.Broken(kind, name, Span(self._source, start, end)))

    def _past_comma(self, at: int, block: Block) -> int:
        """In a list, the comma belongs to the entry before; where there is none, it is passed over."""
        if block.kind not in LISTS or self._text[at : at + 1] != ",":
            return at
        if self._stacks.items(block):
            self._stacks.feed("COMMA", ",", at, at + 1)
        return at + 1
