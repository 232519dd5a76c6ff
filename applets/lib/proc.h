/* proc - what the kernel says of a process (proc(5)); a rescue shell may be without. */
#ifndef LIB_PROC_H
#define LIB_PROC_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/dents.h"

/*
 * Do the numbers in /proc mean the processes that we know by them? Not where a PID namespace has the /proc of another one.
 * What is below is empty then, as without /proc.
 */
bool proc_is_ours(void);

/* All of them: proc_next() until 0, or enough; then close(d->fd). 0; -1 with errno, and there is nothing to close. */
int proc_begin(struct dents *d);
pid_t proc_next(struct dents *d);

/* Up to size - 1 bytes of /proc/PID/FILE, and a NUL behind them; how many, 0 where it cannot be read. */
size_t proc_read(pid_t pid, const char *file, char *to, size_t size);

/* The same as one line: NULs and newlines become blanks. */
size_t proc_line(pid_t pid, const char *file, char *to, size_t size);

#endif
