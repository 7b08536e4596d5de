"""Where each counter of a version of the tables stands, and the file that says so to all processes of a state;
tested by tests/test_placement.py.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import layout
from .counters import Counters
from .errors import StateError
from .regions import FIRST_WORD, Regions

MAGIC = b"CPPLACE\0"
FORMAT_VERSION = 1

HEADER = np.dtype(
    [
        ("magic", "S8"),
        ("format", "<u4"),
        ("byte_order", "<u4"),
        ("version", "<u8"),  # id of the version of the tables
        ("digest", "u1", 32),  # of the tables
        ("counters", "<u4"),
        ("segments", "<u4"),
        ("pad", "<u4"),
        ("crc", "<u4"),  # crc32 of the whole file with this field 0
    ]
)  # 72 bytes, then a position (u4) a counter, then the segments

SEGMENT = np.dtype(
    [
        ("counter", "<u4"),
        ("first", "<u4"),  # position of its first place; that of its hint is before it where it is given out
        ("places", "<u4"),
        ("given_out", "<u4"),  # 1; 0: a tail, whose places count but are not given out
    ]
)


@dataclass(frozen=True)
class Placement:
    """`positions`: of each counter's first word, a u4 each.

    `segments`: SEGMENT records, by counter, of those limits whose places are not simply the first of their first cell:
    the runs that are given out, in order, then the tails.
    """

    positions: npt.NDArray[np.uint32]
    segments: npt.NDArray[Any]

    def to_bytes(self, version: int, digest: str) -> bytes:
        """The file of a version's placement; `digest`: that of its tables, in hexadecimal digits."""
        header = np.zeros(1, HEADER)
        for name, value in (
            ("magic", MAGIC), ("format", FORMAT_VERSION), ("byte_order", layout.BYTE_ORDER), ("version", version),
            ("digest", np.frombuffer(bytes.fromhex(digest), np.uint8)), ("counters", len(self.positions)),
            ("segments", len(self.segments)),
        ):  # fmt: skip
            header[name] = value
        rest = self.positions.tobytes() + self.segments.tobytes()
        header["crc"] = zlib.crc32(rest, zlib.crc32(header.tobytes()))
        return header.tobytes() + rest


def from_bytes(data: bytes, name: str, version: int, digest: str, counters: Counters, regions: Regions) -> Placement:
    """Read what to_bytes made, for the counters of that version's tables in books of those regions.

    `name`: the file, for messages. Raises StateError for what is cut, altered, foreign, of another version, or points
    to where no such counter can be.
    """
    header = _header(data, name, version, digest)
    if int(header["counters"]) != len(counters):
        raise _damaged(name, f"it places {int(header['counters'])} counters, the tables have {len(counters)}")
    positions = np.frombuffer(data, np.uint32, len(counters), HEADER.itemsize)
    segments = np.frombuffer(data, SEGMENT, int(header["segments"]), HEADER.itemsize + positions.nbytes)
    found = Placement(positions, segments)
    _check_segments(found, name, counters, regions)
    sizes = counters.words(regions.calls)
    sizes[segments["counter"]] = 1
    if len(positions) and (positions.min() < FIRST_WORD or (positions + sizes).max() > regions.words):
        raise _damaged(name, "a counter stands outside the state's words")
    return found


