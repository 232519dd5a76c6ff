/* dotqmail - .qmail files: their names and their instructions, as in dot-qmail(5). Pure. */
#ifndef QMAIL_DOTQMAIL_H
#define QMAIL_DOTQMAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "qmail/names.h"

struct dotqmail_name {
	char text[sizeof ".qmail-" + NAME_LOCAL_MAX];
};

/* ".qmail-" + local part in lower case with colons for dots. name_address() accepted local, or it is "default". */
void dotqmail_name(const char *local, struct dotqmail_name *name);

/* The inverse: the local part that uses this file. 0, or -1: not a .qmail- file, or one that qmail never reads. */
int dotqmail_local(const char *name, char *local, size_t size);

enum dotqmail_kind { DOTQMAIL_FORWARD, DOTQMAIL_MAILDIR, DOTQMAIL_MBOX, DOTQMAIL_PROGRAM };

struct dotqmail_line {
	enum dotqmail_kind kind;
	const char *value; /* address, path or command, in the text */
	size_t n;
};

/*
 * The next instruction of text at *at; comments, blank lines and "+list" are skipped.
 *
 *	for (size_t at = 0; dotqmail_next(text, n, &at, &line);)
 */
bool dotqmail_next(const char *text, size_t n, size_t *at, struct dotqmail_line *line);

/*
 * The instructions that qmail-local obeys in a whole file, in its order, up to the first one that it refuses.
 *
 *	struct dotqmail_run run = {.text = text, .n = n, .forward_only = st.st_mode & 0100};
 *
 *	while (dotqmail_obey(&run, &line))
 *		...
 *	if (run.why != NULL)	qmail-local stops there with this message, and the mail is deferred
 */
struct dotqmail_run {
	const char *text;
	size_t n;
	bool forward_only; /* its owner may execute it, or a line "+list" was passed: files and programs are refused */
	size_t line;       /* the number of the line that was returned, or is wrong */
	const char *why;
	size_t at; /* private */
};

bool dotqmail_obey(struct dotqmail_run *run, struct dotqmail_line *line);

/*
 * The names that qmail-local looks for, in its order: ".qmail", dash, ext in lower case with colons for its dots; then with
 * "default" in place of the text after each of its hyphens, the last hyphen first. Start with *at = 0; false at the end.
 */
bool dotqmail_candidate(const char *dash, const char *ext, size_t *at, struct buf *name);

const char *dotqmail_word(enum dotqmail_kind kind); /* "forward", "maildir", "mbox", "program" */

#endif
