# Called and calling numbers brought to E.164 (language.md 3.4), in C; tests/test_numbers.py holds it against the
# compiler's and the reference's own. A number is its digits' value and how many there are, so leading zeros count.
from cpython.object cimport PyObject
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t

from .likely cimport likely, unlikely
from .layout cimport AREA_ABROAD, AREA_FIRST, AREA_UNKNOWN, LINE_FIXED, LINE_MOBILE

# Positions in KINDS of numbers.pyx
cdef enum:
    WITHHELD
    WRITTEN
    SERVICE
    MOBILE
    FIXED
    ABROAD

# How an origin was found: FOUND_... of trace.py
cdef enum:
    FOUND_PREFIX = 0
    FOUND_NO_PREFIX = 1
    FOUND_AREA_CODE = 2
    FOUND_LOCAL = 3
    FOUND_COUNTRY_CODE = 4
    FOUND_AS_WRITTEN = 5
    FOUND_WITHHELD = 6
    FOUND_GIVEN = 7

cdef enum:
    PREFIX_BASE = 1300000
    PREFIXES = 700000
    MAX_DIGITS = 15
    MAX_WRITTEN = 17  # 00 and 15 digits; what is longer is known as written

ctypedef struct Party:
    uint64_t key  # 10**digits + value; + 2**62 where known as written; 0: on no list
    uint64_t value  # SERVICE: its ten digits; a hash of the digits of a number that is too long for a key
    uint16_t area  # ordinal
    uint8_t line
    uint8_t found
    uint8_t kind

# What a switch knows of numbers: its numbering table, the area codes of the tables, its own area.
ctypedef struct Numbering:
    const uint16_t* prefixes  # PREFIXES area ordinals by the first seven digits
    uint16_t[1000] ordinals  # by area code without its zero; AREA_UNKNOWN where there is none
    uint16_t own_area  # area code without its zero, or 0
    uint64_t[20] powers

cdef extern from "digits.h":
    bint cp_ten(const char* text, uint64_t* value) nogil
    bint cp_eleven(const char* text, uint64_t* value) nogil
    bint cp_digits(const char* text, size_t length, uint64_t* value) nogil

cdef extern from *:
    """
    #define CP_WRITTEN (1ULL << 62)
    """
    const uint64_t CP_WRITTEN


cdef inline void as_written(const Numbering* known, uint64_t value, uint32_t digits, Party* out) noexcept nogil:
    out.kind = WRITTEN
    out.found = FOUND_AS_WRITTEN
    out.area = AREA_UNKNOWN
    out.line = LINE_FIXED
    out.key = known.powers[digits] + value + CP_WRITTEN if digits <= MAX_DIGITS else 0


cdef inline bint is_mobile(uint64_t value, uint32_t digits) noexcept nogil:
    return digits == 11 and 13000000000ULL <= value < 20000000000ULL


