"""Files and folders of a state, opened by the descriptor of the folder above them and trusted only after a look at
whose they are; tested by tests/test_state_folder.py.

No link is followed, and only regular files are opened. Every function raises StateError with the path and what to do.
"""

from __future__ import annotations

import errno
import grp
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .errors import StateError

MAKE = "make"  # what is done where a state is made
PART = ".part"  # how the name ends of what is not whole yet
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # O_NONBLOCK: a pipe in a file's place must not hold us up
_CHUNK = 1 << 24


@dataclass(frozen=True)
class Keeper:
    """Whose a state is: the user and group of its folder, and whether all of that group may use it."""

    uid: int
    gid: int
    shared: bool = False

    def give(self, descriptor: int) -> None:
        """Make an open file or folder the state's own, whoever made it: what root makes, too. Raises OSError."""
        if os.geteuid() == 0 or self.shared:
            os.fchown(descriptor, self.uid if os.geteuid() == 0 else -1, self.gid)
        mode = 0o700 if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 0o600
        os.fchmod(descriptor, mode | mode >> 3 if self.shared else mode)


def refused(doing: str, path: str, error: OSError) -> StateError:
    """`cannot DOING PATH: why; what to do`."""
    reason = (error.strerror or str(error)).lower()
    number = error.errno or 0
    remedy = (_WHEN_MAKING if doing == MAKE else _REMEDIES).get(number, _REMEDIES.get(number))
    return StateError(f"cannot {doing} {path}: {reason}" + (f"; {remedy}" if remedy else ""))


_NOT_ALLOWED = "do it as the owner of the state, as root, or, where it was made for a group, as one of that group"
_REMEDIES = {
    errno.ENOENT: "put it back from a copy, or make a new state with `callplan state create`",
    errno.ENOTDIR: "give the folder that `callplan state create` made",
    errno.EISDIR: "move away what is in its place",
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: "put the state on a file system that can be written",
    errno.ENOSPC: "make room on this file system, or make a state for fewer --calls and --cells",
    errno.EDQUOT: "make room within this user's disk quota, or make a state for fewer --calls and --cells",
    errno.EFBIG: "raise the size of files that this process may write (ulimit -f)",
    errno.EMFILE: "raise how many files this process may have open (ulimit -n)",
    errno.ENFILE: "raise how many files this machine may have open (sysctl fs.file-max)",
    errno.ENOMEM: "free memory, or make a state for fewer --calls and --cells",
    errno.ELOOP: "links are not followed: name what the link leads to",
}
_WHEN_MAKING = {
    errno.ENOENT: "make the folder that it is to be in first",
    errno.ENOTDIR: "name a place in a folder",
    errno.EACCES: "make it in a folder that this user may write, or as another user",
    errno.EPERM: "a group must be one that this user is in; or make it as root",
}


def open_folder(name: str, path: str, above: int | None = None) -> int:
    """Open a folder, `name` from the folder `above`. It is called `path` in errors."""
    try:
        return os.open(name, FOLDER, dir_fd=above)
    except OSError as error:
        if error.errno == errno.ENOTDIR and _is_link(name, above):
            error = OSError(errno.ELOOP, "it is a link")
        raise refused("open", path, error) from None
    except ValueError as error:  # a NUL in the path
        raise StateError(f"cannot open {path!r}: {error}") from None


def open_above(folder: Path, path: str) -> int:
    """Open the folder that a state `path` is to be made in; links to it are followed."""
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise refused(MAKE, path, error) from None


def is_there(name: str, above: int) -> bool:
    """Whether anything has this name in an open folder, be it a link that leads nowhere. Raises OSError."""
    try:
        os.stat(name, dir_fd=above, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _is_link(name: str, above: int | None) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=above, follow_symlinks=False).st_mode)
    except OSError:
        return False


