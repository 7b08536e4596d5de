"""The layout of a tables file, declared once: every section, its dtype, and the small ints of the records.

layout.pxd mirrors each record as a struct; tests/test_layout.py holds the two together. All is little-endian and
naturally aligned; padding is explicit and zero. An index of another section is a u32, NONE where there is none.

A call walks: numbers -> plans -> (filter, bitmaps: blacklist) -> area_sets: blocks -> zones -> timetables ->
day_classes -> minutes -> origin_maps -> (list_classes) -> cells -> nodes -> destinations, splits, announcements.
"""

from __future__ import annotations

import numpy as np

MAGIC = b"CALLPLAN"
FORMAT_VERSION = 2
BYTE_ORDER = 0x01020304
NONE = 0xFFFFFFFF
FLAG_DRAFT = 1  # some cells are UNCOVERED: explain may read the file, an engine refuses it

HEADER = np.dtype(
    [
        ("magic", "S8"),
        ("version", "<u4"),
        ("byte_order", "<u4"),
        ("flags", "<u4"),
        ("sections", "<u4"),  # how many entries the section table has
        ("size", "<u8"),  # of the whole file, bytes
        ("digest", "u1", 32),  # of sources, zone data, place data and compiler version
        ("table_crc", "<u4"),  # crc32 of the section table
        ("header_crc", "<u4"),  # crc32 of this header with this field 0
        ("pad", "u1", 56),
    ]
)  # 128 bytes, then the section table, then the sections in order, each at a multiple of 64

SECTION = np.dtype(
    [
        ("offset", "<u8"),  # from the start of the file, a multiple of 64
        ("count", "<u8"),  # items
        ("item_size", "<u4"),  # bytes
        ("crc", "<u4"),  # crc32 of the section's bytes
    ]
)

NUMBER = np.dtype([("number", "<u8"), ("plan", "<u4"), ("pad", "<u4")])  # sorted by number (4006123456), no doubles

PLAN = np.dtype(
    [
        ("cells", "<u4"),  # first of origin_classes * time_classes * list_classes cells, row-major in that order
        ("nodes", "<u4"),  # first node; cells, next and branches count from here
        ("origin_map", "<u4"),
        ("timetable", "<u4"),
        ("zone", "<u4"),
        ("blacklist", "<u4"),  # bitmap or NONE
        ("blacklist_announcement", "<u4"),
        ("blocked", "<u4"),  # first word of the areas that its blocks have, in area_sets
        ("origin_classes", "<u2"),
        ("time_classes", "<u2"),
        ("list_classes", "<u2"),  # class 0: on no list; so 1 + the number of its list_classes records
        ("blocks_count", "<u2"),
        ("list_class_first", "<u4"),
        ("blocks", "<u4"),
        ("quotas", "<u4"),
        ("quotas_count", "u1"),
        ("forward_counts", "u1", 3),  # busy, no_answer, unreachable
        ("forwards", "<u4"),  # the three lists one behind the other
        ("ring_seconds", "<u2"),
        ("max_forwards", "u1"),  # forwards a call may have: 2
        ("returnable", "u1"),  # bit i: a call that ends unanswered gives its place in quota i back
        # The second cache line: what only announcements, explain and usage read.
        ("built_in", "<u4"),  # its ten built-in announcements, in the order of BUILT_IN
        ("name", "<u4"),  # string
        ("line", "<u4"),
        ("nodes_count", "<u4"),
        ("destinations", "<u4"),
        ("destinations_count", "<u4"),
        ("splits", "<u4"),
        ("splits_count", "<u4"),
        ("forward_lines", "<u4", 3),  # line or NONE
        ("number", "<u4"),  # the first of its numbers: an index of `numbers`
        ("blacklist_line", "<u4"),  # line or NONE
        ("pad2", "<u4", 3),
    ]
)  # 128 bytes

ZONE = np.dtype([("name", "<u4"), ("first", "<u4"), ("count", "<u4"), ("pad", "<u4")])
ZONE_SPAN = np.dtype([("start", "<i8"), ("offset", "<i4"), ("pad", "<u4")])
# start: POSIX seconds from which `offset` (seconds east of UTC) holds; ascending, a zone's first is NO_START
NO_START = -(2**63)

