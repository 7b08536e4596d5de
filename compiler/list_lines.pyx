"""The lines of a list file as keys and ranges of keys; tested by tests/test_list_lines.py.

A line's signs are told apart by one table of all bytes; its digits are read by the runtime's reader of numbers.
"""

from collections import namedtuple

import numpy as np

from ..runtime import places

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memchr, memset

from ..runtime.numbers cimport PREFIXES, WRITTEN, Numbering, Party, Reader, read_party

KINDS = ("not a number", "no area code", "too long", "not a pattern", "mixed", "odd")

Mistake = namedtuple("Mistake", "kind line offset start end")
ListLines = namedtuple("ListLines", "keys first last mistakes bad oddities odd")

# Positions in KINDS; the last is none
cdef enum:
    NOT_A_NUMBER
    NO_AREA_CODE
    TOO_LONG
    NOT_A_PATTERN
    MIXED
    ODD
    SOUND

# What a byte is
cdef enum:
    OTHER
    DIGIT
    SEPARATOR
    PLUS
    FREE
    COMMENT
    SPACE
    TAB
    RETURN
    BREAK

cdef enum:
    MOST_FREE = 8
    MOST_DIGITS = 17  # of a number that can have a key: 00 and 15 more
    DECIDED = 6  # digits from which the others cannot change what kind of number it is
    DECIDED_AFTER_00 = 8
    SHORTEST_ODD = 9  # digits from which a number known only as written is more likely a slip than a short number
    BLOCK = 1 << 16  # numbers, and patterns, that are read before Python has a look
    KEPT = 20  # mistakes of which the place is kept

# A line's number or pattern: the bytes from start to end, its + and its digits, and how many x are behind them.
ctypedef struct Entry:
    Py_ssize_t start
    Py_ssize_t end
    uint32_t digits
    uint32_t free
    bint plus
    bint foreign  # a sign that is in no number
    bint late  # a digit behind an x
    char[1 + MOST_DIGITS + MOST_FREE + 1] text

ctypedef struct Slip:
    uint8_t kind
    int64_t line
    Py_ssize_t offset
    Py_ssize_t start
    Py_ssize_t end

# Where reading is; what this block has, and what the file has so far.
ctypedef struct Progress:
    Py_ssize_t at
    int64_t line
    Py_ssize_t keys
    Py_ssize_t ranges
    Py_ssize_t bad
    Py_ssize_t odd
    Slip[KEPT] mistakes
    Slip[KEPT] oddities

cdef uint8_t[256] SIGNS
cdef Reader READER = Reader(np.array([int(code) for code in places.area_codes()], np.uint16), np.zeros(PREFIXES, np.uint16))


cdef void name_signs() noexcept:
    cdef int i
    memset(SIGNS, OTHER, sizeof(SIGNS))
    for i in range(10):
        SIGNS[48 + i] = DIGIT
    for sign in b"-.()":
        SIGNS[<uint8_t> sign] = SEPARATOR
    SIGNS[b'+'] = PLUS
    SIGNS[b'x'] = FREE
    SIGNS[b'#'] = COMMENT
    SIGNS[b' '] = SPACE
    SIGNS[b'\t'] = TAB
    SIGNS[b'\r'] = RETURN
    SIGNS[b'\n'] = BREAK


name_signs()


cdef inline Py_ssize_t scan(const uint8_t* data, Py_ssize_t at, Py_ssize_t size, Entry* out) noexcept nogil:
    """Take a line apart and say where the next begins. A start below 0: it has no entry."""
    cdef bint after_tab = False
    cdef uint8_t sign
    cdef const uint8_t* found
    out.start, out.end = -1, 0
    out.digits = out.free = 0
    out.plus = out.foreign = out.late = False
    while at < size:
        sign = SIGNS[data[at]]
        if sign == BREAK:
            return at + 1
        if sign == COMMENT:
            found = <const uint8_t*> memchr(data + at, b'\n', size - at)
            return size if found == NULL else found - data + 1
        if sign == SPACE or (sign == RETURN and (at + 1 == size or data[at + 1] == b'\n')):
            at += 1
            continue
        if sign == TAB:
            after_tab = out.start >= 0
            at += 1
            continue
        if out.start < 0:
            out.start = at
        out.foreign |= after_tab
        if sign == DIGIT:
            out.late |= out.free > 0
            if out.digits <= MOST_DIGITS:
                out.text[out.plus + out.digits] = <char> data[at]
                out.digits += 1
        elif sign == FREE:
            out.free += 1
        elif sign == PLUS:
            out.foreign |= out.plus or out.digits > 0 or out.free > 0
            out.plus = True
            out.text[0] = b'+'
        elif sign != SEPARATOR:
            out.foreign = True
        at += 1
        out.end = at
    return at


cdef inline uint8_t written(const Entry* entry, uint32_t digits) noexcept nogil:
    """What is wrong with a number or a pattern that is known only as written."""
    cdef uint32_t first = entry.plus
    if not entry.plus and 7 <= digits <= 8:
        return NO_AREA_CODE
    return ODD if entry.plus or entry.text[first] == b'0' or digits >= SHORTEST_ODD else SOUND


