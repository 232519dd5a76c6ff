/* aliases - the aliases of every domain, for a listing of all domains. */
#include "routing/aliases.h"

#include <stdlib.h>
#include <string.h>

#include "lib/grow.h"
#include "lib/join.h"

static int compare(const void *x, const void *y)
{
	const struct alias *a = x, *b = y;
	int r = strcmp(a->of, b->of);

	return r != 0 ? r : (a->at > b->at) - (a->at < b->at);
}

static int put(struct ctx *ctx, struct aliases *a, const struct domain *d)
{
	struct alias *more = grow(a->alias, a->n, &a->room, 16, sizeof *more);

	if (more == NULL)
		return err_temp(&ctx->err, "out of memory");
	a->alias = more;
	join(more[a->n].name, sizeof more->name, d->name.text, NULL);
	join(more[a->n].of, sizeof more->of, d->alias_of, NULL);
	more[a->n].at = a->n;
	a->n++;
	return 0;
}

int aliases_load(struct ctx *ctx, const struct conf *conf, const struct routing *r, struct aliases *a)
{
	struct name_domain name;
	struct domain d;

	*a = (struct aliases){0};
	for (size_t at = 0; routing_next(r, &at, &name);) {
		routing_look(r, conf, name.text, &d);
		if (*d.alias_of != '\0' && put(ctx, a, &d) < 0)
			return -1;
	}
	if (a->n > 0)
		qsort(a->alias, a->n, sizeof *a->alias, compare);
	return 0;
}

void aliases_free(struct aliases *a)
{
	free(a->alias);
	*a = (struct aliases){0};
}

size_t aliases_of(const struct aliases *a, const char *domain)
{
	size_t from = 0, to = a->n;

	while (from < to) {
		size_t half = (from + to) / 2;

		if (strcmp(a->alias[half].of, domain) < 0)
			from = half + 1;
		else
			to = half;
	}
	return from;
}

const char *aliases_at(const struct aliases *a, size_t i, const char *domain)
{
	return i < a->n && strcmp(a->alias[i].of, domain) == 0 ? a->alias[i].name : NULL;
}
