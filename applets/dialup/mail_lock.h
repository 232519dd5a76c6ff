/*
 * mail_lock - what keeps two flushes of a dial-up host apart, also after RELAYHOST was replaced by another file, whose
 * lock the first flush does not have: Maildir/new is locked; on a network file system, where a directory's lock keeps
 * out only this machine, a file that is never replaced.
 */
#ifndef DIALUP_MAIL_LOCK_H
#define DIALUP_MAIL_LOCK_H

/*
 * new: Maildir/new. 0: locked, until new and *fd are closed; 1: another process has it; -1 with errno. *fd: the file's
 * descriptor, also of what another one has locked, or -1.
 */
int mail_lock(int new, int *fd);

#endif
