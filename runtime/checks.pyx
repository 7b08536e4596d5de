"""Checks over millions of records in one pass each, without copies, for verify.py; tested by tests/test_checks.py."""

import numpy as np

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from .layout cimport (
    NODE_ANNOUNCE, NODE_CONNECT, NODE_SPLIT, NODE_UNCOVERED, REASON_ANNOUNCED, REASON_BLOCKED, Counter, Node, Plan,
)

cdef enum:
    FANOUT = 64  # items that one item of the level above stands for
    LEVELS = 6  # 64 ** 6 items are more than a file has

ctypedef fused Value:
    uint8_t
    uint16_t
    uint32_t
    int64_t

cdef extern from *:
    """
    #define CP_HIGH_BITS 0x8080808080808080ULL
    """
    const uint64_t CP_HIGH_BITS


cdef inline bint continues(const uint8_t* p, uint32_t count) noexcept nogil:
    """Whether that many bytes go on with a character."""
    cdef uint32_t i
    for i in range(count):
        if p[i] & 0xC0 != 0x80:
            return False
    return True


cdef bint is_utf8(const uint8_t* p, const uint8_t* end) noexcept nogil:
    """Whether it is: the shortest form of each character, no surrogates, nothing past U+10FFFF."""
    cdef uint64_t eight
    cdef uint32_t lead, more
    while p < end:
        while end - p >= 8:
            memcpy(&eight, p, 8)
            if eight & CP_HIGH_BITS:
                break
            p += 8
        if p == end:
            return True
        lead = p[0]
        p += 1
        if lead < 0x80:
            continue
        more = 1 if lead < 0xE0 else 2 if lead < 0xF0 else 3
        if lead < 0xC2 or lead > 0xF4 or end - p < more or not continues(p, more):
            return False
        if (lead == 0xE0 and p[0] < 0xA0) or (lead == 0xED and p[0] > 0x9F):
            return False
        if (lead == 0xF0 and p[0] < 0x90) or (lead == 0xF4 and p[0] > 0x8F):
            return False
        p += more
    return True


def text_is_sound(const uint32_t[::1] offsets not None, const uint8_t[::1] text not None):
    cdef Py_ssize_t i, count = offsets.shape[0]
    cdef uint32_t end = <uint32_t> text.shape[0]
    cdef bint good = count > 0 and offsets[0] == 0 and offsets[count - 1] == text.shape[0]
    with nogil:
        for i in range(1, count):
            good = good and offsets[i] >= offsets[i - 1]
        if good and end:
            good = is_utf8(&text[0], &text[0] + end)
            for i in range(count - 1):  # none starts inside a character
                good = good and (offsets[i] == end or text[offsets[i]] & 0xC0 != 0x80)
    return good


cdef int64_t scan(const Value* values, Py_ssize_t step, int64_t first, int64_t end, int64_t sign) noexcept nogil:
    """The greatest of sign times a value; `step`: bytes from one to the next."""
    cdef int64_t i, value, best = -(1LL << 40)
    for i in range(first, end):
        value = sign * <int64_t> (<const Value*> (<const char*> values + i * step))[0]
        if value > best:
            best = value
    return best


