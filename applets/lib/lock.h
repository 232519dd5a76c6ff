/*
 * lock - flock(2), as setlock, flock(1) and qmail-send take it.
 *
 * A lock belongs to the open descriptor: it is released by close or exit. A locked file is never unlinked.
 */
#ifndef LIB_LOCK_H
#define LIB_LOCK_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Take an exclusive lock; wait at most this many seconds, 0: not at all. Returns 0 locked, 1 held by another process,
 * -1 with errno.
 */
int lock_take(int fd, int seconds);

/* Release it; the descriptor remains open. */
void lock_drop(int fd);

enum lock_state {
	LOCK_FREE,
	LOCK_HELD,
	LOCK_UNKNOWN, /* the file system cannot say */
};

/*
 * Is fd's file locked, and by whom (0: not known)? /proc/locks is asked; only where that may leave something out (no /proc, a PID
 * namespace, a file system that shows other numbers there) the lock is tried, for a moment and shared. fd must not be locked by ourselves.
 */
enum lock_state lock_look(int fd, pid_t *holder);

/* The process that holds a lock on fd's file and has it open, from /proc; 0 when nobody does or /proc does not say. */
pid_t lock_holder(int fd);

/*
 * Behind lock_take(), if another process has the lock. 1: it counts; 2: it does not, as no process of root or of uid has the file
 * open, but by fd itself; 0: it was let go of meanwhile, and is ours. *holder: the process that has locked it, 0: not known. Only
 * root sees that, in /proc: else 1.
 */
int lock_retake(int fd, uid_t uid, pid_t *holder);

/*
 * A mark (from 0 on; LOCK_UNMARKED: none) beside the lock that others find without /proc, a byte of an fcntl(2) lock for each kind: F_GETLK names the process.
 * It goes with that process, and whenever that closes any descriptor of the same file: set it again then.
 */
enum { LOCK_UNMARKED = -1 };
void lock_mark(int fd, int kind);

/* *holder: 0 where that process has no pid here. Never LOCK_UNKNOWN: where there are no such locks nothing is marked. */
enum lock_state lock_marked(int fd, int kind, pid_t *holder);

enum lock_number {
	LOCK_TIME, /* less than 2^40 */
	LOCK_SUM,  /* less than 2^61 */
};

/* Such marks that each say a number from 1 on, until the next one; and the number that another process has said, 0: none. */
void lock_say(int fd, enum lock_number what, long long number);
long long lock_said(int fd, enum lock_number what);

/* "pid 1234", or that it is not known: into to, which is returned. */
const char *lock_named(int fd, char *to, size_t size);

/* The command line of that process, cut to size; "": unknown. */
void lock_command(pid_t holder, char *to, size_t size);

#endif
