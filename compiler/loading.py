"""The stages read and parse for a whole build: its files, what they import, and their list files.

Tested by tests/test_loading.py; paths.py says what a path means, list_files.py reads list files.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from . import checked, syntax
from .diagnostics import Diagnostic, Related
from .list_files import read_list_file
from .parse import parse
from .paths import Place, Root, StrPath
from .reading import STDIN_NAME, no_folder, read, read_file
from .source import Source, Span

_MOST_PLACES = 8  # of one mistake that are shown
_LONGEST_CIRCLE = 8  # files of one that are named


@dataclass(frozen=True)
class Loaded:
    """The files of a build, each once.

    `files`: in reading order, each before those that it imports. `imports`: what each file imports itself, as far as
    it could be read; may have circles, which are reported. `list_files`: by the file that names it and the text of
    the path; one that cannot be read, which is reported, is not there. `incomplete`: files that, themselves or
    through others, import what cannot be read, so that a name may be unknown for no other reason. `paths`: where all
    files lie that were read, list files too. `places`: of the files that lie in a folder; `list_places`: of the list
    files, by name. `missing`: what files name that cannot be read, each with a text of its own.
    """

    files: tuple[syntax.File, ...]
    imports: Mapping[Source, tuple[Source, ...]] = field(default_factory=dict)
    list_files: Mapping[tuple[Source, str], checked.ListFile] = field(default_factory=dict)
    incomplete: frozenset[Source] = frozenset()
    paths: tuple[str, ...] = ()
    places: Mapping[Source, Place] = field(default_factory=dict)
    list_places: Mapping[str, Place] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(file.source for file in self.files)


def load(paths: Sequence[StrPath], root: StrPath | None = None) -> tuple[Loaded, list[Diagnostic]]:
    """Read and parse files and all that they import; `-` is standard input, whose folder is the current one.

    `root`: the folder that no path in a file may leave and that files are named from, by default that of the first
    file. The files themselves may lie anywhere. Never raises.
    """
    base = Root.of(paths, root)
    if root is not None and not base.is_folder():
        return Loaded(()), [no_folder(base.path)]
    loading = _Loading(base, [base.named(path) for path in paths])
    loading.run()
    return loading.result()


def load_places(base: Root, places: Sequence[Place], also: Sequence[Place]) -> tuple[Loaded, list[Diagnostic], int]:
    """The same of places that are known. `also`: more of them, behind all that the first lead to; the number is how
    many files were read before those.
    """
    loading = _Loading(base, places)
    loading.run()
    first = loading.count()
    loading.run(also)
    return *loading.result(), first


def load_text(text: str, name: str) -> tuple[Loaded, list[Diagnostic]]:
    """The same of a text that is at hand; it lies in no folder, so it cannot name other files."""
    loading = _Loading(None, [])
    loading.open(Source(name, text), None, None)
    loading.run()
    return loading.result()


@dataclass
class _Open:
    """A file whose imports are being read. `named_at`: the import that led to it."""

    source: Source
    place: Place | None
    imports: Iterator[syntax.Import]
    named_at: Span | None


@dataclass
class _Missing:
    """A file that cannot be read, and where files name it."""

    problem: Diagnostic
    related: str
    spans: list[Span]

    def diagnostic(self, order: Mapping[Source, int]) -> Diagnostic:
        first, *others = sorted(self.spans, key=lambda span: (order[span.source], span.start))
        file = {"file": self.problem.fields["file"]}
        related = tuple(Related(self.related, span, file) for span in others[:_MOST_PLACES])
        return replace(self.problem, span=first, file=None, related=related)


class _Loading:
    """One build's reading: depth first, and without recursion, since a chain of imports can be long."""

    def __init__(self, root: Root | None, named: Sequence[Place]) -> None:
        self._root = root
        self._named: dict[Hashable, Place] = {}
        for place in named:
            self._named.setdefault(place.key, place)
        self._diagnostics: list[Diagnostic] = []
        self._missing: dict[Hashable, _Missing] = {}
        self._files: dict[Source, syntax.File] = {}
        self._read: dict[Hashable, Source | None] = {}  # None: cannot be read
        self._imports: dict[Source, dict[Source, None]] = {}
        self._incomplete: set[Source] = set()
        self._lists: dict[Hashable, checked.ListFile | None] = {}
        self._list_files: dict[tuple[Source, str], checked.ListFile] = {}
        self._opened: list[str] = []
        self._places: dict[Source, Place] = {}
        self._list_places: dict[str, Place] = {}
        self._path: list[_Open] = []
        self._depth: dict[Source, int] = {}  # of the files on the path

    def count(self) -> int:
        """How many files were read so far."""
        return len(self._files)

    def run(self, more: Sequence[Place] = ()) -> None:
        """Read what is open and what is named, and all that these import."""
        self._follow()
        for place in more:
            self._named.setdefault(place.key, place)
        for place in self._named.values():
            if place.key not in self._read:
                self._enter(place, None)
                self._follow()

    def result(self) -> tuple[Loaded, list[Diagnostic]]:
        imports = {source: tuple(found) for source, found in self._imports.items()}
        incomplete = _with_importers(self._incomplete, imports)
        order = {source: at for at, source in enumerate(self._files)}
        unread = [found.diagnostic(order) for found in self._missing.values()]
        files = tuple(self._files.values())
        missing = tuple(map(repr, self._missing))
        opened = tuple(self._opened)
        loaded = Loaded(files, imports, self._list_files, incomplete, opened, self._places, self._list_places, missing)
        return loaded, self._diagnostics + unread

    def open(self, source: Source, place: Place | None, named_at: Span | None) -> None:
        """Parse a file and read its list files; its imports are next."""
        file, problems = parse(source)
        self._diagnostics += problems
        self._files[source] = file
        if place is not None:
            self._places[source] = place
        self._imports[source] = {}
        self._depth[source] = len(self._path)
        self._path.append(_Open(source, place, iter(file.imports), named_at))
        for entry in _list_files(file):
            self._read_list(entry.path)

    def _follow(self) -> None:
        while self._path:
            statement = next(self._path[-1].imports, None)
            if statement is None:
                del self._depth[self._path.pop().source]
            else:
                self._import(statement.path)

    def _import(self, path: syntax.String) -> None:
        by = self._path[-1].source
        place = self._reached(path)
        if place is None:
            self._incomplete.add(by)
            return
        place = self._named.get(place.key, place)
        if place.key not in self._read:
            self._enter(place, path.span)
        elif place.key in self._missing:
            self._missing[place.key].spans.append(path.span)
        elif (source := self._read[place.key]) in self._depth:
            self._report_circle(self._path[self._depth[source] :], path.span)
        source = self._read[place.key]
        if source is None:
            self._incomplete.add(by)
        else:
            self._imports[by][source] = None

    def _enter(self, place: Place, named_at: Span | None) -> None:
        """Read a file and open it. `named_at`: the import, None for one that is named on the command line."""
        source, problems = read(place.path) if place.key == STDIN_NAME else read_file(place.path, place.name)
        self._read[place.key] = source
        if source is not None:
            self._opened += [place.path] if place.key != STDIN_NAME else []
            self.open(source, place, named_at)
        elif place.key in self._named:
            self._diagnostics += problems
        else:
            self._report_unread(place.key, problems, "imported_here", named_at)

    def _read_list(self, path: syntax.String) -> None:
        place = self._reached(path)
        if place is None:
            return
        key = ("list", place.key)  # a plan's file may, by mistake, be named as a list too
        if key in self._missing:
            self._missing[key].spans.append(path.span)
        elif place.key not in self._lists:
            self._lists[place.key], problems = read_list_file(place.path, place.name)
            self._opened.append(place.path)
            self._list_places[place.name] = place
            self._report_unread(key, problems, "named_here", path.span)
        found = self._lists[place.key]
        if found is not None:
            self._list_files[self._path[-1].source, path.value] = found

    def _reached(self, path: syntax.String) -> Place | None:
        """The file that the one in work names; None, reported, if it may not."""
        by = self._path[-1].place
        if self._root is None or by is None:
            found: Place | Diagnostic = Diagnostic("E035", path.span, {"path": path.value})
        else:
            found = self._root.reached(path, by)
        if isinstance(found, Diagnostic):
            self._diagnostics.append(found)
            return None
        return found

    def _report_unread(self, key: Hashable, problems: list[Diagnostic], related: str, named_at: Span | None) -> None:
        """Report a file's problems; those that have no place in it, where it is named, and once for all who do."""
        for problem in problems:
            if problem.span is None and named_at is not None:
                self._missing[key] = _Missing(problem, related, [named_at])
            else:
                self._diagnostics.append(problem)

    def _report_circle(self, circle: Sequence[_Open], closed_at: Span) -> None:
        names = [opened.source.name for opened in circle]
        if len(names) > _LONGEST_CIRCLE:
            names[_LONGEST_CIRCLE // 2 : -_LONGEST_CIRCLE // 2] = ["…"]
        related = [
            Related("imported_here", opened.named_at, {"file": opened.source.name})
            for opened in circle[1 : _MOST_PLACES + 1]
            if opened.named_at is not None
        ]
        fields = {"circle": " -> ".join([*names, names[0]])}
        self._diagnostics.append(Diagnostic("E033", closed_at, fields, None, tuple(related)))


def _list_files(file: syntax.File) -> Iterator[syntax.ListFile]:
    for statement in chain(file.declarations, *(plan.statements for plan in file.plans)):
        if isinstance(statement, syntax.CallerList | syntax.Blacklist):
            yield from (entry for entry in statement.entries if isinstance(entry, syntax.ListFile))


def _with_importers(sources: Iterable[Source], imports: Mapping[Source, Iterable[Source]]) -> frozenset[Source]:
    """The sources, and all that import one of them, through others too."""
    importers: dict[Source, list[Source]] = {}
    for source, found in imports.items():
        for imported in found:
            importers.setdefault(imported, []).append(source)
    reached = set(sources)
    waiting = list(reached)
    while waiting:
        for source in importers.get(waiting.pop(), ()):
            if source not in reached:
                reached.add(source)
                waiting.append(source)
    return frozenset(reached)
