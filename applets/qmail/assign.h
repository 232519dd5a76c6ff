/*
 * assign - users/assign, line by line, and the records of users/cdb.
 *
 * qmail-users(5), qmail-newu(8). It accepts the same input and writes the same bytes as the real
 * qmail-newu; only the messages are longer. Assign entries:
 *
 *	=local:user:uid:gid:home:dash:ext:	+prefix:user:uid:gid:home:dash:ext:	.
 */
#ifndef QMAIL_ASSIGN_H
#define QMAIL_ASSIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ctx.h"

struct assign_lint;

enum assign_kind {
	ASSIGN_ENTRY,
	ASSIGN_END, /* a dot in the first column: everything after it is not read */
	ASSIGN_BAD,
};

struct assign_field {
	const char *p;
	size_t n;
};

/* The fields of one entry, pointing into the line; from user to ext they are separated by one colon each. */
struct assign_line {
	char sign;     /* the first column: any byte other than '+' counts as '=' */
	bool wildcard; /* sign is '+' */
	struct assign_field local, user, uid, gid, home, dash, ext;
};

/*
 * One line without its newline; terminated tells whether it had one. For ASSIGN_BAD *why is the reason,
 * written to follow "FILE:LINE: ". Pure.
 */
enum assign_kind assign_parse(const char *line, size_t n, bool terminated, struct assign_line *l, const char **why);

/*
 * A uid or gid as qmail-lspawn takes it: scan_ulong() reads leading decimal digits, and a uid_t keeps 32 bits of that.
 * No digits: 0; "510x" is 510, and so is "4294967806"; UINT32_MAX is no valid id, as setuid(2) refuses it. Pure.
 */
uint32_t assign_id(const struct assign_field *f);

/*
 * Write the table in text (n bytes) as a cdb to fd, which is empty and seekable. Errors show name after ctx->root
 * ("/var/qmail/users/assign"). Nothing is synced. 0, or -1 with ctx->err; a bad line is a permanent error that
 * names FILE:LINE.
 */
int assign_digest(struct ctx *ctx, const char *name, const char *text, size_t n, int fd);

/* The same from a file of any length, in little memory. lint (may be NULL) sees every line; see assign_lint.h. */
int assign_digest_fd(struct ctx *ctx, const char *name, int from, int fd, struct assign_lint *lint);

#endif
