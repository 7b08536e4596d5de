# What becomes of the calls of a process that died, in whatever step; tested by tests/test_reclaim.py and tests/kill, and in
# every order of steps by tests/protocol.
#
# Whoever reclaims has locked the dead process's byte of the file `owners`: so it is dead for sure, nobody else reclaims from
# it, and no new process takes its number meanwhile.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset

from .atomics cimport cp_add, cp_load, cp_swap
from .book cimport (
    CP_GENERATION, CP_OWNER, CP_TURN, ENDING, LEG_MASK, LEG_SHIFT, OWNER_SHIFT, OWNERS, STATUS_ANSWERED, STATUS_DECIDING, STATUS_FORWARDING,
    STATUS_FREE, STATUS_MASK, STATUS_RINGING, STATUS_SETTLED, TURN_SHIFT, Book, Call, place_word, try_end,
)
from .desk cimport Desk, note_freed

cdef extern from "owner_locks.h" nogil:
    int cp_owner_take(int descriptor, uint32_t owner) noexcept
    void cp_owner_drop(int descriptor, uint32_t owner) noexcept


cdef inline uint32_t owner_of(uint64_t state) noexcept nogil:
    return <uint32_t> ((state & CP_OWNER) >> OWNER_SHIFT)


cdef inline uint64_t without_owner(uint64_t state) noexcept nogil:
    """The word of an orphan, on its next turn."""
    return state & ~(CP_OWNER | CP_TURN) | (state + (1 << TURN_SHIFT)) & CP_TURN


cdef inline void clear_next_place(const Book* book, uint32_t index, uint64_t generation, uint32_t leg) noexcept nogil:
    """Free the place that a forward had taken, or was about to, when its process died."""
    cdef uint32_t position = book.calls[index].legs[leg + 1].place
    cdef uint64_t mine = place_word(generation, index, leg + 1)
    if 0 < position < book.word_room:
        cp_swap(book.words + position, &mine, 0)


cdef inline bint leave_behind(const Book* book, uint32_t index, uint32_t owner) noexcept nogil:
    """Put a call, if it is a dead process's, where others can go on with it; whether its record is free now.

    What that one was deciding is over: no switch has heard of it. Its quota places stay counted, since nobody knows which
    of them were charged. What it was forwarding rings where it rang before.
    """
    cdef uint64_t state = cp_load(book.states + index), generation
    cdef uint32_t status, leg
    while owner_of(state) == owner:
        generation = state & CP_GENERATION
        status = <uint32_t> (state & STATUS_MASK)
        leg = <uint32_t> (state >> LEG_SHIFT) & LEG_MASK
        if status == STATUS_FREE:
            return False
        if status == STATUS_DECIDING or status == STATUS_SETTLED:
            if cp_swap(book.states + index, &state, generation | STATUS_FREE):
                cp_add(&book.live.reclaimed_deciding, 1)
                return True
        elif status == STATUS_FORWARDING:
            clear_next_place(book, index, generation, leg)
            if state & ENDING:
                if try_end(book, index, &state, leg, True):
                    cp_add(&book.live.reclaimed_forwarding, 1)
                    return True
            elif cp_swap(book.states + index, &state, without_owner(state) - STATUS_FORWARDING + STATUS_RINGING):
                cp_add(&book.live.reclaimed_forwarding, 1)
                return False
        elif cp_swap(book.states + index, &state, without_owner(state)):
            return False
    return False


cdef inline void leave_all_behind(const Book* book, uint32_t owner) noexcept nogil:
    """For who has locked the byte of a dead owner."""
    cdef uint32_t i
    for i in range(book.max_calls):
        leave_behind(book, i, owner)


cdef inline uint32_t reclaim_dead(const Book* book, Desk* desk) noexcept nogil:
    """Take over from each dead owner; how many records are free by it. One thread of a process at a time."""
    cdef uint8_t[OWNERS] seen
    cdef uint32_t i, owner, freed = 0
    cdef uint64_t state
    memset(seen, 0, sizeof(seen))
    for i in range(book.max_calls):
        state = cp_load(book.states + i)
        if state & STATUS_MASK != STATUS_FREE:
            seen[owner_of(state)] = 1
    for owner in range(1, <uint32_t> OWNERS):
        # One's own byte must not be tried: it would seem free, and be free then.
        if not seen[owner] or owner == owner_of(book.owner) or cp_owner_take(book.owners_file, owner) != 1:
            continue
        for i in range(book.max_calls):
            if leave_behind(book, i, owner):
                note_freed(desk, i)
                freed += 1
        cp_owner_drop(book.owners_file, owner)
    return freed


cdef inline bint adopt(const Book* book, uint32_t index, uint64_t generation) noexcept nogil:
    """Make an orphan one's own; whether the call is in progress, whoever has it now."""
    cdef uint64_t state = cp_load(book.states + index)
    cdef uint32_t status
    while True:
        status = <uint32_t> (state & STATUS_MASK)
        if (state ^ generation) & CP_GENERATION or status == STATUS_FREE:
            return False
        if state & CP_OWNER or (status != STATUS_RINGING and status != STATUS_ANSWERED):
            return True
        if cp_swap(book.states + index, &state, state | book.owner):
            return True


# An orphan's stamp: whose (26 bits of its generation, its turn) and the monotonic second at which it was first seen.
cdef inline uint64_t stamp_of(uint64_t state, int64_t monotonic) noexcept nogil:
    return state >> 38 << 38 | (state & CP_TURN) << (32 - TURN_SHIFT) | <uint32_t> monotonic


cdef inline bint is_overdue(const Book* book, uint32_t index, uint64_t state, int64_t monotonic) noexcept nogil:
    """Whether the time is up of an orphan with that state word; notes when it was first seen."""
    cdef Call* call = book.calls + index
    cdef uint64_t found = cp_load(&call.orphaned), stamp = stamp_of(state, monotonic)
    if found >> 32 != stamp >> 32:
        if not cp_swap(&call.orphaned, &found, stamp):
            return False
        found = stamp
    return monotonic - <int64_t> (found & 0xFFFFFFFFULL) >= book.grace or (
        monotonic - call.began_monotonic >= book.longest_call
    )
