"""The decision: from a called and a calling number to an outcome, in the order of language.md 6; tested by tests/test_cases.py.

Every function runs without the interpreter's lock and keeps no state but the book's.
"""

from .atomics cimport cp_add, cp_load, cp_store, cp_word
from .book cimport STATUS_FREE, STATUS_RINGING, Call, give_back, has_quota, place_word, take_quota
from .calls cimport claim, has_room, held_places, hold, sweep
from .clock cimport local_time, period_of, time_class, utc_offset
from .desk cimport find_free, note_freed
from .layout cimport (
    ACTION_CONNECT, AREA_FIRST, BUILT_IN_FULL, BUILT_IN_OVERLOAD, BUILT_IN_UNALLOCATED, MAX_QUOTAS, NODE_CONNECT, NODE_SPLIT,
    NONE, REASON_BLACKLISTED, REASON_BLOCKED, REASON_FULL, REASON_OVERLOAD, REASON_QUOTA, REASON_ROUTED, REASON_UNALLOCATED,
    Block, Destination, ListClass, Node, Plan, Quota, Sections, Split,
)
from .numbers cimport SERVICE, WITHHELD
from .outcome cimport (
    MARK_BLACKLIST, MARK_BLOCK, MARK_CELL, MARK_CONNECT, MARK_LIMIT, MARK_NUMBER, MARK_ORIGIN, MARK_OVERLOAD, MARK_QUOTA,
    MARK_SPLIT, MARK_TIME, announce, mark,
)
from .roaring cimport bitmap_has


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


cdef inline uint32_t branch_of(const Version* version, const Split* split, const Party* caller) noexcept nogil:
    """The branch of a caller in a split by caller: a hash with the split's key, in proportion to the weights."""
    cdef uint64_t mixed = (caller.key if caller.key else caller.value) ^ split.key
    cdef uint32_t position, branch = 0
    mixed = (mixed ^ (mixed >> 33)) * 0xFF51AFD7ED558CCDULL
    mixed = (mixed ^ (mixed >> 33)) * 0xC4CEB9FE1A85EC53ULL
    mixed = mixed ^ (mixed >> 33)
    position = <uint32_t> ((mixed >> 32) * split.period >> 32)
    while version.tables.weights[split.weights + branch] <= position:
        branch += 1
    return branch


cdef inline uint32_t next_branch(
    const Version* version, const Book* book, const Split* split, const Party* caller, bint count,
) noexcept nogil:
    cdef uint64_t ticket
    if split.by_caller and caller.kind != WITHHELD:
        return branch_of(version, split, caller)
    if count:
        ticket = cp_add(book.words + version.cells_of[split.counter], 1)
    else:
        ticket = cp_load(book.words + version.cells_of[split.counter])
    return version.tables.orders[split.order + ticket % split.period]


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
    cdef uint64_t generation = 0
    cdef uint32_t branch, index = 0, taken = 0, place = 0, limit = 0
    cdef uint32_t[MAX_QUOTAS] words
    cdef uint32_t[MAX_QUOTAS] periods
    cdef bint asked = False, has_more = True
    while True:
        node = nodes + node_index
        if node.kind == NODE_SPLIT:
            split = tables.splits + node.target
            branch = next_branch(version, book, split, caller, count)
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
                    held_places(version, book, destination),
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
        call.returnable = 0
        for branch in range(plan.quotas_count):
            call.quota_words[branch] = words[branch]
            call.periods[branch] = periods[branch]
            if tables.quotas[plan.quotas + branch].answered:
                call.returnable |= 1u << branch
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
