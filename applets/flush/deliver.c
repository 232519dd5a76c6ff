/* deliver - as popusr: have the connections made, expire what is too old. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "flush/bouncer.h"
#include "flush/internal.h"
#include "flush/remover.h"
#include "flush/transport.h"
#include "lib/printable.h"

static bool is_settled(const struct flush *f, size_t i)
{
	return f->item[i] == ITEM_KEPT || f->item[i] == ITEM_RETURNED || f->item[i] >= ITEM_GONE;
}

/* Said once: at a reboot ten thousand may wait. */
static void leave_rest(struct flush *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->list.n; i++) {
		if (is_settled(f, i))
			continue;
		settle_left(f, i, "told to stop");
		n++;
	}
	if (n > 0)
		ctx_info(f->ctx, "%s: told to stop: not tried and left in Maildir/new: %zu", f->dir, n);
}

/* A connection that crashed had it, and nobody knows how far it came. */
static void keep_taken(struct flush *f)
{
	for (size_t i = 0; i < f->list.n; i++)
		if (f->item[i] == ITEM_TAKEN)
			settle_kept(f, i, "the delivery crashed (its end may have been sent: it may arrive twice)");
}

/* Nobody took it in this run: it stays, or bounces when it is too old. */
static void defer_rest(struct flush *f)
{
	const char *why = f->tally->why;

	keep_taken(f);
	if (f->stopping && f->unsent.code == 0) {
		leave_rest(f);
		return;
	}
	if (f->unsent.code != 0)
		why = f->unsent.text;
	else if (*f->tallies[0].barred != '\0')
		why = f->tallies[0].barred;
	else if (f->tallies[0].stuck)
		why = "messages cannot be removed from Maildir/new, and would be sent again";
	else if (f->tallies[0].unsynced)
		why = "Maildir/new cannot be synced, so what is sent might be sent again after a power cut";
	else if (flush_is_over(f))
		why = "the time for this run (-T) is up";
	else if (*why == '\0')
		why = *f->tally->held != '\0' ? f->tally->held : "it was not sent";
	for (size_t i = 0; i < f->list.n; i++) {
		if (is_settled(f, i) || (f->unsent.code != 0 && !flush_is_expired(f, i)))
			continue;
		/* A server that answers may still take what it was not offered. */
		if (flush_is_expired(f, i) && !(flush_is_over(f) && (f->stopping || *f->tally->last.mode != '\0')))
			settle_deferred(f, i, why);
		else
			settle_unasked(f, i, why);
	}
}

static void report(struct flush *f)
{
	char head[ENVELOPE_HEAD], to[2 * ENVELOPE_ADDRESS_MAX + 16];
	time_t now = time(NULL);
	struct buf line = BUF(8192);
	struct flush_opened m;

	for (size_t i = 0; i < f->list.n; i++) {
		if (flush_open(f, i, &m, head, sizeof head) < 0)
			continue;
		envelope_quote(m.envelope.recipient, to, sizeof to);
		line.len = 0;
		buf_printf(&line, "%s: new/%s: <%s> to <%s>, %lld bytes, %lld seconds old", f->dir, maildir_name(&f->list, i),
		           m.envelope.sender, to, (long long)m.size, (long long)maildir_age(&f->list, i, now));
		puts(printable(line.p));
		close(m.fd);
	}
	buf_free(&line);
	fflush(stdout);
}

static void summarize(struct flush *f)
{
	struct attempt *l = &f->tally->last;
	/* Under -q the messages that nobody was asked for have no line of their own. */
	const char *why = f->ctx->talk < 0 && l->deferred > 0 ? f->tally->kept : NULL;
	size_t left = 0;

	for (size_t i = 0; i < f->list.n; i++)
		left += f->item[i] < ITEM_GONE;
	if (f->unsent.code != 0)
		l->deferred = (long long)left;
	if (f->unsent.code != 0)
		return; /* one line says it all */
	if (f->list.n == 0) { /* what lies there is no message, or has just gone */
		snprintf(l->result, sizeof l->result, "ok");
		return;
	}
	if (f->tallies[0].stuck)
		snprintf(l->result, sizeof l->result, "delivered messages cannot be removed from Maildir/new");
	else if (f->tallies[0].unsynced)
		snprintf(l->result, sizeof l->result, "delivered messages may be delivered again: Maildir/new cannot be synced");
	else if (l->deferred == 0)
		snprintf(l->result, sizeof l->result, "ok");
	else
		snprintf(l->result, sizeof l->result, "deferred: %.380s",
		         *f->tally->why != '\0' ? f->tally->why : f->tally->kept);
	if (l->late > 0)
		ctx_warn(f->ctx, "%s: %lld message%s waited longer than %ld seconds", f->dir, l->late, l->late == 1 ? " has" : "s have", f->conf->warn);
	(l->deferred > 0 ? ctx_always : ctx_info)(f->ctx, "%s: %lld delivered, %lld deferred, %lld bounced; %zu left%s%s",
	                                       f->dir, l->delivered, l->deferred, l->bounced, left, why != NULL ? ": " : "",
	                                       why != NULL ? why : "");
}

