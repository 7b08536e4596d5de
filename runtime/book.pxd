# The books: calls in progress, places, quota counts and split tickets, in one block of memory that processes may share.
#
#   header (page) | owners | versions | state words, one a call | call records, one a call | call ids | directory | words
#
# A call's state word is the truth about it: its generation, whose it is, how many legs it has had, and its status. Every
# step of a call is one change of that word; what else is written belongs to whoever holds the word in DECIDING, SETTLED or
# FORWARDING.
#
#   63 ... 24 generation | 23 ... 18 turn | 17 ... 8 owner | 7 ending | 6 5 4 leg | 3 ... 0 status
#
# The owner is the process that decided or forwarded the call last; 0: an orphan, whose owner died. The turn counts how often
# that happened. A process that dies in the middle of a step leaves the word as it was before that step, and reclaim.pxd says
# what becomes of it.
#
# A limit's place is a word that names the call and leg holding it (generation << 24 | index << 4 | leg), or 0. A place
# whose call is over or has moved on is known as such by looking at the state word, so nothing can disagree with the calls.
# A quota is two words: period << 32 | count, and one kept for counts reserved on disk. A split is one word, its tickets.
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from .atomics cimport cp_hint, cp_load, cp_peek, cp_swap, cp_word
from .layout cimport MAX_QUOTAS
from .likely cimport likely, unlikely

cdef enum:
    STATUS_FREE = 0
    STATUS_DECIDING = 1
    STATUS_RINGING = 2
    STATUS_ANSWERED = 3
    STATUS_FORWARDING = 4
    STATUS_SETTLED = 5  # still being decided, and surely the call of its id (call_ids.pxd)
    STATUS_MASK = 15
    OWNER_SHIFT = 8
    TURN_SHIFT = 18
    OWNERS = 1024
    ALONE = 1  # the owner of all calls where there is no state folder
    LEG_SHIFT = 4
    LEG_MASK = 7
    ENDING = 128
    INDEX_SHIFT = 4
    GENERATION_SHIFT = 24
    MAX_LEGS = 8
    CALL_ID_BYTES = 256

cdef extern from *:
    """
    #define CP_GENERATION (~0xFFFFFFULL)
    #define CP_OWNER 0x03FF00ULL
    #define CP_TURN 0xFC0000ULL
    #define CP_INDEX 0xFFFFF0ULL
    #define CP_HINT 0xFFFFFFFF00000000ULL
    """
    const uint64_t CP_GENERATION
    const uint64_t CP_OWNER
    const uint64_t CP_TURN
    const uint64_t CP_INDEX
    const uint64_t CP_HINT

# One try of a call at a destination. Positions count counter words; 0: none.
ctypedef struct Leg:
    uint32_t destination
    uint32_t limit  # position of the destination's limit
    uint32_t place  # position of the place that the leg holds there
    uint32_t times  # seconds after the call began << 8 | why it was left: 0 not, 1 busy, 2 no answer, 3 unreachable

# A place in a quota, as one store writes it.
ctypedef struct Charge:
    uint32_t word  # position of the quota
    uint32_t period  # that it was charged to

ctypedef struct Call:
    # The first two cache lines are all that a call without a forward writes.
    uint64_t called  # as in Party.key
    uint64_t caller
    int64_t began  # POSIX seconds
    int64_t began_monotonic  # seconds of the monotonic clock, for longest_call
    cp_word answered  # generation | 1 + seconds after it began; the generation alone: not answered, or not noted
    uint32_t version  # of the tables that it began with
    uint32_t plan
    uint32_t call_id_bytes
    uint16_t area  # the caller's origin: ordinal and line
    uint8_t line
    uint8_t quotas  # bit i: a place in the plan's quota i
    uint8_t returnable  # those of quotas that it gives back if it ends unanswered
    uint8_t[7] pad
    Charge[MAX_QUOTAS] charges  # of each quota
    Leg[MAX_LEGS] legs
    uint8_t[CALL_ID_BYTES] call_id  # the switch's own, for adoption and retransmissions
    cp_word orphaned  # when its owner was found dead; reclaim.pxd's stamp
    uint8_t[8] pad2

