"""The lines of a list file as keys and ranges of keys; tested by tests/test_list_lines.py.

A line of nothing but digits, as most are, is read eight bytes at a time; the signs of others are told apart by one table of
all bytes. What their digits mean is the runtime's to say (numbers.pxd).
"""

from collections import namedtuple

import numpy as np

from ..runtime import places

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memchr, memcpy, memset

from cython cimport view

from ..runtime.numbers cimport PREFIXES, WRITTEN, Numbering, Party, Reader, is_mobile, read_party

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
    SPACE  # this and what follows is in no entry, but for a RETURN that ends no line
    TAB
    RETURN
    COMMENT
    BREAK

cdef enum:
    MOST_FREE = 8
    MOST_DIGITS = 17  # of a number that can have a key: 00 and 15 more
    DECIDED = 6  # digits from which the others cannot change what kind of number it is
    DECIDED_AFTER_00 = 8
    SHORTEST_ODD = 9  # digits from which a number known only as written is more likely a slip than a short number
    PLAIN = 16  # bytes that are looked at for a plain line: its digits, fewer than that, and its end
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

# An array that grows.
ctypedef struct Column:
    uint64_t* items
    Py_ssize_t count
    Py_ssize_t room

# Where reading is, and what the file has so far.
ctypedef struct Progress:
    Py_ssize_t at
    int64_t line
    Column keys
    Column first
    Column last
    Py_ssize_t bad
    Py_ssize_t odd
    Slip[KEPT] mistakes
    Slip[KEPT] oddities

cdef extern from *:
    """
    #define CP_MOBILES 18600000000000ULL
    """
    const uint64_t MOBILES "CP_MOBILES"  # before the digits of a mobile: 10**13, and 86
    int __builtin_ctzll(unsigned long long bits) nogil

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
    cdef Py_ssize_t start = -1, end = 0
    cdef uint32_t digits = 0, free = 0
    cdef bint plus = False, foreign = False, late = False, after_tab = False
    cdef uint8_t sign
    cdef const uint8_t* found
    while at < size:
        sign = SIGNS[data[at]]
        if sign >= SPACE:
            if sign == BREAK:
                at += 1
                break
            if sign == COMMENT:
                found = <const uint8_t*> memchr(data + at, b'\n', size - at)
                at = size if found == NULL else found - data + 1
                break
            if sign == TAB:
                after_tab = start >= 0
                at += 1
                continue
            if sign == SPACE or at + 1 == size or data[at + 1] == b'\n':
                at += 1
                continue
        if start < 0:
            start = at
        foreign |= after_tab
        if sign == DIGIT:
            late |= free > 0
            if digits <= MOST_DIGITS:
                out.text[plus + digits] = <char> data[at]
                digits += 1
        elif sign == FREE:
            free += 1
        elif sign == PLUS:
            foreign |= plus or digits > 0 or free > 0
            plus = True
            out.text[0] = b'+'
        elif sign != SEPARATOR:
            foreign = True
        at += 1
        end = at
    out.start, out.end, out.digits, out.free = start, end, digits, free
    out.plus, out.foreign, out.late = plus, foreign, late
    return at


cdef inline uint64_t eight_digits(uint64_t signs) noexcept nogil:
    """The value of eight bytes, each 0 to 9, the first of them the greatest digit."""
    signs = (signs * 2561) >> 8
    signs = ((signs & 0x00FF00FF00FF00FFULL) * 6553601) >> 16
    return ((signs & 0x0000FFFF0000FFFFULL) * 42949672960001ULL) >> 32


cdef inline uint32_t leading_digits(uint64_t signs) noexcept nogil:
    """How many bytes are 0 to 9 before the first that is not."""
    cdef uint64_t others = (((signs & 0x7F7F7F7F7F7F7F7FULL) + 0x7676767676767676ULL) | signs) & 0x8080808080808080ULL
    return <uint32_t> __builtin_ctzll(others) >> 3 if others else 8


cdef inline uint32_t plain_digits(const Numbering* known, const uint8_t* line, uint64_t* value) noexcept nogil:
    """How many digits PLAIN bytes start with, and their value; 0 where they are digits to the end."""
    cdef uint64_t[2] signs
    cdef uint32_t digits, more
    memcpy(signs, line, PLAIN)
    signs[0] ^= 0x3030303030303030ULL
    signs[1] ^= 0x3030303030303030ULL
    digits = leading_digits(signs[0])
    if digits < 8:
        value[0] = eight_digits(signs[0] << (64 - 8 * digits)) if digits else 0
        return digits
    more = leading_digits(signs[1])
    value[0] = eight_digits(signs[0])
    if more:
        value[0] = value[0] * known.powers[more] + eight_digits(signs[1] << (64 - 8 * more))
    return 8 + more if more < 8 else 0


cdef inline uint32_t plain_end(const uint8_t* line, uint32_t digits) noexcept nogil:
    """Where the line behind that starts whose only signs are these digits; 0 where there are others."""
    if line[digits] == b'\n':
        return digits + 1
    return digits + 2 if line[digits] == b'\r' and line[digits + 1] == b'\n' else 0


