# A decision with nothing charged or held.
from libc.stdint cimport int64_t

from .book cimport Book
from .desk cimport Desk
from .numbers cimport Party
from .outcome cimport Outcome, Trace, Version

cdef void foresee(
    const Version* version, Book* book, Desk* desk, const Party* called, const Party* caller,
    int64_t at, int64_t monotonic, Outcome* out, Trace* trace,
) noexcept nogil
