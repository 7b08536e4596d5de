"""A build of many files, piece by piece: in less memory than all at once, by several processes, and with what was
kept of the build before; tested by tests/test_many.py.

Pieces are made apart and compared afterwards (clashes.py). What clashes is made once more, knowing of the others; where
pieces are entangled beyond that, the build is made at once, as build.py does it. The result is the same either way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from zlib import crc32

from .build import BuildResult, build, uncollected
from .clashes import Entangled, clashes
from .crew import Crew
from .keeping import Found, Keeping
from .paths import Place, Root, StrPath
from .piece import Piece, Task, build_piece
from .piece_format import decode_piece
from .reading import MOST_MIB, STDIN_NAME, read_bytes
from .whole import whole

Progress = Callable[[int], None]

FEWEST_FILES = 32  # that are worth being made in pieces
WORTH_A_PROCESS = 500_000  # bytes of plans: less is done before another process has started
_FILES = 64  # of a piece, about
_MOST_FILES = 3 * _FILES
_MOST_BYTES = 500_000
_OPERATOR = re.compile(rb"^[^#\"\n]*\boperator\s*\{", re.MULTILINE)


def build_many(
    paths: Sequence[StrPath],
    root: StrPath | None = None,
    *,
    draft: bool = False,
    jobs: int = 1,
    keep: StrPath | None = None,
    progress: Progress | None = None,
) -> BuildResult:
    """The same as build.build, with an empty `program`.

    `jobs`: processes that compile at most; 1: none but this one. `keep`: a folder for what the next build can use again
    (keeping.py). `progress` is told how many files were done since it was told before. Raises CallplanError where
    another process ends before its work is done, and where `keep` cannot be used.
    """
    base = Root.of(paths, root)
    if root is not None and not base.is_folder():
        return build(paths, root, draft)
    keeping = None if keep is None or draft else Keeping(keep, base)
    named: dict[Hashable, Place] = {}
    for path in paths:
        place = base.named(path)
        named.setdefault(place.key, place)
    if STDIN_NAME in named or (len(named) < FEWEST_FILES and keeping is None):
        return build(paths, root, draft)
    with uncollected():
        try:
            return _Many(base, named, draft, jobs, keeping, progress or (lambda _: None)).run()
        except Entangled:
            return build(paths, root, draft)


def split(places: Sequence[Place], sizes: Sequence[int]) -> list[list[Place]]:
    """The files in pieces that follow each other. Where a piece ends depends on its last file's name, but for very many
    or very large files, so that a file more or less changes few pieces.
    """
    pieces: list[list[Place]] = [[]]
    held = 0
    for place, size in zip(places, sizes, strict=True):
        pieces[-1].append(place)
        held += size
        ends = crc32(place.name.encode("utf-8", "surrogatepass")) % _FILES == 0
        if ends or len(pieces[-1]) == _MOST_FILES or held >= _MOST_BYTES:
            pieces.append([])
            held = 0
    return [piece for piece in pieces if piece]


class _Many:
    """A build of the files `named`."""

    def __init__(
        self,
        base: Root,
        named: Mapping[Hashable, Place],
        draft: bool,
        jobs: int,
        keeping: Keeping | None,
        progress: Progress,
    ) -> None:
        self._named = named
        self._draft = draft
        self._jobs = jobs
        self._keeping = keeping
        self._progress = progress
        self._sizes = {place.key: _size(base.stat(place.path)) for place in named.values()}
        pieces = split(list(named.values()), list(self._sizes.values()))
        self._tasks = [Task(base.path, tuple(places), (), draft) for places in pieces]

    def run(self) -> BuildResult:
        kept = self._kept()
        operators = [self._operators(task, kept.get(at)) for at, task in enumerate(self._tasks)]
        also = tuple(place for places in operators for place in places)
        if len(also) > 1:
            raise Entangled  # a mistake, or one of them is none: then all files are for all plans
        names = [place.name for place in also]
        for at, found in list(kept.items()):
            behind = [file.place.name for file in found.piece.also]
            if [name for name in names if name not in {file.place.name for file in found.piece.files}] != behind[:1]:
                del kept[at]
        tasks = [replace(task, also=also) for task in self._tasks]
        pieces = self._compile(tasks, kept, operators)
        for at, outside in clashes(pieces, self._named).items():
            pieces[at] = build_piece(tasks[at], outside)
        if self._keeping is not None:
            self._keeping.tidy()
        compiled = sum(len(task.places) for at, task in enumerate(tasks) if at not in kept)
        return replace(whole(pieces, self._draft), compiled=None if self._keeping is None else compiled)

    def _kept(self) -> dict[int, Found]:
        if self._keeping is None:
            return {}
        found = ((at, self._keeping.find(task)) for at, task in enumerate(self._tasks))
        return {at: each for at, each in found if each is not None}

    def _operators(self, task: Task, kept: Found | None) -> list[Place]:
        """The files that have, by the look of them, an `operator`, which is for all plans."""
        if kept is not None:
            return [place for place in task.places if place.name in kept.operators]
        return [place for place in task.places if _may_have_operator(place.path)]

    def _compile(
        self, tasks: Sequence[Task], kept: Mapping[int, Found], operators: Sequence[Sequence[Place]]
    ) -> list[Piece]:
        self._progress(sum(len(tasks[at].places) for at in kept))
        waiting = [at for at in range(len(tasks)) if at not in kept]
        pieces = {at: found.piece for at, found in kept.items()}
        size = sum(self._sizes[place.key] for at in waiting for place in tasks[at].places)
        with Crew(max(1, min(self._jobs, len(waiting), size // WORTH_A_PROCESS))) as crew:
            for number, data in crew.run([tasks[at] for at in waiting]):
                at = waiting[number]
                pieces[at] = decode_piece(data)
                if self._keeping is not None:
                    self._keeping.keep(self._tasks[at], pieces[at], data, [place.name for place in operators[at]])
                self._progress(len(tasks[at].places))
        return [pieces[at] for at in range(len(tasks))]


def _may_have_operator(path: str) -> bool:
    data, _ = read_bytes(path, MOST_MIB)
    return data is not None and b"operator" in data and _OPERATOR.search(data) is not None


def _size(found: os.stat_result | None) -> int:
    return 0 if found is None else found.st_size
