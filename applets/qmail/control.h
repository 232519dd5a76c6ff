/*
 * control - the control files that qmail's and our programs read (qmail-control(5)): one row each, in one table.
 *
 * To add a control file of ours, add a row and a member of struct conf (conf.h) for its value; conf_load(), qv-check and
 * qv-route then handle it without further code.
 */
#ifndef QMAIL_CONTROL_H
#define QMAIL_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#define QMAIL_HOME "/var/qmail"
#define QMAIL_CONTROL QMAIL_HOME "/control/"

/* Programs that read control files when they start, and fail if one of them cannot be read. */
enum control_program { CONTROL_SMTPD, CONTROL_SEND, CONTROL_REMOTE, CONTROL_PROGRAMS };

enum control_kind {
	CONTROL_LINE,      /* the first line counts (control_readline) */
	CONTROL_NUMBER,    /* a number in it */
	CONTROL_SECONDS,   /* seconds, perhaps with decimals; milliseconds in struct conf */
	CONTROL_DIR,       /* an absolute directory in it */
	CONTROL_LIST,      /* a name a line */
	CONTROL_MAP,       /* "name:value" a line */
	CONTROL_CDB,
};

struct control {
	const char *path; /* below the root; NULL ends the table */
	enum control_kind kind;
	unsigned by;          /* private: see control_is_read(), control_is_ours() */
	const char *fallback; /* its value if it is missing or empty; NULL: none */
	const char *as;       /* tried before fallback: the value of this file, an earlier row; NULL: none */
	size_t to, size;      /* private: where conf_load() puts it; size 0: nowhere */
};

/* Each program reads its files in this order. */
extern const struct control controls[];

enum { CONTROLS_MAX = 64 }; /* rows there may be */

/* The row of control/NAME, which must exist. */
const struct control *control_find(const char *name);

bool control_is_read(const struct control *k, enum control_program by);

/* Commands of ours read it as root: it must be a file, or missing. */
bool control_is_ours(const struct control *k);

/* The user that the program runs as: "qmaild", "qmails", "qmailr". */
const char *control_user(enum control_program p);

#endif
