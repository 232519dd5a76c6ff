/*
 * kept - which lists each change of qv-domain and qv-mailbox writes again: control/qv-lists, a path a line.
 *
 *	struct lines l = {0};
 *
 *	r = kept_load(ctx, &l);
 *	for (size_t i = 0; r == 0 && i < l.n; i++)
 *		if (kept_path(&l, i, path))
 *			...
 *	lines_free(&l);
 */
#ifndef RCPT_KEPT_H
#define RCPT_KEPT_H

#include <limits.h>
#include <stdbool.h>

#include "lib/ctx.h"
#include "qmail/conf.h"
#include "qmail/lines.h"

#define KEPT_LISTS QMAIL_CONTROL "qv-lists"

/* 0, also if there is no such file; or -1 with ctx->err. */
int kept_load(struct ctx *ctx, struct lines *l);

/* The path in line i: false for blank lines, comments and what is no absolute path. */
bool kept_path(const struct lines *l, size_t i, char path[PATH_MAX]);

/* Is a list there kept by itself? Those in control/ and users/, where only root writes. */
bool kept_place(const char *path);

/* Add path, if it is not in it. The administrators' lock is held. 0, or -1 with ctx->err. */
int kept_enter(struct ctx *ctx, const char *path);

#endif
