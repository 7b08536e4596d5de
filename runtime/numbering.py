"""Mobile numbers to area codes: the built-in table, from data/mobiles.bin. Test: tests/test_numbering.py.

A table is dense: one cell for each first seven digits of a mobile number. An operator's own table belongs here too.
"""

import zlib
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PREFIX_BASE = 1_300_000  # the first seven digits of the first cell
PREFIXES = 700_000

Table = NDArray[np.uint16]  # [PREFIXES]; area code without its leading zero: 10, 21, 731; 0 where nothing is known

_FILE = Path(__file__).parent / "data" / "mobiles.bin"


@cache
def builtin() -> Table:
    """The table that callplan comes with; read-only."""
    areas, lengths = np.frombuffer(zlib.decompress(_FILE.read_bytes()), "<u2").reshape(2, -1)
    table = np.repeat(areas.astype(np.uint16, copy=False), lengths)
    if table.shape != (PREFIXES,):
        raise ValueError(f"{_FILE.name} has {len(table)} prefixes, not {PREFIXES}")
    table.flags.writeable = False
    return table


def shares(table: Table | None = None) -> dict[str, float]:
    """For each "130" to "199": how much of it, from 0 to 1, has an area. Without a table: of the built-in one."""
    cells = builtin() if table is None else table
    known = np.count_nonzero(cells.reshape(70, 10_000), axis=1)
    return {str(130 + row): count / 10_000 for row, count in enumerate(known.tolist())}


def share_table(table: Table | None = None) -> str:
    """The shares as a Markdown table in percent, ten prefixes a row: column 8 of row 13x is 138."""
    found = shares(table)
    lines = ["| | " + " | ".join("0123456789") + " |", "|---|" + "---:|" * 10]
    for tens in range(13, 20):
        cells = (_percent(found[f"{tens}{ones}"]) for ones in range(10))
        lines.append(f"| {tens}x | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _percent(share: float) -> str:
    """Never 0 for a few nor 100 for not quite all."""
    if share in (0, 1):
        return f"{share:.0%}"
    return f"{min(max(round(100 * share), 1), 99)}%"
