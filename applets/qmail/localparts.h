/*
 * localparts - the addresses that a dial-up host has: one local part a line. Pure.
 *
 *	joe
 *	sales-*		every address that begins with "sales-"
 *
 * As in qmail's control files blanks at the end of a line do not count, nor do empty lines and those that begin with
 * '#'; capitals and small letters are the same.
 */
#ifndef QMAIL_LOCALPARTS_H
#define QMAIL_LOCALPARTS_H

#include <stdbool.h>
#include <stddef.h>

/* Its file, in the host's directory. */
#define LOCALPARTS_FILE ".qv-recipients"

/* The next entry of text, n bytes, from *at on; *number counts its lines and begins as 0. False: there is none. */
bool localparts_next(const char *text, size_t n, size_t *at, size_t *number, const char **entry, size_t *len);

/* Why an entry is not a local part (RFC 5321 4.1.2: Dot-string), with a "*" at most at its end; NULL if it is one. */
const char *localparts_bad(const char *entry, size_t len);

/* Does the entry stand for local, n bytes? */
bool localparts_is(const char *local, size_t n, const char *entry, size_t len);

/* Is local one of the entries, or postmaster (RFC 5321 4.5.1)? */
enum localparts_answer {
	LOCALPARTS_YES,
	LOCALPARTS_NO,
	LOCALPARTS_UNSURE, /* not found, but the list has no entry, *line = 0, or one in this line that is not a local part */
};

enum localparts_answer localparts_ask(const char *text, size_t n, const char *local, size_t *line);

#endif