# Of each process that has registered; regions.py's OWNER. `version`: the oldest of the tables that it may still decide by,
# 0: any.
ctypedef struct OwnerRecord:
    cp_word incarnation
    cp_word version
    uint32_t pid
    uint32_t in_use
    int64_t since
    uint8_t[32] pad

# What changes in the header while processes run; regions.py's LIVE.
ctypedef struct Live:
    cp_word in_force
    uint8_t[56] pad
    cp_word previous
    cp_word last_version
    cp_word reclaimed_deciding
    cp_word reclaimed_forwarding
    cp_word ended_orphans
    cp_word ended_reconciled
    char[48] boot

ctypedef struct Book:
    cp_word* states
    Call* calls
    cp_word* words
    uint32_t max_calls
    uint32_t word_room
    uint64_t owner  # as in a state word
    int64_t longest_call  # seconds
    int64_t none_lost_before  # monotonic: no call in progress can be longer than longest_call until then
    # With a state folder, else NULL and 0:
    Live* live
    int64_t grace  # seconds that an orphan has
    int owners_file  # descriptor of the file whose byte i a living owner i has locked


cdef inline uint64_t place_word(uint64_t generation, uint32_t index, uint32_t leg) noexcept nogil:
    return generation | <uint64_t> index << INDEX_SHIFT | leg


cdef inline bint is_held(const Book* book, uint64_t place) noexcept nogil:
    """Whether the call that a place names still holds it. Of one place this never turns from false to true.

    So the next leg's counts too, whether or not the call is being forwarded: who takes a place over may be slow.
    """
    cdef uint32_t index = <uint32_t> ((place & CP_INDEX) >> INDEX_SHIFT)
    cdef uint32_t leg = <uint32_t> (place & LEG_MASK), own
    cdef uint64_t state
    if place == 0 or index >= book.max_calls:
        return False
    state = cp_load(book.states + index)
    own = <uint32_t> (state >> LEG_SHIFT) & LEG_MASK
    if (state ^ place) & CP_GENERATION or state & STATUS_MASK == STATUS_FREE:
        return False
    return leg == own or leg == own + 1


# Limits: words[at] is a hint where to look (with CP_HINT, so that it cannot be taken for a place or a quota), its `size`
# places stand behind it.


cdef inline uint32_t take_place(const Book* book, uint32_t at, uint32_t size, uint64_t mine, uint32_t* note) noexcept nogil:
    """The position of a place taken, 0 if each was found taken: mostly where the hint says.

    `note`, where it is not NULL, has the position before the place is taken: of a process that dies then, one knows it.
    """
    cdef cp_word* places = book.words + at + 1
    cdef uint32_t start = <uint32_t> cp_peek(book.words + at), i, j
    cdef uint64_t found = 0
    if note != NULL:
        note[0] = at + 1 + start
    if likely(start < size) and likely(cp_swap(places + start, &found, mine)):
        cp_hint(book.words + at, CP_HINT | start + 1)
        return at + 1 + start
    if start >= size:
        start = 0
    for i in range(size):
        j = start + i if start + i < size else start + i - size
        found = cp_load(places + j)
        if note != NULL:
            note[0] = at + 1 + j
        if found == 0 and cp_swap(places + j, &found, mine):
            cp_hint(book.words + at, CP_HINT | j + 1)
            return at + 1 + j
    for i in range(size):  # the places of calls long over
        found = cp_load(places + i)
        if note != NULL:
            note[0] = at + 1 + i
        if not is_held(book, found) and cp_swap(places + i, &found, mine):
            return at + 1 + i
    return 0


