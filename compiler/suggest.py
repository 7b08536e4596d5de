"""Did you mean: the known word nearest to a misspelt one, in time that does not grow with the words known; tested by
tests/test_suggest.py.

Two words one slip apart (a letter more, less, other, or two swapped) share a form that lacks at most one letter of
each. An index of those forms finds them by a few look-ups, so that a file full of misspelt names is reported at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

LONGEST = 64  # longer words get no suggestion: their forms would take quadratic room
CROWD = 16  # known words remembered for one form: more would be a guess, and slow


class Suggestions:
    """Known words, ready to be asked for the nearest one."""

    def __init__(self, words: Iterable[str]) -> None:
        self._forms: dict[str, list[str]] = {}
        for word in dict.fromkeys(words):
            for form in _forms(word.casefold()):
                known = self._forms.setdefault(form, [])
                if len(known) < CROWD:
                    known.append(word)

    def nearest(self, word: str) -> str | None:
        """The known word that `word` most likely means; None if none is one slip away. Ties go to the first known."""
        folded = word.casefold()
        best: str | None = None
        best_ratio = 0.0
        for form in _forms(folded):
            for known in self._forms.get(form, ()):
                ratio = SequenceMatcher(None, folded, known.casefold(), autojunk=False).ratio()
                if ratio > best_ratio and known != word:
                    best, best_ratio = known, ratio
        return best


def _forms(word: str) -> Iterator[str]:
    if not 1 <= len(word) <= LONGEST:
        return
    yield word
    if len(word) > 1:
        for at in range(len(word)):
            yield word[:at] + word[at + 1 :]
