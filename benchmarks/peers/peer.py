"""What a peer is and what it answers, in the words of the engine. Tested by tests/test_peers.py."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Decision(NamedTuple):
    """What becomes of a call. `call`: its handle, 0 when there is nothing to end."""

    action: str
    reason: str
    destination: str | None = None
    number: str | None = None
    announcement: str | None = None
    call: int = 0


UNALLOCATED = Decision("announce", "unallocated", announcement="unallocated")
BLACKLISTED = Decision("announce", "blacklisted", announcement="blacklisted")
BLOCKED = Decision("announce", "blocked", announcement="blocked")
QUOTA = Decision("announce", "quota", announcement="quota")
FULL = Decision("announce", "full", announcement="full")


class Peer(Protocol):
    """Decides and counts calls by the plan of plan.py."""

    def route(self, called: str, caller: str, at: float | None = None) -> Decision:
        """Decide a call and count it. `at`: POSIX seconds, default now. `caller`: as `callers.national` reads it."""

    def end(self, call: int) -> bool:
        """Whether the call was in progress; its place is free."""
