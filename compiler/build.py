"""A build from plan files to the bytes of a tables file: the stages in order; tested by tests/test_build.py.

    read -> parse -> check -> lower -> encode -> expect

Each stage returns its result and its diagnostics. What can still be looked at after an error is looked at, so that one
run reports all it can; tables are made only where there is none.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import chain

from .. import __version__
from ..runtime import places
from ..runtime.layout import FORMAT_VERSION
from . import checked, china
from .check import check
from .diagnostics import Diagnostic, has_errors, in_file_order
from .format import encode
from .loading import Loaded, load, load_text
from .lower import lower
from .offsets import Clock
from .paths import StrPath
from .piece import digest_of, expectations


@dataclass(frozen=True)
class BuildResult:
    """`image`: the bytes of the tables file, None where the plans have errors. `diagnostics` are in file order.

    `program`: the plans that were checked without an error; none of a build of pieces (many.py). `paths`: of all files
    that were read, list files too. `plans`: how many there are. `compiled`: how many of the files that were named were
    compiled, the others having been kept; None for all.
    """

    image: bytes | None
    diagnostics: tuple[Diagnostic, ...]
    program: checked.Program
    paths: tuple[str, ...] = ()
    plans: int = 0
    compiled: int | None = None


def build(paths: Sequence[StrPath], root: StrPath | None = None, draft: bool = False) -> BuildResult:
    """Compile plan files and what they import; `-` is standard input. A file that is named twice is read once.

    Files are called by their paths relative to `root`, by default the folder of the first, so that a build gives the
    same bytes wherever it lies; no path in a file may lead out of it. `draft`: make tables for `explain` also where
    calls lack a rule, which stays an error, and where they might not do what is expected of them.
    """
    with uncollected():
        return _compile(*load(paths, root), draft)


def build_text(text: str, name: str = "<text>", draft: bool = False) -> BuildResult:
    """Compile one plan file that is at hand as text, which cannot name other files."""
    with uncollected():
        return _compile(*load_text(text, name), draft)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for circles of objects: a build makes hardly any, and it took a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _compile(loaded: Loaded, diagnostics: list[Diagnostic], draft: bool) -> BuildResult:
    program, problems = check(loaded.files, loaded.imports, loaded.list_files, loaded.incomplete)
    diagnostics += problems
    image = None
    if not has_errors(diagnostics):
        lowered, problems = lower(program, draft)
        diagnostics += problems
        if lowered is not None:
            files = [digest_of(source.name, source.text.encode()) for source in loaded.sources]
            lists = [digest_of(file.name, file.data) for file in dict.fromkeys(loaded.list_files.values())]
            image = encode(lowered.arrays, digest(files, lists, lowered.clocks, lowered.of_china), lowered.draft)
    if image is not None and not draft:
        unmet = expectations(program, image)
        diagnostics += unmet
        image = None if unmet else image
    plans = sum(len(file.plans) for file in loaded.files)
    return BuildResult(image, tuple(in_file_order(diagnostics, loaded.sources)), program, loaded.paths, plans)


def digest(files: Iterable[str], lists: Iterable[str], clocks: Iterable[Clock], of_china: bool) -> bytes:
    """What the tables depend on: equal for equal sources, whatever the machine. `files`, `lists`: their digests."""
    found = sha256()
    words = [__version__, str(FORMAT_VERSION), _places(), *files, *map(_spans, clocks)]
    words += [china.content()] if of_china else []
    for word in chain(words, lists):
        data = word.encode()
        found.update(len(data).to_bytes(8, "little"))
        found.update(data)
    return found.digest()


@cache
def _places() -> str:
    return repr([*places.provinces(), *places.cities()])


def _spans(clock: Clock) -> str:
    return repr((clock.name, clock.spans))
