/* logins_line - one line of users/qv-passwd, BOX:[!]HASH:DIRECTORY. */
#include "box/logins_line.h"

#include <limits.h>
#include <string.h>

#include "box/pwhash.h"

/* The bytes up to the next colon, which is skipped; false: no colon follows. */
static bool cut(const char **p, size_t *n, struct logins_part *part)
{
	const char *colon = memchr(*p, ':', *n);

	if (colon == NULL)
		return false;
	*part = (struct logins_part){*p, (size_t)(colon - *p)};
	*n -= part->n + 1;
	*p = colon + 1;
	return true;
}

static bool box_ok(const struct logins_part *box)
{
	return box->n > 0 && box->n <= NAME_MAX && memchr(box->p, '/', box->n) == NULL;
}

/* A box without a password can be suspended too. */
static bool hash_ok(const struct logins_line *line)
{
	return pwhash_ok(line->hash.p, line->hash.n) || (line->suspended && line->hash.n == 0);
}

enum logins_kind logins_line(const char *p, size_t n, struct logins_line *line)
{
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	if (n == 0 || p[0] == '#')
		return LOGINS_NOTHING;
	*line = (struct logins_line){0};
	if (memchr(p, '\0', n) != NULL || !cut(&p, &n, &line->box) || !cut(&p, &n, &line->field))
		return LOGINS_BAD;
	line->suspended = line->field.n > 0 && line->field.p[0] == '!';
	line->hash = (struct logins_part){line->field.p + line->suspended, line->field.n - line->suspended};
	line->dir = (struct logins_part){p, n};
	return box_ok(&line->box) && hash_ok(line) && n > 1 && p[0] == '/' ? LOGINS_BOX : LOGINS_BAD;
}

bool logins_line_is(const struct logins_line *line, const char *path)
{
	return strlen(path) == line->dir.n && memcmp(path, line->dir.p, line->dir.n) == 0;
}
