def fields() -> dict[str, tuple[int, dict[str, int]]]:
    """By dtype of layout.py: the struct's size and, by field, its offset, in bytes."""

def records() -> dict[str, tuple[int, dict[str, int]]]:
    """By dtype of regions.py, as fields()."""
