/*
 * adopt - a set-up that others made, as qvmail understands it; and what is certain is completed.
 *
 * qvmail keeps no list of what is its own: each command reads qmail's files as they are. So all that an adopted domain can lack is its line
 * in users/assign, where its mail is delivered by a shorter entry, by a user of the system or by the user alias; the line that says just
 * that is put in. Nothing else is changed; what qvmail cannot work with stays and is named.
 */
#ifndef MOVE_ADOPT_H
#define MOVE_ADOPT_H

#include "lib/ctx.h"

/* Of these domains or handles, n of them; 0: all that are delivered here, and lines that are no domain's. 0 or -1. */
int adopt(struct ctx *ctx, char *const *which, int n);

#endif
