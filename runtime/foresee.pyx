"""A decision with nothing charged or held, for `peek` and `explain`; tested by tests/test_engine.py."""

from .decide cimport decided


cdef void foresee(
    const Version* version, Book* book, Desk* desk, const Party* called, const Party* caller,
    int64_t at, int64_t monotonic, Outcome* out, Trace* trace,
) noexcept nogil:
    """What would become of a call. `trace` may be NULL."""
    decided(version, book, desk, called, caller, at, monotonic, False, out, trace)
