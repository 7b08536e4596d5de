"""What plans expect of their calls: which lines hold, and what is said of one that does not."""

from __future__ import annotations

import pytest

from callplan.compiler.build import build_text
from callplan.compiler.diagnostics import Diagnostic

from .checking import underlined

PLAN = """plan "ACME after-sales" {
    number 4006-123-456, 4006-123-457
    destination beijing  = 010-6234-5678 limit 30
    destination shanghai = 021-5234-5678 limit 20 announce shanghai_busy
    destination duty     = 139-1234-5678
    destination agents   = "sip:agents@pbx.acme.cn" limit 200
    announcement shanghai_busy = "acme/shanghai-busy.wav"
    list vip  { 13900001111, 0731-8888-1234 }
    blacklist { 13800138000 }
    block from 海南, 0991
    quota 1 calls per month
    area north { 北京, 天津, 0311 }
    schedule office { mon-fri 09:00-18:00 }
    schedule night  { daily 22:00-06:00 }
    route {
        caller in vip                -> beijing or duty
        from north and during office -> beijing or shanghai
        from 湖南                    -> agents
        during office                -> split { 60% beijing, 40% shanghai or beijing }
        during night                 -> announce closed
        otherwise                    -> duty
    }
    forward busy                 -> shanghai, duty
    forward no-answer after 20s  -> duty
EXPECT
}
"""
VIP = "0731-8888-1234 at 2026-11-23 09:30"
DAY = "at 2026-11-23 09:30"


def problems(*lines: str, plan: str = PLAN) -> list[Diagnostic]:
    block = "\n        ".join(("    expect {", *lines, "}"))
    result = build_text(plan.replace("EXPECT", block))
    found = list(result.diagnostics)
    assert all(each.code.startswith("E7") for each in found), [each.message for each in found]
    assert (result.image is None) == bool(found)
    return found


def failure(line: str, plan: str = PLAN) -> tuple[str, str, str]:
    """The code, what is underlined, and the sentence of the only problem of a line."""
    (found,) = problems(line, plan=plan)
    assert not found.message.endswith(".")
    return found.code, underlined(found), found.message


@pytest.mark.parametrize(
    "line",
    [
        f"13800138000 {DAY} -> announce blacklisted",
        f"+86138-0013-8000 {DAY} -> announce blacklisted",
        f"010-88886666 {DAY} -> beijing busy -> shanghai no-answer -> duty",
        f"{VIP} -> beijing",
        f"{VIP} -> beijing busy -> shanghai busy -> duty no-answer -> announce no_answer",
        f"{VIP} -> beijing unreachable -> shanghai full -> duty",
        f"{VIP} -> beijing full -> duty busy -> shanghai busy -> announce busy",
        f"from 海南, 0991 {DAY} -> announce blocked",
        f"from north {DAY} -> beijing full -> shanghai full -> announce shanghai_busy",
        "from anywhere except 海南, 0991, 湖南 at 2026-11-23 22:30 -> announce closed",
        "from anywhere except 海南, 0991, 湖南 at 2026-11-24 05:59 -> announce closed",
    ],
)
def test_a_path_holds(line: str) -> None:
    assert not problems(line)


def test_lines_find_nothing_of_each_other() -> None:
    assert not problems(*[f"{VIP} -> beijing"] * 3, f"from 广东 {DAY} -> beijing", f"from 广东 {DAY} -> shanghai")


@pytest.mark.parametrize(
    ("path", "wrong", "instead"),
    [
        ("-> duty", "duty", "`beijing`"),
        ("-> announce closed", "announce closed", "`beijing`"),
        ("-> beijing busy -> duty", "duty", "`beijing busy -> shanghai`"),
        ("-> beijing busy -> announce busy", "announce busy", "`beijing busy -> shanghai`"),
        ("-> beijing no-answer -> shanghai", "shanghai", "`beijing no-answer -> duty`"),
        ("-> beijing full -> shanghai", "shanghai", "`beijing full -> duty`"),
        ("-> shanghai full -> beijing", "shanghai full", "`beijing`"),
        ("-> beijing busy -> duty busy -> shanghai", "duty busy", "`beijing busy -> shanghai`"),
        ("-> beijing busy -> shanghai no-answer -> announce no_answer", "announce no_answer",
         "`beijing busy -> shanghai no-answer -> duty`"),
    ],
)  # fmt: skip
def test_a_failing_path_is_underlined_where_it_parts_from_the_call(path: str, wrong: str, instead: str) -> None:
    code, underline, message = failure(f"{VIP} {path}")
    assert (code, underline) == ("E701", wrong)
    assert message == f"a call by `0731-8888-1234` takes another path: {instead}"


