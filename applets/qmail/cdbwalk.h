/*
 * cdbwalk - all records of a cdb (cdb(5)) in memory, in file order; the cdb is untrusted, so everything is checked. Pure.
 *
 *	struct cdbwalk w;
 *
 *	if (cdbwalk_begin(&w, bytes, n) == 0)
 *		while (cdbwalk_next(&w))
 *			... w.key, w.keylen, w.data, w.datalen
 *	if (w.bad)	not a cdb, or truncated
 */
#ifndef QMAIL_CDBWALK_H
#define QMAIL_CDBWALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cdbwalk {
	const char *key, *data; /* in the bytes */
	size_t keylen, datalen;
	bool bad;
	/* private */
	const unsigned char *p;
	size_t at, end;
};

/* 0, or -1 and w->bad. */
int cdbwalk_begin(struct cdbwalk *w, const char *p, size_t n);
bool cdbwalk_next(struct cdbwalk *w);

#endif