def listed(segments: npt.NDArray[Any], counters: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """By counter where its list starts, 0 where it has none, and the lists one behind the other (Version.segments)."""
    counter = segments["counter"].astype(np.int64)
    starts = np.zeros(counters, np.uint32)
    lists = np.zeros(1, np.uint32)
    if not len(segments):
        return starts, lists
    begins = np.ones(len(counter), np.bool_)
    begins[1:] = counter[1:] != counter[:-1]
    first, which = np.flatnonzero(begins), np.cumsum(begins) - 1
    owners, count = counter[first], np.bincount(which)
    heads = 1 + 2 * first + 2 * np.arange(len(owners))
    lists = np.zeros(1 + 2 * len(segments) + 2 * len(owners), np.uint32)
    starts[owners] = heads
    lists[heads] = np.bincount(which, segments["given_out"], len(owners))
    lists[heads + 1] = count
    at = heads[which] + 2 + 2 * (np.arange(len(segments)) - first[which])
    lists[at], lists[at + 1] = segments["first"], segments["places"]
    return starts, lists


def followed(
    own: npt.NDArray[Any], newer: npt.NDArray[Any], counters: npt.NDArray[np.int64], theirs: npt.NDArray[np.int64]
) -> npt.NDArray[Any]:
    """The segments of a version whose `counters` stand where those of a newer one do, there called `theirs`."""
    if not len(own) and not len(newer):
        return own
    name = np.full(1 + max(int(each.max(initial=0)) for each in (theirs, newer["counter"])), -1, np.int64)
    name[theirs] = counters
    is_theirs = np.zeros(1 + max(int(each.max(initial=0)) for each in (counters, own["counter"])), np.bool_)
    is_theirs[counters] = True
    kept = own[~is_theirs[own["counter"]]]
    taken = newer[name[newer["counter"]] >= 0]
    taken["counter"] = name[taken["counter"]]
    found = np.concatenate((kept, taken))
    return found[np.argsort(found["counter"], kind="stable")]


def _header(data: bytes, name: str, version: int, digest: str) -> Any:
    """The header, once the file as a whole is what it should be."""
    if len(data) < HEADER.itemsize or not data.startswith(MAGIC):
        raise _damaged(name, "it is no placement of callplan")
    header = np.frombuffer(data, HEADER, 1)[0].copy()
    if int(header["byte_order"]) != layout.BYTE_ORDER:
        raise _damaged(name, "it is of another byte order")
    if int(header["format"]) != FORMAT_VERSION:
        raise _damaged(name, f"it is of version {int(header['format'])}, this callplan reads {FORMAT_VERSION}")
    size = HEADER.itemsize + 4 * int(header["counters"]) + SEGMENT.itemsize * int(header["segments"])
    if len(data) != size:
        raise _damaged(name, f"it has {len(data)} bytes, not {size}")
    crc, header["crc"] = int(header["crc"]), 0
    if zlib.crc32(data[HEADER.itemsize :], zlib.crc32(header.tobytes())) != crc:
        raise _damaged(name, "its checksum is wrong")
    if int(header["version"]) != version:
        raise _damaged(name, f"it is of version {int(header['version'])} of the tables, not {version}")
    if header["digest"].tobytes().hex() != digest:
        raise _damaged(name, "it is of other tables")
    return header


def _check_segments(found: Placement, name: str, counters: Counters, regions: Regions) -> None:
    rows = found.segments
    if not len(rows):
        return
    counter, first, places = (rows[field].astype(np.int64) for field in ("counter", "first", "places"))
    is_given = rows["given_out"] == 1
    if counter.max() >= len(counters) or (counters.kind[counter] != layout.COUNTER_LIMIT).any():
        raise _damaged(name, "a segment is of no limit")
    if (first <= FIRST_WORD).any() or (places == 0).any() or (first + places > regions.words).any():
        raise _damaged(name, "a segment stands outside the state's words")
    step = np.diff(counter, prepend=-1)
    starts = step > 0
    after_a_tail = is_given[1:] & ~is_given[:-1] & ~starts[1:]
    if (step < 0).any() or after_a_tail.any() or (rows["given_out"] > 1).any():
        raise _damaged(name, "its segments are not in order")
    if not is_given[starts].all() or (first[starts] != found.positions[counter[starts]].astype(np.int64) + 1).any():
        raise _damaged(name, "a limit's segments do not begin with its first cell")
    given = np.bincount(counter[is_given], places[is_given], len(counters)).astype(np.int64)
    if (given != np.minimum(counters.places, regions.calls))[counter].any():
        raise _damaged(name, "a limit's segments have more or fewer places than it gives out")


def _damaged(name: str, why: str) -> StateError:
    return StateError(f"{name} cannot be used: {why}; activate the tables again with `callplan activate`")
