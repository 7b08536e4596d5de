"""A path to a Source: which files are read, and how their bytes become text; tested by tests/test_reading.py."""

from __future__ import annotations

import codecs
import os
import stat
import sys
from os import PathLike
from typing import BinaryIO

from .diagnostics import Diagnostic
from .source import Source, Span

STANDARD_INPUT = "-"
STDIN_NAME = "<stdin>"
MOST_MIB = 64  # of one file: a plan of a hundred rules has a hundredth of one
_UNREADABLE = frozenset(("E001", "E002", "E003", "E004", "E005"))


def read(path: str | PathLike[str], name: str | None = None) -> tuple[Source | None, list[Diagnostic]]:
    """The text of a regular file, or of standard input for `-`, without a byte-order mark; None if it cannot be had.

    `name`: what the tables call the file, if not as `path` says. Never raises.
    """
    path = os.fspath(path)
    shown = STDIN_NAME if path == STANDARD_INPUT else _as_text(path)
    name = shown if name is None else name
    try:
        data = _read_standard_input() if path == STANDARD_INPUT else _read_regular(path)
    except FileNotFoundError:
        return None, [_unreadable("E001", shown)]
    except IsADirectoryError:
        return None, [_unreadable("E002", shown)]
    except _NotRegular:
        return None, [_unreadable("E003", shown)]
    except OSError as error:
        return None, [_unreadable("E004", shown, reason=(error.strerror or "unknown reason").lower())]
    except ValueError:  # a NUL or a lone surrogate in the path
        return None, [_unreadable("E001", shown)]
    if len(data) > MOST_MIB << 20:
        return None, [_unreadable("E005", shown, most=MOST_MIB)]
    return _decode(data, name, shown)


def _as_text(path: str) -> str:
    """A path for people: what in it is no text, which a file's name may be, is replaced."""
    return path.encode("utf-8", "replace").decode("utf-8")


def is_unreadable(diagnostic: Diagnostic) -> bool:
    """True if it says that a file could not be read at all, so that there is nothing to say of its text."""
    return diagnostic.code in _UNREADABLE


class _NotRegular(Exception):
    """A device, a socket or a pipe."""


def _read_regular(path: str) -> bytes:
    # Without O_NONBLOCK, opening a FIFO waits for someone to write to it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", closefd=True) as file:  # noqa: PTH123
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise _NotRegular
        return _read_at_most(file)


def _read_standard_input() -> bytes:
    if sys.stdin is None:
        raise FileNotFoundError
    return _read_at_most(sys.stdin.buffer)


def _read_at_most(file: BinaryIO) -> bytes:
    return file.read((MOST_MIB << 20) + 1)


def _unreadable(code: str, name: str, **fields: object) -> Diagnostic:
    return Diagnostic(code, None, {"file": name, **fields}, file=name)


def _decode(data: bytes, name: str, shown: str) -> tuple[Source | None, list[Diagnostic]]:
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return Source(name, data.decode("utf-8"), shown), []
    except UnicodeDecodeError as error:
        source = Source(name, data.decode("utf-8", errors="replace"), shown)
        at = len(data[: error.start].decode("utf-8"))
        help_key = "seems_utf16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else _likely_encoding(data)
        fields = {"byte": f"0x{data[error.start]:02X}"}
        return None, [Diagnostic("E006", Span(source, at, at + 1), fields, help_key)]


def _likely_encoding(data: bytes) -> str:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "save_utf8"
    return "seems_gbk"
