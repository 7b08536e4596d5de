"""The pieces of a build to its result: their problems as one list, their tables as one file; tested by
tests/test_many.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from . import checked
from .build import BuildResult, digest
from .clashes import loaded_by
from .diagnostics import Diagnostic, has_errors, in_file_order
from .format import encode
from .joining import Joining
from .offsets import clock
from .piece import FileRead, Piece
from .source import Source, Span

_ONCE = "N401"  # in a build, at the first place


def whole(pieces: Sequence[Piece], draft: bool) -> BuildResult:
    """What the build comes to. The pieces do not clash."""
    files = _once(file for piece in pieces for file in piece.files)
    problems, is_sound = _problems(pieces, list(files), draft)
    image = _image(pieces, files) if is_sound else None
    paths = tuple(dict.fromkeys(path for piece in pieces for path in piece.paths))
    plans = sum(piece.plans for piece in pieces)
    return BuildResult(image, tuple(problems), checked.Program((), (), checked.Operator()), paths, plans)


def _once(files: Iterable[FileRead]) -> dict[str, FileRead]:
    """Files by name, in the order in which they were read first."""
    found: dict[str, FileRead] = {}
    for file in files:
        found.setdefault(file.place.name, file)
    return found


def _problems(pieces: Sequence[Piece], files: Sequence[str], draft: bool) -> tuple[list[Diagnostic], bool]:
    """All that the build says, and whether there can be tables."""
    load, checks, lowered, unmet = _stages(pieces)
    found = [*load, *checks, *_unused(pieces)]
    is_sound = not has_errors(found)
    if is_sound:
        found += lowered
        is_sound = all(piece.part is not None for piece in pieces)
    if is_sound:
        found += unmet
        is_sound = draft or not unmet
    return _in_order(found, files), is_sound


def _stages(pieces: Sequence[Piece]) -> list[list[Diagnostic]]:
    """The problems of each stage; what several pieces say of a file that all of them read, once."""
    read = loaded_by([(*piece.files, *piece.lists) for piece in pieces])
    found: list[list[Diagnostic]] = [[], [], [], []]
    for at, piece in enumerate(pieces):
        for stage, problems in enumerate(piece.stages):
            for problem in problems:
                readers = [] if problem.span is None or stage > 1 else read.get(problem.span.source.name, [])
                if not readers or readers[0] == at:
                    found[stage].append(problem)
    firsts = [problem for problem in found[2] if problem.code == _ONCE][:1]
    found[2] = [problem for problem in found[2] if problem.code != _ONCE or problem in firsts]
    return found


def _unused(pieces: Sequence[Piece]) -> list[Diagnostic]:
    """The shared names that no piece uses which reads their file."""
    if not all(piece.is_complete for piece in pieces) or not any(piece.plans for piece in pieces):
        return []
    read = loaded_by([piece.files for piece in pieces])
    lost = frozenset().union(*(piece.lost for piece in pieces))
    said = Counter(_place(problem) for piece in pieces for problem in piece.unused)
    firsts = {_place(problem): problem for piece in reversed(pieces) for problem in piece.unused}
    return [
        problem
        for place, problem in firsts.items()
        if said[place] == len(read[place[0]]) and problem.fields["name"] not in lost
    ]


def _place(problem: Diagnostic) -> tuple[str, int]:
    assert problem.span is not None
    return problem.span.source.name, problem.span.start


def _in_order(problems: Sequence[Diagnostic], files: Sequence[str]) -> list[Diagnostic]:
    """In file order, as if each file had been read once."""
    if not problems:
        return []
    sources: dict[str, Source] = {}
    names = set(files)
    kept = []
    for problem in problems:
        span = problem.span
        if span is not None and span.source.name in names:
            source = sources.setdefault(span.source.name, span.source)
            problem = replace(problem, span=Span(source, span.start, span.end))
        kept.append(problem)
    return in_file_order(kept, [sources[name] for name in files if name in sources])


def _image(pieces: Sequence[Piece], files: dict[str, FileRead]) -> bytes:
    order = {name: at for at, name in enumerate(files)}
    shared = {(each.source, each.name): each for piece in pieces for each in piece.shared}
    ordered = sorted(shared.values(), key=lambda each: (order[each.source], each.start))
    place = {(each.source, each.name): at for at, each in enumerate(ordered)}
    several = [name for name, readers in loaded_by([piece.files for piece in pieces]).items() if len(readers) > 1]
    joining = Joining([each.destination() for each in ordered], several)
    for piece in pieces:
        assert piece.part is not None
        joining.add(piece.part, [place[each.source, each.name] for each in piece.shared])
    lists = _once(file for piece in pieces for file in piece.lists)
    clocks = [clock(name) for name in dict.fromkeys(name for piece in pieces for name in piece.clocks)]
    of_china = any(piece.of_china for piece in pieces)
    content = digest(
        [file.digest for file in files.values()], [file.digest for file in lists.values()], clocks, of_china
    )
    return encode(joining.finish(), content, any(piece.is_draft for piece in pieces))
