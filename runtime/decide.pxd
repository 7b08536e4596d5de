# One decision over one version of the tables and the books.
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from .book cimport Book
from .layout cimport Sections
from .numbers cimport Party

cdef enum:
    TRACE_ROOM = 4096
    FREED_ROOM = 254

# An entry of a trace; kinds and meanings in trace.py.
ctypedef struct Mark:
    uint32_t kind
    uint32_t outcome
    uint32_t a
    uint32_t b

ctypedef struct Trace:
    uint32_t count
    uint32_t day
    uint32_t minute
    int64_t offset
    Mark[TRACE_ROOM] marks

# One version of the tables, ready to decide with.
ctypedef struct Version:
    Sections tables
    const uint32_t* cells_of  # by counter: where its words stand in the book
    const uint64_t* slots  # the index of served numbers: number << 30 | plan, 0 where empty
    uint32_t slots_shift
    uint32_t slots_mask
    uint32_t id

# What one thread brings along: its source of generations, and where to look for a free record: first those that it
# freed last, which are warm in its cache.
ctypedef struct Desk:
    uint64_t random
    uint32_t hint
    uint32_t freed_count
    uint32_t[FREED_ROOM] freed

ctypedef struct Outcome:
    uint64_t call
    uint32_t destination  # NONE where there is none
    uint32_t announcement
    uint32_t plan
    uint16_t area
    uint16_t ring_seconds
    uint8_t line
    uint8_t action
    uint8_t reason

cdef void decide(
    const Version* version, Book* book, Desk* desk, const Party* called, const Party* caller,
    int64_t at, int64_t monotonic, bint count, Outcome* out, Trace* trace,
) noexcept nogil
cdef void forward(
    const Version* version, Book* book, Desk* desk, uint64_t call, uint32_t cause, int64_t at, int64_t monotonic, Outcome* out,
) noexcept nogil
cdef uint32_t find_plan(const Version* version, uint64_t number) noexcept nogil
cdef bint answer(const Book* book, uint64_t call, int64_t at) noexcept nogil
cdef bint finish(const Book* book, Desk* desk, uint64_t call) noexcept nogil
cdef uint32_t sweep(Book* book, Desk* desk, int64_t monotonic) noexcept nogil
