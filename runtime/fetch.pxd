# What the processor is told that it will soon need; where the compiler knows no such hint, nothing.

cdef extern from *:
    """
    #ifdef __GNUC__
    #define cp_fetch(address) __builtin_prefetch((const void *)(address))
    #define cp_fetch_to_write(address) __builtin_prefetch((const void *)(address), 1)
    #else
    #define cp_fetch(address) ((void)(address))
    #define cp_fetch_to_write(address) ((void)(address))
    #endif
    """
    void cp_fetch(const void* address) noexcept nogil
    void cp_fetch_to_write(const void* address) noexcept nogil
