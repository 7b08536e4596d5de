"""The arrays of a batch as columns; tested by tests/test_batch.py.

Arrays of one dimension and one length are taken as they are; all else, and every error, goes by batches.py.
"""

import numpy as np

from . import batches

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int64_t

cdef object ARRAY = np.ndarray
cdef object NUMBERS = type(np.dtype("S1"))
cdef object INSTANTS = np.dtype(np.int64)


@cython.final
cdef class Piece:
    """An array's memory, held for as long as it lives."""

    def __dealloc__(self):
        if self.is_held:
            PyBuffer_Release(&self.view)


cdef Piece piece_of(object array, bint to_write):
    """The memory of an array that lies in one piece."""
    cdef Piece found = Piece.__new__(Piece)
    PyObject_GetBuffer(array, &found.view, PyBUF_WRITABLE if to_write else PyBUF_SIMPLE)
    found.is_held = True
    found.first = found.view.buf
    return found


@cython.final
cdef class Columns:
    """Three columns of `size` items, over buffers that are held for as long as it lives."""

    def __dealloc__(self):
        cdef int i
        for i in range(self.held):
            PyBuffer_Release(&self.views[i])

    cdef bint open(self, object values, bint numbers, Column* column) except -1:
        """Whether it is an array of numbers (dtype S) or of instants (int64) of one dimension and the batch's length."""
        cdef Py_buffer* view = &self.views[self.held]
        if type(values) is not ARRAY:
            return False
        dtype = values.dtype  # a buffer's own format takes five times as long to ask for
        if not (type(dtype) is NUMBERS if numbers else dtype is INSTANTS):
            return False
        PyObject_GetBuffer(values, view, PyBUF_STRIDES)
        if view.ndim != 1 or (self.held > 0 and view.shape[0] != self.size):
            PyBuffer_Release(view)
            return False
        column.first = <const char*> view.buf
        column.step = view.strides[0]
        column.width = view.itemsize
        self.size = view.shape[0]
        self.held += 1
        return True


cdef Columns columns_of(object called, object caller, object at, int64_t now):
    """Raises TypeError and ValueError as batches.columns does."""
    cdef Columns found = Columns.__new__(Columns)
    found.now = now
    if found.open(called, True, &found.called) and found.open(caller, True, &found.caller):
        if at is None:
            found.at.first, found.at.step, found.at.width = <const char*> &found.now, 0, sizeof(int64_t)
            return found
        if found.open(at, False, &found.at):
            return found
    found = Columns.__new__(Columns)
    called, caller, at = batches.columns(called, caller, now if at is None else at)
    if not (
        found.open(called, True, &found.called) and found.open(caller, True, &found.caller)
        and found.open(at, False, &found.at)
    ):
        raise TypeError("no columns")  # batches.columns gives nothing else
    return found
