"""Every order in which actors can take their steps, with every death, breadth first: what it finds is a shortest way.

Actors of one process die together: their locks are free at once, and nothing else of what they did is undone. Two
states are one when the memory and where each actor stands are equal.
"""

from __future__ import annotations

import gc
from array import array
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .programs import Graph, Node
from .steps import Broken, Memory, Place, Program, result_of
from .traces import Line, Trace

Check = Callable[[Memory], str | None]


@dataclass(frozen=True)
class Actor:
    """A thread: of which process (0: nobody's, it cannot die), and what it does."""

    name: str
    process: int
    start: Callable[[], Program]


@dataclass(frozen=True)
class World:
    """What is explored. `locks` are the words that hold a process; `died` keeps the model's own books of a death, given
    how many of its threads were at work."""

    memory: Memory
    actors: tuple[Actor, ...]
    kills: int
    locks: tuple[Place, ...]
    died: Callable[[Memory, int, int], None]
    holds: Check  # in every state
    holds_at_rest: Check  # when nobody has a step left


@dataclass(frozen=True)
class Result:
    states: int
    steps: int
    broken: Trace | None = None
    shared: frozenset[tuple[Hashable, ...]] = field(default=frozenset(), repr=False)  # every memory that was seen


KILLS: Place = ("kills left",)


def explore(world: World, fold: bool = True) -> Result:
    """Every state that can be, up to the first that breaks a promise; one is that all can come to an end."""
    collects = gc.isenabled()
    gc.disable()  # what is found is kept, so that looking for rubbish in it takes half the time
    try:
        return _Exploration(world, fold).run()
    finally:
        if collects:
            gc.enable()


