/* localparts - the addresses that a dial-up host has: one local part a line. */
#include "qmail/localparts.h"

#include <string.h>
#include <strings.h>

#include "qmail/names.h"

static size_t without_blanks(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return n;
}

bool localparts_next(const char *text, size_t n, size_t *at, size_t *number, const char **entry, size_t *len)
{
	while (*at < n) {
		const char *line = text + *at, *lf = memchr(line, '\n', n - *at);
		size_t all = lf != NULL ? (size_t)(lf - line) : n - *at;

		*at += all + (lf != NULL);
		++*number;
		*entry = line;
		*len = without_blanks(line, all);
		if (*len > 0 && *line != '#')
			return true;
	}
	return false;
}

const char *localparts_bad(const char *entry, size_t len)
{
	const char *star = memchr(entry, '*', len), *why;

	if (star != NULL && star != entry + len - 1)
		return "a * is only allowed at the end, where it stands for anything";
	if (star == entry)
		return NULL;
	why = name_bad_local(entry, star != NULL && star[-1] == '.' ? len - 2 : len);
	return why != NULL && memchr(entry, '@', len) != NULL ? "expected the part before the @ alone" : why;
}

static bool begins(const char *local, size_t n, const char *entry, size_t len)
{
	if (n < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (local[i] != entry[i] && name_fold(local[i]) != name_fold(entry[i]))
			return false;
	return true;
}

bool localparts_is(const char *local, size_t n, const char *entry, size_t len)
{
	return entry[len - 1] == '*' ? begins(local, n, entry, len - 1) : n == len && begins(local, n, entry, len);
}

enum localparts_answer localparts_ask(const char *text, size_t n, const char *local, size_t *line)
{
	size_t at = 0, number = 0, entries = 0, bad = 0, len, k = strlen(local);
	const char *entry;

	if (strcasecmp(local, "postmaster") == 0)
		return LOCALPARTS_YES;
	for (; localparts_next(text, n, &at, &number, &entry, &len); entries++) {
		if (localparts_is(local, k, entry, len))
			return LOCALPARTS_YES;
		if (bad == 0 && localparts_bad(entry, len) != NULL)
			bad = number;
	}
	*line = bad;
	return entries == 0 || bad > 0 ? LOCALPARTS_UNSURE : LOCALPARTS_NO;
}
