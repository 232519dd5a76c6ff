/*
 * quota - how much mail may wait for a dial-up host: MESSAGES[,BYTES]. Pure.
 *
 * qmail-local does not know of it, and qv-rcpt may not look into the Maildir: qv-master and qv-flush keep a mark in the
 * host's directory while it is full (see dialup/full.h).
 */
#ifndef QMAIL_QUOTA_H
#define QMAIL_QUOTA_H

#include <stddef.h>
#include <stdint.h>

#define QUOTA_FILE ".qv-quota"
#define QUOTA_FULL ".qv-full" /* the mark; empty */

enum {
	QUOTA_FULL_SECONDS = 10800, /* an older mark does not count: nobody keeps it any more */
	QUOTA_DIGITS = 15,          /* of a number, at most */
};

struct quota {
	int64_t messages, bytes; /* 0: as many as there are */
};

/* Blanks and line feeds at the end do not count. 0, or -1: not a quota, or one that allows all. */
int quota_parse(const char *text, size_t n, struct quota *q);

#endif
