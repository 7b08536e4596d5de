"""A worker whose kinds of file are at fault on purpose, so that tests see how scripts/fuzz.py finds that out."""

from __future__ import annotations

import ctypes
import sys
import time
from random import Random

from . import worker
from .kinds import KINDS, Kind


def make(chance: Random) -> bytes:
    return chance.randbytes(8)


def at_fault(data: bytes) -> bool:
    return data[0] < 16


def raises(data: bytes, chance: Random) -> str:
    assert not at_fault(data), "this is at fault"
    return "good"


def crashes(data: bytes, chance: Random) -> str:
    if at_fault(data):
        ctypes.string_at(0)
    return "good"


def hangs(data: bytes, chance: Random) -> str:
    if at_fault(data):
        time.sleep(600)
    return "good"


def grows(data: bytes, chance: Random) -> str:
    if at_fault(data):
        bytearray(worker.MOST_MEMORY)
    return "good"


def is_good(data: bytes, chance: Random) -> str:
    return "good"


KINDS |= {attempt.__name__: Kind(make, attempt) for attempt in (raises, crashes, hangs, grows, is_good)}

if __name__ == "__main__":
    sys.exit(worker.main())
