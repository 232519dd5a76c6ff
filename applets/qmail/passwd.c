/* passwd - a user by name, in the text of an etc/passwd. */
#include "qmail/passwd.h"

#include <stdint.h>
#include <string.h>

enum { NAME, PASSWORD, UID, GID, GECOS, HOME, FIELDS };

struct field {
	const char *p;
	size_t n;
};

static size_t split(const char *p, size_t n, struct field *f)
{
	size_t i = 0;
	const char *colon;

	for (; i < FIELDS; i++) {
		colon = memchr(p, ':', n);
		f[i] = (struct field){p, colon != NULL ? (size_t)(colon - p) : n};
		if (colon == NULL)
			return i + 1;
		p += f[i].n + 1;
		n -= f[i].n + 1;
	}
	return i;
}

static bool number(const struct field *f, uint32_t *to)
{
	uint64_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (f->p[i] < '0' || f->p[i] > '9' || n > UINT32_MAX)
			return false;
		n = n * 10 + (uint64_t)(f->p[i] - '0');
	}
	*to = (uint32_t)n;
	return f->n > 0 && n <= UINT32_MAX;
}

bool passwd_find(const char *text, size_t n, const char *name, struct passwd_user *u)
{
	struct field f[FIELDS] = {{0}};
	uint32_t uid, gid;
	size_t len;

	for (const char *p = text, *end = text + n; p < end; p += len + 1) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		len = lf != NULL ? (size_t)(lf - p) : (size_t)(end - p);
		if (split(p, len, f) < FIELDS || f[NAME].n != strlen(name) || memcmp(f[NAME].p, name, f[NAME].n) != 0)
			continue;
		if (!number(&f[UID], &uid) || !number(&f[GID], &gid))
			continue;
		*u = (struct passwd_user){uid, gid, f[HOME].p, f[HOME].n};
		return true;
	}
	return false;
}
