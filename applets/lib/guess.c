/* guess - suggest a name for an unknown word. */
#include "lib/guess.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 32, BEGINNING = 3 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to insert, delete, change or swap with their neighbour; a and b have WORD_MAX letters at most. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= m; j++) {
			if (i == 0 || j == 0) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[n][m];
}

static bool begin_alike(const char *a, size_t n, const char *b, size_t m)
{
	size_t shorter = least(n, m);

	return shorter >= BEGINNING && 2 * shorter >= n + m - shorter && memcmp(a, b, shorter) == 0;
}

void guess_offer(struct guess *g, const char *name)
{
	size_t n = strlen(g->typed), m = strlen(name), d, longer = n > m ? n : m;

	if (longer > WORD_MAX)
		return;
	d = begin_alike(g->typed, n, name, m) ? 1 : distance(g->typed, n, name, m);
	if (d > longer / 3 || (g->best != NULL && d >= g->distance))
		return;
	g->best = name;
	g->distance = d;
}

const char *guess_hint(struct guess *g, const char *dashes)
{
	g->hint[0] = '\0';
	if (g->best != NULL)
		snprintf(g->hint, sizeof g->hint, " (did you mean %s%s?)", dashes, g->best);
	return g->hint;
}
