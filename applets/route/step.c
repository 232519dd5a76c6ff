/* step - one line of what route_print() prints, and how the way ends. */
#include <stdarg.h>
#include <stdio.h>

#include "lib/printable.h"
#include "route/internal.h"

void route_step(const struct route_files *f, struct route *r, const char *path, size_t line, const char *fmt, ...)
{
	struct buf *b = &r->steps;
	size_t from = b->len;
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_printf(b, "%3d. ", ++r->n);
	if (path != NULL)
		buf_printf(b, "%s%s", f->ctx->root, path);
	if (line > 0)
		buf_printf(b, ":%zu", line);
	buf_printf(b, "%s%s", path != NULL ? ": " : "", text);
	printable_bytes(b->p + from, b->len - from);
	buf_char(b, '\n');
}

int route_end(struct route *r, enum route_outcome outcome, const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	if (r->outcome != ROUTE_UNDECIDED)
		return 0;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	r->outcome = outcome;
	buf_str(&r->reason, text);
	return 0;
}

int route_defer(const struct route_files *f, struct route *r, const char *path, const char *why)
{
	route_step(f, r, path, 0, "%s", why);
	return route_end(r, ROUTE_DEFERRED, "%s", why);
}

void route_found(struct route_place *to, const char *file, const struct constmap_entry *e)
{
	to->file = file;
	to->line = e->line;
	buf_add(&to->key, e->key, e->keylen);
	if (e->value != NULL)
		buf_add(&to->value, e->value, e->valuelen);
}
