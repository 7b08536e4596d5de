"""The life of a call: its record, its places, and what a switch reports of it; tested by tests/test_engine.py.

Every function runs without the interpreter's lock. A call's steps are changes of its state word (book.pxd), so any thread
or process may take the next one.
"""

from .atomics cimport cp_add, cp_load, cp_store, cp_swap, cp_word
from .book cimport (
    CP_GENERATION, CP_INDEX, CP_OWNER, ENDING, INDEX_SHIFT, LEG_MASK, LEG_SHIFT, MAX_LEGS, STATUS_ANSWERED, STATUS_FORWARDING,
    STATUS_FREE, STATUS_MASK, STATUS_RINGING, Call, Quotas, free_place, open_quotas, place_word,
    try_end,
)
from .desk cimport claim_warm, find_free, note_freed
from .holding cimport has_free, held_in, hint_of, try_hold
from .layout cimport (
    ACTION_CONNECT, BUILT_IN_BUSY, MAX_QUOTAS, NONE, REASON_BUSY, REASON_FORWARDED, Plan, Sections,
)
from .likely cimport likely
from .outcome cimport announce, in_progress, no_such_call
from .reclaim cimport is_overdue, leave_all_behind, reclaim_dead


cdef bint claim(Book* book, Desk* desk, uint64_t generation, int64_t monotonic, uint32_t* index) noexcept nogil:
    """Whether a record was free, if need be after a sweep; now it is one's own, in DECIDING."""
    cdef uint32_t at
    while not claim_warm(book, desk, generation, index):
        at = find_free(book, desk)
        if at == NONE:
            if sweep(book, desk, monotonic) == 0:
                return False
        elif desk.freed_count == 0:
            desk.hint = at
    return True


cdef uint32_t hold_after_sweep(
    const Version* version, Book* book, Desk* desk, const Limit* limit, uint64_t mine, uint32_t* note, int64_t monotonic,
) noexcept nogil:
    """A place where all were found taken, once the calls that are lost have been ended; 0: it is full."""
    return try_hold(version, book, limit, mine, note) if sweep(book, desk, monotonic) else 0


cdef bint has_room(
    const Version* version, Book* book, Desk* desk, const Limit* limit, int64_t monotonic,
) noexcept nogil:
    if limit.limit > book.max_calls:
        return True  # there are fewer calls than places: what is short is a record
    return has_free(version, book, limit) or (sweep(book, desk, monotonic) and has_free(version, book, limit))


cdef uint32_t held_places(const Version* version, const Book* book, const Limit* limit) noexcept nogil:
    """How many calls a limit has."""
    return held_in(version, book, limit)


# What a switch reports of a call

cdef enum:
    MOST_SECONDS = 0xFFFFFF  # after which an answer is noted as that late


cdef inline bint read_handle(const Book* book, uint64_t call, uint32_t* index) noexcept nogil:
    index[0] = <uint32_t> ((call & CP_INDEX) >> INDEX_SHIFT)
    return index[0] < book.max_calls and call & CP_GENERATION and call & LEG_MASK == 0 and call & 8 == 0


cdef inline void release(const Book* book, Call* call, uint32_t index, uint64_t generation, uint32_t leg) noexcept nogil:
    free_place(book, call.legs[leg].limit, call.legs[leg].place, place_word(generation, index, leg))


cdef inline void note_answer(Call* call, uint64_t generation, int64_t at) noexcept nogil:
    """Note when a call was answered, unless its record has become another call's meanwhile."""
    cdef uint64_t unnoted = generation, seconds = <uint64_t> (at - call.began) if at > call.began else 0
    cp_swap(&call.answered, &unnoted, generation | (seconds + 1 if seconds < MOST_SECONDS else MOST_SECONDS))


cdef bint answer(const Book* book, uint64_t call, int64_t at) noexcept nogil:
    """Whether the call was in progress and unanswered; from now on it is answered."""
    cdef uint32_t index
    cdef uint64_t state
    if not read_handle(book, call, &index):
        return False
    state = cp_load(book.states + index)
    while (state ^ call) & CP_GENERATION == 0 and state & STATUS_MASK == STATUS_RINGING:
        if cp_swap(book.states + index, &state, state - STATUS_RINGING + STATUS_ANSWERED):
            note_answer(book.calls + index, call & CP_GENERATION, at)
            return True
    return False


