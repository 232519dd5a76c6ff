/* session - one connection: pumps between the SMTP engine, the socket and the files. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flush/internal.h"
#include "flush/remover.h"
#include "lib/clock.h"
#include "lib/net.h"

enum {
	PIECE = 32768,    /* bytes read from a message at once */
	LINGER_MS = 5000, /* for a server that is not spoken to any more */
};

struct wire {
	struct flush *f;
	int fd;
	const char *server;
	size_t next;    /* where to look for the next message */
	size_t offered, settled, accepted;
	bool alone;     /* the message in hand is to have the session for itself */
	bool silent;    /* the server: we have waited long enough */
	bool starved;   /* and have to go while a reply is due for long */
	bool enough;    /* the server has taken as many messages as it takes in one session */
	int64_t heard;  /* clock_ms() when it last said something */
	struct smtp smtp;

	/* The message in hand: the engine asks for no other before it has all of it. */
	struct flush_opened in_hand; /* fd -1: none; n: bytes in buf */
	off_t read;            /* bytes of it */
	size_t at;             /* how much of buf is said */
	char buf[PIECE];
};

static void close_file(struct wire *w)
{
	if (w->in_hand.fd >= 0)
		close(w->in_hand.fd);
	w->in_hand.fd = -1;
}

/* Ours now; list.n: none. One that is to be alone is taken by a session that has no other. */
static size_t next_message(struct wire *w)
{
	struct flush *f = w->f;
	size_t i = flush_take_waiting(f, w->next);

	if (i == f->list.n && w->offered == 0) {
		i = flush_take_last(f);
		w->alone = i < f->list.n;
	}
	w->next = i + 1;
	return i;
}

static void offer(struct wire *w)
{
	struct flush *f = w->f;
	struct flush_opened *m = &w->in_hand;
	char to[2 * ENVELOPE_ADDRESS_MAX + 16];
	size_t i;

	close_file(w); /* of a message that was refused before all of it was said */
	while (!flush_is_over(f) && !w->alone && (i = next_message(w)) < f->list.n) {
		if (flush_open(f, i, m, w->buf, sizeof w->buf) < 0)
			continue;
		w->offered++;
		w->read = (off_t)m->n;
		w->at = m->envelope.head;
		envelope_quote(m->envelope.recipient, to, sizeof to);
		smtp_mail(&w->smtp, i, m->envelope.sender, to, (uint64_t)(m->size - (off_t)w->at));
		return;
	}
	smtp_quit(&w->smtp);
}

/* Half a message is none: what the server has of it is never completed. */
static void spoilt(struct wire *w, const char *why)
{
	char text[300];

	snprintf(text, sizeof text, "unable to read new/%s: %s", maildir_name(&w->f->list, smtp_id(&w->smtp)), why);
	smtp_abort(&w->smtp, text);
}

static void read_on(struct wire *w)
{
	struct flush_opened *m = &w->in_hand;
	ssize_t n = read(m->fd, w->buf, sizeof w->buf);

	w->at = 0;
	m->n = n > 0 ? (size_t)n : 0;
	w->read += (off_t)m->n;
	if (n < 0)
		spoilt(w, strerror(errno));
	else if (n == 0)
		spoilt(w, "it has become shorter");
}

/* A message in new/ is complete and does not change: behind the bytes that it has there is no need to look for more. */
static void body(struct wire *w)
{
	struct flush_opened *m = &w->in_hand;

	if (w->at < m->n) {
		w->at += smtp_body(&w->smtp, w->buf + w->at, m->n - w->at);
	} else if (w->read < m->size) {
		read_on(w);
	} else {
		smtp_end(&w->smtp);
		close_file(w);
	}
}

static enum put_back whose_fault(const struct wire *w, const struct smtp_message *m)
{
	enum smtp_ending ending = smtp_ending(&w->smtp);

	if (!m->ended || ending == SMTP_UNWILLING || ending == SMTP_LEFT)
		return PUT_BEHIND;
	return smtp_mode(&w->smtp) > SMTP_LOCKSTEP && w->accepted < 2 && ending != SMTP_BUSY ? PUT_SAME : PUT_BLAMED;
}

