# A decision as Python sees it.
from .outcome cimport Outcome

cdef class Decision:
    cdef object names
    cdef Outcome outcome

cdef Decision blank(object names)
