import mmap

def load(block: mmap.mmap, at: int) -> int:
    """The word at an offset in bytes, a multiple of 8. Raises IndexError for another."""

def store(block: mmap.mmap, at: int, value: int) -> None:
    """Set it; what was written before is seen by whoever sees the value."""

def add(block: mmap.mmap, at: int, value: int) -> None:
    """Add to it in one step."""
