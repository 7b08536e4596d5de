# What becomes of the calls of a process that died, in whatever step; tested by tests/test_reclaim.py, and by
# tests/protocol for each step that a process can die before.
#
# One who reclaims first reads a state word and then makes sure that its owner was dead when it was read: a new process may
# have registered under the same number meanwhile, but then its incarnation has changed. The swap is of exactly that word.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset

from .atomics cimport cp_add, cp_load, cp_swap
from .book cimport (
    CP_GENERATION, CP_OWNER, ENDING, LEG_MASK, LEG_SHIFT, OWNER_SHIFT, OWNERS, STATUS_ANSWERED, STATUS_SETTLED,
    STATUS_DECIDING, STATUS_FORWARDING, STATUS_FREE, STATUS_MASK, STATUS_RINGING, Book, Call, free_place, give_back, place_word,
)
from .layout cimport MAX_QUOTAS

cdef extern from "owner_locks.h" nogil:
    int cp_owner_lives(int descriptor, uint32_t owner) noexcept

# What one look at the owners found, each asked when first needed.
ctypedef struct Census:
    uint8_t[OWNERS] known  # 0: not asked yet, 1: alive, 2: dead
    uint64_t[OWNERS] incarnation  # read before it was asked


cdef inline uint32_t owner_of(uint64_t state) noexcept nogil:
    return <uint32_t> ((state & CP_OWNER) >> OWNER_SHIFT)


cdef inline void open_census(Census* census) noexcept nogil:
    memset(census.known, 0, sizeof(census.known))


cdef inline bint was_dead(const Book* book, Census* census, uint64_t state) noexcept nogil:
    """Whether the owner of a state word that was read just now is dead for sure."""
    cdef uint32_t owner = owner_of(state)
    if owner == 0 or owner >= OWNERS or (state & CP_OWNER) == book.owner:
        return False
    if census.known[owner] == 0:
        census.incarnation[owner] = cp_load(&book.owners[owner].incarnation)
        census.known[owner] = 1 if cp_owner_lives(book.owners_file, owner) else 2
    return census.known[owner] == 2 and cp_load(&book.owners[owner].incarnation) == census.incarnation[owner]


cdef inline bint leave_behind(const Book* book, uint32_t index, uint64_t state) noexcept nogil:
    """Put a call whose owner died where others can go on with it; whether its record is free now.

    What a dead process was deciding is over: no switch has heard of it. Its quota places stay counted, since nobody knows
    which of them were charged. What it was forwarding rings where it rang before.
    """
    cdef Call* call = book.calls + index
    cdef uint64_t generation = state & CP_GENERATION
    cdef uint32_t status = <uint32_t> (state & STATUS_MASK), leg = <uint32_t> (state >> LEG_SHIFT) & LEG_MASK
    cdef uint32_t limit, place, taken
    cdef uint32_t[MAX_QUOTAS] words
    cdef uint32_t[MAX_QUOTAS] periods
    cdef uint32_t i
    if status == STATUS_DECIDING or status == STATUS_SETTLED:
        if not cp_swap(book.states + index, &state, generation | STATUS_FREE):
            return False
        cp_add(&book.live.reclaimed_deciding, 1)
        return True
    if status == STATUS_FORWARDING and state & ENDING:
        limit, place, taken = call.legs[leg].limit, call.legs[leg].place, call.returnable
        for i in range(<uint32_t> MAX_QUOTAS):
            words[i], periods[i] = call.quota_words[i], call.periods[i]
        if not cp_swap(book.states + index, &state, generation | STATUS_FREE):
            return False
        free_place(book, limit, place, place_word(generation, index, leg))
        give_back(book, taken, words, periods)
        cp_add(&book.live.reclaimed_forwarding, 1)
        return True
    if status == STATUS_FORWARDING:
        if cp_swap(book.states + index, &state, generation | STATUS_RINGING | leg << LEG_SHIFT):
            cp_add(&book.live.reclaimed_forwarding, 1)
    elif status == STATUS_RINGING or status == STATUS_ANSWERED:
        cp_swap(book.states + index, &state, state & ~CP_OWNER)
    return False


cdef inline void leave_all_behind(const Book* book, uint32_t owner) noexcept nogil:
    """What a process does that registers under the number of one that died, before its first decision."""
    cdef uint32_t i
    cdef uint64_t state
    for i in range(book.max_calls):
        state = cp_load(book.states + i)
        if owner_of(state) == owner and state & STATUS_MASK != STATUS_FREE:
            leave_behind(book, i, state)


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
            book.calls[index].orphaned = 0
            return True


cdef inline bint is_overdue(const Book* book, uint32_t index, int64_t monotonic) noexcept nogil:
    """Whether an orphan's time is up; notes when it was first seen."""
    cdef Call* call = book.calls + index
    if call.orphaned == 0:
        call.orphaned = <uint32_t> monotonic + 1
    return monotonic + 1 - call.orphaned >= book.grace or monotonic - call.began_monotonic >= book.longest_call
