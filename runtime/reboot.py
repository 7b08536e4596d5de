"""What a state's records say of the monotonic clock, once the machine was started anew; tested by tests/test_reboot.py.

Seconds of that clock mean nothing after a boot. All processes are dead then, and their calls are orphans whose time
runs from now: none is ended early, and none is kept for ever.
"""

from __future__ import annotations

import time

from .boot import boot_id
from .state_folder import StateFolder


def note_boot(state: StateFolder) -> bool:
    """Whether the machine was started since the state was last open; then the times of its calls begin anew.

    Raises StateError where another process is at it for too long.
    """
    live = state.regions.view(state.block, "live")
    current = boot_id()
    if live["boot"][0] == current:
        return False
    with state.activation():
        if live["boot"][0] == current:  # another process was first
            return False
        calls = state.regions.view(state.block, "records")
        calls["began_monotonic"] = int(time.monotonic())
        calls["orphaned"] = 0
        live["boot"][0] = current
    return True