cdef bint finish(const Book* book, Desk* desk, uint64_t call) noexcept nogil:
    """Whether the call was in progress; now it is over and its place is free."""
    cdef uint32_t index, leg, status
    cdef uint64_t state
    if not read_handle(book, call, &index):
        return False
    state = cp_load(book.states + index)
    while (state ^ call) & CP_GENERATION == 0:
        status = <uint32_t> (state & STATUS_MASK)
        if likely(status == STATUS_RINGING or status == STATUS_ANSWERED):
            leg = <uint32_t> (state >> LEG_SHIFT) & LEG_MASK
            if try_end(book, index, &state, leg, status == STATUS_RINGING):
                note_freed(desk, index)
                return True
        elif status == STATUS_FORWARDING:
            if state & ENDING:
                return False
            if cp_swap(book.states + index, &state, state | ENDING):
                return True  # whoever is forwarding it ends it
        else:
            return False
    return False


cdef inline bint was_offered(const Version* version, const Call* call, uint32_t legs, uint32_t dial_id) noexcept nogil:
    cdef uint32_t i
    for i in range(legs):
        if version.tables.destinations[call.legs[i].destination].dial_id == dial_id:
            return True
    return False


cdef void forward(
    const Version* version, Book* book, Desk* desk, uint64_t call, uint32_t cause, int64_t at, int64_t monotonic, Outcome* out,
) noexcept nogil:
    """What becomes of a call after busy (0), no answer (1) or another failure (2) at its destination."""
    cdef const Sections* tables = &version.tables
    cdef const Plan* plan
    cdef const Limit* own
    cdef const uint32_t* targets
    cdef Call* record
    cdef uint64_t state, generation = call & CP_GENERATION, held, wanted, mine
    cdef uint32_t index, leg, i, place = 0, limit = 0
    if not read_handle(book, call, &index):
        no_such_call(out)
        return
    state = cp_load(book.states + index)
    while True:
        if (state ^ call) & CP_GENERATION:
            no_such_call(out)
            return
        if state & STATUS_MASK == STATUS_FORWARDING:
            in_progress(out)
            return
        if state & STATUS_MASK != STATUS_RINGING:
            no_such_call(out)
            return
        held = (state & ~CP_OWNER) - STATUS_RINGING + STATUS_FORWARDING | book.owner
        if cp_swap(book.states + index, &state, held):
            break
    leg = <uint32_t> (state >> LEG_SHIFT) & LEG_MASK
    record = book.calls + index
    plan = tables.plans + record.plan
    out.area = record.area
    out.line = record.line
    out.plan = record.plan
    record.legs[leg].times = record.legs[leg].times & ~0xFFU | cause + 1  # a cause may stand there: of one that died here
    targets = tables.forwards + plan.forwards
    for i in range(cause):
        targets += plan.forward_counts[i]
    if leg < plan.max_forwards and leg + 1 < MAX_LEGS:
        for i in range(plan.forward_counts[cause]):
            own = version.limits + targets[i]
            if was_offered(version, record, leg + 1, tables.destinations[targets[i]].dial_id):
                continue
            place, limit = 0, 0
            if own.limit:
                mine = place_word(generation, index, leg + 1)
                place = try_hold(version, book, own, mine, &record.legs[leg + 1].place)
                if place == 0:
                    place = hold_after_sweep(version, book, desk, own, mine, &record.legs[leg + 1].place, monotonic)
                if place == 0:
                    continue
                limit = hint_of(version, own, place)
            record.legs[leg + 1].destination = targets[i]
            record.legs[leg + 1].limit = limit
            record.legs[leg + 1].place = place
            record.legs[leg + 1].times = <uint32_t> (at - record.began) << 8 if at > record.began else 0
            wanted = held
            if cp_swap(book.states + index, &wanted, held - STATUS_FORWARDING + STATUS_RINGING + (1 << LEG_SHIFT)):
                release(book, record, index, generation, leg)
                out.action = ACTION_CONNECT
                out.reason = REASON_FORWARDED
                out.destination = targets[i]
                out.announcement = NONE
                out.ring_seconds = plan.ring_seconds
                out.call = call
                return
            free_place(book, limit, place, place_word(generation, index, leg + 1))
            break  # it was ended meanwhile
    if try_end(book, index, &held, leg, True):
        announce(out, plan.built_in + BUILT_IN_BUSY + cause, REASON_BUSY + cause, NULL)
    else:
        try_end(book, index, &held, leg, True)  # it was ended meanwhile, which was left to do here
        no_such_call(out)
    note_freed(desk, index)


