import numpy as np
from numpy.typing import NDArray

def unsound(bitmaps: NDArray[np.uint8], buckets: NDArray[np.uint8], roaring: NDArray[np.uint8]) -> int:
    """The position of the first bitmap that is not sound, or -1. The three are the bytes of their sections.

    Each record's ranges within `buckets` and `roaring` must have been checked before.
    """

def contains(image: bytes, key: int) -> bool:
    """Whether one 64-bit bitmap in the portable format holds key. Raises ValueError if it is not sound."""
