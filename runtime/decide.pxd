# The decision: from a called and a calling number to an outcome, in the order of language.md 6; tested by
# tests/test_cases.py. Every function runs without the interpreter's lock and keeps no state but the book's and the desk's.
# All are inline: what a switch asks for most, engine.pyx and batch.pyx have as one function without a call in it.
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from .atomics cimport cp_add, cp_hint, cp_load, cp_store, cp_word
from .book cimport CP_GENERATION, STATUS_FREE, STATUS_RINGING, Book, Call, give_back, has_quota, place_word, take_quota
from .calls cimport claim, has_room, held_places, hold_after_sweep, sweep
from .clock cimport set_local, time_class, utc_offset
from .desk cimport Desk, claim_warm, find_free, next_generation, note_freed, reserved_index
from .filter cimport may_have
from .holding cimport hint_of, try_hold
from .layout cimport (
    ACTION_CONNECT, BUILT_IN_FULL, BUILT_IN_OVERLOAD, BUILT_IN_UNALLOCATED, NODE_CONNECT, NODE_SPLIT, NONE,
    REASON_BLACKLISTED, REASON_BLOCKED, REASON_FULL, REASON_OVERLOAD, REASON_QUOTA, REASON_ROUTED, REASON_UNALLOCATED,
    Allowance, Block, Limit, ListClass, Node, Plan, Sections, Split, Turns,
)
from .likely cimport likely, unlikely
from .numbers cimport SERVICE, WITHHELD, Party
from .outcome cimport (
    MARK_BLACKLIST, MARK_BLOCK, MARK_CELL, MARK_CONNECT, MARK_LIMIT, MARK_NUMBER, MARK_ORIGIN, MARK_OVERLOAD, MARK_QUOTA,
    MARK_SPLIT, MARK_TIME, Outcome, Trace, Version, announce, mark,
)
from .roaring cimport bitmap_has

cdef extern from *:
    """
    /* ticket % period; exact, by Lemire, Kaser and Kurz, "Faster remainder by direct computation" (2019), while both are
       below 2**32. */
    static inline uint64_t cp_remainder(uint64_t ticket, uint32_t period, uint64_t reciprocal) {
        if (ticket >> 32)
            return ticket % period;
        return (uint64_t)((unsigned __int128)(reciprocal * ticket) * period >> 64);
    }
    """
    uint64_t cp_remainder(uint64_t ticket, uint32_t period, uint64_t reciprocal) nogil


cdef inline uint32_t first_slot(const Version* version, uint64_t number) noexcept nogil:
    """Where the index of served numbers is looked at first."""
    return <uint32_t> ((number * 0x9E3779B97F4A7C15ULL) >> version.slots_shift)


cdef inline uint32_t find_plan(const Version* version, uint64_t number) noexcept nogil:
    """The plan that serves a number of ten digits, NONE if no plan does."""
    cdef uint32_t at = first_slot(version, number)
    cdef uint64_t slot = version.slots[at]
    while slot:
        if likely(slot >> 30 == number):
            return <uint32_t> (slot & 0x3FFFFFFFULL)
        at = (at + 1) & version.slots_mask
        slot = version.slots[at]
    return NONE


cdef inline uint32_t plan_of(const Version* version, const Party* called) noexcept nogil:
    return find_plan(version, called.value) if called.kind == SERVICE else <uint32_t> NONE


cdef inline const uint16_t* origin_map(const Version* version, const Plan* plan) noexcept nogil:
    """Where the origin classes of a plan start."""
    return version.tables.origin_maps + plan.origin_map * version.tables.origin_slots


cdef inline uint32_t origin_slot(const Party* caller) noexcept nogil:
    """Where the origin class of a caller stands in a plan's origin map."""
    return <uint32_t> caller.area * 2 + caller.line


