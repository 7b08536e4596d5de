"""Roaring's portable 64-bit format, written straight from keys in order; tested by tests/test_bitmaps.py.

A bucket holds the keys of one upper half (32 bits), a box in it those that share all but 16 bits. A box is stored as its
members' lower 16 bits, as a set of 65,536 bits or as runs, whichever is smallest, which is what pyroaring stores.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memset

from ..runtime.roaring cimport (
    ARRAY_MAX, BITSET_BYTES, COOKIE_NO_RUNS, COOKIE_RUNS, OFFSETS_FROM, Head, container_bytes, has_runs, load16, load32,
    members_of, read_head,
)

cdef enum:
    BOX_BITS = 16
    BOX = 1 << BOX_BITS
    MOST_RUNS = BOX // 2
    HEAD = 8  # bytes in front of the first bucket

ctypedef struct Run:
    uint16_t start
    uint16_t last

# Keys and ranges on the way through them, and the box that the way has come to: its keys are those from key_first to
# key_end, the ranges that reach into it those from range_first to range_end.
ctypedef struct Walk:
    const uint64_t* keys
    const uint64_t* first
    const uint64_t* last
    Py_ssize_t keys_count
    Py_ssize_t ranges_count
    Py_ssize_t key_first
    Py_ssize_t key_end
    Py_ssize_t range_first
    Py_ssize_t range_end
    uint64_t box
    uint32_t members
    uint32_t runs

ctypedef struct BucketSize:
    uint32_t high
    uint32_t boxes
    bint with_runs

ctypedef struct Sizes:
    BucketSize* buckets
    Py_ssize_t count
    Py_ssize_t room
    uint64_t bytes
    uint64_t boxes
    uint64_t members

cdef enum Measured:
    DONE
    TOO_LARGE
    NO_MEMORY


cdef inline bint to_next_box(Walk* at) noexcept nogil:
    """False where there is none. Counts the box's keys and their runs, as if it had no ranges."""
    cdef const uint64_t* keys = at.keys
    cdef Py_ssize_t key = at.key_end, one = at.range_end
    cdef uint64_t box = ~<uint64_t> 0, reached = 0, this, before
    cdef uint32_t runs = 1
    if at.ranges_count:
        # Ranges lie apart, so that at most the last of a box reaches on into the next.
        if one > 0 and at.last[one - 1] >> BOX_BITS > at.box:
            one -= 1
            reached = at.box + 1
        if one < at.ranges_count:
            box = at.first[one] >> BOX_BITS
            box = box if box > reached else reached
    at.range_first = one
    at.key_first = key
    if key < at.keys_count:
        this = keys[key] >> BOX_BITS
        box = this if this < box else box
    elif one == at.ranges_count:
        return False
    at.box = box
    while one < at.ranges_count and at.first[one] >> BOX_BITS <= box:
        one += 1
    at.range_end = one
    if key < at.keys_count and keys[key] >> BOX_BITS == box:
        before = keys[key]
        key += 1
        while key < at.keys_count:
            this = keys[key]
            if this >> BOX_BITS != box:
                break
            runs += this - before != 1
            before = this
            key += 1
    at.key_end = key
    at.members = <uint32_t> (key - at.key_first)
    at.runs = runs
    return True


cdef void find_runs(Walk* at, Run* runs) noexcept nogil:
    """Write the runs of a box and count them and its members."""
    cdef Py_ssize_t key = at.key_first, one = at.range_first
    cdef uint64_t base = at.box << BOX_BITS
    cdef uint32_t start, last, found = 0, members = 0, i
    while key < at.key_end or one < at.range_end:
        if one == at.range_end or (key < at.key_end and at.keys[key] <= at.first[one]):
            start = last = <uint32_t> (at.keys[key] - base)
            key += 1
        else:
            start = <uint32_t> (at.first[one] - base) if at.first[one] > base else 0
            last = <uint32_t> (at.last[one] - base) if at.last[one] - base < BOX else BOX - 1
            one += 1
        if found and start <= <uint32_t> runs[found - 1].last + 1:
            if last > runs[found - 1].last:
                runs[found - 1].last = <uint16_t> last
        else:
            runs[found].start = <uint16_t> start
            runs[found].last = <uint16_t> last
            found += 1
    for i in range(found):
        members += <uint32_t> runs[i].last - runs[i].start + 1
    at.members = members
    at.runs = found


cdef inline uint32_t plain_bytes(const Walk* at) noexcept nogil:
    return 2 * at.members if at.members <= ARRAY_MAX else BITSET_BYTES


cdef inline bint best_as_runs(const Walk* at) noexcept nogil:
    return 2 + 4 * at.runs < plain_bytes(at)


