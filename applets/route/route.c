/* route - what qmail will do with an address: the way from program to program. */
#include "route/route.h"

#include <string.h>

#include "qmail/conf.h"
#include "route/internal.h"

/* All that r owns. */
enum { BUFS = 17 };

static void list_bufs(struct route *r, struct buf *list[BUFS])
{
	struct buf *const all[BUFS] = {
		&r->address, &r->reply, &r->rcpt.key, &r->rcpt.value, &r->virtualdomain.key, &r->virtualdomain.value, &r->recipient,
		&r->rewritten, &r->tried, &r->file, &r->text, &r->relay, &r->reason, &r->steps, &r->assign.key,
		&r->forwards, &r->followed,
	};

	memcpy(list, all, sizeof all);
}

void route_begin(struct route *r)
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

int route_whole(struct route_files *f, struct route *r, int e)
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

	route_begin(r);
	buf_str(&r->address, address);
	e = route_rcpt(f, r);
	if (e == 0 && !r->accepted)
		route_step(f, r, NULL, 0, "if it is sent from this host, or by a client with RELAYCLIENT:");
	if (e == 0)
		e = route_send(f, r);
	if (e == 0 && r->outcome == ROUTE_UNDECIDED)
		e = r->remote ? route_remote(f, r) : route_lspawn(f, r);
	return route_whole(f, r, e);
}

int route_local(struct route_files *f, const char *local, const char *host, struct route *r)
{
	route_begin(r);
	buf_printf(&r->address, "%s@%s", local, host);
	buf_add(&r->rewritten, r->address.p, r->address.len);
	r->accepted = true;
	return route_whole(f, r, route_lspawn(f, r));
}

bool route_is_good(const struct route *r)
{
	return r->accepted && r->lost == 0 && r->outcome != ROUTE_BOUNCED && r->outcome != ROUTE_DEFERRED;
}
