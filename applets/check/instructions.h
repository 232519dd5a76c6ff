/*
 * instructions - what stands in a .qmail file: does qmail-local(8) take it as it was meant?
 *
 *	struct dotqmail_file f = {.c = c, .home = home, .path = "/home/x/.qmail-joe", .name = ".qmail-joe", .text = BUF(CONTROL_MAX)};
 *
 *	... its bytes into f.text, its fstat(2) into f.st
 *	instructions_check(&f)	all that is wrong is found, and mended where that is certain
 *	instructions_note(&f)	only whose boxes it names
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
	struct buf text; /* as it will be when what is certain is mended */
	struct stat st;
	bool link;       /* to a file elsewhere, which is not ours to mend */
	/* private */
	struct lines lines; /* text */
	bool programs;      /* there was one, and it may have ended the delivery */
};

void instructions_check(struct dotqmail_file *f);
void instructions_note(const struct dotqmail_file *f);

#endif