cdef inline uint64_t head_bytes(uint32_t boxes, bint with_runs) noexcept nogil:
    """Of a bucket: all before its boxes."""
    if not with_runs:
        return 8 + 8 * <uint64_t> boxes
    return 4 + (boxes + 7) // 8 + (4 if boxes < OFFSETS_FROM else 8) * <uint64_t> boxes


cdef inline bint come_to_next_box(Walk* at, Run* runs) noexcept nogil:
    """The same with the box's ranges counted; its runs are written where it has any."""
    if not to_next_box(at):
        return False
    if at.range_first < at.range_end:
        find_runs(at, runs)
    return True


cdef bint begin_bucket(Sizes* sizes, uint32_t high) noexcept nogil:
    """False where memory is short."""
    cdef BucketSize* grown
    cdef Py_ssize_t room
    if sizes.count == sizes.room:
        room = 64 if sizes.room == 0 else 2 * sizes.room
        grown = <BucketSize*> realloc(sizes.buckets, room * sizeof(BucketSize))
        if grown == NULL:
            return False
        sizes.buckets, sizes.room = grown, room
    sizes.buckets[sizes.count].high = high
    sizes.buckets[sizes.count].boxes = 0
    sizes.buckets[sizes.count].with_runs = False
    sizes.count += 1
    return True


cdef Measured measure(Walk at, Run* runs, uint64_t most, Sizes* sizes) noexcept nogil:
    """What the form takes, as far as that is not more than `most`."""
    cdef BucketSize* bucket = NULL
    cdef Py_ssize_t i
    while come_to_next_box(&at, runs):
        if bucket == NULL or bucket.high != at.box >> BOX_BITS:
            if not begin_bucket(sizes, <uint32_t> (at.box >> BOX_BITS)):
                return NO_MEMORY
            bucket = sizes.buckets + sizes.count - 1
        bucket.boxes += 1
        sizes.boxes += 1
        sizes.members += at.members
        if best_as_runs(&at):
            bucket.with_runs = True
            sizes.bytes += 2 + 4 * at.runs
        else:
            sizes.bytes += plain_bytes(&at)
        if sizes.bytes + 4 * sizes.boxes > most:
            return TOO_LARGE
    for i in range(sizes.count):
        sizes.bytes += 4 + head_bytes(sizes.buckets[i].boxes, sizes.buckets[i].with_runs)
    return DONE if sizes.bytes <= most else TOO_LARGE


cdef inline void put16(uint8_t* at, uint32_t value) noexcept nogil:
    cdef uint16_t low = <uint16_t> value
    memcpy(at, &low, 2)


cdef inline void put32(uint8_t* at, uint32_t value) noexcept nogil:
    memcpy(at, &value, 4)


cdef uint8_t* put_runs(const Walk* at, const Run* runs, uint8_t* out) noexcept nogil:
    cdef uint32_t i
    put16(out, at.runs)
    for i in range(at.runs):
        put16(out + 2 + 4 * i, runs[i].start)
        put16(out + 4 + 4 * i, <uint32_t> runs[i].last - runs[i].start)
    return out + 2 + 4 * at.runs


cdef uint8_t* put_each(const Walk* at, const Run* runs, uint8_t* out) noexcept nogil:
    """The members of a box one by one."""
    cdef Py_ssize_t key
    cdef uint32_t i, member
    if at.range_first == at.range_end:
        for key in range(at.key_first, at.key_end):
            put16(out, <uint32_t> (at.keys[key] & (BOX - 1)))
            out += 2
        return out
    for i in range(at.runs):
        for member in range(runs[i].start, <uint32_t> runs[i].last + 1):
            put16(out, member)
            out += 2
    return out


cdef uint8_t* put_bits(const Walk* at, const Run* runs, uint8_t* out) noexcept nogil:
    cdef Py_ssize_t key
    cdef uint32_t i, member
    memset(out, 0, BITSET_BYTES)
    if at.range_first == at.range_end:
        for key in range(at.key_first, at.key_end):
            member = <uint32_t> (at.keys[key] & (BOX - 1))
            out[member >> 3] |= <uint8_t> (1 << (member & 7))
        return out + BITSET_BYTES
    for i in range(at.runs):
        for member in range(runs[i].start, <uint32_t> runs[i].last + 1):
            out[member >> 3] |= <uint8_t> (1 << (member & 7))
    return out + BITSET_BYTES


