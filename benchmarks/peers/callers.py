"""Where a caller is, as far as a peer has to know it. Tested by tests/test_peers.py."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from callplan.runtime import numbering


@cache
def prefix_areas() -> Mapping[str, str]:
    """The area code of a mobile number's first seven digits; callplan's own table, 285,602 of 700,000 prefixes."""
    table = numbering.builtin()
    return {str(numbering.PREFIX_BASE + int(cell)): f"0{table[cell]}" for cell in table.nonzero()[0]}


def national(caller: str) -> str:
    """A number as it is dialled within China; one from +86 without the +86, any other as it was written."""
    if not caller.startswith("+86"):
        return caller
    rest = caller.removeprefix("+86")
    return rest if rest.startswith("1") and len(rest) == 11 else "0" + rest


def area_of(number: str) -> str | None:
    """The area code of a national number: a mobile's by its prefix, else the number's own; None where it has none."""
    if number.startswith("1"):
        return prefix_areas().get(number[:7])
    if number.startswith("0"):
        return number[:3] if number.startswith(("01", "02")) else number[:4]
    return None
