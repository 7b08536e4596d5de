"""What a caller's key says (numbers.Normalised.key): the origins that he can have, and his number; tested by
tests/test_keys.py.

Whatever numbering table is used: a mobile may be of any area or of none (language.md 4.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pyroaring import BitMap64

from ..runtime.layout import LINE_FIXED, LINE_MOBILE
from . import origins
from .numbers import CHINA, WRITTEN, Normalised
from .origins import Slots

MOBILES = range(10**13 + 8613 * 10**9, 10**13 + 8620 * 10**9)  # the keys of Chinese mobiles


@dataclass(frozen=True)
class Kin:
    """Neighbouring keys, of callers that can have the same origins."""

    keys: range
    slots: tuple[int, ...]


def kin_of(key: int) -> Kin:
    """A key with all those around it whose callers can have the same origins."""
    if key >= WRITTEN:
        return Kin(range(WRITTEN, 2 * WRITTEN), (origins.UNKNOWN,))
    if key in MOBILES:
        return Kin(MOBILES, _mobile_slots())
    digits = str(key)[1:]
    unit = 10 ** (len(digits) - len(CHINA))
    china = range(10 ** len(digits) + int(CHINA) * unit, 10 ** len(digits) + (int(CHINA) + 1) * unit)
    if key < china.start:
        return Kin(range(10 ** len(digits), china.start), (origins.ABROAD,))
    if key >= china.stop:
        return Kin(range(china.stop, 2 * 10 ** len(digits)), (origins.ABROAD,))
    national = digits[len(CHINA) :]
    code = national[:2] if national.startswith(("10", "2")) else national[:3]
    unit //= 10 ** len(code)
    first = china.start + int(code) * unit
    return Kin(range(first, first + unit), (origins.slot_of(int(code), LINE_FIXED),))


def kin_in(keys: BitMap64) -> Iterator[tuple[int, Kin]]:
    """The kin that a set has members of, each with the first member; few of them, however large the set is."""
    last = keys.max() if keys else -1
    at = 0
    while at <= last:
        key = keys.next_set_bit(at)
        kin = kin_of(key)
        yield key, kin
        at = kin.keys.stop


def origins_of(keys: BitMap64) -> Slots:
    """The origins that the callers of a set can have."""
    found = origins.nobody()
    for _, kin in kin_in(keys):
        found[list(kin.slots)] = True
    return found


def number_of(key: int) -> str:
    """The number of a caller as a plan may write it."""
    if key >= WRITTEN:
        return str(key - WRITTEN)[1:]
    digits = str(key)[1:]
    if key in MOBILES:
        return Normalised("mobile", digits).dial
    return Normalised("fixed" if digits.startswith(CHINA) else "abroad", digits).dial


@cache
def _mobile_slots() -> tuple[int, ...]:
    return tuple(slot for slot in range(LINE_MOBILE, origins.count(), 2) if slot != origins.NOBODY)
