"""What a state is made with and keeps for good: read from and written to its header; tested by
tests/test_state_settings.py.
"""

from __future__ import annotations

import operator
import secrets
import time
import zlib
from dataclasses import dataclass

import numpy as np

from . import layout, places, regions
from .errors import CallplanError, StateError

CALLS = 65536
CELLS = 200_000
LONGEST_CALL = 14400
MAX_CELLS = 2**24
MAX_SECONDS = 2**31 - 1
WORDS_A_CELL = 16  # a quota has two words, a split one, a limit its places and one more
ID_KEY_BYTES = 16
_ANEW = "put it back from a copy, or make a new state, whose counts start at zero"


@dataclass(frozen=True)
class Settings:
    """The settings of a state.

    `calls` at once; `cells` counters and `words` for them; `longest_call` and `grace` in seconds; `area` as dialled
    ("0731") or None; `numbering`: the sha256 of its numbering.csv, None for the built-in table; `created`: POSIX
    seconds; `id_key`: what the hash of call ids is keyed with, so that callers cannot make ids meet.
    """

    calls: int
    cells: int
    words: int
    longest_call: int
    grace: int
    area: str | None
    numbering: bytes | None
    created: int
    id_key: bytes

    @property
    def regions(self) -> regions.Regions:
        return regions.regions(self.calls, self.cells, self.words)


def words_of(cells: int) -> int:
    """How many counter words a state with so many cells has."""
    return regions.FIRST_WORD + WORDS_A_CELL * cells


def cells_for(cells: int, words: int) -> int:
    """The fewest cells that a state needs to have that many cells and counter words."""
    return max(cells, -(-(words - regions.FIRST_WORD) // WORDS_A_CELL))


def checked(
    calls: int = CALLS,
    cells: int = CELLS,
    longest_call: int = LONGEST_CALL,
    grace: int | None = None,
    area: str | None = None,
    numbering: bytes | None = None,
) -> Settings:
    """Settings of a state that is made now. `grace` None: as long as `longest_call`.

    Raises ValueError for a number out of its range, CallplanError for an unknown area code.
    """
    longest_call = _within("longest_call", longest_call, 1, MAX_SECONDS, " seconds")
    if area is not None and not places.is_area_code(area):
        raise CallplanError(f"`{area}` is not an area code: one is written like 0731")
    cells = _within("cells", cells, 1, MAX_CELLS)
    return Settings(
        _within("calls", calls, 1, regions.MAX_CALLS),
        cells,
        words_of(cells),
        longest_call,
        longest_call if grace is None else _within("grace", grace, 0, longest_call, " seconds, the longest call"),
        area,
        numbering,
        int(time.time()),
        secrets.token_bytes(ID_KEY_BYTES),
    )


def _within(name: str, value: int, least: int, most: int, what: str = "") -> int:
    if not least <= operator.index(value) <= most:
        raise ValueError(f"{name} must be {least} to {most}{what}, not {value}")
    return operator.index(value)


def header(settings: Settings) -> bytes:
    """The header of a state with these settings."""
    found = np.zeros(1, regions.HEADER)
    where = settings.regions
    found["magic"], found["version"], found["byte_order"] = regions.MAGIC, regions.FORMAT_VERSION, layout.BYTE_ORDER
    for name in ("size", "calls", "cells", "words", "ids"):
        found[name] = getattr(where, name)
    for name in ("longest_call", "grace", "created"):
        found[name] = getattr(settings, name)
    found["area"] = (settings.area or "").encode()
    if settings.numbering is not None:
        found["numbering"][0] = np.frombuffer(settings.numbering, np.uint8)
    found["id_key"][0] = np.frombuffer(settings.id_key, np.uint8)
    found["crc"] = _crc(found.tobytes())
    return found.tobytes()


def read_header(name: str, data: bytes, size: int) -> Settings:
    """The settings of a state by the first bytes of its counters file, which is called `name` and `size` bytes large.

    Raises StateError, with what to do, for a file that is foreign, of another version or byte order, damaged or cut.
    """
    if not data.startswith(regions.MAGIC.rstrip(b"\0")):
        raise StateError(f"{name} is not a callplan state's: give the folder that `callplan state create` made")
    if len(data) < regions.HEADER.itemsize:
        raise StateError(f"{name} is cut within its header: {_ANEW}")
    found = np.frombuffer(data, regions.HEADER, 1)[0]
    if found["byte_order"] != layout.BYTE_ORDER:
        if found["byte_order"].byteswap() == layout.BYTE_ORDER:
            raise StateError(f"{name} is of a machine with another byte order: make a state on this one")
        raise StateError(f"{name} has a damaged header: {_ANEW}")
    if found["version"] != regions.FORMAT_VERSION:
        raise StateError(
            f"{name} has format {found['version']}, and this version of callplan uses format {regions.FORMAT_VERSION}: "
            "open it with the version that made it, or make a new state for this one"
        )
    if found["crc"] != _crc(data):
        raise StateError(f"{name} has a damaged header: {_ANEW}")
    settings = Settings(
        int(found["calls"]),
        int(found["cells"]),
        int(found["words"]),
        int(found["longest_call"]),
        int(found["grace"]),
        bytes(found["area"]).decode("ascii", "replace") or None,
        found["numbering"].tobytes() if found["numbering"].any() else None,
        int(found["created"]),
        found["id_key"].tobytes(),
    )
    where = settings.regions
    whole = 1 <= settings.calls <= regions.MAX_CALLS and settings.cells >= 1 and settings.words > regions.FIRST_WORD
    if not whole or found["size"] != where.size or found["ids"] != where.ids:
        raise StateError(f"{name} has a header that contradicts itself: {_ANEW}")
    if size != where.size:
        raise StateError(f"{name} has {size} bytes in place of {where.size}: {_ANEW}")
    return settings


def _crc(data: bytes) -> int:
    return zlib.crc32(data[: regions.HEADER.itemsize - 4])
