"""Pieces kept from one build to the next, in a folder of the user's own; tested by tests/test_keeping.py.

A piece is used again where all that it was made from is as it was: the texts of its files and of what they import, its
lists, the compiler, its grammar and its data. What is damaged, foreign or from another compiler counts for nothing.
Files whose size, times and place on the disk are as they were are not read; one that changed less than _RACE before the
build that read it is read all the same, since its times might not tell of a second change.
"""

from __future__ import annotations

import json
import os
import platform
import stat
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from importlib import metadata, resources
from pathlib import Path
from zlib import crc32

from .. import __version__
from ..runtime.errors import CallplanError
from ..runtime.layout import FORMAT_VERSION
from .diagnostics import has_errors
from .paths import Root
from .piece import FileRead, Piece, Task, digest_of
from .piece_format import PieceError, decode_piece
from .reading import MOST_LIST_MIB, as_text, plain_bytes

_MAGIC = b"CPKEPT01"
_MARK = "callplan-kept"  # a file that says whose folder it is
_RACE = 2 * 10**9  # nanoseconds; the coarsest times of a file system that plans may lie on
_SUFFIX = ".piece"
_DEPENDENCIES = ("lark", "numpy", "pyroaring", "chinesecalendar", "tzdata")
_COUNTED = (".py", ".so", ".lark", ".bin", ".tsv")  # what a build reads of the packages
_PACKAGES = ("compiler", "grammar", "runtime")

_Stat = list[int]


@dataclass(frozen=True)
class Found:
    """A piece that can be used again. `operators`: those of its files that look as if they had an `operator`."""

    piece: Piece
    operators: tuple[str, ...]


class Keeping:
    """A folder of kept pieces. Raises CallplanError where it cannot be used, or is not the user's alone."""

    def __init__(self, folder: str | os.PathLike[str], base: Root) -> None:
        self._folder = Path(folder)
        self._base = base
        self._begun = time.time_ns()
        self._used: set[str] = set()
        try:
            _open(self._folder)
        except (OSError, ValueError) as error:
            reason = (getattr(error, "strerror", None) or "not a path").lower()
            raise CallplanError(f"`{as_text(os.fspath(folder))}` cannot hold what builds keep: {reason}") from None

    def find(self, task: Task) -> Found | None:
        """The piece of a task but for its `also`, if it was kept and all that it was made from is as it was."""
        name = _name(task)
        self._used.add(name)
        try:
            data = (self._folder / name).read_bytes()
            end = 12 + int.from_bytes(data[8:12], "little")
            if data[:8] != _MAGIC or crc32(data[12:end]) != int.from_bytes(data[end : end + 4], "little"):
                return None
            facts = json.loads(data[12:end])
            if facts["state"] != _state():
                return None
            piece = self._placed(decode_piece(memoryview(data)[end + 4 :]), task)
            if piece is None or not self._is_current(_files(piece), facts["stats"]):
                return None
            return Found(piece, tuple(facts["operators"]))
        except (OSError, PieceError, LookupError, TypeError, ValueError):
            return None

    def keep(self, task: Task, piece: Piece, data: bytes, operators: Iterable[str]) -> None:
        """Keep a piece that has no error. `data`: the same, encoded."""
        if piece.part is None or any(map(has_errors, piece.stages)):
            return
        stats = [self._stat(file.place.path) for file in _files(piece)]
        facts = {"state": _state(), "operators": list(operators), "stats": stats}
        head = json.dumps(facts).encode()
        head += b" " * (-len(head) % 8)  # the arrays behind it are aligned
        parts = [_MAGIC, len(head).to_bytes(4, "little"), head, crc32(head).to_bytes(4, "little"), data]
        name = _name(task)
        try:
            descriptor, path = tempfile.mkstemp(dir=self._folder, suffix=".new")
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(parts)
            Path(path).replace(self._folder / name)
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise CallplanError(f"`{as_text(os.fspath(self._folder))}` cannot be written: {reason}") from None

    def tidy(self) -> None:
        """Remove what this build has not asked for."""
        for path in self._folder.iterdir():
            if path.suffix in (_SUFFIX, ".new") and path.name not in self._used:
                with suppress(OSError):
                    path.unlink()

    def _placed(self, piece: Piece, task: Task) -> Piece | None:
        """The piece with its files where they are now; None where one is gone or leads out of the root."""
        own = {place.name: place for place in task.places}

        def placed(file: FileRead) -> FileRead | None:
            place = own.get(file.place.name) if file.is_own else self._base.again(file.place)
            return None if place is None else FileRead(place, file.digest, file.is_own)

        files, also, lists = (
            [found for file in group if (found := placed(file)) is not None]
            for group in (piece.files, piece.also, piece.lists)
        )
        if len(files) + len(also) + len(lists) < len(_files(piece)):
            return None
        return replace(piece, files=tuple(files), also=tuple(also), lists=tuple(lists))

    def _is_current(self, files: Sequence[FileRead], stats: Sequence[_Stat | None]) -> bool:
        return all(
            (kept is not None and self._known_by(file.place.path) == kept) or _digest(file) == file.digest
            for file, kept in zip(files, stats, strict=True)
        )

    def _stat(self, path: str) -> _Stat | None:
        """What a file will be known by; None where it may have changed while it was read."""
        found = self._known_by(path)
        if found is None or max(found[1:3]) > self._begun - _RACE:
            return None
        return found

    def _known_by(self, path: str) -> _Stat | None:
        found = self._base.stat(path)
        if found is None:
            return None
        return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev]


def _open(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        shown = as_text(os.fspath(folder))
        raise CallplanError(f"`{shown}` is open to others; what builds keep needs a folder of your own: chmod 700")
    mark = folder / _MARK
    if not mark.exists():
        if any(folder.iterdir()):
            raise CallplanError(f"`{as_text(os.fspath(folder))}` has other files in it; name an empty or a new folder")
        mark.touch(mode=0o600)


def _files(piece: Piece) -> tuple[FileRead, ...]:
    return (*piece.files, *piece.also, *piece.lists)


def _name(task: Task) -> str:
    """What the piece of a task is kept by: which files it is made of, as they are named."""
    said = json.dumps([task.root, [[place.path, place.name] for place in task.places]])
    return blake2b(said.encode(), digest_size=20).hexdigest() + _SUFFIX


def _digest(file: FileRead) -> str | None:
    data = plain_bytes(file.place.path, MOST_LIST_MIB)
    return None if data is None else digest_of(file.place.name, data)


@cache
def _state() -> str:
    """What all pieces depend on: the compiler itself, and the packages that it takes data and forms from."""
    found = blake2b(f"{__version__} {FORMAT_VERSION} {platform.python_version()}".encode(), digest_size=32)
    for name in _DEPENDENCIES:
        found.update(f"{name} {metadata.version(name)}\0".encode())
    for package in _PACKAGES:
        folder = Path(str(resources.files(f"callplan.{package}")))
        for path in sorted(folder.rglob("*")):
            if path.suffix in _COUNTED:
                data = path.read_bytes()
                found.update(f"{path.relative_to(folder).as_posix()} {len(data)}\0".encode())
                found.update(data)
    return found.hexdigest()
