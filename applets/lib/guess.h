/*
 * guess - suggest a name for an unknown word.
 *
 *	struct guess g = {.typed = "dell"};
 *
 *	for each name
 *		guess_offer(&g, name);
 *	err_usage(e, synopsis, "unknown subcommand \"%s\"%s", g.typed, guess_hint(&g, ""));
 *
 * A name is suggested if up to a third of the letters are missing, added, changed or swapped, or if one of name and
 * word is the beginning of the other and at least half as long ("delete", "del"). Of equally near names the first one
 * is suggested.
 */
#ifndef LIB_GUESS_H
#define LIB_GUESS_H

#include <stddef.h>

struct guess {
	const char *typed;
	/* private */
	const char *best; /* must live as long as the guess */
	size_t distance;
	char hint[80];
};

void guess_offer(struct guess *g, const char *name);

/* " (did you mean DASHESname?)" or "", inside of g. */
const char *guess_hint(struct guess *g, const char *dashes);

#endif
