"""The files of a build as values, and written where the compiler can read them; used by cases and random plans."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

MAIN = "case.plan"


@dataclass(frozen=True)
class PlanFiles:
    """The text of a plan file, and those of the files beside it with their paths from its folder."""

    text: str
    beside: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """For people: each file under its name."""
        parts = ((MAIN, self.text), *self.beside)
        return "\n".join(f"# {name}\n{text.strip()}" for name, text in parts)

    @contextmanager
    def written(self) -> Iterator[Path]:
        """The plan file in a folder with the others, as long as the context lasts."""
        with TemporaryDirectory() as folder:
            for name, text in ((MAIN, self.text), *self.beside):
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode("utf-8"))
            yield Path(folder, MAIN)
