/*
 * export - the set-up as commands that qv-domain import takes.
 *
 * What was put in by qv-domain and qv-mailbox, or by hand in the same form, comes out as a command. What no command says
 * is named in a comment, "# not exported: FILE:LINE: TEXT", so that nothing is lost silently.
 */
#ifndef MOVE_EXPORT_H
#define MOVE_EXPORT_H

#include "lib/ctx.h"

/* All of it on stdout. 0 or -1. */
int export_run(struct ctx *ctx);

#endif
