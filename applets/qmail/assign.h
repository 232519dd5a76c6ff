/*
 * assign - users/assign, line by line, and the records of users/cdb.
 *
 * qmail-users(5), qmail-newu(8). What is accepted and which bytes come out are those of the real
 * qmail-newu; only the messages say more. Assign entries:
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
	ASSIGN_END, /* a dot in the first column: everything behind it is unread */
	ASSIGN_BAD,
};

struct assign_field {
	const char *p;
	size_t n;
};

/* The fields of one entry, pointing into the line; from user to ext a colon stands between each two. */
struct assign_line {
	char sign;     /* the first column: whatever is no '+' counts as '=' */
	bool wildcard; /* sign is '+' */
	struct assign_field local, user, uid, gid, home, dash, ext;
};

/*
 * One line without its newline; terminated says whether it had one. For ASSIGN_BAD *why is what is wrong,
 * ready to stand behind "FILE:LINE: ". Pure.
 */
enum assign_kind assign_parse(const char *line, size_t n, bool terminated, struct assign_line *l, const char **why);

/*
 * A uid or gid as qmail-lspawn takes it: scan_ulong() reads leading decimal digits, and a uid_t keeps 32 bits of that.
 * No digits: 0; "510x" is 510, and so is "4294967806"; UINT32_MAX is nobody's, for setuid(2) refuses it. Pure.
 */
uint32_t assign_id(const struct assign_field *f);

/*
 * The table in text (n bytes) as a cdb into fd, which is empty and seekable; name stands in errors
 * ("/var/qmail/users/assign", ctx->root is put before it). Nothing is synced. 0, or -1 with ctx->err; a bad line is
 * permanent and named as FILE:LINE.
 */
int assign_digest(struct ctx *ctx, const char *name, const char *text, size_t n, int fd);

/* The same from a file of any length, in little memory. lint (NULL: none) is told of every line; see assign_lint.h. */
int assign_digest_fd(struct ctx *ctx, const char *name, int from, int fd, struct assign_lint *lint);

#endif
