"""What Python gives as an instant, as whole POSIX seconds; tested by tests/test_engine.py."""

from cpython.float cimport PyFloat_Check
from cpython.long cimport PyLong_AsLongLongAndOverflow, PyLong_Check
from libc.math cimport floor, isnan
from libc.stdint cimport int64_t

cdef extern from *:
    """
    #define CP_LATEST INT64_MAX
    #define CP_EARLIEST INT64_MIN
    """
    const int64_t CP_LATEST
    const int64_t CP_EARLIEST


cdef int64_t seconds(object at) except? -1:
    """An instant as whole POSIX seconds; what is out of range is held at the ends."""
    cdef int overflow = 0
    cdef int64_t whole
    cdef double value
    if PyFloat_Check(at):
        value = floor(<double> at)
        if isnan(value):
            raise ValueError("at is not a number of seconds: nan")
        if value >= 9e18:
            return CP_LATEST
        return CP_EARLIEST if value <= -9e18 else <int64_t> value
    if not PyLong_Check(at):
        if not hasattr(at, "__index__"):
            raise TypeError(f"at is POSIX seconds (int or float), not {type(at).__name__}")
        at = at.__index__()
    whole = PyLong_AsLongLongAndOverflow(at, &overflow)
    if overflow:
        return CP_LATEST if overflow > 0 else CP_EARLIEST
    return whole
