"""The first look at a text, before its grammar: comments, strings without an end, characters that have no place in a
plan; tested by tests/test_characters.py.

Each mistake is reported here and set right in a copy of the same length: reading goes on and offsets stay valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .diagnostics import Diagnostic
from .source import Source, Span
from .syntax import Comment

# Full-width and typographic signs, and the ASCII sign that was meant. Full-width letters and digits are left alone, as
# names may have them; where a keyword or a number is expected, mistakes.py names the ASCII ones.
SIGNS = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if not chr(code).isalnum() and code != 0xFF3F}
SIGNS |= dict.fromkeys("“”„‟「」『』＂", '"') | dict.fromkeys("、。､｡﹐﹑", ",") | dict.fromkeys("‐‑‒–—―−﹣", "-")
SIGNS |= dict.fromkeys("【〔﹛", "{") | dict.fromkeys("】〕﹜", "}") | {"﹪": "%", "﹢": "+", "〜": "~", "∼": "~"}
MOST_MISTAKES = 100  # of one file; what comes after them is most likely their echo, or no plan at all
SPACES = "\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
_TO_ASCII = str.maketrans(SIGNS)

# No group: a run may have megabytes. No possessive quantifier: CPython before 3.11.5 matches those wrongly.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARK = re.compile(
    r'(?P<string>"[^"\n]*")|(?P<comment>[#＃][^\n]*)|(?P<quoted>[“„「『＂][^"“”「」『』＂\n]*["“”」』＂])|(?P<open>"[^\n]*)|'
    rf"(?P<space>[{SPACES}]+)|(?P<sign>[{re.escape(''.join(SIGNS))}]+)"
)
_QUOTES = "“”„‟「」『』＂"
_OPENS_BLOCK = re.compile(r"\s*\{\s*$")


@dataclass(frozen=True)
class Cleaned:
    """`text` is as long as the source's and may be given to the grammar."""

    text: str
    comments: tuple[Comment, ...]
    diagnostics: tuple[Diagnostic, ...]


def clean(source: Source) -> Cleaned:
    """Find the comments, report and mend stray characters. A text that is not Unicode becomes empty."""
    surrogate = _SURROGATE.search(source.text)
    if surrogate:
        problem = Diagnostic("E006", Span(source, *surrogate.span()), {"byte": f"U+{ord(surrogate.group()):04X}"})
        return Cleaned("", (), (problem,))
    return _Cleaner(source).clean()


class _Cleaner:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.comments: list[Comment] = []
        self.diagnostics: list[Diagnostic] = []
        self.pieces: list[str] = []
        self.done = 0  # how far the source stands in `pieces`
        self.text = ""

    def clean(self) -> Cleaned:
        self.text = self._without_control(self.source.text)
        for match in _MARK.finditer(self.text):
            if match.lastgroup == "comment":
                self._comment(match.start(), match.end())
            elif match.lastgroup == "open":
                self._open_string(match.start(), match.end())
            elif match.lastgroup != "string":
                self._sign(match.lastgroup, match.start(), match.end())
            elif "\t" in match.group():
                at = self.text.index("\t", match.start())
                self._report("E007", at, at + 1, character="U+0009")
        text = "".join((*self.pieces, self.text[self.done :])) if self.pieces else self.text
        self.diagnostics.sort(key=lambda diagnostic: diagnostic.span.start if diagnostic.span else 0)
        return Cleaned(text, tuple(self.comments), tuple(self.diagnostics))

    def _report(self, code: str, start: int, end: int, **fields: object) -> None:
        if len(self.diagnostics) <= MOST_MISTAKES:
            self.diagnostics.append(Diagnostic(code, Span(self.source, start, end), fields))

    def _replace(self, start: int, end: int, text: str) -> None:
        self.pieces += (self.text[self.done : start], text)
        self.done = end

    def _without_control(self, text: str) -> str:
        if text.startswith("\ufeff"):
            text = " " + text[1:]
        marked = _LONE_RETURN.sub("\0", text)
        if not _CONTROL.search(marked):
            return text
        for match in _CONTROL.finditer(marked):
            self._report("E007", match.start(), match.end(), character=f"U+{ord(text[match.start()]):04X}")
        return _CONTROL.sub(lambda match: " " * len(match.group()), marked)

    def _comment(self, start: int, end: int) -> None:
        if self.text[start] == "＃":
            self._report("E008", start, start + 1, wrong="＃", right="#")
            self._replace(start, start + 1, "#")
        stop = start + len(self.text[start:end].rstrip())
        self.comments.append(Comment(self.text[start:stop], Span(self.source, start, stop)))

    def _open_string(self, start: int, end: int) -> None:
        """Close a string at the end of its line, but before a `{`, so that a missing quote is one mistake."""
        line = self.text[start:end].rstrip()
        brace = _OPENS_BLOCK.search(line)
        self._report("E009", start, start + (brace.start() if brace else len(line)))
        if brace and brace.start() > 0:
            at = start + max(brace.start() if line[brace.start()] != "{" else brace.start() - 1, 1)
            self._replace(at, at + 1, '"')
        elif end < len(self.text):
            self._replace(end, end + 1, '"')
        else:
            self._replace(end, end, '"')

    def _sign(self, kind: str | None, start: int, end: int) -> None:
        wrong = self.text[start:end]
        if kind == "space":
            self._report("E018", start, end, wrong=f"U+{ord(wrong[0]):04X}")
            self._replace(start, end, " " * len(wrong))
        elif kind == "quoted":
            sign = wrong[0] if wrong[0] in _QUOTES else wrong[-1]
            self._report("E008", start, end, wrong=sign, right='"')
            self._replace(start, end, f'"{wrong[1:-1]}"')
        else:
            right = wrong.translate(_TO_ASCII)
            self._report("E008", start, end, wrong=wrong, right=right)
            self._replace(start, end, right)
