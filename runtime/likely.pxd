# What the C compiler is told of a branch: most calls are a mobile's, on no list, at a time and a place like the call before.

cdef extern from *:
    """
    #ifdef __GNUC__
    /* The steps of a decision are one function each for people, and one function in all for the machine. */
    #undef CYTHON_INLINE
    #define CYTHON_INLINE __inline__ __attribute__((always_inline))
    #define cp_likely(x) __builtin_expect(!!(x), 1)
    #define cp_unlikely(x) __builtin_expect(!!(x), 0)
    #else
    #define cp_likely(x) (x)
    #define cp_unlikely(x) (x)
    #endif
    """
    bint likely "cp_likely"(bint x) noexcept nogil
    bint unlikely "cp_unlikely"(bint x) noexcept nogil
