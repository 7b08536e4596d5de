# The versions of the tables that are no longer in force.
from libc.stdint cimport uint32_t, uint64_t

from .book cimport Book
from .loaded cimport Loaded

cdef class Earlier:
    cdef dict by_number
    cdef Loaded of_call(self, const Book* book, uint64_t call, Loaded newest)
    cdef int forget(self, const Book* book) except -1
    cdef int follow(self, Loaded old, Loaded newest) except -1
    cdef list in_use(self)
    cdef object unknown(self, const Book* book, uint64_t call, Loaded newest)
    cdef Loaded get(self, object number)

cdef Earlier none_yet()
