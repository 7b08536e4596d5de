# What a group of decisions will read, fetched stage by stage before any of them is made: a stage reads what the stage before
# it has fetched, for all calls of the group. It only guesses (no caller is on a list, each destination has room): what a call
# comes to is decided afterwards, in order, by decide.pxd alone.
from libc.stdint cimport int64_t, uint32_t, uint64_t

from .atomics cimport cp_peek
from .book cimport Book
from .clock cimport set_local
from .decide cimport cells_of, first_slot, origin_map, origin_slot, plan_of
from .desk cimport Desk
from .fetch cimport cp_fetch
from .filter cimport cp_filter_hash, cp_filter_word
from .layout cimport NODE_CONNECT, NODE_SPLIT, NONE, Limit, Node, Plan, Turns
from .numbers cimport SERVICE, Party
from .outcome cimport Version

cdef enum:
    GROUP = 16  # calls: what a processor has under way at once

ctypedef struct Ahead:
    Party called
    Party caller
    int64_t at
    uint32_t plan
    const uint32_t* cell
    const Node* node


cdef inline void fetch_slot(const Version* version, const Ahead* call) noexcept nogil:
    if call.called.kind == SERVICE:
        cp_fetch(version.slots + first_slot(version, call.called.value))


cdef inline void fetch_plan(const Version* version, Ahead* call) noexcept nogil:
    call.plan = plan_of(version, &call.called)
    call.cell = NULL
    call.node = NULL
    if call.plan != <uint32_t> NONE:
        cp_fetch(version.tables.plans + call.plan)


cdef inline void fetch_conditions(const Version* version, const Ahead* call) noexcept nogil:
    cdef const Plan* plan
    cdef uint64_t hash
    if call.plan == <uint32_t> NONE:
        return
    plan = version.tables.plans + call.plan
    if plan.blacklist != NONE:
        hash = cp_filter_hash(plan.blacklist, call.caller.key)
        cp_fetch(version.tables.filter + cp_filter_word(hash, version.tables.filter_words))
    cp_fetch(version.tables.area_sets + plan.blocked + (call.caller.area >> 6))
    cp_fetch(version.spells + plan.timetable)
    cp_fetch(origin_map(version, plan) + origin_slot(&call.caller))
    if plan.quotas_count:
        cp_fetch(version.allowances + plan.quotas)


cdef inline void fetch_cell(const Version* version, const Book* book, Desk* desk, Ahead* call) noexcept nogil:
    cdef const Plan* plan
    cdef uint64_t spell
    cdef uint32_t i
    if call.plan == <uint32_t> NONE:
        return
    plan = version.tables.plans + call.plan
    set_local(&version.tables, plan.zone, call.at, &desk.local)
    spell = cp_peek(version.spells + plan.timetable)
    if spell:
        call.cell = cells_of(
            version, plan, origin_map(version, plan)[origin_slot(&call.caller)], <uint32_t> (spell & 0xFFFF)
        )
        cp_fetch(call.cell)
    for i in range(plan.quotas_count):
        cp_fetch(book.words + version.allowances[plan.quotas + i].word)


cdef inline void fetch_node(const Version* version, Ahead* call) noexcept nogil:
    if call.cell != NULL:
        call.node = version.tables.nodes + version.tables.plans[call.plan].nodes + call.cell[0]
        cp_fetch(call.node)


cdef inline void fetch_target(const Version* version, const Ahead* call) noexcept nogil:
    if call.node != NULL:
        if call.node.kind == NODE_SPLIT:
            cp_fetch(version.turns + call.node.target)
            cp_fetch(version.tables.branches + call.node.next)
        elif call.node.kind == NODE_CONNECT:
            cp_fetch(version.limits + call.node.target)


cdef inline void fetch_words(const Version* version, const Book* book, const Ahead* call) noexcept nogil:
    cdef const Turns* turns
    cdef const Limit* limit
    if call.node == NULL:
        return
    if call.node.kind == NODE_SPLIT:
        turns = version.turns + call.node.target
        cp_fetch(book.words + turns.word)
        cp_fetch(version.tables.orders + turns.order)
    elif call.node.kind == NODE_CONNECT:
        limit = version.limits + call.node.target
        if limit.limit:
            cp_fetch(book.words + limit.at)