def test_help_names_the_command_that_shows_why() -> None:
    (number,) = problems(f"{VIP} -> duty")
    assert number.help == "`callplan explain <text> 4006123456 0731-8888-1234 --at 2026-11-23T09:30` shows why"
    (origin,) = problems(f"from 0571 {DAY} -> duty")
    assert origin.help == "`callplan explain <text> 4006123456 --from '0571 mobile' --at 2026-11-23T09:30` shows why"


def test_an_origin_fails_with_the_first_of_its_classes() -> None:
    code, underline, message = failure(f"from 0571, 0731 {DAY} -> beijing")
    assert (code, underline) == ("E702", "beijing")
    assert message == "a call from `0731 mobile` takes another path: `agents`"


ORIGINS = """plan "P" {
    number 4006123456
    destination a = 01062345678
    destination b = 02162345678
    list vip { 0731-8888-1234 }
    blacklist { 0731xxxxxxxx }
    route {
        caller in vip or from RULE -> b
        otherwise -> a
    }
EXPECT
}
"""


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("unknown", "unknown mobile"),
        ("unknown except mobile", "unknown"),
        ("abroad", "abroad"),
        ("010", "010 mobile"),
        ("010 except mobile", "010 fixed"),
        ("0731 except mobile", "0731 fixed"),
        ("0999", "0999 mobile"),
    ],
)
def test_every_class_of_an_origin_is_tried(rule: str, first: str) -> None:
    code, _, message = failure(f"from anywhere {DAY} -> a", plan=ORIGINS.replace("RULE", rule))
    assert (code, message) == ("E702", f"a call from `{first}` takes another path: `b`")


def test_callers_of_an_origin_are_on_no_list() -> None:
    plan = ORIGINS.replace("RULE", "0999")
    assert not problems("from 0731 at 2026-11-23 09:30 -> a", plan=plan)
    assert not problems("0731-8888-1234 at 2026-11-23 09:30 -> announce blacklisted", plan=plan)


# Splits

SPLITS = """plan "P" {
    number 4006123456
    destination a = 01062345678 limit 1
    destination b = 02162345678 limit 1
    destination c = 02062345678
    route {
        from 010  -> split { 50% split evenly { a, b, c }, 49.99% b, 0.01% split { 10% a, 90% announce closed } }
        from 020  -> split by caller { 75% a or b, 25% b or c }
        from 021  -> a or split evenly { b or c, c }
        from 022  -> split evenly { a, b, c }
        from 023  -> split { 20% a or split evenly { b, c, announce closed }, 80% c }
        from 025  -> split evenly { announce full, announce closed }
        from 024  -> a or b or split evenly { c, announce closed }
        otherwise -> c
    }
    forward busy -> b, c
EXPECT
}
"""


@pytest.mark.parametrize(
    "line",
    [
        *(f"from 010 {DAY} -> {path}" for path in ("a", "b", "c", "announce closed")),
        f"from 010 {DAY} -> a busy -> b busy -> c",
        f"from 010 {DAY} -> a full -> announce full",
        f"from 010 {DAY} -> split {{ 16.67% a, 66.66% b, 16.67% c, 0.01% announce closed }}",
        f"from 022 {DAY} -> split {{ 33.33% a, 33.33% b, 33.34% c }}",
        f"from 022 {DAY} -> split {{ 33.33% a, 20% b, 33.34% c, 13.33% b }}",
        *(f"from 020 {DAY} -> {path}" for path in ("a", "b", "a full -> b", "b full -> c")),
        f"02088886666 {DAY} -> a busy -> b",
        f"02088886666 {DAY} -> b busy -> c",
        f"from 020 {DAY} -> split {{ 75% a, 25% b }}",
        f"from 021 {DAY} -> a full -> split {{ 50% b, 50% c }}",
        f"from 023 {DAY} -> split {{ 20% a, 80% c }}",
        f"from 025 {DAY} -> split {{ 50% announce closed, 50% announce full }}",
        f"from 023 {DAY} -> a full -> split {{ 33.33% b, 33.33% c, 33.34% announce closed }}",
        f"from 023 {DAY} -> a full -> split {{ 33.33% b, 33.33% c, 33.33% announce closed }}",
        f"from 021 {DAY} -> a full -> b full -> c",
        f"from 021 {DAY} -> a full -> c",
    ],
)
def test_any_branch_of_a_split_may_be_named(line: str) -> None:
    assert not problems(line, plan=SPLITS)


