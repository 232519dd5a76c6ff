/*
 * guess - what was perhaps meant by a word that nobody knows.
 *
 *	struct guess g = {.typed = "dell"};
 *
 *	for each name
 *		guess_offer(&g, name);
 *	err_usage(e, synopsis, "unknown word \"%s\"%s", g.typed, guess_hint(&g, ""));
 *
 * A name is near when few letters are missing, added, changed or swapped, up to a third of them, or when it and the word
 * begin alike and one of them ends there, halfway at least ("delete", "del"). Of names that are equally near the first offered counts.
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
