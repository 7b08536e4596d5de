# A word that a fork sets to 0 in the child.
from .atomics cimport cp_word

cdef class Present:
    cdef object __weakref__
    cdef cp_word* word  # never NULL
    cdef readonly bint wiped  # by the kernel: then a fork without Python does it, too
