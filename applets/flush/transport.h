/* transport - another program instead of the built-in client: serialmail's maildirsmtp in a wrapper, for example. */
#ifndef FLUSH_TRANSPORT_H
#define FLUSH_TRANSPORT_H

#include "flush/internal.h"

/*
 * Runs PROGRAM ARGS Maildir PREFIX in the customer's directory, waits, and counts what is gone from Maildir/new as delivered. Whatever
 * else it means is in its own lines on stderr; f->tally->why is its exit when that was not 0.
 */
void transport_run(struct flush *f);

#endif
