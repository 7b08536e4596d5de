"""Makes a state folder, whole or not at all; tested by tests/test_state_creation.py.

It is made beside under another name, with all of its room set aside on the disk, and renamed when it is complete.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from . import operator_numbering, regions, state_files, state_folder, state_settings
from .boot import boot_id
from .errors import StateError
from .state_files import Keeper
from .state_folder import ACTIVATION, COUNTERS, NUMBERING, OWNERS, PLACEMENTS, TABLES, StateFolder
from .state_settings import Settings


class ExistingStateError(StateError):
    """There is something already where a state was to be made."""


def create(
    path: str | os.PathLike[str],
    calls: int = state_settings.CALLS,
    cells: int = state_settings.CELLS,
    longest_call: int = state_settings.LONGEST_CALL,
    grace: int | None = None,
    area: str | None = None,
    numbering: str | os.PathLike[str] | None = None,
    group: str | int | None = None,
) -> Settings:
    """Make a state folder and return its settings.

    `calls` are followed at once, `cells` counters have room; `longest_call` and `grace` are in seconds (None: as
    `longest_call`); `area` is as dialled; `numbering` is a CSV, which is copied; `group`, a name or number, may use the
    state beside its owner.

    Raises ExistingStateError where `path` is taken, StateError where it cannot be made (no room, not allowed, no folder
    to make it in, a network file system), NumberingError for a mistake in the CSV, ValueError and CallplanError as
    state_settings.checked.
    """
    state_folder.needs_linux()
    csv = None if numbering is None else operator_numbering.read_bytes(numbering)
    if numbering is not None and csv is not None:
        operator_numbering.table_of(os.fspath(numbering), csv)
    digest = None if csv is None else hashlib.sha256(csv).digest()
    settings = state_settings.checked(calls, cells, longest_call, grace, area, digest)
    gid = None if group is None else state_files.group_id(group)
    name = state_folder.name_of(path)
    target = Path(name)
    if target.name in ("", "..") or "\0" in name:
        raise StateError(f"{name!r} is no name for a new folder: give one such as acme.state")
    above = state_files.open_above(target.parent, name)
    try:
        state_folder.refuse_network(above, name)
        _create(above, target.name, name, settings, csv, gid)
    finally:
        os.close(above)
    return settings


def open_or_create(
    path: str | os.PathLike[str], make: Callable[[str | os.PathLike[str]], object] = create
) -> StateFolder:
    """Open a state, and make one where there is none, whoever else does so at this moment. `make`: by default with the
    usual settings.
    """
    try:
        return StateFolder(path)
    except state_folder.MissingStateError:
        with suppress(ExistingStateError):
            make(path)
        return StateFolder(path)


def _create(above: int, own: str, path: str, settings: Settings, csv: bytes | None, gid: int | None) -> None:
    beside = f".{own}.{secrets.token_hex(6)}{state_files.PART}"
    try:
        if state_files.is_there(own, above):
            raise _existing(path)
        os.mkdir(beside, 0o700, dir_fd=above)
        try:
            _fill(beside, above, path, settings, csv, gid)
            os.rename(beside, own, src_dir_fd=above, dst_dir_fd=above)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True, dir_fd=above)
            raise
        os.fsync(above)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise _existing(path) from None
        raise state_files.refused(state_files.MAKE, path, error) from None


def _existing(path: str) -> ExistingStateError:
    return ExistingStateError(f"{path} exists already: use it as it is, or choose another name")


def _fill(beside: str, above: int, path: str, settings: Settings, csv: bytes | None, gid: int | None) -> None:
    """All that is in a new state's folder. Raises OSError, StateError."""
    folder = state_files.open_folder(beside, path, above)
    try:
        found = os.fstat(folder)
        keeper = Keeper(found.st_uid, found.st_gid if gid is None else gid, gid is not None)
        for kind in (TABLES, PLACEMENTS):
            os.mkdir(kind, 0o700, dir_fd=folder)
            inner = state_files.open_folder(kind, path, folder)
            try:
                keeper.give(inner)
                os.fsync(inner)
            finally:
                os.close(inner)
        for name, size in ((OWNERS, regions.OWNER_ROOM), (ACTIVATION, 0)):
            with state_files.making(name, path, folder, keeper) as made:
                state_files.write(made, bytes(size))
        if csv is not None:
            with state_files.making(NUMBERING, path, folder, keeper) as made:
                state_files.write(made, csv)
        with state_files.making(COUNTERS, path, folder, keeper) as made:
            _set_aside(made, path, settings.regions.size)
            _begin(made, settings)
        keeper.give(folder)
        os.fsync(folder)
    finally:
        os.close(folder)


def _set_aside(descriptor: int, path: str, size: int) -> None:
    """Have the disk keep room for all of a new file, which reads as zeros. Raises OSError, StateError."""
    os.posix_fallocate(descriptor, 0, size)
    os.fsync(descriptor)  # some file systems choose blocks only now
    found = os.fstat(descriptor)
    if 512 * found.st_blocks < size:
        raise StateError(
            f"{path} is on a file system that sets no room aside for files ({512 * found.st_blocks} of {size} bytes): "
            "make the state on one that does, such as ext4 or XFS"
        )


def _begin(descriptor: int, settings: Settings) -> None:
    os.pwrite(descriptor, state_settings.header(settings), 0)
    assert regions.LIVE.fields is not None
    os.pwrite(descriptor, boot_id(), regions.LIVE_AT + regions.LIVE.fields["boot"][1])
