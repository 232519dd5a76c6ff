/* dotqmail - .qmail files: their names and their instructions, as dot-qmail(5) has them. Pure. */
#ifndef QMAIL_DOTQMAIL_H
#define QMAIL_DOTQMAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "qmail/names.h"

struct dotqmail_name {
	char text[sizeof ".qmail-" + NAME_LOCAL_MAX];
};

/* ".qmail-" + local part, small letters, dots as colons. local is one that name_address() let in, or "default". */
void dotqmail_name(const char *local, struct dotqmail_name *name);

/* The way back: the local part that reads this file name. 0, or -1: no .qmail- file, or one that qmail never reads. */
int dotqmail_local(const char *name, char *local, size_t size);

enum dotqmail_kind { DOTQMAIL_FORWARD, DOTQMAIL_MAILDIR, DOTQMAIL_MBOX, DOTQMAIL_PROGRAM };

struct dotqmail_line {
	enum dotqmail_kind kind;
	const char *value; /* address, path or command, in the text */
	size_t n;
};

/*
 * The next instruction of text at *at; comments, blank lines and "+list" are passed over.
 *
 *	for (size_t at = 0; dotqmail_next(text, n, &at, &line);)
 */
bool dotqmail_next(const char *text, size_t n, size_t *at, struct dotqmail_line *line);

/*
 * What qmail-local does with a whole file, in its order, until there is something that it would not do.
 *
 *	struct dotqmail_run run = {.text = text, .n = n, .forward_only = st.st_mode & 0100};
 *
 *	while (dotqmail_obey(&run, &line))
 *		...
 *	if (run.why != NULL)	it stops there, in these words, and all of the mail waits
 */
struct dotqmail_run {
	const char *text;
	size_t n;
	bool forward_only; /* its owner may execute it, or a line "+list" was passed: files and programs are refused */
	size_t line;       /* the number of the line that was handed out, or is at fault */
	const char *why;
	size_t at; /* private */
};

bool dotqmail_obey(struct dotqmail_run *run, struct dotqmail_line *line);

/*
 * The names that qmail-local looks for, in its order: ".qmail", dash, ext in small letters with colons for its dots; then with
 * "default" in place of what follows each of its hyphens, the last one first. *at is 0 to begin with; false at the end.
 */
bool dotqmail_candidate(const char *dash, const char *ext, size_t *at, struct buf *name);

const char *dotqmail_word(enum dotqmail_kind kind); /* "forward", "maildir", "mbox", "program" */

#endif