def keeper_of(path: str, found: os.stat_result) -> Keeper:
    """Whose a folder is. Refuses one that is neither this user's nor root's, or that others may write."""
    if found.st_uid not in (os.geteuid(), 0) and os.geteuid() != 0:
        raise StateError(f"{path} belongs to {user(found.st_uid)}, not to {user(os.geteuid())} or root: {_NOT_ALLOWED}")
    shared = stat.S_IMODE(found.st_mode) & 0o070 == 0o070
    _check_mode(path, found, shared)
    return Keeper(found.st_uid, found.st_gid, shared)


def open_file(name: str, path: str, above: int, keeper: Keeper, flags: int = os.O_RDONLY) -> int:
    """Open a regular file that nobody but the state's own users may write."""
    descriptor = open_any(name, path, above, flags)
    try:
        check_file(path, os.fstat(descriptor), keeper)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def open_any(name: str, path: str, above: int, flags: int) -> int:
    """Open a file that check_file is still to look at."""
    try:
        return os.open(name, flags | _FILE, dir_fd=above)
    except OSError as error:
        if error.errno == errno.ELOOP:
            error = OSError(errno.ELOOP, "it is a link")
        raise refused("open", path, error) from None


def check_file(path: str, found: os.stat_result, keeper: Keeper) -> None:
    """Refuses what is no regular file, or not the state's own users' to write."""
    if not stat.S_ISREG(found.st_mode):
        raise StateError(f"{path} is not a regular file: move it away, and put back the file that stood there")
    check_trust(path, found, keeper)


def check_trust(path: str, found: os.stat_result, keeper: Keeper) -> None:
    """Refuses a file or folder in a state's that is not its own users' to write."""
    of_group = keeper.shared and found.st_gid == keeper.gid
    if found.st_uid not in (os.geteuid(), 0, keeper.uid) and not of_group:
        raise StateError(
            f"{path} belongs to {user(found.st_uid)}, who is no user of this state: give it to {user(keeper.uid)}"
        )
    _check_mode(path, found, of_group)


def _check_mode(path: str, found: os.stat_result, shared: bool) -> None:
    mode = stat.S_IMODE(found.st_mode)
    if mode & stat.S_IWOTH:
        raise StateError(
            f"{path} may be written by everybody (mode {mode:04o}): `chmod o-w` it if you trust what it holds"
        )
    if mode & stat.S_IWGRP and not shared:
        raise StateError(
            f"{path} may be written by its group, which the state was not made for (mode {mode:04o}): `chmod g-w` it "
            "if you trust what it holds, or make a state with --group"
        )


@contextmanager
def making(name: str, path: str, above: int, keeper: Keeper) -> Iterator[int]:
    """A descriptor to write, and to read again, a file that gets its name when the block ends without an error.

    Written beside under a name that ends in PART, synced, renamed, and the folder synced. OSError becomes StateError.
    """
    part = name + PART
    try:
        descriptor = os.open(
            part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=above
        )
        try:
            keeper.give(descriptor)
            yield descriptor
            os.fsync(descriptor)
            os.rename(part, name, src_dir_fd=above, dst_dir_fd=above)
        except BaseException:
            with suppress(OSError):
                os.unlink(part, dir_fd=above)
            raise
        finally:
            os.close(descriptor)
        os.fsync(above)
    except OSError as error:
        raise refused("write", path, error) from None


def write(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of `data`. Raises OSError."""
    rest = memoryview(data)
    while len(rest):
        rest = rest[os.write(descriptor, rest[:_CHUNK]) :]


def remove_parts(above: int) -> list[str]:
    """Remove what was not whole when a process died; the names. Raises OSError."""
    left = sorted(name for name in os.listdir(above) if name.endswith(PART))
    for name in left:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=above)
    return left


def user(uid: int) -> str:
    """`kamailio (uid 107)`."""
    try:
        return f"{pwd.getpwuid(uid).pw_name} (uid {uid})"
    except KeyError:
        return f"uid {uid}"


def group_id(group: str | int) -> int:
    """The number of a group by its name or number."""
    if isinstance(group, int) or (group.isascii() and group.isdigit()):
        return int(group)
    try:
        return grp.getgrnam(group).gr_gid
    except (KeyError, ValueError):  # ValueError: a NUL in it
        raise StateError(f"there is no group {group!r} on this machine: `getent group` lists them") from None
