"""Many decisions in one call, without the interpreter's lock; tested by tests/test_batch.py.

The result is that of a loop in index order; batches of several threads run beside each other.
"""

from .ahead cimport (
    GROUP, Ahead, fetch_cell, fetch_conditions, fetch_node, fetch_plan, fetch_slot, fetch_target, fetch_words,
)
from .calls cimport finish
from .decide cimport decided
from .foresee cimport foresee
from .numbers cimport Party, read_party
from .outcome cimport Outcome


cdef inline void read_item(const Numbering* known, const Column* column, Py_ssize_t index, Party* out) noexcept nogil:
    """A number of a fixed width, which NULs fill up."""
    cdef const char* text = column.first + index * column.step
    cdef size_t length = column.width
    while length and text[length - 1] == 0:
        length -= 1
    read_party(known, text, length, out)


cdef inline void look_ahead(
    const Version* version, const Book* book, Desk* desk, Ahead* calls, Py_ssize_t count,
) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(count):
        fetch_slot(version, calls + i)
    for i in range(count):
        fetch_plan(version, calls + i)
    for i in range(count):
        fetch_conditions(version, calls + i)
    for i in range(count):
        fetch_cell(version, book, desk, calls + i)
    for i in range(count):
        fetch_node(version, calls + i)
    for i in range(count):
        fetch_target(version, calls + i)
    for i in range(count):
        fetch_words(version, book, calls + i)


cdef void decide_rows(
    const Version* version, Book* book, Desk* desk, const Numbering* known, const Column* called, const Column* caller,
    const Column* at, int64_t monotonic, bint count, bint ahead, Row* rows, Py_ssize_t size,
) noexcept nogil:
    cdef Ahead[GROUP] calls
    cdef Ahead* call
    cdef Outcome out
    cdef Py_ssize_t first = 0, i, some
    cdef bint is_mixed
    while first < size:
        is_mixed = False
        some = size - first if size - first < GROUP else <Py_ssize_t> GROUP
        for i in range(some):
            call = calls + i
            read_item(known, called, first + i, &call.called)
            read_item(known, caller, first + i, &call.caller)
            call.at = (<const int64_t*> (at.first + (first + i) * at.step))[0]
            is_mixed = is_mixed or call.called.value != calls[0].called.value
        if ahead and is_mixed:  # what one number's calls read is there after the first of them
            look_ahead(version, book, desk, calls, some)
        for i in range(some):
            call = calls + i
            if count:
                decided(version, book, desk, &call.called, &call.caller, call.at, monotonic, True, &out, NULL)
            else:
                foresee(version, book, desk, &call.called, &call.caller, call.at, monotonic, &out, NULL)
            rows[first + i].call = out.call
            rows[first + i].action = out.action
            rows[first + i].reason = out.reason
            rows[first + i].ring_seconds = out.ring_seconds
            rows[first + i].destination = out.destination
            rows[first + i].announcement = out.announcement
            rows[first + i].version = version.id
        first += some


cdef void end_rows(const Book* book, Desk* desk, const uint64_t* calls, uint8_t* ended, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(size):
        ended[i] = finish(book, desk, calls[i])
