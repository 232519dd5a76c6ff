/*
 * ctx - the context of a command: its tree, how it prints messages, and its error. qvmail.c initialises it, an
 * applet's options complete it, and it is the first argument of functions. After that only err changes, with two
 * exceptions: a process that does another applet's work takes its name, and an import sets whole while its commands
 * run; conf_lock() sets node; and held.h adds what it holds.
 */
#ifndef LIB_CTX_H
#define LIB_CTX_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/err.h"
#include "lib/netfs.h"

struct ctx {
	const char *applet; /* the name at the beginning of messages */
	const char *root;   /* --root as it was given, or "" for the running system */
	int rootfd;         /* O_PATH: the directory that "/" means to this command */
	bool offline;       /* --root: no process runs on that tree, none is signalled */
	bool dry_run;       /* print the changes instead of making them */
	bool json;
	int talk;           /* -1 quiet, 0, 1 verbose */
	int wait;           /* seconds to wait for another administrator's lock */
	bool syslog;        /* messages are sent to syslog's mail facility, not to stderr */
	bool mute;          /* stderr is a client's socket: nothing is printed */
	char node[NETFS_NAME]; /* in a change that other machines share: this one's name; else "" */
	void *whole;        /* what this command is a part of (setup/change.h); NULL: it stands alone */
	struct held *held;  /* directories that are kept open (held.h); NULL: none */
	struct err err;
};

/* Open the tree that commands work on; root "" or NULL is the running system. 0 or -1. */
int ctx_open(struct ctx *ctx, const char *root);

/* 0, or -1 with an error if this command needs root and is not run by root. */
int ctx_need_root(struct ctx *ctx);

/*
 * Print "APPLET: TEXT\n" on stderr in one write(2), so that lines of parallel children never mix; with ctx->syslog log
 * it there. ctx_always and ctx_warn always print, ctx_warn adds "warning: "; ctx_info prints nothing with -q;
 * ctx_verbose prints only with -v.
 */
void ctx_always(const struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ctx_warn(const struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ctx_info(const struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ctx_verbose(const struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Print the error line, "APPLET: fatal: " and ctx->err.text. Returns the exit code, which is never 0. */
int ctx_fatal(struct ctx *ctx);

#endif