static void connection(struct flush *f, size_t k)
{
	f->tally = &f->tallies[1 + k];
	flush_confine(f, true);
	flush_connect(f);
	remover_push(f);
	f->tally->done = true;
}

static void add(struct flush *f, const struct flush_tally *t)
{
	struct attempt *sum = &f->tally->last;

	sum->delivered += t->last.delivered;
	sum->deferred += t->last.deferred;
	sum->bounced += t->last.bounced;
	sum->bytes += t->last.bytes;
	sum->unsendable += t->last.unsendable;
	sum->late += t->last.late;
	if (*t->last.mode != '\0') {
		snprintf(sum->mode, sizeof sum->mode, "%s", t->last.mode);
		memcpy(sum->looks, t->last.looks, sizeof sum->looks);
	}
	if (t->last.limited > sum->limited) {
		sum->limited = t->last.limited;
		snprintf(sum->limit, sizeof sum->limit, "%s", t->last.limit);
		snprintf(sum->reason, sizeof sum->reason, "%s", t->last.reason);
	}
	if (t->last.counted > sum->counted) {
		sum->counted = t->last.counted;
		sum->most = t->last.most;
	}
	if (t->last.wanted > 0) {
		sum->wanted = t->last.wanted;
		snprintf(sum->wants, sizeof sum->wants, "%s", t->last.wants);
	}
	if (*t->why != '\0')
		snprintf(f->tally->why, sizeof f->tally->why, "%s", t->why);
	if (*t->held != '\0')
		snprintf(f->tally->held, sizeof f->tally->held, "%s", t->held);
	if (*t->kept != '\0')
		snprintf(f->tally->kept, sizeof f->tally->kept, "%s", t->kept);
}

/* Returns true when one of them did not come to its end. */
static bool add_up(struct flush *f, size_t n)
{
	bool crashed = false;

	for (size_t k = 1; k <= n; k++) {
		add(f, &f->tallies[k]);
		crashed |= !f->tallies[k].done;
	}
	if (crashed)
		snprintf(f->tally->why, sizeof f->tally->why, "the delivery crashed");
	return crashed;
}

/* What has not been taken, and the end of what bounces and is removed. crashed: a connection has. */
static void finish(struct flush *f, bool crashed)
{
	defer_rest(f);
	crashed |= bouncer_end(f);
	if (f->tallies[0].bounces)
		add(f, &f->tallies[FLUSH_BOUNCER]);
	remover_end(f, crashed);
}

static void connect_alone(struct flush *f)
{
	flush_confine(f, f->session == NULL);
	flush_connect(f);
}

static void connect_all(struct flush *f)
{
	size_t n = f->o->connections < f->list.n ? f->o->connections : f->list.n;
	bool crashed = false;
	struct remover remover;

	if (n == 0)
		return;
	if (remover_start(f, &remover) < 0)
		ctx_verbose(f->ctx, "%s: delivered messages are removed one by one: %s", f->dir, strerror(errno));
	if (n == 1)
		connect_alone(f);
	else if (crew_run(f, n, connection, NULL) < 0)
		snprintf(f->tally->why, sizeof f->tally->why, "%.500s", f->ctx->err.text);
	else
		crashed = add_up(f, n);
	remover_push(f);
	if (n > 1)
		flush_confine(f, false);
	if (f->tallies[0].accepted)
		flush_remember_wants(f, NULL);
	flush_note_brake(f);
	finish(f, crashed);
}

static int fail(struct flush *f, const char *what)
{
	snprintf(f->tally->last.result, sizeof f->tally->last.result, "%s: %s", what, strerror(errno));
	return -1;
}

int flush_deliver(struct flush *f)
{
	if (f->o->report) {
		flush_confine(f, false);
		report(f);
		return 0;
	}
	/* What is sent must be removed, or it is sent again at every run. */
	if (faccessat(f->new, ".", R_OK | W_OK | X_OK, 0) < 0)
		return fail(f, "unable to read and write Maildir/new");
	if (f->tmp >= 0)
		maildir_clean(f->tmp, time(NULL));
	flush_tell_doubts(f);
	if (f->o->transport == NULL) {
		connect_all(f);
	} else {
		if (f->list.n == 0 || flush_note(f, 0, 0) == 0)
			transport_run(f);
		flush_confine(f, false);
		finish(f, false);
	}
	summarize(f);
	return 0;
}