TIMETABLE = np.dtype(
    [
        ("weekdays", "<u4", 7),  # day class, Monday first
        ("exceptions", "<u4"),
        ("exceptions_count", "<u4"),
        ("time_classes", "<u4"),
    ]
)
EXCEPTION = np.dtype([("day", "<u4"), ("day_class", "<u4")])  # day: days since 2000-01-01; ascending in a timetable
DAY_CLASS = np.dtype([("first", "<u4"), ("count", "<u4")])
MINUTE = np.dtype([("minute", "<u2"), ("time_class", "<u2")])  # ascending in a day class, its first is 0
FIRST_DAY = (2000, 1, 1)
DAYS = 36525  # 2000-01-01 to 2099-12-31

NODE = np.dtype(
    [
        ("kind", "u1"),
        ("reason", "u1"),  # of an ANNOUNCE: REASON_BLOCKED or REASON_ANNOUNCED
        ("pad", "<u2"),
        ("target", "<u4"),  # destination, announcement or split, by kind
        (
            "next",
            "<u4",
        ),  # CONNECT: the node to try when full, 0: none, else greater than this one; SPLIT: first of branches
        ("line", "<u4"),  # of the rule or block that leads here
    ]
)
NODE_CONNECT, NODE_ANNOUNCE, NODE_SPLIT, NODE_UNCOVERED = 0, 1, 2, 3

SPLIT = np.dtype(
    [
        ("key", "<u8"),  # of the hash of callers: the first half of its counter's identity
        ("order", "<u4"),  # first of `period` entries of orders
        ("period", "<u4"),  # the sum of the reduced weights
        ("weights", "<u4"),  # first of its branches' cumulative weights, the last of which is `period`
        ("branches", "<u2"),  # how many
        ("by_caller", "u1"),  # 1: the caller decides, by the cumulative weights; only withheld ones take tickets
        ("pad", "u1"),
        ("counter", "<u4"),
        ("name", "<u4"),  # string
        ("plan", "<u4"),
        ("line", "<u4"),
    ]
)

DESTINATION = np.dtype(
    [
        ("dial_id", "<u4"),  # equal where the number dialled is equal
        ("limit", "<u4"),  # 0: none
        ("counter", "<u4"),  # NONE where there is no limit
        ("announcement", "<u4"),  # its own for `full`, or NONE
        ("name", "<u4"),  # string
        ("dial", "<u4"),  # string
        ("plan", "<u4"),
        ("line", "<u4"),
    ]
)
ANNOUNCEMENT = np.dtype([("name", "<u4"), ("media", "<u4")])  # strings; media NONE where there is none
BUILT_IN = (
    "unallocated",
    "blacklisted",
    "blocked",
    "quota",
    "full",
    "busy",
    "no_answer",
    "unreachable",
    "overload",
    "closed",
)

QUOTA = np.dtype(
    [
        ("allowed", "<u4"),
        ("period", "u1"),
        ("answered", "u1"),
        ("pad", "<u2"),
        ("counter", "<u4"),
        ("announcement", "<u4"),
        ("name", "<u4"),  # string: "day", "answered week"
        ("line", "<u4"),
    ]
)
PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH = 0, 1, 2
MAX_QUOTAS = 6  # a plan has at most one a period and kind

COUNTER = np.dtype(
    [
        ("identity", "u1", 16),  # blake2b-128 of the identity's text: what a count belongs to over rebuilds
        ("kind", "u1"),
        ("pad", "u1", 3),
        ("places", "<u4"),  # a limit's number of places; 0 for others
        ("text", "<u4"),  # string: the identity
        ("owner", "<u4"),  # index of the quota, destination or split that it counts for
    ]
)
COUNTER_QUOTA, COUNTER_LIMIT, COUNTER_SPLIT = 0, 1, 2

BITMAP = np.dtype(
    [
        ("buckets", "<u4"),
        ("buckets_count", "<u4"),
        ("offset", "<u8"),  # of its portable 64-bit serialisation in roaring
        ("size", "<u8"),  # bytes
        ("members", "<u8"),
    ]
)
BUCKET = np.dtype(
    [("high", "<u4"), ("pad", "<u4"), ("offset", "<u8")]
)  # of the 32-bit bitmap in roaring; ascending high
LIST_CLASS = np.dtype([("bitmap", "<u4"), ("list_class", "<u4")])  # disjoint in a plan; ascending, from 1
BLOCK = np.dtype([("areas", "<u4"), ("announcement", "<u4"), ("line", "<u4"), ("pad", "<u4")])
# areas: first word of its areas in area_sets
LINE = np.dtype([("file", "<u4"), ("number", "<u4"), ("text", "<u4"), ("pad", "<u4")])  # strings; number from 1

