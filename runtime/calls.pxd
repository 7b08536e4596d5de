# The life of a call: its record, its places, and what a switch reports of it.
from libc.stdint cimport int64_t, uint32_t, uint64_t

from .book cimport Book
from .desk cimport Desk
from .layout cimport Limit
from .outcome cimport Outcome, Version

cdef bint claim(Book* book, Desk* desk, uint64_t generation, int64_t monotonic, uint32_t* index) noexcept nogil
cdef uint32_t hold_after_sweep(
    const Version* version, Book* book, Desk* desk, const Limit* limit, uint64_t mine, uint32_t* note, int64_t monotonic,
) noexcept nogil
cdef bint has_room(
    const Version* version, Book* book, Desk* desk, const Limit* limit, int64_t monotonic,
) noexcept nogil
cdef uint32_t held_places(const Version* version, const Book* book, const Limit* limit) noexcept nogil
cdef void forward(
    const Version* version, Book* book, Desk* desk, uint64_t call, uint32_t cause, int64_t at, int64_t monotonic, Outcome* out,
) noexcept nogil
cdef bint answer(const Book* book, uint64_t call, int64_t at) noexcept nogil
cdef bint finish(const Book* book, Desk* desk, uint64_t call) noexcept nogil
cdef uint32_t quotas_open(const Book* book, uint32_t index, uint32_t* words, uint32_t* periods) noexcept nogil
cdef uint32_t sweep(Book* book, Desk* desk, int64_t monotonic) noexcept nogil
cdef void sweep_no_more() noexcept nogil
cdef void hand_over(void* book, uint32_t owner) noexcept nogil
