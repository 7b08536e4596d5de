# SipHash-1-3, the keyed hash of Aumasson and Bernstein (2012) with one round a word and three at the end: whoever chooses
# what is hashed, but does not know the key, cannot choose where it goes. Tested by tests/test_call_ids.py.
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy


cdef inline uint64_t turned(uint64_t x, int bits) noexcept nogil:
    return x << bits | x >> (64 - bits)


cdef inline void sip_round(uint64_t* v) noexcept nogil:
    v[0] += v[1]
    v[2] += v[3]
    v[1] = turned(v[1], 13) ^ v[0]
    v[3] = turned(v[3], 16) ^ v[2]
    v[0] = turned(v[0], 32)
    v[2] += v[1]
    v[0] += v[3]
    v[1] = turned(v[1], 17) ^ v[2]
    v[3] = turned(v[3], 21) ^ v[0]
    v[2] = turned(v[2], 32)


cdef inline uint64_t siphash(const uint64_t* key, const uint8_t* data, uint64_t size) noexcept nogil:
    """The hash of some bytes with a key of two words; the machine must be little-endian, as all that runs callplan is."""
    cdef uint64_t[4] v
    cdef uint64_t word, at = 0
    v[0] = key[0] ^ 0x736F6D6570736575ULL
    v[1] = key[1] ^ 0x646F72616E646F6DULL
    v[2] = key[0] ^ 0x6C7967656E657261ULL
    v[3] = key[1] ^ 0x7465646279746573ULL
    while at + 8 <= size:
        memcpy(&word, data + at, 8)
        v[3] ^= word
        sip_round(v)
        v[0] ^= word
        at += 8
    word = 0
    memcpy(&word, data + at, size - at)
    word |= size << 56
    v[3] ^= word
    sip_round(v)
    v[0] ^= word
    v[2] ^= 0xFF
    sip_round(v)
    sip_round(v)
    sip_round(v)
    return v[0] ^ v[1] ^ v[2] ^ v[3]
