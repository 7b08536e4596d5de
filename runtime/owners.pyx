"""The processes that have a state open, and which of them live; tested by tests/test_owners.py.

A process locks the byte of the file `owners` that has its number. The lock is the process's, not the descriptor's: the
kernel frees it at its death, no child inherits it, and closing any descriptor of the file would drop it. So a process
opens the file once, here, however many engines share it. All but what is `nogil` is done with the interpreter's lock
held throughout, which takes the place of a lock of our own: one could be held by another thread at the time of a fork.
"""

import os
import time

from . import regions, state_files
from .errors import StateError

cimport cython
from libc.errno cimport errno
from libc.stdint cimport uint8_t, uint32_t, uint64_t

from .atomics cimport cp_add, cp_load, cp_store
from .present cimport Present

cdef extern from "owner_locks.h" nogil:
    int cp_owner_take(int descriptor, uint32_t owner) noexcept
    void cp_owner_drop(int descriptor, uint32_t owner) noexcept

assert OWNER_ROOM == regions.OWNER_ROOM

cdef dict OPEN = {}  # by device and inode of the file


@cython.final
cdef class Owners:
    """This process's share in one file `owners`."""

    def __cinit__(self):
        self.descriptor = -1
        self.spare = []
        self.versions = {}
        self.present = Present()

    cdef uint32_t register(self, HandOver hand_over, void* book) except NOBODY:
        """Become an owner, if this process is none yet, and hand over what a dead process left under its number.

        Returns the number. Raises StateError where all are taken.
        """
        cdef uint32_t own = self.own()
        if own == NOBODY:
            own = self.take_entry()
            self.handed_over = False
        if not self.handed_over and hand_over != NULL:
            hand_over(book, own)
            self.handed_over = True
        cp_store(self.present.word, own)
        return own

    cdef uint32_t take_entry(self) except NOBODY:
        cdef uint32_t i
        cdef int taken = 0
        cdef OwnerRecord* record
        for i in range(1, <uint32_t> OWNER_ROOM):
            taken = cp_owner_take(self.descriptor, i)
            if taken == 1:
                record = self.records + i
                cp_add(&record.incarnation, 1)
                cp_store(&record.version, 0)
                self.versions = dict.fromkeys(self.versions, 0)
                record.pid = os.getpid()
                record.since = int(time.time())
                record.in_use = 1
                return i
            if taken < 0:
                raise StateError(f"cannot lock {self.path}: {os.strerror(errno).lower()}")
        raise StateError(
            f"{OWNER_ROOM - 1} processes have {os.path.dirname(self.path)} open, and no more can: let some end, or open "
            "engines in fewer processes"
        )

    cdef int publish(self, size_t member, uint64_t version) except -1:
        cdef uint32_t own = self.own()
        if own == NOBODY:
            raise RuntimeError("publish() comes after registering")
        self.versions[member] = version
        cp_store(&self.records[own].version, min(self.versions.values()))
        return 0

    cdef int leave(self, size_t member) except -1:
        """The last member's leaving gives the entry back and closes the file. Calls that it has become orphans."""
        cdef uint32_t own = self.own()
        self.versions.pop(member, None)
        if self.versions:
            if own != NOBODY:
                cp_store(&self.records[own].version, min(self.versions.values()))
            return 0
        del OPEN[self.key]
        if own != NOBODY:
            self.records[own].in_use = 0
            cp_store(self.present.word, NOBODY)
            cp_owner_drop(self.descriptor, own)
        for each in (self.descriptor, *self.spare):
            os.close(each)
        self.descriptor = -1
        self.block = None
        return 0


@cython.final
cdef class Member:
    """See owners.pyi."""

    cdef void on_register(self, HandOver hand_over, void* book) noexcept:
        """What is called when this process becomes an owner, before it decides; `book` must outlive the member."""
        self.hand_over, self.book = hand_over, book

    cdef uint32_t registered(self) except NOBODY:
        if not self.joined:
            raise RuntimeError("this member has left")
        return self.owners.register(self.hand_over, self.book)

    def register(self):
        return self.registered()

    def publish(self, uint64_t version):
        if not self.joined:
            raise RuntimeError("this member has left")
        self.owners.publish(<size_t> <void*> self, version)

    @property
    def number(self):
        return self.owners.own() if self.joined else NOBODY

    def is_alive(self, uint32_t owner):
        cdef bint found
        if not self.joined:
            raise RuntimeError("this member has left")
        with nogil:
            found = self.owners.lives(owner)
        return found

    def leave(self):
        self.hand_over, self.book = NULL, NULL
        if self.joined:
            self.joined = False
            self.owners.leave(<size_t> <void*> self)

    def __del__(self):
        self.leave()


def join(state):
    """See owners.pyi."""
    cdef Member member
    cdef Owners owners = _owners(state)
    member = Member.__new__(Member)
    member.owners = owners
    member.joined = True
    owners.versions[<size_t> <void*> member] = 0
    if owners.own() != NOBODY:
        cp_store(&owners.records[owners.own()].version, 0)
    return member


cdef Owners _owners(object state):
    """What this process has of a state's file; it is opened if it is new."""
    cdef Owners owners
    cdef uint8_t[::1] block
    path = state.where("owners")
    try:
        found = os.stat("owners", dir_fd=state.folder, follow_symlinks=False)
    except OSError as error:
        raise state_files.refused("open", path, error) from None
    state_files.check_file(path, found, state.keeper)
    key = found.st_dev, found.st_ino
    if key in OPEN:
        return OPEN[key]
    descriptor = state_files.open_any("owners", path, state.folder, os.O_RDWR)
    found = os.fstat(descriptor)
    key = found.st_dev, found.st_ino
    if key in OPEN:  # another thread was here meanwhile, and closing the file would drop its lock
        owners = OPEN[key]
        owners.spare.append(descriptor)
        return owners
    try:
        state_files.check_file(path, found, state.keeper)
    except BaseException:
        os.close(descriptor)
        raise
    owners = Owners.__new__(Owners)
    block = state.block
    owners.records = <OwnerRecord*> &block[<Py_ssize_t> state.regions.owners_at]
    owners.block = memoryview(state.block)  # so that no closing of the state takes the memory away
    owners.descriptor, owners.path, owners.key = descriptor, path, key
    OPEN[key] = owners
    return owners
