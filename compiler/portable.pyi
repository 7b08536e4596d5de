import numpy as np
from numpy.typing import NDArray

def portable(
    keys: NDArray[np.uint64], first: NDArray[np.uint64], last: NDArray[np.uint64], most: int
) -> tuple[bytes, tuple[tuple[int, int], ...], int] | None:
    """The form of a set, for each of its buckets the upper half and where in the form its 32-bit bitmap is, and how
    many members the set has; None where the form takes more than `most` bytes.

    `keys`: in order, each once. `first` and `last`: ranges with both ends, in order and apart from each other. A key
    may also lie in a range. Equal sets give equal bytes. Raises MemoryError.
    """

def parts_of(data: bytes) -> tuple[tuple[tuple[int, int], ...], list[int]]:
    """Of a form that pyroaring wrote: for each bucket the upper half and where its 32-bit bitmap is, and the boxes, as
    keys without their lower 16 bits, which are stored as runs and would take the same space one by one.
    """
