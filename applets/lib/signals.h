/*
 * signals - as bytes to be read, not as code that interrupts: no handler, no flag, no race with poll(2).
 *
 *	fd = signals_open((const int[]){SIGTERM, SIGCHLD, 0});	poll it with the rest
 *	while ((sig = signals_read(fd)) > 0)
 *		...
 */
#ifndef LIB_SIGNALS_H
#define LIB_SIGNALS_H

/* Block these (0 ends the list) and return a descriptor that is readable when one came; -1 with errno. */
int signals_open(const int *sigs);

/* The next one that came, 0: none. */
int signals_read(int fd);

/* In a child, before exec: everything unblocked, SIGPIPE as it was. */
void signals_default(void);

#endif
