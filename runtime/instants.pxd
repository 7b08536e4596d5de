# Instants: the system's clocks, and what Python gives as POSIX seconds.
from libc.stdint cimport int64_t

cdef extern from *:
    """
    #include <time.h>
    #ifndef CLOCK_MONOTONIC_COARSE /* Linux only: the time of the last tick, in a sixth of the time */
    #define CLOCK_MONOTONIC_COARSE CLOCK_MONOTONIC
    #endif
    /* time() is of the last tick too, and half of what clock_gettime takes to tell it. */
    static inline int64_t cp_wall(void) { return time(NULL); }
    static inline int64_t cp_monotonic(void) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
        return now.tv_sec;
    }
    """
    int64_t cp_wall() noexcept nogil
    int64_t cp_monotonic() noexcept nogil

cdef int64_t seconds(object at) except? -1
