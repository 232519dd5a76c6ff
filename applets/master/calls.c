/* calls - the names of those who have called, in one string; there are few. */
#include "master/calls.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* At the newline before it; NULL: it has not called. */
static char *find(const struct calls *c, const char *name)
{
	char line[NAME_MAX + 3];

	snprintf(line, sizeof line, "\n%s\n", name);
	return c->names.len > 0 ? strstr(c->names.p, line) : NULL;
}

void calls_add(struct calls *c, const char *name)
{
	if (find(c, name) == NULL)
		buf_printf(&c->names, "%s%s\n", c->names.len == 0 ? "\n" : "", name);
	if (buf_failed(&c->names)) {
		calls_free(c);
		*c = CALLS;
	}
}

bool calls_has(const struct calls *c, const char *name)
{
	return find(c, name) != NULL;
}

void calls_forget(struct calls *c, const char *name)
{
	char *p = find(c, name);
	size_t n = strlen(name) + 1;

	if (p == NULL)
		return;
	memmove(p, p + n, c->names.len - (size_t)(p - c->names.p) - n + 1);
	c->names.len -= n;
}

void calls_free(struct calls *c)
{
	buf_free(&c->names);
}
