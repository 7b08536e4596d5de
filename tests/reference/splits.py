"""The order in which a split's branches are served (language 6.5); tested by tests/test_reference.py.

The rule: of the branches whose next service may have come (they have had less than their share of the calls up to and
including this one), the one whose next service is due first; the earlier branch where two are due together.

A `split by caller` has no order: a hash of the caller, keyed by what the split is, falls into one of the shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from hashlib import blake2b
from itertools import accumulate
from math import gcd

from callplan.compiler.checked import Plan, Split

from .numbers import LONGEST, Number

WORD = 2**64


def reduced(weights: Sequence[int]) -> tuple[int, ...]:
    """The smallest whole numbers of the same proportions."""
    divisor = gcd(*weights)
    return tuple(weight // divisor for weight in weights)


@cache
def order(weights: tuple[int, ...]) -> tuple[int, ...]:
    """The branch of each ticket of one round; the next round is the same."""
    weights = reduced(weights)
    total = sum(weights)
    served = [0] * len(weights)
    result = []
    for n in range(1, total + 1):
        may_be_served = [j for j, weight in enumerate(weights) if served[j] * total < n * weight]
        chosen = min(may_be_served, key=lambda j: (Fraction((served[j] + 1) * total, weights[j]), j))
        served[chosen] += 1
        result.append(chosen)
    return tuple(result)


def branch_of(ticket: int, weights: Sequence[int]) -> int:
    """The branch of a ticket, counted from 0 since the shares last changed."""
    round_ = order(tuple(weights))
    return round_[ticket % len(round_)]


def branch_of_caller(plan: Plan, split: Split, number: Number) -> int:
    """The branch of a caller that is not withheld, in a split by caller of the plan."""
    shares = reduced([branch.weight for branch in split.branches])
    position = (_hash(_split_key(plan, split, shares), _caller_key(number)) >> 32) * sum(shares) >> 32
    return next(i for i, end in enumerate(accumulate(shares)) if position < end)


def _split_key(plan: Plan, split: Split, shares: tuple[int, ...]) -> int:
    """The first 8 bytes of a digest of what makes it the same split in another build."""
    name = " / ".join(split.path) if split.name is None else f"name {split.name}"
    identity = f"split {plan.numbers[0].digits} {name} {','.join(map(str, shares))}"
    return int.from_bytes(blake2b(identity.encode(), digest_size=16).digest()[:8], "little")


def _caller_key(number: Number) -> int:
    """A number below 2**64, different for any two callers of up to 15 digits."""
    digits = number.digits
    if len(digits) > LONGEST:
        key = 0xCBF29CE484222325  # FNV-1a
        for byte in digits.encode("ascii"):
            key = (key ^ byte) * 0x100000001B3 % WORD
        return key
    key = int("1" + digits)
    return key + 2**62 if number.kind in ("service", "written") else key


def _hash(key: int, value: int) -> int:
    """Two rounds of a 64-bit mix, each of a shift and a product."""
    mixed = key ^ value
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        mixed ^= mixed >> 33
        mixed = mixed * factor % WORD
    return mixed ^ mixed >> 33
