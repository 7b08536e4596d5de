"""What single words say: spans, names, numbers, counts, and the lists that words stand in; tested by
tests/test_parse.py.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from . import syntax
from .diagnostics import Diagnostic
from .source import Source, Span

if TYPE_CHECKING:
    from lark import Token

    Values: TypeAlias = list[Any]

LARGEST = 2**31 - 1  # of any count
_DIGITS = 9  # a share with more digits before its point is as wrong as one with so many
_SEPARATORS = str.maketrans("", "", " -.()")


class Words:
    """Makes nodes of tokens of one source. Values that cannot be held are added to `diagnostics`."""

    def __init__(self, source: Source, diagnostics: list[Diagnostic]) -> None:
        self.source = source
        self.diagnostics = diagnostics

    # Places

    def _span(self, first: Token, last: Token) -> Span:
        return Span(self.source, first.start_pos, last.end_pos)  # type: ignore[arg-type]

    def _of(self, token: Token) -> Span:
        return Span(self.source, token.start_pos, token.end_pos)  # type: ignore[arg-type]

    def _until(self, first: Token, *last: Any) -> Span:
        """From a token to the last node that there is."""
        end = next(node.span.end for node in reversed(last) if node is not None)
        return Span(self.source, cast(int, first.start_pos), end)

    # Words

    def name(self, token: Token) -> syntax.Name:
        """A name in NFC."""
        text = str(token)
        return syntax.Name(text if text.isascii() else unicodedata.normalize("NFC", text), self._of(token))

    def _string(self, token: Token) -> syntax.String:
        return syntax.String(token[1:-1], self._of(token))

    def _telephone(self, token: Token) -> syntax.Number:
        return syntax.Number(token.translate(_SEPARATORS), self._of(token))

    def _pattern(self, token: Token) -> syntax.Pattern:
        text = token.translate(_SEPARATORS)
        prefix = text.rstrip("x")
        return syntax.Pattern(prefix, len(text) - len(prefix), self._of(token))

    def _count(self, token: Token) -> syntax.Count:
        digits = token.lstrip("0") or "0"
        value = int(digits) if len(digits) <= len(str(LARGEST)) else LARGEST + 1
        if value > LARGEST:
            self.diagnostics.append(Diagnostic("E015", self._of(token), {"count": str(token), "most": LARGEST}))
        return syntax.Count(min(value, LARGEST), self._of(token))

    def _seconds(self, token: Token) -> syntax.Count:
        digits = token[:-1].lstrip("0") or "0"
        return syntax.Count(int(digits) if len(digits) <= _DIGITS else LARGEST, self._of(token))

    def _share(self, token: Token) -> int:
        """In hundredths of a percent."""
        whole, _, part = token[:-1].partition(".")
        whole = whole.lstrip("0") or "0"
        return int(whole if len(whole) <= _DIGITS else "9" * _DIGITS) * 100 + int(part.ljust(2, "0"))

    # Lists and rules that only pass on what stands in them

    def _same(self, values: Values) -> Any:
        return values[0]

    def _grow(self, values: Values) -> list[Any]:
        """`list: item | list item | list "," item`, or empty."""
        if not values:
            return []
        if len(values) == 1:
            return [values[0]]
        values[0].append(values[-1])
        return cast("list[Any]", values[0])

    def comma(self, _: Values) -> None:
        """A comma that may end a list between braces."""
