/* strmap - strings to numbers: a hash table. */
#include "lib/strmap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_MIN = 64 };

static size_t hash(const char *key)
{
	uint32_t h = 5381;

	for (; *key != '\0'; key++)
		h = h * 33 ^ (unsigned char)*key;
	return h;
}

/* Where key stands, or the free place where it belongs. */
static struct strmap_slot *place(const struct strmap *m, const char *key)
{
	size_t i = hash(key) & (m->room - 1);

	while (m->slot[i].key != NULL && strcmp(m->slot[i].key, key) != 0)
		i = (i + 1) & (m->room - 1);
	return &m->slot[i];
}

/* At most half of it is used. */
static int make_room(struct strmap *m)
{
	struct strmap wider = {.n = m->n, .room = m->room > 0 ? 2 * m->room : ROOM_MIN};

	if (2 * (m->n + 1) <= m->room)
		return 0;
	wider.slot = calloc(wider.room, sizeof *wider.slot);
	if (wider.slot == NULL)
		return -1;
	for (size_t i = 0; i < m->room; i++)
		if (m->slot[i].key != NULL)
			*place(&wider, m->slot[i].key) = m->slot[i];
	free(m->slot);
	*m = wider;
	return 0;
}

int strmap_put(struct strmap *m, const char *key, size_t value)
{
	struct strmap_slot *s;

	if (make_room(m) < 0)
		return -1;
	s = place(m, key);
	m->n += s->key == NULL;
	*s = (struct strmap_slot){key, value};
	return 0;
}

bool strmap_get(const struct strmap *m, const char *key, size_t *value)
{
	const struct strmap_slot *s = m->room > 0 ? place(m, key) : NULL;

	if (s == NULL || s->key == NULL)
		return false;
	*value = s->value;
	return true;
}

void strmap_free(struct strmap *m)
{
	free(m->slot);
	*m = (struct strmap){0};
}
