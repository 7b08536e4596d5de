"""What callplan raises; tested by tests/test_api.py.

No call of an engine raises for what a caller dialled: these are for plans, files and state folders that cannot be used.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..compiler.diagnostics import Diagnostic


class CallplanError(Exception):
    """The base of all errors of callplan."""


class PlanError(CallplanError):
    """A plan that does not compile. As text: all of its diagnostics, with source lines and markers."""

    diagnostics: tuple[Diagnostic, ...]  # errors, warnings and notes, in file order

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        from ..compiler import render  # an engine never needs the compiler

        return render.text(self.diagnostics, colour=False).rstrip("\n")


class TablesError(CallplanError):
    """A file of tables that cannot be used: missing, cut, altered, foreign, or of another version."""


class StateError(CallplanError):
    """A state folder that cannot be used."""


class NumberingError(CallplanError):
    """A numbering table that cannot be used."""