cdef uint8_t* put_bucket(Walk* at, Run* runs, const BucketSize* size, uint8_t* out) noexcept nogil:
    """Write the bucket whose first box is the next."""
    cdef uint8_t* is_run = out + 4
    cdef uint8_t* keys
    cdef uint8_t* offsets
    cdef uint8_t* box = out + head_bytes(size.boxes, size.with_runs)
    cdef uint32_t i
    if size.with_runs:
        put32(out, COOKIE_RUNS | (size.boxes - 1) << 16)
        memset(is_run, 0, (size.boxes + 7) // 8)
        keys = is_run + (size.boxes + 7) // 8
    else:
        put32(out, COOKIE_NO_RUNS)
        put32(out + 4, size.boxes)
        keys = out + 8
    offsets = keys + 4 * <uint64_t> size.boxes
    for i in range(size.boxes):
        come_to_next_box(at, runs)
        put16(keys + 4 * i, <uint32_t> (at.box & (BOX - 1)))
        put16(keys + 4 * i + 2, at.members - 1)
        if not size.with_runs or size.boxes >= OFFSETS_FROM:
            put32(offsets + 4 * i, <uint32_t> (box - out))
        if best_as_runs(at):
            is_run[i >> 3] |= <uint8_t> (1 << (i & 7))
            if at.range_first == at.range_end:
                find_runs(at, runs)
            box = put_runs(at, runs, box)
        elif at.members <= ARRAY_MAX:
            box = put_each(at, runs, box)
        else:
            box = put_bits(at, runs, box)
    return box


cdef tuple write(const Walk* start, const Sizes* sizes):
    """The form and where its buckets are."""
    cdef Run[MOST_RUNS] runs
    cdef Walk at = start[0]
    cdef Py_ssize_t i
    cdef bytes data = PyBytes_FromStringAndSize(NULL, <Py_ssize_t> sizes.bytes)
    cdef uint8_t* out = <uint8_t*> PyBytes_AS_STRING(data)
    cdef uint8_t* here = out + HEAD
    cdef uint64_t count = <uint64_t> sizes.count
    cdef list buckets = []
    memcpy(out, &count, HEAD)
    for i in range(sizes.count):
        put32(here, sizes.buckets[i].high)
        buckets.append((sizes.buckets[i].high, here + 4 - out))
        with nogil:
            here = put_bucket(&at, runs, sizes.buckets + i, here + 4)
    return data, tuple(buckets), sizes.members


def portable(
    const uint64_t[::1] keys not None, const uint64_t[::1] first not None, const uint64_t[::1] last not None, uint64_t most
):
    """The form of a set. See portable.pyi."""
    cdef Run[MOST_RUNS] runs
    cdef Walk start
    cdef Sizes sizes
    cdef Measured measured
    memset(&start, 0, sizeof(start))
    memset(&sizes, 0, sizeof(sizes))
    start.keys_count, start.ranges_count = keys.shape[0], first.shape[0]
    start.keys = &keys[0] if keys.shape[0] else NULL
    start.first = &first[0] if first.shape[0] else NULL
    start.last = &last[0] if last.shape[0] else NULL
    sizes.bytes = HEAD
    try:
        with nogil:
            measured = measure(start, runs, most, &sizes)
        if measured == NO_MEMORY:
            raise MemoryError
        if measured == TOO_LARGE:
            return None
        return write(&start, &sizes)
    finally:
        free(sizes.buckets)


cdef uint64_t bucket_bytes(const uint8_t* bucket, uint64_t high, list even) except 0:
    """What a bucket takes that is known to be sound. Adds to `even` the boxes of runs that would take no more one by one."""
    cdef const uint8_t* at
    cdef uint32_t i = 0
    cdef Head head
    read_head(bucket, &head)
    at = head.first
    if head.runs == NULL:  # the last box says all
        i = head.count - 1
        at = bucket + load32(head.offsets + 4 * <uint64_t> i)
    while i < head.count:
        if has_runs(&head, i) and 2 * members_of(&head, i) == container_bytes(at, True, members_of(&head, i)):
            even.append(high << BOX_BITS | load16(head.keys + 4 * i))
        at += container_bytes(at, has_runs(&head, i), members_of(&head, i))
        i += 1
    return at - bucket


def parts_of(bytes data not None):
    """Where the buckets are, and which boxes could be stored in two ways. See portable.pyi."""
    cdef const uint8_t* start = <const uint8_t*> PyBytes_AS_STRING(data)
    cdef uint64_t at = HEAD
    cdef uint32_t i, high
    cdef list buckets = [], even = []
    for i in range(load32(start)):
        high = load32(start + at)
        buckets.append((high, at + 4))
        at += 4 + bucket_bytes(start + at + 4, high, even)
    return tuple(buckets), even