/*
 * The session ended under it, or under another. What was offered and is not in doubt goes into another session of this run.
 * What is in doubt stays for the next run, unless nothing was accepted in this way of talking yet: then a simpler one decides.
 */
static void was_lost(struct wire *w, const struct smtp_message *m)
{
	struct flush *f = w->f;
	char why[sizeof m->why + 64];
	bool trial = w->accepted == 0 && smtp_mode(&w->smtp) == SMTP_STREAMING && smtp_ending(&w->smtp) != SMTP_LEFT;

	if (m->maybe_duplicate && !trial) {
		snprintf(why, sizeof why, "%s (its end was sent: it may arrive twice)", m->why);
		settle_kept(f, m->id, why);
		return;
	}
	if (m->maybe_duplicate)
		ctx_warn(f->ctx, "%s: new/%s: may arrive twice: %s", f->dir, maildir_name(&f->list, m->id), m->why);
	if (m->ended && w->settled == 0)
		snprintf(f->tally->held, sizeof f->tally->held, "%s", m->why);
	flush_put_back(f, m->id, w->alone, whose_fault(w, m));
}

/* "452 4.5.3 Too many messages sent": that speaks of the session. In the next one this message comes first. */
static bool says_enough(const struct wire *w, const struct smtp_message *m)
{
	return w->accepted > 0 && m->verdict == SMTP_TEMPORARY && *m->why == '4' && strcasestr(m->why, "too many") != NULL;
}

static void verdict(struct wire *w)
{
	const struct smtp_message *m = smtp_settled(&w->smtp);

	if (m->lost) {
		was_lost(w, m);
		return;
	}
	w->settled++;
	if (says_enough(w, m)) {
		w->f->item[m->id] = ITEM_WAITING;
		w->enough = true;
		flush_remember_most(w->f, w->accepted);
		smtp_quit(&w->smtp);
	} else if (m->verdict == SMTP_DELIVERED) {
		w->accepted++;
		flush_release_brake(w->f);
		settle_delivered(w->f, m->id, m->why);
	} else if (m->verdict == SMTP_PERMANENT) {
		settle_refused(w->f, m->id, w->server, m->why);
	} else {
		settle_deferred(w->f, m->id, m->why);
	}
}

/* False when there is nothing to read now. */
static bool take(struct wire *w)
{
	char buf[8192];
	ssize_t n = net_read(w->fd, buf, sizeof buf);

	if (n > 0) {
		w->heard = clock_ms();
		smtp_feed(&w->smtp, buf, (size_t)n);
	} else if (n == 0) {
		smtp_lost(&w->smtp, "the server closed the connection");
	} else if (errno != EAGAIN) {
		smtp_lost(&w->smtp, strerror(errno));
	}
	return n > 0;
}

/* What the server said before it went away counts, so it is read before the connection is called lost. False: not now. */
static bool give(struct wire *w)
{
	size_t n;
	const char *p = smtp_out(&w->smtp, &n);
	ssize_t sent = net_write(w->fd, p, n);
	int errnum = errno;

	if (sent >= 0) {
		smtp_sent(&w->smtp, (size_t)sent);
		return true;
	}
	if (errnum == EAGAIN)
		return false;
	while (take(w))
		;
	smtp_lost(&w->smtp, strerror(errnum));
	return true;
}

/* Seconds of patience, less where the run's time is up before. */
static int64_t patience_ms(const struct wire *w)
{
	int64_t ms = (int64_t)smtp_patience(&w->smtp) * 1000, left = w->f->until - clock_ms();

	if (w->f->until == 0 || left >= ms)
		return ms;
	return left > 0 ? left : 0;
}

static void give_up(struct wire *w)
{
	enum { LONG_MS = 10000, LONG_AT_FIRST_MS = 2000 }; /* for a reply that is due */
	int64_t silence = clock_ms() - w->heard;
	char why[64];

	w->silent = true;
	if (w->f->until > 0 && clock_ms() >= w->f->until) {
		w->starved = smtp_awaits_reply(&w->smtp) && silence >= (w->accepted > 1 ? LONG_MS : LONG_AT_FIRST_MS);
		smtp_leave(&w->smtp, "the time for this run (-T) was up");
		return;
	}
	snprintf(why, sizeof why, "nothing happened for %d seconds", smtp_patience(&w->smtp));
	smtp_silent(&w->smtp, why);
}

