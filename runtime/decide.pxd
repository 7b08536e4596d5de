# One decision over one version of the tables and the books.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from .book cimport Book
from .desk cimport Desk
from .numbers cimport Party
from .outcome cimport Outcome, Trace, Version

cdef void decide(
    const Version* version, Book* book, Desk* desk, const Party* called, const Party* caller,
    int64_t at, int64_t monotonic, bint count, Outcome* out, Trace* trace,
) noexcept nogil
cdef uint32_t find_plan(const Version* version, uint64_t number) noexcept nogil
