"""Keys brought into order: a radix sort, and two ordered arrays made one; tested by tests/test_key_order.py.

Many keys are dealt out by their greatest bits into parts that fit the processor's cache, and sorted there by their bytes,
the least first. Bits by which no two keys of a part differ take no time: ten million mobiles lie within 33 bits.
"""

import numpy as np

from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

cdef enum:
    BYTE = 256
    BYTES = 8  # of a key
    PART_BITS = 10
    PARTS = 1 << PART_BITS
    IN_CACHE = 1 << 14  # keys that are sorted by their bytes
    FEW = 40  # keys that are quicker put in their places one by one


cdef bint in_order(const uint64_t* keys, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(1, count):
        if keys[i] < keys[i - 1]:
            return False
    return True


cdef inline void insert_each(uint64_t* keys, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t i, at
    cdef uint64_t key
    for i in range(1, count):
        key = keys[i]
        at = i
        while at > 0 and keys[at - 1] > key:
            keys[at] = keys[at - 1]
            at -= 1
        keys[at] = key


cdef inline int bits_of(const uint64_t* keys, Py_ssize_t count, uint64_t* least) noexcept nogil:
    """The bits within which the keys lie, counted from the least of them."""
    cdef Py_ssize_t i
    cdef uint64_t low = keys[0], high = keys[0]
    cdef int bits = 0
    for i in range(1, count):
        low = keys[i] if keys[i] < low else low
        high = keys[i] if keys[i] > high else high
    least[0] = low
    high -= low
    while high:
        high >>= 1
        bits += 1
    return bits


cdef bint by_bytes(uint64_t* keys, uint64_t* other, Py_ssize_t count, uint64_t least, int bits) noexcept nogil:
    """Sort few keys; whether `other` has them then."""
    cdef uint32_t[BYTES][BYTE] places
    cdef uint32_t place, own
    cdef uint64_t key
    cdef Py_ssize_t i
    cdef int passes = (bits + 7) // 8, one
    cdef uint64_t* swapped
    memset(places, 0, passes * BYTE * sizeof(uint32_t))
    for i in range(count):
        key = keys[i] - least
        for one in range(passes):
            places[one][key & (BYTE - 1)] += 1
            key >>= 8
    for one in range(passes):
        place = 0
        for i in range(BYTE):
            own = places[one][i]
            places[one][i] = place
            place += own
        for i in range(count):
            key = keys[i]
            own = <uint32_t> (((key - least) >> (8 * one)) & (BYTE - 1))
            other[places[one][own]] = key
            places[one][own] += 1
        swapped = keys
        keys = other
        other = swapped
    return passes & 1


cdef void sort(uint64_t* keys, uint64_t* other, Py_ssize_t count, bint to_other) noexcept nogil:
    """Sort keys with the help of another array, to there or in their place. At most seven calls deep."""
    cdef Py_ssize_t[PARTS] ends
    cdef Py_ssize_t i, start, own
    cdef uint64_t least
    cdef int bits, shift
    cdef bint in_other = False
    if count <= FEW:
        insert_each(keys, count)
    else:
        bits = bits_of(keys, count, &least)
        if count <= IN_CACHE:
            in_other = by_bytes(keys, other, count, least, bits)
        elif bits:
            shift = bits - PART_BITS if bits > PART_BITS else 0
            memset(ends, 0, sizeof(ends))
            for i in range(count):
                ends[(keys[i] - least) >> shift] += 1
            start = 0
            for i in range(PARTS):
                own = ends[i]
                ends[i] = start
                start += own
            for i in range(count):
                own = <Py_ssize_t> ((keys[i] - least) >> shift)
                other[ends[own]] = keys[i]
                ends[own] += 1
            start = 0
            for i in range(PARTS):
                if ends[i] > start:
                    sort(other + start, keys + start, ends[i] - start, not to_other)
                start = ends[i]
            return
    if in_other and not to_other:
        memcpy(keys, other, count * sizeof(uint64_t))
    elif to_other and not in_other:
        memcpy(other, keys, count * sizeof(uint64_t))


cdef Py_ssize_t drop_doubles(uint64_t* keys, Py_ssize_t count) noexcept nogil:
    """Keep one of each of the keys, which are in order; how many there are."""
    cdef Py_ssize_t i, kept = 1
    for i in range(1, count):
        keys[kept] = keys[i]
        kept += keys[kept] != keys[kept - 1]
    return kept


cdef Py_ssize_t merge(const uint64_t* a, Py_ssize_t a_count, const uint64_t* b, Py_ssize_t b_count, uint64_t* out) noexcept nogil:
    cdef Py_ssize_t i = 0, j = 0, kept = 0
    cdef uint64_t left, right
    while i < a_count and j < b_count:
        left, right = a[i], b[j]
        out[kept] = left if left < right else right
        kept += 1
        i += left <= right
        j += right <= left
    while i < a_count:
        out[kept] = a[i]
        kept += 1
        i += 1
    while j < b_count:
        out[kept] = b[j]
        kept += 1
        j += 1
    return kept


def ascending(uint64_t[::1] keys not None):
    """The keys in order, each once. See key_order.pyi."""
    cdef Py_ssize_t count = keys.shape[0]
    cdef uint64_t* other
    if count < 2:
        return np.asarray(keys)
    if not in_order(&keys[0], count):
        other = <uint64_t*> malloc(count * sizeof(uint64_t))
        if other == NULL:
            raise MemoryError
        with nogil:
            sort(&keys[0], other, count, False)
            free(other)
    count = drop_doubles(&keys[0], count)
    return np.asarray(keys)[:count]


def merged(const uint64_t[::1] a not None, const uint64_t[::1] b not None):
    """Two ordered arrays as one. See key_order.pyi."""
    cdef uint64_t[::1] out = np.empty(a.shape[0] + b.shape[0], np.uint64)
    cdef Py_ssize_t count
    if a.shape[0] == 0 or b.shape[0] == 0:
        return np.asarray(b if a.shape[0] == 0 else a)
    with nogil:
        count = merge(&a[0], a.shape[0], &b[0], b.shape[0], &out[0])
    return np.asarray(out)[:count]
