/* The only atomics of callplan: C11 operations on 64-bit words that processes may share. Tested by tests/test_threads.py. */
#ifndef CALLPLAN_ATOMICS_H
#define CALLPLAN_ATOMICS_H

#include <stdatomic.h>
#include <stdint.h>

_Static_assert(sizeof(_Atomic uint64_t) == 8, "a counter word is 8 bytes");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics must be lock-free: a lock would die with its holder");

typedef _Atomic uint64_t cp_word;

static inline uint64_t cp_load(const cp_word *word) { return atomic_load_explicit(word, memory_order_acquire); }
static inline uint64_t cp_peek(const cp_word *word) { return atomic_load_explicit(word, memory_order_relaxed); }
/* Between plain reads and the load that tells whether they were of what one meant. */
static inline void cp_read_fence(void) { atomic_thread_fence(memory_order_acquire); }
static inline void cp_store(cp_word *word, uint64_t value) { atomic_store_explicit(word, value, memory_order_release); }
static inline void cp_hint(cp_word *word, uint64_t value) { atomic_store_explicit(word, value, memory_order_relaxed); }
static inline uint64_t cp_add(cp_word *word, uint64_t value) {
    return atomic_fetch_add_explicit(word, value, memory_order_relaxed);
}
/* 1 if *word was *expected and now is desired; else *expected is what it was. */
static inline int cp_swap(cp_word *word, uint64_t *expected, uint64_t desired) {
    return atomic_compare_exchange_strong_explicit(word, expected, desired, memory_order_acq_rel, memory_order_acquire);
}

#ifdef CALLPLAN_KILL_POINTS
#include "kill_points.h"
#endif

#endif
