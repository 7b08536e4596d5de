# The index of calls by the switch's own ids, shared by processes: buckets of 16 words, each the name of a call.
#
# A word is generation | index << 4 | 4 bits of the id's hash, or 0; one whose call is over is free, and known as such by
# looking. Of several that claim one id at once each enters its call first and looks for others then, so that of two the later
# sees the earlier: never do both settle. tests/protocol/ids.py is this as a model, tried in every order; tests/test_call_ids.py
# tests it.
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy

from .atomics cimport cp_load, cp_read_fence, cp_store, cp_swap, cp_word
from .book cimport (
    CP_GENERATION, CP_INDEX, INDEX_SHIFT, STATUS_ANSWERED, STATUS_DECIDING, STATUS_FREE, STATUS_MASK,
    STATUS_SETTLED, Book, Call,
)
from .likely cimport likely, unlikely
from .siphash cimport siphash

cdef enum:
    BUCKET = 16
    TAG_MASK = 15
    MAX_WHOLE = 255  # bytes of an id that is kept as it is; a longer one is kept as a digest
    DIGEST = 256  # in Call.call_id_bytes: the id is a digest
    LOOKS = 10000  # at another's claim before one gives up; some ten microseconds

# What is known of an id.
cdef enum:
    ID_NEW = 0  # no call in progress has it; after a claim: one's own call has it
    ID_KNOWN = 1  # a call in progress has it
    ID_IN_PROGRESS = 2  # a call that has it, or may come to have it, is being decided
    ID_NO_ROOM = 3  # its bucket is full of other calls in progress

ctypedef struct Ids:
    cp_word* entries
    uint64_t buckets_mask  # how many buckets there are, a power of two, less 1
    uint64_t[2] key  # random, of the state

ctypedef struct CallId:
    const uint8_t* bytes
    uint32_t size  # in bytes
    uint32_t kept  # as in Call.call_id_bytes: the size, with DIGEST
    uint64_t hash


cdef inline void set_call_id(const Ids* ids, CallId* id, const uint8_t* data, uint32_t size, bint digest) noexcept nogil:
    """Of 1 to MAX_WHOLE bytes."""
    id.bytes = data
    id.size = size
    id.kept = size | DIGEST if digest else size
    id.hash = siphash(ids.key, data, size)


cdef inline cp_word* bucket_of(const Ids* ids, const CallId* id) noexcept nogil:
    return ids.entries + (id.hash >> 4 & ids.buckets_mask) * BUCKET


cdef inline uint32_t entry_index(uint64_t entry) noexcept nogil:
    return <uint32_t> ((entry & CP_INDEX) >> INDEX_SHIFT)


cdef inline uint32_t status_now(const Book* book, uint64_t entry) noexcept nogil:
    """The status of the call that an entry names, STATUS_FREE if it is over or was never."""
    cdef uint32_t index = entry_index(entry)
    cdef uint64_t state
    if unlikely(index >= book.max_calls):
        return STATUS_FREE
    state = cp_load(book.states + index)
    return STATUS_FREE if (state ^ entry) & CP_GENERATION else <uint32_t> (state & STATUS_MASK)


cdef inline uint32_t status_with_id(const Book* book, uint64_t entry, const CallId* id) noexcept nogil:
    """The status of the call that an entry names, STATUS_FREE if it is over or has another id."""
    cdef const Call* call
    if entry == 0 or (entry ^ id.hash) & TAG_MASK or status_now(book, entry) == STATUS_FREE:
        return STATUS_FREE
    call = book.calls + entry_index(entry)
    if call.call_id_bytes != id.kept or memcmp(call.call_id, id.bytes, id.size):
        return STATUS_FREE
    # A record keeps its id for as long as its generation: if that is still the same, the id was this call's.
    cp_read_fence()
    return status_now(book, entry)


cdef inline uint32_t known_as(uint32_t status) noexcept nogil:
    if status == STATUS_FREE:
        return ID_NEW
    return ID_IN_PROGRESS if status == STATUS_DECIDING or status == STATUS_SETTLED else ID_KNOWN


cdef inline uint32_t find_id(const Book* book, const Ids* ids, const CallId* id, uint64_t* call) noexcept nogil:
    """ID_KNOWN with the call's handle, ID_IN_PROGRESS, or ID_NEW if no call has the id; nothing is written."""
    cdef const cp_word* bucket = bucket_of(ids, id)
    cdef uint32_t at, status, found = ID_NEW
    cdef uint64_t entry
    for at in range(<uint32_t> BUCKET):
        entry = cp_load(bucket + at)
        status = status_with_id(book, entry, id)
        if unlikely(status != STATUS_FREE):
            found = known_as(status)
            # A claim that is not settled may be withdrawn: another may have the id.
            if status != STATUS_DECIDING:
                call[0] = entry & ~<uint64_t> TAG_MASK
                return found
    return found


cdef inline uint32_t enter_id(const Book* book, cp_word* bucket, uint64_t mine) noexcept nogil:
    """The word of the bucket that names one's call now, BUCKET if each names another one in progress."""
    cdef uint32_t at
    cdef uint64_t found
    for at in range(<uint32_t> BUCKET):
        found = cp_load(bucket + at)
        while found == 0 or status_now(book, found) == STATUS_FREE:
            if likely(cp_swap(bucket + at, &found, mine)):
                return at
    return BUCKET


cdef inline uint32_t look_for_others(
    const Book* book, const cp_word* bucket, uint32_t own, const CallId* id, uint64_t* call,
) noexcept nogil:
    """What others make of an id that one has entered at `own`. The lower of two waits for the higher to settle or withdraw."""
    cdef uint32_t at, status, looks
    cdef uint64_t entry
    for at in range(<uint32_t> BUCKET):
        if at == own:
            continue
        entry = cp_load(bucket + at)
        looks = 0
        while True:
            status = status_with_id(book, entry, id)
            if likely(status == STATUS_FREE):
                break
            if status != STATUS_DECIDING:
                call[0] = entry & ~<uint64_t> TAG_MASK
                return known_as(status)
            if at < own or looks == LOOKS:
                return ID_IN_PROGRESS
            looks += 1
    return ID_NEW


cdef inline uint32_t claim_id(
    const Book* book, const Ids* ids, const CallId* id, uint32_t index, uint64_t generation, uint64_t* call,
) noexcept nogil:
    """Claim an id for a call whose record one has in DECIDING.

    ID_NEW: the call has the id, and its status is STATUS_SETTLED. Else the record is as it was, to be given back; with
    ID_KNOWN, `call` is the handle of the call that has the id.
    """
    cdef cp_word* bucket = bucket_of(ids, id)
    cdef Call* record = book.calls + index
    cdef uint64_t mine = generation | <uint64_t> index << INDEX_SHIFT | id.hash & TAG_MASK
    cdef uint32_t at, found
    memcpy(record.call_id, id.bytes, id.size)
    record.call_id_bytes = id.kept
    at = enter_id(book, bucket, mine)
    if unlikely(at == BUCKET):
        return ID_NO_ROOM
    found = look_for_others(book, bucket, at, id, call)
    if unlikely(found != ID_NEW):
        cp_swap(bucket + at, &mine, 0)
        return found
    # Nobody else changes the word of a call that is being decided by the living.
    cp_store(book.states + index, cp_load(book.states + index) - STATUS_DECIDING + STATUS_SETTLED)
    return ID_NEW
