# Instants: the system's clocks, and what Python gives as POSIX seconds.
from libc.stdint cimport int64_t

cdef extern from *:
    """
    #include <time.h>
    #ifndef CLOCK_REALTIME_COARSE /* Linux only: the time of the last tick, in a sixth of the time */
    #define CLOCK_REALTIME_COARSE CLOCK_REALTIME
    #define CLOCK_MONOTONIC_COARSE CLOCK_MONOTONIC
    #endif
    static inline int64_t cp_seconds(clockid_t clock) {
        struct timespec now;
        clock_gettime(clock, &now);
        return now.tv_sec;
    }
    static inline int64_t cp_wall(void) { return cp_seconds(CLOCK_REALTIME_COARSE); }
    static inline int64_t cp_monotonic(void) { return cp_seconds(CLOCK_MONOTONIC_COARSE); }
    """
    int64_t cp_wall() noexcept nogil
    int64_t cp_monotonic() noexcept nogil

cdef int64_t seconds(object at) except? -1
