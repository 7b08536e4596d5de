"""The built-in numbering table, read from its data file by itself (runtime/data/README.md says how it is written)."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from itertools import repeat
from pathlib import Path

DATA = Path(__file__).parent.parent / "runtime" / "data" / "mobiles.bin"
FIRST = 1_300_000


@cache
def _areas() -> list[int]:
    """The area code, without its 0, of each seven digits from FIRST on; 0 where nothing is known."""
    data = zlib.decompress(DATA.read_bytes())
    runs = len(data) // 4
    words = struct.unpack(f"<{2 * runs}H", data)
    return [area for i in range(runs) for area in repeat(words[i], words[runs + i])]


def area_of_prefix(prefix: str) -> str | None:
    """The area code of a mobile's first seven digits."""
    area = _areas()[int(prefix) - FIRST]
    return f"0{area}" if area else None
