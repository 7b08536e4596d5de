/* A word that is 0 again in a child process after any fork, so that the child can tell without a system call.
   Tested by tests/test_present.py. */
#ifndef CALLPLAN_PRESENT_H
#define CALLPLAN_PRESENT_H

#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "atomics.h"

#if !defined(MAP_ANONYMOUS) && defined(MAP_ANON)
#define MAP_ANONYMOUS MAP_ANON
#endif
#if defined(__linux__) && !defined(MADV_WIPEONFORK)
#define MADV_WIPEONFORK 18 /* Linux 4.14 */
#endif

/* A page of its own that begins with the word, which is 0; NULL with errno where there is none. *wiped: whether the
   kernel wipes it in a child; where it does not, something else must. */
static inline cp_word *cp_present_open(int *wiped) {
    size_t size = (size_t) sysconf(_SC_PAGESIZE);
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *wiped = 0;
    if (page == MAP_FAILED)
        return NULL;
#ifdef MADV_WIPEONFORK
    *wiped = madvise(page, size, MADV_WIPEONFORK) == 0;
#endif
    return (cp_word *) page;
}

static inline void cp_present_close(cp_word *word) { munmap((void *) word, (size_t) sysconf(_SC_PAGESIZE)); }

#endif
