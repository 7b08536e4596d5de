"""The places of limits: runtime/book.pxd, `is_held`, `take_place`, `free_place`."""

from __future__ import annotations

from .processes import Process
from .steps import Program, load, store, swap
from .words import FORWARDING, FREE, Held


def is_held(me: Process, held: Held) -> Program:
    state = yield load("state", held.record)
    if state.generation != held.generation or state.status == FREE:
        return False
    if held.leg == state.leg:
        return True
    return held.leg == state.leg + 1 and (me.rules.next_held or state.status == FORWARDING)


def take_place(me: Process, limit: int, mine: Held) -> Program:
    """A place taken, 0 if each was found taken: first those that are empty, then those whose call is over."""
    for place in me.sizes.limits[limit]:
        found = yield load("place", place)
        if found is None:
            took = yield from _take(me, place, None, mine)
            if took:
                return place
    for place in me.sizes.limits[limit]:
        found = yield load("place", place)
        if found is not None:
            held = yield from is_held(me, found)
            if held:
                continue
        took = yield from _take(me, place, found, mine)
        if took:
            return place
    return 0


def _take(me: Process, place: int, found: Held | None, mine: Held) -> Program:
    if mine.leg and me.rules.next_noted:
        yield store(("held", mine.record, mine.leg), place, me.must_use(mine.record, mine.generation))
    if me.rules.places_swapped:
        was = yield swap(("place", place), found, mine)
        return was == found
    yield store(("place", place), mine)
    return True


def free_place(place: int, mine: Held) -> Program:
    if place:
        yield swap(("place", place), mine, None)
