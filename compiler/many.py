"""A build of many files, piece by piece: in less memory than all at once, and by several processes; tested by
tests/test_many.py.

Pieces are made apart and compared afterwards (clashes.py). What clashes is made once more, knowing of the others; where
pieces are entangled beyond that, the build is made at once, as build.py does it. The result is the same either way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from zlib import crc32

from .build import BuildResult, build, uncollected
from .clashes import Entangled, clashes
from .crew import Crew
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
    progress: Progress | None = None,
) -> BuildResult:
    """The same as build.build, with an empty `program`.

    `jobs`: processes that compile at most; 1: none but this one. `progress` is told how many files were done since it
    was told before. Raises CallplanError where another process ends before its work is done.
    """
    base = Root.of(paths, root)
    if root is not None and not base.is_folder():
        return build(paths, root, draft)
    places = list({place.key: place for place in reversed([base.named(path) for path in paths])}.values())[::-1]
    if len(places) < FEWEST_FILES or any(place.key == STDIN_NAME for place in places):
        return build(paths, root, draft)
    with uncollected():
        try:
            return _Many(base, places, draft, jobs, progress or (lambda _: None)).run()
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
    def __init__(self, base: Root, places: Sequence[Place], draft: bool, jobs: int, progress: Progress) -> None:
        self._base = base
        self._named = {place.key: place for place in places}
        self._draft = draft
        sizes = [_size(place.path) for place in places]
        self._jobs = min(jobs, max(1, sum(sizes) // WORTH_A_PROCESS))
        self._progress = progress
        self._split = split(places, sizes)

    def run(self) -> BuildResult:
        also = self._operators()
        tasks = [Task(self._base.path, tuple(places), also, self._draft) for places in self._split]
        pieces = self._compile(tasks)
        for at, outside in clashes(pieces, self._named).items():
            pieces[at] = build_piece(tasks[at], outside)
        return whole(pieces, self._draft)

    def _operators(self) -> tuple[Place, ...]:
        """The file that has, by the look of it, the `operator`, which is for all plans. Raises Entangled."""
        found = tuple(place for place in self._named.values() if _may_have_operator(place.path))
        if len(found) > 1:
            raise Entangled
        return found

    def _compile(self, tasks: Sequence[Task]) -> list[Piece]:
        made: dict[int, bytes] = {}
        with Crew(min(self._jobs, len(tasks))) as crew:
            for at, data in crew.run(tasks):
                made[at] = data
                self._progress(len(tasks[at].places))
        return [decode_piece(made.pop(at)) for at in range(len(tasks))]


def _may_have_operator(path: str) -> bool:
    data, _ = read_bytes(path, MOST_MIB)
    return data is not None and b"operator" in data and _OPERATOR.search(data) is not None


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except (OSError, ValueError):  # reading says what is wrong with it
        return 0
