"""The decision: from a called and a calling number to an outcome, in the order of language.md 6; tested by tests/test_cases.py.

Every function runs without the interpreter's lock and keeps no state but the book's. A call's steps are changes of its
state word (book.pxd), so any thread or process may take the next one.
"""

from libc.string cimport memset

from .atomics cimport cp_add, cp_load, cp_peek, cp_store, cp_swap, cp_word
from .book cimport (
    CP_GENERATION, CP_INDEX, ENDING, INDEX_SHIFT, LEG_MASK, LEG_SHIFT, MAX_LEGS, STATUS_ANSWERED, STATUS_DECIDING,
    STATUS_FORWARDING, STATUS_FREE, STATUS_MASK, STATUS_RINGING, Call, Leg, free_place, has_place, has_quota, place_word,
    places_held, return_quota, take_place, take_quota,
)
from .clock cimport local_time, period_of, time_class, utc_offset
from .layout cimport (
    ACTION_ANNOUNCE, ACTION_CONNECT, ACTION_IGNORE, AREA_FIRST, AREA_UNKNOWN, BUILT_IN_BUSY, BUILT_IN_FULL,
    BUILT_IN_OVERLOAD, BUILT_IN_UNALLOCATED, LINE_FIXED, MAX_QUOTAS, NODE_ANNOUNCE, NODE_CONNECT, NODE_SPLIT, NONE,
    REASON_BLACKLISTED, REASON_BLOCKED, REASON_BUSY, REASON_FORWARDED, REASON_FULL, REASON_IN_PROGRESS, REASON_OVERLOAD,
    REASON_QUOTA, REASON_ROUTED, REASON_UNALLOCATED, REASON_UNKNOWN_CALL, Block, Destination, ListClass, Node, Plan, Quota,
    Sections, Split,
)
from .numbers cimport FOUND_GIVEN, SERVICE
from .roaring cimport bitmap_has

# Kinds of trace.py
cdef enum:
    MARK_NUMBER = 1
    MARK_BLACKLIST = 2
    MARK_BLOCK = 3
    MARK_ORIGIN = 4
    MARK_TIME = 5
    MARK_CELL = 6
    MARK_SPLIT = 7
    MARK_QUOTA = 8
    MARK_LIMIT = 9
    MARK_CONNECT = 10
    MARK_ANNOUNCE = 11
    MARK_OVERLOAD = 12


cdef inline void mark(Trace* trace, uint32_t kind, uint32_t outcome, uint32_t a, uint32_t b) noexcept nogil:
    if trace != NULL and trace.count < TRACE_ROOM:
        trace.marks[trace.count].kind = kind
        trace.marks[trace.count].outcome = outcome
        trace.marks[trace.count].a = a
        trace.marks[trace.count].b = b
        trace.count += 1


cdef inline void announce(Outcome* out, uint32_t announcement, uint32_t reason, Trace* trace) noexcept nogil:
    out.action = ACTION_ANNOUNCE
    out.reason = reason
    out.announcement = announcement
    out.destination = NONE
    out.ring_seconds = 0
    out.call = 0
    mark(trace, MARK_ANNOUNCE, reason, announcement, 0)


cdef uint32_t find_plan(const Version* version, uint64_t number) noexcept nogil:
    """The plan that serves a number of ten digits, NONE if no plan does."""
    cdef uint32_t at = <uint32_t> ((number * 0x9E3779B97F4A7C15ULL) >> version.slots_shift)
    cdef uint64_t slot = version.slots[at]
    while slot:
        if slot >> 30 == number:
            return <uint32_t> (slot & 0x3FFFFFFFULL)
        at = (at + 1) & version.slots_mask
        slot = version.slots[at]
    return NONE


# Records


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


