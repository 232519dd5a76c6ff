/* lines_key - a line, its key and its value; the base of lines.c and lines_index.c. */
#include "lib/find.h"
#include "qmail/lines.h"

const char *lines_at(const struct lines *l, size_t i, size_t *n)
{
	const char *p = l->text.p + l->line[i].at;

	*n = l->line[i].n;
	if (*n > 0 && p[*n - 1] == '\n')
		--*n;
	return p;
}

static size_t trimmed(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return n;
}

static bool tail_key(const char *line, size_t len, const char **p, size_t *n)
{
	const char *colon = len > 0 && *line != '#' ? find_byte(line, ':', len) : NULL;

	if (colon != NULL)
		colon = find_byte(colon + 1, ':', len - (size_t)(colon + 1 - line));
	if (colon == NULL)
		return false;
	*p = colon + 1;
	*n = len - (size_t)(*p - line);
	return true;
}

/* The home is what follows the fourth colon. */
static bool home_key(const char *line, size_t len, const char **p, size_t *n)
{
	const char *end = line + len, *colon = line - 1, *slash;

	for (int i = 0; i < 4 && colon != NULL; i++)
		colon = find_byte(colon + 1, ':', (size_t)(end - colon - 1));
	if (colon == NULL)
		return false;
	*p = colon + 1;
	colon = find_byte(*p, ':', (size_t)(end - *p));
	*n = (size_t)((colon != NULL ? colon : end) - *p);
	slash = find_last_byte(*p, '/', *n);
	if (slash != NULL) {
		*n -= (size_t)(slash + 1 - *p);
		*p = slash + 1;
	}
	return true;
}

bool lines_key(const struct lines *l, enum lines_key kind, size_t i, const char **p, size_t *n)
{
	size_t len;
	const char *line = lines_at(l, i, &len);
	const char *colon;

	if (kind == LINES_TAIL)
		return tail_key(line, len, p, n);
	if (kind == LINES_HOME)
		return home_key(line, len, p, n);
	if (kind != LINES_ASSIGN)
		len = trimmed(line, len);
	if (len == 0 || (kind != LINES_ASSIGN && line[0] == '#'))
		return false;
	*p = line;
	*n = len;
	if (kind == LINES_LIST)
		return true;
	if (kind == LINES_ASSIGN && line[0] == '.') {
		*n = 1;
		return true;
	}
	colon = find_byte(line, ':', len);
	*n = colon != NULL ? (size_t)(colon - line) : 0;
	if (kind == LINES_VALUE)
		*p = lines_value(l, i, n);
	return colon != NULL;
}

const char *lines_value(const struct lines *l, size_t i, size_t *n)
{
	const char *line = lines_at(l, i, n);
	const char *colon = find_byte(line, ':', *n);
	size_t key = colon != NULL ? (size_t)(colon - line) + 1 : *n;

	*n = trimmed(line, *n);
	*n = *n > key ? *n - key : 0;
	return line + key;
}
