/* constmap - look up a key in a control file, as qmail's own programs do. */
#include "qmail/constmap.h"

#include <string.h>

#include "qmail/names.h"

bool constmap_same(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (name_fold(a[i]) != name_fold(b[i]))
			return false;
	return true;
}

/* Up to the first of these bytes, or all n of them. */
static size_t span(const char *p, size_t n, char stop)
{
	const char *hit = memchr(p, stop, n);

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

bool constmap_find(const struct constmap *map, enum constmap_kind kind, const char *key, size_t n,
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
