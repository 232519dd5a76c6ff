/*
 * conf - where things are and who owns them: read once, const afterwards.
 *
 * Each value is the first line of a control file of its own, /var/qmail/control/qv-NAME; a missing file
 * is the default, as qmail-control(5) does it.
 */
#ifndef QMAIL_CONF_H
#define QMAIL_CONF_H

#include <limits.h>

#include "lib/buf.h"
#include "lib/ctx.h"
#include "qmail/control.h"

#define QMAIL_ASSIGN QMAIL_HOME "/users/assign"
#define QMAIL_CDB QMAIL_HOME "/users/cdb"
#define QMAIL_ASSIGN_CDB QMAIL_HOME "/users/assign.cdb" /* what s/qmail reads in its place */

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
	long grace;           /* seconds between two starts */
	long concurrency;     /* flushes at once */
	long lifetime;        /* seconds after which mail that cannot be sent bounces */
	long brake;           /* so many refused messages, and none accepted, and no more bounce; 0: they do */
	long warn;            /* seconds after which mail that waits is worth a line */
};

/* All but uid and gid. 0, or -1: no qmail home, or a control file that holds no such value. */
int conf_load(struct ctx *ctx, struct conf *c);

/* popuser -> uid and gid, by the root's etc/passwd, or "UID:GID" in numbers. -1 says what to create. */
int conf_popuser(struct ctx *ctx, struct conf *c);

/* This process is that user's for good, and in no other group than his. 0; -1 with errno. */
int conf_become(const struct conf *c);

/* First line of control/NAME, blanks behind it taken off (control_rldef). 0; 1: no such file; -1. */
int conf_line(struct ctx *ctx, const char *name, char *to, size_t size);

/*
 * The administrators' lock: flock(2) on the qmail home itself, which is always there and never replaced, so that
 * a refused command leaves no file behind. Waits ctx->wait seconds. The descriptor, or -1 saying who holds it.
 */
int conf_lock(struct ctx *ctx);

/* 0; -1 where s/qmail is the qmail here: it does not read the users/cdb that we build of users/assign. */
int conf_reads_cdb(struct ctx *ctx);

#endif
