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

struct table {
	size_t n;       /* lines 0 to n - 1 are in */
	bool gave_up;   /* for want of memory; a walk that began line by line must end so */
	size_t room;    /* of both arrays; a power of two, 0 at first */
	uint32_t *head; /* by hash: the last line of a chain, plus 1 */
	uint32_t *next; /* behind it; by line: the one before it in its chain, plus 1 */
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
		free(x->of[i].head);
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
static uint32_t *chain(const struct table *x, const char *key, size_t n)
{
	char few[8] = {0};
	uint64_t h = n;

	for (size_t i = 0; i + 8 < n; i += 8)
		h = mixed(h, key + i);
	for (size_t i = 0; n < 8 && i < n; i++)
		few[i] = key[i];
	h = mixed(h, n < 8 ? few : key + n - 8) * MIX; /* the highest bits depend on all bytes */
	return &x->head[h >> 32 & (x->room - 1)];
}

/* The chain of line i, or NULL: it has no key. */
static uint32_t *chain_of(const struct lines *l, enum lines_key kind, size_t i)
{
	const char *key;
	size_t n;

	return lines_key(l, kind, i, &key, &n) ? chain(&l->index->of[kind], key, n) : NULL;
}

static bool make_room(struct table *x, size_t lines)
{
	size_t room = ROOM_MIN;
	uint32_t *both;

	if (x->room > 0 && lines <= x->room)
		return true;
	while (room < lines + lines / 4)
		room *= 2;
	both = calloc(room, 2 * sizeof *both);
	if (both == NULL)
		return false;
	free(x->head);
	x->room = room;
	x->head = both;
	x->next = both + room;
	x->n = 0;
	return true;
}

static bool carry_on(const struct lines *l, enum lines_key kind)
{
	struct table *x = l->index != NULL ? &l->index->of[kind] : NULL;
	uint32_t *at;

	if (x == NULL || x->gave_up)
		return false;
	x->gave_up = !make_room(x, l->n);
	if (x->gave_up)
		return false;
	for (; x->n < l->n; x->n++) {
		at = chain_of(l, kind, x->n);
		if (at == NULL)
			continue;
		x->next[x->n] = *at;
		*at = (uint32_t)x->n + 1;
	}
	return true;
}

size_t lines_index_before(const struct lines *l, enum lines_key kind, const char *key, size_t n, size_t i)
{
	const struct table *x;
	size_t at;

	if (!carry_on(l, kind))
		return i > 0 ? i - 1 : LINES_NONE;
	x = &l->index->of[kind];
	at = i < l->n ? x->next[i] : *chain(x, key, n);
	return at > 0 ? at - 1 : LINES_NONE;
}

static void cut(struct lines *l, enum lines_key kind, size_t i)
{
	struct table *x = &l->index->of[kind];
	uint32_t *at;

	while (x->n > i) {
		at = chain_of(l, kind, --x->n);
		if (at != NULL)
			*at = x->next[x->n];
	}
}

void lines_index_cut(struct lines *l, size_t i)
{
	for (size_t kind = 0; l->index != NULL && kind < LINES_KEYS; kind++)
		cut(l, kind, i);
}
