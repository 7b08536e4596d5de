import numpy as np
from numpy.typing import NDArray

def ascending(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The keys in order, each once. The array that is given is not to be used afterwards: its memory may be that of the
    result, or have been used for sorting.
    """

def merged(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The keys of two arrays, each in order without doubles, as one of that kind; may be one of the two."""
