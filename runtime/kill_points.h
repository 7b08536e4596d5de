/* For a build with -DCALLPLAN_KILL_POINTS only (scripts/kill.py): a process dies, as by `kill -9`, right after the step on
   shared words that it was told to. Each place in the source that makes a step counts how often it was passed. Tested by
   tests/kill. */
#ifndef CALLPLAN_KILL_POINTS_H
#define CALLPLAN_KILL_POINTS_H

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CP_SITES = 8192 };

/* A file that CALLPLAN_KILL_POINTS names, mapped by all modules of the process and by the test. */
typedef struct {
    _Atomic uint64_t left;  /* steps until death; 0: never */
    _Atomic uint64_t steps; /* that were made */
    struct { _Atomic uint64_t site, passed; } sites[CP_SITES]; /* hash of file and line; by open addressing */
} cp_points;

static cp_points *cp_points_file(void) {
    static cp_points *points, none;
    const char *path = getenv("CALLPLAN_KILL_POINTS");
    int file;
    if (points != NULL)
        return points;
    points = &none;
    file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (file >= 0) {
        void *found = mmap(NULL, sizeof(cp_points), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (found != MAP_FAILED)
            points = found;
        close(file);
    }
    return points;
}

static void cp_step(const char *file, uint64_t line) {
    cp_points *points = cp_points_file();
    uint64_t site = 14695981039346656037ULL, left, found;
    const char *name = strrchr(file, '/');
    for (name = name == NULL ? file : name + 1; *name; name++)
        site = (site ^ (unsigned char)*name) * 1099511628211ULL;
    site = (site ^ line) * 1099511628211ULL | 1;
    for (uint32_t i = 0, at = (uint32_t)(site >> 32) % CP_SITES; i < CP_SITES; i++, at = (at + 1) % CP_SITES) {
        found = 0;
        if (atomic_compare_exchange_strong(&points->sites[at].site, &found, site) || found == site) {
            atomic_fetch_add(&points->sites[at].passed, 1);
            break;
        }
    }
    atomic_fetch_add(&points->steps, 1);
    left = atomic_load(&points->left);
    while (left && !atomic_compare_exchange_weak(&points->left, &left, left - 1))
        ;
    if (left == 1)
        kill(getpid(), SIGKILL);
}

static inline uint64_t cp_after(uint64_t value, const char *file, uint64_t line) {
    cp_step(file, line);
    return value;
}

#define cp_store(word, value) (cp_store(word, value), cp_step(__FILE__, __LINE__))
#define cp_hint(word, value) (cp_hint(word, value), cp_step(__FILE__, __LINE__))
#define cp_add(word, value) cp_after(cp_add(word, value), __FILE__, __LINE__)
#define cp_swap(word, expected, value) (int)cp_after(cp_swap(word, expected, value), __FILE__, __LINE__)

#endif
