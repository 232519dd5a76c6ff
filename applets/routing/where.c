/* where - find a name in the files. */
#include "routing/where.h"

#include <string.h>

#include "lib/join.h"

enum lines_key routing_kind(enum routing_name f)
{
	switch (f) {
	case ROUTING_VIRTUALDOMAINS:
	case ROUTING_SMTPROUTES:
		return LINES_MAP;
	case ROUTING_ASSIGN:
		return LINES_ASSIGN;
	case ROUTING_RCPTHOSTS:
	case ROUTING_MORERCPTHOSTS:
	case ROUTING_LOCALS:
	case ROUTING_FILES:
		break;
	}
	return LINES_LIST;
}

size_t routing_line(const struct routing *r, enum routing_name f, const char *key)
{
	return lines_find_last(&r->file[f].lines, routing_kind(f), key);
}

size_t routing_accept_line(const struct routing *r, const char *key, enum routing_name *f)
{
	size_t at;

	*f = ROUTING_RCPTHOSTS;
	at = routing_line(r, *f, key);
	if (at != LINES_NONE)
		return at;
	*f = ROUTING_MORERCPTHOSTS;
	return routing_line(r, *f, key);
}

size_t routing_assign_end(const struct routing *r)
{
	const struct lines *l = &r->file[ROUTING_ASSIGN].lines;
	size_t end = lines_find(l, LINES_ASSIGN, ".", 0);

	return end != LINES_NONE ? end : l->n;
}

size_t routing_assign_line(const struct routing *r, const char *id)
{
	char key[NAME_DOMAIN_MAX + 3];
	size_t at;

	join(key, sizeof key, "+", id, "-", NULL);
	at = lines_find(&r->file[ROUTING_ASSIGN].lines, LINES_ASSIGN, key, 0);
	return at < routing_assign_end(r) ? at : LINES_NONE;
}

size_t routing_id_uses(const struct routing *r, const char *id)
{
	const struct lines *l = &r->file[ROUTING_VIRTUALDOMAINS].lines;
	size_t uses = 0, n, k = strlen(id);

	for (size_t i = l->n; (i = lines_find_before(l, LINES_VALUE, id, i)) != LINES_NONE;) {
		const char *p = lines_value(l, i, &n);

		uses += n == k && memcmp(p, id, n) == 0; /* here case counts */
	}
	return uses;
}

bool routing_is_taken(const struct routing *r, const char *local, const char *host, const char *id)
{
	char key[2 * NAME_DOMAIN_MAX + NAME_LOCAL_MAX + 8];
	size_t own = strlen(id) + 2;

	join(key, sizeof key, local, "@", host, NULL);
	if (routing_line(r, ROUTING_VIRTUALDOMAINS, key) != LINES_NONE)
		return true;
	join(key, sizeof key, "=", id, "-", local, NULL);
	if (routing_line(r, ROUTING_ASSIGN, key) != LINES_NONE)
		return true;
	*key = '+';
	for (size_t n = strlen(key); n > own; key[--n] = '\0')
		if (routing_line(r, ROUTING_ASSIGN, key) != LINES_NONE)
			return true;
	return false;
}
