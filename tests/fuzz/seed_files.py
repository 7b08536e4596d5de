"""The seeds that lie in the repository: some to start from, and all inputs that once were at fault."""

from __future__ import annotations

from pathlib import Path

SEEDS = Path(__file__).parent / "seeds"


def seed_paths(kind: str) -> list[Path]:
    return sorted(path for path in (SEEDS / kind).iterdir() if path.is_file())


def seed_files(kind: str) -> list[bytes]:
    """The seeds of a kind, in order of names."""
    return [path.read_bytes() for path in seed_paths(kind)]
