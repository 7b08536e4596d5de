"""New plans while calls are in progress: counters go on by their names, calls keep the plan that they began with."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import callplan

from .test_threads import together

NUMBER, CALLER, AT = "4006123456", "13800138000", 1_795_485_600


def plan(
    limit: int = 3, quota: int = 100, more: str = "", route: str = "otherwise -> desk", forward: str = "busy -> duty"
) -> str:
    return f"""plan "p" {{
        number {NUMBER}
        destination desk = 010-6234-5678 limit {limit}
        destination duty = 139-1234-5678 limit 50
        quota {quota} calls per month
        {more}
        route {{ {route} }}
        forward {forward}
    }}"""


def tables(*args: object, **fields: object) -> callplan.Tables:
    return callplan.compile_text(plan(*args, **fields))  # type: ignore[arg-type]


def used(engine: callplan.Engine) -> dict[tuple[str, str], int]:
    return {(entry.kind, entry.name): entry.used for entry in engine.usage()}


def route(engine: callplan.Engine) -> callplan.Decision:
    return engine.route(NUMBER, CALLER, AT)


def position_of_desk(engine: callplan.Engine) -> int:
    destinations = engine.tables.sections["destinations"]
    (desk,) = (each for each in destinations if engine.tables.string(each["name"]) == "desk")
    return int(desk["counter"])


def test_counts_go_on() -> None:
    engine = callplan.Engine(tables())
    calls = [route(engine).call for _ in range(2)]
    engine.reload(tables(quota=3))
    assert used(engine) == {("quota", "month"): 2, ("limit", "desk"): 2, ("limit", "duty"): 0}
    assert route(engine).reason == "routed"
    assert route(engine).reason == "quota"
    assert [engine.end(call) for call in calls] == [True, True]
    assert used(engine)["limit", "desk"] == 1


def test_a_call_keeps_the_plan_that_it_began_with() -> None:
    engine = callplan.Engine(tables())
    call = route(engine).call
    engine.reload(tables(route="otherwise -> duty", forward="no-answer -> desk"))
    assert route(engine).destination == "duty"
    forwarded = engine.busy(call)
    assert (forwarded.reason, forwarded.destination) == ("forwarded", "duty")
    assert used(engine) == {("quota", "month"): 2, ("limit", "desk"): 0, ("limit", "duty"): 2}
    assert engine.busy(call).reason == "busy"
    assert used(engine)["limit", "duty"] == 1


@pytest.mark.parametrize("end_first", [True, False])
def test_a_lowered_limit_refuses_until_enough_calls_end(end_first: bool) -> None:
    engine = callplan.Engine(tables(limit=5))
    calls = [route(engine).call for _ in range(5)]
    engine.reload(tables(limit=2))
    assert used(engine)["limit", "desk"] == 5
    for call in calls[:3] if end_first else calls[:1:-1]:
        assert route(engine).reason == engine.peek(NUMBER, CALLER, AT).reason == "full"
        assert engine.end(call)
    assert used(engine)["limit", "desk"] == 2
    assert route(engine).reason == engine.peek(NUMBER, CALLER, AT).reason == "full"
    assert engine.end(calls[3] if end_first else calls[0])
    assert route(engine).reason == "routed"
    assert route(engine).reason == "full"


def test_a_raised_limit_has_room_at_once_and_never_more_than_it_says() -> None:
    engine = callplan.Engine(tables(limit=2))
    calls = [route(engine).call for _ in range(2)]
    for limit in (4, 3, 6, 7):
        engine.reload(tables(limit=limit))
        while (decision := route(engine)).reason == "routed":
            calls.append(decision.call)
        assert decision.reason == "full"
        assert used(engine)["limit", "desk"] == max(limit, len(calls))
        assert len(calls) == max(4, limit)
    assert all(engine.end(call) for call in calls)
    assert used(engine)["limit", "desk"] == 0


def test_a_forward_by_an_old_plan_does_not_pass_a_new_limit() -> None:
    engine = callplan.Engine(tables(route="otherwise -> duty", forward="busy -> desk"))
    old = [route(engine).call for _ in range(3)]
    engine.reload(tables(limit=1))
    assert engine.busy(old[0]).destination == "desk"
    assert engine.busy(old[1]).reason == "busy"
    assert route(engine).reason == "full"
    assert used(engine)["limit", "desk"] == 1


def test_places_never_move_when_a_limit_is_raised() -> None:
    engine = callplan.Engine(tables(limit=2))
    calls = []
    for limit in (2, 3, 9, 10, 40):
        engine.reload(tables(limit=limit))
        position = engine._position(position_of_desk(engine))
        while (decision := route(engine)).reason == "routed":
            calls.append(decision.call)
        assert len(calls) == used(engine)["limit", "desk"] == limit
        for at in (0, limit // 2, limit - 1):
            assert engine.end(calls[at])
            assert engine.peek(NUMBER, CALLER, AT).reason == "routed"
            calls[at] = route(engine).call
            assert calls[at]
            assert route(engine).reason == engine.peek(NUMBER, CALLER, AT).reason == "full"
        assert engine._position(position_of_desk(engine)) == position
    assert all(engine.end(call) for call in calls)
    assert used(engine)["limit", "desk"] == 0


def test_a_forward_takes_the_further_places_of_a_limit_that_was_raised() -> None:
    ways = {"route": "otherwise -> duty", "forward": "busy -> desk"}
    engine = callplan.Engine(tables(**ways))
    old = [route(engine).call for _ in range(6)]
    engine.reload(tables(limit=5, **ways))
    assert [engine.busy(call).destination for call in old] == ["desk"] * 5 + [None]
    assert used(engine)["limit", "desk"] == 5
    assert all(engine.end(call) for call in old[:5])
    assert used(engine)["limit", "desk"] == used(engine)["limit", "duty"] == 0


def test_old_plans_have_their_own_limit_while_newer_ones_lack_the_name() -> None:
    engine = callplan.Engine(tables(route="otherwise -> duty", forward="busy -> desk"))
    old = [route(engine).call for _ in range(4)]
    engine.reload(tables(limit=9, route="otherwise -> duty", forward="busy -> desk"))
    for _ in range(3):
        engine.reload(callplan.compile_text(plan(limit=7).replace("desk", "other")))
    assert [engine.busy(call).destination for call in old] == ["desk"] * 3 + [None]
    assert used(engine) == {("quota", "month"): 4, ("limit", "other"): 0, ("limit", "duty"): 0}
    assert [route(engine).destination for _ in range(8)] == ["other"] * 7 + [None]
    engine.reload(tables(limit=4))
    assert used(engine)["limit", "desk"] == 3


def test_the_room_of_removed_names_is_used_again() -> None:
    engine = callplan.Engine(tables(), max_calls=50_000)
    for number in range(20):
        new = (
            plan(limit=50_000)
            .replace("desk", f"d{number}")
            .replace("per month", "per week" if number % 2 else "per day")
        )
        engine.reload(callplan.compile_text(new))
        decision = engine.route(NUMBER, CALLER, AT)
        assert decision.reason == "routed"
        assert engine.end(decision.call)


def test_a_removed_name_keeps_its_count() -> None:
    engine = callplan.Engine(tables())
    calls = [route(engine).call for _ in range(3)]
    engine.reload(callplan.compile_text(plan().replace("desk", "other").replace("calls per month", "calls per week")))
    assert route(engine).reason == "routed"
    assert used(engine) == {("quota", "week"): 1, ("limit", "other"): 1, ("limit", "duty"): 0}
    engine.reload(tables())
    assert used(engine) == {("quota", "month"): 3, ("limit", "desk"): 3, ("limit", "duty"): 0}
    assert route(engine).reason == "full"
    assert all(engine.end(call) for call in calls)


def test_a_changed_zone_starts_new_periods() -> None:
    engine = callplan.Engine(tables())
    route(engine)
    engine.reload(tables(more='timezone "Europe/Berlin"'))
    assert used(engine)["quota", "month"] == 0
    assert route(engine).reason == "routed"
    assert used(engine) == {("quota", "month"): 1, ("limit", "desk"): 2, ("limit", "duty"): 0}
    engine.reload(tables())
    assert used(engine)["quota", "month"] == 1


def test_a_split_goes_on_while_its_shares_are_the_same() -> None:
    split = "otherwise -> split {{ {} desk, {} duty }}"
    engine = callplan.Engine(tables(limit=50, route=split.format("50%", "50%")))
    first = [route(engine).destination for _ in range(3)]
    engine.reload(tables(limit=49, route=split.format("50%", "50%")))
    assert [*first, route(engine).destination] == ["desk", "duty"] * 2
    engine.reload(tables(limit=49, route=split.format("75%", "25%")))
    assert [entry.used for entry in engine.usage() if entry.kind == "split"] == [0]


def test_versions_without_calls_are_let_go_and_names_stay() -> None:
    engine = callplan.Engine(tables())
    rows = engine.route_many(NUMBER.encode(), CALLER.encode(), AT)
    engine.reload(tables(limit=4))
    engine.reload(tables(limit=5))
    assert rows["version"].tolist() == [1]
    assert engine.names("destination", 1)[rows["destination"][0]] == "desk"
    engine.end_many(rows["call"])
    engine.reload(tables(limit=6))
    with pytest.raises(ValueError, match="no version 1"):
        engine.names("destination", 1)
    assert engine.names("destination") == engine.names("destination", 4)


def test_what_cannot_be_used_leaves_the_old_plans_in_force(tmp_path: object) -> None:
    engine = callplan.Engine(tables())
    with pytest.raises(callplan.TablesError):
        engine.reload("no such file")
    with pytest.raises(callplan.StateError, match="do not fit beside those in use"):
        engine.reload(
            callplan.compile_text(
                "\n".join(
                    f'plan "{n}" {{ number 400{n:07} destination d = 13912345678 limit 60000 '
                    "route { otherwise -> d } }"
                    for n in range(5)
                )
            )
        )
    assert route(engine).destination == "desk"
    engine.close()
    with pytest.raises(callplan.CallplanError, match="closed"):
        engine.reload(tables())


def test_reloads_under_traffic_lose_and_double_no_call() -> None:
    versions = [
        tables(limit=limit, quota=10**6, route=target)
        for limit in (3, 9, 5)
        for target in ("otherwise -> desk or duty", "otherwise -> duty")
    ]
    engine = callplan.Engine(versions[0])
    stop = threading.Event()
    reloads = 0

    def change() -> None:
        nonlocal reloads
        while not stop.is_set():
            reloads += 1
            engine.reload(versions[reloads % len(versions)])

    thread = threading.Thread(target=change)
    thread.start()
    counted = [0] * 8

    def work(number: int) -> None:
        for turn in range(6000):
            if turn >= 60 and reloads > 6:
                break
            if turn % 3 == 0:
                rows = engine.route_many(NUMBER.encode(), np.array([CALLER.encode()] * 20), AT)
                calls = [int(call) for call in rows["call"] if call]
            else:
                calls = [decision.call for decision in (route(engine) for _ in range(20)) if decision.call]
            counted[number] += len(calls)
            for call in calls:
                if engine.busy(call).reason != "busy":
                    assert engine.end(call)

    try:
        together(work)
    finally:
        stop.set()
        thread.join()
    assert reloads > 6
    found = used(engine)
    assert found["quota", "month"] == sum(counted)
    assert found["limit", "desk"] == found["limit", "duty"] == 0
