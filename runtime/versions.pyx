"""The versions of the tables that calls in progress began with, after a reload; tested by tests/test_reload.py."""

cimport cython

from .atomics cimport cp_load
from .book cimport CP_GENERATION, CP_INDEX, INDEX_SHIFT, STATUS_FREE, STATUS_MASK


@cython.final
cdef class Earlier:
    """All is done with the interpreter's lock held."""

    cdef Loaded get(self, object number):
        """A version, None where there is none of that number."""
        return self.by_number.get(number)

    cdef Loaded of_call(self, const Book* book, uint64_t call, Loaded newest):
        """The version that a call began with; for what is no call in progress any will do."""
        cdef uint32_t index = <uint32_t> ((call & CP_INDEX) >> INDEX_SHIFT)
        if index >= book.max_calls or book.calls[index].version == newest.version.id:
            return newest
        return self.by_number.get(book.calls[index].version, newest)

    cdef object unknown(self, const Book* book, uint64_t call, Loaded newest):
        """The number of the version that a call began with, where it is neither the newest nor kept; else 0."""
        cdef uint32_t index = <uint32_t> ((call & CP_INDEX) >> INDEX_SHIFT), number
        if index >= book.max_calls or (cp_load(book.states + index) ^ call) & CP_GENERATION:
            return 0
        number = book.calls[index].version
        return 0 if number == newest.version.id or number in self.by_number else number

    cdef int forget(self, const Book* book) except -1:
        """Let go of the versions that no call in progress began with."""
        cdef uint32_t index
        used = set()
        for index in range(book.max_calls):
            if cp_load(book.states + index) & STATUS_MASK != STATUS_FREE:
                used.add(book.calls[index].version)
        for number in [number for number in self.by_number if number not in used]:
            del self.by_number[number]
        return 0

    cdef list in_use(self):
        """By version its counters and where they stand."""
        return [(<Loaded> version).in_use() for version in self.by_number.values()]

    cdef int follow(self, Loaded old, Loaded newest) except -1:
        """Keep a version that was in force; from now on all of them use the counters of the newest."""
        self.by_number[old.version.id] = old
        for number in self.by_number:
            (<Loaded> self.by_number[number]).follow(newest)
        return 0


cdef Earlier none_yet():
    cdef Earlier found = Earlier.__new__(Earlier)
    found.by_number = {}
    return found
