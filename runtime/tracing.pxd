# What is asked of an engine, as C values, and what explains the answer.
from libc.stdint cimport int64_t

from .book cimport Book
from .desk cimport Desk
from .loaded cimport Loaded
from .numbers cimport Party, Reader

ctypedef struct Question:
    Party called
    Party caller
    int64_t at  # POSIX seconds
    int64_t monotonic

cdef int set_origin(Reader reader, object origin, Party* caller) except -1
cdef tuple traced(Loaded loaded, Book* book, Desk* desk, const Question* asked)
cdef dict held_by_quotas(const Book* book)
