/* Record locks on single bytes of the file `owners`. Byte i is locked by the process that is owner i, and the kernel frees
   it when that process dies, however it does. Tested by tests/test_owners.py. */
#ifndef CALLPLAN_OWNER_LOCKS_H
#define CALLPLAN_OWNER_LOCKS_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static inline int cp_owner_lock(int descriptor, int command, short type, uint32_t owner, struct flock *lock) {
    int done;
    memset(lock, 0, sizeof *lock);
    lock->l_type = type;
    lock->l_whence = SEEK_SET;
    lock->l_start = (off_t) owner;
    lock->l_len = 1;
    do {
        done = fcntl(descriptor, command, lock);
    } while (done == -1 && errno == EINTR);
    return done;
}

/* 1 if this process now has the byte, 0 if another has it, -1 with errno. */
static inline int cp_owner_take(int descriptor, uint32_t owner) {
    struct flock lock;
    if (cp_owner_lock(descriptor, F_SETLK, F_WRLCK, owner, &lock) == 0)
        return 1;
    return errno == EACCES || errno == EAGAIN ? 0 : -1;
}

static inline void cp_owner_drop(int descriptor, uint32_t owner) {
    struct flock lock;
    cp_owner_lock(descriptor, F_SETLK, F_UNLCK, owner, &lock);
}

/* Whether another process has the byte. One that cannot be asked about counts as alive: nobody's calls are taken then. */
static inline int cp_owner_lives(int descriptor, uint32_t owner) {
    struct flock lock;
    return cp_owner_lock(descriptor, F_GETLK, F_WRLCK, owner, &lock) != 0 || lock.l_type != F_UNLCK;
}

#endif
