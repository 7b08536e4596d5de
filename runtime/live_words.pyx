"""Words of the header that processes change while others read them; tested by tests/test_live_words.py.

Python's own writes to mapped memory have no order that another processor must keep; these have.
"""

from libc.stdint cimport uint8_t, uint64_t

from .atomics cimport cp_add, cp_load, cp_store, cp_word


cdef cp_word* word(uint8_t[::1] block, Py_ssize_t at) except NULL:
    if at % 8 or not 0 <= at <= block.shape[0] - 8:
        raise IndexError(at)
    return <cp_word*> &block[at]


def load(block, at):
    return cp_load(word(block, at))


def store(block, at, value):
    cp_store(word(block, at), value)


def add(block, at, value):
    cp_add(word(block, at), value)
