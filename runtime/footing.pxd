# What an engine stands on; engine.pyx has what it does with it.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from .atomics cimport cp_word
from .book cimport Book
from .call_ids cimport Ids
from .desk cimport Desk
from .desks cimport Desks
from .loaded cimport Loaded
from .numbers cimport Reader
from .owners cimport Member
from .present cimport Present
from .versions cimport Earlier

cdef enum:
    OPEN = 0
    CLOSED = 1
    DRAFT = 2

cdef class Footing:
    cdef object __weakref__
    cdef Loaded loaded  # in force
    cdef Earlier earlier
    cdef object memory
    cdef object prefixes
    cdef object area
    cdef object clock
    cdef uint8_t[::1] block
    cdef Book book
    cdef Desk desk
    cdef int barred
    cdef int64_t second  # of the wall clock in which the monotonic one was read
    cdef int64_t monotonic
    cdef int batches  # that run now
    cdef bint reloading
    cdef Desks desks  # of batches that are over
    cdef int waiting  # batches that a reload holds up
    cdef Ids ids
    cdef object shared  # an Attachment, None without a state
    cdef Member member  # of the owners of that state
    cdef Present page
    # What a call looks at first: the version that this process is at, 0 where it is closed or was forked, and that in force.
    cdef cp_word* present
    cdef const cp_word* in_force
    cdef int64_t failed  # second in which the version in force could not be loaded

    cdef int _stand_nowhere(self) except -1
    cdef int _open_alone(self, object opened, object area, object numbering, uint32_t max_calls, int64_t longest_call) except -1
    cdef int _open_shared(self, object state, object opened, object wanted) except -1
    cdef int _open_book(self, object block, object regions, int64_t longest_call) except -1
    cdef int _sit_down(self) except -1
    cdef int _note_version(self) except -1
    cdef Loaded _load(self, object number)
    cdef Reader _reader(self, object tables)
    cdef int attend(self, bint of_draft) except -1
    cdef int _come_anew(self) except -1
    cdef int _move_on(self) except -1
    cdef int _reload(self, object opened, bint allow_reset) except -1
    cdef Loaded version_of(self, uint64_t call)
    cdef int refuse(self) except -1
    cdef int _leave(self) except -1
