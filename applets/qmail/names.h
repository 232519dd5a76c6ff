/*
 * names - domains, addresses, handles and box names: which are valid, and how they are stored. Pure.
 *
 * These names become file names and fields between colons, so the rules are strict: a refused name
 * reaches no file. Each check returns 0 with the name as it is stored, or -1 with a message in e (exit 100).
 */
#ifndef QMAIL_NAMES_H
#define QMAIL_NAMES_H

#include <stddef.h>

#include "lib/err.h"

enum {
	NAME_DOMAIN_MAX = 253, /* RFC 1035 2.3.4 */
	NAME_LOCAL_MAX = 200,  /* leaves room for ".qmail-" and the temporary name in NAME_MAX */
	NAME_HANDLE_MAX = 32,
	NAME_BOX_MAX = NAME_HANDLE_MAX + 11, /* HANDLE-NNNN, and a number may have ten digits */
	NAME_PATH_MAX = 700,
};

struct name_domain {
	char text[NAME_DOMAIN_MAX + 1];
};

struct name_address {
	char local[NAME_LOCAL_MAX + 1];
	struct name_domain domain;
	bool many; /* "user-*": every address with this prefix; local is then "user-default", qmail's form */
};

/* ASCII letters to lower case, as everywhere in qmail; bytes from 128 on are unchanged. */
static inline char name_fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline void name_fold_all(char *p, size_t n)
{
	for (char *end = p + n; p < end; p++)
		*p = name_fold(*p);
}

/* Do these n bytes begin with the text with, in whatever case? */
bool name_starts(const char *p, size_t n, const char *with);

/* LDH labels of 1-63 bytes, 253 in all; one final dot is dropped, letters are stored in lower case. */
int name_domain(struct err *e, const char *s, struct name_domain *d);

/*
 * local@domain with one "@". local is an RFC 5321 dot-string, stored in lower case. "default" and "...-default" are
 * refused, because in qmail they catch mail for other addresses; write "...-*" for the latter.
 */
int name_address(struct err *e, const char *s, struct name_address *a);

/* Why s, n bytes, is not the local part of an address, an RFC 5321 dot-string; NULL if it is one. */
const char *name_bad_local(const char *s, size_t n);

/* The inverse: "user-*@DOMAIN" for "user-default". */
void name_whole(const char *local, const char *domain, char *to, size_t size);

/* A forwarding target: as name_address, but the local part keeps its case and any local part is allowed. */
int name_target(struct err *e, const char *s);

/* A customer's handle: letters, digits, "_", "-", single dots; begins with a letter or digit; at most 32 bytes. */
int name_handle(struct err *e, const char *what, const char *s);

/* A box's name: the same, but at most 43 bytes: a handle and a number. */
int name_box(struct err *e, const char *s);

/* $USER in users/assign: a handle, or a domain. */
int name_user(struct err *e, const char *s);

/*
 * The path of a directory in any layout: "/a/b", at most NAME_PATH_MAX bytes; no "." or "..", no blanks or control
 * bytes. The result, without one final slash, is put into to, of NAME_PATH_MAX + 1 bytes.
 */
int name_maildir(struct err *e, const char *s, char *to);

/* The same for a home: no colons, which would end a field of users/assign. */
int name_path(struct err *e, const char *s, char *to);

/* HOST, HOST:PORT, IPV4, [IPV6] or [IPV6]:PORT. */
int name_relay(struct err *e, const char *s);

/* The same for a line of control/smtproutes, where no IPv6 address is written: most qmail-remotes bounce mail for it. */
int name_route(struct err *e, const char *s);

/* The parts of such a string. port is 0 if none is given. */
struct name_host {
	char host[NAME_DOMAIN_MAX + 1]; /* without brackets */
	int port;
};

int name_split_relay(const char *s, struct name_host *h);

#endif
