"""The desks of an engine's batches: one that a batch before has warmed, or a new one; tested by tests/test_batch.py."""

import os

cimport cython
from libc.stdlib cimport free, malloc

from .desk cimport Desk, forget_time, next_random, open_desk


@cython.final
cdef class Desks:
    """All is done with the interpreter's lock held."""

    cdef Desk* take(self, int max_calls) except NULL:
        cdef Desk* desk
        if self.count:
            self.count -= 1
            desk = self.kept[self.count]
            forget_time(desk)
            return desk
        desk = <Desk*> malloc(sizeof(Desk))
        if desk == NULL:
            raise MemoryError()
        open_desk(desk, int.from_bytes(os.urandom(8), "little"))
        desk.hint = next_random(desk) % max_calls
        return desk

    cdef void keep(self, Desk* desk) noexcept:
        if self.count < DESKS_KEPT:
            self.kept[self.count] = desk
            self.count += 1
        else:
            free(desk)

    cdef void drop(self) noexcept:
        while self.count:
            self.count -= 1
            free(self.kept[self.count])

    def __dealloc__(self):
        self.drop()
