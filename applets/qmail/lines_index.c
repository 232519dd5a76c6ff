/*
 * lines_index - which lines of a struct lines may have a key: a hash table of chains that run backwards.
 *
 * The line added last is the head of its chain, so lines are removed from the end in reverse order: an insertion before
 * the final dot of users/assign removes that dot from the index, and the next lookup adds both lines.
 */
#include "qmail/lines_index.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_MIN = 64 };

/* Upper and lower case differ in one bit; ignoring it makes some other bytes equal too, at the cost of a comparison. */
#define SMALL UINT64_C(0x2020202020202020)
#define MIX UINT64_C(0x9e3779b97f4a7c15)

/* Of a line; its key need not be read where the hash is another. */
struct link {
	uint32_t hash;
	uint32_t next; /* the line before it in its chain, plus 1 */
};

struct table {
	size_t n;          /* lines 0 to n - 1 are in */
	bool gave_up;      /* for want of memory; a walk that began line by line must end so */
	size_t room;       /* of both arrays; a power of two, 0 at first */
	struct link *link; /* by line */
	uint32_t *head;    /* behind it; by hash: the last line of a chain, plus 1 */
};

struct lines_index {
	struct table of[LINES_KEYS]; /* each from the first lookup of its kind on */
};

struct lines_index *lines_index_new(void)
{
	return calloc(1, sizeof(struct lines_index));
}

void lines_index_free(struct lines_index *x)
{
	for (size_t i = 0; x != NULL && i < LINES_KEYS; i++)
		free(x->of[i].link);
	free(x);
}

static uint64_t mixed(uint64_t h, const char *eight)
{
	uint64_t v;

	memcpy(&v, eight, 8);
	h = (h ^ (v | SMALL)) * MIX;
	return h ^ h >> 32;
}

/* Eight bytes at a time; the last eight may overlap those before them. */
static uint32_t hash(const char *key, size_t n)
{
	char few[8] = {0};
	uint64_t h = n;

	for (size_t i = 0; i + 8 < n; i += 8)
		h = mixed(h, key + i);
	for (size_t i = 0; n < 8 && i < n; i++)
		few[i] = key[i];
	return (uint32_t)(mixed(h, n < 8 ? few : key + n - 8) * MIX >> 32); /* the highest bits depend on all bytes */
}

static uint32_t *chain(const struct table *x, uint32_t h)
{
	return &x->head[h & (x->room - 1)];
}

static bool make_room(struct table *x, size_t lines)
{
	size_t room = ROOM_MIN;
	struct link *both;

	if (x->room > 0 && lines <= x->room)
		return true;
	while (room < lines + lines / 4)
		room *= 2;
	both = calloc(room, sizeof *x->link + sizeof *x->head);
	if (both == NULL)
		return false;
	free(x->link);
	x->room = room;
	x->link = both;
	x->head = (uint32_t *)(both + room);
	x->n = 0;
	return true;
}

static void add(const struct lines *l, enum lines_key kind, struct table *x)
{
	struct link *link = &x->link[x->n++];
	uint32_t *head;
	const char *key;
	size_t n;

	if (!lines_key(l, kind, x->n - 1, &key, &n))
		return;
	link->hash = hash(key, n);
	head = chain(x, link->hash);
	link->next = *head;
	*head = (uint32_t)x->n;
}

static bool carry_on(const struct lines *l, enum lines_key kind)
{
	struct table *x = l->index != NULL ? &l->index->of[kind] : NULL;

	if (x == NULL || x->gave_up)
		return false;
	x->gave_up = !make_room(x, l->n);
	if (x->gave_up)
		return false;
	while (x->n < l->n)
		add(l, kind, x);
	return true;
}

size_t lines_index_before(const struct lines *l, enum lines_key kind, const char *key, size_t n, size_t i)
{
	const uint32_t h = hash(key, n);
	const struct table *x;
	size_t at;

	if (!carry_on(l, kind))
		return i > 0 ? i - 1 : LINES_NONE;
	x = &l->index->of[kind];
	at = i < l->n ? x->link[i].next : *chain(x, h);
	while (at > 0 && x->link[at - 1].hash != h)
		at = x->link[at - 1].next;
	return at > 0 ? at - 1 : LINES_NONE;
}

/* A line without a key is the head of no chain. */
static void cut(struct table *x, size_t i)
{
	uint32_t *head;

	for (; x->n > i; x->n--) {
		head = chain(x, x->link[x->n - 1].hash);
		if (*head == x->n)
			*head = x->link[x->n - 1].next;
	}
}

void lines_index_cut(struct lines *l, size_t i)
{
	for (size_t kind = 0; l->index != NULL && kind < LINES_KEYS; kind++)
		cut(&l->index->of[kind], i);
}
