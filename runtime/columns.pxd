# The arrays of a batch as columns.
from libc.stdint cimport int64_t

from .batch cimport Column

cdef class Piece:
    cdef void* first
    cdef Py_buffer view
    cdef bint is_held

cdef class Columns:
    cdef Column called
    cdef Column caller
    cdef Column at
    cdef Py_ssize_t size
    cdef int64_t now  # what `at` is where none was given
    cdef Py_buffer[3] views
    cdef int held
    cdef bint open(self, object values, bint numbers, Column* column) except -1

cdef Piece piece_of(object array, bint to_write)
cdef Columns columns_of(object called, object caller, object at, int64_t now)
