"""One version of the tables, loaded: pointers to its sections, the index of its numbers, where its counters stand; tested
by tests/test_reload.py.
"""

import numpy as np

from . import filter as filters
from . import layout
from .cells import InUse
from .counters import Index
from .names import Names
from .placement import followed, listed

cimport cython
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t

from .atomics cimport cp_word
from .layout cimport (
    Allowance, Bitmap, Block, Bucket, DayClass, DayException, Destination, Limit, ListClass, Minute, Node, Plan, Quota, Split, Timetable, Turns, Zone,
    ZoneSpan,
)

cdef uint64_t NOTHING = 0


cdef const void* start(object records) except? NULL:
    """Where an array starts, which the caller keeps."""
    cdef const uint8_t[::1] raw = records.view(np.uint8)
    return &raw[0] if raw.shape[0] else <const void*> &NOTHING


cdef inline const void* section(dict sections, str name) except? NULL:
    return start(sections[name])


@cython.final
cdef class Loaded:
    """A version of the tables that an engine decides with, or that calls in progress began with."""

    def __init__(self, tables, reader, number):
        cdef dict sections = tables.sections
        self.tables = tables
        self.named = Names(tables)
        self.reader = reader
        self.version.id = number
        self._index(sections["numbers"])
        self.spells = np.zeros(len(sections["timetables"]) + 1, np.uint64)
        self.version.spells = <cp_word*> &self.spells[0]
        self.dense = filters.dense(sections["bitmaps"].view(np.uint8))
        self.version.dense = &self.dense[0]
        self.version.tables.plans = <const Plan*> section(sections, "plans")
        self.version.tables.zones = <const Zone*> section(sections, "zones")
        self.version.tables.zone_spans = <const ZoneSpan*> section(sections, "zone_spans")
        self.version.tables.timetables = <const Timetable*> section(sections, "timetables")
        self.version.tables.exceptions = <const DayException*> section(sections, "exceptions")
        self.version.tables.day_classes = <const DayClass*> section(sections, "day_classes")
        self.version.tables.minutes = <const Minute*> section(sections, "minutes")
        self.version.tables.origin_maps = <const uint16_t*> section(sections, "origin_maps")
        self.version.tables.cells = <const uint32_t*> section(sections, "cells")
        self.version.tables.nodes = <const Node*> section(sections, "nodes")
        self.version.tables.branches = <const uint32_t*> section(sections, "branches")
        self.version.tables.splits = <const Split*> section(sections, "splits")
        self.version.tables.orders = <const uint16_t*> section(sections, "orders")
        self.version.tables.weights = <const uint32_t*> section(sections, "weights")
        self.version.tables.destinations = <const Destination*> section(sections, "destinations")
        self.version.tables.quotas = <const Quota*> section(sections, "quotas")
        self.version.tables.forwards = <const uint32_t*> section(sections, "forwards")
        self.version.tables.bitmaps = <const Bitmap*> section(sections, "bitmaps")
        self.version.tables.buckets = <const Bucket*> section(sections, "buckets")
        self.version.tables.roaring = <const uint8_t*> section(sections, "roaring")
        self.version.tables.filter = <const uint64_t*> section(sections, "filter")
        self.version.tables.filter_words = len(sections["filter"])
        self.version.tables.list_classes = <const ListClass*> section(sections, "list_classes")
        self.version.tables.blocks = <const Block*> section(sections, "blocks")
        self.version.tables.area_sets = <const uint64_t*> section(sections, "area_sets")
        self.version.tables.origin_slots = layout.origin_slots(len(sections["area_codes"]))

    cdef int _index(self, object numbers) except -1:
        """The served numbers as an open-addressing hash, at most half full."""
        cdef uint32_t at, bits = 1
        cdef uint64_t number, plan
        while 1 << bits < 2 * len(numbers):
            bits += 1
        self.slots = np.zeros(1 << bits, np.uint64)
        self.version.slots_mask = (1 << bits) - 1
        self.version.slots_shift = 64 - bits
        for number, plan in zip(numbers["number"].tolist(), numbers["plan"].tolist()):
            at = <uint32_t> ((number * 0x9E3779B97F4A7C15ULL) >> self.version.slots_shift)
            while self.slots[at]:
                at = (at + 1) & self.version.slots_mask
            self.slots[at] = number << 30 | plan
        self.version.slots = &self.slots[0]
        return 0

    cdef int place(self, object counters, object placement, uint32_t max_calls) except -1:
        """Say where its counters stand (counters.Counters, placement.Placement)."""
        self.max_calls = max_calls
        self.counters = counters
        self.placement = placement
        return self._count(counters.places, placement.positions, placement.segments)

    def in_use(self):
        return InUse(self.counters, self.placement)

    cdef bint drop_tails(self, object memory) except -1:
        """Whether it had tails that no call holds; it forgets them, since nobody gives out their places any more."""
        placement = memory.without_empty_tails(self.placement)
        if placement is self.placement:
            return False
        self.place(self.counters, placement, self.max_calls)
        return True

    cdef int _count(self, object limits, object cells, object runs) except -1:
        """Its counters as a decision asks for them; by counter `limits`, places, and `cells`, positions; `runs`: segments."""
        cdef dict sections = self.tables.sections
        quotas, destinations, splits = sections["quotas"], sections["destinations"], sections["splits"]
        lists, segments = listed(runs, len(cells))
        allowances, own, turns = (
            np.zeros(len(part), dtype)
            for part, dtype in ((quotas, layout.ALLOWANCE), (destinations, layout.LIMIT), (splits, layout.TURNS))
        )
        for name in ("allowed", "period", "answered"):
            allowances[name] = quotas[name]
        allowances["word"] = cells[quotas["counter"]]
        limited = np.flatnonzero(destinations["limit"])
        counters = destinations["counter"][limited]
        for name, values in (("at", cells), ("limit", limits), ("segments", lists)):
            own[name][limited] = values[counters]
        own["size"][limited] = np.minimum(limits[counters], self.max_calls)
        turns["word"] = cells[splits["counter"]]
        turns["order"] = splits["order"]
        turns["period"] = np.where(splits["by_caller"], 0, splits["period"])
        turns["reciprocal"] = 2**64 - 1
        turns["reciprocal"] = turns["reciprocal"] // splits["period"] + 1  # 0 for 1, which does as well
        # All at once: no other thread may find the one without the other.
        self.cells = cells
        self.counted = allowances, own, turns, segments
        self.version.allowances = <const Allowance*> start(allowances)
        self.version.limits = <const Limit*> start(own)
        self.version.turns = <const Turns*> start(turns)
        self.version.segments = <const uint32_t*> start(segments)
        return 0

    cdef int follow(self, Loaded newest) except -1:
        """Hold its limits to those of a newer version, so that calls which forward by old plans do not pass a new limit."""
        other = Index(newest.counters.keys).find(self.counters.keys)
        both = np.flatnonzero(other >= 0)
        theirs = other[both]
        limits, cells = self.counters.places.copy(), self.placement.positions.copy()
        limits[both], cells[both] = newest.counters.places[theirs], newest.placement.positions[theirs]
        return self._count(limits, cells, followed(self.placement.segments, newest.placement.segments, both, theirs))
