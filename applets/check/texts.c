/* texts - control files as text: entries that never match. */
#include <stdio.h>
#include <string.h>

#include "check/internal.h"
#include "lib/join.h"
#include "qmail/names.h"
#include "qmail/smtproutes.h"
#include "routing/where.h"

static const struct {
	enum routing_name file;
	const char *name;
	const char *loss; /* what happens to mail when an entry never matches */
} texts[] = {
	{ROUTING_RCPTHOSTS, "rcpthosts", "mail for it is refused"},
	{ROUTING_MORERCPTHOSTS, "morercpthosts", "mail for it is refused"},
	{ROUTING_VIRTUALDOMAINS, "virtualdomains", "its mail is sent out to the Internet instead of being delivered here"},
	{ROUTING_SMTPROUTES, "smtproutes", "its mail is sent by MX instead of by this route"},
	{ROUTING_LOCALS, "locals", "its mail is sent out to the Internet instead of being delivered here"},
};

static bool is_map(size_t t)
{
	return control_find(texts[t].name)->kind == CONTROL_MAP;
}

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t';
}

/* The length of the line without its login, which may contain a '#'. */
static size_t without_login(size_t t, const char *p, size_t n)
{
	const char *colon = texts[t].file == ROUTING_SMTPROUTES ? memchr(p, ':', n) : NULL;

	return colon != NULL ? (size_t)(colon + 1 - p) + smtproutes_login(colon + 1, n - (size_t)(colon + 1 - p)) : n;
}

/* "name # why", all of which qmail takes for the name: where the comment begins, or n. */
static size_t find_comment(size_t t, const char *p, size_t n)
{
	size_t k = n, end = without_login(t, p, n);

	for (size_t i = 1; i < end && k == n; i++)
		if (p[i] == '#' && is_blank(p[i - 1]))
			k = i;
	while (k < n && k > 0 && is_blank(p[k - 1]))
		k--;
	return k;
}

static size_t trimmed(const char *p, size_t n)
{
	while (n > 0 && (is_blank(p[n - 1]) || p[n - 1] == '\r'))
		n--;
	return n;
}

static bool has_mark(const char *p, size_t n)
{
	return n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0;
}

/* Another line of the map has this key, and another value than the n bytes at value. */
static bool is_disputed(const struct lines *l, size_t i, const char *key, const char *value, size_t n)
{
	const char *other;
	size_t len;

	for (size_t j = 0; (j = lines_find(l, LINES_MAP, key, j)) != LINES_NONE; j++) {
		other = lines_value(l, j, &len);
		len = trimmed(other, len);
		if (j != i && (len != n || memcmp(other, value, n) != 0))
			return true;
	}
	return false;
}

/* Without the stray bytes the line would override one that works: only a person knows which is meant. */
static bool is_guess(const struct check *c, size_t t, size_t i)
{
	const struct routing *r = &c->change.routing;
	const struct lines *l = &r->file[texts[t].file].lines;
	char key[NAME_DOMAIN_MAX + 2];
	const char *p, *colon;
	size_t n, k;

	p = lines_at(l, i, &n);
	if (has_mark(p, n)) {
		p += 3;
		n -= 3;
	}
	for (; n > 0 && is_blank(*p); n--)
		p++;
	n = trimmed(p, find_comment(t, p, n));
	colon = is_map(t) ? memchr(p, ':', n) : NULL;
	k = trimmed(p, colon != NULL ? (size_t)(colon - p) : n);
	if (k >= sizeof key || memchr(p, '\0', k) != NULL || (is_map(t) && colon == NULL))
		return false;
	join_part(key, sizeof key, p, k);
	if (texts[t].file == ROUTING_LOCALS)
		return routing_line(r, ROUTING_VIRTUALDOMAINS, key) != LINES_NONE;
	if (texts[t].file == ROUTING_VIRTUALDOMAINS && routing_line(r, ROUTING_LOCALS, key) != LINES_NONE)
		return true;
	return colon != NULL && is_disputed(l, i, key, colon + 1, n - (size_t)(colon + 1 - p));
}

/* Bytes that qmail takes for a part of the name, against what was meant. False: they stay, as --fix cannot remove them. */
static bool check_stray(struct check *c, size_t t, size_t i, const char *name, const char *what, size_t from, size_t to)
{
	struct routing_file *f = &c->change.routing.file[texts[t].file];
	bool guess;

	if (from >= to)
		return true;
	guess = is_guess(c, t, i);
	check_found(c, &(struct finding){CHECK_ERROR, name, f->path, i + 1, guess ? check_edit(c, f->path, i + 1) : NULL},
	            "%s, which qmail takes for a part of it: %s%s", what, texts[t].loss,
	            guess ? "; without it the line would override another one" : "");
	if (!guess)
		lines_splice(&f->lines, i, from, to, "");
	return !guess;
}

/* False: something was not fixed. */
static bool check_blanks(struct check *c, size_t t, size_t i)
{
	struct lines *l = &c->change.routing.file[texts[t].file].lines;
	const char *p, *colon;
	size_t n, k;

	p = lines_at(l, i, &n);
	for (k = 0; k < n && is_blank(p[k]); k++)
		;
	if (k < n && !check_stray(c, t, i, "leading-blank", "begins with a blank", 0, k))
		return false;
	p = lines_at(l, i, &n);
	if (!check_stray(c, t, i, "comment-behind", "has a comment after the entry", find_comment(t, p, n), n))
		return false;
	p = lines_at(l, i, &n);
	colon = is_map(t) ? memchr(p, ':', n) : NULL;
	if (colon == NULL)
		return true;
	for (k = (size_t)(colon - p); k > 0 && is_blank(p[k - 1]); k--)
		;
	return check_stray(c, t, i, "blank-before-colon", "has a blank before its colon", k, (size_t)(colon - p));
}

