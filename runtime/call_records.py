"""The calls in progress as people and billing ask for them: read from the records that processes share.

Tested by tests/test_call_records.py. A record may change while it is read: what is shown is one whose state word was
the same before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from . import call_ids, regions
from .books import (
    GENERATION,
    INDEX_SHIFT,
    LEG,
    LEG_SHIFT,
    OWNER,
    OWNER_SHIFT,
    STATUS,
    STATUS_ANSWERED,
    STATUS_FORWARDING,
    STATUS_RINGING,
)
from .tables import Tables

_LOOKS = 8  # at a record that changes again and again


class CallInProgress(NamedTuple):
    """A call that has not ended.

    `handle`: as decisions give it; `call_id`: the switch's own, None where it gave none, `blake2b:` and 64 hexadecimal
    digits for one of over 255 bytes; `plan`, `destination`: the plan's names; `began`, `answered`: POSIX seconds,
    answered None while it rings; `owner`: the number of the process that decided or forwarded it last, 0 after that
    one's death; `orphan`: whether that process is dead.
    """

    handle: int
    call_id: str | None
    plan: str
    destination: str
    began: int
    answered: int | None
    owner: int
    orphan: bool


class Records(NamedTuple):
    """Calls in progress as arrays: number of the record, state word and record of each, in the order of the records."""

    at: npt.NDArray[np.int64]
    state: npt.NDArray[np.uint64]
    record: npt.NDArray[Any]

    @property
    def handle(self) -> npt.NDArray[np.uint64]:
        return (self.state & GENERATION) | (self.at.astype(np.uint64) << INDEX_SHIFT)

    @property
    def status(self) -> npt.NDArray[np.uint64]:
        return self.state & STATUS

    @property
    def owner(self) -> npt.NDArray[np.uint64]:
        return (self.state & OWNER) >> OWNER_SHIFT

    @property
    def leg(self) -> npt.NDArray[np.int64]:
        return (self.state >> LEG_SHIFT & LEG).astype(np.int64)


def in_progress(block: Any, where: regions.Regions) -> Records:
    """The calls that ring, were answered or are being forwarded; not those that are still being decided.

    A call that changes at every look is left out.
    """
    states, calls = where.view(block, "states"), where.view(block, "records")
    left = np.arange(where.calls)
    found = []
    for _ in range(_LOOKS):
        before = states[left]
        some = _goes_on(before)
        left, before = left[some], before[some]
        record = calls[left]
        same = states[left] == before
        found.append(Records(left[same], before[same], record[same]))
        left = left[~same]
        if not len(left):
            break
    at, state, record = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(at)
    return Records(at[order], state[order], record[order])


def call_id(record: Any) -> str | None:
    """A record's call id as text; bytes that are no UTF-8 are shown as backslash escapes."""
    size = int(record["call_id_bytes"])
    text: bytes = record["call_id"].tobytes()
    if size == 0:
        return None
    if size >= regions.CALL_ID_BYTES:
        return f"blake2b:{text[: size & 0xFF].hex()}"
    return bytes(text[:size]).decode("utf-8", "backslashreplace")


def versions_in_use(block: Any, where: regions.Regions) -> set[int]:
    """The versions of the tables that calls in progress began with; of a call that is being decided this is not known.

    Some more, too: a record that changes while it is read counts with what it says, it may be of a call that goes on.
    """
    return set(where.view(block, "records")["version"][_goes_on(where.view(block, "states"))].tolist())


def _goes_on(states: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Whether calls ring, were answered or are being forwarded, by their state words."""
    status = states & STATUS
    return (status >= STATUS_RINGING) & (status <= STATUS_FORWARDING)


def destination(record: Any, leg: int) -> int:
    """The destination that a call is at: an index of its version's destinations."""
    return int(record["legs"]["destination"][leg])


def rows(found: Records) -> Iterator[tuple[int, int, Any, int]]:
    """Of each call: handle, state word, record and leg."""
    yield from zip(found.handle.tolist(), found.state.tolist(), found.record, found.leg.tolist(), strict=True)


def answered(record: Any, is_answered: bool) -> int | None:
    """When a call was answered, POSIX seconds; its beginning where a process died before it could note it."""
    if not is_answered:
        return None
    return int(record["began"]) + max((int(record["answered"]) & 0xFFFFFF) - 1, 0)


def described(tables: Tables, handle: int, state: int, record: Any, leg: int, orphan: bool) -> CallInProgress:
    """A call as people read of it; `tables` are those that it began with."""
    sections = tables.sections
    return CallInProgress(
        handle,
        call_id(record),
        tables.string(sections["plans"]["name"][record["plan"]]),
        tables.string(sections["destinations"]["name"][destination(record, leg)]),
        int(record["began"]),
        answered(record, state & int(STATUS) == int(STATUS_ANSWERED)),
        (state & int(OWNER)) >> int(OWNER_SHIFT),
        orphan,
    )


def missing(
    found: Records, live_call_ids: Iterable[str | bytes], before: int, is_orphan: Callable[[int], bool]
) -> list[int]:
    """The handles of the calls whose id is not among the live ones; calls without an id are the switch's to end.

    A living process's call is only meant where it began before an instant: the switch may have got it since.
    """
    live = {call_ids.kept(call_id) for call_id in live_call_ids}
    orphans = {owner: is_orphan(owner) for owner in set(found.owner.tolist())}
    return [
        handle
        for handle, owner, record in zip(found.handle.tolist(), found.owner.tolist(), found.record, strict=True)
        if record["call_id_bytes"]
        and _kept_by(record) not in live
        and (orphans[owner] or int(record["began"]) < before)
    ]


def _kept_by(record: Any) -> tuple[bytes, bool]:
    size = int(record["call_id_bytes"])
    return record["call_id"][: size & 0xFF].tobytes(), size >= regions.CALL_ID_BYTES
