/* session - one connection: pumps between the SMTP engine, the socket and the files. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flush/flush.h"
#include "lib/net.h"
#include "lib/signals.h"
#include "smtp/smtp.h"

enum { PIECE = 32768 /* bytes read from a message at once */ };

/* A message that was offered, until its verdict. */
struct open_file {
	size_t item;
	int fd;
	struct envelope envelope;
};

struct wire {
	struct flush *f;
	int fd;
	const char *server;
	size_t next;    /* where to look for the next message */
	size_t offered; /* how many were; also the next id */
	size_t settled;
	size_t lost;    /* were under way when the session ended */
	struct smtp smtp;
	struct open_file open[SMTP_MESSAGES];
	size_t at, n; /* what was read of the message in hand, and how far it is said */
	char buf[PIECE];
};

static struct open_file *file_of(struct wire *w, size_t id)
{
	return &w->open[id % SMTP_MESSAGES];
}

size_t next_waiting(const struct flush *f, size_t from)
{
	while (from < f->list.n && f->item[from] != ITEM_WAITING)
		from++;
	return from;
}

/* The next message that can be sent, opened; false when there is none. */
static bool open_next(struct wire *w, struct open_file *o)
{
	struct flush *f = w->f;

	for (; !f->stopping; w->next++) {
		w->next = next_waiting(f, w->next);
		if (w->next == f->list.n)
			return false;
		o->fd = open_message(f, w->next, &o->envelope, w->buf, sizeof w->buf, &w->n);
		if (o->fd >= 0) {
			o->item = w->next++;
			w->at = o->envelope.head;
			return true;
		}
	}
	return false;
}

static void offer(struct wire *w)
{
	struct open_file *o = file_of(w, w->offered);
	char to[2 * ENVELOPE_ADDRESS_MAX + 16];
	off_t size;

	if (!open_next(w, o)) {
		smtp_quit(&w->smtp);
		return;
	}
	envelope_quote(o->envelope.recipient, to, sizeof to);
	size = w->f->list.message[o->item].size - (off_t)o->envelope.head;
	smtp_mail(&w->smtp, w->offered++, o->envelope.sender, to, (uint64_t)size);
}

static void body(struct wire *w)
{
	const struct open_file *o = file_of(w, smtp_id(&w->smtp));
	char why[200];
	ssize_t n;

	if (w->at == w->n) {
		n = read(o->fd, w->buf, sizeof w->buf);
		if (n < 0) {
			snprintf(why, sizeof why, "unable to read new/%s: %s", w->f->list.message[o->item].name, strerror(errno));
			smtp_abort(&w->smtp, why);
			return;
		}
		if (n == 0) {
			smtp_end(&w->smtp);
			return;
		}
		w->at = 0;
		w->n = (size_t)n;
	}
	w->at += smtp_body(&w->smtp, w->buf + w->at, w->n - w->at);
}

/*
 * The session ended under it. The oldest one under way may have been the cause: this server is not asked again for it in
 * this run, so that one message never stops the others.
 */
static void was_lost(struct wire *w, const struct open_file *o, const struct smtp_message *m)
{
	char why[sizeof m->why + 64];

	w->f->item[o->item] = w->lost++ == 0 ? ITEM_TRIED : ITEM_WAITING;
	if (!m->maybe_duplicate)
		return;
	snprintf(why, sizeof why, "%s (its end was sent: it may arrive twice)", m->why);
	settle_deferred(w->f, o->item, &o->envelope, o->fd, why);
}

static void verdict(struct wire *w)
{
	const struct smtp_message *m = smtp_settled(&w->smtp);
	struct open_file *o = file_of(w, m->id);

	if (m->lost)
		was_lost(w, o, m);
	else if (m->verdict == SMTP_DELIVERED)
		settle_delivered(w->f, o->item, m->why);
	else if (m->verdict == SMTP_PERMANENT)
		settle_refused(w->f, o->item, &o->envelope, o->fd, w->server, m->why);
	else
		settle_deferred(w->f, o->item, &o->envelope, o->fd, m->why);
	w->settled += !m->lost;
	close(o->fd);
}

/* False when there is nothing to read now. */
static bool take(struct wire *w)
{
	char buf[8192];
	ssize_t n = net_read(w->fd, buf, sizeof buf);

	if (n > 0)
		smtp_feed(&w->smtp, buf, (size_t)n);
	else if (n == 0)
		smtp_lost(&w->smtp, "the server closed the connection");
	else if (errno != EAGAIN)
		smtp_lost(&w->smtp, strerror(errno));
	return n > 0;
}

/* What the server said before it went away counts, so it is read before the connection is called lost. */
static void give(struct wire *w)
{
	size_t n;
	const char *p = smtp_out(&w->smtp, &n);
	ssize_t sent = net_write(w->fd, p, n);
	int errnum = errno;

	if (sent >= 0) {
		smtp_sent(&w->smtp, (size_t)sent);
		return;
	}
	if (errnum == EAGAIN)
		return;
	while (take(w))
		;
	smtp_lost(&w->smtp, strerror(errnum));
}

/* Both ways at once: a server that does not read until its replies are read must not stop us, nor we it. */
static void move_bytes(struct wire *w, bool write_too)
{
	struct pollfd p[2] = {
		{.fd = w->fd, .events = (short)(POLLIN | (write_too ? POLLOUT : 0))},
		{.fd = w->f->stopping ? -1 : w->f->stop, .events = POLLIN},
	};
	int patience = smtp_patience(&w->smtp), r = poll(p, 2, patience * 1000);
	char why[64];

	if (r == 0) {
		snprintf(why, sizeof why, "nothing happened for %d seconds", patience);
		smtp_lost(&w->smtp, why);
	}
	if (r <= 0)
		return;
	if (p[1].revents != 0 && signals_read(w->f->stop) > 0)
		w->f->stopping = true;
	if (p[0].revents & (POLLIN | POLLHUP | POLLERR))
		take(w);
	if (write_too && (p[0].revents & POLLOUT))
		give(w);
}

static void pump(struct wire *w)
{
	for (;;) {
		switch (smtp_next(&w->smtp)) {
		case SMTP_WRITE:
			move_bytes(w, true);
			break;
		case SMTP_READ:
			move_bytes(w, false);
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

static const char *mode_word(enum smtp_mode mode)
{
	static const char *const words[] = {[SMTP_LOCKSTEP] = "lock-step", [SMTP_GROUPED] = "grouped"};

	return words[mode];
}

size_t session(struct flush *f, int fd, const char *name)
{
	struct wire *w = malloc(sizeof *w); /* 100 KB: too much for a stack */
	const char *trouble;
	size_t settled;

	if (w == NULL) {
		snprintf(f->why, sizeof f->why, "out of memory");
		return 0;
	}
	w->f = f;
	w->fd = fd;
	w->server = name;
	w->next = w->offered = w->settled = w->lost = 0;
	smtp_start(&w->smtp, f->conf->helo, name, SMTP_GROUPED);
	pump(w);
	trouble = smtp_trouble(&w->smtp);
	snprintf(f->why, sizeof f->why, "%s", trouble != NULL ? trouble : "");
	snprintf(f->last.mode, sizeof f->last.mode, "%s", mode_word(smtp_mode(&w->smtp)));
	f->turned_away = !smtp_is_ready(&w->smtp);
	settled = w->settled;
	free(w);
	return settled;
}
