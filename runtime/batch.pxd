# Many decisions in one call, without the interpreter's lock.
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from .book cimport Book
from .desk cimport Desk
from .numbers cimport Numbering
from .outcome cimport Version

# A row of what route_many returns: layout.DECISION
ctypedef struct Row:
    uint64_t call
    uint8_t action
    uint8_t reason
    uint16_t ring_seconds
    uint32_t destination
    uint32_t announcement
    uint32_t version

# A column of an input: items `step` bytes apart, 0 where one value stands for all.
ctypedef struct Column:
    const char* first
    Py_ssize_t step
    size_t width

cdef void decide_rows(
    const Version* version, Book* book, Desk* desk, const Numbering* known, const Column* called, const Column* caller,
    const Column* at, int64_t monotonic, bint count, bint ahead, Row* rows, Py_ssize_t size,
) noexcept nogil
cdef void end_rows(const Book* book, Desk* desk, const uint64_t* calls, uint8_t* ended, Py_ssize_t size) noexcept nogil
