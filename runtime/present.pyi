from typing import final

@final
class Present:
    """A word of 64 bits that is 0 at first and, in the child of a fork, again."""

    wiped: bool  # by the kernel: then after a fork that Python knows nothing of, too
    def __init__(self) -> None:
        """Raises MemoryError."""

    def load(self) -> int: ...
    def store(self, value: int) -> None: ...