cdef inline void take_plain(const uint8_t* data, Py_ssize_t at, uint32_t digits, Entry* out) noexcept nogil:
    """Take a plain line apart, as scan does."""
    out.start, out.end = at, at + digits
    out.digits, out.free = digits, 0
    out.plus = out.foreign = out.late = False
    memcpy(out.text, data + at, PLAIN)


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
    cdef uint32_t enough = DECIDED_AFTER_00 if after_00 else DECIDED
    cdef bint decided = entry.digits >= enough
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


cdef bint has_room(Column* column, Py_ssize_t more) noexcept nogil:
    """Make room; False where memory is short."""
    cdef uint64_t* grown
    cdef Py_ssize_t room = column.count + more
    if room <= column.room:
        return True
    if room < column.room + column.room // 2:
        room = column.room + column.room // 2
    grown = <uint64_t*> realloc(column.items, room * sizeof(uint64_t))
    if grown == NULL:
        return False
    column.items, column.room = grown, room
    return True


cdef bint read_block(const Numbering* known, const uint8_t* data, Py_ssize_t size, Progress* now) noexcept nogil:
    """Read on until the data end or there is a block of numbers or patterns more; False where memory is short."""
    cdef Entry entry
    cdef Py_ssize_t offset, at = now.at, end, ranges_end
    cdef int64_t line = now.line
    cdef uint64_t value = 0
    cdef uint64_t* key
    cdef uint64_t* keys_end
    cdef uint32_t digits
    cdef uint8_t kind
    cdef Py_ssize_t block = (size - at + 1) // 2  # an entry takes a sign and the end of its line
    block = block if block < BLOCK else BLOCK
    if not (has_room(&now.keys, block) and has_room(&now.first, block) and has_room(&now.last, block)):
        return False
    key = now.keys.items + now.keys.count
    keys_end = key + block
    ranges_end = now.first.count + block
    while at < size and key < keys_end and now.first.count < ranges_end:
        offset = at
        line += 1
        end = 0
        if size - at > PLAIN:
            digits = plain_digits(known, data + at, &value)
            end = plain_end(data + at, digits) if digits else 0
        if end:
            at += end
            if is_mobile(value, digits):
                key[0] = MOBILES + value
                key += 1
                continue
            take_plain(data, offset, digits, &entry)
        else:
            at = scan(data, at, size, &entry)
            if entry.start < 0:
                continue
        if entry.foreign:
            kind = NOT_A_NUMBER
        elif entry.free:
            kind = NOT_A_PATTERN
            if entry.digits and not entry.late and entry.free <= MOST_FREE:
                kind = read_pattern(known, &entry, now.first.items + now.first.count, now.last.items + now.last.count)
                now.first.count += kind >= ODD
                now.last.count += kind >= ODD
        elif entry.digits == 0:
            kind = NOT_A_NUMBER
        else:
            kind = read_number(known, &entry, key)
            key += kind >= ODD
        if kind < ODD:
            keep(now.mistakes, now.bad, kind, line, offset, &entry)
            now.bad += 1
        elif kind == ODD:
            keep(now.oddities, now.odd, kind, line, offset, &entry)
            now.odd += 1
    now.keys.count = key - now.keys.items
    now.at = at
    now.line = line
    return True


cdef object as_array(Column* column):
    """A column's items without a copy; the array frees them."""
    cdef view.array held
    cdef uint64_t* items
    if column.count == 0:
        return np.empty(0, np.uint64)
    items = <uint64_t*> realloc(column.items, column.count * sizeof(uint64_t))
    column.items = column.items if items == NULL else items
    held = view.array((column.count,), sizeof(uint64_t), "Q", "c", False)
    held.data = <char*> column.items
    held.callback_free_data = free
    column.items = NULL
    return np.asarray(held)


cdef list kept_of(const Slip* slips, Py_ssize_t count):
    return [
        Mistake(KINDS[slips[i].kind], slips[i].line, slips[i].offset, slips[i].start, slips[i].end)
        for i in range(min(count, <Py_ssize_t> KEPT))
    ]


def read(const uint8_t[::1] data not None):
    """All lines of a list file. See list_lines.pyi."""
    cdef Progress now
    cdef const uint8_t* start = &data[0] if data.shape[0] else NULL
    cdef Py_ssize_t size = data.shape[0]
    cdef bint done
    memset(&now, 0, sizeof(now))
    try:
        while now.at < size:
            with nogil:
                done = read_block(&READER.known, start, size, &now)
            if not done:
                raise MemoryError
        return ListLines(
            as_array(&now.keys),
            as_array(&now.first),
            as_array(&now.last),
            kept_of(now.mistakes, now.bad),
            now.bad,
            kept_of(now.oddities, now.odd),
            now.odd,
        )
    finally:
        free(now.keys.items)
        free(now.first.items)
        free(now.last.items)