/* Both ways at once: a server that does not read until its replies are read must not stop us, nor we it. */
static void wait_for_bytes(struct wire *w, bool write_too)
{
	struct pollfd p[2] = {
		{.fd = w->fd, .events = (short)(POLLIN | (write_too ? POLLOUT : 0))},
		{.fd = w->f->stopping ? -1 : w->f->stop, .events = POLLIN},
	};
	int r;

	remover_push(w->f);
	if (w->f->stopping && w->offered == w->settled) {
		smtp_leave(&w->smtp, "told to stop");
		return;
	}
	r = poll(p, 2, (int)patience_ms(w));
	if (r == 0)
		give_up(w);
	if (r <= 0)
		return;
	if (p[1].revents != 0)
		flush_told_to_stop(w->f);
	if (p[0].revents & (POLLIN | POLLHUP | POLLERR))
		take(w);
}

static void pump(struct wire *w)
{
	for (;;) {
		switch (smtp_next(&w->smtp)) {
		case SMTP_WRITE:
			if (!give(w))
				wait_for_bytes(w, true);
			break;
		case SMTP_READ:
			wait_for_bytes(w, false);
			break;
		case SMTP_OFFER:
			offer(w);
			break;
		case SMTP_BODY:
			body(w);
			break;
		case SMTP_VERDICT:
			verdict(w);
			break;
		case SMTP_CLOSED:
			return;
		}
	}
}

/*
 * A connection that is closed while the other side still speaks is reset, and what it has not read yet is gone; but there may be
 * whole messages among that, called delivered because of replies that nobody had asked for. So it is left to read to the end.
 */
static void let_it_read(struct wire *w)
{
	struct pollfd p = {.fd = w->fd, .events = POLLIN};
	int64_t until = clock_ms() + LINGER_MS, left = LINGER_MS;
	char buf[8192];

	shutdown(w->fd, SHUT_WR);
	while (left > 0 && poll(&p, 1, (int)left) > 0 && net_read(w->fd, buf, sizeof buf) > 0)
		left = until - clock_ms();
}

void flush_session(struct flush *f, int fd, const char *name, enum smtp_mode mode, struct flush_outcome *out)
{
	struct smtp_limits limits = f->o->window;
	struct wire *w = malloc(sizeof *w); /* too much for a stack */
	const char *trouble;

	*out = (struct flush_outcome){.ending = SMTP_LEFT};
	if (w == NULL) {
		snprintf(f->tally->why, sizeof f->tally->why, "out of memory");
		return;
	}
	w->f = f;
	w->fd = fd;
	w->server = name;
	w->next = w->offered = w->settled = w->accepted = 0;
	w->alone = w->enough = w->silent = w->starved = false;
	w->heard = clock_ms();
	w->in_hand.fd = -1;
	limits.mode = mode;
	limits.most = f->most;
	smtp_start(&w->smtp, f->conf->helo, name, &limits);
	pump(w);
	close_file(w);
	trouble = smtp_trouble(&w->smtp);
	if (trouble != NULL && !w->silent && smtp_mode(&w->smtp) == SMTP_STREAMING)
		let_it_read(w);
	snprintf(f->tally->why, sizeof f->tally->why, "%s", trouble != NULL ? trouble : "");
	snprintf(f->tally->last.mode, sizeof f->tally->last.mode, "%s", flush_mode_word(smtp_mode(&w->smtp)));
	*out = (struct flush_outcome){
		.mode = smtp_mode(&w->smtp),
		.ending = smtp_ending(&w->smtp),
		.settled = w->settled,
		.accepted = w->accepted,
		.ready = smtp_is_ready(&w->smtp),
		.early = smtp_ended_early(&w->smtp),
		.refused = smtp_ended_refused(&w->smtp),
		.starved = w->starved,
		.enough = w->enough || w->alone || smtp_has_enough(&w->smtp),
	};
	if (out->ending == SMTP_BUSY && out->early && w->accepted > 0)
		flush_remember_most(f, w->accepted);
	free(w);
}
