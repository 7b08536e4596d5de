"""What is checked before any byte of a tables file is used: tested by tests/test_tables.py.

A file that passes can be walked without a bound checked on the way: every offset, index, order, bitmap and reference
holds, and references between nodes point forward only, so that every walk ends.
"""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

import numpy as np

from . import layout as L
from .errors import TablesError
from .roaring import unsound

Array = np.ndarray
Sections = dict[str, Array]
ALIGNMENT = 64


def sections(image: bytes | memoryview, name: str = "the tables") -> Sections:
    """All sections of a file image as arrays over its memory. Raises TablesError: what is wrong and what to do."""
    found = _frame(memoryview(image), name)
    for check in _CHECKS:
        problem = check(found)
        if problem is not None:
            raise TablesError(f"{name} is damaged ({problem}): build it again")
    if bool((found["nodes"]["kind"] == L.NODE_UNCOVERED).any()) and not is_draft(image):
        raise TablesError(f"{name} is damaged (nodes: a call without a rule): build it again")
    return found


def is_draft(image: bytes | memoryview) -> bool:
    """Whether some calls of the tables have no rule, so that only `explain` may read them."""
    return bool(np.frombuffer(image, L.HEADER, 1)["flags"][0] & L.FLAG_DRAFT)


def _frame(image: memoryview, name: str) -> Sections:
    """Header, section table and checksums."""
    if len(image) < L.HEADER.itemsize or bytes(image[:8]) != L.MAGIC:
        whole = bytes(image[:8])
        if whole and L.MAGIC.startswith(whole):
            raise TablesError(f"{name} is cut: {len(image)} bytes are too few for tables: copy or build it again")
        raise TablesError(f"{name} is not a file of callplan tables: `callplan build` makes one")
    header = np.frombuffer(image, L.HEADER, 1)[0]
    if header["byte_order"] != L.BYTE_ORDER:
        raise TablesError(f"{name} is damaged (byte order): build it again")
    if header["version"] != L.FORMAT_VERSION:
        raise TablesError(
            f"{name} has format {header['version']}, this callplan reads format {L.FORMAT_VERSION}: "
            "build it again with this version"
        )
    bare = bytearray(image[: L.HEADER.itemsize])
    at = _field_offset(L.HEADER, "header_crc")
    bare[at : at + 4] = bytes(4)
    if crc32(bare) != header["header_crc"]:
        raise TablesError(f"{name} is damaged (checksum of the header): copy or build it again")
    if header["size"] != len(image):
        what = "cut" if header["size"] > len(image) else "too long"
        raise TablesError(f"{name} is {what}: {len(image)} bytes of {header['size']}: copy or build it again")
    if header["sections"] != len(L.SECTIONS) or int(header["flags"]) & ~L.FLAG_DRAFT:
        raise TablesError(f"{name} is damaged (header): build it again")
    start = L.HEADER.itemsize
    end = start + L.SECTION.itemsize * len(L.SECTIONS)
    if end > len(image) or crc32(image[start:end]) != header["table_crc"]:
        raise TablesError(f"{name} is damaged (section table): copy or build it again")
    table = np.frombuffer(image, L.SECTION, len(L.SECTIONS), start)
    found: Sections = {}
    for (section, dtype), entry in zip(L.SECTIONS.items(), table, strict=True):
        offset, count = int(entry["offset"]), int(entry["count"])
        stop = offset + count * dtype.itemsize
        gap = offset - end
        if (
            int(entry["item_size"]) != dtype.itemsize
            or offset % ALIGNMENT
            or not 0 <= gap < ALIGNMENT
            or stop > len(image)
        ):
            raise TablesError(f"{name} is damaged (section {section}: its place): build it again")
        if crc32(image[offset:stop]) != entry["crc"] or any(image[end:offset]):
            raise TablesError(f"{name} is damaged (section {section}: its checksum): copy or build it again")
        found[section] = np.frombuffer(image, dtype, count, offset)
        end = stop
    if any(image[end:]) or len(image) - end >= ALIGNMENT:
        raise TablesError(f"{name} is damaged (its end): build it again")
    return found