cdef inline uint8_t read_number(const Numbering* known, const Entry* entry, uint64_t* key) noexcept nogil:
    cdef Party party
    read_party(known, entry.text, entry.plus + entry.digits, &party)
    key[0] = party.key
    if party.key == 0:
        return TOO_LONG
    return written(entry, entry.digits) if party.kind == WRITTEN else SOUND


cdef uint8_t read_pattern(const Numbering* known, Entry* entry, uint64_t* first, uint64_t* last) noexcept nogil:
    """The keys of all numbers that a pattern means: one range, of one kind of number, or it is mixed.

    Where its digits do not yet decide on that, each digit that the first x can be is looked at on its own.
    """
    cdef Party low, high
    cdef uint8_t kind = 0
    cdef uint32_t length = entry.plus + entry.digits, rest = entry.free, i
    cdef uint64_t width
    cdef char* text = entry.text
    cdef bint after_00 = not entry.plus and entry.digits > 1 and text[0] == b'0' and text[1] == b'0'
    cdef bint decided = entry.digits >= (DECIDED_AFTER_00 if after_00 else DECIDED)
    if entry.digits > MOST_DIGITS:
        return TOO_LONG
    if not decided:
        length += 1
        rest -= 1
    width = known.powers[rest] - 1
    for i in range(1 if decided else 10):
        if not decided:
            text[length - 1] = <char> (48 + i)
        memset(text + length, b'0', rest)
        read_party(known, text, length + rest, &low)
        memset(text + length, b'9', rest)
        read_party(known, text, length + rest, &high)
        if low.kind != high.kind or (i > 0 and low.kind != kind):
            return MIXED
        if low.key == 0:
            return TOO_LONG
        if high.key - low.key != width or (i > 0 and low.key != last[0] + 1):
            return MIXED
        if i == 0:
            kind = low.kind
            first[0] = low.key
        last[0] = high.key
    return written(entry, entry.digits + entry.free) if kind == WRITTEN else SOUND


cdef inline void keep(Slip* kept, Py_ssize_t so_far, uint8_t kind, int64_t line, Py_ssize_t offset, const Entry* entry) noexcept nogil:
    if so_far < KEPT:
        kept[so_far].kind = kind
        kept[so_far].line = line
        kept[so_far].offset = offset
        kept[so_far].start = entry.start
        kept[so_far].end = entry.end


cdef void read_block(
    const Numbering* known, const uint8_t* data, Py_ssize_t size, Progress* now, uint64_t* keys, uint64_t* first, uint64_t* last
) noexcept nogil:
    """Read on until the data end or one of the three arrays, each of BLOCK keys, is full."""
    cdef Entry entry
    cdef Py_ssize_t offset
    cdef uint8_t kind
    while now.at < size and now.keys < BLOCK and now.ranges < BLOCK:
        offset = now.at
        now.at = scan(data, offset, size, &entry)
        now.line += 1
        if entry.start < 0:
            continue
        if entry.foreign:
            kind = NOT_A_NUMBER
        elif entry.free:
            kind = NOT_A_PATTERN
            if entry.digits and not entry.late and entry.free <= MOST_FREE:
                kind = read_pattern(known, &entry, first + now.ranges, last + now.ranges)
                now.ranges += kind >= ODD
        elif entry.digits == 0:
            kind = NOT_A_NUMBER
        else:
            kind = read_number(known, &entry, keys + now.keys)
            now.keys += kind >= ODD
        if kind < ODD:
            keep(now.mistakes, now.bad, kind, now.line, offset, &entry)
            now.bad += 1
        elif kind == ODD:
            keep(now.oddities, now.odd, kind, now.line, offset, &entry)
            now.odd += 1


cdef list kept_of(const Slip* slips, Py_ssize_t count):
    return [
        Mistake(KINDS[slips[i].kind], slips[i].line, slips[i].offset, slips[i].start, slips[i].end)
        for i in range(min(count, <Py_ssize_t> KEPT))
    ]


def read(const uint8_t[::1] data not None):
    """All lines of a list file. See list_lines.pyi."""
    cdef Progress now
    cdef uint64_t[::1] keys = np.empty(BLOCK, np.uint64), first = np.empty(BLOCK, np.uint64), last = np.empty(BLOCK, np.uint64)
    cdef const uint8_t* start = &data[0] if data.shape[0] else NULL
    cdef Py_ssize_t size = data.shape[0]
    all_keys, all_first, all_last = [], [], []
    memset(&now, 0, sizeof(now))
    while now.at < size:
        now.keys = now.ranges = 0
        with nogil:
            read_block(&READER.known, start, size, &now, &keys[0], &first[0], &last[0])
        all_keys.append(np.array(keys[: now.keys]))
        all_first.append(np.array(first[: now.ranges]))
        all_last.append(np.array(last[: now.ranges]))
    none = np.empty(0, np.uint64)
    return ListLines(
        np.concatenate([none, *all_keys]),
        np.concatenate([none, *all_first]),
        np.concatenate([none, *all_last]),
        kept_of(now.mistakes, now.bad),
        now.bad,
        kept_of(now.oddities, now.odd),
        now.odd,
    )
