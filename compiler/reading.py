"""A path to its bytes or its text: what is read, and how it becomes text; tested by tests/test_reading.py."""

from __future__ import annotations

import codecs
import os
import stat
import sys
from collections.abc import Callable
from os import PathLike

from .diagnostics import Diagnostic
from .source import Source, Span

STANDARD_INPUT = "-"
STDIN_NAME = "<stdin>"
MOST_MIB = 64  # of one file: a plan of a hundred rules has a hundredth of one
MOST_LIST_MIB = 256  # of one list file: twenty million numbers
NO_FOLDER = "E034"
_UNREADABLE = frozenset(("E001", "E002", "E003", "E004", "E005", NO_FOLDER))


def read(path: str | PathLike[str], name: str | None = None) -> tuple[Source | None, list[Diagnostic]]:
    """The text of a regular file, or of standard input for `-`, without a byte-order mark; None if it cannot be had.

    `name`: what the tables call the file, if not as `path` says. Never raises.
    """
    path = os.fspath(path)
    if path != STANDARD_INPUT:
        return read_file(path, as_text(path) if name is None else name)
    data, problems = _bytes(_read_standard_input, STDIN_NAME, MOST_MIB)
    return (None, problems) if data is None else _decode(data, STDIN_NAME if name is None else name, STDIN_NAME)


def read_file(path: str, name: str) -> tuple[Source | None, list[Diagnostic]]:
    """The same of a file, also of one that is called `-`."""
    data, problems = read_bytes(path, MOST_MIB)
    return (None, problems) if data is None else _decode(data, name, as_text(path))


def read_bytes(path: str, most_mib: int) -> tuple[bytes | None, list[Diagnostic]]:
    """The bytes of a regular file of at most `most_mib`; None if they cannot be had. Never raises."""
    return _bytes(lambda most: _read_regular(path, most), as_text(path), most_mib)


def plain_bytes(path: str, most_mib: int) -> bytes | None:
    """The bytes of a file as plans and lists are made from them, without a byte-order mark; None if there are none."""
    data, _ = read_bytes(path, most_mib)
    return None if data is None else data.removeprefix(codecs.BOM_UTF8)


def as_text(path: str) -> str:
    """A path for people: what in it is no text, which a file's name may be, is replaced."""
    return path.encode("utf-8", "replace").decode("utf-8")


def no_folder(path: str) -> Diagnostic:
    """That a build's root is none."""
    return _unreadable(NO_FOLDER, as_text(path))


def is_unreadable(diagnostic: Diagnostic) -> bool:
    """True if it says that a file could not be read at all, so that there is nothing to say of its text."""
    return diagnostic.code in _UNREADABLE


class _NotRegular(Exception):
    """A device, a socket or a pipe."""


def _bytes(get: Callable[[int], bytes], shown: str, most_mib: int) -> tuple[bytes | None, list[Diagnostic]]:
    """What `get` reads, which is given the number of bytes that tells whether there are too many."""
    try:
        data = get((most_mib << 20) + 1)
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
    if len(data) > most_mib << 20:
        return None, [_unreadable("E005", shown, most=most_mib)]
    return data, []


def _read_regular(path: str, most: int) -> bytes:
    # Without O_NONBLOCK, opening a FIFO waits for someone to write to it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", closefd=True) as file:  # noqa: PTH123
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _NotRegular
        return file.read(most)


def _read_standard_input(most: int) -> bytes:
    if sys.stdin is None:
        raise FileNotFoundError
    return sys.stdin.buffer.read(most)


def _unreadable(code: str, name: str, **fields: object) -> Diagnostic:
    return Diagnostic(code, None, {"file": name, **fields}, file=name)


def _decode(data: bytes, name: str, shown: str) -> tuple[Source | None, list[Diagnostic]]:
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return Source(name, data.decode("utf-8"), shown), []
    except UnicodeDecodeError as error:
        source = Source(name, data.decode("utf-8", errors="replace"), shown)
        at = len(data[: error.start].decode("utf-8"))
        return None, [not_utf8(Span(source, at, at + 1), data[error.start], data)]


def not_utf8(span: Span, byte: int, data: bytes) -> Diagnostic:
    """That a byte is in no text of UTF-8. `data` shows what the text may be in."""
    return Diagnostic("E006", span, {"byte": f"0x{byte:02X}"}, _likely_encoding(data))


def _likely_encoding(data: bytes) -> str:
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "seems_utf16"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "save_utf8"
    return "seems_gbk"
