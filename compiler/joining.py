"""Parts of a build to one: the tables that the whole would have made, byte for byte; tested by tests/test_many.py.

Parts are joined in the order of the build. What the tables hold once is found again by what it is; all else is put at
the end, its indexes moved by what stands before. Sections are handled as arrays, since a build may have 100,000 plans.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ..runtime import layout
from ..runtime.layout import BUILT_IN, COUNTER_LIMIT, COUNTER_QUOTA, COUNTER_SPLIT, NONE, SECTIONS
from . import checked, origins
from .assembly import MADE_LAST, Arrays, Assembly, Part, finished, joined
from .plan_parts import put_shared

_Records = npt.NDArray[Any]
_Map = npt.NDArray[np.uint32]


class Joining:
    """The parts joined so far.

    `shared`: the destinations of no plan, in the order of the build's text. `several`: the files, as the tables call
    them, whose lines more than one part may have.
    """

    def __init__(self, shared: Sequence[checked.Destination], several: Collection[str]) -> None:
        self._arrays: dict[str, list[_Records]] = {name: [] for name in SECTIONS}
        self._lengths = dict.fromkeys(SECTIONS, 0)
        self._known: dict[str, dict[Any, int]] = {}
        self._strings: dict[bytes, int] = {}
        self._several = {name.encode() for name in several} | {each.span.source.name.encode() for each in shared}
        self._shared_counters: _Map = np.empty(0, np.uint32)
        codes = origins.area_codes()
        self._put("area_codes", np.array(codes, SECTIONS["area_codes"]))
        self.map_slots = layout.origin_slots(len(codes))
        first = Assembly(codes)
        put_shared(first, shared)
        self.add(first.part(), ())
        self._shared_counters = joined(self._arrays["destinations"], SECTIONS["destinations"])["counter"]

    def add(self, part: Part, shared: Sequence[int]) -> None:
        """Put a part at the end. `shared`: which the destinations of no plan are that it has, in its order."""
        _Joined(self, part, np.array(shared, np.uint32)).run()

    def finish(self) -> Arrays:
        """Every section, in the order of SECTIONS."""
        found = {name: joined(self._arrays[name], dtype) for name, dtype in SECTIONS.items() if name not in MADE_LAST}
        order = np.argsort(found["numbers"]["number"], kind="stable")
        found["numbers"] = found["numbers"][order]
        place = np.empty(len(order), np.uint32)
        place[order] = np.arange(len(order), dtype=np.uint32)
        found["plans"] = found["plans"].copy()
        found["plans"]["number"] = place[found["plans"]["number"]]
        return finished(found, self._strings)

    def count(self, section: str) -> int:
        return self._lengths[section]

    def shared_counters(self, shared: _Map) -> _Map:
        """The counters of destinations of no plan; of those that have one."""
        found = self._shared_counters[shared]
        own: _Map = found[found != NONE]
        return own

    def _put(self, section: str, values: _Records) -> None:
        self._arrays[section].append(values)
        self._lengths[section] += len(values)

    def put(self, section: str, values: _Records) -> None:
        """Values at the end of a section."""
        if len(values):
            self._put(section, values)

    def strings(self, texts: Sequence[bytes]) -> _Map:
        """Where strings stand."""
        known = self._strings
        return np.array([known.setdefault(text, len(known)) for text in texts], np.uint32)

    def known(self, section: str) -> dict[Any, int]:
        """What stands once in a section, and where."""
        return self._known.setdefault(section, {})

    def is_of_several(self, file: bytes) -> bool:
        """Whether other parts may have lines of a file."""
        return file in self._several

    def once(self, section: str, keys: Sequence[Any]) -> tuple[_Map, npt.NDArray[np.bool_]]:
        """Where items stand that the section has once, and which of them are new, to be put there by the caller."""
        known = self.known(section)
        first = following = self._lengths[section]
        found = []
        for key in keys:
            at = known.setdefault(key, following)
            following += at == following
            found.append(at)
        places = np.array(found, np.int64)
        is_new = np.zeros(len(places), np.bool_)
        if following > first:
            is_new[np.unique(places, return_index=True)[1]] = True
            is_new &= places >= first
        return places.astype(np.uint32), is_new

    def runs(self, section: str, keys: Sequence[Any], ends: Sequence[int]) -> tuple[_Map, list[bool]]:
        """The same of runs of values: where each starts. `ends`: where runs begin and end in the part."""
        known = self.known(section)
        following = self._lengths[section]
        found, is_new = [], []
        for key, (start, end) in zip(keys, pairwise(ends), strict=True):
            at = known.get(key)
            is_new.append(at is None)
            if at is None:
                at = known[key] = following
                following += end - start
            found.append(at)
        return np.array(found, np.uint32), is_new


class _Joined:
    """One part while it is put at the end of others."""

    def __init__(self, to: Joining, part: Part, shared: _Map) -> None:
        self._to = to
        self._part = part
        self._shared = shared
        self._strings = to.strings(part.strings)
        self._base = {name: to.count(name) for name in SECTIONS}

    def run(self) -> None:
        lines = self._lines()
        announcements = self._announcements()
        bitmaps = self._bitmaps()
        destinations = self._destination_places()
        self._counters(destinations)
        self._destinations(announcements, lines)
        self._splits(lines)
        self._nodes(destinations, announcements, lines)
        self._quotas(announcements, lines)
        self._to.put("forwards", destinations[self._records("forwards")])
        self._blocks(announcements, lines)
        self._list_classes(bitmaps)
        self._plans(bitmaps, announcements, lines)

    def _records(self, section: str) -> _Records:
        """A section's values, to be changed where they are records."""
        values = self._part.sections[section]
        return values.copy() if values.dtype.names else values

    def _moved(self, values: _Records, section: str) -> _Records:
        return values + np.uint32(self._base[section])

    def _lines(self) -> _Map:
        records = self._records("lines")
        files = np.unique(records["file"]).tolist()
        several = [file for file in files if self._to.is_of_several(self._part.strings[file])]
        records["file"] = self._strings[records["file"]]
        records["text"] = self._strings[records["text"]]
        places, is_new = self._apart(records, np.isin(self._part.sections["lines"]["file"], several))
        self._to.put("lines", records[is_new])
        return places

    def _apart(self, records: _Records, shared: npt.NDArray[np.bool_]) -> tuple[_Map, npt.NDArray[np.bool_]]:
        """Where lines come to stand. `shared`: those that may stand there already."""
        known = self._to.known("lines")
        keys = list(zip(records["file"][shared].tolist(), records["number"][shared].tolist(), strict=True))
        standing = np.array([known.get(key, NONE) for key in keys], np.uint32)
        is_new = np.ones(len(records), np.bool_)
        is_new[shared] = standing == NONE
        places = (self._base["lines"] + np.cumsum(is_new) - 1).astype(np.uint32)
        places[shared] = np.where(standing == NONE, places[shared], standing)
        known.update(zip(keys, places[shared].tolist(), strict=True))
        return places, is_new

    def _announcements(self) -> _Map:
        records = self._records("announcements")
        records["name"] = self._strings[records["name"]]
        records["media"] = _known_or_none(self._strings, records["media"])
        ends = [0]
        built_in = set(self._part.built_in)
        while ends[-1] < len(records):
            ends.append(ends[-1] + (len(BUILT_IN) if ends[-1] in built_in else 1))
        keys = [(end - start, records[start:end].tobytes()) for start, end in pairwise(ends)]
        starts, is_new = self._to.runs("announcements", keys, ends)
        for (start, end), new in zip(pairwise(ends), is_new, strict=True):
            self._to.put("announcements", records[start:end] if new else records[:0])
        moved = np.repeat(starts - np.array(ends[:-1], np.uint32), np.diff(ends))
        places: _Map = np.add(moved, np.arange(len(records)), dtype=np.uint32, casting="unsafe")
        return places

    def _bitmaps(self) -> _Map:
        records = self._records("bitmaps")
        data = self._part.sections["roaring"].data
        offsets = records["offset"].astype(np.int64)
        ends = np.append(offsets, len(data)).tolist()
        keys = [blake2b(data[start:end]).digest() for start, end in pairwise(ends)]
        places, is_new = self._to.once("bitmaps", keys)
        moved = self._base["roaring"] + np.cumsum(records["size"] * is_new) - records["size"]
        by_bucket = np.repeat(is_new, records["buckets_count"])
        buckets = self._records("buckets")
        buckets["offset"] += np.repeat(moved - records["offset"], records["buckets_count"])
        counts = records["buckets_count"]
        records["buckets"] = self._base["buckets"] + np.cumsum(counts * is_new) - counts
        records["offset"] = moved
        self._to.put("bitmaps", records[is_new])
        self._to.put("buckets", buckets[by_bucket])
        roaring = self._part.sections["roaring"]
        if is_new.all():
            self._to.put("roaring", roaring)
        else:
            for at in np.flatnonzero(is_new).tolist():
                self._to.put("roaring", roaring[ends[at] : ends[at + 1]])
        return places

    def _destination_places(self) -> _Map:
        own = len(self._part.sections["destinations"]) - len(self._shared)
        places: _Map = np.concatenate([self._shared, self._moved(np.arange(own, dtype=np.uint32), "destinations")])
        return places

    def _counters(self, destinations: _Map) -> None:
        """Those of shared destinations come first, and stand already."""
        records = self._records("counters")
        counters = self._to.shared_counters(self._shared)
        own = np.arange(len(records) - len(counters), dtype=np.uint32)
        self._counter_places = np.concatenate([counters, self._moved(own, "counters")])
        records["text"] = self._strings[records["text"]]
        for kind, section in ((COUNTER_QUOTA, "quotas"), (COUNTER_SPLIT, "splits")):
            is_kind = records["kind"] == kind
            records["owner"][is_kind] += self._base[section]
        is_limit = records["kind"] == COUNTER_LIMIT
        records["owner"][is_limit] = destinations[records["owner"][is_limit]]
        self._to.put("counters", records[len(counters) :])

    def _destinations(self, announcements: _Map, lines: _Map) -> None:
        records = self._records("destinations")[len(self._shared) :]
        records["name"] = self._strings[records["name"]]
        records["dial"] = self._strings[records["dial"]]
        dials = self._to.known("dials")
        records["dial_id"] = [dials.setdefault(dial, len(dials)) for dial in records["dial"].tolist()]
        records["counter"] = _known_or_none(self._counter_places, records["counter"])
        records["announcement"] = _known_or_none(announcements, records["announcement"])
        of_plans = records["plan"] != NONE
        records["plan"][of_plans] += self._base["plans"]
        records["line"] = lines[records["line"]]
        self._to.put("destinations", records)

    def _splits(self, lines: _Map) -> None:
        records = self._records("splits")
        order_keys = [np.array(each, np.uint64).tobytes() for each in self._part.weights]
        records["order"] = self._run("orders", records["order"], order_keys)
        records["weights"] = self._run("weights", records["weights"])
        records["counter"] = self._counter_places[records["counter"]]
        records["name"] = self._strings[records["name"]]
        records["plan"] += self._base["plans"]
        records["line"] = lines[records["line"]]
        self._to.put("splits", records)

    def _run(self, section: str, indexes: _Records, keys: Sequence[bytes] | None = None) -> _Map:
        """Where runs of values stand that `indexes` start; equal where `keys` are, by default their bytes."""
        values = self._part.sections[section]
        starts = self._part.starts[section]
        ends = np.append(starts, len(values)).tolist()
        if keys is None:
            data, size = values.tobytes(), values.itemsize
            keys = [data[start * size : end * size] for start, end in pairwise(ends)]
        places, is_new = self._to.runs(section, keys, ends)
        self._to.put(section, values[np.repeat(np.array(is_new, np.bool_), np.diff(ends))])
        found: _Map = places[np.searchsorted(starts, indexes)] if len(indexes) else np.empty(0, np.uint32)
        return found

    def _nodes(self, destinations: _Map, announcements: _Map, lines: _Map) -> None:
        records = self._records("nodes")
        kinds = records["kind"]
        for kind, places in ((layout.NODE_CONNECT, destinations), (layout.NODE_ANNOUNCE, announcements)):
            records["target"][kinds == kind] = places[records["target"][kinds == kind]]
        splits = kinds == layout.NODE_SPLIT
        records["target"][splits] += self._base["splits"]
        records["next"][splits] += self._base["branches"]
        records["line"] = lines[records["line"]]
        self._to.put("nodes", records)
        self._to.put("branches", self._records("branches"))

    def _quotas(self, announcements: _Map, lines: _Map) -> None:
        records = self._records("quotas")
        records["counter"] = self._counter_places[records["counter"]]
        records["announcement"] = announcements[records["announcement"]]
        records["name"] = self._strings[records["name"]]
        records["line"] = lines[records["line"]]
        self._to.put("quotas", records)

    def _blocks(self, announcements: _Map, lines: _Map) -> None:
        blocks = self._records("blocks")
        blocks["areas"] = self._run("area_sets", blocks["areas"])
        blocks["announcement"] = announcements[blocks["announcement"]]
        blocks["line"] = lines[blocks["line"]]
        self._to.put("blocks", blocks)

    def _list_classes(self, bitmaps: _Map) -> None:
        classes = self._records("list_classes")
        classes["bitmap"] = bitmaps[classes["bitmap"]]
        self._to.put("list_classes", classes)

    def _zones(self) -> _Map:
        records = self._records("zones")
        records["name"] = self._strings[records["name"]]
        places, is_new = self._to.once("zones", records["name"].tolist())
        counts = records["count"].copy()
        records["first"] = self._base["zone_spans"] + np.cumsum(counts * is_new) - counts
        self._to.put("zones", records[is_new])
        self._to.put("zone_spans", self._records("zone_spans")[np.repeat(is_new, counts)])
        return places

    def _timetables(self) -> _Map:
        day_classes = self._day_classes()
        exceptions = self._records("exceptions")
        exceptions["day_class"] = day_classes[exceptions["day_class"]]
        records = self._records("timetables")
        records["weekdays"] = day_classes[records["weekdays"]]
        counts = records["exceptions_count"].copy()
        ends = np.append(records["exceptions"], len(exceptions)).tolist()
        records["exceptions"] = 0
        keys = [
            record.tobytes() + exceptions[start:end].tobytes()
            for record, (start, end) in zip(records, pairwise(ends), strict=True)
        ]
        places, is_new = self._to.once("timetables", keys)
        records["exceptions"] = self._base["exceptions"] + np.cumsum(counts * is_new) - counts
        self._to.put("timetables", records[is_new])
        self._to.put("exceptions", exceptions[np.repeat(is_new, counts)])
        return places

    def _day_classes(self) -> _Map:
        records = self._records("day_classes")
        minutes = self._records("minutes")
        data, size = minutes.tobytes(), minutes.itemsize
        ends = np.append(records["first"], len(minutes)).tolist()
        places, is_new = self._to.once("day_classes", [data[a * size : b * size] for a, b in pairwise(ends)])
        counts = records["count"].copy()
        records["first"] = self._base["minutes"] + np.cumsum(counts * is_new) - counts
        self._to.put("day_classes", records[is_new])
        self._to.put("minutes", minutes[np.repeat(is_new, counts)])
        return places

    def _plans(self, bitmaps: _Map, announcements: _Map, lines: _Map) -> None:
        slots = np.uint32(self._to.map_slots)
        records = self._records("plans")
        records["cells"] = self._run("cells", records["cells"])
        records["origin_map"] = self._run("origin_maps", records["origin_map"] * slots) // slots
        records["timetable"] = self._timetables()[records["timetable"]]
        records["zone"] = self._zones()[records["zone"]]
        records["blocked"] = self._run("area_sets", records["blocked"])
        records["blacklist"] = _known_or_none(bitmaps, records["blacklist"])
        records["blacklist_announcement"] = announcements[records["blacklist_announcement"]]
        records["built_in"] = announcements[records["built_in"]]
        records["name"] = self._strings[records["name"]]
        records["line"] = lines[records["line"]]
        for field in ("blacklist_line", "forward_lines"):
            records[field] = _known_or_none(lines, records[field])
        moved = {"nodes": "nodes", "list_class_first": "list_classes", "blocks": "blocks", "quotas": "quotas"}
        for field, section in {**moved, "forwards": "forwards", "number": "numbers"}.items():
            records[field] += self._base[section]
        for field in ("destinations", "splits"):
            has_some = records[f"{field}_count"] > 0
            gone = len(self._shared) if field == "destinations" else 0  # they stand before those of all parts
            records[field][has_some] += self._base[field] - gone
        numbers = self._records("numbers")
        numbers["plan"] += self._base["plans"]
        self._to.put("numbers", numbers)
        self._to.put("plans", records)


def _known_or_none(places: _Map, indexes: _Records) -> _Records:
    """Where things stand; NONE stays what it is."""
    if not len(places):
        return indexes
    return np.where(indexes == NONE, np.uint32(NONE), places[np.where(indexes == NONE, 0, indexes)])
