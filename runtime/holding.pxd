# The limits of a version of the tables: places of destinations, those included that a changed limit no longer gives out.
from libc.stdint cimport uint32_t, uint64_t

from .book cimport Book, free_place, has_place, places_held, take_place
from .likely cimport likely, unlikely
from .layout cimport Limit
from .outcome cimport Version


cdef inline uint32_t held_in_tails(const Version* version, const Book* book, const Limit* limit) noexcept nogil:
    """How many calls hold places that a limit no longer gives out."""
    cdef uint32_t i, held = 0
    if likely(version.tails_first == NULL):
        return 0
    for i in range(version.tails_first[limit.counter], version.tails_first[limit.counter + 1]):
        held += places_held(book, version.tails[2 * i] - 1, version.tails[2 * i + 1])
    return held


cdef inline uint32_t try_hold(const Version* version, const Book* book, const Limit* limit, uint64_t mine) noexcept nogil:
    """A place, 0 if each was found taken, those among them that the limit had before it was changed."""
    cdef uint32_t place = take_place(book, limit.at, limit.size, mine)
    cdef uint32_t left = held_in_tails(version, book, limit)
    # One takes its place before it counts, so that of several at once none passes the limit.
    if unlikely(left) and place and left + places_held(book, limit.at, limit.size) > limit.size:
        free_place(book, limit.at, place, mine)
        return 0
    return place


cdef inline bint has_free(const Version* version, const Book* book, const Limit* limit) noexcept nogil:
    cdef uint32_t left = held_in_tails(version, book, limit)
    return has_place(book, limit.at, limit.size) and (
        left == 0 or left + places_held(book, limit.at, limit.size) < limit.size
    )