cdef inline uint64_t claim(Book* book, Desk* desk, int64_t monotonic, uint32_t* index) noexcept nogil:
    """A record of one's own in DECIDING: its generation, 0 when none is free even after a sweep."""
    cdef uint64_t found, generation = next_random(desk) & CP_GENERATION
    cdef uint32_t at
    if generation == 0:
        generation = CP_GENERATION
    while True:
        at = find_free(book, desk)
        if at == NONE:
            if sweep(book, desk, monotonic) == 0:
                return 0
            continue
        found = cp_load(book.states + at)
        if found & STATUS_MASK == STATUS_FREE and cp_swap(book.states + at, &found, generation | STATUS_DECIDING):
            if desk.freed_count:
                desk.freed_count -= 1
            else:
                desk.hint = at + 1
            index[0] = at
            return generation


cdef inline uint32_t limit_size(const Book* book, const Destination* destination) noexcept nogil:
    return destination.limit if destination.limit < book.max_calls else book.max_calls


cdef inline uint32_t hold(
    const Version* version, Book* book, Desk* desk, const Destination* destination, uint64_t mine, int64_t monotonic,
    uint32_t* limit,
) noexcept nogil:
    """A place at a destination that has a limit, 0 when it is full even after a sweep."""
    cdef uint32_t size = limit_size(book, destination), place
    limit[0] = version.cells_of[destination.counter]
    place = take_place(book, limit[0], size, mine)
    if place == 0 and sweep(book, desk, monotonic):
        place = take_place(book, limit[0], size, mine)
    return place


cdef inline bint has_room(
    const Version* version, Book* book, Desk* desk, const Destination* destination, int64_t monotonic,
) noexcept nogil:
    cdef uint32_t size = limit_size(book, destination), at = version.cells_of[destination.counter]
    if destination.limit > book.max_calls:
        return True  # there are fewer calls than places: what is short is a record
    return has_place(book, at, size) or (sweep(book, desk, monotonic) and has_place(book, at, size))


# The steps of one decision


cdef inline bint is_blocked(
    const Version* version, const Plan* plan, const Party* caller, Outcome* out, Trace* trace,
) noexcept nogil:
    """Blocks of whole area codes, kept as bitmaps; all other blocks are in the cells."""
    cdef const Sections* tables = &version.tables
    cdef const Block* block
    cdef uint32_t i
    if caller.area < AREA_FIRST:
        return False
    for i in range(plan.blocks_count):
        block = tables.blocks + plan.blocks + i
        if bitmap_has(
            tables.bitmaps + block.bitmap, tables.buckets, tables.roaring, tables.area_codes[caller.area - AREA_FIRST]
        ):
            mark(trace, MARK_BLOCK, 1, plan.blocks + i, 0)
            announce(out, block.announcement, REASON_BLOCKED, trace)
            return True
    return False


cdef inline uint32_t list_class(const Version* version, const Plan* plan, uint64_t key) noexcept nogil:
    """Which combination of the plan's lists a caller is on; 0: none."""
    cdef const Sections* tables = &version.tables
    cdef const ListClass* own = tables.list_classes + plan.list_class_first
    cdef uint32_t i
    if key:
        for i in range(<uint32_t> plan.list_classes - 1):
            if bitmap_has(tables.bitmaps + own[i].bitmap, tables.buckets, tables.roaring, key):
                return own[i].list_class
    return 0


cdef inline void give_back(const Book* book, uint32_t taken, const uint32_t* words, const uint32_t* periods) noexcept nogil:
    cdef uint32_t i
    for i in range(<uint32_t> MAX_QUOTAS):
        if taken >> i & 1:
            return_quota(book.words + words[i], periods[i])


