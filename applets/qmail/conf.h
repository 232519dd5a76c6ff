/*
 * conf - where things are and who owns them: read once, const afterwards.
 *
 * Each value is the first line of its own control file, /var/qmail/control/qv-NAME; if the file is missing,
 * the default applies, as in qmail-control(5).
 */
#ifndef QMAIL_CONF_H
#define QMAIL_CONF_H

#include <limits.h>

#include "lib/buf.h"
#include "lib/ctx.h"
#include "lib/lockfile.h"
#include "qmail/control.h"

#define QMAIL_ASSIGN QMAIL_HOME "/users/assign"
#define QMAIL_CDB QMAIL_HOME "/users/cdb"
#define QMAIL_ASSIGN_CDB QMAIL_HOME "/users/assign.cdb" /* the cdb that s/qmail reads instead */

enum { CONTROL_MAX = 1 << 28 }; /* bytes a control file may have */

struct conf {
	char popmail[256];    /* /home/popmail */
	char serialmail[256]; /* /home/serialmail */
	char popuser[64];     /* popusr */
	uid_t uid;            /* popusr's, by conf_popuser() */
	gid_t gid;
	char me[256];         /* control/me, "" when there is none */
	char helohost[256];   /* control/helohost, else me */
	char helo[256];       /* qv-helo, else helohost */
	char doublebounceto[128], doublebouncehost[128];
	char bounces_to[256]; /* doublebounceto@doublebouncehost, default postmaster@me */
	char bouncehost[256]; /* what bounces come from, default me */
	char qmail_send[256]; /* supervise directory of qmail-send, "": search */
	long interval;        /* seconds between two attempts for a customer */
	long grace;           /* milliseconds between two starts */
	long concurrency;     /* flushes at once */
	long lifetime;        /* seconds after which mail that cannot be sent bounces */
	long brake;           /* after so many refused messages and none accepted, no more bounce; 0: no limit */
	long call_interval;   /* seconds between two calls for a host's mail that are served */
	long warn;            /* seconds after which waiting mail is reported */
};

/* All members except uid and gid. 0, or -1: no qmail home, or a control file with an invalid value. */
int conf_load(struct ctx *ctx, struct conf *c);

/* popuser -> uid and gid, from etc/passwd below ctx->root, or "UID:GID" in numbers. -1: ctx->err tells what to create. */
int conf_popuser(struct ctx *ctx, struct conf *c);

/* Make this process run as popuser permanently, with its gid as the only group. 0; -1 with errno. */
int conf_become(const struct conf *c);

/* First line of control/NAME without trailing blanks (control_rldef). 0; 1: no such file; -1. */
int conf_line(struct ctx *ctx, const char *name, char *to, size_t size);

/* The administrators' lock. Waits ctx->wait seconds. 0, or -1 with nothing to drop; ctx->err names the holder. */
#define CONF_LOCK QMAIL_HOME "/users/qv-lock"

int conf_lock(struct ctx *ctx, struct lockfile *l);

/* 0; -1 if s/qmail is installed: it does not read the users/cdb that we build from users/assign. */
int conf_reads_cdb(struct ctx *ctx);

#endif
