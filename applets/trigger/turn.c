/* turn - ATRN (RFC 2645): the connection turns round, and the mail is sent over it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "flush/flush.h"
#include "trigger/internal.h"

struct turned {
	struct flush **flush; /* of those that are ready */
	char (*dir)[PATH_MAX];
	size_t n;
	bool busy, soon, paused, failed;
};

/* It is ours to send: unless he called just before. */
static bool is_due(const struct trigger *t, struct turned *d, const char *dir)
{
	int r = start_serving(t, dir, "turned");

	d->soon |= r == 1;
	d->failed |= r < 0;
	return r == 0;
}

/* f: NULL, it could not be looked at. True: its mail is to be sent. */
static bool is_ready(const struct trigger *t, struct turned *d, const char *dir, const struct flush *f, enum flush_ready ready)
{
	if (f == NULL) {
		ctx_warn(t->ctx, "%s", t->ctx->err.text);
		d->failed = true;
		return false;
	}
	switch (ready) {
	case FLUSH_READY:
		return is_due(t, d, dir);
	case FLUSH_NOTHING:
		start_note(t, dir, "no mail waits");
		break;
	case FLUSH_BUSY:
		d->busy = true;
		break;
	case FLUSH_PAUSED:
		d->paused = true;
		break;
	}
	return false;
}

static void reserve(const struct trigger *t, struct turned *d, const char *host)
{
	char *dir = d->dir[d->n];
	enum flush_ready ready;
	struct flush *f;

	start_dir(t, host, dir);
	f = flush_reserve(t->ctx, t->conf, &flush_defaults, dir, &ready);
	if (is_ready(t, d, dir, f, ready))
		d->flush[d->n++] = f;
	else if (f != NULL)
		flush_release(f);
}

static bool refuse(struct trigger *t, const struct turned *d)
{
	if (d->busy)
		return reply(t, "451 4.3.2 A transfer of this mail is under way; try again later");
	if (d->failed || d->paused)
		return reply(t, "451 4.3.2 Unable to process ATRN now; try again later");
	if (d->soon)
		return reply(t, "450 4.7.1 Refused: served less than %ld seconds ago", t->conf->call_interval);
	return reply(t, "453 4.3.3 You have no mail");
}

static void send_all(struct trigger *t, struct turned *d)
{
	struct flush_turned turned = {.from = t->in.from, .to = t->in.to, .slowly = t->o->is_protected};
	char who[160], result[120];

	who_forget(t);
	turned.name = who_text(t, who);
	ctx_always(t->ctx, "odmr: %s: turned for %zu host%s", who, d->n, d->n == 1 ? "" : "s");
	prctl(PR_SET_NAME, "qv-flush");
	if (flush_turned(d->flush, d->n, &turned) < 0)
		ctx_warn(t->ctx, "%s", t->ctx->err.text);
	for (size_t i = 0; i < d->n; i++) {
		flush_result(d->flush[i], result, sizeof result);
		start_note(t, d->dir[i], result);
	}
}

static bool answer(struct trigger *t, struct turned *d)
{
	if (d->n == 0)
		return refuse(t, d);
	if (reply(t, "250 OK now reversing the connection"))
		send_all(t, d);
	return false;
}

bool turn(struct trigger *t, const struct trigger_hosts *h)
{
	struct turned d = {.flush = calloc(h->n + 1, sizeof *d.flush), .dir = calloc(h->n + 1, sizeof *d.dir)};
	const char *host = NULL;
	bool goes_on;

	d.failed = d.flush == NULL || d.dir == NULL;
	while (!d.failed && (host = trigger_hosts_next(h, host)) != NULL)
		reserve(t, &d, host);
	goes_on = answer(t, &d);
	for (size_t i = 0; i < d.n; i++)
		flush_release(d.flush[i]);
	free(d.flush);
	free(d.dir);
	return goes_on;
}