cdef inline bint charge(
    const Version* version, const Book* book, const Plan* plan, uint32_t day, bint count,
    uint32_t* taken, uint32_t* words, uint32_t* periods, Outcome* out, Trace* trace,
) noexcept nogil:
    """A place in all quotas of the plan, or in none and the announcement of the first that is exhausted."""
    cdef const Quota* quota
    cdef uint32_t i, period
    cdef cp_word* word
    cdef bint has_more
    taken[0] = 0
    for i in range(plan.quotas_count):
        quota = version.tables.quotas + plan.quotas + i
        period = period_of(quota.period, day)
        words[i] = version.cells_of[quota.counter]
        word = book.words + words[i]
        if count:
            periods[i] = take_quota(word, period, quota.allowed)
            has_more = periods[i] != 0
        else:
            has_more = has_quota(word, period, quota.allowed)
            if trace != NULL:
                mark(
                    trace, MARK_QUOTA, has_more, plan.quotas + i,
                    0 if cp_load(word) >> 32 < period else <uint32_t> (cp_load(word) & 0xFFFFFFFFULL),
                )
        if not has_more:
            give_back(book, taken[0], words, periods)
            taken[0] = 0
            announce(out, quota.announcement, REASON_QUOTA, trace)
            return False
        if count:
            taken[0] |= 1u << i
    return True


cdef void walk(
    const Version* version, Book* book, Desk* desk, uint32_t plan_index, uint32_t node_index, const Party* called,
    const Party* caller, int64_t at, int64_t monotonic, uint32_t day, bint count, Outcome* out, Trace* trace,
) noexcept nogil:
    """From the node of a cell to the first destination that has room, or an announcement."""
    cdef const Sections* tables = &version.tables
    cdef const Plan* plan = tables.plans + plan_index
    cdef const Node* nodes = tables.nodes + plan.nodes
    cdef const Node* node
    cdef const Split* split
    cdef const Destination* destination = NULL
    cdef Call* call
    cdef uint64_t ticket, generation = 0
    cdef uint32_t branch, index = 0, taken = 0, place = 0, limit = 0
    cdef uint32_t[MAX_QUOTAS] words
    cdef uint32_t[MAX_QUOTAS] periods
    cdef bint asked = False, has_more = True
    while True:
        node = nodes + node_index
        if node.kind == NODE_SPLIT:
            split = tables.splits + node.target
            if count:
                ticket = cp_add(book.words + version.cells_of[split.counter], 1)
            else:
                ticket = cp_load(book.words + version.cells_of[split.counter])
            branch = tables.orders[split.order + ticket % split.period]
            mark(trace, MARK_SPLIT, 0, node.target, branch)
            node_index = tables.branches[node.next + branch]
            continue
        if node.kind != NODE_CONNECT:
            announce(out, node.target, node.reason, trace)
            break
        if not asked:
            asked = True
            if not charge(version, book, plan, day, count, &taken, words, periods, out, trace):
                return
            if count:
                generation = claim(book, desk, monotonic, &index)
        destination = tables.destinations + node.target
        if destination.limit:
            if generation:
                place = hold(version, book, desk, destination, place_word(generation, index, 0), monotonic, &limit)
                has_more = place != 0
            else:
                has_more = has_room(version, book, desk, destination, monotonic)
            if trace != NULL:
                mark(
                    trace, MARK_LIMIT, has_more, node.target,
                    places_held(book, version.cells_of[destination.counter], limit_size(book, destination)),
                )
            if not has_more:
                if node.next:
                    node_index = node.next
                    continue
                if destination.announcement != NONE:
                    announce(out, destination.announcement, REASON_FULL, trace)
                else:
                    announce(out, plan.built_in + BUILT_IN_FULL, REASON_FULL, trace)
                break
        else:
            place, limit = 0, 0
        if generation == 0 and (count or (find_free(book, desk) == NONE and sweep(book, desk, monotonic) == 0)):
            mark(trace, MARK_OVERLOAD, 0, 0, 0)
            announce(out, plan.built_in + BUILT_IN_OVERLOAD, REASON_OVERLOAD, trace)
            break
        out.action = ACTION_CONNECT
        out.reason = REASON_ROUTED
        out.destination = node.target
        out.announcement = NONE
        out.ring_seconds = plan.ring_seconds
        out.call = 0
        mark(trace, MARK_CONNECT, 0, node.target, 0)
        if not count:
            return
        call = book.calls + index
        call.called = called.key
        call.caller = caller.key
        call.began = at
        call.began_monotonic = monotonic
        call.answered = 0
        call.version = version.id
        call.plan = plan_index
        call.owner = book.owner
        call.area = caller.area
        call.line = caller.line
        call.quotas = <uint8_t> taken
        for branch in range(plan.quotas_count):
            call.quota_words[branch] = words[branch]
            call.periods[branch] = periods[branch]
        call.legs[0].destination = node.target
        call.legs[0].limit = limit
        call.legs[0].place = place
        call.legs[0].times = 0
        call.call_id[0] = 0
        cp_store(book.states + index, generation | STATUS_RINGING)
        out.call = place_word(generation, index, 0)
        return
    give_back(book, taken, words, periods)
    if generation:
        cp_store(book.states + index, generation | STATUS_FREE)
        note_freed(desk, index)


