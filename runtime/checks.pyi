from typing import Any

import numpy as np
from numpy.typing import NDArray

def text_is_sound(offsets: NDArray[np.uint32], text: NDArray[np.uint8]) -> bool:
    """Whether the offsets ascend from 0 to the end of the text, and what lies between two of them is UTF-8."""

def greatest(values: NDArray[Any], first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """The greatest value of each range (u8, u16, u32 or i64); every range has one item or more and lies within."""

def least(values: NDArray[Any], first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """The least value of each range, as `greatest`."""

def bad_node(nodes: NDArray[np.uint8], plans: NDArray[np.uint8], ends: NDArray[np.uint64]) -> int:
    """The position of the first node that is not sound by itself, or -1; split nodes' branches are for others to check.

    `ends`: the lengths of lines, destinations, announcements, splits. The plans' ranges must tile the nodes.
    """

def bad_counter(
    counters: NDArray[np.uint8],
    kind: int,
    named: NDArray[np.uint32],
    owners: NDArray[np.int64],
    places: NDArray[np.uint32],
) -> str | None:
    """What is wrong with the counters that some owners name, or None; `places`: of each, 0 for what has none."""