cdef inline const uint32_t* cells_of(const Version* version, const Plan* plan, uint32_t row, uint32_t column) noexcept nogil:
    """Where the cells of an origin class and a time class start: one for each list class."""
    return version.tables.cells + plan.cells + (row * plan.time_classes + column) * plan.list_classes


# What calls of one number at one instant have in common.
ctypedef struct Setting:
    uint64_t called  # as in Party.key
    int64_t at  # POSIX seconds
    uint32_t index  # the plan's, NONE where no plan serves the number
    uint32_t step  # cells from one origin class to the next
    uint8_t quotas_count
    uint8_t charged  # bit i: the plan has a quota i
    const Plan* plan  # NULL where there is none
    const uint16_t* origins
    const uint64_t* blocked
    const uint32_t* cells  # of the time class: those of the first origin class
    const Node* nodes
    const Allowance* quotas


# The steps of one decision


cdef inline bint has_member(const Version* version, uint32_t bitmap, uint64_t key) noexcept nogil:
    cdef const Sections* tables = &version.tables
    return unlikely(may_have(tables, version.dense, bitmap, key)) and bitmap_has(
        tables.bitmaps + bitmap, tables.buckets, tables.roaring, key
    )


cdef inline bint has_area(const uint64_t* areas, uint32_t area) noexcept nogil:
    return areas[area >> 6] >> (area & 63) & 1


cdef inline bint is_blocked(
    const Version* version, const Setting* setting, const Party* caller, Outcome* out, Trace* trace,
) noexcept nogil:
    """Blocks of whole area codes, kept as sets of areas; all other blocks are in the cells."""
    cdef const Sections* tables = &version.tables
    cdef const Plan* plan = setting.plan
    cdef const Block* block
    cdef uint32_t i
    if likely(not has_area(setting.blocked, caller.area)):
        return False
    for i in range(plan.blocks_count):
        block = tables.blocks + plan.blocks + i
        if has_area(tables.area_sets + block.areas, caller.area):
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
            if has_member(version, own[i].bitmap, key):
                return own[i].list_class
    return 0


cdef inline bint charge(
    const Version* version, const Book* book, const Setting* setting, const uint32_t* periods, bint count, Call* call,
    Outcome* out, Trace* trace,
) noexcept nogil:
    """A place in each quota of the plan, noted in the call's record, or the announcement of the first that is exhausted."""
    cdef const Plan* plan = setting.plan
    cdef const Allowance* quotas = setting.quotas
    cdef uint32_t i, period
    cdef cp_word* word
    cdef bint has_more
    for i in range(setting.quotas_count):
        period = periods[quotas[i].period]
        word = book.words + quotas[i].word
        if count:
            period = take_quota(word, period, quotas[i].allowed)
            call.charges[i].word = quotas[i].word
            call.charges[i].period = period
            has_more = period != 0
        else:
            has_more = has_quota(word, period, quotas[i].allowed)
            if trace != NULL:
                mark(
                    trace, MARK_QUOTA, has_more, plan.quotas + i,
                    0 if cp_load(word) >> 32 < period else <uint32_t> (cp_load(word) & 0xFFFFFFFFULL),
                )
        if unlikely(not has_more):
            call.quotas = <uint8_t> ((1u << i) - 1)
            announce(out, version.tables.quotas[plan.quotas + i].announcement, REASON_QUOTA, trace)
            return False
    call.quotas = setting.charged
    call.returnable = plan.returnable
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
    const Version* version, const Book* book, uint32_t index, const Party* caller, bint count,
) noexcept nogil:
    """The branch of a call in a split."""
    cdef const Turns* turns = version.turns + index
    cdef const Split* split
    cdef uint32_t period = turns.period
    cdef uint64_t ticket
    if unlikely(period == 0):
        split = version.tables.splits + index
        if caller.kind != WITHHELD:
            return branch_of(version, split, caller)
        period = split.period
    ticket = cp_add(book.words + turns.word, 1) if count else cp_load(book.words + turns.word)
    return version.tables.orders[turns.order + cp_remainder(ticket, period, turns.reciprocal)]