def _field_offset(dtype: np.dtype, field: str) -> int:
    fields = dtype.fields
    assert fields is not None
    return int(fields[field][1])


# Each helper answers whether something holds for all; indices are widened first, so that nothing wraps around.


def _below(values: Array, end: int, optional: bool = False) -> bool:
    """Whether all are less than end, or NONE where that is allowed."""
    good = values < end
    return bool((good | (values == L.NONE)).all()) if optional else bool(good.all())


def _within(first: Array, count: Array | int, end: int) -> bool:
    """Whether all ranges end at `end` or before."""
    return bool((first.astype(np.uint64) + np.asarray(count).astype(np.uint64) <= np.uint64(end)).all())


def _ascending(values: Array, first: Array, count: Array, strictly: bool = True) -> bool:
    """Whether the values of each range ascend; the ranges lie within."""
    if len(values) < 2:
        return True
    bad = values[1:] <= values[:-1] if strictly else values[1:] < values[:-1]
    before = np.concatenate(([0], np.cumsum(bad)))
    long = count > 1
    start = first[long].astype(np.int64)
    return bool((before[start + count[long].astype(np.int64) - 1] == before[start]).all())


def _greatest(values: Array, first: Array, count: Array) -> Array:
    """The greatest value of each range; every range has one item or more and lies within."""
    if not len(first):
        return np.zeros(0, np.int64)
    padded = np.append(values.astype(np.int64), 0)
    edges = np.stack((first.astype(np.int64), first.astype(np.int64) + count.astype(np.int64)), axis=1).ravel()
    return np.asarray(np.maximum.reduceat(padded, edges)[::2])


def _are_sets(s: Sections, first: Array) -> bool:
    """Whether each is the first word of a set of areas."""
    words = L.area_words(len(s["area_codes"]))
    return _within(first, words, len(s["area_sets"])) and bool((first % words == 0).all())


def _tiled(first: Array, count: Array, end: int) -> bool:
    """Whether the ranges lie one behind the other and fill a section: each item is owned by exactly one record."""
    ends = np.cumsum(count.astype(np.int64))
    starts = np.concatenate(([0], ends[:-1])) if len(ends) else ends
    return bool((first == starts).all()) and (int(ends[-1]) if len(ends) else 0) == end


def _strings(s: Sections) -> str | None:
    offsets, text = s["string_offsets"], s["string_bytes"]
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != len(text) or (offsets[1:] < offsets[:-1]).any():
        return "string_offsets"
    inner = offsets[offsets < len(text)]
    if ((text[inner] & 0xC0) == 0x80).any():
        return "string_bytes: a string that starts inside a character"
    try:
        text.tobytes().decode("utf-8")
    except UnicodeDecodeError:
        return "string_bytes: not UTF-8"
    strings = len(offsets) - 1
    users = (
        ("plans", "name"), ("zones", "name"), ("splits", "name"), ("destinations", "name"), ("destinations", "dial"),
        ("announcements", "name"), ("quotas", "name"), ("counters", "text"), ("lines", "file"), ("lines", "text"),
    )  # fmt: skip
    for section, field in users:
        if not _below(s[section][field], strings):
            return f"{section}.{field}"
    return None if _below(s["announcements"]["media"], strings, optional=True) else "announcements.media"


