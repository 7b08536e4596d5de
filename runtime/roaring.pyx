"""Checks a roaring bitmap of the portable format before anything reads it in place; tested by tests/test_roaring.py."""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from .layout cimport Bitmap, Bucket

cdef enum:
    MAX_CONTAINERS = 65536


cdef int64_t container_is_sound(const uint8_t* box, uint64_t room, bint is_run, uint32_t members) noexcept nogil:
    """Its bytes, -1 if it is cut, out of order, or does not have that many members."""
    cdef uint32_t i, last, found = 0, runs
    cdef uint64_t size
    cdef uint32_t start, length
    if is_run:
        if room < 2:
            return -1
        runs = load16(box)
        size = 2 + 4 * <uint64_t> runs
        if room < size or runs == 0:
            return -1
        last = 0
        for i in range(runs):
            start, length = load16(box + 2 + 4 * i), load16(box + 4 + 4 * i)
            if start + length > 0xFFFF or (i > 0 and start <= last):
                return -1
            last = start + length
            found += length + 1
        return <int64_t> size if found == members else -1
    if members <= ARRAY_MAX:
        size = 2 * <uint64_t> members
        if room < size:
            return -1
        for i in range(1, members):
            if load16(box + 2 * i) <= load16(box + 2 * i - 2):
                return -1
        return <int64_t> size
    if room < BITSET_BYTES:
        return -1
    for i in range(<uint32_t> BITSET_BYTES):
        found += ONES[box[i] >> 4] + ONES[box[i] & 15]
    return BITSET_BYTES if found == members else -1


cdef uint8_t[16] ONES = [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4]


cdef int64_t bitmap32_is_sound(const uint8_t* p, uint64_t room, uint64_t* members) noexcept nogil:
    """The bytes of the 32-bit bitmap at p, -1 if it is not sound; adds its members."""
    cdef uint32_t cookie, count, i, own
    cdef uint64_t at, keys, offsets
    cdef int64_t size
    cdef const uint8_t* runs = NULL
    cdef bint is_run
    if room < 8:
        return -1
    cookie = load32(p)
    if (cookie & 0xFFFF) == COOKIE_RUNS:
        count = (cookie >> 16) + 1
        runs = p + 4
        keys = 4 + (count + 7) // 8
    elif cookie == COOKIE_NO_RUNS:
        count = load32(p + 4)
        keys = 8
    else:
        return -1
    if count == 0 or count > MAX_CONTAINERS:
        return -1
    offsets = keys + 4 * <uint64_t> count
    at = offsets
    if runs == NULL or count >= OFFSETS_FROM:
        at += 4 * <uint64_t> count
    if at > room:
        return -1
    for i in range(count):
        if i > 0 and load16(p + keys + 4 * i) <= load16(p + keys + 4 * i - 4):
            return -1
        if (runs == NULL or count >= OFFSETS_FROM) and load32(p + offsets + 4 * i) != at:
            return -1
        own = <uint32_t> load16(p + keys + 4 * i + 2) + 1
        is_run = runs != NULL and (runs[i >> 3] >> (i & 7)) & 1
        size = container_is_sound(p + at, room - at, is_run, own)
        if size < 0:
            return -1
        at += <uint64_t> size
        members[0] += own
    return <int64_t> at


cdef bint bitmap_is_sound(const Bitmap* bitmap, const Bucket* buckets, const uint8_t* roaring) noexcept nogil:
    """Whether a 64-bit bitmap, its index of buckets and its number of members agree; the offsets' range is known to be good."""
    cdef const uint8_t* own = roaring + bitmap.offset
    cdef const Bucket* bucket = buckets + bitmap.buckets
    cdef uint64_t at = 8, members = 0
    cdef uint32_t i
    cdef int64_t size
    if bitmap.size < 8 or (<uint64_t> load32(own) | <uint64_t> load32(own + 4) << 32) != bitmap.buckets_count:
        return False
    for i in range(bitmap.buckets_count):
        if bitmap.size - at < 4 or load32(own + at) != bucket[i].high or (i > 0 and bucket[i].high <= bucket[i - 1].high):
            return False
        at += 4
        if bucket[i].offset != bitmap.offset + at:
            return False
        size = bitmap32_is_sound(own + at, bitmap.size - at, &members)
        if size < 0:
            return False
        at += <uint64_t> size
    return at == bitmap.size and members == bitmap.members


def unsound(const uint8_t[::1] bitmaps not None, const uint8_t[::1] buckets not None, const uint8_t[::1] roaring not None):
    """The position of the first bitmap that is not sound, or -1. The three are the bytes of their sections.

    Each record's ranges within `buckets` and `roaring` must have been checked before.
    """
    cdef Py_ssize_t i
    cdef const Bitmap* records
    cdef uint8_t nothing = 0
    if bitmaps.shape[0] == 0:
        return -1
    records = <const Bitmap*> &bitmaps[0]
    for i in range(bitmaps.shape[0] // <Py_ssize_t> sizeof(Bitmap)):
        if not bitmap_is_sound(
            records + i,
            <const Bucket*> &buckets[0] if buckets.shape[0] else NULL,
            &roaring[0] if roaring.shape[0] else &nothing,
        ):
            return i
    return -1


def contains(const uint8_t[::1] image not None, uint64_t key):
    """Whether one verified 64-bit bitmap in the portable format holds key: the reader, for its test."""
    cdef Bitmap bitmap
    cdef Bucket[64] buckets
    cdef uint64_t at = 8, members = 0
    cdef int64_t size
    bitmap.buckets, bitmap.offset, bitmap.size = 0, 0, image.shape[0]
    bitmap.buckets_count = load32(&image[0])
    if bitmap.buckets_count > 64:
        raise ValueError("more than 64 buckets")
    for i in range(bitmap.buckets_count):
        buckets[i].high = load32(&image[at])
        buckets[i].offset = at + 4
        size = bitmap32_is_sound(&image[at + 4], image.shape[0] - at - 4, &members)
        if size < 0:
            raise ValueError("not a sound bitmap")
        at += 4 + <uint64_t> size
    return bool(bitmap_has(&bitmap, buckets, &image[0], key))
