"""A state: the folder that processes share their counts by, opened; tested by tests/test_state_folder.py.

    acme.state/
      counters       the memory of the books (regions.py), mapped by every process
      owners         a byte for each process that has it open, which that process locks (owners.pyx)
      activation     locked while one process changes the tables in force (activation_lock.py)
      numbering.csv  if the state was made with one
      tables/        read-only copies of tables, by their digest
      placements/    where the counters of a version of the tables stand

state_creation.py makes one. Linux only.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from . import file_systems, operator_numbering, regions, state_files, state_settings
from .activation_lock import locked
from .errors import StateError
from .numbering import Table
from .state_settings import Settings

COUNTERS, OWNERS, ACTIVATION, NUMBERING = "counters", "owners", "activation", "numbering.csv"
TABLES, PLACEMENTS = "tables", "placements"
WAIT = 30.0  # seconds for another process's activation
_NAME = re.compile(r"[0-9a-z]{1,100}\.[a-z]{1,20}")


class MissingStateError(StateError):
    """There is nothing where a state should be."""


class StateFolder:
    """A state that passed every check and is mapped.

    `path`: its name in messages. `folder`: a descriptor of it. `keeper`: whose it is. `settings`: what it was made
    with. `regions`: where what stands in `block`, which is its memory, writable and shared with other processes.
    """

    path: str
    folder: int = -1
    keeper: state_files.Keeper
    settings: Settings
    regions: regions.Regions
    block: mmap.mmap

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open a state.

        Raises MissingStateError where there is none, StateError where it cannot be used: no folder, a link, of another
        user, for others to write, foreign, cut, damaged, sparse, of another version or byte order, read-only, or on a
        file system of a network.
        """
        needs_linux()
        self.path = name_of(path)
        self.folder = _open(self.path)
        try:
            refuse_network(self.folder, self.path)
            self.keeper = state_files.keeper_of(self.path, os.fstat(self.folder))
            self._map()
        except BaseException:
            os.close(self.folder)
            self.folder = -1
            raise

    def _map(self) -> None:
        path = self.where(COUNTERS)
        self._refuse_read_only(path)
        descriptor = state_files.open_file(COUNTERS, path, self.folder, self.keeper, os.O_RDWR)
        try:
            found = os.fstat(descriptor)
            _check_group(path, found, self.keeper)
            self.settings = state_settings.read_header(path, os.pread(descriptor, regions.PAGE, 0), found.st_size)
            check_room(path, found)
            self.regions = self.settings.regions
            self.block = mmap.mmap(descriptor, found.st_size, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        except OSError as error:
            raise state_files.refused("map", path, error) from None
        finally:
            os.close(descriptor)

    def _refuse_read_only(self, path: str) -> None:
        """Its owner would only be told that permission is denied, and root be let in."""
        with suppress(OSError):  # opening it says why
            found = os.stat(COUNTERS, dir_fd=self.folder, follow_symlinks=False)
            if stat.S_ISREG(found.st_mode) and not found.st_mode & stat.S_IWUSR:
                raise StateError(f"{path} is read-only (mode {stat.S_IMODE(found.st_mode):04o}): `chmod u+w` it")

    def __enter__(self) -> StateFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if self.folder >= 0:  # an engine that was dropped without being closed
            os.close(self.folder)

    def close(self) -> None:
        """Let the folder go; the memory goes with the last that looks at it."""
        if self.folder >= 0:
            os.close(self.folder)
            self.folder = -1
            with suppress(BufferError):
                self.block.close()

    def where(self, *names: str) -> str:
        """The path of a file of the state, for messages."""
        return os.path.join(self.path, *names)  # noqa: PTH118

    def numbering(self) -> Table | None:
        """The state's own numbering table, None: the built-in one. Raises StateError, NumberingError."""
        if self.settings.numbering is None:
            return None
        path = self.where(NUMBERING)
        descriptor = state_files.open_file(NUMBERING, path, self.folder, self.keeper)
        try:
            with open(descriptor, "rb") as file:  # noqa: PTH123
                data = file.read((operator_numbering.MOST_MIB << 20) + 1)
        except OSError as error:
            raise state_files.refused("read", path, error) from None
        if hashlib.sha256(data).digest() != self.settings.numbering:
            raise StateError(f"{path} is not what the state was made with: put that back, or make a new state with it")
        return operator_numbering.table_of(path, data)

    def open(self, kind: str, name: str) -> int:
        """A descriptor to read a file in TABLES or PLACEMENTS. Raises StateError where it is missing or not safe."""
        with self._inner(kind, name) as above:
            return state_files.open_file(name, self.where(kind, name), above, self.keeper)

    @contextmanager
    def making(self, kind: str, name: str) -> Iterator[int]:
        """A descriptor to write a file in TABLES or PLACEMENTS, and to look at it again, as state_files.making.

        For who holds the activation lock.
        """
        with (
            self._inner(kind, name) as above,
            state_files.making(name, self.where(kind, name), above, self.keeper) as made,
        ):
            yield made

    def names(self, kind: str) -> list[str]:
        """What is in TABLES or PLACEMENTS, sorted."""
        with self._inner(kind) as above:
            return sorted(name for name in os.listdir(above) if _NAME.fullmatch(name))  # noqa: PTH208

    def remove(self, kind: str, name: str) -> None:
        """Remove a file in TABLES or PLACEMENTS, if it is there. For who holds the activation lock."""
        with self._inner(kind, name) as above, suppress(FileNotFoundError):
            os.unlink(name, dir_fd=above)

    @contextmanager
    def _inner(self, kind: str, name: str | None = None) -> Iterator[int]:
        """A descriptor of one of the two inner folders. OSError becomes StateError."""
        if kind not in (TABLES, PLACEMENTS) or (name is not None and not _NAME.fullmatch(name)):
            raise ValueError(f"no file of a state: {kind}/{name}")
        path = self.where(kind)
        descriptor = state_files.open_folder(kind, path, self.folder)
        try:
            state_files.check_trust(path, os.fstat(descriptor), self.keeper)
            yield descriptor
        except OSError as error:
            raise state_files.refused("use", path, error) from None
        finally:
            os.close(descriptor)

    @contextmanager
    def activation(self, seconds: float = WAIT) -> Iterator[None]:
        """Holds the lock of who changes the tables in force, and first removes what a killed one has left half made.

        Waits up to `seconds` for another holder, then raises StateError.
        """
        path = self.where(ACTIVATION)
        descriptor = state_files.open_file(ACTIVATION, path, self.folder, self.keeper, os.O_RDWR)
        with locked(descriptor, path, seconds):
            for kind in (TABLES, PLACEMENTS):
                with self._inner(kind) as above:
                    state_files.remove_parts(above)
            yield


def needs_linux() -> None:
    """Raises StateError on other systems, which lack some of the promises that a state is built on."""
    if sys.platform != "linux":
        raise StateError("a state folder needs Linux: use an engine without a state")


def name_of(path: str | os.PathLike[str]) -> str:
    """The path without what would make the system look behind a link: a slash or a dot at its end."""
    return os.fspath(Path(os.fsdecode(path)))


def refuse_network(folder: int, path: str) -> None:
    """Raises StateError for an open folder on a file system of a network."""
    try:
        found = file_systems.network(folder)
    except OSError as error:
        raise state_files.refused("look at the file system of", path, error) from None
    if found is not None:
        raise StateError(
            f"{path} is on a network file system ({found}), where processes cannot share counts: put the state on a "
            "disk of this machine, or in its memory below /dev/shm"
        )


def check_room(path: str, found: os.stat_result) -> None:
    """Refuses a file that the disk has no room set aside for: a full one would end a process that writes to it."""
    if 512 * found.st_blocks < found.st_size:
        raise StateError(
            f"{path} has holes, as copying leaves them, and a full disk would end a process that writes there: while "
            f"nobody uses the state, run `fallocate -l {found.st_size} {path}`, or put the state on a file system that "
            "sets room aside, such as ext4 or XFS"
        )


def _open(path: str) -> int:
    try:
        return state_files.open_folder(path, path)
    except StateError as refused:
        # What opening it said counts: by a second look another process may have made it.
        if not isinstance(refused.__context__, FileNotFoundError) and os.path.lexists(path.replace("\0", "")):
            raise
        raise MissingStateError(str(refused)) from None


def _check_group(path: str, found: os.stat_result, keeper: state_files.Keeper) -> None:
    if keeper.shared and (found.st_gid != keeper.gid or not found.st_mode & stat.S_IWGRP):
        folder = Path(path).parent
        raise StateError(
            f"{folder} is for its group to use, but {path} is not: `chmod 700 {folder}`, or make a state with --group"
        )
