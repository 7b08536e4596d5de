def fields() -> dict[str, tuple[int, dict[str, int]]]:
    """By dtype of layout.py: the struct's size and, by field, its offset, in bytes."""

def call_bytes() -> int:
    """The size of a call's record."""

def owner() -> tuple[int, dict[str, int]]:
    """The size of an owner's record and, by field, its offset, in bytes."""
