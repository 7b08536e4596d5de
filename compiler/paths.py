"""What the paths of a build mean: on the command line, and in `import` and `file`; tested by tests/test_paths.py.

Paths are resolved as they are spelt (`a/../b` is `b`), so that a file has the name that people see; where links lead is
looked at on top of that.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath
from typing import NamedTuple

from . import syntax
from .diagnostics import Diagnostic
from .reading import STANDARD_INPUT, STDIN_NAME, as_text

StrPath = str | os.PathLike[str]


class Place(NamedTuple):
    """A file that is to be read.

    `path`: how it is opened and shown. `name`: its path from the root. `key`: equal for all paths to one file.
    """

    path: str
    name: str
    key: Hashable


@dataclass(frozen=True)
class Root:
    """The folder that files are named from; see loading.load."""

    path: str
    _folders: dict[str, str] = field(default_factory=dict, compare=False, repr=False)  # where they really are
    _stats: dict[str, os.stat_result | None] = field(default_factory=dict, compare=False, repr=False)
    _names: dict[str, str] = field(default_factory=dict, compare=False, repr=False)  # of folders, as names begin
    _may_name: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)  # files in folders

    @classmethod
    def of(cls, paths: Sequence[StrPath], root: StrPath | None) -> Root:
        """The folder `root`, or else that of the first path."""
        if root is not None:
            return cls(os.fspath(root))
        first = os.fspath(paths[0]) if paths else ""
        return cls("" if first == STANDARD_INPUT else _folder(first))

    @property
    def shown(self) -> str:
        return as_text(self.path or ".")

    def is_folder(self) -> bool:
        try:
            return Path(self.path).is_dir()
        except ValueError:
            return False

    def named(self, path: StrPath) -> Place:
        """A file that is named on the command line; it may lie anywhere."""
        path = os.fspath(path)
        if path == STANDARD_INPUT:
            return Place(path, STDIN_NAME, STDIN_NAME)
        return Place(path, self._name(path), self._key(path))

    def reached(self, path: syntax.String, by: Place) -> Place | Diagnostic:
        """A file that a file names; a diagnostic if it may not."""
        value = path.value
        if value.startswith("/"):
            return Diagnostic("E030", path.span, {"path": value}, "relative_path")
        folder = "" if by.key == STDIN_NAME else os.path.dirname(by.path)
        full = os.path.normpath(os.path.join(folder, value))
        fields = {"path": value, "root": self.shown}
        if not _is_below(_absolute(full), self._absolute):
            return Diagnostic("E031", path.span, fields, "give_root")
        if not _is_below(self._really(full), self._real):
            return Diagnostic("E032", path.span, fields, "give_root")
        return Place(full, self._name(full), self._key(full))

    def again(self, place: Place) -> Place | None:
        """A file that a file named in an earlier build, where it is now; None if it may not be named any more."""
        folder = os.path.dirname(place.path)
        if folder not in self._may_name:
            real = _is_below(_real(folder), self._real)
            self._may_name[folder] = real and _is_below(_absolute(folder), self._absolute)
        try:
            found = os.lstat(place.path)
        except (OSError, ValueError):
            return None
        if stat.S_ISLNK(found.st_mode):
            below = _is_below(_real(place.path), self._real)
        else:
            self._stats.setdefault(place.path, found)
            below = True
        if not (below and self._may_name[folder]):
            return None
        return Place(place.path, place.name, self._key(place.path))

    def stat(self, path: str) -> os.stat_result | None:
        """What the system says of a file, as it was when a build first asked; None where there is none."""
        if path not in self._stats:
            try:
                self._stats[path] = os.stat(path)
            except (OSError, ValueError):
                self._stats[path] = None
        return self._stats[path]

    def _key(self, path: str) -> Hashable:
        """The file itself, where there is one: links, hard ones too, and other spellings lead to the same."""
        found = self.stat(path)
        return _absolute(path) if found is None else (found.st_dev, found.st_ino)

    @cached_property
    def _absolute(self) -> str:
        return _absolute(self.path)

    @cached_property
    def _real(self) -> str:
        return _real(self.path)

    def _really(self, path: str) -> str:
        """Where a file is, through links; where its folder is is looked up once in a build."""
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = _real(folder)
        found = f"{self._folders[folder].rstrip('/')}/{name}"
        return _real(path) if name == ".." or os.path.islink(found) else found

    def _name(self, path: str) -> str:
        """Its path from the root; what in it is no text, which a file's name may be, is replaced."""
        if not path:
            return path
        folder, name = os.path.split(path)
        if name in ("", ".", ".."):
            return as_text(self._below(path))
        if folder not in self._names:
            below = self._below(folder)
            self._names[folder] = "" if below == "." else f"{below}/"
        return as_text(self._names[folder] + name)

    def _below(self, path: str) -> str:
        return os.path.relpath(_absolute(path), self._absolute)


def _folder(path: str) -> str:
    return os.fspath(PurePath(path).parent) if path else ""


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def _absolute(path: str) -> str:
    try:
        here = "" if path.startswith("/") else os.getcwd()
    except OSError:  # it has been removed
        here = "/"
    return "/" + os.path.normpath(os.path.join(here, path)).lstrip("/")


def _real(path: str) -> str:
    try:
        return os.path.realpath(path or ".")
    except (OSError, ValueError):  # reading says what is wrong with it
        return _absolute(path)