cdef inline void mobile(const Numbering* known, uint64_t value, Party* out) noexcept nogil:
    out.kind = MOBILE
    out.value = 0
    out.area = known.prefixes[value // 10000ULL - PREFIX_BASE]
    out.found = FOUND_NO_PREFIX if out.area == AREA_UNKNOWN else FOUND_PREFIX
    out.line = LINE_MOBILE
    out.key = 18600000000000ULL + value  # 10**13, then 86 before eleven digits


cdef inline bint service(const Numbering* known, uint64_t value, uint32_t digits, Party* out) noexcept nogil:
    if digits != 10:
        return False
    if value - 4000000000ULL >= 10000000 and value - 8000000000ULL >= 10000000:
        return False
    as_written(known, value, 10, out)
    out.kind = SERVICE
    out.value = value
    return True


cdef inline bint fixed(const Numbering* known, uint64_t value, uint32_t digits, Party* out) noexcept nogil:
    """A fixed line without its leading zero: an area code of two or three digits and seven or eight more."""
    cdef uint64_t lead
    cdef uint32_t code, rest
    if digits < 9 or digits > 11 or value < known.powers[digits - 1]:
        return False
    lead = value // known.powers[digits - 3]
    if lead < 110 or 200 <= lead < 300:
        code, rest = <uint32_t> (lead // 10), digits - 2
    else:
        code, rest = <uint32_t> lead, digits - 3
    if known.ordinals[code] < AREA_FIRST or rest < 7 or rest > 8:
        return False
    out.kind = FIXED
    out.area = known.ordinals[code]
    out.found = FOUND_AREA_CODE
    out.line = LINE_FIXED
    out.key = 186ULL * known.powers[digits] + value
    return True


cdef inline bint china(const Numbering* known, uint64_t value, uint32_t digits, Party* out) noexcept nogil:
    """What stands behind 86; a single leading zero is dropped."""
    if digits > 12 or digits == 0:
        return False
    if value < known.powers[digits - 1]:
        digits -= 1
    if is_mobile(value, digits):
        mobile(known, value, out)
        return True
    return service(known, value, digits, out) or fixed(known, value, digits, out)


cdef inline bint international(const Numbering* known, uint64_t value, uint32_t digits, Party* out) noexcept nogil:
    """What stands behind + or 00."""
    cdef uint64_t lead
    if digits < 2 or value < known.powers[digits - 1]:
        return False
    lead = value // known.powers[digits - 2]
    if lead == 86:
        return china(known, value - 86ULL * known.powers[digits - 2], digits - 2, out)
    if digits < 5 or digits > MAX_DIGITS:
        return False
    out.kind = ABROAD
    out.area = AREA_ABROAD
    out.line = LINE_FIXED
    out.found = FOUND_COUNTRY_CODE
    out.key = known.powers[digits] + value
    return True


cdef inline bint bare(const Numbering* known, uint64_t value, uint32_t digits, Party* out) noexcept nogil:
    """Neither + nor 00 in front, neither a mobile nor a service."""
    cdef uint64_t lead
    if digits == 1:
        return False
    if value < known.powers[digits - 1]:
        if is_mobile(value, digits - 1):
            mobile(known, value, out)
            return True
        return fixed(known, value, digits - 1, out)
    if 12 <= digits <= 14 and value // known.powers[digits - 2] == 86:
        value -= 86ULL * known.powers[digits - 2]
        if digits < 14 or value < known.powers[11]:
            return china(known, value, digits - 2, out)
        return False
    if 7 <= digits <= 8 and known.own_area:
        lead = value // known.powers[digits - 1]
        if 2 <= lead <= 8:
            out.found = FOUND_LOCAL
            if fixed(known, known.own_area * known.powers[digits] + value, digits + (2 if known.own_area < 100 else 3), out):
                out.found = FOUND_LOCAL
                return True
    return False


cdef inline uint64_t hash_of_digits(const char* text, size_t length) noexcept nogil:
    """FNV-1a, 64 bits, of a number's digits."""
    cdef uint64_t found = 0xCBF29CE484222325ULL
    cdef size_t i
    for i in range(length):
        if 48 <= text[i] <= 57:
            found = (found ^ <uint8_t> text[i]) * 0x100000001B3ULL
    return found


cdef inline uint32_t read_spelled(const char* text, size_t length, uint64_t* value, bint* plus) noexcept nogil:
    """How many digits a number has, 0 where it is none; at most one more than MAX_WRITTEN are counted."""
    cdef uint32_t digits = 0
    cdef uint8_t c
    cdef size_t i
    value[0] = 0
    plus[0] = False
    for i in range(length):
        c = <uint8_t> text[i] - 48
        if c < 10:
            if digits < MAX_WRITTEN + 1:
                value[0] = value[0] * 10 + c
                digits += 1
        elif text[i] == b'+':
            if plus[0] or digits:
                return 0
            plus[0] = True
        elif not (text[i] == b'-' or text[i] == b' ' or text[i] == b'.' or text[i] == b'(' or text[i] == b')'):
            return 0
    return digits


cdef inline void withheld(Party* out) noexcept nogil:
    out.kind = WITHHELD
    out.key = 0
    out.value = 0
    out.area = AREA_UNKNOWN
    out.line = LINE_FIXED
    out.found = FOUND_WITHHELD


cdef inline void read_party(const Numbering* known, const char* text, size_t length, Party* out) noexcept nogil:
    """Read a number of ASCII characters as a switch has it: most have digits only, and are read eight at a time."""
    cdef uint64_t value
    cdef uint32_t digits = <uint32_t> length
    cdef bint plus = False, done
    if unlikely(not cp_digits(text, length, &value)):
        digits = read_spelled(text, length, &value, &plus)
        if digits == 0:
            withheld(out)
            return
    out.value = 0
    if unlikely(plus):
        done = digits <= MAX_WRITTEN and international(known, value, digits, out)
    elif likely(is_mobile(value, digits)):
        mobile(known, value, out)
        return
    elif likely(service(known, value, digits, out)):
        return
    elif digits > MAX_WRITTEN:
        done = False
    elif digits > 2 and value < known.powers[digits - 2]:
        done = international(known, value, digits - 2, out)
    else:
        done = bare(known, value, digits, out)
    if not done:
        as_written(known, value, digits, out)
        if digits > MAX_DIGITS:
            out.value = hash_of_digits(text, length)


# What decisions read: a called number is mostly a service, a calling one a mobile. All else is a call of a function, so that
# the decision around it is short.


cdef Party read_any(const Numbering* known, const char* text, size_t length) noexcept nogil


cdef inline void read_called(const Numbering* known, const char* text, size_t length, Party* out) noexcept nogil:
    cdef uint64_t value
    if unlikely(length != 10 or not cp_ten(text, &value) or not service(known, value, 10, out)):
        out[0] = read_any(known, text, length)


cdef inline void read_caller(const Numbering* known, const char* text, size_t length, Party* out) noexcept nogil:
    cdef uint64_t value
    if unlikely(length != 11 or not cp_eleven(text, &value) or not is_mobile(value, 11)):
        out[0] = read_any(known, text, length)
        return
    mobile(known, value, out)


cdef extern from "Python.h":
    bint PyUnicode_Check(PyObject* text)
    bint PyUnicode_IS_COMPACT_ASCII(PyObject* text)
    Py_ssize_t PyUnicode_GET_LENGTH(PyObject* text)

cdef extern from *:
    """
    /* The characters of a compact ASCII str; PyUnicode_DATA asks again what it is. */
    #define cp_ascii(text) ((const char *)(((PyASCIIObject *)(text)) + 1))
    """
    const char* cp_ascii(PyObject* text)

cdef int no_number(PyObject* text) except -1


cdef inline const char* characters(PyObject* text, size_t* length) except NULL:
    """A called or calling number; what is not ASCII is empty, thus withheld. Raises TypeError for what is not a str."""
    if unlikely(not PyUnicode_Check(text)):
        no_number(text)
    if unlikely(not PyUnicode_IS_COMPACT_ASCII(text)):
        length[0] = 0
        return b""
    length[0] = <size_t> PyUnicode_GET_LENGTH(text)
    return cp_ascii(text)

cdef class Reader:
    cdef Numbering known
    cdef const uint16_t[::1] prefixes
    cpdef uint32_t ordinal(self, area) except? 0