cdef inline void enter(
    const Version* version, const Book* book, Call* call, const Setting* setting, const Party* caller, int64_t monotonic,
    uint32_t destination, uint64_t generation, bint has_id,
) noexcept nogil:
    """Write what a call's record has besides its quotas and its place."""
    call.called = setting.called
    call.caller = caller.key
    call.began = setting.at
    call.began_monotonic = monotonic
    cp_hint(&call.answered, generation)
    call.version = version.id
    call.plan = setting.index
    call.area = caller.area
    call.line = caller.line
    if not has_id:
        call.call_id_bytes = 0
    call.legs[0].destination = destination
    call.legs[0].times = 0


cdef inline void walk(
    const Version* version, Book* book, Desk* desk, const Setting* setting, uint32_t node_index,
    const Party* caller, int64_t monotonic, bint count, Outcome* out, Trace* trace,
) noexcept nogil:
    """From the node of a cell to the first destination that has room, or an announcement."""
    cdef const Sections* tables = &version.tables
    cdef const Plan* plan = setting.plan
    cdef const Node* node
    cdef const Limit* limit
    cdef Call spare
    cdef Call* call = &spare
    cdef uint64_t generation = 0, mine = 0
    cdef uint32_t branch, index = 0, place = 0, announcement
    cdef bint asked = False, has_more = True, claimed = False, has_id = False
    while True:
        node = setting.nodes + node_index
        if node.kind == NODE_SPLIT:
            branch = next_branch(version, book, node.target, caller, count)
            mark(trace, MARK_SPLIT, 0, node.target, branch)
            node_index = tables.branches[node.next + branch]
            continue
        if unlikely(node.kind != NODE_CONNECT):
            announce(out, node.target, node.reason, trace)
            break
        if not asked:
            asked = True
            if count:
                has_id = unlikely(desk.reserved != 0)
                if has_id:  # the call has its record already, with its id
                    generation, index = desk.reserved & CP_GENERATION, reserved_index(desk)
                    desk.reserved = 0
                    claimed = True
                else:
                    generation = next_generation(desk)
                    claimed = likely(claim_warm(book, desk, generation, &index)) or claim(
                        book, desk, generation, monotonic, &index
                    )
                if likely(claimed):
                    call = book.calls + index
                    mine = place_word(generation, index, 0)
            if unlikely(not charge(version, book, setting, desk.local.periods, count, call, out, trace)):
                break
        limit = version.limits + node.target
        if likely(limit.limit):
            if likely(claimed):
                place = try_hold(version, book, limit, mine, NULL)
                if unlikely(place == 0):
                    place = hold_after_sweep(version, book, desk, limit, mine, NULL, monotonic)
                has_more = place != 0
            else:
                has_more = has_room(version, book, desk, limit, monotonic)
            if trace != NULL:
                mark(trace, MARK_LIMIT, has_more, node.target, held_places(version, book, limit))
            if unlikely(not has_more):
                if node.next:
                    node_index = node.next
                    continue
                announcement = tables.destinations[node.target].announcement
                announce(
                    out, plan.built_in + BUILT_IN_FULL if announcement == NONE else announcement, REASON_FULL, trace
                )
                break
        else:
            place = 0
        if unlikely(not claimed) and (count or (find_free(book, desk) == NONE and sweep(book, desk, monotonic) == 0)):
            mark(trace, MARK_OVERLOAD, 0, 0, 0)
            announce(out, plan.built_in + BUILT_IN_OVERLOAD, REASON_OVERLOAD, trace)
            break
        out.action = ACTION_CONNECT
        out.reason = REASON_ROUTED
        out.destination = node.target
        out.announcement = NONE
        out.ring_seconds = plan.ring_seconds
        out.call = mine
        mark(trace, MARK_CONNECT, 0, node.target, 0)
        if count:
            enter(version, book, call, setting, caller, monotonic, node.target, generation, has_id)
            call.legs[0].limit = hint_of(version, limit, place)
            call.legs[0].place = place
            cp_store(book.states + index, generation | book.owner | STATUS_RINGING)
        return
    if asked and count:
        give_back(book, call.quotas, call.charges)
        if claimed:
            cp_store(book.states + index, generation | STATUS_FREE)
            note_freed(desk, index)


