/* follow - where mail ends that a .qmail file sends on to addresses served here. */
#include <string.h>

#include "route/internal.h"

enum { FOLLOWED_MAX = 100 };

/* Whom the message has been to: each of them is in one of its Delivered-To lines. */
struct trail {
	const struct trail *before;
	const struct route *at;
};

/* Everything about one address that was asked for. */
struct follow {
	struct route_files *f;
	struct route *top;
	size_t n; /* followed so far */
};

static bool was_here(const struct trail *trail, const struct route *r)
{
	for (; trail != NULL; trail = trail->before)
		if (trail->at->rewritten.len == r->rewritten.len &&
		    memcmp(buf_text(&trail->at->rewritten), buf_text(&r->rewritten), r->rewritten.len) == 0)
			return true;
	return false;
}

static int go(struct follow *w, const struct trail *trail, struct route *r)
{
	if (route_send(w->f, r) < 0)
		return -1;
	if (r->outcome != ROUTE_UNDECIDED)
		return 0;
	if (r->remote)
		return route_remote(w->f, r);
	if (was_here(trail, r))
		return route_end(r, ROUTE_BOUNCED, "This message is looping: it already has my Delivered-To line. (#5.4.6)");
	return route_lspawn(w->f, r);
}

static void note(struct follow *w, struct route *r, const struct route *from)
{
	struct route *top = w->top;
	char digit = (char)('0' + r->outcome);

	route_step(w->f, r, NULL, 0, "%s: %s", route_word(r->outcome), buf_text(&r->reason));
	buf_printf(&top->steps, "%s, to which %s is forwarded\n", buf_text(&r->address), buf_text(&from->address));
	buf_add(&top->steps, r->steps.p, r->steps.len);
	buf_add(&top->followed, buf_text(&r->address), r->address.len + 1);
	buf_char(&top->followed, digit);
	buf_add(&top->followed, buf_text(&r->reason), r->reason.len + 1);
	top->lost += r->outcome == ROUTE_BOUNCED || r->outcome == ROUTE_DEFERRED;
}

static int follow_all(struct follow *w, const struct trail *trail);

static int follow_one(struct follow *w, const struct trail *trail, const char *address)
{
	struct route r;
	int e;

	route_begin(&r);
	buf_str(&r.address, address);
	buf_str(&r.recipient, address);
	r.accepted = true;
	e = route_whole(w->f, &r, go(w, trail, &r));
	if (e == 0)
		note(w, &r, trail->at);
	if (e == 0)
		e = follow_all(w, &(struct trail){trail, &r});
	route_free(&r);
	return e;
}

/* Forwards are sent when all else of the file is done. */
static int follow_all(struct follow *w, const struct trail *trail)
{
	const struct route *r = trail->at;
	int e = 0;

	if (r->outcome != ROUTE_DELIVERED && r->outcome != ROUTE_FORWARDED)
		return 0;
	for (size_t at = 0; e == 0 && at < r->forwards.len; at += strlen(r->forwards.p + at) + 1) {
		if (w->n == FOLLOWED_MAX)
			return 0;
		if (++w->n == FOLLOWED_MAX)
			route_step(w->f, w->top, NULL, 0, "forwarded to more than %d addresses: not followed further", FOLLOWED_MAX);
		e = follow_one(w, trail, r->forwards.p + at);
	}
	return e;
}

int route_follow(struct route_files *f, struct route *r)
{
	struct follow w = {.f = f, .top = r};

	return route_whole(f, r, follow_all(&w, &(struct trail){NULL, r}));
}
