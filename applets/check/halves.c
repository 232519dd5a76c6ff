/*
 * halves - a long list, its second half by another process beside this one.
 *
 * What is found must stay in order, and nearly nothing is found in nearly all lists. So the other process hands over what it
 * noted only if it found nothing; else it ends, and its half is done here, behind the first.
 */
#include <string.h>

#include "check/internal.h"
#include "lib/half.h"

enum {
	STEP = 64, /* then the other process looks whether anything was found */
	NOTES = 4,
};

/* When the other process begins. */
struct before {
	size_t marks;
	size_t len[NOTES];
};

/* Lists that grow where nothing is wrong. */
static void notes(struct check *c, struct buf *of[NOTES])
{
	of[0] = &c->homes;
	of[1] = &c->pops.text;
	of[2] = &c->boxes;
	of[3] = &c->forwards;
}

/* Grows with whatever else a check leaves. */
static size_t marks(struct check *c)
{
	struct buf *of[NOTES];
	size_t n = c->found + c->errors + c->unseen.len + c->blocked.len + c->missing.len + c->missing_maildirs.len +
	           c->doubtful_pops.len + c->dead_ids.len + c->change.files.n + c->change.owners.n;

	notes(c, of);
	for (size_t i = 0; i < NOTES; i++)
		n += buf_failed(of[i]);
	return n + c->homes_missing + c->table_doubted + c->report.failed + c->change.files.failed + c->change.owners.failed;
}

static struct before before(struct check *c)
{
	struct before b = {.marks = marks(c)};
	struct buf *of[NOTES];

	notes(c, of);
	for (size_t i = 0; i < NOTES; i++)
		b.len[i] = of[i]->len;
	return b;
}

/* How much of each, and all that. */
static void hand_over(struct check *c, const struct before *b, struct half *h)
{
	struct buf *of[NOTES];
	size_t n[NOTES];

	notes(c, of);
	for (size_t i = 0; i < NOTES; i++)
		n[i] = of[i]->len - b->len[i];
	half_put(h, n, sizeof n);
	for (size_t i = 0; i < NOTES; i++)
		half_put(h, buf_text(of[i]) + b->len[i], n[i]);
}

static _Noreturn void do_half(struct check *c, struct half *h, size_t from, size_t n, check_some *some, void *arg)
{
	const struct before b = before(c);

	for (size_t to; from < n; from = to) {
		to = n - from > STEP ? from + STEP : n;
		some(c, arg, from, to);
		if (marks(c) != b.marks)
			half_end(h, false);
	}
	hand_over(c, &b, h);
	half_end(h, true);
}

static void take_notes(struct check *c, struct half *h)
{
	struct buf *of[NOTES];
	size_t n[NOTES], pops = c->pops.text.len;

	half_get(h, n, sizeof n);
	notes(c, of);
	for (size_t i = 0; i < NOTES; i++)
		half_text(h, of[i], n[i]);
	for (; pops < c->pops.text.len; pops++)
		c->pops.n += c->pops.text.p[pops] == '\0';
	c->homes.failed |= h->failed;
}

void check_halves(struct check *c, size_t n, check_some *some, void *arg)
{
	struct half h;

	if (!half_begin(&h, n)) {
		some(c, arg, 0, n);
		return;
	}
	if (h.pid == 0)
		do_half(c, &h, n / 2, n, some, arg);
	some(c, arg, 0, n / 2);
	if (half_is_done(&h))
		take_notes(c, &h);
	else
		some(c, arg, n / 2, n);
	half_free(&h);
}
