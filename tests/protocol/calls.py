"""The life of a call: runtime/decide.pxd, `walk`, and runtime/calls.pyx.

Each function takes the process that runs it. A record has a place for each leg (`held`), the period that the call was
charged to (`charged`), and when it was answered.
"""

from __future__ import annotations

from .places import free_place, take_place
from .processes import Process, acts_on, both
from .quotas import return_quota, take_quota
from .steps import Broken, Memory, Program, Then, load, store, swap
from .words import ANSWERED, DECIDING, FORWARDING, FREE, RINGING, Handle, Held, Stamp, State


def claim(me: Process, generation: int) -> Program:
    """The index of a record that is one's own now, None if each is in use."""
    for index in range(me.sizes.records):
        found = yield load("state", index)
        if found.status == FREE:
            was = yield swap(("state", index), found, State(generation, me.owner, 0, DECIDING), me.uses(index))
            if was == found:
                return index
    return None


def route(me: Process, generation: int, limit: int = 0) -> Program:
    """A handle, None if the call is refused."""
    index = yield from claim(me, generation)
    if index is None:
        return None
    call = yield from decide(me, Handle(generation, index), limit)
    return call


def decide(me: Process, call: Handle, limit: int) -> Program:
    """Charge a call, take its place, connect it: the call itself, None if it is refused."""
    generation, index = call
    period = yield load("period")
    charged = yield from take_quota(me, period)
    if not charged:
        yield store(("state", index), State(generation, me.owner, 0, FREE), goes(generation))
        return None
    mine = me.must_use(index, generation)
    yield store(("charged", index), charged, mine)
    place = yield from take_place(me, limit, Held(generation, index, 0))
    if not place:
        yield from return_quota(me, charged)
        yield store(("state", index), State(generation, me.owner, 0, FREE), goes(generation))
        return None
    yield store(("answered", index), Stamp(generation, 0), mine)
    yield store(("held", index, 0), place, mine)
    yield store(("state", index), State(generation, me.owner, 0, RINGING), _counts(charged, 1))
    return call


def answer(me: Process, call: Handle) -> Program:
    """Whether the call was in progress and unanswered."""
    state = yield load("state", call.record)
    stamp = None
    if me.rules.answer_stamped:
        stamp = yield load("answered", call.record)
    while state.generation == call.generation and state.status == RINGING:
        wanted = state._replace(status=ANSWERED)
        was = yield swap(("state", call.record), state, wanted, acts_on(call.generation))
        if was == state:
            if me.rules.answer_stamped:
                yield swap(("answered", call.record), stamp, Stamp(call.generation, 1))
            else:
                yield store(("answered", call.record), Stamp(call.generation, 1), _still(call))
            return True
        state = was
    return False


def end(me: Process, call: Handle) -> Program:
    """Whether the call was in progress; now it is over and its place is free."""
    generation, index = call
    state = yield load("state", index)
    while state.generation == generation:
        if state.status == FORWARDING:
            if state.ending:
                return False
            was = yield swap(("state", index), state, state._replace(ending=True), acts_on(generation))
            if was == state:
                return True  # whoever is forwarding it ends it
        elif state.status in (RINGING, ANSWERED):
            done = yield from finish(me, index, state, acts_on(generation))
            if done:
                return True
            was = yield load("state", index)
        else:
            return False
        state = was
    return False


def finish(me: Process, index: int, state: State, then: Then) -> Program:
    """Whether the call of a record, found in that state, is over now by this."""
    unanswered = state.status != ANSWERED
    # Read while they are surely this call's: the swap proves that they were.
    place = yield load("held", index, state.leg)
    charged = yield load("charged", index)
    if unanswered and not me.rules.over_first:
        yield from return_quota(me, charged)
    gives = charged if unanswered else 0
    over = State(state.generation, state.owner, state.leg, FREE)
    was = yield swap(("state", index), state, over, both(then, _counts(gives, -1), goes(state.generation)))
    if was != state:
        return False
    yield from free_place(place, Held(state.generation, index, state.leg))
    if unanswered and me.rules.over_first:
        yield from return_quota(me, charged)
    return True


def forward(me: Process, call: Handle, limit: int = 1) -> Program:
    """Whether a call that its destination did not take is connected to the next one."""
    generation, index = call
    state = yield load("state", index)
    while True:
        if state.generation != generation or state.status != RINGING:
            return False
        mine = both(acts_on(generation), me.uses(index))
        was = yield swap(("state", index), state, state._replace(owner=me.owner, status=FORWARDING), mine)
        if was == state:
            break
        state = was
    leg = state.leg
    here = state._replace(owner=me.owner, status=FORWARDING)
    del state, was
    place = yield from take_place(me, limit, Held(generation, index, leg + 1))
    if place:
        if not me.rules.next_noted:
            yield store(("held", index, leg + 1), place, me.must_use(index, generation))
        next_one = here._replace(leg=leg + 1, status=RINGING)
        was = yield swap(("state", index), here, next_one, me.must_use(index, generation))
        if was == here:
            old = yield load("held", index, leg)
            yield from free_place(old, Held(generation, index, leg))
            return True
        yield from free_place(place, Held(generation, index, leg + 1))
    old = yield load("held", index, leg)
    charged = yield load("charged", index)
    over = State(generation, me.owner, leg, FREE)
    closes = both(me.must_use(index, generation, last=True), _counts(charged, -1), goes(generation))
    was = yield swap(("state", index), here, over, closes)
    if was != here:  # it was ended meanwhile
        yield store(("state", index), over, closes)
    yield from free_place(old, Held(generation, index, leg))
    yield from return_quota(me, charged)
    return False


def adopt(me: Process, call: Handle) -> Program:
    """Whether an orphan is one's own now."""
    state = yield load("state", call.record)
    while state.generation == call.generation and state.owner == 0 and state.status in (RINGING, ANSWERED):
        takes = both(acts_on(call.generation), me.uses(call.record))
        was = yield swap(("state", call.record), state, state._replace(owner=me.owner), takes)
        if was == state:
            return True
        state = was
    return False


# The model's own books


def _counts(period: int, calls: int) -> Then:
    """Calls whose decision was returned, by the period that they were charged to."""

    def note(memory: Memory) -> None:
        if period:
            memory["counted", period] += calls

    return note


def goes(generation: int) -> Then:
    """The call is over."""

    def note(memory: Memory) -> None:
        memory["over", generation] = True

    return note


def _still(call: Handle) -> Then:
    def look(memory: Memory) -> None:
        state = memory["state", call.record]
        if state.generation != call.generation or state.status == FREE:
            raise Broken(f"a record has two users: written for call {call.generation}, it has {state}")

    return look
