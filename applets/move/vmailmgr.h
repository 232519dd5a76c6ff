/* vmailmgr - a record of vmailmgr's passwd.cdb: versions 1 and 2, and the text that was before them. Pure. */
#ifndef MOVE_VMAILMGR_H
#define MOVE_VMAILMGR_H

#include <stdbool.h>
#include <stddef.h>

struct vmailmgr_user {
	const char *hash;     /* NUL-terminated, in the data, as are the others */
	const char *maildir;  /* "./users/joe"; "" for an alias */
	const char *forwards; /* forwards_end - forwards bytes, a NUL or comma behind each, at last the end */
	const char *forwards_end;
	bool enabled, has_quota, expires;
};

/* data: n bytes, with a NUL behind them that does not count. It is changed: fields get their NULs. 0, or -1: no such record. */
int vmailmgr_user(char *data, size_t n, struct vmailmgr_user *u);

/* The next of u->forwards at *at, which is NULL to begin with; its length in *n. NULL: that was all. */
const char *vmailmgr_forward(const struct vmailmgr_user *u, const char **at, size_t *n);

#endif
