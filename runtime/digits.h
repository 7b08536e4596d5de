/* Eight to sixteen decimal digits at once, as two words of eight. Tested by tests/test_number_reader.py. */
#ifndef CALLPLAN_DIGITS_H
#define CALLPLAN_DIGITS_H

#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tables and numbers are read as little-endian"
#endif

/* Its upper bit set in a byte that is not 0 to 9, given the bytes less '0'. */
static inline uint64_t cp_no_digits(uint64_t less) { return (less + 0x7676767676767676ULL) | less; }

/* The value of eight bytes 0 to 9, the first of which is the highest digit: pairs, then fours, then all. */
static inline uint64_t cp_eight(uint64_t less) {
    less = less * 10 + (less >> 8);
    return (((less & 0x000000FF000000FFULL) * 0x000F424000000064ULL) +
            (((less >> 16) & 0x000000FF000000FFULL) * 0x0000271000000001ULL)) >> 32;
}

/* Whether all of 8 to 16 characters are digits; then the first and the last eight, less '0'. */
static inline int cp_two_words(const char *text, size_t length, uint64_t *first, uint64_t *last) {
    memcpy(first, text, 8);
    memcpy(last, text + length - 8, 8);
    *first ^= 0x3030303030303030ULL;
    *last ^= 0x3030303030303030ULL;
    return ((cp_no_digits(*first) | cp_no_digits(*last)) & 0x8080808080808080ULL) == 0;
}

/* 1 and the value where ten characters are digits; else 0. */
static inline int cp_ten(const char *text, uint64_t *value) {
    uint64_t first, last;
    if (!cp_two_words(text, 10, &first, &last))
        return 0;
    *value = cp_eight(first) * 100 + (last >> 48 & 15) * 10 + (last >> 56);
    return 1;
}

/* 1 and the value where eleven characters are digits; else 0. */
static inline int cp_eleven(const char *text, uint64_t *value) {
    uint64_t first, last;
    if (!cp_two_words(text, 11, &first, &last))
        return 0;
    *value = cp_eight(first) * 1000 + ((last >> 40 & 15) * 10 + (last >> 48 & 15)) * 10 + (last >> 56);
    return 1;
}

/* 1 and the value where `text` is 8 to 16 digits and nothing else; 0 for all other texts. */
static inline int cp_digits(const char *text, size_t length, uint64_t *value) {
    static const uint64_t powers[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    uint64_t first, last;
    if (length - 8 > 8 || !cp_two_words(text, length, &first, &last))
        return 0;
    if (length == 8) {
        *value = cp_eight(first);
        return 1;
    }
    last = last >> (8 * (16 - length)) << (8 * (16 - length)); /* those that `first` has count once */
    *value = cp_eight(first) * powers[length - 8] + cp_eight(last);
    return 1;
}

#endif
