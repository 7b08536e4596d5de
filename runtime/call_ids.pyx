"""Call ids on Python's side: how one is kept, and an index in memory of its own to try it on; tested by tests/test_call_ids.py."""

from hashlib import blake2b

cimport cython
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy

from .atomics cimport cp_add, cp_load, cp_store, cp_word
from .book cimport CP_GENERATION, CP_INDEX, INDEX_SHIFT, STATUS_FREE, STATUS_MASK, STATUS_RINGING, Book, Call
from .desk cimport take_record
from .siphash cimport siphash

cdef extern from "<sched.h>" nogil:
    int sched_yield()

NEW, KNOWN, IN_PROGRESS, NO_ROOM = ID_NEW, ID_KNOWN, ID_IN_PROGRESS, ID_NO_ROOM
LONGEST = MAX_WHOLE


def kept(call_id):
    if isinstance(call_id, str):
        call_id = call_id.encode("utf-8", "surrogatepass")
    if not isinstance(call_id, bytes):
        raise TypeError(f"a call id is a str or bytes, not {type(call_id).__name__}")
    if not call_id:
        raise ValueError("a call id has at least one byte")
    if len(call_id) <= MAX_WHOLE:
        return call_id, False
    return blake2b(call_id, digest_size=32).digest(), True


def hashed(bytes key, bytes data):
    """The hash of data with a key of 16 bytes."""
    cdef uint64_t[2] words
    cdef const uint8_t* start = data
    cdef uint64_t size = len(data)
    if len(key) != 16:
        raise ValueError("a key has 16 bytes")
    memcpy(words, <const char*> key, 16)
    return siphash(words, start, size)


@cython.final
cdef class Index:
    """An index of call ids with records of its own: what `route` does with an id, without the rest of it.

    Raises ValueError for sizes that are not positive or a number of buckets that is no power of two, MemoryError.
    """
    cdef Book book
    cdef Ids ids
    cdef cp_word* arrived

    def __cinit__(self, uint32_t calls, uint32_t buckets, bytes key):
        if calls == 0 or buckets == 0 or buckets & (buckets - 1) or len(key) != 16:
            raise ValueError("an index has records, a power of two of buckets, and a key of 16 bytes")
        self.book.max_calls = calls
        self.book.states = <cp_word*> calloc(calls, sizeof(cp_word))
        self.book.calls = <Call*> calloc(calls, sizeof(Call))
        self.ids.entries = <cp_word*> calloc(buckets, BUCKET * sizeof(cp_word))
        self.ids.buckets_mask = buckets - 1
        self.arrived = <cp_word*> calloc(1, sizeof(cp_word))
        memcpy(self.ids.key, <const char*> key, 16)
        if self.book.states == NULL or self.book.calls == NULL or self.ids.entries == NULL or self.arrived == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.book.states)
        free(self.book.calls)
        free(self.ids.entries)
        free(self.arrived)

    def claim(self, bytes call_id, uint64_t generation):
        """What became of a call that begins with that id, and the handle of the call that has it, 0 if none is known.

        A new call of generation 1 to 2**40 - 1 is being decided now. With no record free: NO_ROOM.
        """
        data, digest = kept(call_id)
        cdef const uint8_t* start = data
        cdef uint32_t size = len(data), verdict
        cdef bint is_digest = digest
        cdef uint64_t call = 0
        if generation == 0 or generation >> 40:
            raise ValueError("a generation is 1 to 2**40 - 1")
        with nogil:
            verdict = claim_alone(&self.book, &self.ids, start, size, is_digest, generation << 24, &call)
        return verdict, call

    def find(self, bytes call_id):
        """What is known of an id, and its call's handle, 0 if none."""
        data, digest = kept(call_id)
        cdef CallId id
        cdef uint64_t call = 0
        cdef uint32_t verdict
        set_call_id(&self.ids, &id, data, len(data), digest)
        verdict = find_id(&self.book, &self.ids, &id, &call)
        return verdict, call

    def connect(self, uint64_t call):
        """A call that was being decided has its decision."""
        set_status(&self.book, call, STATUS_RINGING)

    def end(self, uint64_t call):
        set_status(&self.book, call, STATUS_FREE)

    def bucket(self, bytes call_id):
        """The words of an id's bucket."""
        data, digest = kept(call_id)
        cdef CallId id
        set_call_id(&self.ids, &id, data, len(data), digest)
        return [cp_load(bucket_of(&self.ids, &id) + at) for at in range(BUCKET)]

    def contend(self, uint32_t thread, uint32_t threads, uint32_t rounds, uint8_t[::1] verdicts, uint64_t[::1] calls):
        """Claim one id after another at the same time as the other threads of so many; what became of each, by round.

        Who gets the id connects at once; when all have their answer, it ends the call.
        """
        cdef uint32_t round, verdict
        cdef uint64_t call
        cdef uint8_t[24] id
        if verdicts.shape[0] != rounds or calls.shape[0] != rounds:
            raise ValueError("there is one answer a round")
        with nogil:
            for round in range(rounds):
                for verdict in range(24):
                    id[verdict] = <uint8_t> (97 + (round >> verdict & 1))
                meet(self.arrived, threads, 2 * round + 1)
                call = 0
                verdict = claim_alone(
                    &self.book, &self.ids, id, 24, False, (<uint64_t> round * threads + thread + 1) << 24, &call
                )
                if verdict == ID_NEW:
                    set_status(&self.book, call, STATUS_RINGING)
                verdicts[round] = <uint8_t> verdict
                calls[round] = call
                meet(self.arrived, threads, 2 * round + 2)
                if verdict == ID_NEW:
                    set_status(&self.book, call, STATUS_FREE)


cdef uint32_t claim_alone(
    const Book* book, const Ids* ids, const uint8_t* data, uint32_t size, bint digest, uint64_t generation, uint64_t* call,
) noexcept nogil:
    """Find or claim an id as a call begins; a record is only taken when the id is not known."""
    cdef CallId id
    cdef uint32_t index, verdict
    set_call_id(ids, &id, data, size, digest)
    verdict = find_id(book, ids, &id, call)
    if verdict != ID_NEW:
        return verdict
    for index in range(book.max_calls):
        if take_record(<Book*> book, index, generation):
            verdict = claim_id(book, ids, &id, index, generation, call)
            if verdict == ID_NEW:
                call[0] = generation | <uint64_t> index << INDEX_SHIFT
            else:
                cp_store(book.states + index, generation | STATUS_FREE)
            return verdict
    return ID_NO_ROOM


cdef void set_status(const Book* book, uint64_t call, uint32_t status) noexcept nogil:
    """Of a call that is one's own."""
    cdef uint32_t index = entry_index(call)
    if index < book.max_calls and (cp_load(book.states + index) ^ call) & CP_GENERATION == 0:
        cp_store(book.states + index, call & CP_GENERATION | status)


cdef void meet(cp_word* arrived, uint32_t threads, uint64_t times) noexcept nogil:
    """Wait until all threads have come here that many times."""
    cp_add(arrived, 1)
    while cp_load(arrived) < times * threads:
        sched_yield()
