"""Many decisions in one call, without the interpreter's lock; tested by tests/test_batch.py.

The result is that of a loop in index order; batches of several threads run beside each other.
"""

from libc.string cimport memset

from .ahead cimport (
    GROUP, Ahead, fetch_cell, fetch_conditions, fetch_node, fetch_plan, fetch_slot, fetch_target, fetch_words,
)
from .calls cimport finish
from .decide cimport Setting, decided_in, set_scene
from .foresee cimport foresee
from .numbers cimport Party, read_called, read_caller
from .outcome cimport Outcome

cdef extern from *:
    """
    #include <string.h>
    /* Whether two items of 8 to 16 bytes are the same, or two of any width are one. */
    static inline int cp_is_same(const char *one, const char *other, size_t width) {
        uint64_t a[2], b[2];
        if (one == other || width - 8 > 8)
            return one == other;
        memcpy(a, one, 8), memcpy(a + 1, one + width - 8, 8);
        memcpy(b, other, 8), memcpy(b + 1, other + width - 8, 8);
        return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0;
    }
    """
    bint cp_is_same(const char* one, const char* other, size_t width) nogil


cdef inline const char* item(const Column* column, Py_ssize_t index) noexcept nogil:
    return column.first + index * column.step


cdef inline size_t length_of(const char* text, size_t width) noexcept nogil:
    """How long a number of a fixed width is, which NULs fill up."""
    while width and text[width - 1] == 0:
        width -= 1
    return width


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


cdef inline void write_row(Row* row, const Outcome* out, uint32_t version) noexcept nogil:
    row.call = out.call
    row.action = out.action
    row.reason = out.reason
    row.ring_seconds = out.ring_seconds
    row.destination = out.destination
    row.announcement = out.announcement
    row.version = version


cdef void decide_rows(
    const Version* version, Book* book, Desk* desk, const Numbering* known, const Column* called, const Column* caller,
    const Column* at, int64_t monotonic, bint count, bint ahead, Row* rows, Py_ssize_t size,
) noexcept nogil:
    cdef Ahead[GROUP] calls
    cdef Ahead* call
    cdef const Party* before = NULL
    cdef Outcome out, seen  # two, so that `out`, whose address no function has, need not be in memory
    cdef Py_ssize_t first = 0, i, some
    cdef bint is_mixed
    cdef Setting setting  # many in a row have one
    cdef const char* text
    cdef const char* last = NULL
    memset(&setting, 0, sizeof(setting))
    while first < size:
        is_mixed = False
        some = size - first if size - first < GROUP else <Py_ssize_t> GROUP
        for i in range(some):
            call = calls + i
            text = item(called, first + i)
            if last != NULL and cp_is_same(text, last, called.width):  # many in a row call one number, mostly
                call.called = before[0]
            else:
                read_called(known, text, length_of(text, called.width), &call.called)
                is_mixed = is_mixed or i > 0
            last, before = text, &call.called
            text = item(caller, first + i)
            read_caller(known, text, length_of(text, caller.width), &call.caller)
            call.at = (<const int64_t*> item(at, first + i))[0]
        if ahead and is_mixed:  # what one number's calls read is there after the first of them
            look_ahead(version, book, desk, calls, some)
            setting.plan = NULL  # its time is no more the desk's
        for i in range(some):
            call = calls + i
            if count:
                if setting.plan == NULL or call.called.key != setting.called or call.at != setting.at:
                    set_scene(version, desk, &call.called, call.at, &setting)
                decided_in(version, book, desk, &setting, &call.caller, monotonic, True, &out, NULL)
                write_row(rows + first + i, &out, version.id)
            else:
                foresee(version, book, desk, &call.called, &call.caller, call.at, monotonic, &seen, NULL)
                write_row(rows + first + i, &seen, version.id)
        first += some


cdef void end_rows(const Book* book, Desk* desk, const uint64_t* calls, uint8_t* ended, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(size):
        ended[i] = finish(book, desk, calls[i])
