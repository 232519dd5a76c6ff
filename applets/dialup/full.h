/* full - keep the mark of a dial-up host whose waiting mail has reached its quota (qmail/quota.h). */
#ifndef DIALUP_FULL_H
#define DIALUP_FULL_H

/*
 * home: its directory; new: Maildir/new, whose offset changes. Makes the mark, or gives it the present time; or removes
 * it. Counts only up to the quota, and without one nothing. What goes wrong leaves the mark as it is: it expires.
 */
void full_keep(int home, int new);

#endif