cdef inline bint has_place(const Book* book, uint32_t at, uint32_t size) noexcept nogil:
    cdef uint32_t i, start = <uint32_t> cp_peek(book.words + at)
    if start < size and cp_peek(book.words + at + 1 + start) == 0:
        return True
    for i in range(size):
        if cp_peek(book.words + at + 1 + i) == 0:
            return True
    for i in range(size):
        if not is_held(book, cp_load(book.words + at + 1 + i)):
            return True
    return False


cdef inline uint32_t places_held(const Book* book, uint32_t at, uint32_t size) noexcept nogil:
    cdef uint32_t i, held = 0
    for i in range(size):
        held += is_held(book, cp_load(book.words + at + 1 + i))
    return held


cdef inline void free_place(const Book* book, uint32_t at, uint32_t position, uint64_t mine) noexcept nogil:
    """Give a place back unless someone has taken it over already."""
    cdef uint64_t found = mine
    if position and cp_swap(book.words + position, &found, 0):
        found = cp_peek(book.words + at)
        # By now another activation may have given the words to another counter: only what is a hint may be changed.
        if likely(found >= CP_HINT):
            cp_swap(book.words + at, &found, CP_HINT | position - at - 1)


# Quotas


cdef inline uint32_t take_quota(cp_word* word, uint32_t period, uint32_t allowed) noexcept nogil:
    """The period that one more call was charged to, 0 if that one is exhausted. A passed period counts in the newest."""
    cdef uint64_t found = cp_load(word), wanted
    while True:
        if unlikely((found >> 32) < period):
            wanted = <uint64_t> period << 32 | 1
        elif unlikely((found & 0xFFFFFFFFULL) >= allowed):
            return 0
        else:
            wanted = found + 1
        if likely(cp_swap(word, &found, wanted)):
            return <uint32_t> (wanted >> 32)


cdef inline bint has_quota(const cp_word* word, uint32_t period, uint32_t allowed) noexcept nogil:
    cdef uint64_t found = cp_load(word)
    return (found >> 32) < period or (found & 0xFFFFFFFFULL) < allowed


cdef inline void return_quota(cp_word* word, uint32_t period) noexcept nogil:
    """Take one call off the period that it was charged to; nothing where that is closed."""
    cdef uint64_t found = cp_load(word)
    while (found >> 32) == period and (found & 0xFFFFFFFFULL) > 0:
        if cp_swap(word, &found, found - 1):
            return


cdef inline void give_back(const Book* book, uint32_t taken, const Charge* charges) noexcept nogil:
    """Return a place in each quota of a set of bits."""
    while taken:
        if taken & 1:
            return_quota(book.words + charges.word, charges.period)
        taken >>= 1
        charges += 1


# The end of a call


# The quota places that a call gives back if it ends unanswered.
ctypedef struct Quotas:
    uint32_t taken
    Charge[MAX_QUOTAS] charges


cdef inline void open_quotas(const Call* call, bint unanswered, Quotas* out) noexcept nogil:
    out.taken = call.returnable if unanswered else 0
    if out.taken:
        memcpy(out.charges, call.charges, sizeof(out.charges))


cdef inline bint try_end(const Book* book, uint32_t index, uint64_t* state, uint32_t leg, bint unanswered) noexcept nogil:
    """Whether the call's state word was `state`: then it is over now, its place free, and what it gives back is given.

    Else `state` is what the word is. The record is read while it is surely this call's: the swap proves that it was.
    """
    cdef const Call* record = book.calls + index
    cdef uint64_t generation = state[0] & CP_GENERATION
    cdef uint32_t limit = record.legs[leg].limit, place = record.legs[leg].place
    cdef Quotas open
    open_quotas(record, unanswered, &open)
    if not cp_swap(book.states + index, state, generation | STATUS_FREE):
        return False
    free_place(book, limit, place, place_word(generation, index, leg))
    give_back(book, open.taken, open.charges)
    return True
