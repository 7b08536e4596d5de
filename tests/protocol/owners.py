"""Owners: registering, reclaiming what the dead left, and the end of orphans."""

from __future__ import annotations

from .calls import finish
from .places import free_place
from .processes import Process, both, orphans, past_grace
from .steps import Program, load, store, swap, try_lock, wait_for_lock
from .words import ANSWERED, DECIDING, FORWARDING, FREE, ORPHAN, RINGING, SETTLED, Held, Orphaned


def register(me: Process) -> Program:
    """Become the owner that a process is to be, over a dead predecessor. Before that it decides nothing."""
    yield wait_for_lock(("lock", me.owner), me.number)
    incarnation = yield load("incarnation", me.owner)
    yield store(("incarnation", me.owner), incarnation + 1)
    for index in range(me.sizes.records):
        yield from hand_over(me, index, me.owner, None)


def sweep(me: Process) -> Program:
    """Reclaim what dead owners left."""
    if me.rules.reclaim != "locks":
        yield from _sweep_unlocked(me)
        return
    if me.rules.one_reclaims:
        busy = yield swap(("sweeping", me.number), False, True)
        if busy:
            return
    for owner in range(1, me.sizes.owners + 1):
        if owner == me.owner:
            continue
        got = yield try_lock(("lock", owner), me.number)
        if got:
            for index in range(me.sizes.records):
                yield from hand_over(me, index, owner, None)
            yield swap(("lock", owner), me.number, 0)
    if me.rules.one_reclaims:
        yield store(("sweeping", me.number), False)


def _sweep_unlocked(me: Process) -> Program:
    """A sweep that only looks at the lock."""
    for owner in range(1, me.sizes.owners + 1):
        incarnation = yield load("incarnation", owner)
        holder = yield load("lock", owner)
        if holder == 0:
            for index in range(me.sizes.records):
                yield from hand_over(me, index, owner, incarnation)


def hand_over(me: Process, index: int, owner: int, incarnation: int | None) -> Program:
    """Reclaim a record from a dead owner, if it is that one's. A call that it was deciding stays counted."""
    state = yield load("state", index)
    while state.owner == owner and state.status != FREE:
        if incarnation is not None and me.rules.reclaim == "rechecks":
            now = yield load("incarnation", owner)
            if now != incarnation:
                return
            del now
        then = me.reclaims(index)
        if state.status in (DECIDING, SETTLED):
            was = yield swap(("state", index), state, state._replace(status=FREE), then)
        elif state.status == FORWARDING:
            if me.rules.next_noted:
                noted = yield load("held", index, state.leg + 1)
                yield from free_place(noted, Held(state.generation, index, state.leg + 1))
                del noted
            if state.ending:
                done = yield from finish(me, index, state, then)
                if done:
                    return
                del done
                was = yield load("state", index)
            else:
                left = state._replace(owner=ORPHAN, status=RINGING, turn=state.turn + me.rules.turns_counted)
                was = yield swap(("state", index), state, left, both(then, orphans(index)))
                del left
        else:
            left = state._replace(owner=ORPHAN, turn=state.turn + me.rules.turns_counted)
            was = yield swap(("state", index), state, left, both(then, orphans(index)))
            del left
        if was == state:
            return
        state = was
        del was


def end_orphans(me: Process) -> Program:
    """Note when each orphan was first seen, and end those whose grace is over."""
    for index in range(me.sizes.records):
        state = yield load("state", index)
        if state.owner != ORPHAN or state.status not in (RINGING, ANSWERED):
            continue
        seen = yield load("orphaned", index)
        now = yield load("second")
        if (seen.generation, seen.turn) != (state.generation, state.turn):
            first = Orphaned(state.generation, state.turn, now)
            was = yield swap(("orphaned", index), seen, first)
            if was != seen:
                continue
            seen = first
            del first, was
        if now - seen.time >= me.sizes.grace:
            then = both(me.reclaims(index), past_grace(index, me.sizes.grace))
            yield from finish(me, index, state, then)
