"""Many decisions in one call, without the interpreter's lock; tested by tests/test_batch.py.

The result is that of a loop in index order; batches of several threads run beside each other.
"""

from libc.string cimport memchr

from .calls cimport finish
from .decide cimport decide
from .numbers cimport Party, read_party
from .outcome cimport Outcome


cdef inline void read_item(const Numbering* known, const Column* column, Py_ssize_t index, Party* out) noexcept nogil:
    """A number of a fixed width, which NULs fill up."""
    cdef const char* text = column.first + index * column.step
    cdef const void* end = memchr(text, 0, column.width)
    read_party(known, text, column.width if end == NULL else <size_t> (<const char*> end - text), out)


cdef void decide_rows(
    const Version* version, Book* book, Desk* desk, const Numbering* known, const Column* called, const Column* caller,
    const Column* at, int64_t monotonic, bint count, Row* rows, Py_ssize_t size,
) noexcept nogil:
    cdef Party to, who
    cdef Outcome out
    cdef Py_ssize_t i
    for i in range(size):
        read_item(known, called, i, &to)
        read_item(known, caller, i, &who)
        decide(
            version, book, desk, &to, &who, (<const int64_t*> (at.first + i * at.step))[0], monotonic, count, &out, NULL
        )
        rows[i].call = out.call
        rows[i].action = out.action
        rows[i].reason = out.reason
        rows[i].ring_seconds = out.ring_seconds
        rows[i].destination = out.destination
        rows[i].announcement = out.announcement
        rows[i].version = version.id


cdef void end_rows(const Book* book, Desk* desk, const uint64_t* calls, uint8_t* ended, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(size):
        ended[i] = finish(book, desk, calls[i])
