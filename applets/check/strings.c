/* strings - many strings, to look one up. */
#include <stdlib.h>
#include <string.h>

#include "check/internal.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int check_sort(const struct buf *list, struct check_names *names)
{
	size_t n = 0;

	for (size_t i = 0; i < list->len; i++)
		n += list->p[i] == '\0';
	*names = (struct check_names){.text = calloc(n + 1, sizeof *names->text)};
	if (names->text == NULL)
		return -1;
	for (size_t at = 0; names->n < n; at += strlen(list->p + at) + 1)
		names->text[names->n++] = list->p + at;
	qsort(names->text, n, sizeof *names->text, by_text);
	return 0;
}

bool check_has(const struct check_names *names, const char *text)
{
	return names->n > 0 && bsearch(&text, names->text, names->n, sizeof *names->text, by_text) != NULL;
}

void check_names_free(struct check_names *names)
{
	free(names->text);
	*names = (struct check_names){0};
}

void check_note(struct buf *list, const char *text)
{
	buf_add(list, text, strlen(text) + 1);
}

bool check_noted(const struct buf *list, const char *text)
{
	for (size_t at = 0; at < list->len; at += strlen(list->p + at) + 1)
		if (strcmp(list->p + at, text) == 0)
			return true;
	return false;
}
