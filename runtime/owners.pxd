# Which processes have a state open: one entry a process, and a lock that tells whether it lives.
from libc.stdint cimport uint32_t, uint64_t

from .atomics cimport cp_load
from .book cimport OwnerRecord
from .present cimport Present

cdef extern from "owner_locks.h" nogil:
    int cp_owner_lives(int descriptor, uint32_t owner) noexcept

cdef enum:
    OWNER_ROOM = 1024
    NOBODY = 0

# What the books do before a process decides as an owner: whatever has that number was left by a dead process.
ctypedef void (*HandOver)(void* book, uint32_t owner) noexcept nogil


cdef class Owners:
    cdef int descriptor  # of the file `owners`, the only one of this process that counts
    cdef list spare  # other descriptors of it, which must stay open: closing any would drop the lock
    cdef OwnerRecord* records  # OWNER_ROOM of them, in the state's memory
    cdef object block  # keeps that memory
    cdef object path
    cdef tuple key  # in the registry
    cdef Present present  # this process's number; NOBODY before it is registered, and after a fork
    cdef bint handed_over
    cdef dict versions  # by the id of a Member what it may still decide by

    cdef uint32_t register(self, HandOver hand_over, void* book) except NOBODY
    cdef uint32_t take_entry(self) except NOBODY
    cdef int publish(self, size_t member, uint64_t version) except -1
    cdef int leave(self, size_t member) except -1

    cdef inline uint32_t own(self) noexcept nogil:
        """This process's number; NOBODY where it has yet to register, being new or forked."""
        return <uint32_t> cp_load(self.present.word)

    cdef inline bint lives(self, uint32_t owner) noexcept nogil:
        """Whether an owner's process is alive: a system call, except for one's own number."""
        if owner == NOBODY or owner >= <uint32_t> OWNER_ROOM:
            return False
        return owner == self.own() or cp_owner_lives(self.descriptor, owner)


cdef class Member:
    cdef readonly Owners owners
    cdef bint joined
    cdef HandOver hand_over
    cdef void* book

    cdef void on_register(self, HandOver hand_over, void* book) noexcept
    cdef uint32_t registered(self) except NOBODY
