/*
 * signals - signals as bytes on a descriptor: no handler, no flag, no race with poll(2).
 *
 *	fd = signals_open((const int[]){SIGTERM, SIGCHLD, 0});	poll it with the rest
 *	while ((sig = signals_read(fd)) > 0)
 *		...
 */
#ifndef LIB_SIGNALS_H
#define LIB_SIGNALS_H

/*
 * Block these signals (0 ends the list) and return a descriptor that is readable when one has arrived; -1 with errno.
 */
int signals_open(const int *sigs);

/* The next signal that has arrived; 0: none. */
int signals_read(int fd);

/* In a child, before exec: unblock all signals and restore SIGPIPE. */
void signals_default(void);

#endif
