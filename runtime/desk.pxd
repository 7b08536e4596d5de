# What one thread brings along: its source of generations, the time that it decided at last, and where to look for a free
# record: first those that it freed last, which are warm in its cache.
from libc.stdint cimport uint32_t, uint64_t

from .atomics cimport cp_peek, cp_swap
from .book cimport CP_GENERATION, CP_HINT, CP_INDEX, GENERATION_SHIFT, INDEX_SHIFT, STATUS_DECIDING, STATUS_FREE, STATUS_MASK, Book, Call
from .clock cimport Local
from .fetch cimport cp_fetch_to_write
from .likely cimport likely, unlikely
from .layout cimport NONE

cdef extern from *:
    """
    /* Both halves of a product: the generator wyrand, by Wang Yi. */
    static inline uint64_t cp_mixed(uint64_t a, uint64_t b) {
        unsigned __int128 product = (unsigned __int128)a * b;
        return (uint64_t)(product >> 64) ^ (uint64_t)product;
    }
    """
    uint64_t cp_mixed(uint64_t a, uint64_t b) nogil

cdef enum:
    FREED_ROOM = 4094
    AHEAD = 4  # records: where they are taken one after another, none has been in use lately

ctypedef struct Desk:
    uint64_t random
    Local local
    uint64_t reserved  # the place word of a record that the next decision is to use, 0: none
    uint32_t hint
    uint32_t freed_count
    uint32_t[FREED_ROOM] freed


cdef inline void forget_time(Desk* desk) noexcept nogil:
    """Zones are those of a version of the tables."""
    desk.local.zone = NONE


cdef inline void open_desk(Desk* desk, uint64_t seed) noexcept nogil:
    desk.random = seed
    forget_time(desk)
    desk.hint = 0
    desk.freed_count = 0
    desk.reserved = 0


cdef inline uint64_t next_random(Desk* desk) noexcept nogil:
    desk.random += 0xA0761D6478BD642FULL
    return cp_mixed(desk.random, desk.random ^ 0xE7037ED1A0B428DBULL)


cdef inline uint64_t next_generation(Desk* desk) noexcept nogil:
    cdef uint64_t generation = next_random(desk) & CP_GENERATION
    return generation if likely(generation - 1 < CP_HINT - 1) else 1 << GENERATION_SHIFT  # neither 0 nor as a hint


cdef inline uint32_t reserved_index(const Desk* desk) noexcept nogil:
    return <uint32_t> ((desk.reserved & CP_INDEX) >> INDEX_SHIFT)


cdef inline bint take_record(Book* book, uint32_t at, uint64_t generation) noexcept nogil:
    """Whether the record was free; now it is one's own, in DECIDING."""
    cdef uint64_t found = cp_peek(book.states + at)
    return likely(found & STATUS_MASK == STATUS_FREE) and cp_swap(book.states + at, &found, generation | book.owner | STATUS_DECIDING)


cdef inline void fetch_record(const Book* book, uint32_t at) noexcept nogil:
    """The lines that a decision writes of a record, for the one after this."""
    cdef const Call* call = book.calls + at
    cp_fetch_to_write(call)
    cp_fetch_to_write(<const char*> call + 64)


cdef inline bint claim_warm(Book* book, Desk* desk, uint64_t generation, uint32_t* index) noexcept nogil:
    """Whether the first record that one looks at could be taken."""
    cdef uint32_t at = desk.hint
    if likely(desk.freed_count):
        at = desk.freed[desk.freed_count - 1]
        if unlikely(not take_record(book, at, generation)):
            return False
        desk.freed_count -= 1
        if likely(desk.freed_count):
            fetch_record(book, desk.freed[desk.freed_count - 1])
    elif at < book.max_calls and take_record(book, at, generation):
        desk.hint = at + 1
        fetch_record(book, at + AHEAD)
    else:
        return False
    index[0] = at
    return True


cdef inline void note_freed(Desk* desk, uint32_t index) noexcept nogil:
    if desk.freed_count < FREED_ROOM:
        desk.freed[desk.freed_count] = index
        desk.freed_count += 1


cdef inline uint32_t find_free(const Book* book, Desk* desk) noexcept nogil:
    """A record that looked free, NONE if each was found in use."""
    cdef uint32_t i, at
    while desk.freed_count:
        at = desk.freed[desk.freed_count - 1]
        if cp_peek(book.states + at) & STATUS_MASK == STATUS_FREE:
            return at
        desk.freed_count -= 1
    at = desk.hint
    for i in range(book.max_calls):
        if at >= book.max_calls:
            at = 0
        if cp_peek(book.states + at) & STATUS_MASK == STATUS_FREE:
            return at
        at += 1
    return NONE
