/* texts - control files as text: what stands there and never matches. */
#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "qmail/names.h"

static const struct {
	enum routing_name file;
	enum lines_key key;
	const char *loss; /* what becomes of an entry that never matches */
} texts[] = {
	{ROUTING_RCPTHOSTS, LINES_LIST, "mail for it is refused"},
	{ROUTING_MORERCPTHOSTS, LINES_LIST, "mail for it is refused"},
	{ROUTING_VIRTUALDOMAINS, LINES_MAP, "its mail goes out into the net instead of to its .qmail files"},
	{ROUTING_SMTPROUTES, LINES_MAP, "its mail goes by MX instead of by this route"},
	{ROUTING_LOCALS, LINES_LIST, "its mail goes out into the net instead of being delivered here"},
};

/* The line with this stretch taken out. */
static void mend_line(struct check *c, struct lines *l, size_t i, size_t from, size_t to)
{
	char text[1024];
	size_t n;
	const char *p = lines_at(l, i, &n);

	if (!c->fix || n >= sizeof text)
		return;
	snprintf(text, sizeof text, "%.*s%.*s", (int)from, p, (int)(n - to), p + to);
	lines_remove(l, i);
	lines_insert(l, i, text);
}

/* From here to there qmail takes for a part of the name what nobody meant to be one. */
static void check_stray(struct check *c, size_t t, size_t i, const char *name, const char *what, size_t from, size_t to)
{
	struct routing_file *f = &c->change.routing.file[texts[t].file];

	if (from == to)
		return;
	check_found(c, &(struct finding){CHECK_ERROR, name, f->path, i + 1, NULL}, "%s, which qmail takes for a part of it: %s", what,
	            texts[t].loss);
	mend_line(c, &f->lines, i, from, to);
}

static size_t blanks(const char *p, size_t n)
{
	size_t k = 0;

	while (k < n && (p[k] == ' ' || p[k] == '\t'))
		k++;
	return k;
}

static void check_line(struct check *c, size_t t, size_t i)
{
	struct lines *l = &c->change.routing.file[texts[t].file].lines;
	const char *p, *colon;
	size_t n, lead, key;

	p = lines_at(l, i, &n);
	if (n == 0 || *p == '#')
		return;
	check_stray(c, t, i, "crlf", "ends in a carriage return", n - (p[n - 1] == '\r'), n);
	p = lines_at(l, i, &n);
	lead = blanks(p, n);
	if (lead < n)
		check_stray(c, t, i, "leading-blank", "begins with a blank", 0, lead);
	p = lines_at(l, i, &n);
	colon = texts[t].key == LINES_MAP ? memchr(p, ':', n) : NULL;
	if (colon == NULL)
		return;
	for (key = (size_t)(colon - p); key > 0 && (p[key - 1] == ' ' || p[key - 1] == '\t');)
		key--;
	check_stray(c, t, i, "blank-before-colon", "has a blank before its colon", key, (size_t)(colon - p));
}

static void check_colon(struct check *c, struct routing_file *f, size_t i)
{
	size_t n;
	const char *p = lines_at(&f->lines, i, &n);

	if (n > 0 && *p != '#' && memchr(p, ':', n) == NULL)
		check_found(c, &(struct finding){CHECK_ERROR, "no-colon", f->path, i + 1, "put NAME:VALUE there"},
		            "has no colon: qmail passes over the line as if it were not there");
}

/* The same key again further down: of a map the last one counts. */
static void check_double(struct check *c, struct routing_file *f, enum lines_key kind, size_t i)
{
	char key[NAME_DOMAIN_MAX + 2];
	const char *p, *a, *b;
	size_t n, an, bn, last;

	if (!lines_key(&f->lines, kind, i, &p, &n) || n >= sizeof key)
		return;
	snprintf(key, sizeof key, "%.*s", (int)n, p);
	last = lines_find_last(&f->lines, kind, key);
	if (last == i || last == LINES_NONE)
		return;
	a = lines_at(&f->lines, i, &an);
	b = lines_at(&f->lines, last, &bn);
	if (kind == LINES_LIST || (an == bn && memcmp(a, b, an) == 0))
		check_found(c, &(struct finding){CHECK_WARNING, "double", f->path, i + 1, "delete one of the two lines"},
		            "%s stands in line %zu again: whoever deletes one of them has not deleted it", key, last + 1);
	else
		check_found(c, &(struct finding){CHECK_ERROR, "double", f->path, i + 1, "delete one of the two lines"},
		            "%s stands in line %zu again, which counts: this line does nothing", key, last + 1);
}

/* qmail-smtpd and qmail-send read them as users of their own. */
static void check_mode(struct check *c, const struct routing_file *f)
{
	char mend[300];

	snprintf(mend, sizeof mend, "chmod 644 %s", f->path);
	if (f->seen.there && !(f->seen.st.st_mode & 004))
		check_found(c, &(struct finding){CHECK_ERROR, "mode", f->path, 0, mend},
		            "not everybody may read it: qmail's own users cannot, and mail is refused or stays where it is");
}

void check_texts(struct check *c)
{
	for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
		struct routing_file *f = &c->change.routing.file[texts[t].file];

		check_mode(c, f);
		for (size_t i = 0; i < f->lines.n; i++) {
			check_line(c, t, i);
			if (texts[t].key == LINES_MAP)
				check_colon(c, f, i);
		}
		for (size_t i = 0; i < f->lines.n; i++)
			check_double(c, f, texts[t].key, i);
	}
}
