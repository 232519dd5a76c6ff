/* ask - the way of an address through qmail's programs. */
#include "rcpt/internal.h"

/* 0 or -1; w->a is filled. */
static int walk(struct rcpt_way *w, const char *address)
{
	int e;

	w->rewritten = BUF(RCPT_TEXT_MAX);
	w->owner = (struct lookup){.key = BUF(RCPT_TEXT_MAX), .data = BUF(RCPT_TEXT_MAX)};
	e = rcpt_send(w, address);
	if (e == 0)
		e = rcpt_owner(w);
	if (e == 0)
		e = rcpt_home(w);
	lookup_free(&w->owner);
	buf_free(&w->rewritten);
	return e < 0 ? -1 : 0;
}

int rcpt_ask(struct rcpt *r, const char *address, struct rcpt_answer *a)
{
	int followed = 0;
	struct rcpt_way w = {.r = r, .a = a, .followed = &followed, .walk = walk};

	return walk(&w, address);
}
