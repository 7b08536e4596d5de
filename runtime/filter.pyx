"""Makes the filter that stands before all bitmaps of a file (filter.pxd); tested by tests/test_filter.py."""

import numpy as np

from libc.stdint cimport uint8_t, uint32_t, uint64_t

from .layout cimport Bitmap, Bucket, Sections
from .roaring cimport ARRAY_MAX, BITSET_BYTES, Head, container_bytes, has_runs, load16, members_of, read_head

cdef enum:
    BITS_A_MEMBER = 12


ctypedef struct Filter:
    uint64_t* words
    uint64_t size
    uint32_t bitmap


cdef inline void put(const Filter* into, uint64_t key) noexcept nogil:
    cdef uint64_t hash = cp_filter_hash(into.bitmap, key)
    into.words[cp_filter_word(hash, into.size)] |= cp_filter_bits(hash)


cdef void put_container(const Filter* into, const uint8_t* box, bint is_run, uint32_t members, uint64_t above) noexcept nogil:
    """All members of a container; `above`: their upper 48 bits."""
    cdef uint32_t i, j
    if is_run:
        for i in range(load16(box)):
            for j in range(<uint32_t> load16(box + 4 + 4 * i) + 1):
                put(into, above + load16(box + 2 + 4 * i) + j)
    elif members <= ARRAY_MAX:
        for i in range(members):
            put(into, above + load16(box + 2 * i))
    else:
        for i in range(<uint32_t> BITSET_BYTES):
            for j in range(8):
                if box[i] >> j & 1:
                    put(into, above + 8 * i + j)


cdef void put_bitmap32(const Filter* into, const uint8_t* p, uint64_t above) noexcept nogil:
    cdef const uint8_t* box
    cdef uint32_t i
    cdef Head head
    read_head(p, &head)
    box = head.first
    for i in range(head.count):
        put_container(
            into, box, has_runs(&head, i), members_of(&head, i), above + (<uint64_t> load16(head.keys + 4 * i) << 16)
        )
        box += container_bytes(box, has_runs(&head, i), members_of(&head, i))


def build(const uint8_t[::1] bitmaps not None, const uint8_t[::1] buckets not None, const uint8_t[::1] roaring not None):
    cdef Filter into
    cdef uint64_t members = 0
    cdef uint64_t[::1] words
    cdef const Bitmap* records
    cdef const Bucket* index
    cdef uint32_t i, j, count = <uint32_t> (<size_t> bitmaps.shape[0] // sizeof(Bitmap))
    if count == 0:
        return np.zeros(1, np.uint64)
    records = <const Bitmap*> &bitmaps[0]
    for i in range(count):
        if not is_dense(records + i):
            members += records[i].members
    words = np.zeros(members * BITS_A_MEMBER // 64 + 1, np.uint64)
    into.words, into.size = &words[0], words.shape[0]
    with nogil:
        for i in range(count):
            if is_dense(records + i):
                continue
            into.bitmap = i
            for j in range(records[i].buckets_count):
                index = <const Bucket*> &buckets[0] + records[i].buckets + j
                put_bitmap32(&into, &roaring[index.offset], <uint64_t> index.high << 32)
    return np.asarray(words)


def dense(const uint8_t[::1] bitmaps not None):
    cdef uint32_t i, count = <uint32_t> (<size_t> bitmaps.shape[0] // sizeof(Bitmap))
    cdef uint64_t[::1] found = np.zeros(count // 64 + 1, np.uint64)
    for i in range(count):
        if is_dense(<const Bitmap*> &bitmaps[0] + i):
            found[i >> 6] |= <uint64_t> 1 << (i & 63)
    return np.asarray(found)


def passes(const uint64_t[::1] words not None, uint32_t bitmap, uint64_t key):
    cdef Sections tables
    cdef uint64_t[::1] none = np.zeros(bitmap // 64 + 1, np.uint64)
    tables.filter, tables.filter_words = &words[0], words.shape[0]
    return bool(may_have(&tables, &none[0], bitmap, key))
