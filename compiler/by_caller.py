"""Which branches of a `split by caller` the callers of a set come to; tested by tests/test_by_caller.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap64

from . import checked, orders
from .assembly import identity_of
from .cells import Axes
from .keys import kin_in

MOST_CALLERS = 1_000_000  # so many come to every branch: the smallest has 0.01% of them

Keys = npt.NDArray[np.uint64]


def weights_of(split: checked.Split) -> tuple[int, ...]:
    """The weights of a split's branches without their common divisor."""
    return orders.reduced([branch.weight for branch in split.branches])


def identity_text(plan: checked.Plan, split: checked.Split) -> str:
    """What a split's tickets and the choice of its branches belong to over rebuilds."""
    which = " / ".join(split.path) if split.name is None else f"name {split.name}"
    return f"split {plan.numbers[0].digits} {which} {','.join(map(str, weights_of(split)))}"


def key_of(plan: checked.Plan, split: checked.Split) -> int:
    """The key of a split's hash."""
    return int.from_bytes(identity_of(identity_text(plan, split))[:8], "little")


def branches_of(plan: checked.Plan, split: checked.Split, callers: Keys) -> npt.NDArray[np.intp]:
    """The branch of each caller; runtime/decide.pyx does the same for one."""
    weights = orders.cumulative(weights_of(split))
    mixed = callers ^ np.uint64(key_of(plan, split))
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(33)
    positions = ((mixed >> np.uint64(32)) * np.uint64(weights[-1])) >> np.uint64(32)
    return np.searchsorted(np.array(weights, np.uint64), positions, side="right")


def callers_in(axes: Axes, at: npt.NDArray[np.intp]) -> Keys | None:
    """The keys of all callers that some cells are about; None where they are more than anyone lists."""
    origins, _, callers = np.unravel_index(at, axes.shape)
    found: list[Keys] = []
    for place in np.unique(callers).tolist():
        members = _of_origins(axes, axes.callers.keys[place], set(origins[callers == place].tolist()))
        if place == 0 or len(members) > MOST_CALLERS:
            return None
        found.append(np.array(members.to_array(), np.uint64))
    return np.concatenate(found)


def _of_origins(axes: Axes, keys: BitMap64, classes: set[int]) -> BitMap64:
    """Those of a set that may have an origin of one of the classes."""
    found = keys.copy()
    for _, kin in kin_in(keys):
        if classes.isdisjoint(axes.origins.classes[list(kin.slots)].tolist()):
            found.remove_range(kin.keys.start, kin.keys.stop)
    return found
