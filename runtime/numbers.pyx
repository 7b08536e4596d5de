"""What an engine knows of numbers: the numbering table, the tables' area codes and the switch's own area; tested by
tests/test_number_reader.py. The reading itself is in numbers.pxd, so that a decision has it inline.
"""

import numpy as np

from . import layout
from .errors import CallplanError, NumberingError

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport uint32_t, uint64_t

from .layout cimport AREA_UNKNOWN

KINDS = ("withheld", "written", "service", "mobile", "fixed", "abroad")


cdef Party read_any(const Numbering* known, const char* text, size_t length) noexcept nogil:
    cdef Party found
    read_party(known, text, length, &found)
    return found


cdef int no_number(PyObject* text) except -1:
    raise TypeError(f"a number is a str, not {type(<object> text).__name__}")


@cython.final
cdef class Reader:
    """Reads numbers with a numbering table. See numbers.pyi."""

    def __init__(self, area_codes, prefixes, area=None):
        cdef uint32_t i
        cdef uint64_t power = 1
        ordinals = np.full(1000, layout.AREA_UNKNOWN, np.uint16)
        ordinals[area_codes] = np.arange(len(area_codes)) + layout.AREA_FIRST
        by_code = ordinals.tolist()
        for i in range(1000):
            self.known.ordinals[i] = by_code[i]
        for i in range(20):
            self.known.powers[i] = power
            power *= 10
        if len(prefixes) != PREFIXES:
            raise NumberingError(f"a numbering table has {PREFIXES} prefixes, this one {len(prefixes)}")
        self.prefixes = ordinals[prefixes]
        self.known.prefixes = &self.prefixes[0]
        self.known.own_area = 0
        if area is not None:
            self.ordinal(area)
            self.known.own_area = int(area)

    cpdef uint32_t ordinal(self, area) except? 0:
        if not isinstance(area, str):
            raise TypeError(f"an area code is a str such as \"0731\", not {type(area).__name__}")
        code = int(area) if area.isascii() and area.isdigit() and area[0] == "0" and len(area) <= 4 else 0
        found = self.known.ordinals[<uint32_t> code]
        if found == AREA_UNKNOWN:
            raise CallplanError(f"`{area}` is not an area code: one is written like 0731")
        return found

    def read(self, text, called=False):
        cdef Party party
        cdef size_t length = 0
        cdef const char* own = characters(<PyObject*> text, &length)
        if called:
            read_called(&self.known, own, length, &party)
        else:
            read_caller(&self.known, own, length, &party)
        return KINDS[party.kind], party.key, party.area, party.line, party.found
