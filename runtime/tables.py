"""Compiled plans as an object: opening, saving and looking into a file of tables; tested by tests/test_tables.py."""

from __future__ import annotations

import errno
import mmap
import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import layout, verify
from .errors import TablesError
from .side_by_side import share_out

if TYPE_CHECKING:
    from ..compiler.diagnostics import Diagnostic

_CHUNK = 1 << 20
_LARGE = 1 << 22  # bytes of a file that pages of megabytes are worth
_PART = 1 << 23  # bytes that one thread reads at once

IS_DRAFT = "these tables are a draft, some calls have no rule: they can be explained, not routed"


class Tables:
    """Tables that passed every check. `image`: the bytes of the file; `sections`: arrays over them, by layout.SECTIONS.

    `diagnostics`: what the compiler said of the plans, where it has just made these (warnings and notes).
    """

    def __init__(
        self, image: bytes | mmap.mmap, diagnostics: Iterable[Diagnostic] = (), name: str = "the tables"
    ) -> None:
        """Raises TablesError for an image that is cut, altered, foreign or of another version."""
        self.image = memoryview(image).toreadonly()
        self.diagnostics = tuple(diagnostics)
        self.sections = verify.sections(self.image, name)
        self._text = self.sections["string_bytes"].data

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Tables:
        """Read a file. What is used is a copy, so that nobody can change or cut it later. Raises TablesError."""
        name = os.fspath(path)
        try:
            image = _read(name)
        except OSError as error:
            raise TablesError(f"cannot read {name}: {error.strerror or error}") from None
        except ValueError as error:  # a NUL in the path
            raise TablesError(f"cannot read {name!r}: {error}") from None
        return cls(image, name=name)

    @property
    def draft(self) -> bool:
        """Whether some calls have no rule: such tables explain, but route nothing."""
        return verify.is_draft(self.image)

    @property
    def digest(self) -> str:
        """What the tables were made from, as hexadecimal digits: equal sources have equal digests."""
        return bytes(np.frombuffer(self.image, layout.HEADER, 1)["digest"][0]).hex()

    def string(self, index: int) -> str:
        """A string of the tables; its index must not be NONE."""
        start, end = self.sections["string_offsets"][index : index + 2]
        return str(self._text[start:end], "utf-8")

    def dump(self) -> str:
        """The tables as text, for people and for tests."""
        from .dump import dump

        return dump(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file whole or not at all: beside the real one, synced, then renamed over it. Raises TablesError."""
        name = os.fspath(path)
        try:
            _write_whole(Path(name).resolve(), self.image)
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a circle of links
            raise TablesError(f"cannot write {name}: {getattr(error, 'strerror', None) or error}") from None


def _read(name: str) -> bytes | mmap.mmap:
    """A file's bytes in memory of this process."""
    source = os.open(name, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        found = os.fstat(source)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        if found.st_size >= _LARGE and hasattr(os, "preadv"):
            return _read_large(source, found.st_size)
        with open(source, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(source)


def _read_large(source: int, size: int) -> mmap.mmap:
    """By several threads, into pages as large as the system has: decisions find their way in them faster.

    What a file lacks that is cut meanwhile stays zero, which no checksum takes.
    """
    image = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # a kernel without them
            image.madvise(mmap.MADV_HUGEPAGE)

    def fill(start: int) -> None:
        with memoryview(image) as whole:
            at, end = start, min(start + _PART, size)
            while at < end and (got := os.preadv(source, [whole[at:end]], at)):
                at += got

    share_out(fill, range(0, size, _PART))
    return image


def _write_whole(path: Path, image: memoryview) -> None:
    mode = 0o644
    if path.exists():
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        mode = stat.S_IMODE(found.st_mode)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    target = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        try:
            rest = image
            while len(rest):
                rest = rest[os.write(target, rest[: _CHUNK * 16]) :]
            if path.exists():
                os.fchmod(target, mode)
            os.fsync(target)
        finally:
            os.close(target)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
