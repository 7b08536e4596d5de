# The desks of an engine's batches.
from .desk cimport Desk

cdef enum:
    DESKS_KEPT = 8

cdef class Desks:
    cdef Desk* kept[DESKS_KEPT]
    cdef int count
    cdef Desk* take(self, int max_calls) except NULL
    cdef void keep(self, Desk* desk) noexcept
    cdef void drop(self) noexcept
