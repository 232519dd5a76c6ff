/*
 * ctx - what every command is told: which tree, how to talk, and where the error goes. qvmail.c begins it, an applet's options
 * complete it, and it is handed down first. After that err changes, and only two others may: a process that does another
 * applet's work takes its name, and an import sets batch while its commands run.
 */
#ifndef LIB_CTX_H
#define LIB_CTX_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/err.h"

struct ctx {
	const char *applet; /* the name that messages begin with */
	const char *root;   /* --root as it was given, or "" for the running system */
	int rootfd;         /* O_PATH: what "/" means to this command */
	bool offline;       /* --root: nothing there is running, signal nobody */
	bool dry_run;       /* print the changes instead of making them */
	bool json;
	int talk;           /* -1 quiet, 0, 1 verbose */
	int wait;           /* seconds to wait for another administrator's lock */
	bool syslog;        /* notes go to syslog's mail facility, not to stderr */
	bool mute;          /* stderr is a client's socket: nothing is said there */
	void *whole;        /* what this command is a part of (setup/change.h); NULL: it stands alone */
	struct err err;
};

/* Open the tree that commands work on; root "" or NULL is the running system. 0 or -1. */
int ctx_open(struct ctx *ctx, const char *root);

/* 0, or -1 with a sentence when this command would need root and is not run by it. */
int ctx_need_root(struct ctx *ctx);

/*
 * A line for people: "APPLET: TEXT\n" on stderr in one write(2), so that parallel
 * children never interleave; to syslog with ctx->syslog. ctx_always and ctx_warn always speak, ctx_warn adds
 * "warning: "; ctx_info is silent under -q; ctx_verbose speaks only under -v.
 */
void ctx_always(const struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ctx_warn(const struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ctx_info(const struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ctx_verbose(const struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The one error line, "APPLET: fatal: " before ctx->err.text. The exit code, which is never 0. */
int ctx_fatal(struct ctx *ctx);

#endif