def test_shares_that_differ_are_told() -> None:
    shares = "split { 76% a, 24% b }"
    code, underline, message = failure(f"from 020 {DAY} -> {shares}", plan=SPLITS)
    assert (code, underline) == ("E702", shares)
    assert message == "a call from `020 mobile` takes another path: `split { 75% a, 25% b }`"
    assert problems(f"from 020 {DAY} -> split {{ 75.01% a, 24.99% b }}", plan=SPLITS)
    assert problems(f"from 020 {DAY} -> split {{ 75% a, 25% c }}", plan=SPLITS)


def test_shares_want_a_split() -> None:
    _, underline, message = failure(f"from 0755 {DAY} -> split {{ 100% c }}", plan=SPLITS)
    assert underline.startswith("split")
    assert message == "a call from `0755 mobile` takes another path: `c`"


def test_what_stands_before_a_split_is_compared_too() -> None:
    _, underline, message = failure(f"from 021 {DAY} -> split {{ 50% b, 50% c }}", plan=SPLITS)
    assert (underline[:5], message) == ("split", "a call from `021 mobile` takes another path: `a`")
    path = "b full -> a full -> split { 50% c, 50% announce closed }"
    _, underline, message = failure(f"from 024 {DAY} -> {path}", plan=SPLITS)
    assert underline == "b full"
    assert message.endswith("path: `a full -> b full -> split { 50% c, 50% announce closed }`")
    _, underline, message = failure(f"from 022 {DAY} -> b full -> split {{ 50% a, 50% c }}", plan=SPLITS)
    assert underline.startswith("split")
    assert message.endswith("path: `b full -> announce full`, `a` or `c`")


def test_the_ways_of_a_split_are_told_the_likest_first() -> None:
    _, underline, message = failure(f"from 021 {DAY} -> a full -> b busy -> announce busy", plan=SPLITS)
    assert underline == "announce busy"
    assert message == "a call from `021 mobile` takes another path: `a full -> b busy -> c` or `a full -> c`"


def test_few_of_many_ways_are_told_and_none_at_length() -> None:
    names = [f"{'z' * 50}{at}" for at in range(5)]
    lines = "\n".join(f"destination {name} = 0106234567{at} limit 1" for at, name in enumerate(names))
    plan = f'plan "P" {{ number 4006123456 {lines} route {{ otherwise -> TARGET }} EXPECT }}'
    each = [f"`{name}`" for name in names]
    _, _, message = failure(
        f"10086 {DAY} -> announce closed", plan=plan.replace("TARGET", f"split evenly {{ {', '.join(names)} }}")
    )
    assert message.endswith(f"path: {each[0]}, {each[1]}, {each[2]} or …")
    full = " -> ".join(f"{name} full" for name in names)
    _, _, message = failure(
        f"10086 {DAY} -> {full} -> announce closed", plan=plan.replace("TARGET", " or ".join(names))
    )
    assert message.endswith(f"path: `{full[:199]}…`")


def test_a_branch_decides_for_all_of_a_path() -> None:
    """A path may not begin in one branch and go on in another."""
    plan = SPLITS.replace("from 022  -> split evenly { a, b, c }", "from 022 -> split evenly { a or c, b or a }")
    assert not problems(f"from 022 {DAY} -> b full -> a", plan=plan)
    assert failure(f"from 022 {DAY} -> a full -> b", plan=plan)[1] == "b"


# Full destinations and forwarding

FULL = """plan "P" {
    number 4006123456
    destination a = 01062345678 limit 1
    destination b = 02162345678 limit 1000000
    destination c = 02062345678 limit 1
    destination same = 010-6234-5678
    quota 1 calls per day
    route { otherwise -> a or b }
    forward busy -> same, b
    forward no-answer -> c, b
EXPECT
}
"""


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "a full -> b",
        "a full -> b full -> announce full",
        "a busy -> b busy -> announce busy",
        "a busy -> b full -> announce busy",
        "a full -> b busy -> same busy -> announce busy",
        "a busy -> b no-answer -> c busy -> announce busy",
        "a no-answer -> c full -> b",
        "a no-answer -> c unreachable -> b no-answer -> announce no_answer",
        "a no-answer -> c full -> b no-answer -> c",  # full when it was passed over, and no longer
    ],
)
def test_exactly_the_destinations_that_are_said_to_be_full_are_full(path: str) -> None:
    assert not problems(f"10086 {DAY} -> {path}", plan=FULL)


