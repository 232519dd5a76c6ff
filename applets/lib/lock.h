/*
 * lock - flock(2), as setlock, flock(1) and qmail-send take it.
 *
 * A lock belongs to the open descriptor: closing it, or dying, lets it go. What is
 * locked is never unlinked.
 */
#ifndef LIB_LOCK_H
#define LIB_LOCK_H

#include <sys/types.h>

/* Exclusive lock; waits at most this many seconds, 0: not at all. 0 locked, 1 held by another, -1 errno. */
int lock_take(int fd, int seconds);

/* Let it go, the descriptor stays open. */
void lock_drop(int fd);

/* The process that holds a lock on fd's file, from /proc/locks; 0 when nobody does or /proc does not say. */
pid_t lock_holder(int fd);

/* What that process was called with, cut to size, "" where /proc does not say. */
void lock_command(pid_t holder, char *to, size_t size);

#endif