class _Exploration:
    def __init__(self, world: World, fold: bool) -> None:
        self.world = world
        self.places = (*world.memory, KILLS)
        self.at = {place: at for at, place in enumerate(self.places)}
        self.actors_of: dict[int, list[int]] = {}  # by process that can die
        for number, actor in enumerate(world.actors):
            if actor.process:
                self.actors_of.setdefault(actor.process, []).append(number)
        self.graphs: list[Graph] = []
        for number, actor in enumerate(world.actors):
            self.graphs.append(Graph(actor.start, number << 20, fold))
        self.memories: list[tuple[Hashable, ...]] = []
        self.memory_numbers: dict[tuple[Hashable, ...], int] = {}
        self.stands: list[tuple[Node | None, ...]] = []  # by actor: None is dead
        self.stand_numbers: dict[tuple[int, ...], int] = {}
        self.performed: dict[tuple[int, int], tuple[int, Any] | None] = {}
        self.killed: dict[tuple[int, int, int], int] = {}
        self.moved: dict[tuple[int, int, Any], int] = {}
        self.parents: dict[int, tuple[int, int]] = {}  # state -> the state before, and who moved: an actor, or -process

    def run(self) -> Result:
        first = self.memory_number((*self.world.memory.values(), self.world.kills))
        start = first << 32 | self.stand_number(tuple(graph.first for graph in self.graphs))
        self.parents[start] = (-1, 0)
        waiting = deque([start])
        moves = array("Q"), array("Q")  # from where, to where
        at_rest: list[int] = []
        steps = 0
        checked: set[int] = {first}
        if said := self.world.holds(self.memory(first)):
            return self.result(steps, start, None, said)
        while waiting:
            state = waiting.popleft()
            try:
                found = self.next_states(state)
            except _Breaks as breaks:
                return self.result(steps, state, breaks.actor, breaks.said)
            steps += len(found)
            if all(who < 0 for who, _ in found):
                at_rest.append(state)
                if said := self.world.holds_at_rest(self.memory(state >> 32)):
                    return self.result(steps, state, None, said)
            for who, after in found:
                moves[0].append(state)
                moves[1].append(after)
                if after in self.parents:
                    continue
                self.parents[after] = (state, who)
                waiting.append(after)
                number = after >> 32
                if number not in checked:
                    checked.add(number)
                    if said := self.world.holds(self.memory(number)):
                        return self.result(steps, after, None, said)
        stuck = self.stuck(*moves, at_rest)
        if stuck is not None:
            return self.result(steps, stuck, None, "from here on nobody ever comes to an end")
        return Result(len(self.parents), steps, None, frozenset(self.memories))

    def next_states(self, state: int) -> list[tuple[int, int]]:
        """Who can move, and to what state: an actor by its number + 1, a death as its process, negative."""
        memory, stand = state >> 32, state & 0xFFFFFFFF
        nodes = self.stands[stand]
        found: list[tuple[int, int]] = []
        for number, node in enumerate(nodes):
            if node is None or node.step is None:
                continue
            key = memory, node.number
            if key not in self.performed:
                self.performed[key] = self.perform(memory, node, number)
            done = self.performed[key]
            if done is None:
                continue
            after, gave = done
            move = stand, number, gave
            if move not in self.moved:
                follows = self.graphs[number].follow(node, gave)
                self.moved[move] = self.stand_number((*nodes[:number], follows, *nodes[number + 1 :]))
            found.append((number + 1, after << 32 | self.moved[move]))
        if self.memories[memory][-1]:
            for process, actors in self.actors_of.items():
                if nodes[actors[0]] is not None:
                    found.append((-process, self.kill(memory, nodes, process)))
        return found

    def perform(self, memory: int, node: Node, actor: int) -> tuple[int, Any] | None:
        """The memory after a step, and what it gave; None if it cannot be taken."""
        step = node.step
        assert step is not None
        words = self.memories[memory]
        at = self.at[step.at]
        gave, can, writes = result_of(step, words[at])
        if not can:
            return None
        if not writes:
            return memory, gave
        words = (*words[:at], step.wanted, *words[at + 1 :])
        if step.then is not None:
            named = dict(zip(self.places, words, strict=True))
            try:
                step.then(named)
            except Broken as broken:
                raise _Breaks(actor + 1, str(broken)) from None
            words = tuple(named.values())
        return self.memory_number(words), gave

    def kill(self, memory: int, nodes: tuple[Node | None, ...], process: int) -> int:
        at_work = 0
        left = list(nodes)
        for number in self.actors_of[process]:
            node = nodes[number]
            at_work += node is not None and node.step is not None
            left[number] = None
        key = memory, process, at_work
        if key not in self.killed:
            words = self.memory(memory)
            words[KILLS] -= 1
            for lock in self.world.locks:
                if words[lock] == process:
                    words[lock] = 0
            self.world.died(words, process, at_work)
            self.killed[key] = self.memory_number(tuple(words.values()))
        return self.killed[key] << 32 | self.stand_number(tuple(left))

    def memory(self, number: int) -> Memory:
        return dict(zip(self.places, self.memories[number], strict=True))

    def memory_number(self, words: tuple[Hashable, ...]) -> int:
        number = self.memory_numbers.setdefault(words, len(self.memories))
        if number == len(self.memories):
            self.memories.append(words)
        return number

    def stand_number(self, nodes: tuple[Node | None, ...]) -> int:
        key = tuple(-1 if node is None else node.number for node in nodes)
        number = self.stand_numbers.setdefault(key, len(self.stands))
        if number == len(self.stands):
            self.stands.append(nodes)
        return number

    def stuck(self, before: array[int], after: array[int], at_rest: list[int]) -> int | None:
        """A state from which no state at rest can be reached, if there is one; given all moves."""
        states = np.sort(np.fromiter(self.parents, np.uint64, len(self.parents)))
        sources = np.searchsorted(states, np.frombuffer(before, np.uint64))
        targets = np.searchsorted(states, np.frombuffer(after, np.uint64))
        reached = np.zeros(len(states), bool)
        reached[np.searchsorted(states, np.array(at_rest, np.uint64))] = True
        while len(found := sources[reached[targets] & ~reached[sources]]):
            reached[found] = True
        left = states[~reached]
        return int(left[0]) if len(left) else None

    def result(self, steps: int, state: int, last: int | None, said: str) -> Result:
        lines: list[Line] = []
        if last is not None:
            lines.append(self.line(state, last, None))
        while (before := self.parents[state])[0] >= 0:
            lines.append(self.line(before[0], before[1], state))
            state = before[0]
        return Result(len(self.parents), steps, Trace(said, tuple(reversed(lines))))

    def line(self, state: int, who: int, after: int | None) -> Line:
        if who < 0:
            return Line(f"process {-who}", "", "is killed", "")
        node = self.stands[state & 0xFFFFFFFF][who - 1]
        assert node is not None
        assert node.step is not None
        was = self.memory(state >> 32)[node.step.at]
        return Line.of(self.world.actors[who - 1].name, node.function, node.step, was, breaks=after is None)


class _Breaks(Exception):
    def __init__(self, actor: int, said: str) -> None:
        self.actor = actor
        self.said = said