@pytest.mark.parametrize(
    ("path", "instead"),
    [
        ("a full -> b full -> c", "a full -> b full -> announce full"),
        ("a busy -> c", "a busy -> b"),
        ("a busy -> c full -> b", "a busy -> b"),
        ("a busy -> b full -> c", "a busy -> b full -> announce busy"),
        ("a no-answer -> b", "a no-answer -> c"),
        ("a no-answer -> c busy -> b busy -> same", "a no-answer -> c busy -> b busy -> announce busy"),
    ],
)
def test_full_destinations_that_the_call_does_not_meet(path: str, instead: str) -> None:
    assert failure(f"10086 {DAY} -> {path}", plan=FULL)[2] == f"a call by `10086` takes another path: `{instead}`"


def test_paths_longer_than_a_trace() -> None:
    hunt, path = " or ".join(["a"] * 5000), " -> ".join(["a full"] * 5000)
    plan = f"""plan "P" {{
    number 4006123456
    destination a = 01062345678 limit 1
    destination b = 02162345678 limit 1
    destination c = 02062345678
    route {{ from 010 -> {hunt} otherwise -> {hunt} or b or split evenly {{ b, c }} }}
EXPECT
}}
"""
    beijing, other = f"010-8888-6666 {DAY} -> {path}", f"10086 {DAY} -> {path}"
    right = (
        f"{beijing} -> announce full",
        f"{other} -> b",
        f"{other} -> b full -> c",
        f"{other} -> b full -> split {{ 50% b, 50% c }}",
    )
    wrong = (
        f"{beijing} -> a full -> announce full",
        f"{other} -> c",
        f"{other} -> split {{ 50% b, 50% c }}",
    )
    expecting = plan.replace("EXPECT", "expect {\n" + "\n".join((*right, *wrong)) + "\n}")
    unmet = [each for each in build_text(expecting).diagnostics if each.severity == "error"]
    assert [(each.code, underlined(each)) for each in unmet] == [
        ("E701", "a full"), ("E701", "c"), ("E701", "split { 50% b, 50% c }")
    ]  # fmt: skip


# Time

ZONED = """plan "P" {
    number 4006123456
    timezone "Europe/Berlin"
    destination a = 01062345678
    schedule summer { 2026-10-25 02:00-03:00 }
    route { during summer -> a otherwise -> announce closed }
EXPECT
}
"""


def test_times_are_by_the_clock_of_the_plan() -> None:
    assert not problems(
        "10086 at 2026-10-25 02:00 -> a",
        "10086 at 2026-10-25 02:59 -> a",
        "10086 at 2026-10-25 03:00 -> announce closed",
        "10086 at 2026-10-25 01:59 -> announce closed",
        plan=ZONED,
    )


def test_a_time_that_the_clock_skips() -> None:
    code, underline, message = failure("10086 at 2026-03-29 02:30 -> announce closed", plan=ZONED)
    assert (code, underline) == ("E703", "2026-03-29 02:30")
    assert message == "the clock of `Europe/Berlin` skips `2026-03-29 02:30`"
    assert not problems("10086 at 2026-03-29 03:00 -> announce closed", plan=ZONED)


def test_quotas_count_in_their_own_period_only() -> None:
    assert not problems(*[f"10086 at 2026-11-{day} 09:30 -> a" for day in (23, 24, 23, 22)], plan=FULL)


# Many plans

SHARED = """destination common = 01062345678 limit 2
plan "One" {
    number 4006123456
    destination own = 02162345678 limit 1
    route { otherwise -> common or own }
    expect { 10086 at 2026-11-23 09:30 -> common full -> own }
}
plan "Two" {
    number 4006123457
    destination own = 02062345678 limit 1
    route { otherwise -> own or common }
    expect { 10086 at 2026-11-23 09:30 -> own full -> common full -> announce full }
    expect { 10086 at 2026-11-23 09:30 -> own }
}
"""


def test_plans_share_a_destination() -> None:
    assert not build_text(SHARED).diagnostics


def test_a_draft_is_made_whatever_is_expected() -> None:
    text = PLAN.replace("EXPECT", f"expect {{ {VIP} -> duty }}")
    assert build_text(text).image is None
    draft = build_text(text, draft=True)
    assert draft.image is not None
    assert not draft.diagnostics
