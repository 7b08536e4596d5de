"""What a batch takes and gives, as arrays; tested by tests/test_batch.py. The loop itself is batch.pyx."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

ahead = True  # whether batches fetch what a group of calls will read before they decide the first

Numbers = npt.NDArray[np.bytes_] | bytes
Instants = npt.ArrayLike


def prefetch(on: bool) -> None:
    """Whether batches of this process look ahead, which only measurements turn off."""
    global ahead
    ahead = on


def columns(
    called: Numbers, caller: Numbers, at: Instants
) -> tuple[npt.NDArray[np.bytes_], npt.NDArray[np.bytes_], npt.NDArray[np.int64]]:
    """Three columns of one length; a single value stands for all. Raises TypeError and ValueError for other input."""
    to, who, when = _numbers(called, "called"), _numbers(caller, "caller"), _instants(at)
    lengths = {len(column) for column in (to, who, when) if column.ndim}
    if len(lengths) > 1:
        raise ValueError(f"called, caller and at are of different lengths: {', '.join(map(str, sorted(lengths)))}")
    size = lengths.pop() if lengths else 1
    return np.broadcast_to(to, size), np.broadcast_to(who, size), np.broadcast_to(when, size)


def _numbers(values: Numbers, what: str) -> npt.NDArray[np.bytes_]:
    found = np.asarray(values)
    if found.dtype.kind != "S" or found.ndim > 1:
        raise TypeError(
            f"{what} is a numpy array of bytes (dtype S) of one dimension, or bytes, not {_described(found)}"
        )
    return found


def _instants(values: Instants) -> npt.NDArray[np.int64]:
    found = np.asarray(values)
    if found.dtype.kind not in "iuf" or found.ndim > 1:
        raise TypeError(f"at is POSIX seconds, one or an array of one dimension, not {_described(found)}")
    if found.dtype.kind == "f":
        if np.isnan(found).any():
            raise ValueError("at is not a number of seconds: nan")
        found = np.clip(np.floor(found), -9e18, 9e18)
    elif found.dtype.kind == "u":
        found = np.minimum(found, np.iinfo(np.int64).max)
    return found.astype(np.int64)


def handles(calls: npt.ArrayLike) -> npt.NDArray[np.uint64]:
    """Handles as words, in one piece. Raises TypeError for what is not an array of whole numbers."""
    found = np.asarray(calls)
    if found.size == 0:
        return np.zeros(0, np.uint64)
    if found.dtype.kind not in "iu" or found.ndim != 1:
        raise TypeError(f"calls are an array of whole numbers of one dimension, not {_described(found)}")
    return np.ascontiguousarray(found, np.uint64) if found.dtype.kind == "u" else _from_signed(found)


def _from_signed(found: npt.NDArray[np.signedinteger]) -> npt.NDArray[np.uint64]:
    return np.where(found < 0, 0, found).astype(np.uint64)


def _described(found: npt.NDArray[np.generic]) -> str:
    return f"{found.dtype} of {found.ndim} dimensions"
