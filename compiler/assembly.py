"""The sections of a tables file while they grow: records by name, and everything equal stored once; tested by
tests/test_assembly.py.

An index returned here is what other records hold, as runtime/layout.py says. The order of calls is the order in the
file, so equal builds give equal sections.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from ..runtime import filter as filters
from ..runtime import layout
from ..runtime.layout import BUILT_IN, NONE, SECTIONS
from . import checked, orders
from .bitmaps import Serialised
from .offsets import Clock
from .source import Span
from .timetable import Runs, Timetable

Arrays = dict[str, npt.NDArray[Any]]

_FIELDS = {name: dtype.names or () for name, dtype in SECTIONS.items()}
_ZEROS = repeat(0)


MADE_LAST = ("filter", "string_offsets", "string_bytes")  # of what the other sections and the strings are
STORED_ONCE = ("origin_maps", "cells", "orders", "weights", "area_sets")  # of values of which equal runs are one


@dataclass(frozen=True)
class Part:
    """What an assembly holds.

    `sections`: all but MADE_LAST. `starts`: where each run of a section of STORED_ONCE starts. `weights`: those that
    each run of `orders` was made of. `built_in`: where each ten built-in announcements start. `strings`: UTF-8.
    """

    sections: Mapping[str, npt.NDArray[Any]]
    starts: Mapping[str, npt.NDArray[np.int64]]
    weights: tuple[tuple[int, ...], ...]
    built_in: tuple[int, ...]
    strings: tuple[bytes, ...]


def identity_of(text: str) -> bytes:
    """What the tables know a counter's identity by."""
    return blake2b(text.encode(), digest_size=16).digest()


