"""The origin axis: areas and line types in classes that a plan does not tell apart; tested by tests/test_origins.py.

An origin is a slot, as in the tables: 2 * area ordinal + line, where ordinal 0 is `unknown`, 1 is `abroad`, and
the area codes follow in ascending order. A set of origins is an array of truths, one a slot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import assert_never

import numpy as np
import numpy.typing as npt

from ..runtime import places
from ..runtime.layout import AREA_ABROAD, AREA_FIRST, AREA_UNKNOWN, LINE_FIXED, LINE_MOBILE, origin_slots
from . import checked

Slots = npt.NDArray[np.bool_]

UNKNOWN = 2 * AREA_UNKNOWN + LINE_FIXED  # withheld, short and impossible numbers
UNKNOWN_MOBILE = 2 * AREA_UNKNOWN + LINE_MOBILE
ABROAD = 2 * AREA_ABROAD + LINE_FIXED
NOBODY = 2 * AREA_ABROAD + LINE_MOBILE  # a foreign caller has no line type


@cache
def area_codes() -> tuple[int, ...]:
    """All area codes without their leading zero, ascending: their places here are ordinals less AREA_FIRST."""
    return tuple(sorted(int(code) for code in places.area_codes()))


@cache
def _ordinals() -> dict[int, int]:
    return {code: at + AREA_FIRST for at, code in enumerate(area_codes())}


def ordinal(code: int) -> int:
    """The ordinal of an area code (without its zero)."""
    return _ordinals()[code]


def count() -> int:
    """How many slots there are."""
    return origin_slots(len(area_codes()))


def nobody() -> Slots:
    """The empty set."""
    return np.zeros(count(), np.bool_)


def slot_of(code: int, line: int) -> int:
    """The slot of an area code (without its zero) and LINE_MOBILE or LINE_FIXED."""
    return 2 * ordinal(code) + line


def slots_of_areas(codes: Iterable[int]) -> Slots:
    """Both line types of area codes."""
    found = nobody()
    for code in codes:
        found[slot_of(code, LINE_MOBILE)] = found[slot_of(code, LINE_FIXED)] = True
    return found


def words_of(slot: int) -> str:
    """A slot as `explain --from` takes it: `0731 mobile`, `unknown mobile`, `unknown`, `abroad`."""
    area, line = divmod(slot, 2)
    if area == AREA_ABROAD:
        return "abroad"
    if area == AREA_UNKNOWN:
        return "unknown mobile" if line == LINE_MOBILE else "unknown"
    return f"0{area_codes()[area - AREA_FIRST]} {'mobile' if line == LINE_MOBILE else 'fixed'}"


def whole_areas(origins: Slots) -> tuple[int, ...] | None:
    """The area codes of a set that holds nothing but area codes with both line types; None for any other set."""
    by_area = origins.reshape(-1, 2)
    if by_area[:AREA_FIRST].any() or (by_area[:, 0] != by_area[:, 1]).any():
        return None
    return tuple(area_codes()[at] for at in np.flatnonzero(by_area[AREA_FIRST:, 0]))


class OriginSets:
    """Reads origins as sets; keeps the sets of a plan's areas, which many origins may name."""

    def __init__(self) -> None:
        self._areas: dict[checked.Area, Slots] = {}

    def of(self, origin: checked.Origin) -> Slots:
        """The origins of all terms less those of all excluded ones."""
        return self._union(origin.terms) & ~self._union(origin.excluded)

    def _union(self, terms: Sequence[checked.Term]) -> Slots:
        found = nobody()
        codes: list[int] = []
        for term in terms:
            match term:
                case checked.CodeTerm(code):
                    codes.append(int(code))
                case checked.PlaceTerm(place):
                    codes.extend(map(int, place.areas))
                case checked.AreaTerm(area):
                    if area not in self._areas:
                        self._areas[area] = self.of(area.origin)
                    found |= self._areas[area]
                case checked.ClassTerm(kind):
                    found |= _class(kind)
                case _:
                    assert_never(term)
        return found | slots_of_areas(codes)


@cache
def _class(kind: checked.ClassName) -> Slots:
    found = nobody()
    match kind:
        case "mobile":
            found[LINE_MOBILE::2] = True
        case "fixed":
            found[2 * AREA_FIRST + LINE_FIXED :: 2] = True
        case "abroad":
            found[ABROAD] = True
        case "unknown":
            found[[UNKNOWN, UNKNOWN_MOBILE]] = True
        case "anywhere":
            found[:] = True
        case _:
            assert_never(kind)
    found[NOBODY] = False
    found.flags.writeable = False
    return found


class OriginAxis:
    """Origins in classes that none of the sets tells apart, numbered by their first slot.

    Slots without callers, those in `left_out` and NOBODY, are in class 0 of `classes`, which has one entry a slot, and
    in no class of `members`. One of the others is always left: an unknown caller is in no area.
    """

    def __init__(self, sets: Sequence[Slots], left_out: Slots) -> None:
        self.real = ~left_out
        self.real[NOBODY] = False
        slots = np.flatnonzero(self.real)
        _, first, signature = np.unique(_signatures(sets)[slots], return_index=True, return_inverse=True)
        order = np.argsort(first)
        number = np.argsort(order)[signature]
        ends = np.cumsum(np.bincount(number))
        self.members = [found.tolist() for found in np.split(slots[np.argsort(number, kind="stable")], ends[:-1])]
        self.classes = np.zeros(count(), np.int32)
        self.classes[slots] = number
        self._first = slots[first[order]]

    def holds(self, origins: Slots) -> npt.NDArray[np.bool_]:
        """Whether one of the sets holds each class."""
        found: npt.NDArray[np.bool_] = origins[self._first]
        return found

    def any_in(self, origins: Slots) -> npt.NDArray[np.bool_]:
        """Whether each class shares a slot with any set."""
        found = np.zeros(len(self.members), np.bool_)
        found[self.classes[origins & self.real]] = True
        return found


def _signatures(sets: Sequence[Slots]) -> npt.NDArray[np.void]:
    """For each slot which of the sets hold it."""
    bits = np.packbits(np.array([nobody(), *sets], np.bool_), axis=0).T
    return np.ascontiguousarray(bits).view(f"V{bits.shape[1]}").ravel()
