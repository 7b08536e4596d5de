# What a decision is made from and what it comes to: a version of the tables, an outcome, and the marks of a trace.
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from .atomics cimport cp_word
from .layout cimport (
    ACTION_ANNOUNCE, ACTION_IGNORE, AREA_UNKNOWN, LINE_FIXED, NONE, REASON_IN_PROGRESS, REASON_UNKNOWN_CALL, Allowance, Limit, Sections,
    Turns,
)

cdef enum:
    TRACE_ROOM = 4096

# One version of the tables, ready to decide with.
ctypedef struct Version:
    Sections tables
    const Allowance* allowances  # by quota
    const Limit* limits  # by destination
    const Turns* turns  # by split
    # Of the limits whose number was changed while they were in use, a list each: how many runs of places are given out, how
    # many runs there are, then each run's first position and size; those after the first are tails.
    const uint32_t* segments
    const uint64_t* dense  # a bit for each bitmap that is not in the filter
    cp_word* spells  # by timetable: the class that it has now (clock.pxd)
    const uint64_t* slots  # the index of served numbers: number << 30 | plan, 0 where empty
    uint32_t slots_shift
    uint32_t slots_mask
    uint32_t id

ctypedef struct Outcome:
    uint64_t call
    uint32_t destination  # NONE where there is none
    uint32_t announcement
    uint32_t plan
    uint16_t area
    uint16_t ring_seconds
    uint8_t line
    uint8_t action
    uint8_t reason

# An entry of a trace; kinds and meanings in trace.py.
ctypedef struct Mark:
    uint32_t kind
    uint32_t outcome
    uint32_t a
    uint32_t b

ctypedef struct Trace:
    uint32_t count
    uint32_t day
    uint32_t minute
    int64_t offset
    Mark[TRACE_ROOM] marks

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


cdef inline void no_such_call(Outcome* out) noexcept nogil:
    announce(out, NONE, REASON_UNKNOWN_CALL, NULL)
    out.area = AREA_UNKNOWN
    out.line = LINE_FIXED
    out.plan = NONE


cdef inline void in_progress(Outcome* out) noexcept nogil:
    """Another thread or process is deciding or forwarding the call."""
    no_such_call(out)
    out.action = ACTION_IGNORE
    out.reason = REASON_IN_PROGRESS
