/*
 * aliases - the aliases of every domain, for a listing of all domains: routing_next_alias() would read virtualdomains
 * once for each of them.
 *
 *	if (aliases_load(ctx, &conf, &routing, &a) == 0)
 *		for (size_t i = aliases_of(&a, "example.com"); (name = aliases_at(&a, i, "example.com")) != NULL; i++)
 *			...
 *	aliases_free(&a);
 */
#ifndef ROUTING_ALIASES_H
#define ROUTING_ALIASES_H

#include "lib/ctx.h"
#include "routing/routing.h"

struct alias {
	char name[NAME_DOMAIN_MAX + 1], of[NAME_DOMAIN_MAX + 1];
	size_t at; /* its place in the listing */
};

struct aliases {
	struct alias *alias; /* sorted by the domain that they are aliases of, then in the files' order */
	size_t n, room;
};

/* 0 or -1; aliases_free() either way. */
int aliases_load(struct ctx *ctx, const struct conf *conf, const struct routing *r, struct aliases *a);
void aliases_free(struct aliases *a);

/* The place of domain's first alias, or the place where it would be. */
size_t aliases_of(const struct aliases *a, const char *domain);

/* The alias at place i if it is one of domain, else NULL. */
const char *aliases_at(const struct aliases *a, size_t i, const char *domain);

#endif
