/* constmap - look up a key in a control file, as qmail's own programs do. */
#include "qmail/constmap.h"

#include <stdlib.h>
#include <string.h>

#include "lib/find.h"
#include "lib/places.h"
#include "qmail/names.h"

bool constmap_same(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (name_fold(a[i]) != name_fold(b[i]))
			return false;
	return true;
}

uint32_t constmap_hash(const char *key, size_t n)
{
	uint32_t h = 2166136261;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)name_fold(key[i])) * 16777619;
	return h ^ h >> 15;
}

/* Up to the first of these bytes, or all n of them. */
static size_t span(const char *p, size_t n, char stop)
{
	const char *hit = find_byte(p, stop, n);

	return hit != NULL ? (size_t)(hit - p) : n;
}

static bool split(const char *p, size_t n, enum constmap_kind kind, struct constmap_entry *e)
{
	size_t key = kind == CONSTMAP_MAP ? span(p, n, ':') : n;

	if (kind == CONSTMAP_MAP && key == n)
		return false;
	e->key = p;
	e->keylen = key;
	e->value = kind == CONSTMAP_MAP ? p + key + 1 : p + n;
	e->valuelen = (size_t)(p + n - e->value);
	return true;
}

static bool look(const char *p, size_t n, enum constmap_kind kind, const char *key, size_t keylen,
                 struct constmap_entry *found)
{
	struct constmap_entry e = {.line = found->line};

	if (!split(p, n, kind, &e) || e.keylen != keylen || !constmap_same(e.key, key, keylen))
		return false;
	*found = e;
	return true;
}

/* All entries of one line; *e is the last one with this key. */
static bool look_at_line(const char *p, size_t n, enum constmap_kind kind, const char *key, size_t keylen,
                         struct constmap_entry *e)
{
	bool found = false;
	size_t len;

	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	if (n == 0 || *p == '#' || *p == '\0')
		return false;
	for (;; p += len + 1, n -= len + 1) {
		len = span(p, n, '\0');
		found |= look(p, len, kind, key, keylen, e);
		if (len == n)
			return found;
	}
}

/* By a look at every line. */
static bool scan(const struct constmap *map, enum constmap_kind kind, const char *key, size_t n,
                 struct constmap_entry *e)
{
	struct constmap_entry at = {0};
	bool found = false;
	size_t len;

	if (map->n == 0)
		return false;
	for (const char *p = map->p, *end = p + map->n; p < end; p += len + 1) {
		len = span(p, (size_t)(end - p), '\n');
		at.line++;
		if (look_at_line(p, len, kind, key, n, &at)) {
			*e = at;
			found = true;
		}
	}
	return found;
}

enum { MANY = 8 }; /* lookups from which an index pays off */

struct constmap_index {
	struct places lines; /* each entry's line */
	size_t asked;
	bool failed; /* out of memory */
};

struct constmap_index *constmap_index_new(void)
{
	return calloc(1, sizeof(struct constmap_index));
}

void constmap_index_free(struct constmap_index *x)
{
	if (x != NULL)
		places_free(&x->lines);
	free(x);
}

/* Every entry of one line; blanks behind a key are none of it where it ends the line. */
static int put_line(struct places *lines, const struct constmap *map, enum constmap_kind kind, const char *p, size_t n,
                    size_t line)
{
	const char *from = p;
	struct constmap_entry e;
	size_t len;

	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	for (;; p += len + 1, n -= len + 1) {
		len = span(p, n, '\0');
		if (split(p, len, kind, &e) &&
		    places_add(lines, constmap_hash(e.key, e.keylen), (size_t)(from - map->p), line) < 0)
			return -1;
		if (len == n)
			return 0;
	}
}

static int build(const struct constmap *map, enum constmap_kind kind)
{
	size_t line = 0, len;

	for (const char *p = map->p, *end = p + map->n; p < end; p += len + 1) {
		len = span(p, (size_t)(end - p), '\n');
		if (put_line(&map->index->lines, map, kind, p, len, ++line) < 0)
			return -1;
	}
	return 0;
}

static bool is_indexed(const struct constmap *map, enum constmap_kind kind)
{
	struct constmap_index *x = map->index;

	if (x == NULL || x->asked++ < MANY)
		return false;
	if (x->asked == MANY + 1)
		x->failed = build(map, kind) < 0;
	return !x->failed;
}

bool constmap_find(const struct constmap *map, enum constmap_kind kind, const char *key, size_t n,
                   struct constmap_entry *e)
{
	const struct places *lines;
	struct constmap_entry at = {0};

	if (!is_indexed(map, kind))
		return scan(map, kind, key, n, e);
	lines = &map->index->lines;
	for (const struct place *p = places_last(lines, constmap_hash(key, n)); p != NULL; p = places_before(lines, p)) {
		at.line = p->line;
		if (!look_at_line(map->p + p->at, span(map->p + p->at, map->n - p->at, '\n'), kind, key, n, &at))
			continue;
		*e = at;
		return true;
	}
	return false;
}

bool constmap_suffix(const char *name, size_t n, size_t *at, const char **p, size_t *len)
{
	size_t i = *at;

	while (i > 0 && i < n && name[i] != '.')
		i++;
	if (i >= n)
		return false;
	*p = name + i;
	*len = n - i;
	*at = i + 1;
	return true;
}
