/* places - where in a text a key may be, found by a hash of that key. */
#include "lib/places.h"

#include <stdlib.h>

enum { ROOM_MIN = 64 };

static uint32_t *chain(const struct places *p, uint32_t hash)
{
	return &p->head[hash & (p->room - 1)];
}

static void put(struct places *p, uint32_t i)
{
	uint32_t *head = chain(p, p->place[i].hash);

	p->place[i].before = *head;
	*head = i + 1;
}

static int make_room(struct places *p)
{
	size_t room = p->room > 0 ? 2 * p->room : ROOM_MIN;
	struct place *place;
	uint32_t *head;

	if (p->n < p->room)
		return 0;
	place = realloc(p->place, room * sizeof *place);
	if (place == NULL)
		return -1;
	p->place = place;
	head = calloc(room, sizeof *head);
	if (head == NULL)
		return -1;
	free(p->head);
	p->head = head;
	p->room = room;
	for (size_t i = 0; i < p->n; i++)
		put(p, (uint32_t)i);
	return 0;
}

int places_add(struct places *p, uint32_t hash, size_t at, size_t line)
{
	if (make_room(p) < 0)
		return -1;
	p->place[p->n] = (struct place){.at = (uint32_t)at, .line = (uint32_t)line, .hash = hash};
	put(p, (uint32_t)p->n++);
	return 0;
}

/* The first from number i of a chain on, counted from 1, with this hash. */
static const struct place *from(const struct places *p, uint32_t i, uint32_t hash)
{
	while (i > 0 && p->place[i - 1].hash != hash)
		i = p->place[i - 1].before;
	return i > 0 ? &p->place[i - 1] : NULL;
}

const struct place *places_last(const struct places *p, uint32_t hash)
{
	return p->room > 0 ? from(p, *chain(p, hash), hash) : NULL;
}

const struct place *places_before(const struct places *p, const struct place *place)
{
	return from(p, place->before, place->hash);
}

void places_free(struct places *p)
{
	free(p->place);
	free(p->head);
	*p = (struct places){0};
}
