/*
 * names - domains, addresses, handles and box names: what is let in, and how it is spelled. Pure.
 *
 * These names become file names and fields between colons, so the door is narrow: whatever is refused here
 * reaches no file. Each check returns 0 with the name as it is stored, or -1 with a sentence in e (exit 100).
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
	bool many; /* "user-*": everything that begins so; local is "user-default" then, as qmail has it */
};

/* ASCII letters become small, as everywhere in qmail; bytes from 128 stay. */
char name_fold(char c);

/* LDH labels of 1-63 bytes, 253 in all; one final dot is dropped, letters are stored small. */
int name_domain(struct err *e, const char *s, struct name_domain *d);

/* local@domain with one "@": local is an RFC 5321 dot-string, stored small; "default" and "...-default" catch others' mail in qmail and are refused, "...-*" is how the latter is said. */
int name_address(struct err *e, const char *s, struct name_address *a);

/* The way back: "user-*@DOMAIN" for "user-default". */
void name_whole(const char *local, const char *domain, char *to, size_t size);

/* Where mail is sent on to: as name_address, but with the local part's case kept and any local part allowed. */
int name_target(struct err *e, const char *s);

/* A customer's handle: letters, digits, "_", "-", "." inside; begins with a letter or digit; 32 bytes. */
int name_handle(struct err *e, const char *what, const char *s);

/* A box's name: the same, in 43 bytes, for the longest handle has boxes too. */
int name_box(struct err *e, const char *s);

/* $USER in users/assign: a handle, or a domain. */
int name_user(struct err *e, const char *s);

/*
 * A directory that is there already, of whoever laid it out: "/a/b", at most NAME_PATH_MAX bytes; no "." or "..", no blanks or
 * controls. One final slash is dropped: the path is to, of NAME_PATH_MAX + 1 bytes.
 */
int name_maildir(struct err *e, const char *s, char *to);

/* The same of one that is a home: no colons, which would end a field of users/assign. */
int name_path(struct err *e, const char *s, char *to);

/* HOST, HOST:PORT, IPV4, [IPV6] or [IPV6]:PORT. */
int name_relay(struct err *e, const char *s);

/* The parts of such a string. *port is 0 where none is given. */
struct name_host {
	char host[NAME_DOMAIN_MAX + 1]; /* without brackets */
	int port;
};

int name_split_relay(const char *s, struct name_host *h);

#endif
