/* export_lines - lines of control files: those that the commands make again, and the others, as comments. */
#include <stdlib.h>
#include <string.h>

#include "lib/join.h"
#include "lib/printable.h"
#include "move/export_homes.h"
#include "qmail/smtproutes.h"
#include "routing/where.h"

int export_lines_begin(struct export *x)
{
	for (size_t f = 0; f < ROUTING_FILES; f++) {
		x->made[f] = calloc(x->change->routing.file[f].lines.n + 1, sizeof *x->made[f]);
		if (x->made[f] == NULL)
			return err_temp(&x->ctx->err, "out of memory");
	}
	return 0;
}

void export_lines_end(struct export *x)
{
	for (size_t f = 0; f < ROUTING_FILES; f++)
		free(x->made[f]);
}

/* Line at, which decides now, is this text, byte for byte. */
static void mark(struct export *x, enum routing_name f, size_t at, const char *text)
{
	const struct lines *l = &x->change->routing.file[f].lines;
	const char *p;
	size_t n;

	if (at >= l->n)
		return;
	p = lines_at(l, at, &n);
	x->made[f][at] = n == strlen(text) && memcmp(p, text, n) == 0;
}

void export_lines_made(struct export *x, const struct domain *d)
{
	const struct routing *r = &x->change->routing;
	struct routing_text t;

	for (size_t i = 0; routing_text(d, &i, &t);)
		if (t.file != ROUTING_ASSIGN) {
			mark(x, t.file, routing_line(r, t.file, t.key), t.text);
		} else if (*d->alias_of == '\0') {
			mark(x, t.file, routing_assign_line(r, d->id), t.text);
			mark(x, t.file, routing_assign_end(r), ".");
		}
}

/* That this host's own name is accepted was said with the name. */
static bool is_own(const struct export *x, enum routing_name f, size_t i)
{
	struct domain d;
	char name[NAME_MAX + 1];
	size_t n;
	const char *p = lines_at(&x->change->routing.file[f].lines, i, &n);

	if (f != ROUTING_RCPTHOSTS)
		return false;
	join_part(name, sizeof name, p, n);
	routing_look(&x->change->routing, &x->change->conf, name, &d);
	return d.form == DOMAIN_LOCAL;
}

static void name_line(struct export *x, enum routing_name name, size_t i)
{
	const struct routing_file *f = &x->change->routing.file[name];
	size_t n, from;
	const char *p = lines_at(&f->lines, i, &n);

	buf_printf(&x->out, "# not exported: %s:%zu: ", f->path, i + 1);
	from = x->out.len;
	if (name == ROUTING_SMTPROUTES)
		smtproutes_show_lines(&x->out, p, n);
	else
		buf_add(&x->out, p, n);
	printable_bytes(x->out.p + from, x->out.len - from);
	buf_char(&x->out, '\n');
}

void export_lines(struct export *x)
{
	static const enum routing_name files[] = {
		ROUTING_ASSIGN, ROUTING_VIRTUALDOMAINS, ROUTING_SMTPROUTES, ROUTING_RCPTHOSTS, ROUTING_MORERCPTHOSTS,
	};

	for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
		size_t n = x->change->routing.file[files[f]].lines.n;

		for (size_t i = 0; i < n; i++)
			if (!x->made[files[f]][i] && !is_own(x, files[f], i))
				name_line(x, files[f], i);
	}
}

