/* strings - many strings, to look one up. */
#include <stdlib.h>
#include <string.h>

#include "check/internal.h"
#include "lib/strmap.h"

/* Where text stands, or the free place where it belongs. */
static uint32_t *place(const struct check_names *names, const char *text)
{
	size_t i = strmap_hash(text) & (names->room - 1);

	while (names->at[i] != 0 && strcmp(names->text + names->at[i] - 1, text) != 0)
		i = (i + 1) & (names->room - 1);
	return &names->at[i];
}

int check_index(const struct buf *list, struct check_names *names)
{
	size_t n = 0;

	for (size_t i = 0; i < list->len; i++)
		n += list->p[i] == '\0';
	*names = (struct check_names){.text = list->p, .room = 2};
	while (names->room <= n + n / 4)
		names->room *= 2;
	names->at = calloc(names->room, sizeof *names->at);
	if (names->at == NULL)
		return -1;
	for (size_t at = 0; at < list->len; at += strlen(list->p + at) + 1)
		*place(names, list->p + at) = (uint32_t)at + 1;
	return 0;
}

bool check_has(const struct check_names *names, const char *text)
{
	return names->at != NULL && *place(names, text) != 0;
}

void check_names_free(struct check_names *names)
{
	free(names->at);
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
