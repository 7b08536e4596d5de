# A decision as Python sees it.
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t

from .outcome cimport Outcome

cdef class Decision:
    cdef object names
    cdef uint64_t handle
    cdef uint32_t destination_index
    cdef uint32_t announcement_index
    cdef uint16_t area
    cdef uint16_t ring
    cdef uint8_t line
    cdef uint8_t action_index
    cdef uint8_t reason_index

cdef Decision made(object names, const Outcome* out)
