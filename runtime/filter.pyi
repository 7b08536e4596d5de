import numpy as np
import numpy.typing as npt

def build(
    bitmaps: npt.NDArray[np.uint8], buckets: npt.NDArray[np.uint8], roaring: npt.NDArray[np.uint8]
) -> npt.NDArray[np.uint64]:
    """The `filter` section for the bytes of these three, which must be sound. At least one word."""

def dense(bitmaps: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """A bit for each bitmap that the filter knows nothing of, at least one word."""

def passes(words: npt.NDArray[np.uint64], bitmap: int, key: int) -> bool:
    """Whether the filter lets a key pass to a bitmap that is in it: each member, and about one other key in forty."""
