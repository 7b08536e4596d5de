"""The index of call ids: claim, settle, withdraw; runtime/call_ids.pxd."""

from __future__ import annotations

from .calls import claim, goes
from .processes import Process
from .steps import Broken, Memory, Program, Then, load, store, swap
from .words import DECIDING, FREE, RINGING, SETTLED, Entry, Handle, Stamp, State

Claimed = tuple[str, Entry | None]


def route_by_id(me: Process, generation: int, call_id: str) -> Program:
    """What became of a call with the switch's own id: ("new" | "known" | "in progress" | "overload", handle)."""
    index = yield from claim(me, generation)
    if index is None:
        return "overload", None
    call = Handle(generation, index)
    yield store(("id", index), call_id, me.must_use(index, generation))
    found: Claimed = ("new", None)
    if not me.rules.ids_scanned_after:
        found = yield from _scan(me, -1, call_id)
    word = None
    if found[0] == "new":
        word = yield from _enter(me, call)
    if word is None:
        yield store(("state", index), State(generation, me.owner, 0, FREE), goes(generation))
        return found if found[0] != "new" else ("overload", None)
    if me.rules.ids_scanned_after:
        found = yield from _scan(me, word, call_id)
    if found[0] != "new":
        yield swap(("entry", word), call, None)
        yield store(("state", index), State(generation, me.owner, 0, FREE), goes(generation))
        return found
    yield store(("answered", index), Stamp(generation, 0), me.must_use(index, generation))
    yield store(("state", index), State(generation, me.owner, 0, SETTLED), _settles(index, call_id))
    yield store(("state", index), State(generation, me.owner, 0, RINGING))
    return "new", call


def _enter(me: Process, call: Handle) -> Program:
    """The word of the bucket that names the call now, None if each names another."""
    for word in range(me.sizes.bucket):
        found = yield load("entry", word)
        while True:
            if found is not None:
                state = yield load("state", found.record)
                if state.generation == found.generation and state.status != FREE:
                    break
                del state
            was = yield swap(("entry", word), found, call)
            if was == found:
                return word
            found = was
    return None


def _scan(me: Process, word: int, call_id: str) -> Program:
    """Whether the id is new, known as another call's, or in progress: being claimed by another."""
    for at in range(me.sizes.bucket):
        if at == word:
            continue
        entry = yield load("entry", at)
        if entry is None:
            continue
        waited = 0
        while True:
            status = yield from _status(entry, call_id)
            if status is None:
                break
            if status != DECIDING:
                return "known", entry
            if not me.rules.higher_withdraws:
                break
            if at < word or waited == me.sizes.waits:
                return "in progress", None
            waited += me.sizes.waits > 0  # else for as long as it takes
    return "new", None


def _status(entry: Entry, call_id: str) -> Program:
    """The status of the call that an entry names, None if it is over or has another id."""
    before = yield load("state", entry.record)
    if before.generation != entry.generation or before.status == FREE:
        return None
    found = yield load("id", entry.record)
    after = yield load("state", entry.record)
    if after.generation != entry.generation or after.status == FREE or found != call_id:
        return None
    return after.status


def _settles(index: int, call_id: str) -> Then:
    """The model's note that a call has its id: no other may have it."""

    def look(memory: Memory) -> None:
        for at, state in memory.items():
            if at[0] != "state" or at[1] == index or state.status in (FREE, DECIDING):
                continue
            if memory["id", at[1]] == call_id:
                raise Broken(f"two calls have the id {call_id}: this one and call {state.generation}")
        memory["settled",] += 1

    return look
