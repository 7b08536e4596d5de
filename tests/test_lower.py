"""Checked plans in the tables: every record of a plan says what the plan says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pyroaring import BitMap64

from callplan.compiler.build import build_text
from callplan.compiler.numbers import normalise
from callplan.runtime import layout as L
from callplan.runtime.tables import Tables

from .checking import plan

DESTINATIONS = (
    'destination a = 01062345678 limit 3 announce late\ndestination b = 02162345678\nannouncement late = "late.wav"'
)
ROUTE = "route { otherwise -> a or b }"


class Opened:
    """Tables of a text, verified on opening."""

    def __init__(self, text: str, draft: bool = False) -> None:
        result = build_text(text, draft=draft)
        assert result.image is not None, [each.message for each in result.diagnostics]
        self.tables = Tables(result.image)
        self.sections = self.tables.sections

    def plan(self, index: int = 0) -> Any:
        return self.sections["plans"][index]

    def string(self, index: int) -> str:
        return self.tables.string(int(index))

    def line(self, index: int) -> str:
        return self.string(self.sections["lines"][index]["text"])

    def announcement(self, index: int) -> str:
        return self.string(self.sections["announcements"][index]["name"])

    def areas(self, first: int) -> list[int]:
        """The area codes of a set."""
        codes = self.sections["area_codes"].tolist()
        words = self.sections["area_sets"][first : first + L.area_words(len(codes))].tolist()
        return [code for at, code in enumerate(codes, L.AREA_FIRST) if words[at // 64] >> at % 64 & 1]

    def keys(self, bitmap: int) -> list[int]:
        record = self.sections["bitmaps"][bitmap]
        start = int(record["offset"])
        return list(BitMap64.deserialize(self.sections["roaring"][start : start + int(record["size"])].tobytes()))

    def counter(self, index: int) -> tuple[int, str, int, int]:
        record = self.sections["counters"][index]
        return int(record["kind"]), self.string(record["text"]), int(record["places"]), int(record["owner"])


def test_numbers_are_sorted_and_a_plan_knows_its_first() -> None:
    one = plan(number="number 4009999999, 4001111111", name="one")
    two = plan(number="number 8005555555", name="two")
    opened = Opened(one + two)
    numbers = opened.sections["numbers"]
    assert numbers["number"].tolist() == [4001111111, 4009999999, 8005555555]
    assert numbers["plan"].tolist() == [0, 0, 1]
    assert [numbers["number"][record["number"]] for record in opened.sections["plans"]] == [4009999999, 8005555555]
    assert [opened.string(record["name"]) for record in opened.sections["plans"]] == ["one", "two"]
    assert [opened.line(record["line"]) for record in opened.sections["plans"]] == ['plan "one" {', 'plan "two" {']


def test_destinations() -> None:
    opened = Opened(
        plan(DESTINATIONS, "destination c = 010-6234-5678 limit 5", route="route { otherwise -> a or c or b }")
    )
    record = opened.plan()
    first, count = int(record["destinations"]), int(record["destinations_count"])
    duty, a, b, c = opened.sections["destinations"][first : first + count]
    assert [opened.string(each["name"]) for each in (duty, a, b, c)] == ["duty", "a", "b", "c"]
    assert [opened.string(each["dial"]) for each in (duty, a, b, c)] == [
        "13912345678", "01062345678", "02162345678", "01062345678",
    ]  # fmt: skip
    assert a["dial_id"] == c["dial_id"]
    assert len({int(each["dial_id"]) for each in (duty, a, b)}) == 3
    assert [int(each["limit"]) for each in (duty, a, b, c)] == [0, 3, 0, 5]
    assert opened.announcement(a["announcement"]) == "late"
    assert [int(each["announcement"]) for each in (duty, b, c)] == [L.NONE] * 3
    assert [int(each["counter"]) for each in (duty, b)] == [L.NONE] * 2
    assert opened.counter(a["counter"]) == (L.COUNTER_LIMIT, "limit 4006123456 a", 3, 1)
    assert opened.line(b["line"]) == "destination b = 02162345678"


def test_quotas() -> None:
    opened = Opened(
        plan(DESTINATIONS, "quota 500 calls per month", "quota 20 calls per day announce late", route=ROUTE)
    )
    record = opened.plan()
    assert record["quotas_count"] == 2
    month, day = opened.sections["quotas"]
    assert (month["allowed"], month["period"], month["answered"]) == (500, L.PERIOD_MONTH, 0)
    assert (opened.announcement(month["announcement"]), opened.announcement(day["announcement"])) == ("quota", "late")
    assert (opened.string(month["name"]), opened.string(day["name"])) == ("month", "day")
    assert opened.counter(month["counter"]) == (L.COUNTER_QUOTA, "quota 4006123456 month Asia/Shanghai", 0, 0)
    assert opened.counter(day["counter"]) == (L.COUNTER_QUOTA, "quota 4006123456 day Asia/Shanghai", 0, 1)
    assert opened.line(day["line"]) == "quota 20 calls per day announce late"


def test_counters_are_quotas_then_limits_then_splits() -> None:
    opened = Opened(
        plan(
            DESTINATIONS,
            "quota 5 calls per day",
            route="route { from 010 -> split evenly { a, b } otherwise -> a or b }",
        )
    )
    assert opened.sections["counters"]["kind"].tolist() == [L.COUNTER_QUOTA, L.COUNTER_LIMIT, L.COUNTER_SPLIT]


def test_splits() -> None:
    opened = Opened(
        plan(
            DESTINATIONS,
            route="route {\nfrom 湖南 and  from mobile -> split { 60% a, 40% b }\n"
            "from 010 -> a or split evenly { b, duty }\notherwise -> split { 30% b, 20% a, 50% duty }\n}",
        )
    )
    record = opened.plan()
    assert record["splits_count"] == 3
    first, second, third = opened.sections["splits"]
    assert [opened.string(each["name"]) for each in (first, second, third)] == [
        "from 湖南 and from mobile", "from 010", "otherwise",
    ]  # fmt: skip
    assert [int(each["period"]) for each in (first, second, third)] == [5, 2, 10]
    assert opened.counter(first["counter"]) == (
        L.COUNTER_SPLIT, "split 4006123456 from 湖南 and from mobile 3,2", 0, 0,
    )  # fmt: skip
    assert opened.sections["orders"][first["order"] : first["order"] + 5].tolist() == [0, 1, 0, 0, 1]
    assert opened.sections["weights"][third["weights"] : third["weights"] + 3].tolist() == [3, 5, 10]
    assert opened.line(third["line"]).startswith("otherwise")


def test_named_splits_and_those_by_caller() -> None:
    opened = Opened(
        plan(
            DESTINATIONS,
            route="route {\nfrom 010 -> split big { 60% a, 40% b }\n"
            "otherwise -> split by caller { 75% a, 25% split small evenly { b, duty } }\n}",
        )
    )
    big, outer, small = opened.sections["splits"]
    assert [opened.string(each["name"]) for each in (big, outer, small)] == ["big", "otherwise", "small"]
    assert [int(each["by_caller"]) for each in (big, outer, small)] == [0, 1, 0]
    assert [opened.counter(each["counter"])[1] for each in (big, outer, small)] == [
        "split 4006123456 name big 3,2", "split 4006123456 otherwise 3,1", "split 4006123456 name small 1,1",
    ]  # fmt: skip
    for each in (big, outer, small):
        identity = opened.sections["counters"][each["counter"]]["identity"]
        assert int(each["key"]) == int.from_bytes(identity[:8].tobytes(), "little")
    assert opened.sections["weights"][outer["weights"] : outer["weights"] + 2].tolist() == [3, 4]


def test_answered_quotas() -> None:
    opened = Opened(plan(DESTINATIONS, "quota 5 calls per week", "quota 3 answered calls per week", route=ROUTE))
    offered, answered = opened.sections["quotas"]
    assert [int(each["answered"]) for each in (offered, answered)] == [0, 1]
    assert [int(each["period"]) for each in (offered, answered)] == [L.PERIOD_WEEK] * 2
    assert [opened.string(each["name"]) for each in (offered, answered)] == ["week", "answered week"]
    assert [opened.counter(each["counter"])[1] for each in (offered, answered)] == [
        "quota 4006123456 week Asia/Shanghai", "quota 4006123456 answered week Asia/Shanghai",
    ]  # fmt: skip


def test_a_shared_destination_is_one_record_for_all_plans() -> None:
    shared = (
        "destination pool = 01062345670 limit 7 announce late\ndestination idle = 01062345679\n"
        'announcement late = "late.wav"\n'
    )
    route = "route { from 010 -> pool or own otherwise -> own }"
    one = plan("destination own = 02162345678 limit 2", duty="", route=route, name="one")
    two = plan(
        "destination own = 02162345679", "forward busy -> pool",
        number="number 4006123457", duty="", route=route, name="two",
    )  # fmt: skip
    opened = Opened(shared + one + two)
    destinations = opened.sections["destinations"]
    assert [opened.string(each["name"]) for each in destinations] == ["pool", "own", "own"]
    assert destinations["plan"].tolist() == [L.NONE, 0, 1]
    pool = destinations[0]
    assert opened.counter(pool["counter"]) == (L.COUNTER_LIMIT, "limit shared <text> pool", 7, 0)
    assert opened.announcement(pool["announcement"]) == "late"
    assert [(int(each["destinations"]), int(each["destinations_count"])) for each in opened.sections["plans"]] == [
        (1, 1), (2, 1),
    ]  # fmt: skip
    for index in (0, 1):
        record = opened.plan(index)
        nodes = opened.sections["nodes"][record["nodes"] : record["nodes"] + record["nodes_count"]]
        assert {int(node["target"]) for node in nodes} == {0, 1 + index}
    assert opened.sections["forwards"].tolist() == [0, 0]  # of busy, and so of unreachable


def test_a_shared_destination_may_announce_what_is_built_in() -> None:
    shared = "destination pool = 01062345670 limit 7 announce closed\n"
    route = "route { otherwise -> pool }"
    opened = Opened(shared + plan('announcement closed = "own.wav"', duty="", route=route))
    announcement = opened.sections["announcements"][opened.sections["destinations"][0]["announcement"]]
    assert (opened.string(announcement["name"]), announcement["media"]) == ("closed", L.NONE)


def test_the_operator_says_how_often_a_call_is_forwarded() -> None:
    text = plan(DESTINATIONS, route=ROUTE)
    assert Opened("operator { forward per call 5, destinations 5 }\n" + text).plan()["max_forwards"] == 5
    assert Opened(text).plan()["max_forwards"] == 2


def test_nested_routes_are_nodes_of_their_rules() -> None:
    opened = Opened(
        plan(
            DESTINATIONS,
            route="route {\nfrom 湖南 -> a or route {\nfrom mobile -> b\notherwise -> announce closed\n}\n"
            "otherwise -> split evenly {\na, route {\nfrom 010 -> b\notherwise -> duty\n}\n}\n}",
        )
    )
    record = opened.plan()
    nodes = opened.sections["nodes"]
    assert record["nodes_count"] == len(nodes)
    splits = nodes[nodes["kind"] == L.NODE_SPLIT]
    assert splits["target"].tolist() == [0, 0]
    assert len(opened.sections["splits"]) == 1
    ends = []
    for node in splits:
        branches = opened.sections["branches"][node["next"] : node["next"] + 2]
        ends.append([opened.line(nodes[branch]["line"]) for branch in branches])
    assert sorted(ends) == [
        ["otherwise -> split evenly {", "from 010 -> b"], ["otherwise -> split evenly {", "otherwise -> duty"],
    ]  # fmt: skip
    hunts = nodes[(nodes["kind"] == L.NODE_CONNECT) & (nodes["next"] > 0)]
    assert sorted(opened.line(nodes[node["next"]]["line"]) for node in hunts) == [
        "from mobile -> b", "otherwise -> announce closed",
    ]  # fmt: skip


def test_a_pattern_is_runs_in_a_bitmap() -> None:
    opened = Opened(plan(DESTINATIONS, "blacklist { 139xxxxxxxx, 0731-8888-12xx }", route=ROUTE))
    bitmap = opened.sections["bitmaps"][opened.plan()["blacklist"]]
    assert bitmap["members"] == 10**8 + 100
    assert bitmap["size"] < 32_768


def test_splits_of_equal_shares_have_one_order_table() -> None:
    route = "route { from 010 -> split { 60% a, 40% b } otherwise -> split { 30% duty, 20% b, 50% a } }"
    other = "route { otherwise -> split { 60% duty, 40% a } }"
    texts = plan(DESTINATIONS, route=route) + plan(DESTINATIONS, route=other, number="number 4006123457", name="other")
    splits = Opened(texts).sections["splits"]
    assert splits["order"][0] == splits["order"][2] != splits["order"][1]
    assert splits["weights"][0] == splits["weights"][2]
    assert len(set(splits["counter"].tolist())) == 3


@pytest.mark.parametrize(
    ("statements", "lists", "lines", "ring"),
    [
        ([], [[], [], []], [None, None, None], 20),
        (["forward busy -> a, b"], [["a", "b"], [], ["a", "b"]], [0, None, 0], 20),
        (["forward no-answer after 35s -> b"], [[], ["b"], []], [None, 0, None], 35),
        (["forward no-answer -> b"], [[], ["b"], []], [None, 0, None], 20),
        (["forward busy -> a", "forward unreachable -> b"], [["a"], [], ["b"]], [0, None, 1], 20),
        (["forward busy -> a", "forward no-answer after 5s -> b, a"], [["a"], ["b", "a"], ["a"]], [0, 1, 0], 5),
    ],
)
def test_forwards(statements: list[str], lists: list[list[str]], lines: list[int | None], ring: int) -> None:
    opened = Opened(plan(DESTINATIONS, *statements, route=ROUTE))
    record = opened.plan()
    at = int(record["forwards"])
    found = []
    for count in record["forward_counts"].tolist():
        targets = opened.sections["forwards"][at : at + count]
        found.append([opened.string(opened.sections["destinations"][target]["name"]) for target in targets])
        at += count
    assert found == lists
    assert [None if line == L.NONE else opened.line(line) for line in record["forward_lines"].tolist()] == [
        None if line is None else statements[line] for line in lines
    ]
    assert (record["ring_seconds"], record["max_forwards"]) == (ring, 2)


def test_the_blacklist_and_its_announcement() -> None:
    opened = Opened(
        plan(DESTINATIONS, "list more { 10086 }", "blacklist { 138-0013-8000, more } announce late", route=ROUTE)
    )
    record = opened.plan()
    assert opened.keys(record["blacklist"]) == [normalise("13800138000").key, normalise("10086").key]
    assert opened.announcement(record["blacklist_announcement"]) == "late"
    assert opened.line(record["blacklist_line"]).startswith("blacklist {")
    plain = Opened(plan())
    assert plain.plan()["blacklist"] == plain.plan()["blacklist_line"] == L.NONE
    assert plain.announcement(plain.plan()["blacklist_announcement"]) == "blacklisted"


def test_area_blocks_are_sets_of_areas() -> None:
    opened = Opened(plan(DESTINATIONS, "block from 海南, 0991", "block from 0991, 0731 announce late", route=ROUTE))
    blocks = opened.sections["blocks"]
    assert opened.plan()["blocks_count"] == 2
    assert [opened.areas(each["areas"]) for each in blocks] == [[898, 991], [731]]
    assert opened.areas(opened.plan()["blocked"]) == [731, 898, 991]
    assert [opened.announcement(each["announcement"]) for each in blocks] == ["blocked", "late"]
    assert opened.line(blocks[1]["line"]) == "block from 0991, 0731 announce late"


def test_list_classes_are_disjoint_and_cells_know_them() -> None:
    opened = Opened(
        plan(
            "list one { 13900001111, 13900002222 }", "list two { 13900002222, 13900003333 }",
            "blacklist { 13900003333 }",
            route="route { caller in one and caller in two -> announce full "
            "caller in one -> announce busy otherwise -> duty }",
        )
    )  # fmt: skip
    record = opened.plan()
    assert (record["list_classes"], record["origin_classes"], record["time_classes"]) == (3, 1, 1)
    classes = opened.sections["list_classes"]
    keys = {int(each["list_class"]): opened.keys(each["bitmap"]) for each in classes}
    assert keys == {1: [normalise("13900001111").key], 2: [normalise("13900002222").key]}
    cells = opened.sections["cells"][record["cells"] : record["cells"] + 3]
    nodes = opened.sections["nodes"][record["nodes"] + cells]
    assert nodes["kind"].tolist() == [L.NODE_CONNECT, L.NODE_ANNOUNCE, L.NODE_ANNOUNCE]
    assert [opened.announcement(node["target"]) for node in nodes[1:]] == ["busy", "full"]


def test_nodes_are_in_the_order_of_the_rules() -> None:
    opened = Opened(
        plan(DESTINATIONS, route="route {\nfrom 010 -> a or b\nfrom 020 -> announce busy\notherwise -> b\n}")
    )
    lines = [opened.line(node["line"]) for node in opened.sections["nodes"]]
    assert lines == ["from 010 -> a or b", "from 010 -> a or b", "from 020 -> announce busy", "otherwise -> b"]


def test_rules_that_are_never_reached_have_no_nodes() -> None:
    opened = Opened(plan(DESTINATIONS, route="route {\nfrom anywhere -> duty\nfrom 010 -> a or b\notherwise -> b\n}"))
    assert len(opened.sections["nodes"]) == 1
    assert opened.plan()["destinations_count"] == 3


def test_plans_share_what_is_equal() -> None:
    statements = ["schedule office { mon-fri 09:00-18:00 }", "list vip { 13900001111 }", "block from 海南"]
    route = "route { during office and from 湖南 -> duty caller in vip -> announce busy otherwise -> announce closed }"
    one = plan(*statements, route=route)
    two = plan(*statements, route=route, number="number 4006123457", name="other")
    single, double = Opened(one), Opened(one + two)
    for section in (
        "timetables",
        "day_classes",
        "minutes",
        "zones",
        "origin_maps",
        "cells",
        "bitmaps",
        "roaring",
        "announcements",
    ):
        assert len(single.sections[section]) == len(double.sections[section]), section
    assert len(double.sections["nodes"]) == 2 * len(single.sections["nodes"])
    first, second = double.plan(0), double.plan(1)
    assert (first["cells"], first["timetable"]) == (second["cells"], second["timetable"])


def test_a_plan_with_its_own_recording_of_a_built_in_announcement() -> None:
    own = plan('announcement busy = "own.wav"', route="route { otherwise -> announce busy }")
    other = plan(number="number 4006123457", name="other", route="route { otherwise -> announce busy }")
    opened = Opened(own + other)
    busy = L.BUILT_IN.index("busy")
    first, second = opened.plan(0), opened.plan(1)
    assert (first["built_in"], second["built_in"]) == (10, 0)
    assert opened.sections["announcements"]["media"][busy] == L.NONE
    assert opened.string(opened.sections["announcements"]["media"][10 + busy]) == "own.wav"
    targets = opened.sections["nodes"]["target"].tolist()
    assert targets == [10 + busy, busy]


def test_origin_maps_have_a_class_for_every_slot() -> None:
    opened = Opened(plan(route="route { from 湖南 -> duty otherwise -> announce closed }"))
    slots = L.origin_slots(len(opened.sections["area_codes"]))
    classes = opened.sections["origin_maps"][:slots].reshape(-1, 2)
    codes = opened.sections["area_codes"].tolist()
    row = L.AREA_FIRST + codes.index(731)
    assert classes[row].tolist() == [1, 1]
    assert classes[L.AREA_UNKNOWN].tolist() == [0, 0]
    assert np.count_nonzero(classes) == 2 * 12  # the area codes of Hunan


def test_a_draft_says_so_and_has_a_node_for_what_has_no_rule() -> None:
    opened = Opened(plan(route="route { from 湖南 -> duty }"), draft=True)
    assert opened.tables.draft
    assert opened.sections["nodes"]["kind"].tolist() == [L.NODE_UNCOVERED, L.NODE_CONNECT]
    assert not Opened(plan(), draft=True).tables.draft


def test_no_plans_are_tables_too() -> None:
    assert len(Opened("# nothing yet\n").sections["plans"]) == 0
