# Declarations of atomics.h.
from libc.stdint cimport uint64_t

cdef extern from "atomics.h" nogil:
    ctypedef struct cp_word:
        pass
    uint64_t cp_load(const cp_word* word) noexcept
    uint64_t cp_peek(const cp_word* word) noexcept
    void cp_read_fence() noexcept
    void cp_store(cp_word* word, uint64_t value) noexcept
    void cp_hint(cp_word* word, uint64_t value) noexcept
    uint64_t cp_add(cp_word* word, uint64_t value) noexcept
    int cp_swap(cp_word* word, uint64_t* expected, uint64_t desired) noexcept
