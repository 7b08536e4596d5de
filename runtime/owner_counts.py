"""How many processes have a state open and how many died with it open, what they left, and what was reclaimed so far.

Tested by tests/test_command_state.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from . import live_words, owners, regions
from .call_records import in_progress
from .state_folder import StateFolder


class OwnerCounts(NamedTuple):
    """`alive`: processes that have the state open; `dead`: ended without closing it, and their number not given again;
    `orphans`: calls in progress of dead processes.

    Since the state was made: `reclaimed_deciding`: calls that a process died deciding; `reclaimed_forwarding`: calls
    put back that it died forwarding; `ended_orphans`: ended when their time was up; `ended_reconciled`: ended because
    the switch had them no more.
    """

    alive: int
    dead: int
    orphans: int
    reclaimed_deciding: int
    reclaimed_forwarding: int
    ended_orphans: int
    ended_reconciled: int


def count(state: StateFolder) -> OwnerCounts:
    """Look at the owners of a state without becoming one. Raises StateError where their file cannot be used."""
    in_use = state.regions.view(state.block, "owners")["in_use"]
    calls = in_progress(state.block, state.regions)
    member = owners.join(state)
    try:
        lives = np.array([member.is_alive(owner) for owner in range(regions.OWNER_ROOM)])
    finally:
        member.leave()
    return OwnerCounts(
        int(lives.sum()),
        int(np.count_nonzero((in_use != 0) & ~lives)),
        int(np.count_nonzero(~lives[calls.owner.astype(np.int64)])),
        *(live_words.load(state.block, regions.live_at(name)) for name in OwnerCounts._fields[3:]),
    )
