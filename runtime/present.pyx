"""A word of one process that a fork sets to 0 in the child; tested by tests/test_present.py.

Where the kernel does not wipe pages, a hook of Python's forks does it.
"""

import os
import weakref

cimport cython
from libc.stdint cimport uint64_t

from .atomics cimport cp_load, cp_store, cp_word

cdef extern from "present.h" nogil:
    cp_word* cp_present_open(int* wiped) noexcept
    void cp_present_close(cp_word* word) noexcept

cdef object NOT_WIPED = weakref.WeakSet()


def _after_fork():
    for each in list(NOT_WIPED):
        cp_store((<Present> each).word, 0)


os.register_at_fork(after_in_child=_after_fork)


@cython.final
cdef class Present:
    """See present.pyi."""

    def __cinit__(self):
        cdef int wiped = 0
        self.word = cp_present_open(&wiped)
        if self.word == NULL:
            raise MemoryError("no page for the word that tells a fork")
        self.wiped = wiped
        if not wiped:
            NOT_WIPED.add(self)

    def __dealloc__(self):
        if self.word != NULL:
            cp_present_close(self.word)

    def load(self):
        return cp_load(self.word)

    def store(self, uint64_t value):
        cp_store(self.word, value)