cdef void decide(
    const Version* version, Book* book, Desk* desk, const Party* called, const Party* caller,
    int64_t at, int64_t monotonic, bint count, Outcome* out, Trace* trace,
) noexcept nogil:
    """What becomes of a call at an instant (POSIX seconds). Without `count` nothing is charged or held."""
    cdef const Sections* tables = &version.tables
    cdef const Plan* plan
    cdef uint32_t index, day, minute, row, column, member, node
    out.area = caller.area
    out.line = caller.line
    index = find_plan(version, called.value) if called.kind == SERVICE else <uint32_t> NONE
    out.plan = index
    mark(trace, MARK_NUMBER, index != NONE, index, 0)
    if index == NONE:
        announce(out, BUILT_IN_UNALLOCATED, REASON_UNALLOCATED, trace)
        return
    plan = tables.plans + index
    if plan.blacklist != NONE:
        if caller.key and bitmap_has(tables.bitmaps + plan.blacklist, tables.buckets, tables.roaring, caller.key):
            mark(trace, MARK_BLACKLIST, 1, plan.blacklist, 0)
            announce(out, plan.blacklist_announcement, REASON_BLACKLISTED, trace)
            return
        mark(trace, MARK_BLACKLIST, 0, plan.blacklist, 0)
    mark(trace, MARK_ORIGIN, caller.found, caller.area, caller.line)
    if is_blocked(version, plan, caller, out, trace):
        return
    local_time(tables, plan.zone, at, &day, &minute)
    if trace != NULL:
        trace.day = day
        trace.minute = minute
        trace.offset = utc_offset(tables, plan.zone, at)
        mark(trace, MARK_TIME, 0, day, minute)
    row = tables.origin_maps[plan.origin_map * tables.origin_slots + caller.area * 2 + caller.line]
    column = time_class(tables, plan.timetable, day, minute)
    member = list_class(version, plan, caller.key)
    node = tables.cells[plan.cells + (row * plan.time_classes + column) * plan.list_classes + member]
    mark(trace, MARK_CELL, member, plan.nodes + node, 0)
    walk(version, book, desk, index, node, called, caller, at, monotonic, day, count, out, trace)


# What a switch reports of a call


cdef inline bint read_handle(const Book* book, uint64_t call, uint32_t* index) noexcept nogil:
    index[0] = <uint32_t> ((call & CP_INDEX) >> INDEX_SHIFT)
    return index[0] < book.max_calls and call & CP_GENERATION and call & LEG_MASK == 0 and call & 8 == 0


cdef inline void no_such_call(Outcome* out) noexcept nogil:
    announce(out, NONE, REASON_UNKNOWN_CALL, NULL)
    out.area = AREA_UNKNOWN
    out.line = LINE_FIXED
    out.plan = NONE


cdef inline void release(const Book* book, Call* call, uint32_t index, uint64_t generation, uint32_t leg) noexcept nogil:
    free_place(book, call.legs[leg].limit, call.legs[leg].place, place_word(generation, index, leg))


cdef bint answer(const Book* book, uint64_t call, int64_t at) noexcept nogil:
    """Whether the call was in progress and unanswered; from now on it is answered."""
    cdef uint32_t index
    cdef uint64_t state
    if not read_handle(book, call, &index):
        return False
    state = cp_load(book.states + index)
    while (state ^ call) & CP_GENERATION == 0 and state & STATUS_MASK == STATUS_RINGING:
        if cp_swap(book.states + index, &state, state - STATUS_RINGING + STATUS_ANSWERED):
            book.calls[index].answered = at
            return True
    return False