cdef uint32_t quotas_open(const Book* book, uint32_t index, uint32_t* words, uint32_t* periods) noexcept nogil:
    """The quota places that the call of a record would give back now, as bits, with their words and periods."""
    cdef uint64_t state = cp_load(book.states + index)
    cdef uint32_t status = <uint32_t> (state & STATUS_MASK), i
    cdef Quotas open
    if status != STATUS_RINGING and status != STATUS_FORWARDING:
        return 0
    open_quotas(book.calls + index, True, &open)
    if cp_load(book.states + index) != state:
        return 0
    for i in range(<uint32_t> MAX_QUOTAS):
        words[i] = open.charges[i].word
        periods[i] = open.charges[i].period
    return open.taken


cdef uint32_t sweep(Book* book, Desk* desk, int64_t monotonic) noexcept nogil:
    """End the calls that are lost; how many. Looks only when there can be one."""
    if monotonic < book.none_lost_before:
        return 0
    return sweep_shared(book, desk, monotonic) if book.live != NULL else sweep_alone(book, desk, monotonic)


cdef uint32_t sweep_alone(Book* book, Desk* desk, int64_t monotonic) noexcept nogil:
    """End the calls that are longer than longest_call."""
    cdef uint32_t i, ended = 0
    cdef uint64_t state
    cdef int64_t began, oldest = monotonic
    for i in range(book.max_calls):
        state = cp_load(book.states + i)
        if state & STATUS_MASK != STATUS_RINGING and state & STATUS_MASK != STATUS_ANSWERED:
            continue
        began = book.calls[i].began_monotonic
        if monotonic - began >= book.longest_call:
            ended += finish(book, desk, state & CP_GENERATION | <uint64_t> i << INDEX_SHIFT)
        elif began < oldest:
            oldest = began
    book.none_lost_before = oldest + book.longest_call
    return ended


cdef cp_word SWEEPING  # 1 while a thread of this process sweeps: locks of the file `owners` are the process's


cdef void sweep_no_more() noexcept nogil:
    """In a child process, which has not the threads of its parent."""
    cp_store(&SWEEPING, 0)


cdef uint32_t sweep_shared(Book* book, Desk* desk, int64_t monotonic) noexcept nogil:
    """Reclaim what dead processes left and end the orphans whose time is up; no call of a living process is touched."""
    cdef uint32_t i, ended
    cdef uint64_t state, nobody = 0
    if not cp_swap(&SWEEPING, &nobody, 1):
        return 0
    ended = reclaim_dead(book, desk)
    for i in range(book.max_calls):
        state = cp_load(book.states + i)
        if state & STATUS_MASK != STATUS_FREE and state & CP_OWNER == 0 and is_overdue(book, i, state, monotonic):
            if finish(book, desk, state & CP_GENERATION | <uint64_t> i << INDEX_SHIFT):
                cp_add(&book.live.ended_orphans, 1)
                ended += 1
    book.none_lost_before = monotonic + 1  # the kernel is asked for the owners at most once a second
    cp_store(&SWEEPING, 0)
    return ended


cdef void hand_over(void* book, uint32_t owner) noexcept nogil:
    """What a process does that registers under the number of one that died, before its first decision."""
    leave_all_behind(<Book*> book, owner)
