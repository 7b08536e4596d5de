"""A decision with what it noted on its way, for `explain`; tested by tests/test_explain.py.

Nothing is charged or held.
"""

from .errors import CallplanError

from libc.stdint cimport uint32_t

from .calls cimport quotas_open
from .decision cimport Decision, blank
from .foresee cimport foresee
from .layout cimport AREA_ABROAD, AREA_UNKNOWN, LINE_FIXED, LINE_MOBILE, MAX_QUOTAS
from .numbers cimport FOUND_GIVEN
from .outcome cimport Trace


cdef tuple traced(Loaded loaded, Book* book, Desk* desk, const Question* asked):
    """The decision, its marks (trace.py), and the local day, minute and UTC offset."""
    cdef Decision found = blank(loaded.named)
    cdef Trace trace
    cdef uint32_t i
    trace.count = 0
    trace.day = trace.minute = 0
    trace.offset = 0
    foresee(
        &loaded.version, book, desk, &asked.called, &asked.caller, asked.at, asked.monotonic, &found.outcome, &trace
    )
    marks = []
    for i in range(trace.count):
        marks.append((trace.marks[i].kind, trace.marks[i].outcome, trace.marks[i].a, trace.marks[i].b))
    return found, marks, (trace.day, trace.minute, trace.offset)


cdef int set_origin(Reader reader, object origin, Party* caller) except -1:
    """An origin in place of a caller: an area ("0731", "abroad", "unknown") and a line ("mobile", "fixed", None)."""
    area, line = origin
    if area in ("abroad", "unknown"):
        caller.area = AREA_ABROAD if area == "abroad" else AREA_UNKNOWN
        if line not in ((None, "mobile") if area == "unknown" else (None,)):
            raise CallplanError(f"no caller is `{area} {line}`: `{area}` has no line type")
    else:
        caller.area = reader.ordinal(area)
        if line not in ("mobile", "fixed"):
            raise CallplanError(f"`{area}` wants a line type: `{area} mobile` or `{area} fixed`")
    caller.line = LINE_MOBILE if line == "mobile" else LINE_FIXED
    caller.found = FOUND_GIVEN
    caller.key = 0
    return 0


cdef dict held_by_quotas(const Book* book):
    """By a quota's position and period: how many calls hold a place that they give back if they end unanswered."""
    cdef uint32_t index, i, taken
    cdef uint32_t[MAX_QUOTAS] words
    cdef uint32_t[MAX_QUOTAS] periods
    cdef dict found = {}
    for index in range(book.max_calls):
        taken = quotas_open(book, index, words, periods)
        for i in range(<uint32_t> MAX_QUOTAS):
            if taken >> i & 1:
                held = words[i], periods[i]
                found[held] = found.get(held, 0) + 1
    return found
