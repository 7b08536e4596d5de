# One version of the tables, loaded.
from libc.stdint cimport uint32_t, uint64_t

from .numbers cimport Reader
from .outcome cimport Version

cdef class Loaded:
    cdef readonly object tables
    cdef readonly object named
    cdef readonly Reader reader
    cdef Version version
    cdef uint64_t[::1] slots
    cdef uint64_t[::1] spells
    cdef uint64_t[::1] dense
    cdef object counted
    cdef uint32_t max_calls
    cdef const uint32_t[::1] cells
    cdef object counters
    cdef object placement
    cdef int _index(self, object numbers) except -1
    cdef int _count(self, object limits, object cells, object runs) except -1
    cdef int place(self, object counters, object placement, uint32_t max_calls) except -1
    cdef bint drop_tails(self, object memory) except -1
    cdef int follow(self, Loaded newest) except -1
