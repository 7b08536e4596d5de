"""A build from plan files to the bytes of a tables file: the stages in order; tested by tests/test_build.py.

    read -> parse -> check -> lower -> encode

Each stage returns its result and its diagnostics. What can still be looked at after an error is looked at, so that one
run reports all it can; tables are made only where there is none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import PurePath

from .. import __version__
from ..runtime import places
from ..runtime.layout import FORMAT_VERSION
from . import checked
from .check import check
from .diagnostics import Diagnostic, has_errors, in_file_order
from .format import encode
from .lower import Lowered, lower
from .offsets import Clock
from .parse import parse
from .reading import STANDARD_INPUT, STDIN_NAME, read
from .source import Source

StrPath = str | os.PathLike[str]


@dataclass(frozen=True)
class BuildResult:
    """`image`: the bytes of the tables file, None where the plans have errors. `diagnostics` are in file order.

    `program`: the plans that were checked without an error.
    """

    image: bytes | None
    diagnostics: tuple[Diagnostic, ...]
    program: checked.Program


def build(paths: Sequence[StrPath], root: StrPath | None = None, draft: bool = False) -> BuildResult:
    """Compile plan files; `-` is standard input. A file that is named twice is read once.

    Files are called by their paths relative to `root`, by default the folder of the first, so that a build gives the
    same bytes wherever it lies. `draft`: make tables for `explain` also where calls lack a rule, which stays an error.
    """
    sources: list[Source] = []
    diagnostics: list[Diagnostic] = []
    for path, name in _named(paths, root):
        source, problems = read(path, name)
        diagnostics += problems
        if source is not None:
            sources.append(source)
    return _compile(sources, diagnostics, draft)


def build_text(text: str, name: str = "<text>", draft: bool = False) -> BuildResult:
    """Compile one plan file that is at hand as text."""
    return _compile([Source(name, text)], [], draft)


def _named(paths: Sequence[StrPath], root: StrPath | None) -> Iterable[tuple[str, str]]:
    """Each file once, with what it is called."""
    files = [os.fspath(path) for path in paths]
    if root is None:
        root = PurePath(files[0]).parent if files and files[0] != STANDARD_INPUT else ""
    seen: set[str] = set()
    for file in files:
        if file == STANDARD_INPUT:
            key = name = STDIN_NAME
        else:
            key = _real(file)
            name = _name(file, os.fspath(root) or ".")
        if key not in seen:
            seen.add(key)
            yield file, name


def _name(path: str, root: str) -> str:
    """A path from the root; what in it is no text, which a file's name may be, is replaced."""
    if not path:
        return path
    return PurePath(os.path.relpath(path, root)).as_posix().encode("utf-8", "replace").decode("utf-8")


def _real(path: str) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):  # reading says what is wrong with it
        return path


def _compile(sources: Sequence[Source], diagnostics: list[Diagnostic], draft: bool) -> BuildResult:
    files = []
    for source in sources:
        file, problems = parse(source)
        files.append(file)
        diagnostics += problems
    program, problems = check(files)
    diagnostics += problems
    image = None
    if not has_errors(diagnostics):
        lowered, problems = lower(program, draft)
        diagnostics += problems
        if lowered is not None:
            image = encode(lowered.arrays, _digest(sources, lowered), lowered.draft)
    return BuildResult(image, tuple(in_file_order(diagnostics, sources)), program)


def _digest(sources: Sequence[Source], lowered: Lowered) -> bytes:
    """What the tables depend on: equal for equal sources, whatever the machine."""
    found = sha256()
    parts = [__version__, str(FORMAT_VERSION), _places()]
    parts += [text for source in sources for text in (source.name, source.text)]
    parts += map(_spans, lowered.clocks)
    for part in parts:
        data = part.encode()
        found.update(len(data).to_bytes(8, "little") + data)
    return found.digest()


@cache
def _places() -> str:
    return repr([*places.provinces(), *places.cities()])


def _spans(clock: Clock) -> str:
    return repr((clock.name, clock.spans))
