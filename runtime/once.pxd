# One decision for each of the switch's own call ids.
from libc.stdint cimport int64_t, uint32_t, uint64_t

from .book cimport Book
from .call_ids cimport CallId, Ids
from .desk cimport Desk
from .numbers cimport Party
from .outcome cimport Outcome, Version

cdef uint32_t decide_once(
    const Version* version, Book* book, Desk* desk, const Ids* ids, const CallId* id, const Party* called,
    const Party* caller, int64_t at, int64_t monotonic, Outcome* out, uint64_t* call,
) noexcept nogil

cdef enum:
    AGAIN_OVER = 0  # the call is over by now
    AGAIN_KNOWN = 1
    AGAIN_OTHER = 2  # it has other numbers

cdef uint32_t decide_again(
    const Version* version, const Book* book, uint64_t call, const Party* called, const Party* caller, Outcome* out,
) noexcept nogil
