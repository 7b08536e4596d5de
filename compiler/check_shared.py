"""Which names each file of a build sees: its own and those of all files that it imports (language.md 2.5 to 2.7).

Tested by tests/test_check_shared.py. Files that see the same names share one layer of them, so that a build of many
plans that import one file costs no more than the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from . import syntax
from .check_names import FileScope, Layer, built_in
from .check_tables import Declared
from .diagnostics import Related
from .source import Source

_MOST_LAYERS = 32  # over one another; a chain of imports may be long, and looking a name up goes through all layers

Imports = Mapping[Source, Sequence[Source]]


class Shared:
    """What files declare outside plans. `scopes`: of the files that do, each after those of the files it imports."""

    def __init__(self, files: Sequence[syntax.File], imports: Imports, incomplete: Collection[Source]) -> None:
        self.scopes: list[FileScope] = []
        self._views: dict[Source, Layer] = {}
        self._built_in = built_in()
        self._layers = {0: self._built_in}  # by what is seen there, a bit for each scope
        self._doubled: set[Declared[Any]] = set()
        by_source = {file.source: file for file in files}
        order, circular = _inside_out(by_source, imports)
        imported = {source for sources in imports.values() for source in sources}
        seen: dict[Source, int] = {}
        for source in order:
            file = by_source[source]
            below = 0
            for other in imports.get(source, ()):
                below |= seen.get(other, 0)
            view = self._view(below)
            unknown = source in circular or source in incomplete
            if file.declarations or file.broken or unknown:
                scope = FileScope(file, view)
                scope.declare()
                self._report_doubled(scope, view)
                view = scope.layer
                view.unknown |= unknown
                if source in imported:
                    below |= 1 << len(self.scopes)
                    self._layers[below] = view
                self.scopes.append(scope)
            seen[source] = below
            self._views[source] = view

    def layer(self, source: Source) -> Layer:
        """The names that the plans of a file see."""
        return self._views[source]

    def _view(self, seen: int) -> Layer:
        layer = self._layers.get(seen)
        if layer is None or layer.depth > _MOST_LAYERS:
            layer = self._layers[seen] = self._merged(seen)
        return layer

    def _merged(self, seen: int) -> Layer:
        """One layer of all names of several files; of a doubled one the first."""
        merged = Layer(self._built_in)
        for at in _bits(seen):
            scope = self.scopes[at]
            self._report_doubled(scope, merged)
            for into, table in zip(merged.tables, scope.layer.tables, strict=True):
                for text, found in table.own.items():
                    into.own.setdefault(text, found)
            merged.unread |= scope.layer.unread
            merged.unknown |= scope.layer.unknown
        return merged

    def _report_doubled(self, scope: FileScope, others: Layer) -> None:
        """Report the names of a file that stand in `others`, from earlier files, too; each once in a build."""
        for table, other in zip(scope.layer.tables, others.tables, strict=True):
            for text, found in table.own.items():
                first = other.find(text)
                if first is None or first.name is None or found.name is None:
                    continue
                if found not in self._doubled:
                    self._doubled.add(found)
                    found.used = first.used = True
                    related = (Related("first_declared", first.name.span),)
                    scope.report("E103", found.name.span, None, related, kind=table.kind, name=text)


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _inside_out(files: Mapping[Source, syntax.File], imports: Imports) -> tuple[list[Source], set[Source]]:
    """The files, each after those that it imports, and those that import one on the way to which they lie."""
    order: list[Source] = []
    circular: set[Source] = set()
    begun: set[Source] = set()
    done: set[Source] = set()
    for start in files:
        path = [] if start in begun else [(start, iter(imports.get(start, ())))]
        begun.add(start)
        while path:
            source, rest = path[-1]
            for other in rest:
                if other in begun:
                    if other not in done:
                        circular.add(source)
                    continue
                begun.add(other)
                path.append((other, iter(imports.get(other, ()))))
                break
            else:
                path.pop()
                done.add(source)
                order.append(source)
    return order, circular
