# A filter before all bitmaps of a file: for most callers, who are on no list, it takes one load to know that.
# Each member of each bitmap sets two bits of one word, which about five members share. Bitmaps that are denser than a member
# a byte (ranges of numbers, mostly) are not in it: they are small for what they hold, and quick to search.
from libc.stdint cimport uint32_t, uint64_t

from .likely cimport unlikely
from .layout cimport Bitmap, Sections

cdef extern from *:
    """
    #include <stdint.h>
    #define CP_FILTER_BITMAP 0x9E3779B97F4A7C15ULL
    #define CP_FILTER_KEY 0xD6E8FEB86659FD93ULL
    /* Its upper half says which word, twelve bits below that which two bits of it. */
    static inline uint64_t cp_filter_hash(uint32_t bitmap, uint64_t key) {
        return (key ^ bitmap * CP_FILTER_BITMAP) * CP_FILTER_KEY;
    }
    static inline uint64_t cp_filter_word(uint64_t hash, uint64_t words) { return (hash >> 32) * words >> 32; }
    static inline uint64_t cp_filter_bits(uint64_t hash) { return 1ULL << (hash >> 20 & 63) | 1ULL << (hash >> 26 & 63); }
    static inline int cp_filter_has(uint64_t word, uint64_t hash) {
        return (int)(word >> (hash >> 20 & 63) & word >> (hash >> 26 & 63) & 1);
    }
    """
    uint64_t cp_filter_hash(uint32_t bitmap, uint64_t key) nogil
    uint64_t cp_filter_word(uint64_t hash, uint64_t words) nogil
    uint64_t cp_filter_bits(uint64_t hash) nogil
    bint cp_filter_has(uint64_t word, uint64_t hash) nogil


cdef inline bint is_dense(const Bitmap* bitmap) noexcept nogil:
    return bitmap.members > bitmap.size


cdef inline bint may_have(const Sections* tables, const uint64_t* dense, uint32_t bitmap, uint64_t key) noexcept nogil:
    """False where a bitmap surely does not hold a key. `dense`: a bit for each bitmap that is not in the filter."""
    cdef uint64_t hash = cp_filter_hash(bitmap, key)
    if unlikely(dense[bitmap >> 6] >> (bitmap & 63) & 1):
        return True
    return cp_filter_has(tables.filter[cp_filter_word(hash, tables.filter_words)], hash)
