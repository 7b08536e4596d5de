from typing import final

import numpy as np
from numpy.typing import NDArray

NEW: int
KNOWN: int
IN_PROGRESS: int
NO_ROOM: int
LONGEST: int

def kept(call_id: str | bytes) -> tuple[bytes, bool]:
    """The bytes that a record keeps of an id, and whether they are a digest of it.

    Raises ValueError if it is empty, TypeError for what is no id.
    """

def hashed(key: bytes, data: bytes) -> int:
    """The hash of data with a key of 16 bytes."""

@final
class Index:
    """An index of call ids with records of its own: what `route` does with an id, without the rest of it.

    Raises ValueError for sizes that are not positive or a number of buckets that is no power of two, MemoryError.
    """

    def __new__(cls, calls: int, buckets: int, key: bytes) -> Index: ...
    def claim(self, call_id: bytes, generation: int) -> tuple[int, int]:
        """What became of a call that begins with that id, and the handle of the call that has it, 0 if none is known.

        A new call of generation 1 to 2**40 - 1 is being decided now. With no record free: NO_ROOM.
        """

    def find(self, call_id: bytes) -> tuple[int, int]:
        """What is known of an id, and its call's handle, 0 if none."""

    def connect(self, call: int) -> None:
        """A call that was being decided has its decision."""

    def end(self, call: int) -> None: ...
    def bucket(self, call_id: bytes) -> list[int]:
        """The words of an id's bucket."""

    def contend(
        self, thread: int, threads: int, rounds: int, verdicts: NDArray[np.uint8], calls: NDArray[np.uint64]
    ) -> None:
        """Claim one id after another at the same time as the other threads of so many; what became of each, by round.

        Who gets the id connects at once; when all have their answer, it ends the call.
        """
