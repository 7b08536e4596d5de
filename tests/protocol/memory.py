"""The memory that processes share, with no call in it, and with the words that are the model's own books.

Those: `user`, the process that has a record's state word; `counted`, the calls of a period whose decision was returned;
`lost`, how many threads were killed at work; `since`, when a
call lost its owner; `over`, `dead`, `settled`.
"""

from __future__ import annotations

from .processes import Sizes
from .steps import Memory
from .words import FREE, Count, Orphaned, Stamp, State

LEGS = 3  # one more than any call here gets to
GENERATIONS = 5
PROCESSES = 4


def empty(sizes: Sizes, registered: dict[int, int]) -> Memory:
    """Memory with no call in it; by owner the process that has it."""
    memory: Memory = {("quota",): Count(1, 0), ("period",): 1, ("second",): 0, ("lost",): 0, ("settled",): 0}
    for index in range(sizes.records):
        memory["state", index] = State(0, 0, 0, FREE)
        memory["user", index] = 0
        memory["charged", index] = 0
        memory["answered", index] = Stamp(0, 0)
        memory["orphaned", index] = Orphaned(0, 0, 0)
        memory["since", index] = 0
        memory["id", index] = ""
        for leg in range(LEGS):
            memory["held", index, leg] = 0
    for places in sizes.limits:
        for place in places:
            memory["place", place] = None
    for owner in range(1, sizes.owners + 1):
        memory["lock", owner] = registered.get(owner, 0)
        memory["incarnation", owner] = int(owner in registered)
    for process in range(PROCESSES + 1):
        memory["dead", process] = False
        memory["sweeping", process] = False
    for generation in range(GENERATIONS + 1):
        memory["over", generation] = False
    for period in (1, 2):
        memory["counted", period] = 0
    for word in range(sizes.bucket):
        memory["entry", word] = None
    return memory
