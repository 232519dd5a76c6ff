/* vpopmail - what vpopmail writes: lines of vpasswd, and what .qmail-default tells vdelivermail. */
#include "move/vpopmail.h"

#include <string.h>

#include "lib/join.h"

enum { NO_POP = 0x02, BOUNCE_MAIL = 0x10 };

enum { HASH, UID, GID, GECOS, DIR, QUOTA, FIELDS };

static unsigned number(const struct vpopmail_part *f)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->n && f->p[i] >= '0' && f->p[i] <= '9'; i++)
		n = n * 10 + (unsigned)(f->p[i] - '0');
	return n;
}

static bool is(const struct vpopmail_part *f, const char *text)
{
	return f->n == strlen(text) && memcmp(f->p, text, f->n) == 0;
}

/* Up to FIELDS of them; how many there are. */
static size_t split(const char *p, size_t n, struct vpopmail_part *f)
{
	const char *colon;

	for (size_t i = 0; i < FIELDS; i++) {
		colon = n > 0 ? memchr(p, ':', n) : NULL;
		f[i] = (struct vpopmail_part){p, colon != NULL ? (size_t)(colon - p) : n};
		if (colon == NULL)
			return i + 1;
		p += f[i].n + 1;
		n -= f[i].n + 1;
	}
	return FIELDS;
}

int vpopmail_user(const char *name, size_t namelen, const char *rest, size_t n, struct vpopmail_user *u)
{
	struct vpopmail_part f[FIELDS] = {{0}};

	if (namelen == 0 || split(rest, n, f) < FIELDS || f[DIR].n == 0)
		return -1;
	*u = (struct vpopmail_user){.name = {name, namelen}, .hash = f[HASH], .dir = f[DIR], .quota = f[QUOTA]};
	u->no_pop = (number(&f[GID]) & NO_POP) != 0;
	u->bounces = (number(&f[GID]) & BOUNCE_MAIL) != 0;
	u->has_quota = f[QUOTA].n > 0 && !is(&f[QUOTA], "NOQUOTA") && !is(&f[QUOTA], "0");
	return 0;
}

/* The last word of a command, quotes around it taken off. */
static void last_word(const struct dotqmail_line *l, char *to, size_t size)
{
	size_t end = l->n, at;

	while (end > 0 && strchr(" \t'\"", l->value[end - 1]) != NULL)
		end--;
	for (at = end; at > 0 && strchr(" \t'\"", l->value[at - 1]) == NULL;)
		at--;
	join_part(to, size, l->value + at, (size_t)(end - at));
}

bool vpopmail_calls(const struct dotqmail_line *l)
{
	char command[1024];

	join_part(command, sizeof command, l->value, l->n);
	return l->kind == DOTQMAIL_PROGRAM && strstr(command, "vdelivermail") != NULL;
}

static void maildir(char *path, size_t size)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	if (n < 8 || strcmp(path + n - 8, "/Maildir") != 0)
		join(path + n, size - n, "/Maildir", NULL);
}

enum vpopmail_others vpopmail_others(const char *text, size_t n, char *where, size_t size)
{
	struct dotqmail_line l, more;
	size_t at = 0;

	if (!dotqmail_next(text, n, &at, &l) || !vpopmail_calls(&l) || dotqmail_next(text, n, &at, &more))
		return VPOPMAIL_FOREIGN;
	last_word(&l, where, size);
	if (strcmp(where, "delete") == 0)
		return VPOPMAIL_DELETE;
	if (*where == '/' && strstr(where, "vdelivermail") == NULL) {
		maildir(where, size);
		return VPOPMAIL_MAILDIR;
	}
	return strchr(where, '@') != NULL ? VPOPMAIL_ADDRESS : VPOPMAIL_BOUNCE;
}