/* What a line, or the name that it begins with, contains and no host name does; or NULL. Patterns are syntax of other servers. */
static const char *find_odd(const char *p, size_t n, size_t name, enum lines_key key)
{
	if (memchr(p, '\0', n) != NULL)
		return "NUL byte";
	if (name < n && is_blank(p[name]))
		return "blank";
	if (memchr(p, '*', name) != NULL)
		return "*";
	return key == LINES_LIST && memchr(p, '@', name) != NULL ? "@" : NULL;
}

/* The rest of a line, when all that could be fixed is fixed: a name has no blanks. */
static void check_name(struct check *c, size_t t, size_t i)
{
	const struct routing_file *f = &c->change.routing.file[texts[t].file];
	const char *p, *odd;
	size_t n, name;
	bool map = is_map(t);

	p = lines_at(&f->lines, i, &n);
	while (n > 0 && is_blank(p[n - 1]))
		n--;
	for (name = 0; name < n && !is_blank(p[name]) && !(map && p[name] == ':'); name++)
		;
	odd = find_odd(p, n, name, map ? LINES_MAP : LINES_LIST);
	if (odd != NULL)
		check_found(c, &(struct finding){CHECK_ERROR, "bad-name", f->path, i + 1, check_edit(c, f->path, i + 1)},
		            "contains a %s, which no host name does: %s", odd, texts[t].loss);
	else if (map && memchr(p, ':', n) == NULL)
		check_found(c, &(struct finding){CHECK_ERROR, "no-colon", f->path, i + 1, check_edit(c, f->path, i + 1)},
		            "has no colon: qmail ignores the line");
}

/* An editor of another system changes the ends of all lines of a file. */
static void check_returns(struct check *c, size_t t)
{
	struct routing_file *f = &c->change.routing.file[texts[t].file];
	size_t n, first = 0, more = 0;
	char others[64] = "";
	const char *p;

	for (size_t i = 0; i < f->lines.n; i++) {
		p = lines_at(&f->lines, i, &n);
		if (n == 0 || p[n - 1] != '\r')
			continue;
		if (is_guess(c, t, i)) {
			check_stray(c, t, i, "crlf", "ends in a carriage return", n - 1, n);
			continue;
		}
		more += first > 0;
		first = first > 0 ? first : i + 1;
		lines_splice(&f->lines, i, n - 1, n, "");
	}
	if (more > 0)
		snprintf(others, sizeof others, ", as do %zu more lines", more);
	if (first > 0)
		check_found(c, &(struct finding){CHECK_ERROR, "crlf", f->path, first, NULL},
		            "ends in a carriage return%s, which qmail takes for a part of the entry: %s", others, texts[t].loss);
}

/* The same key again further down: qmail uses the last one of a map. */
static void check_double(struct check *c, struct routing_file *f, enum lines_key kind, size_t i)
{
	char key[NAME_DOMAIN_MAX + 2];
	const char *p, *a, *b;
	size_t n, an, bn, last;
	bool same;

	if (!lines_key(&f->lines, kind, i, &p, &n) || n >= sizeof key)
		return;
	join_part(key, sizeof key, p, n);
	last = lines_find_last(&f->lines, kind, key);
	if (last == i || last == LINES_NONE)
		return;
	a = lines_at(&f->lines, i, &an);
	b = lines_at(&f->lines, last, &bn);
	same = kind == LINES_LIST || (an == bn && memcmp(a, b, an) == 0);
	check_found(
		c,
		&(struct finding){same ? CHECK_WARNING : CHECK_ERROR, "double", f->path, i + 1,
	                      check_delete(c, f->path, i + 1, p, n)},
		same ? "%s is in line %zu again: if only one of them is removed, mail is treated as before"
			 : "%s is in line %zu again, which takes precedence: this line has no effect, and mail is routed by the other",
		key, last + 1);
}

/* An editor of another system puts three bytes at the beginning of a file. */
static void check_mark(struct check *c, size_t t)
{
	const struct lines *l = &c->change.routing.file[texts[t].file].lines;
	size_t n = 0;
	const char *p = l->n > 0 ? lines_at(l, 0, &n) : "";

	if (has_mark(p, n))
		check_stray(c, t, 0, "byte-order-mark", "begins with a byte order mark", 0, 3);
}

static void check_lines(struct check *c, size_t t)
{
	struct routing_file *f = &c->change.routing.file[texts[t].file];
	size_t n;
	const char *p;

	check_mark(c, t);
	check_returns(c, t);
	for (size_t i = 0; i < f->lines.n; i++) {
		p = lines_at(&f->lines, i, &n);
		if (n == 0 || *p == '#')
			continue;
		if (check_blanks(c, t, i))
			check_name(c, t, i);
	}
	for (size_t i = 0; i < f->lines.n; i++)
		check_double(c, f, is_map(t) ? LINES_MAP : LINES_LIST, i);
}

/* No other command changes locals, so it is not part of the routing plan. */
static void plan_locals(struct check *c)
{
	struct routing_file *f = &c->change.routing.file[ROUTING_LOCALS];
	struct buf text = BUF(CONTROL_MAX);

	if (!f->lines.changed)
		return;
	lines_render(&f->lines, &text);
	plan_file(&c->change.files, f->path, &(struct owner){0644, (uid_t)-1, (gid_t)-1}, &text, &f->seen);
}

void check_texts(struct check *c)
{
	for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
		check_lines(c, t);
	plan_locals(c);
}
