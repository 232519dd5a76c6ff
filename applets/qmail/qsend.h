/* qsend - the qmail-send of THIS qmail home: find it, make it read virtualdomains and locals again, check that it did. */
#ifndef QMAIL_QSEND_H
#define QMAIL_QSEND_H

#include "qmail/conf.h"

enum qsend_found {
	QSEND_NONE,      /* none runs on this home */
	QSEND_LOCK,      /* pid holds queue/lock/sendmutex */
	QSEND_SUPERVISE, /* pid by the status file of a supervise directory */
	QSEND_PROC,      /* pid by its name and its working directory, the queue */
};

struct qsend {
	enum qsend_found found;
	pid_t pid;
};

/* 0, also if none runs; -1 if the files cannot be read. */
int qsend_find(struct ctx *ctx, const struct conf *conf, struct qsend *q);

/*
 * After QSEND_NONE: 0, none runs; -1, permanent: something holds queue/lock/sendmutex, but without a /proc of our own PID
 * namespace no process can be seen, and only control/qv-qmail-send can tell which it is.
 */
int qsend_none(struct ctx *ctx);

/*
 * HUP it, pull queue/lock/trigger to wake it (qmail-send sleeps in select), and wait until it has opened and
 * closed control/virtualdomains or control/locals (inotify), at most ten seconds. If none runs, or with ctx->offline: 0.
 * -1, temporary: it did not read them; or as qsend_none().
 */
int qsend_hup(struct ctx *ctx, const struct conf *conf);

#endif