cdef bint finish(const Book* book, Desk* desk, uint64_t call) noexcept nogil:
    """Whether the call was in progress; now it is over and its place is free."""
    cdef uint32_t index, leg, status
    cdef uint64_t state, generation
    cdef Leg held
    if not read_handle(book, call, &index):
        return False
    generation = call & CP_GENERATION
    state = cp_load(book.states + index)
    while (state ^ call) & CP_GENERATION == 0:
        status = <uint32_t> (state & STATUS_MASK)
        if status == STATUS_FORWARDING:
            if state & ENDING:
                return False
            if cp_swap(book.states + index, &state, state | ENDING):
                return True  # whoever is forwarding it ends it
        elif status == STATUS_RINGING or status == STATUS_ANSWERED:
            leg = <uint32_t> (state >> LEG_SHIFT) & LEG_MASK
            held = book.calls[index].legs[leg]  # read while it is surely this call's: the swap proves that it was
            if cp_swap(book.states + index, &state, generation | STATUS_FREE):
                free_place(book, held.limit, held.place, place_word(generation, index, leg))
                note_freed(desk, index)
                return True
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
    cdef const Destination* destination
    cdef const uint32_t* targets
    cdef Call* record
    cdef uint64_t state, generation = call & CP_GENERATION, wanted
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
            no_such_call(out)
            out.action = ACTION_IGNORE
            out.reason = REASON_IN_PROGRESS
            return
        if state & STATUS_MASK != STATUS_RINGING:
            no_such_call(out)
            return
        if cp_swap(book.states + index, &state, state - STATUS_RINGING + STATUS_FORWARDING):
            break
    leg = <uint32_t> (state >> LEG_SHIFT) & LEG_MASK
    record = book.calls + index
    plan = tables.plans + record.plan
    out.area = record.area
    out.line = record.line
    out.plan = record.plan
    record.legs[leg].times |= cause + 1
    targets = tables.forwards + plan.forwards
    for i in range(cause):
        targets += plan.forward_counts[i]
    if leg < plan.max_forwards and leg + 1 < MAX_LEGS:
        for i in range(plan.forward_counts[cause]):
            destination = tables.destinations + targets[i]
            if was_offered(version, record, leg + 1, destination.dial_id):
                continue
            place, limit = 0, 0
            if destination.limit:
                place = hold(version, book, desk, destination, place_word(generation, index, leg + 1), monotonic, &limit)
                if place == 0:
                    continue
            record.legs[leg + 1].destination = targets[i]
            record.legs[leg + 1].limit = limit
            record.legs[leg + 1].place = place
            record.legs[leg + 1].times = <uint32_t> (at - record.began) << 8 if at > record.began else 0
            wanted = generation | STATUS_FORWARDING | leg << LEG_SHIFT
            if cp_swap(book.states + index, &wanted, generation | STATUS_RINGING | (leg + 1) << LEG_SHIFT):
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
    state = generation | STATUS_FORWARDING | leg << LEG_SHIFT
    place, limit = record.legs[leg].place, record.legs[leg].limit
    i = plan.built_in + BUILT_IN_BUSY + cause
    if cp_swap(book.states + index, &state, generation | STATUS_FREE):
        announce(out, i, REASON_BUSY + cause, NULL)
    else:
        cp_store(book.states + index, generation | STATUS_FREE)
        no_such_call(out)
    free_place(book, limit, place, place_word(generation, index, leg))
    note_freed(desk, index)


cdef uint32_t sweep(Book* book, Desk* desk, int64_t monotonic) noexcept nogil:
    """End the calls that are longer than longest_call; how many. Looks only when there can be one."""
    cdef uint32_t i, ended = 0
    cdef uint64_t state
    cdef int64_t began, oldest = monotonic
    if monotonic < book.none_lost_before:
        return 0
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
