/* route - what qmail will do with an address: the way from program to program. */
#include "route/route.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "qmail/conf.h"

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
	for (; from < b->len; from++)
		if ((unsigned char)b->p[from] < 32 || b->p[from] == 127)
			b->p[from] = '?';
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

void route_found(struct route_place *to, const char *file, const struct constmap_entry *e)
{
	to->file = file;
	to->line = e->line;
	buf_add(&to->key, e->key, e->keylen);
	if (e->value != NULL)
		buf_add(&to->value, e->value, e->valuelen);
}

/* All that r owns. */
enum { BUFS = 15 };

static void list_bufs(struct route *r, struct buf *list[BUFS])
{
	struct buf *const all[BUFS] = {
		&r->address, &r->reply, &r->rcpt.key, &r->rcpt.value, &r->virtualdomain.key, &r->virtualdomain.value, &r->recipient,
		&r->rewritten, &r->tried, &r->file, &r->text, &r->relay, &r->reason, &r->steps, &r->assign.key,
	};

	memcpy(list, all, sizeof all);
}

static void begin(struct route *r)
{
	struct buf *list[BUFS];

	*r = (struct route){.outcome = ROUTE_UNDECIDED};
	list_bufs(r, list);
	for (size_t i = 0; i < BUFS; i++)
		*list[i] = BUF(CONTROL_MAX);
}

void route_free(struct route *r)
{
	struct buf *list[BUFS];

	list_bufs(r, list);
	for (size_t i = 0; i < BUFS; i++)
		buf_free(list[i]);
	lookup_free(&r->assign);
}

static int whole(struct route_files *f, struct route *r, int e)
{
	struct buf *list[BUFS];

	list_bufs(r, list);
	for (size_t i = 0; e == 0 && i < BUFS; i++)
		if (buf_failed(list[i]))
			e = err_temp(&f->ctx->err, "out of memory");
	return e;
}

int route_address(struct route_files *f, const char *address, struct route *r)
{
	int e;

	begin(r);
	buf_str(&r->address, address);
	e = route_rcpt(f, r);
	if (e == 0 && !r->accepted)
		route_step(f, r, NULL, 0, "were it sent from this host, or by a client with RELAYCLIENT:");
	if (e == 0)
		e = route_send(f, r);
	if (e == 0 && r->outcome == ROUTE_UNDECIDED)
		e = r->remote ? route_remote(f, r) : route_lspawn(f, r);
	return whole(f, r, e);
}

int route_local(struct route_files *f, const char *local, const char *host, struct route *r)
{
	begin(r);
	buf_printf(&r->address, "%s@%s", local, host);
	buf_add(&r->rewritten, r->address.p, r->address.len);
	r->accepted = true;
	return whole(f, r, route_lspawn(f, r));
}

bool route_is_good(const struct route *r)
{
	return r->accepted && r->outcome != ROUTE_BOUNCED && r->outcome != ROUTE_DEFERRED;
}
