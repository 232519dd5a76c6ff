/*
 * instructions - the lines of a .qmail file: does qmail-local(8) read them as they were meant?
 *
 *	struct dotqmail_file f = {.c = c, .home = home, .path = "/home/x/.qmail-joe", .name = ".qmail-joe", .text = BUF(CONTROL_MAX)};
 *
 *	... its bytes into f.text, its fstat(2) into f.st
 *	instructions_check(&f)	reports all that is wrong, and fixes what is certain
 *	instructions_note(&f)	only notes the mailboxes that it names
 *	buf_free(&f.text)
 */
#ifndef CHECK_INSTRUCTIONS_H
#define CHECK_INSTRUCTIONS_H

#include "check/internal.h"
#include "qmail/lines.h"

struct dotqmail_file {
	struct check *c;
	struct home *home;
	const char *path, *name;
	struct buf text; /* with the certain fixes made */
	struct stat st;
	bool link;       /* to a file elsewhere, which is not ours to change */
	/* private */
	struct lines lines; /* text */
	bool programs;      /* there was one, and it may have ended the delivery */
};

void instructions_check(struct dotqmail_file *f);
void instructions_note(const struct dotqmail_file *f);

#endif