def _numbers(s: Sections) -> str | None:
    codes, numbers = s["area_codes"], s["numbers"]
    if len(codes) and (codes[0] < 10 or codes[-1] > 999 or (codes[1:] <= codes[:-1]).any()):
        return "area_codes"
    value = numbers["number"]
    if (value[1:] <= value[:-1]).any() or not np.isin(value // np.uint64(10**7), (400, 800)).all():
        return "numbers: not served numbers in order"
    return None if _below(numbers["plan"], len(s["plans"])) else "numbers.plan"


def _plans(s: Sections) -> str | None:
    plans = s["plans"]
    cells = plans["origin_classes"].astype(np.uint64) * plans["time_classes"] * plans["list_classes"]
    forwards = plans["forward_counts"].astype(np.uint64).sum(axis=1)
    slots = L.origin_slots(len(s["area_codes"]))
    if len(s["origin_maps"]) % slots:
        return "origin_maps"
    rules = {
        "zone": _below(plans["zone"], len(s["zones"])),
        "timetable": _below(plans["timetable"], len(s["timetables"])),
        "origin_map": _below(plans["origin_map"], len(s["origin_maps"]) // slots),
        "cells": bool((cells > 0).all()) and _within(plans["cells"], cells, len(s["cells"])),
        "nodes": _tiled(plans["nodes"], plans["nodes_count"], len(s["nodes"])),
        "blacklist": _below(plans["blacklist"], len(s["bitmaps"]), optional=True),
        "blacklist_announcement": _below(plans["blacklist_announcement"], len(s["announcements"])),
        "blacklist_line": _below(plans["blacklist_line"], len(s["lines"]), optional=True),
        "list_class_first": bool((plans["list_classes"] > 0).all())
        and _within(plans["list_class_first"], plans["list_classes"].astype(np.uint64) - 1, len(s["list_classes"])),
        "blocks": _within(plans["blocks"], plans["blocks_count"], len(s["blocks"])),
        "blocked": _are_sets(s, plans["blocked"]),
        "quotas": bool((plans["quotas_count"] <= L.MAX_QUOTAS).all())
        and _tiled(plans["quotas"], plans["quotas_count"], len(s["quotas"])),
        "forwards": _within(plans["forwards"], forwards, len(s["forwards"])),
        "ring_seconds": bool((plans["ring_seconds"] > 0).all()),
        "max_forwards": bool((plans["max_forwards"] <= 7).all()),
        "built_in": _within(plans["built_in"], len(L.BUILT_IN), len(s["announcements"])),
        "line": _below(plans["line"], len(s["lines"])),
        "destinations": _within(plans["destinations"], plans["destinations_count"], len(s["destinations"])),
        "splits": _within(plans["splits"], plans["splits_count"], len(s["splits"])),
        "forward_lines": _below(plans["forward_lines"], len(s["lines"]), optional=True),
        "number": _below(plans["number"], len(s["numbers"])),
    }
    for field, holds in rules.items():
        if not holds:
            return f"plans.{field}"
    if len(s["announcements"]) < len(L.BUILT_IN):
        return "announcements"
    if (s["numbers"]["plan"][plans["number"]] != np.arange(len(plans))).any():
        return "plans.number"
    greatest = s["origin_maps"].reshape(-1, slots).max(axis=1) if len(s["origin_maps"]) else np.zeros(0)
    if (greatest[plans["origin_map"]] >= plans["origin_classes"]).any():
        return "origin_maps"
    if (_greatest(s["cells"], plans["cells"], cells) >= plans["nodes_count"]).any():
        return "cells"
    return None if _below(s["forwards"], len(s["destinations"])) else "forwards"


def _time(s: Sections) -> str | None:
    zones, spans = s["zones"], s["zone_spans"]
    if not _within(zones["first"], zones["count"], len(spans)) or (zones["count"] == 0).any():
        return "zones"
    if (spans["start"][zones["first"]] != L.NO_START).any() or (
        np.abs(spans["offset"].astype(np.int64)) >= 86400
    ).any():
        return "zone_spans"
    if not _ascending(spans["start"], zones["first"], zones["count"]):
        return "zone_spans: not in order"
    days, minutes = s["day_classes"], s["minutes"]
    if not _within(days["first"], days["count"], len(minutes)) or (days["count"] == 0).any():
        return "day_classes"
    if minutes["minute"][days["first"]].any() or not _below(minutes["minute"], 1440):
        return "minutes"
    if not _ascending(minutes["minute"], days["first"], days["count"]):
        return "minutes: not in order"
    tables, exceptions = s["timetables"], s["exceptions"]
    if not _within(tables["exceptions"], tables["exceptions_count"], len(exceptions)):
        return "timetables.exceptions"
    if not _below(exceptions["day"], L.DAYS) or not _ascending(
        exceptions["day"], tables["exceptions"], tables["exceptions_count"]
    ):
        return "exceptions.day"
    if not _below(tables["weekdays"], len(days)) or not _below(exceptions["day_class"], len(days)):
        return "timetables: a day class"
    greatest = _greatest(minutes["time_class"], days["first"], days["count"])
    reached = greatest[tables["weekdays"]].max(axis=1) if len(tables) else np.zeros(0)
    used = tables["exceptions_count"] > 0
    if used.any():
        of_exceptions = _greatest(
            greatest[exceptions["day_class"]], tables["exceptions"][used], tables["exceptions_count"][used]
        )
        reached = reached.copy()
        reached[used] = np.maximum(reached[used], of_exceptions)
    if (reached >= tables["time_classes"]).any():
        return "minutes.time_class"
    plans = s["plans"]
    return None if (tables["time_classes"][plans["timetable"]] == plans["time_classes"]).all() else "plans.time_classes"


def _nodes(s: Sections) -> str | None:
    nodes, plans, splits = s["nodes"], s["plans"], s["splits"]
    if not _below(nodes["kind"], L.NODE_UNCOVERED + 1) or not _below(nodes["line"], len(s["lines"])):
        return "nodes"
    count = np.repeat(plans["nodes_count"].astype(np.int64), plans["nodes_count"])
    place = np.arange(len(nodes)) - np.repeat(plans["nodes"].astype(np.int64), plans["nodes_count"])
    following = nodes["next"].astype(np.int64)
    connects = nodes["kind"] == L.NODE_CONNECT
    if not _below(nodes["target"][connects], len(s["destinations"])):
        return "nodes: a destination"
    has_next = connects & (following != 0)
    if ((following <= place) | (following >= count))[has_next].any():
        return "nodes: a next that does not point forward"
    announces = nodes["kind"] == L.NODE_ANNOUNCE
    if not _below(nodes["target"][announces], len(s["announcements"])):
        return "nodes: an announcement"
    if not np.isin(nodes["reason"][announces], (L.REASON_BLOCKED, L.REASON_ANNOUNCED)).all():
        return "nodes.reason"
    if nodes["target"][nodes["kind"] == L.NODE_UNCOVERED].any():
        return "nodes: a call without a rule"
    shared = nodes["kind"] == L.NODE_SPLIT
    if not _below(nodes["target"][shared], len(splits)):
        return "nodes: a split"
    width = splits["branches"][nodes["target"][shared]].astype(np.int64)
    if not _within(nodes["next"][shared], width, len(s["branches"])):
        return "nodes: branches"
    if len(width):
        if (_greatest(s["branches"], nodes["next"][shared], width) >= count[shared]).any():
            return "branches"
        least = -_greatest(-s["branches"].astype(np.int64), nodes["next"][shared], width)
        if (least <= place[shared]).any():
            return "branches: one that does not point forward"
    return None


def _splits(s: Sections) -> str | None:
    splits = s["splits"]
    if (splits["period"] == 0).any() or not _within(splits["order"], splits["period"], len(s["orders"])):
        return "splits.order"
    if (splits["branches"] == 0).any() or not _within(splits["weights"], splits["branches"], len(s["weights"])):
        return "splits.weights"
    if (_greatest(s["orders"], splits["order"], splits["period"]) >= splits["branches"]).any():
        return "orders"
    if not _ascending(s["weights"], splits["weights"], splits["branches"]) or not s["weights"].all():
        return "weights"
    last = splits["weights"].astype(np.int64) + splits["branches"] - 1
    if (s["weights"][last] != splits["period"]).any():
        return "weights: not the period"
    if not _below(splits["by_caller"], 2):
        return "splits.by_caller"
    if not _below(splits["plan"], len(s["plans"])) or not _below(splits["line"], len(s["lines"])):
        return "splits"
    return None


def _counters(s: Sections) -> str | None:
    """Each counter belongs to exactly one quota, destination or split, which names it in turn."""
    counters, destinations, quotas, splits = s["counters"], s["destinations"], s["quotas"], s["splits"]
    plans = s["plans"]
    in_a_plan = _below(destinations["plan"], len(s["plans"]), optional=True)
    if not in_a_plan or not _below(destinations["line"], len(s["lines"])):
        return "destinations"
    if not _below(destinations["announcement"], len(s["announcements"]), optional=True):
        return "destinations.announcement"
    if ((destinations["limit"] == 0) != (destinations["counter"] == L.NONE)).any():
        return "destinations.limit"
    if (
        (quotas["allowed"] == 0).any()
        or not _below(quotas["period"], len(L.PERIODS))
        or not _below(quotas["answered"], 2)
    ):
        return "quotas"
    if not _below(quotas["announcement"], len(s["announcements"])) or not _below(quotas["line"], len(s["lines"])):
        return "quotas"
    at = np.arange(len(quotas)) - np.repeat(plans["quotas"], plans["quotas_count"])
    returnable = np.zeros(len(plans), np.int64)
    np.add.at(returnable, np.repeat(np.arange(len(plans)), plans["quotas_count"]), quotas["answered"] << at)
    if (returnable != plans["returnable"]).any():
        return "plans.returnable"
    if not _below(counters["kind"], 3):
        return "counters.kind"
    limited = np.flatnonzero(destinations["limit"])
    owners: tuple[tuple[int, Array, Array], ...] = (
        (L.COUNTER_QUOTA, quotas["counter"], np.arange(len(quotas))),
        (L.COUNTER_LIMIT, destinations["counter"][limited], limited),
        (L.COUNTER_SPLIT, splits["counter"], np.arange(len(splits))),
    )
    if sum(len(named) for _, named, _ in owners) != len(counters):
        return "counters"
    for kind, named, owner in owners:
        if not _below(named, len(counters)):
            return "counters"
        mine = counters[named]
        if (mine["kind"] != kind).any() or (mine["owner"] != owner).any():
            return "counters.owner"
        places = destinations["limit"][owner] if kind == L.COUNTER_LIMIT else np.zeros(len(owner), np.uint32)
        if (mine["places"] != places).any():
            return "counters.places"
    return None


def _blocks(s: Sections) -> str | None:
    plans, blocks = s["plans"], s["blocks"]
    if not _below(blocks["announcement"], len(s["announcements"])) or not _below(blocks["line"], len(s["lines"])):
        return "blocks"
    if not _are_sets(s, blocks["areas"]):
        return "blocks.areas"
    words = L.area_words(len(s["area_codes"]))
    if len(s["area_sets"]) % words:
        return "area_sets"
    sets = s["area_sets"].reshape(-1, words)
    count = plans["blocks_count"].astype(np.int64)
    some = count > 0
    if sets[plans["blocked"][~some] // words].any():
        return "plans.blocked: areas without a block"
    if some.any():
        first = plans["blocks"][some].astype(np.int64)
        edges = np.stack((first, first + count[some]), axis=1).ravel()
        own = np.append(sets[blocks["areas"] // words], np.zeros((1, words), np.uint64), axis=0)
        if (np.bitwise_or.reduceat(own, edges)[::2] != sets[plans["blocked"][some] // words]).any():
            return "plans.blocked: not the areas of its blocks"
    return None


def _bitmaps(s: Sections) -> str | None:
    bitmaps, buckets, roaring = s["bitmaps"], s["buckets"], s["roaring"]
    if not _within(bitmaps["buckets"], bitmaps["buckets_count"], len(buckets)):
        return "bitmaps.buckets"
    size = np.uint64(len(roaring))
    if (bitmaps["offset"] > size).any() or (bitmaps["size"] > size - bitmaps["offset"]).any():
        return "bitmaps.offset"
    bad = unsound(bitmaps.view(np.uint8), buckets.view(np.uint8), roaring)
    if bad >= 0:
        return f"bitmap {bad}"
    if len(s["filter"]) == 0:
        return "filter"
    plans, classes = s["plans"], s["list_classes"]
    if not _below(classes["bitmap"], len(bitmaps)):
        return "list_classes: a bitmap"
    count = plans["list_classes"].astype(np.int64) - 1
    first = plans["list_class_first"].astype(np.int64)
    used = count > 0
    if not _ascending(classes["list_class"], first, count):
        return "list_classes: not in order"
    if (_greatest(classes["list_class"], first[used], count[used]) > count[used]).any() or not classes[
        "list_class"
    ].all():
        return "list_classes"
    return None


_CHECKS: tuple[Callable[[Sections], str | None], ...] = (
    _strings, _numbers, _plans, _blocks, _time, _splits, _nodes, _counters, _bitmaps,
)  # fmt: skip
