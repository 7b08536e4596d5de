"""What kind of file system a file lies on, and whether a state folder may; tested by tests/test_state_folder.py.

A state folder's memory is shared through the page cache of one kernel, and its locks are that kernel's: a file system
that several machines see, or that a server process answers for, keeps neither promise.
"""

from __future__ import annotations

import ctypes
import os

# By the magic number that statfs tells (statfs(2) and linux/magic.h).
NETWORK = {
    0x6969: "NFS",
    0x517B: "SMB",
    0xFF534D42: "CIFS",
    0xFE534D42: "SMB2",
    0x01021997: "9p",
    0x65735546: "FUSE",
    0x5346414F: "AFS",
    0x6B414653: "AFS",
    0x73757245: "Coda",
    0x564C: "NCP",
    0x00C36400: "Ceph",
    0x01161970: "GFS2",
    0x7461636F: "OCFS2",
    0x0BD00BD0: "Lustre",
    0x47504653: "GPFS",
    0x19830326: "BeeGFS",
    0x20030528: "OrangeFS",
    0xAAD7AAEA: "PanFS",
    0x786F4256: "VirtualBox shared folder",
    0xBACBACBC: "VMware shared folder",
}
_ROOM = 64  # longs; struct statfs has less than a fourth of it, and its first member is the magic number


def magic_of(descriptor: int) -> int:
    """The magic number of the file system that an open file lies on. Raises OSError."""
    found = (ctypes.c_long * _ROOM)()
    if ctypes.CDLL(None, use_errno=True).fstatfs(descriptor, found):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return found[0] & 0xFFFFFFFF


def network(descriptor: int) -> str | None:
    """What an open file's file system is called if it is one that a state folder must not lie on. Raises OSError."""
    return NETWORK.get(magic_of(descriptor))