cdef void greatest_of(
    const Value* values, Py_ssize_t step, int64_t** levels, int64_t sign, const int64_t* first, const int64_t* count,
    int64_t* out, Py_ssize_t ranges,
) noexcept nogil:
    """By range; long ones by the levels above, so that ranges which overlap cost no more than others."""
    cdef Py_ssize_t i
    cdef int64_t low, high, best, own
    cdef int level
    for i in range(ranges):
        low, high = first[i], first[i] + count[i]
        if levels == NULL or count[i] < 3 * FANOUT:
            out[i] = sign * scan(values, step, low, high, sign)
            continue
        best = scan(values, step, low, (low + FANOUT - 1) // FANOUT * FANOUT, sign)
        own = scan(values, step, high // FANOUT * FANOUT, high, sign)
        best = own if own > best else best
        low, high, level = (low + FANOUT - 1) // FANOUT, high // FANOUT, 0
        while low < high:
            while low < high and (low % FANOUT or level == LEVELS - 1):
                best = levels[level][low] if levels[level][low] > best else best
                low += 1
            while low < high and high % FANOUT:
                high -= 1
                best = levels[level][high] if levels[level][high] > best else best
            low, high, level = low // FANOUT, high // FANOUT, level + 1
        out[i] = sign * best


cdef object extremes(object values, object first, object count, int64_t sign):
    """The greatest of each range, or with sign -1 the least."""
    cdef const int64_t[::1] starts = np.ascontiguousarray(first, np.int64)
    cdef const int64_t[::1] counts = np.ascontiguousarray(count, np.int64)
    cdef int64_t[::1] out = np.zeros(len(starts), np.int64)
    cdef int64_t[::1] level
    cdef int64_t* levels[LEVELS]
    cdef int64_t** above = NULL
    if not len(starts):
        return np.asarray(out)
    kept = []
    if int(np.asarray(counts).sum()) > 4 * len(values) + FANOUT * len(starts):
        below = values.astype(np.int64) * sign
        for i in range(LEVELS):
            edges = np.arange(0, len(below), FANOUT)
            below = np.maximum.reduceat(below, edges)
            kept.append(below)
            level = below
            levels[i] = &level[0]
        above = levels
    if values.dtype.itemsize == 1:
        fill[uint8_t](values, above, sign, starts, counts, out)
    elif values.dtype.itemsize == 2:
        fill[uint16_t](values, above, sign, starts, counts, out)
    elif values.dtype.itemsize == 4:
        fill[uint32_t](values, above, sign, starts, counts, out)
    else:
        fill[int64_t](values, above, sign, starts, counts, out)
    return np.asarray(out)


cdef int fill(
    const Value[:] values, int64_t** levels, int64_t sign, const int64_t[::1] first, const int64_t[::1] count, int64_t[::1] out,
) except -1:
    with nogil:
        greatest_of(&values[0], values.strides[0], levels, sign, &first[0], &count[0], &out[0], first.shape[0])
    return 0


def greatest(values, first, count):
    return extremes(values, first, count, 1)


def least(values, first, count):
    return extremes(values, first, count, -1)


def bad_node(const uint8_t[::1] nodes not None, const uint8_t[::1] plans not None, const uint64_t[::1] ends not None):
    cdef const Node* node
    cdef const Plan* plan
    cdef uint64_t i
    cdef uint32_t own
    cdef bint good = True
    if not nodes.shape[0]:
        return -1
    node = <const Node*> &nodes[0]
    plan = <const Plan*> &plans[0]
    with nogil:
        for i in range(plans.shape[0] // sizeof(Plan)):
            for own in range(plan[i].nodes_count):
                if node.kind == NODE_CONNECT:
                    good = node.target < ends[1] and (node.next == 0 or own < node.next < plan[i].nodes_count)
                elif node.kind == NODE_ANNOUNCE:
                    good = node.target < ends[2] and (node.reason == REASON_BLOCKED or node.reason == REASON_ANNOUNCED)
                elif node.kind == NODE_SPLIT:
                    good = node.target < ends[3]
                else:
                    good = node.kind == NODE_UNCOVERED and node.target == 0
                if not (good and node.line < ends[0]):
                    good = False
                    break
                node += 1
            if not good:
                break
    return -1 if good else node - <const Node*> &nodes[0]


def bad_counter(
    const uint8_t[::1] counters not None, uint32_t kind, const uint32_t[:] named not None, const int64_t[::1] owners not None,
    const uint32_t[:] places not None,
):
    cdef const Counter* records = <const Counter*> &counters[0] if counters.shape[0] else NULL
    cdef const Counter* counter
    cdef uint64_t count = counters.shape[0] // sizeof(Counter)
    cdef Py_ssize_t i
    cdef int found = 0
    with nogil:
        for i in range(named.shape[0]):
            if named[i] >= count:
                found = 1
                break
            counter = records + named[i]
            if counter.kind != kind or counter.owner != owners[i]:
                found = 2
                break
            if counter.places != places[i]:
                found = 3
                break
    return (None, "counters", "counters.owner", "counters.places")[found]
