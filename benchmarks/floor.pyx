# cython: binding=False, language_level=3
"""The floor: what one decision costs at best when calls have records, one C function that does the work and nothing else.

Both numbers are read, the plan is found, filter, area, block, time, cell and split are looked up in small tables of the
right form; five words are changed with locked operations (a record claimed, two quotas, a ticket, a place), the record's
two cache lines are written, and a Decision's worth of an object is made. It knows one way of spelling, one zone, one plan,
no refusal and no error: it cannot be an engine, only what an engine is measured against. A batch does the same for each
call of two columns of fixed width, reads the clock once, and writes rows in place of objects.
"""

from numpy import empty

from callplan.runtime.layout import DECISION as ROW

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef extern from *:
    """
    #include <stdatomic.h>
    #include <stdlib.h>
    #include <string.h>
    #include <time.h>
    #include "digits.h"
    #ifndef CLOCK_REALTIME_COARSE
    #define CLOCK_REALTIME_COARSE CLOCK_REALTIME
    #endif
    typedef _Atomic uint64_t floor_word;
    enum { CALLS = 65536, PLACES = 3000, DAYS = 7, WINDOWS = 5 };

    typedef struct {
        uint64_t called, caller, began, monotonic, answered;
        uint32_t version, plan, owner, flags, pad[2];
        uint32_t words[6], periods[6], destination, limit, place, times;
        uint8_t rest[384];
    } floor_call;

    typedef struct {
        uint64_t slots[512], filter[2048], reciprocal;
        uint16_t prefixes[700000], origins[700], minutes[DAYS][WINDOWS], orders[10];
        uint32_t cells[3 * WINDOWS * 4], branches[3];
        uint8_t blocked[700];
        floor_word states[CALLS], quota[2], ticket, places[PLACES + 1];
        floor_call *calls;
        uint64_t random;
        uint32_t freed[CALLS], freed_count, hint;
        int64_t second, day, minute;
    } floor_tables;

    static floor_tables *floor_new(void) {
        floor_tables *t = calloc(1, sizeof *t);
        t->calls = calloc(CALLS, sizeof *t->calls);
        t->reciprocal = 0xFFFFFFFFFFFFFFFFULL / 10 + 1;
        for (int i = 0; i < 10; i++) t->orders[i] = i % 3;
        for (int d = 0; d < DAYS; d++)
            for (int i = 0; i < WINDOWS; i++) t->minutes[d][i] = 240 * (i + 1);
        return t;
    }

    static inline void floor_count(floor_word *word) {
        uint64_t found = atomic_load_explicit(word, memory_order_acquire);
        while (!atomic_compare_exchange_strong_explicit(word, &found, found + 1, memory_order_acq_rel, memory_order_acquire))
            ;
    }

    static inline time_t floor_now(void) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME_COARSE, &now);
        return now.tv_sec;
    }

    static inline uint64_t floor_decide(floor_tables *t, time_t now, const char *called, size_t m, const char *caller,
                                        size_t n, uint32_t *to) {
        uint64_t number, from, slot, hash, random, generation, found, mine;
        uint32_t at, column = 0, area, branch, place;
        floor_call *call;
        if (!cp_digits(called, m, &number) || !cp_digits(caller, n, &from)) return 0;
        slot = t->slots[number * 0x9E3779B97F4A7C15ULL >> 55];
        hash = from * 0xD6E8FEB86659FD93ULL;
        hash ^= hash >> 32;
        if (t->filter[hash >> 53] & (1ULL << (hash & 63))) return 0;
        area = t->prefixes[from / 10000 - 1300000];
        if (t->blocked[area]) return 0;
        if (now != t->second) {
            t->second = now;
            t->day = now / 86400 % 7;
            t->minute = now % 86400 / 60;
        }
        while (column < WINDOWS - 1 && t->minutes[t->day][column] <= t->minute) column++;
        branch = t->cells[(t->origins[area] * WINDOWS + column) * 4 + (slot & 1)];
        floor_count(&t->quota[0]);
        floor_count(&t->quota[1]);
        found = atomic_fetch_add_explicit(&t->ticket, 1, memory_order_relaxed);
        branch += t->orders[(uint64_t)((unsigned __int128)(t->reciprocal * (uint32_t)found) * 10 >> 64)];
        random = t->random += 0x9E3779B97F4A7C15ULL;
        random = (random ^ random >> 30) * 0xBF58476D1CE4E5B9ULL;
        generation = (random ^ random >> 27) & ~0xFFFFFFULL;
        at = t->freed_count ? t->freed[--t->freed_count] : t->hint++ % CALLS;
        found = atomic_load_explicit(&t->states[at], memory_order_relaxed);
        if (!atomic_compare_exchange_strong_explicit(&t->states[at], &found, generation | 1, memory_order_acq_rel,
                                                     memory_order_acquire))
            return 0;
        mine = generation | (uint64_t)at << 4;
        place = 1 + (uint32_t)atomic_load_explicit(&t->places[0], memory_order_relaxed) % PLACES;
        found = atomic_load_explicit(&t->places[place], memory_order_acquire);
        if (!atomic_compare_exchange_strong_explicit(&t->places[place], &found, mine, memory_order_acq_rel,
                                                     memory_order_acquire))
            return 0;
        atomic_store_explicit(&t->places[0], place, memory_order_relaxed);
        call = t->calls + at;
        call->called = number;
        call->caller = from;
        call->began = call->monotonic = now;
        call->answered = 0;
        call->version = call->plan = call->owner = 0;
        call->flags = area;
        call->words[0] = call->words[1] = call->periods[0] = call->periods[1] = place;
        call->destination = branch;
        call->limit = call->place = place;
        call->times = 0;
        atomic_store_explicit(&t->states[at], generation | 2, memory_order_release);
        *to = t->branches[branch % 3];
        return mine;
    }

    static uint64_t floor_route(floor_tables *t, const char *called, size_t m, const char *caller, size_t n, uint32_t *to) {
        return floor_decide(t, floor_now(), called, m, caller, n, to);
    }

    typedef struct {
        uint64_t call;
        uint8_t action, reason;
        uint16_t ring;
        uint32_t destination, announcement, version;
    } floor_row;

    static void floor_rows(floor_tables *t, const char *called, size_t m, const char *caller, size_t n, floor_row *rows,
                           size_t size) {
        time_t now = floor_now();
        for (size_t i = 0; i < size; i++, called += m, caller += n, rows++) {
            size_t own = m, from = n;
            while (own && !called[own - 1]) own--;
            while (from && !caller[from - 1]) from--;
            rows->call = floor_decide(t, now, called, own, caller, from, &rows->destination);
            rows->action = rows->reason = 0;
            rows->ring = 20;
            rows->announcement = 0xFFFFFFFF;
            rows->version = 1;
        }
    }

    static int floor_end(floor_tables *t, uint64_t handle) {
        uint32_t at = (uint32_t)(handle >> 4) & (CALLS - 1);
        uint64_t found = atomic_load_explicit(&t->states[at], memory_order_acquire), mine = handle;
        uint32_t place = t->calls[at].place;
        if ((found ^ handle) >> 24) return 0;
        if (!atomic_compare_exchange_strong_explicit(&t->states[at], &found, handle & ~0xFFFFFFULL, memory_order_acq_rel,
                                                     memory_order_acquire))
            return 0;
        if (atomic_compare_exchange_strong_explicit(&t->places[place], &mine, 0, memory_order_acq_rel, memory_order_acquire))
            atomic_store_explicit(&t->places[0], place - 1, memory_order_relaxed);
        t->freed[t->freed_count++] = at;
        return 1;
    }
    #define floor_text(text) ((const char *)(((PyASCIIObject *)(text)) + 1))
    """
    ctypedef struct floor_tables:
        pass
    floor_tables* floor_new()
    uint64_t floor_route(floor_tables* t, const char* called, size_t m, const char* caller, size_t n, uint32_t* to) nogil
    ctypedef struct floor_row:
        pass
    void floor_rows(
        floor_tables* t, const char* called, size_t m, const char* caller, size_t n, floor_row* rows, size_t size,
    ) nogil
    bint floor_end(floor_tables* t, uint64_t handle) nogil
    const char* floor_text(object text)

