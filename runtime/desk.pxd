# What one thread brings along: its source of generations, and where to look for a free record: first those that it freed
# last, which are warm in its cache.
from libc.stdint cimport uint32_t, uint64_t

from .atomics cimport cp_peek
from .book cimport STATUS_FREE, STATUS_MASK, Book
from .layout cimport NONE

cdef enum:
    FREED_ROOM = 254

ctypedef struct Desk:
    uint64_t random
    uint32_t hint
    uint32_t freed_count
    uint32_t[FREED_ROOM] freed


cdef inline void open_desk(Desk* desk, uint64_t seed) noexcept nogil:
    desk.random = seed
    desk.hint = 0
    desk.freed_count = 0


cdef inline uint64_t next_random(Desk* desk) noexcept nogil:
    cdef uint64_t x
    desk.random += 0x9E3779B97F4A7C15ULL
    x = desk.random
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL
    return x ^ (x >> 31)


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
