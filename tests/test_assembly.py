"""Sections while they grow: what is equal stands once, and what an index says is there."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from pyroaring import BitMap, BitMap64

from callplan.compiler import checked
from callplan.compiler.assembly import Assembly
from callplan.compiler.bitmaps import serialise
from callplan.compiler.offsets import clock
from callplan.compiler.source import Source, Span
from callplan.compiler.timetable import Timetable
from callplan.runtime import layout
from callplan.runtime.layout import BUILT_IN, NONE, SECTIONS

DAY = ((0, 0), (540, 1), (1080, 0))
NIGHT = ((0, 1), (360, 0), (1320, 1))


def string(arrays: dict[str, np.ndarray], index: int) -> str:
    start, end = arrays["string_offsets"][index : index + 2]
    return arrays["string_bytes"][start:end].tobytes().decode()


def test_an_empty_file_has_all_sections_and_the_built_in_announcements() -> None:
    found = Assembly([10, 731]).finish()
    assert list(found) == list(SECTIONS)
    assert all(found[name].dtype == dtype for name, dtype in SECTIONS.items())
    assert found["area_codes"].tolist() == [10, 731]
    assert [string(found, index) for index in found["announcements"]["name"]] == list(BUILT_IN)
    assert set(found["announcements"]["media"].tolist()) == {NONE}


def test_records_keep_their_fields_and_what_is_not_given_is_zero() -> None:
    tables = Assembly([])
    assert tables.add("nodes", kind=2, target=7) == 0
    assert tables.add("nodes", line=3) == 1
    found = tables.finish()["nodes"]
    assert found[0].tolist() == (2, 0, 0, 7, 0, 0)
    assert found[1].tolist() == (0, 0, 0, 0, 0, 3)


def test_equal_strings_are_one() -> None:
    tables = Assembly([])
    first = tables.string("长沙 office")
    assert tables.string("长沙 office") == first
    assert tables.string("other") != first
    assert string(tables.finish(), first) == "长沙 office"


def test_a_line_is_its_file_its_number_and_its_text() -> None:
    source = Source("acme.plan", "plan\n    route {  \r\n  from 湖南 -> a\n")
    tables = Assembly([])
    at = source.text.index("route")
    index = tables.line(Span(source, at, at + 30))
    assert tables.line(Span(source, at + 2, at + 3)) == index
    assert tables.line(Span(source, 0, 4)) != index
    found = tables.finish()
    line = found["lines"][index]
    assert (string(found, line["file"]), line["number"], string(found, line["text"])) == ("acme.plan", 2, "route {")


def test_plans_that_change_no_built_in_announcement_share_the_first_ten() -> None:
    plain = [checked.Announcement(name, None, None) for name in BUILT_IN]
    own = [checked.Announcement(name, "full.wav" if name == "full" else None, None) for name in BUILT_IN]
    tables = Assembly([])
    assert tables.built_in(plain) == 0
    assert tables.built_in(own) == 10
    assert tables.built_in(list(own)) == 10
    shared = checked.Announcement("closed_today", "x.wav", None)
    assert tables.announcement(shared) == tables.announcement(checked.Announcement("closed_today", "x.wav", None)) == 20
    assert tables.announcement(checked.Announcement("closed_today", "y.wav", None)) == 21
    found = tables.finish()
    assert string(found, found["announcements"][10 + BUILT_IN.index("full")]["media"]) == "full.wav"


def test_a_counter_is_told_by_its_identity() -> None:
    tables = Assembly([])
    at = tables.counter(layout.COUNTER_LIMIT, "limit 4006123456 北京", owner=3, places=30)
    found = tables.finish()
    counter = found["counters"][at]
    digest = blake2b("limit 4006123456 北京".encode(), digest_size=16).digest()
    assert bytes(counter["identity"]) == digest
    assert (counter["kind"], counter["places"], counter["owner"]) == (layout.COUNTER_LIMIT, 30, 3)
    assert string(found, counter["text"]) == "limit 4006123456 北京"


def test_a_zone_is_stored_once() -> None:
    tables = Assembly([])
    berlin = tables.zone(clock("Europe/Berlin"))
    shanghai = tables.zone(clock("Asia/Shanghai"))
    assert tables.zone(clock("Europe/Berlin")) == berlin != shanghai
    found = tables.finish()
    zone = found["zones"][berlin]
    spans = found["zone_spans"][zone["first"] : zone["first"] + zone["count"]]
    assert [(int(span["start"]), int(span["offset"])) for span in spans] == list(clock("Europe/Berlin").spans)
    assert spans["start"][0] == layout.NO_START
    assert found["zones"][shanghai]["count"] == 1


def test_equal_timetables_and_days_are_one() -> None:
    tables = Assembly([])
    one = Timetable((DAY,) * 5 + (NIGHT,) * 2, ((7, NIGHT),), 2)
    other = Timetable((DAY,) * 7, (), 2)
    first = tables.timetable(one)
    assert tables.timetable(Timetable((DAY,) * 5 + (NIGHT,) * 2, ((7, NIGHT),), 2)) == first
    assert tables.timetable(other) != first
    found = tables.finish()
    assert len(found["day_classes"]) == 2
    assert len(found["minutes"]) == 6
    record = found["timetables"][first]
    assert record["weekdays"].tolist() == [0] * 5 + [1] * 2
    assert found["exceptions"][record["exceptions"]].tolist() == (7, 1)
    assert (record["exceptions_count"], record["time_classes"]) == (1, 2)


def test_equal_values_are_one() -> None:
    tables = Assembly([10, 731])
    slots = layout.origin_slots(2)
    first = tables.origin_map(np.zeros(slots, np.int32))
    second = tables.origin_map(np.arange(slots, dtype=np.int32))
    assert (first, second) == (0, 1)
    assert tables.origin_map(np.zeros(slots, np.int32)) == 0
    assert tables.order((1, 2)) == tables.order((1, 2))
    assert tables.put("forwards", [1, 2]) != tables.put("forwards", [1, 2])
    assert tables.finish()["origin_maps"].tolist() == [0] * slots + list(range(slots))


def test_a_bitmap_has_its_buckets_in_place() -> None:
    tables = Assembly([])
    keys = BitMap64([5, 1 << 40, 1 << 62])
    tables.bitmap(serialise(BitMap64([731])))
    index = tables.bitmap(serialise(keys))
    assert tables.bitmap(serialise(keys.copy())) == index
    found = tables.finish()
    record = found["bitmaps"][index]
    data = found["roaring"].tobytes()
    assert list(BitMap64.deserialize(data[record["offset"] : record["offset"] + record["size"]])) == list(keys)
    buckets = found["buckets"][record["buckets"] : record["buckets"] + record["buckets_count"]]
    members = [
        int(bucket["high"]) << 32 | low for bucket in buckets for low in BitMap.deserialize(data[bucket["offset"] :])
    ]
    assert members == list(keys)
    assert record["members"] == 3
