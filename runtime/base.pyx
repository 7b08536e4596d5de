# cython: binding=False
"""BASE: the least that a decision could cost, an empty method that takes two strings; tested by tests/test_base.py.

Figures of two machines are compared as multiples of it.
"""

cimport cython


@cython.final
cdef class Base:
    """Has nothing but the method. See base.pyi."""

    def route(self, called, caller):
        return None