cdef extern from "Python.h":
    Py_ssize_t PyUnicode_GET_LENGTH(object text)


@cython.final
@cython.no_gc
@cython.freelist(256)
cdef class Made:
    cdef object names
    cdef uint64_t handle
    cdef uint32_t destination, announcement
    cdef uint16_t area, ring
    cdef uint8_t line, action, reason

    @property
    def call(self):
        return self.handle


@cython.final
cdef class Floor:
    cdef floor_tables* tables
    cdef object names

    def __init__(self):
        self.tables = floor_new()
        self.names = object()

    def route(self, called, caller):
        cdef uint32_t to = 0
        cdef Made made
        cdef uint64_t call = floor_route(
            self.tables, floor_text(called), PyUnicode_GET_LENGTH(called),
            floor_text(caller), PyUnicode_GET_LENGTH(caller), &to,
        )
        made = Made.__new__(Made)
        made.names = self.names
        made.handle = call
        made.destination = to
        made.announcement = 0xFFFFFFFF
        made.area = made.ring = 20
        made.line = made.action = made.reason = 0
        return made

    def route_many(self, called, caller):
        """The rows (layout.DECISION) of two columns of one length: arrays of dtype S, one piece each."""
        cdef Py_buffer to, who, out
        rows = empty(len(called), ROW)
        PyObject_GetBuffer(called, &to, PyBUF_SIMPLE)
        PyObject_GetBuffer(caller, &who, PyBUF_SIMPLE)
        PyObject_GetBuffer(rows, &out, PyBUF_SIMPLE)
        with nogil:
            floor_rows(
                self.tables, <const char*> to.buf, to.itemsize, <const char*> who.buf, who.itemsize,
                <floor_row*> out.buf, out.len // sizeof(floor_row),
            )
        PyBuffer_Release(&to)
        PyBuffer_Release(&who)
        PyBuffer_Release(&out)
        return rows

    def end(self, call):
        return floor_end(self.tables, call) != 0
