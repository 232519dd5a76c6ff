/* strmap - strings to numbers: a hash table. */
#include "lib/strmap.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_MIN = 64 };

static uint32_t mixed(uint64_t h)
{
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 32 ^ h);
}

/* Eight bytes at a time; strings often differ in few bytes in the middle. */
uint32_t strmap_hash(const char *key)
{
	size_t n = strlen(key);
	uint64_t h = n, v;

	for (; n >= sizeof v; key += sizeof v, n -= sizeof v) {
		memcpy(&v, key, sizeof v);
		h = (h ^ v) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	for (v = 0; n > 0; n--)
		v = v << 8 | (unsigned char)key[n - 1];
	return mixed(h ^ v);
}

/* Where key stands, or the free place where it belongs. */
static struct strmap_slot *place(const struct strmap *m, const char *key, uint32_t h)
{
	size_t i = h & (m->room - 1);

	while (m->slot[i].key != NULL && (m->slot[i].hash != h || strcmp(m->slot[i].key, key) != 0))
		i = (i + 1) & (m->room - 1);
	return &m->slot[i];
}

static void move(struct strmap *to, const struct strmap_slot *s)
{
	size_t i = s->hash & (to->room - 1);

	while (to->slot[i].key != NULL)
		i = (i + 1) & (to->room - 1);
	to->slot[i] = *s;
}

/* At most two thirds of it are used. */
static int make_room(struct strmap *m)
{
	struct strmap wider = {.n = m->n, .room = m->room > 0 ? 2 * m->room : ROOM_MIN};

	if (3 * (m->n + 1) <= 2 * m->room)
		return 0;
	wider.slot = calloc(wider.room, sizeof *wider.slot);
	if (wider.slot == NULL)
		return -1;
	for (size_t i = 0; i < m->room; i++)
		if (m->slot[i].key != NULL)
			move(&wider, &m->slot[i]);
	free(m->slot);
	*m = wider;
	return 0;
}

int strmap_put(struct strmap *m, const char *key, size_t value)
{
	uint32_t h = strmap_hash(key);
	struct strmap_slot *s;

	if (make_room(m) < 0)
		return -1;
	s = place(m, key, h);
	m->n += s->key == NULL;
	*s = (struct strmap_slot){key, h, (uint32_t)value};
	return 0;
}

bool strmap_get(const struct strmap *m, const char *key, size_t *value)
{
	const struct strmap_slot *s = m->room > 0 ? place(m, key, strmap_hash(key)) : NULL;

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
