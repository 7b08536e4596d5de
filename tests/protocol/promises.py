"""What holds in every state, and what holds at rest, when those who live have swept what the dead left."""

from __future__ import annotations

from .calls import end
from .owners import sweep
from .places import is_held
from .processes import Process, Sizes
from .rules import Rules
from .steps import Broken, Memory, run_alone
from .words import ANSWERED, FORWARDING, FREE, RINGING, Handle, Held

JANITOR = 0  # the process that looks at what is left


def broken_promise(memory: Memory, sizes: Sizes) -> str | None:
    """In every state."""
    for index in range(sizes.records):
        state = memory["state", index]
        if state.status in (RINGING, ANSWERED, FORWARDING):
            place = memory["held", index, state.leg]
            if place and memory["place", place] != (state.generation, index, state.leg):
                return f"more calls than places: {state} has lost place {place}, which is {memory['place', place]}"
    quota = memory["quota",]
    if quota.calls > sizes.allowed:
        return f"the quota of {sizes.allowed} is exceeded: {quota}"
    if quota.calls < memory["counted", quota.period]:
        return f"a count is lost: {memory['counted', quota.period]} calls were charged, the quota says {quota}"
    return None


def broken_at_rest(memory: Memory, sizes: Sizes, rules: Rules) -> str | None:
    """When nobody has a step left: after a sweep, and after the end of all calls."""
    janitor = Process(JANITOR, sizes.owners + 1, rules, sizes)
    memory = dict(memory)
    memory["lock", janitor.owner] = JANITOR
    try:
        run_alone(sweep(janitor), memory)
    except Broken as broken:
        return str(broken)
    if said := _leaks(memory, janitor) or broken_promise(memory, sizes):
        return said
    for index in range(sizes.records):
        state = memory["state", index]
        if state.status != FREE:
            run_alone(end(janitor, Handle(state.generation, index)), memory)
    if said := _leaks(memory, janitor) or broken_promise(memory, sizes):
        return said
    if any(memory["state", index].status != FREE for index in range(sizes.records)):
        return "a record is leaked"
    return None


def _leaks(memory: Memory, janitor: Process) -> str | None:
    named = set()
    for index in range(janitor.sizes.records):
        state = memory["state", index]
        if state.status == FREE:
            continue
        if state.status not in (RINGING, ANSWERED):
            return f"nobody will ever go on with {state}"
        if state.owner and not memory["lock", state.owner]:
            return f"{state} was left by a dead owner"
        named.add((memory["held", index, state.leg], Held(state.generation, index, state.leg)))
        stamp = memory["answered", index]
        if stamp.generation != state.generation or (stamp.time and state.status != ANSWERED):
            return f"{state} has the time of another call's answer"
    for places in janitor.sizes.limits:
        for place in places:
            held = memory["place", place]
            if held is not None and (place, held) not in named and run_alone(is_held(janitor, held), memory):
                return f"place {place} is leaked: {held}"
    quota = memory["quota",]
    if quota.calls > memory["counted", quota.period] + memory["lost",]:
        return (
            f"too much is counted: {memory['counted', quota.period]} calls, "
            f"{memory['lost',]} lost by kills, the quota says {quota}"
        )
    return None