U8, U16, U32, U64 = np.dtype("u1"), np.dtype("<u2"), np.dtype("<u4"), np.dtype("<u8")

# The sections in the order of the section table. A reader finds them by position, so a change here is a new version.
SECTIONS = {
    "area_codes": U16,  # ascending, without leading zero (10, 21, 731); area ordinal = position + 2
    "numbers": NUMBER,
    "plans": PLAN,
    "zones": ZONE,
    "zone_spans": ZONE_SPAN,
    "timetables": TIMETABLE,
    "exceptions": EXCEPTION,
    "day_classes": DAY_CLASS,
    "minutes": MINUTE,
    "origin_maps": U16,  # each: origin_slots() classes, indexed by area ordinal * 2 + line
    "cells": U32,  # node, counted from the plan's first
    "nodes": NODE,
    "branches": U32,  # node, counted from the plan's first
    "splits": SPLIT,
    "orders": U16,  # branch of each ticket
    "weights": U32,  # cumulative
    "destinations": DESTINATION,
    "announcements": ANNOUNCEMENT,
    "quotas": QUOTA,
    "forwards": U32,  # destination
    "counters": COUNTER,
    "bitmaps": BITMAP,
    "buckets": BUCKET,
    "roaring": U8,
    "filter": U64,  # at least one word; two bits for each member of most bitmaps (filter.pxd)
    "list_classes": LIST_CLASS,
    "blocks": BLOCK,
    "area_sets": U64,  # each: area_words() words, bit n of word w for the area of ordinal 64 * w + n
    "lines": LINE,
    "string_offsets": U32,  # one more than there are strings
    "string_bytes": U8,  # UTF-8
}

# Area ordinals of an origin, and its line
AREA_UNKNOWN, AREA_ABROAD, AREA_FIRST = 0, 1, 2
LINE_MOBILE, LINE_FIXED = 0, 1  # unknown and abroad without a line type have LINE_FIXED; abroad has no other


def origin_slots(area_codes: int) -> int:
    """How many entries an origin map has for that many area codes."""
    return (AREA_FIRST + area_codes) * 2


def area_words(area_codes: int) -> int:
    """How many words of 64 bits a set of areas has for that many area codes."""
    return -(-(AREA_FIRST + area_codes) // 64)


DECISION = np.dtype(
    [
        ("call", "<u8"),
        ("action", "u1"),
        ("reason", "u1"),
        ("ring_seconds", "<u2"),
        ("destination", "<u4"),
        ("announcement", "<u4"),
        ("version", "<u4"),  # of the tables that decided
    ]
)  # a row of what route_many returns

# The counters of a version of the tables as a decision asks for them, by quota, destination and split: made when tables
# are loaded, with the positions of their words in the book.
ALLOWANCE = np.dtype(
    [
        ("word", "<u4"),
        ("allowed", "<u4"),
        ("period", "u1"),
        ("answered", "u1"),
        ("pad", "<u2"),
    ]
)
LIMIT = np.dtype(
    [
        ("at", "<u4"),
        ("limit", "<u4"),  # that of the newest version; 0: none
        ("size", "<u4"),  # places that it gives out: there are never more calls than records
        ("segments", "<u4"),  # where its list starts in Version.segments; 0: its places are the first behind `at`
    ]
)
TURNS = np.dtype(
    [
        ("reciprocal", "<u8"),  # 2**64 / period, rounded up: a ticket's remainder without a division
        ("word", "<u4"),
        ("order", "<u4"),
        ("period", "<u4"),  # 0: the caller decides
        ("pad", "<u4"),
    ]
)
COUNTED = {"ALLOWANCE": ALLOWANCE, "LIMIT": LIMIT, "TURNS": TURNS}

ACTIONS = ("connect", "announce", "ignore")
REASONS = (
    "routed", "forwarded", "unallocated", "blacklisted", "blocked", "announced", "quota", "full",
    "busy", "no_answer", "unreachable", "overload", "in_progress", "unknown_call",
)  # fmt: skip
REASON_BLOCKED, REASON_ANNOUNCED = 4, 5
PERIODS = ("day", "week", "month")
