# The limits of a version of the tables: which places they give out, and which they only count.
#
# Most limits have one run of places, the first `limit` behind their hint. One whose number was changed while it was in use
# may have a list of segments (placement.py): further runs that it gives out, and tails, which calls may hold that got them
# by an earlier number.
from libc.stdint cimport uint32_t, uint64_t

from .book cimport Book, free_place, has_place, places_held, take_place
from .likely cimport likely, unlikely
from .layout cimport Limit
from .outcome cimport Version


# Where the hint of a segment stands, before its first place, and how many places it has.
cdef inline uint32_t hint_at(const uint32_t* own, uint32_t segment) noexcept nogil:
    return own[2 + 2 * segment] - 1


cdef inline uint32_t places_of(const uint32_t* own, uint32_t segment) noexcept nogil:
    return own[3 + 2 * segment]


cdef inline uint32_t held_from(const Book* book, const uint32_t* own, uint32_t first, uint32_t end) noexcept nogil:
    """How many calls hold places of some of a limit's segments."""
    cdef uint32_t i, held = 0
    for i in range(first, end):
        held += places_held(book, hint_at(own, i), places_of(own, i))
    return held


cdef inline uint32_t hold_in_segments(
    const Version* version, const Book* book, const Limit* limit, uint64_t mine, uint32_t* note,
) noexcept nogil:
    """As try_hold, for a limit with segments."""
    cdef const uint32_t* own = version.segments + limit.segments
    cdef uint32_t i, left, place = 0
    for i in range(own[0]):
        place = take_place(book, hint_at(own, i), places_of(own, i), mine, note)
        if place:
            break
    if place == 0:
        return 0
    left = held_from(book, own, own[0], own[1])
    # One takes its place before it counts, so that of several at once none passes the limit.
    if left and left + held_from(book, own, 0, own[0]) > limit.size:
        free_place(book, hint_at(own, i), place, mine)
        return 0
    return place


cdef inline uint32_t try_hold(
    const Version* version, const Book* book, const Limit* limit, uint64_t mine, uint32_t* note,
) noexcept nogil:
    """A place, 0 if each was found taken, those among them that the limit had before it was changed."""
    if unlikely(limit.segments):
        return hold_in_segments(version, book, limit, mine, note)
    return take_place(book, limit.at, limit.size, mine, note)


cdef inline uint32_t hint_of(const Version* version, const Limit* limit, uint32_t place) noexcept nogil:
    """Where the hint stands of the run that a place taken is in."""
    cdef const uint32_t* own
    cdef uint32_t i
    if likely(limit.segments == 0):
        return limit.at
    own = version.segments + limit.segments
    for i in range(own[0]):
        if place - hint_at(own, i) <= places_of(own, i):
            return hint_at(own, i)
    return limit.at


cdef inline bint has_free(const Version* version, const Book* book, const Limit* limit) noexcept nogil:
    cdef const uint32_t* own
    cdef uint32_t i, left
    if likely(limit.segments == 0):
        return has_place(book, limit.at, limit.size)
    own = version.segments + limit.segments
    for i in range(own[0]):
        if has_place(book, hint_at(own, i), places_of(own, i)):
            left = held_from(book, own, own[0], own[1])
            return left == 0 or left + held_from(book, own, 0, own[0]) < limit.size
    return False


cdef inline uint32_t held_in(const Version* version, const Book* book, const Limit* limit) noexcept nogil:
    """How many calls a limit has."""
    cdef const uint32_t* own
    if likely(limit.segments == 0):
        return places_held(book, limit.at, limit.size)
    own = version.segments + limit.segments
    return held_from(book, own, 0, own[1])
