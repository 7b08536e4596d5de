# Membership in a roaring bitmap of the portable format, read in place; roaring.pyx checks one before it is read.
# Format: the RoaringFormatSpec of the Roaring bitmap project. Containers are not aligned, so all loads are bytewise safe.
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from .layout cimport Bitmap, Bucket

cdef enum:
    COOKIE_NO_RUNS = 12346
    COOKIE_RUNS = 12347
    OFFSETS_FROM = 4  # a bitmap with runs has container offsets from that many containers on
    ARRAY_MAX = 4096
    BITSET_BYTES = 8192


cdef inline uint16_t load16(const uint8_t* p) noexcept nogil:
    cdef uint16_t value
    memcpy(&value, p, 2)
    return value


cdef inline uint32_t load32(const uint8_t* p) noexcept nogil:
    cdef uint32_t value
    memcpy(&value, p, 4)
    return value


cdef inline uint32_t container_bytes(const uint8_t* p, bint is_run, uint32_t members) noexcept nogil:
    if is_run:
        return 2 + 4 * <uint32_t> load16(p)
    return 2 * members if members <= ARRAY_MAX else BITSET_BYTES


# The head of a 32-bit bitmap that is known to be sound.
ctypedef struct Head:
    uint32_t count  # containers
    const uint8_t* runs  # a bit for each container that is runs; NULL: none is
    const uint8_t* keys  # of each container its key and its members less one
    const uint8_t* offsets  # of the containers; NULL: not stored
    const uint8_t* first  # container


cdef inline void read_head(const uint8_t* p, Head* head) noexcept nogil:
    cdef uint32_t cookie = load32(p)
    if (cookie & 0xFFFF) == COOKIE_RUNS:
        head.count = (cookie >> 16) + 1
        head.runs = p + 4
        head.keys = head.runs + (head.count + 7) // 8
    else:
        head.count = load32(p + 4)
        head.runs = NULL
        head.keys = p + 8
    head.first = head.keys + 4 * <uint64_t> head.count
    head.offsets = NULL
    if head.runs == NULL or head.count >= OFFSETS_FROM:
        head.offsets = head.first
        head.first += 4 * <uint64_t> head.count


cdef inline bint has_runs(const Head* head, uint32_t i) noexcept nogil:
    return head.runs != NULL and (head.runs[i >> 3] >> (i & 7)) & 1


cdef inline uint32_t members_of(const Head* head, uint32_t i) noexcept nogil:
    return <uint32_t> load16(head.keys + 4 * i + 2) + 1


cdef inline bint bitmap32_has(const uint8_t* p, uint32_t value) noexcept nogil:
    """Whether the 32-bit bitmap at p, already verified, holds value."""
    cdef uint32_t low, high, middle, key = value >> 16, want = value & 0xFFFF, at, i, members
    cdef const uint8_t* box
    cdef Head head
    read_head(p, &head)
    low, high = 0, head.count
    while low < high:
        middle = (low + high) >> 1
        if load16(head.keys + 4 * middle) < key:
            low = middle + 1
        else:
            high = middle
    if low == head.count or load16(head.keys + 4 * low) != key:
        return False
    members = members_of(&head, low)
    if head.offsets != NULL:
        box = p + load32(head.offsets + 4 * low)
    else:
        box = head.first
        for i in range(low):
            box += container_bytes(box, has_runs(&head, i), members_of(&head, i))
    if has_runs(&head, low):
        low, high = 0, load16(box)
        while low < high:  # the first run that starts after want
            middle = (low + high) >> 1
            if load16(box + 2 + 4 * middle) <= want:
                low = middle + 1
            else:
                high = middle
        if low == 0:
            return False
        at = load16(box + 4 * low - 2)
        return want - at <= load16(box + 4 * low)
    if members > ARRAY_MAX:
        return (box[want >> 3] >> (want & 7)) & 1
    low, high = 0, members
    while low < high:
        middle = (low + high) >> 1
        if load16(box + 2 * middle) < want:
            low = middle + 1
        else:
            high = middle
    return low < members and load16(box + 2 * low) == want


cdef inline bint bitmap_has(const Bitmap* bitmap, const Bucket* buckets, const uint8_t* roaring, uint64_t key) noexcept nogil:
    """Whether the 64-bit bitmap holds key, by the sorted index of its buckets."""
    cdef uint32_t low = 0, high = bitmap.buckets_count, middle, want = <uint32_t> (key >> 32)
    cdef const Bucket* own = buckets + bitmap.buckets
    while low < high:
        middle = (low + high) >> 1
        if own[middle].high < want:
            low = middle + 1
        else:
            high = middle
    if low == bitmap.buckets_count or own[low].high != want:
        return False
    return bitmap32_has(roaring + own[low].offset, <uint32_t> key)
