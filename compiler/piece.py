"""A piece of a build: some of its files through all stages, and what the rest of the build may ask of them; tested by
tests/test_many.py.

Everything here can be sent between processes and kept in a file (piece_format.py). Sources are named by their places in
`texts`: a piece has the text only of those that its problems show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from . import checked
from .assembly import Part
from .check import Outside, check_part
from .diagnostics import Diagnostic, has_errors
from .format import encode
from .loading import Loaded, load_places
from .lower import Lowered, lower
from .paths import Place, Root
from .source import Source, Span

Stages = tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...], tuple[Diagnostic, ...], tuple[Diagnostic, ...]]


@dataclass(frozen=True)
class Task:
    """`places`: of the files whose plans the piece has. `also`: files that say something for all plans of the build."""

    root: str
    places: tuple[Place, ...]
    also: tuple[Place, ...] = ()
    draft: bool = False


class FileRead(NamedTuple):
    """A file that a piece was made of. `digest`: of its text or its list. `is_own`: its plans are in the piece."""

    place: Place
    digest: str
    is_own: bool = False


class Spot(NamedTuple):
    """A place in a file of the build, by the file's name. `plan`: whose it is."""

    plan: str
    file: str
    start: int
    end: int


@dataclass(frozen=True)
class SharedDestination:
    """One of no plan. `start`: where it stands in `source`, to order them; `line` and `text`: what the tables show."""

    source: str
    start: int
    line: int
    text: str
    name: str
    kind: checked.AddressKind
    dial: str
    limit: int | None
    announce: tuple[str, str | None] | None

    def destination(self) -> checked.Destination:
        """Itself, as the tables are made from it."""
        announce = None if self.announce is None else checked.Announcement(*self.announce, None)
        span = Span(Source(self.source, self.text, "", self.line), 0, 0)
        return checked.Destination(self.name, self.kind, self.dial, self.limit, announce, span, self.source)


@dataclass(frozen=True)
class Piece:
    """`files`: in reading order, each once, those of `Task.also` behind them as `also`; `lists`: list files.

    `stages`: problems found in loading, checking, lowering and expecting; a stage that errors kept from being made has
    none. `unused`, `lost`, `claims`, `asked`, `names`, `operators`: see check.CheckedPart. `missing`, `is_complete`:
    see loading.Loaded. `plans`: how many there are, with mistakes or not. `foreign_plans`: a file that is imported
    has plans, which belong to another piece or to none. `part`: None where errors kept it from being made.
    """

    files: tuple[FileRead, ...]
    also: tuple[FileRead, ...]
    lists: tuple[FileRead, ...]
    paths: tuple[str, ...]
    stages: Stages
    unused: tuple[Diagnostic, ...]
    lost: frozenset[str]
    claims: Mapping[str, Spot]
    asked: frozenset[str]
    names: Mapping[str, Spot]
    operators: tuple[str, ...]
    missing: tuple[str, ...]
    is_complete: bool
    plans: int
    foreign_plans: bool
    clocks: tuple[str, ...]
    of_china: bool
    is_draft: bool
    shared: tuple[SharedDestination, ...]
    part: Part | None


def build_piece(task: Task, outside: Outside | None = None) -> Piece:
    """Compile some of a build's files. `outside`: what other pieces have that these files clash with."""
    loaded, load_problems, first = load_places(Root(task.root), task.places, task.also)
    own = {place.key for place in task.places}
    foreign = {source for source in loaded.sources if loaded.places[source].key not in own}
    added = set(loaded.sources[first:])
    found = check_part(loaded.files, loaded.imports, loaded.list_files, loaded.incomplete, foreign, outside)
    elsewhere = {source for source in foreign if loaded.places[source].key in {place.key for place in task.also}}
    lowered: Lowered | None = None
    lower_problems: list[Diagnostic] = []
    unmet: list[Diagnostic] = []
    if not has_errors([*load_problems, *found.diagnostics]):
        lowered, lower_problems = lower(found.program, task.draft)
    if lowered is not None and not task.draft and any(plan.expects for plan in found.program.plans):
        unmet = expectations(found.program, encode(lowered.arrays, bytes(32), lowered.draft))
    stages = (load_problems, found.diagnostics, lower_problems, unmet)
    return Piece(
        files=tuple(_file(loaded, source, source not in foreign) for source in loaded.sources[:first]),
        also=tuple(_file(loaded, source, False) for source in loaded.sources[first:]),
        lists=_lists(loaded),
        paths=loaded.paths,
        stages=tuple(tuple(_without(problems, added)) for problems in stages),  # type: ignore[arg-type]
        unused=tuple(_without(found.unused, added)),
        lost=found.lost,
        claims={digits: _spot(claim.plan, claim.span) for digits, claim in found.claims.items()},
        asked=found.asked,
        names={name: _spot(name, span) for name, span in found.names.items()},
        operators=tuple(source.name for source in found.operators),
        missing=loaded.missing,
        is_complete=not loaded.incomplete,
        plans=sum(len(file.plans) for file in loaded.files if file.source not in foreign),
        foreign_plans=any(file.plans for file in loaded.files if file.source in foreign - elsewhere),
        clocks=() if lowered is None else tuple(clock.name for clock in lowered.clocks),
        of_china=lowered is not None and lowered.of_china,
        is_draft=lowered is not None and lowered.draft,
        shared=() if lowered is None else tuple(map(_shared, lowered.shared)),
        part=None if lowered is None else lowered.tables.part(),
    )


def expectations(program: checked.Program, image: bytes) -> list[Diagnostic]:
    """What is not as the plans' `expect` lines say. The engine is loaded only where there are any."""
    if not any(plan.expects for plan in program.plans):
        return []
    from ..runtime.tables import Tables
    from . import expect

    return expect.run(program, Tables(image))


def digest_of(name: str, data: bytes) -> str:
    """What a file is known by: equal for an equal name and equal bytes, a byte-order mark left out."""
    found = sha256(len(name.encode()).to_bytes(8, "little"))
    found.update(name.encode())
    found.update(data)
    return found.hexdigest()


def _file(loaded: Loaded, source: Source, is_own: bool) -> FileRead:
    return FileRead(loaded.places[source], digest_of(source.name, source.text.encode()), is_own)


def _lists(loaded: Loaded) -> tuple[FileRead, ...]:
    lists = {file.name: file for file in loaded.list_files.values()}
    return tuple(FileRead(loaded.list_places[name], digest_of(name, file.data)) for name, file in lists.items())


def _spot(plan: str, span: Span) -> Spot:
    return Spot(plan, span.source.name, span.start, span.end)


def _without(problems: Sequence[Diagnostic], sources: set[Source]) -> list[Diagnostic]:
    return [found for found in problems if found.span is None or found.span.source not in sources]


def _shared(destination: checked.Destination) -> SharedDestination:
    source = destination.span.source
    line, _ = source.position(destination.span.start)
    announce = destination.announce
    return SharedDestination(
        source.name,
        destination.span.start,
        line,
        source.line(line).strip(),
        destination.name,
        destination.kind,
        destination.dial,
        destination.limit,
        None if announce is None else (announce.name, announce.media),
    )
