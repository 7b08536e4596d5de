"""Who does what at once: small worlds that together go through every step of the protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from .calls import adopt, answer, end, forward, route
from .explore import Actor, World
from .ids import route_by_id
from .memory import GENERATIONS, empty
from .owners import end_orphans, register, sweep
from .processes import Process, Sizes
from .promises import broken_at_rest, broken_promise
from .rules import Rules
from .steps import Memory, Program, run_alone, store
from .words import RINGING, Entry, Handle, Stamp, State


def died(memory: Memory, process: int, at_work: int) -> None:
    memory["dead", process] = True
    memory["lost",] += at_work


def world(memory: Memory, actors: list[Actor], kills: int, sizes: Sizes, rules: Rules) -> World:
    return World(
        memory,
        tuple(actors),
        kills,
        tuple(("lock", owner) for owner in range(1, sizes.owners + 1)),
        died,
        partial(broken_promise, sizes=sizes),
        partial(broken_at_rest, sizes=sizes, rules=rules),
    )


def _in_turn(*parts: Callable[[], Program]) -> Program:
    for number in range(len(parts)):
        yield from parts[number]()


def _route_and_end(me: Process, generation: int, limit: int = 0) -> Program:
    call = yield from route(me, generation, limit)
    if call is not None:
        yield from end(me, call)


def _route_and_answer(me: Process, generation: int) -> Program:
    call = yield from route(me, generation)
    if call is not None:
        yield from answer(me, call)


def _turn_of_period() -> Program:
    yield store(("period",), 2)


def _a_second() -> Program:
    yield store(("second",), 1)


CLOCK = Actor("the clock", 0, _turn_of_period)


def one_place(rules: Rules, kills: int = 1) -> World:
    """Three processes, two records, one place: what they route, two of them end."""
    sizes = Sizes(records=2, limits=((1,),), allowed=9, owners=3)
    memory = empty(sizes, {1: 1, 2: 2, 3: 3})
    actors = []
    for number in (1, 2, 3):
        me = Process(number, number, rules, sizes)
        does = _route_and_end if number < 3 else route
        actors.append(Actor(f"process {number}", number, partial(does, me, number)))
    return world(memory, actors, kills, sizes, rules)


def one_quota(rules: Rules, kills: int = 1) -> World:
    """A quota of one call, a call that ends, and two that come while the period turns."""
    sizes = Sizes(records=3, limits=((1, 2, 3),), allowed=1, owners=3)
    memory = empty(sizes, {1: 1, 2: 2, 3: 3})
    first = Process(1, 1, rules, sizes)
    call = run_alone(route(first, 1), memory)
    second, third = Process(2, 2, rules, sizes), Process(3, 3, rules, sizes)
    actors = [
        Actor("process 1", 1, partial(end, first, call)),
        Actor("process 2", 2, partial(_route_and_end, second, 2)),
        Actor("process 3", 3, partial(_route_and_answer, third, 3)),
        CLOCK,
    ]
    return world(memory, actors, kills, sizes, rules)


def reports(rules: Rules, kills: int = 1) -> World:
    """One call that one process forwards, one ends, one says is answered; its record is wanted by the next call."""
    sizes = Sizes(records=1, limits=((1,), (2,)), allowed=9, owners=3)
    memory = empty(sizes, {1: 1, 2: 2, 3: 3})
    first, second, third = (Process(number, number, rules, sizes) for number in (1, 2, 3))
    call = run_alone(route(first, 1), memory)
    actors = [
        Actor("process 1", 1, partial(forward, first, call)),
        Actor("process 2", 2, partial(_in_turn, partial(end, second, call), partial(route, second, 2))),
        Actor("process 3", 3, partial(answer, third, call)),
    ]
    return world(memory, actors, kills, sizes, rules)


def two_ends(rules: Rules, kills: int = 1) -> World:
    """Two processes that end one call, beside another call that was charged to the same quota."""
    sizes = Sizes(records=2, limits=((1, 2),), allowed=9, owners=2)
    memory = empty(sizes, {1: 1, 2: 2})
    first, second = (Process(number, number, rules, sizes) for number in (1, 2))
    call = run_alone(route(first, 1), memory)
    run_alone(route(first, 2), memory)
    actors = [
        Actor("process 1", 1, partial(end, first, call)),
        Actor("process 2", 2, partial(end, second, call)),
        Actor("process 3", 2, partial(answer, second, call)),
    ]
    return world(memory, actors, kills, sizes, rules)


def forwarder_dies(rules: Rules, kills: int = 1, places: tuple[int, ...] = (2,)) -> World:
    """A process dies while it forwards; another sweeps and forwards the call again, a third wants the same place."""
    sizes = Sizes(records=2, limits=((1,), places), allowed=9, owners=3)
    memory = empty(sizes, {1: 1, 2: 2, 3: 3})
    first, second, third = (Process(number, number, rules, sizes) for number in (1, 2, 3))
    call = run_alone(route(first, 1), memory)
    actors = [
        Actor("process 1", 1, partial(forward, first, call)),
        Actor("process 2", 2, partial(_in_turn, partial(sweep, second), partial(forward, second, call))),
        Actor("process 3", 3, partial(route, third, 2, 1)),
    ]
    return world(memory, actors, kills, sizes, rules)


def successor(rules: Rules, kills: int = 1) -> World:
    """A process dies while it forwards; one becomes the same owner and goes on with the call, while another sweeps."""
    sizes = Sizes(records=1, limits=((1,), (2,)), allowed=9, owners=2)
    memory = empty(sizes, {1: 1, 2: 2})
    first, second, third = Process(1, 1, rules, sizes), Process(2, 2, rules, sizes), Process(3, 1, rules, sizes)
    call = run_alone(route(first, 1), memory)
    goes_on = partial(_in_turn, partial(register, third), partial(adopt, third, call), partial(forward, third, call))
    actors = [
        Actor("process 1", 1, partial(forward, first, call)),
        Actor("process 2", 2, partial(sweep, second)),
        Actor("process 3", 3, goes_on),
    ]
    return world(memory, actors, kills, sizes, rules)


def two_sweepers(rules: Rules, kills: int = 1) -> World:
    """Two threads of one process sweep what a dead one left, while another registers as the same owner."""
    sizes = Sizes(records=1, limits=((1,), (2,)), allowed=9, owners=2)
    memory = empty(sizes, {1: 1, 2: 2})
    first, second, third = Process(1, 1, rules, sizes), Process(2, 2, rules, sizes), Process(3, 1, rules, sizes)
    call = run_alone(route(first, 1), memory)
    goes_on = partial(_in_turn, partial(register, third), partial(adopt, third, call))
    actors = [
        Actor("thread 2a", 2, partial(sweep, second)),
        Actor("thread 2b", 2, partial(sweep, second)),
        Actor("process 3", 3, goes_on),
    ]
    memory["lock", 1] = 0
    memory["dead", 1] = True
    return world(memory, actors, kills, sizes, rules)


def deciding_dies(rules: Rules, kills: int = 1) -> World:
    """A process dies while it decides or ends a call; one becomes the same owner, another sweeps, and both decide."""
    sizes = Sizes(records=2, limits=((1,),), allowed=3, owners=2)
    memory = empty(sizes, {1: 1, 2: 2})
    first, second, third = Process(1, 1, rules, sizes), Process(2, 2, rules, sizes), Process(3, 1, rules, sizes)
    actors = [
        Actor("process 1", 1, partial(_route_and_end, first, 1)),
        Actor("process 2", 2, partial(_in_turn, partial(sweep, second), partial(route, second, 2))),
        Actor("process 3", 3, partial(_in_turn, partial(register, third), partial(route, third, 3))),
    ]
    return world(memory, actors, kills, sizes, rules)


def orphans(rules: Rules, kills: int = 1) -> World:
    """An orphan that one adopts, one ends and one sweeps away; its adopter may die."""
    sizes = Sizes(records=1, limits=((1,), (2,)), allowed=9, owners=3)
    memory = empty(sizes, {1: 1, 2: 2, 3: 3})
    first, second, third = (Process(number, number, rules, sizes) for number in (1, 2, 3))
    call = run_alone(route(first, 1), memory)
    memory["lock", 1] = 0
    memory["dead", 1] = True
    second_does = partial(_in_turn, partial(sweep, second), partial(end_orphans, second))
    third_does = partial(_in_turn, partial(adopt, third, call), partial(forward, third, call))
    fourth = Process(4, 4, rules, replace(sizes, owners=4))
    memory["lock", 4], memory["incarnation", 4] = 4, 1
    actors = [
        Actor("process 2", 2, second_does),
        Actor("process 3", 3, third_does),
        Actor("process 4", 4, partial(_in_turn, partial(answer, fourth, call), partial(end, fourth, call))),
    ]
    return world(memory, actors, kills, replace(sizes, owners=4), rules)


def grace(rules: Rules, kills: int = 1) -> World:
    """An orphan whose grace runs out; one adopts it and may die, two sweep."""
    sizes = Sizes(records=1, limits=((1,),), allowed=9, owners=4, grace=1)
    memory = empty(sizes, {1: 1, 2: 2, 3: 3, 4: 4})
    first, second, third, fourth = (Process(number, number, rules, sizes) for number in (1, 2, 3, 4))
    call = run_alone(route(first, 1), memory)
    memory["lock", 1] = 0
    memory["dead", 1] = True
    sweeps = partial(_in_turn, *[partial(does, second) for does in (sweep, end_orphans, end_orphans)])
    actors = [
        Actor("process 2", 2, sweeps),
        Actor("process 3", 3, partial(adopt, third, call)),
        Actor("process 4", 4, partial(_in_turn, partial(sweep, fourth), partial(end_orphans, fourth))),
        Actor("the clock", 0, _a_second),
    ]
    return world(memory, actors, kills, sizes, rules)


def one_id(rules: Rules, kills: int = 1, routes: int = 2, waits: int = 1) -> World:
    """Routes with one call id, while a call with another id ends that has the first word of the bucket."""
    sizes = Sizes(records=routes + 1, limits=(), allowed=9, owners=routes + 1, bucket=routes + 1, waits=waits)
    last = routes + 1
    memory = empty(sizes, {number: number for number in range(1, last + 1)})
    memory["state", routes] = State(GENERATIONS, last, 0, RINGING)
    memory["answered", routes] = Stamp(GENERATIONS, 0)
    memory["id", routes] = "y"
    memory["user", routes] = last
    memory["entry", 0] = Entry(GENERATIONS, routes)
    actors = []
    for number in range(1, routes + 1):
        me = Process(number, number, rules, sizes)
        actors.append(Actor(f"process {number}", number, partial(route_by_id, me, number, "x")))
    other = Process(last, last, rules, sizes)
    actors.append(Actor(f"process {last}", last, partial(end, other, Handle(GENERATIONS, routes))))
    if kills or waits >= 0:
        return world(memory, actors, kills, sizes, rules)

    def at_rest(words: Memory) -> str | None:
        return None if words["settled",] else "nobody has the id"

    return replace(world(memory, actors, 0, sizes, rules), holds_at_rest=at_rest)
