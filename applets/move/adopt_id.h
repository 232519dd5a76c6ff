/*
 * adopt_id - who delivers an id of virtualdomains that has no line +ID-: of its own in users/assign: as qmail-lspawn(8) finds out,
 * the longest wildcard of that table, else a user of the system, else the user alias.
 */
#ifndef MOVE_ADOPT_ID_H
#define MOVE_ADOPT_ID_H

#include "setup/change.h"

/*
 * d->id is known; user, uid, gid, home, dash and ext become those that qmail would find for ID-anything. 0; 1: nobody, or only
 * the user alias, who has no file for it; -1.
 */
int adopt_id(struct ctx *ctx, const struct routing *r, struct domain *d);

#endif
