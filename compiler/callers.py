"""The caller axis: which combinations of a plan's lists its callers are on; tested by tests/test_callers.py."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap64

from . import limits


class CallerAxis:
    """Callers in classes that a plan's lists do not tell apart: the combinations that occur.

    Class 0 is on no list. `keys` has one set a class (that of class 0 is empty), disjoint; `vectors` says by bit which
    of the lists hold it. Classes come in order of their vectors. Raises limits.LimitExceeded.
    """

    def __init__(self, sets: Sequence[BitMap64], left_out: BitMap64) -> None:
        parts: dict[int, BitMap64] = {}
        before = BitMap64()
        for at, keys in enumerate(sets):
            rest = keys - left_out if left_out else keys
            overlapping = [] if rest.isdisjoint(before) else list(parts.items())
            if at + 1 < len(sets):
                before |= rest
            for vector, part in overlapping:
                shared = part & rest
                if not shared:
                    continue
                rest = rest - shared  # not in place: it may be the list's own set
                parts[vector | 1 << at] = shared
                if len(shared) == len(part):
                    del parts[vector]
                else:
                    parts[vector] = part - shared
            if rest:
                parts[1 << at] = rest
            if len(parts) >= limits.MOST_CLASSES:
                raise limits.LimitExceeded("E531", {"count": f"{len(parts):,}", "most": f"{limits.MOST_CLASSES - 1:,}"})
        self.vectors = (0, *sorted(parts))
        self.keys = (BitMap64(), *(parts[vector] for vector in self.vectors[1:]))

    def holds(self, at: int) -> npt.NDArray[np.bool_]:
        """Whether a list, by its place, holds each class."""
        return np.array([vector >> at & 1 for vector in self.vectors], np.bool_)