class Assembly:
    """All sections of one file, empty but for the built-in announcements and what is asked for."""

    def __init__(self, area_codes: Sequence[int]) -> None:
        self._records: dict[str, list[tuple[Any, ...]]] = {name: [] for name, dtype in SECTIONS.items() if dtype.names}
        self._values: dict[str, list[npt.NDArray[Any]]] = {
            name: [] for name, dtype in SECTIONS.items() if not dtype.names
        }
        self._lengths = dict.fromkeys(self._values, 0)
        self._starts: dict[str, list[int]] = {name: [] for name in self._values}
        self._known: dict[tuple[str, Hashable], int] = {}
        self._strings: dict[str, int] = {}
        self._dials: dict[str, int] = {}
        self._map_slots = layout.origin_slots(len(area_codes))
        self._area_words = layout.area_words(len(area_codes))
        self.put("area_codes", area_codes)
        self.built_in([checked.Announcement(name, None, None) for name in BUILT_IN])

    def count(self, section: str) -> int:
        """How many records a section has."""
        return len(self._records[section])

    def add(self, section: str, **fields: Any) -> int:
        """A new record; fields that are not given are 0."""
        records = self._records[section]
        records.append(tuple(map(fields.get, _FIELDS[section], _ZEROS)))
        return len(records) - 1

    def put(self, section: str, values: Sequence[int] | npt.NDArray[Any]) -> int:
        """Values at the end of a section that has no records; where they start."""
        first = self._lengths[section]
        self._starts[section].append(first)
        self._values[section].append(np.asarray(values, SECTIONS[section]))
        self._lengths[section] += len(values)
        return first

    def put_once(self, section: str, values: Sequence[int] | npt.NDArray[Any]) -> int:
        """The same for values that may stand there already."""
        array = np.asarray(values, SECTIONS[section])
        key = section, array.tobytes()
        if key not in self._known:
            self._known[key] = self.put(section, array)
        return self._known[key]

    def once(self, what: Hashable, put: Callable[[], int]) -> int:
        """What `put` writes for a thing that may have been written already."""
        key = "", what
        if key not in self._known:
            self._known[key] = put()
        return self._known[key]

    def string(self, text: str) -> int:
        return self._strings.setdefault(text, len(self._strings))

    def line(self, span: Span) -> int:
        """The source line on which a span starts."""
        number, _ = span.source.position(span.start)
        key = "lines", (span.source.name, number)
        if key not in self._known:
            text = span.source.line(number).strip()
            self._known[key] = self.add(
                "lines", file=self.string(span.source.name), number=number, text=self.string(text)
            )
        return self._known[key]

    def built_in(self, announcements: Sequence[checked.Announcement]) -> int:
        """The ten built-in announcements, in the order of BUILT_IN; where they start."""
        key = "built_in", tuple(each.media for each in announcements)
        if key not in self._known:
            self._known[key] = self.count("announcements")
            for each in announcements:
                self._add_announcement(each)
        return self._known[key]

    def announcement(self, announcement: checked.Announcement) -> int:
        """One on its own, not among the ten that are built in."""
        key = "announcements", (announcement.name, announcement.media)
        if key not in self._known:
            self._known[key] = self._add_announcement(announcement)
        return self._known[key]

    def any_announcement(self, announcement: checked.Announcement) -> int:
        """One that no plan need have; a built-in one without a recording is that of every file."""
        if announcement.media is None and announcement.name in BUILT_IN:
            return BUILT_IN.index(announcement.name)
        return self.announcement(announcement)

    def _add_announcement(self, announcement: checked.Announcement) -> int:
        media = NONE if announcement.media is None else self.string(announcement.media)
        return self.add("announcements", name=self.string(announcement.name), media=media)

    def dial_id(self, dial: str) -> int:
        return self._dials.setdefault(dial, len(self._dials))

    def counter(self, kind: int, identity: str, owner: int, places: int = 0) -> int:
        """A counter of its own: counts go on over rebuilds where `identity` is the same."""
        return self.add(
            "counters",
            identity=tuple(identity_of(identity)),
            kind=kind,
            places=places,
            text=self.string(identity),
            owner=owner,
        )

    def zone(self, clock: Clock) -> int:
        key = "zones", clock.name
        if key not in self._known:
            first = self.count("zone_spans")
            for start, offset in clock.spans:
                self.add("zone_spans", start=start, offset=offset)
            self._known[key] = self.add("zones", name=self.string(clock.name), first=first, count=len(clock.spans))
        return self._known[key]

    def timetable(self, timetable: Timetable) -> int:
        key = "timetables", timetable
        if key not in self._known:
            weekdays = tuple(self._day_class(runs) for runs in timetable.weekdays)
            first = self.count("exceptions")
            for day, runs in timetable.exceptions:
                self.add("exceptions", day=day, day_class=self._day_class(runs))
            self._known[key] = self.add(
                "timetables",
                weekdays=weekdays,
                exceptions=first,
                exceptions_count=len(timetable.exceptions),
                time_classes=timetable.classes,
            )
        return self._known[key]

    def _day_class(self, runs: Runs) -> int:
        key = "day_classes", runs
        if key not in self._known:
            first = self.count("minutes")
            for minute, time_class in runs:
                self.add("minutes", minute=minute, time_class=time_class)
            self._known[key] = self.add("day_classes", first=first, count=len(runs))
        return self._known[key]

    def origin_map(self, classes: npt.NDArray[np.int32]) -> int:
        return self.put_once("origin_maps", classes) // self._map_slots

    def area_set(self, areas: Iterable[int]) -> int:
        """A set of area ordinals."""
        words = [0] * self._area_words
        for area in areas:
            words[area // 64] |= 1 << area % 64
        return self.put_once("area_sets", np.array(words, np.uint64))

    def order(self, weights: tuple[int, ...]) -> int:
        """The order table of reduced weights; where it starts."""
        key = "orders", weights
        if key not in self._known:
            self._known[key] = self.put("orders", orders.order_table(weights))
        return self._known[key]

    def bitmap(self, form: Serialised) -> int:
        key = "bitmaps", form.data
        if key not in self._known:
            offset = self.put("roaring", np.frombuffer(form.data, np.uint8))
            first = self.count("buckets")
            self._records["buckets"] += [(high, 0, offset + at) for high, at in form.buckets]
            self._known[key] = self.add(
                "bitmaps",
                buckets=first,
                buckets_count=len(form.buckets),
                offset=offset,
                size=len(form.data),
                members=form.members,
            )
        return self._known[key]

    def part(self) -> Part:
        """All that stands here, to be joined to others."""
        sections = {
            name: np.array(self._records[name], dtype) if dtype.names else joined(self._values[name], dtype)
            for name, dtype in SECTIONS.items()
            if name not in MADE_LAST
        }
        weights = [key for section, key in self._known if section == "orders"]
        built_in = [at for (section, _), at in self._known.items() if section == "built_in"]
        starts = {name: np.array(self._starts[name], np.int64) for name in STORED_ONCE}
        return Part(sections, starts, tuple(weights), tuple(built_in), tuple(map(str.encode, self._strings)))  # type: ignore[arg-type]

    def finish(self) -> Arrays:
        """Every section as an array, in the order of SECTIONS."""
        part = self.part()
        return finished(part.sections, part.strings)


def finished(sections: Mapping[str, npt.NDArray[Any]], strings: Collection[bytes]) -> Arrays:
    """Every section as an array, in the order of SECTIONS, with those that are made of others. `strings`: UTF-8."""
    found = dict(sections)
    offsets = np.zeros(len(strings) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, strings), np.int64, len(strings)), out=offsets[1:])
    found["string_offsets"] = offsets.astype(SECTIONS["string_offsets"])
    found["string_bytes"] = np.frombuffer(b"".join(strings), np.uint8)
    found["filter"] = filters.build(*(found[name].view(np.uint8) for name in ("bitmaps", "buckets", "roaring")))
    return {name: found[name] for name in SECTIONS}


def joined(arrays: Sequence[npt.NDArray[Any]], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """The arrays one behind the other; no copy of one that stands alone, which may be a long list."""
    return arrays[0] if len(arrays) == 1 else np.concatenate([np.empty(0, dtype), *arrays])
