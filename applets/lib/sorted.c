/* sorted - strings in order, to find those that begin with another. */
#include "lib/sorted.h"

#include <stdlib.h>
#include <string.h>

void sorted_add(struct sorted *s, const char *p, size_t n)
{
	buf_add(&s->text, p, n);
	buf_add(&s->text, "", 1);
	s->n++;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void remove_doubles(struct sorted *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++)
		if (kept == 0 || strcmp(s->at[kept - 1], s->at[i]) != 0)
			s->at[kept++] = s->at[i];
	s->n = kept;
}

int sorted_ready(struct sorted *s)
{
	const char *p = buf_text(&s->text);

	if (buf_failed(&s->text))
		return -1;
	s->at = calloc(s->n + 1, sizeof *s->at);
	if (s->at == NULL)
		return -1;
	for (size_t i = 0; i < s->n; i++, p += strlen(p) + 1)
		s->at[i] = p;
	qsort(s->at, s->n, sizeof *s->at, compare);
	remove_doubles(s);
	return 0;
}

size_t sorted_from(const struct sorted *s, const char *string)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(s->at[middle], string) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void sorted_free(struct sorted *s)
{
	free(s->at);
	buf_free(&s->text);
	s->at = NULL;
	s->n = 0;
}
