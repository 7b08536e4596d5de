"""The nodes of `expect`: one method for each rule of grammar/plan.lark; tested by tests/test_parse_route.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from . import syntax
from .source import Span
from .tree_time import Times
from .tree_words import Words

if TYPE_CHECKING:
    from .tree_words import Values


class Expectations(Times):
    """Makes what says what calls should come to."""

    def expect(self, values: Values) -> syntax.Expect:
        keyword, _, lines, closing = values
        return syntax.Expect(tuple(lines), self._span(keyword, closing))

    expect_lines = path = expected_shares = Words._grow
    expected_target = Words._same

    def expect_line(self, values: Values) -> syntax.ExpectLine:
        caller, _, date, time, tried, _, outcome = values
        span = Span(self.source, caller.span.start, outcome.span.end)
        start = cast(int, date.start_pos)
        at = syntax.LocalTime(self._date(date, start), self._minute(time), self._span(date, time))
        if isinstance(outcome, syntax.To):
            last = syntax.Tried(outcome.destination, (), outcome.span)
            return syntax.ExpectLine(caller, at, (*tried, last), None, span)
        return syntax.ExpectLine(caller, at, tuple(tried), outcome, span)

    def expect_caller(self, values: Values) -> syntax.Number | syntax.From:
        (caller,) = values
        return caller if isinstance(caller, syntax.From) else self._telephone(caller)

    def tried(self, values: Values) -> syntax.Tried:
        _, destination, event = values
        happened: tuple[Any, ...] = (str(event),)
        return syntax.Tried(self.name(destination), happened, self._span(destination, event))

    outcome = Words._same

    def split_outcome(self, values: Values) -> syntax.ExpectedShares:
        keyword, _, shares, _, closing = values
        return syntax.ExpectedShares(tuple(shares), self._span(keyword, closing))

    def expected_share(self, values: Values) -> syntax.ExpectedShare:
        percent, target = values
        return syntax.ExpectedShare(self._share(percent), target, self._until(percent, target))
