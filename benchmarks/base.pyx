# cython: binding=False, language_level=3
"""BASE: the least that a decision could cost, an empty method of a final class that takes two strings."""

cimport cython


@cython.final
cdef class Base:
    def route(self, called, caller):
        return None
