from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Kind = Literal["not a number", "no area code", "too long", "not a pattern", "mixed", "odd"]

KINDS: tuple[Kind, ...]

class Mistake(NamedTuple):
    """A line that is wrong or, where `kind` is odd, likely so: its number, from 1, and where it and its entry lie in
    the data, in bytes.

    no area code: 7 or 8 digits alone; too long: over 15 digits; not a pattern: digits behind an x, none before it, or
    more than 8 x; mixed: a pattern that does not mean numbers of one kind; odd: no whole number, known as written.
    """

    kind: Kind
    line: int
    offset: int
    start: int
    end: int

class ListLines(NamedTuple):
    """What a list file holds.

    `keys`: of its numbers (numbers.Normalised.key), in its order, doubled ones too; `first` and `last`: the keys that
    each of its patterns goes from and to, both included. `bad` and `odd`: how many lines are wrong, and likely wrong;
    `mistakes` and `oddities`: the first 20 of them. A line that is wrong is in no array, an odd one is.
    """

    keys: NDArray[np.uint64]
    first: NDArray[np.uint64]
    last: NDArray[np.uint64]
    mistakes: list[Mistake]
    bad: int
    oddities: list[Mistake]
    odd: int

def read(data: bytes) -> ListLines:
    """Read the bytes of a list file (language.md 3.3), which has no byte-order mark. Never raises.

    A line ends with \\n or \\r\\n and has a number or a pattern, a comment, both or nothing; tabs may stand around an
    entry, not in it. Takes one block of memory for what it returns, and lets other threads run.
    """
