"""The protocol of calls, places, quotas, owners and call ids, tried in every order and with every death at small size.

With its rules as they are, no promise of tests/protocol/promises.py breaks. With one of them turned, each a mistake
that one could make, the exploration finds how it breaks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from .protocol import worlds
from .protocol.explore import Actor, World, explore
from .protocol.rules import Rules
from .protocol.steps import Program, load, store, swap

Build = Callable[..., World]
RIGHT = Rules()


def _name(part: object) -> str:
    """Of a world, the same in every process."""
    if isinstance(part, partial):
        given = ", ".join(f"{name}={value}" for name, value in part.keywords.items())
        return f"{part.func.__name__}({given})"
    return str(getattr(part, "__name__", "")) or (part if isinstance(part, str) else "")


@pytest.mark.parametrize(
    "build",
    [
        worlds.one_quota,
        worlds.reports,
        worlds.two_ends,
        worlds.forwarder_dies,
        partial(worlds.forwarder_dies, places=(2, 3)),
        worlds.successor,
        worlds.two_sweepers,
        worlds.deciding_dies,
        worlds.orphans,
        worlds.grace,
        worlds.one_id,
        partial(worlds.one_place, kills=0),
        partial(worlds.one_id, kills=0, waits=-1),
        partial(worlds.successor, kills=3),
        partial(worlds.orphans, kills=2),
    ],
    ids=_name,
)
def test_every_order_keeps_the_promises(build: Build) -> None:
    found = explore(build(RIGHT))
    assert not found.broken, str(found.broken)
    assert found.steps > found.states > 100


@pytest.mark.slow
@pytest.mark.parametrize(
    "build",
    [
        worlds.one_place,
        partial(worlds.one_quota, kills=2),
        partial(worlds.forwarder_dies, kills=3, places=(2, 3)),
        partial(worlds.deciding_dies, kills=2),
        partial(worlds.one_id, kills=2),
        partial(worlds.one_id, kills=0, waits=-1, routes=3),
    ],
    ids=_name,
)
def test_every_order_keeps_the_promises_with_more_at_once(build: Build) -> None:
    found = explore(build(RIGHT))
    assert not found.broken, str(found.broken)


MISTAKES: list[tuple[Rules, Build, str]] = [
    # A place is seen to be free and then written: two calls get it.
    (replace(RIGHT, places_swapped=False), worlds.one_quota, "more calls than places"),
    (replace(RIGHT, quotas_swapped=False), worlds.one_quota, "a count is lost"),
    (replace(RIGHT, period_compared=False), worlds.one_quota, "a count is lost"),
    # Two that end a call both give back.
    (replace(RIGHT, over_first=False), worlds.two_ends, "a count is lost"),
    # Who reclaims looks at the lock of the dead owner, and then there is a new one.
    (replace(RIGHT, reclaim="looked"), worlds.successor, "which lives, is reclaimed"),
    # The dead one's word comes back: its successor has adopted the call.
    (replace(RIGHT, reclaim="rechecks", turns_counted=False), worlds.successor, "which lives, is reclaimed"),
    # The word does not come back, but the place that the dead one had noted does.
    (replace(RIGHT, reclaim="rechecks"), worlds.successor, "more calls than places"),
    # One thread gives up the lock that the other still relies on.
    (replace(RIGHT, one_reclaims=False), worlds.two_sweepers, "which lives, is reclaimed"),
    # A call that is forwarded once more has the place of the forward that died as well.
    (replace(RIGHT, next_noted=False), worlds.forwarder_dies, "place 2 is leaked"),
    (
        replace(RIGHT, next_noted=False, next_held=False),
        partial(worlds.forwarder_dies, places=(2, 3)),
        "place 2 is leaked",
    ),
    # What was seen to be nobody's place is the same call's again when it is taken over.
    (replace(RIGHT, next_held=False), worlds.forwarder_dies, "more calls than places"),
    (replace(RIGHT, answer_stamped=False), worlds.reports, "a record has two users"),
    (replace(RIGHT, turns_counted=False), worlds.grace, "ended within its grace"),
    (replace(RIGHT, ids_scanned_after=False), worlds.one_id, "two calls have the id x"),
    (replace(RIGHT, higher_withdraws=False), worlds.one_id, "two calls have the id x"),
]


@pytest.mark.parametrize(("rules", "build", "said"), MISTAKES, ids=_name)
def test_a_mistake_is_found(rules: Rules, build: Build, said: str) -> None:
    found = explore(build(rules)).broken
    assert found is not None
    assert said in found.said
    assert len(found.lines) > 3


def test_a_trace_says_who_did_what() -> None:
    found = explore(worlds.two_ends(replace(RIGHT, over_first=False), kills=0)).broken
    lines = str(found).splitlines()
    assert lines[0].startswith("a count is lost: ")
    words = [line.split() for line in lines[1:]]
    assert [word[0] for word in words] == [str(number) for number in range(1, len(lines))]
    assert {word[1] for word in words} == {"process"}
    assert {word[3] for word in words} == {"end", "finish", "return_quota"}
    assert " swaps quota " in lines[-1]
    assert lines[-1].endswith("period 1 calls 2 -> period 1 calls 1")


# The explorer itself


def _two(first: Callable[[], Program], second: Callable[[], Program], kills: int = 0) -> World:
    """Two programs on one word, which starts at 0 and must end at 2; nobody may see it above that."""
    return World(
        {("word",): 0, ("died",): 0},
        (Actor("first", 1, first), Actor("second", 2, second)),
        kills,
        (),
        lambda memory, process, at_work: memory.update({("died",): memory["died",] + at_work}),
        lambda memory: "above 2" if memory["word",] > 2 else None,
        lambda memory: None if memory["word",] + memory["died",] >= 2 else f"ends at {memory['word',]}",
    )


def _read_then_write() -> Program:
    found = yield load("word")
    yield store(("word",), found + 1)


def _swapped() -> Program:
    found = yield load("word")
    while True:
        was = yield swap(("word",), found, found + 1)
        if was == found:
            return
        found = was


def test_a_lost_update_is_found_at_its_shortest() -> None:
    assert explore(_two(_swapped, _swapped)).broken is None
    found = explore(_two(_read_then_write, _read_then_write)).broken
    assert found is not None
    assert found.said == "ends at 1"
    assert [line.does for line in found.lines] == ["reads word", "reads word", "writes word", "writes word"]
    assert explore(_two(_swapped, _read_then_write)).broken is not None


def test_a_death_leaves_what_was_done() -> None:
    assert explore(_two(_swapped, _swapped, kills=2)).broken is None
    without = replace(_two(_swapped, _swapped, kills=1), died=lambda memory, process, at_work: None)
    found = explore(without).broken
    assert found is not None
    assert found.said in ("ends at 0", "ends at 1")
    assert "is killed" in str(found)


def test_waiting_for_ever_is_found() -> None:
    def waits() -> Program:
        while True:
            found = yield load("word")
            if found == 2:
                return

    found = explore(_two(_swapped, waits)).broken
    assert found is not None
    assert found.said == "from here on nobody ever comes to an end"


@pytest.mark.parametrize("build", [worlds.two_ends, worlds.successor, worlds.two_sweepers, worlds.reports], ids=_name)
def test_folding_hides_nothing(build: Build) -> None:
    """What memory can come to is the same when programs are told apart by all that they ever read."""
    folded = explore(build(RIGHT))
    whole = explore(build(RIGHT), fold=False)
    assert folded.shared == whole.shared
    assert folded.states <= whole.states
