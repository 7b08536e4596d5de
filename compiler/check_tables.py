"""The names of one kind and what they stand for, in layers: a plan's own, those that its file sees, the built-in ones.

Tested by tests/test_check_names.py and tests/test_check_shared.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from . import syntax
from .suggest import Suggestions

T = TypeVar("T")


@dataclass(eq=False)
class Declared(Generic[T]):
    """A name that stands for something. `name`: where it is declared, None for a built-in one; `value`: None until it
    is known to be sound; `depth`: how deep it contains others of its kind.
    """

    text: str
    name: syntax.Name | None
    value: T | None = None
    used: bool = False
    depth: int = 0


@dataclass(eq=False)
class Table(Generic[T]):
    """The names of one kind: those of this layer, before those of `outer`, which they hide."""

    kind: str
    outer: Table[T] | None = None
    own: dict[str, Declared[T]] = field(default_factory=dict)
    borrowed: dict[str, Declared[T]] = field(default_factory=dict)  # from `outer`, as they came to be used
    _suggestions: Suggestions | None = None

    def __contains__(self, text: str) -> bool:
        return self.find(text) is not None

    def find(self, text: str) -> Declared[T] | None:
        """What a name stands for here."""
        table: Table[T] | None = self
        while table is not None:
            if text in table.own:
                return table.own[text]
            table = table.outer
        return None

    def hidden(self, text: str) -> Declared[T] | None:
        """What a name would stand for were it not declared in this layer."""
        return None if self.outer is None else self.outer.find(text)

    def is_first(self, name: syntax.Name) -> bool:
        """True where `name` is the declaration that counts, False where it is doubled."""
        found = self.own.get(name.text)
        return found is not None and found.name is name

    def declare(self, name: syntax.Name) -> syntax.Name | None:
        """Add a declaration; the first one of that name where there is one before it."""
        first = self.own.setdefault(name.text, Declared(name.text, name))
        return None if first.name is name else first.name

    def use(self, text: str) -> Declared[T] | None:
        """Find what a name stands for, which is then used."""
        found = self.find(text)
        if found is not None:
            found.used = True
            if text not in self.own:
                self.borrowed[text] = found
        return found

    def give(self, name: syntax.Name, value: T) -> None:
        """Say what a sound declaration stands for."""
        self.own[name.text].value = value

    def sound(self) -> dict[str, T]:
        """The sound values declared in this layer, in order, then those that it borrowed."""
        layers = (*self.own.values(), *self.borrowed.values())
        return {each.text: each.value for each in layers if each.value is not None}

    def nearest(self, text: str) -> str | None:
        """The name of this kind that a misspelt one most likely means."""
        if self._suggestions is None:
            self._suggestions = Suggestions(self.own)
        found = self._suggestions.nearest(text)
        return found if found is not None or self.outer is None else self.outer.nearest(text)