cdef inline void set_scene(
    const Version* version, Desk* desk, const Party* called, int64_t at, Setting* out,
) noexcept nogil:
    """Find the plan and the time class, and set the desk's time."""
    cdef const Sections* tables = &version.tables
    cdef const Plan* plan
    cdef uint32_t column
    out.called = called.key
    out.at = at
    out.plan = NULL
    out.index = plan_of(version, called)
    if unlikely(out.index == NONE):
        return
    plan = tables.plans + out.index
    set_local(tables, plan.zone, at, &desk.local)
    column = time_class(tables, version.spells, plan.timetable, desk.local.day, desk.local.minute)
    out.plan = plan
    out.origins = origin_map(version, plan)
    out.blocked = tables.area_sets + plan.blocked
    out.cells = cells_of(version, plan, 0, column)
    out.step = <uint32_t> plan.time_classes * plan.list_classes
    out.nodes = tables.nodes + plan.nodes
    out.quotas = version.allowances + plan.quotas
    out.quotas_count = plan.quotas_count
    out.charged = <uint8_t> ((1u << plan.quotas_count) - 1)


cdef inline void decided_in(
    const Version* version, Book* book, Desk* desk, const Setting* setting, const Party* caller, int64_t monotonic,
    bint count, Outcome* out, Trace* trace,
) noexcept nogil:
    """What becomes of a call in its setting, which was the last to be found with this desk."""
    cdef const Plan* plan = setting.plan
    cdef uint32_t row, member, node
    out.area = caller.area
    out.line = caller.line
    out.plan = setting.index
    mark(trace, MARK_NUMBER, setting.index != NONE, setting.index, 0)
    if unlikely(setting.index == NONE):
        announce(out, BUILT_IN_UNALLOCATED, REASON_UNALLOCATED, trace)
        return
    if plan.blacklist != NONE:
        if unlikely(caller.key and has_member(version, plan.blacklist, caller.key)):
            mark(trace, MARK_BLACKLIST, 1, plan.blacklist, 0)
            announce(out, plan.blacklist_announcement, REASON_BLACKLISTED, trace)
            return
        mark(trace, MARK_BLACKLIST, 0, plan.blacklist, 0)
    mark(trace, MARK_ORIGIN, caller.found, caller.area, caller.line)
    if unlikely(is_blocked(version, setting, caller, out, trace)):
        return
    if trace != NULL:
        trace.day = desk.local.day
        trace.minute = desk.local.minute
        trace.offset = utc_offset(&version.tables, plan.zone, setting.at)
        mark(trace, MARK_TIME, 0, desk.local.day, desk.local.minute)
    row = setting.origins[origin_slot(caller)]
    member = list_class(version, plan, caller.key)
    node = setting.cells[row * setting.step + member]
    mark(trace, MARK_CELL, member, plan.nodes + node, 0)
    walk(version, book, desk, setting, node, caller, monotonic, count, out, trace)


cdef inline void decided(
    const Version* version, Book* book, Desk* desk, const Party* called, const Party* caller,
    int64_t at, int64_t monotonic, bint count, Outcome* out, Trace* trace,
) noexcept nogil:
    """What becomes of a call at an instant (POSIX seconds). Without `count` nothing is charged or held."""
    cdef Setting setting
    set_scene(version, desk, called, at, &setting)
    decided_in(version, book, desk, &setting, caller, monotonic, count, out, trace)
