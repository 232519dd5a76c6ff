/* wire - one SMTP session over descriptors. */
#include "wire/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/net.h"

enum { SETTLE_MS = 200, BRIEF_MS = 20 };

void wire_start(struct wire *w, const struct wire_calls *calls, void *caller, int from, int to)
{
	w->calls = calls;
	w->caller = caller;
	w->from = from;
	w->to = to;
	w->other = w->fd = -1;
	w->until = 0;
	w->over = w->brief = w->slowly = w->silent = false;
	w->heard = w->said = clock_ms();
}

void wire_hand(struct wire *w, int fd, off_t size, size_t n, size_t at)
{
	w->fd = fd;
	w->size = size;
	w->read = (off_t)n;
	w->n = n;
	w->at = at;
}

static void close_file(struct wire *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

/* Half a message is none: what the server has of it is never completed. */
static void read_on(struct wire *w)
{
	ssize_t n = read(w->fd, w->piece, sizeof w->piece);

	w->at = 0;
	w->n = n > 0 ? (size_t)n : 0;
	w->read += (off_t)w->n;
	if (n <= 0)
		w->calls->unreadable(w->caller, smtp_id(&w->smtp), n < 0 ? strerror(errno) : "it has become shorter");
}

/* A message in new/ is complete and does not change: behind the bytes that it has there is no need to look for more. */
static void body(struct wire *w)
{
	if (w->at < w->n) {
		w->at += smtp_body(&w->smtp, w->piece + w->at, w->n - w->at);
	} else if (w->read < w->size) {
		read_on(w);
	} else {
		smtp_end(&w->smtp);
		close_file(w);
	}
}

/* False when there is nothing to read now. */
static bool take(struct wire *w)
{
	char buf[8192];
	ssize_t n = net_read(w->from, buf, sizeof buf);

	if (n > 0) {
		w->heard = clock_ms();
		w->silent = true;
		smtp_feed(&w->smtp, buf, (size_t)n);
	} else if (n == 0 || errno != EAGAIN) {
		w->calls->lost(w->caller, "read", n == 0 ? 0 : errno);
	}
	return n > 0;
}

/* For poll(2): as long as RFC 5321 says, less where the time is up before; for ever when all that is due is another message. */
static int patience_ms(const struct wire *w, bool idle)
{
	int64_t ms = (int64_t)smtp_patience(&w->smtp) * 1000, left = w->until - clock_ms();

	if (w->until > 0 && left < ms)
		return left > 0 ? (int)left : 0;
	return idle ? -1 : (int)ms;
}

/* May the next line be written, where each has to be read before? Who reads none for too long is as one who says nothing. */
static bool is_read(struct wire *w)
{
	if (!w->slowly || net_settle(w->to, SETTLE_MS))
		return true;
	if (clock_ms() - w->said >= patience_ms(w, false)) {
		w->said = clock_ms();
		w->calls->silent(w->caller);
	}
	return false;
}

/* False: not now. */
static bool give(struct wire *w)
{
	size_t n;
	const char *p = smtp_out(&w->smtp, &n), *lf = w->slowly ? memchr(p, '\n', n) : NULL;
	ssize_t sent;
	int errnum;

	if (!is_read(w))
		return false;
	sent = net_write(w->to, p, lf != NULL ? (size_t)(lf - p) + 1 : n);
	errnum = errno;
	if (sent >= 0) {
		w->said = clock_ms();
		w->silent = false;
		smtp_sent(&w->smtp, (size_t)sent);
		return true;
	}
	if (errnum == EAGAIN)
		return false;
	while (take(w))
		;
	w->calls->lost(w->caller, "write", errnum);
	return true;
}

static void wait_for_bytes(struct wire *w, bool write_too, bool idle)
{
	struct pollfd p[3] = {
		{.fd = w->from, .events = POLLIN},
		{.fd = write_too ? w->to : -1, .events = POLLOUT},
		{.fd = w->other, .events = POLLIN},
	};
	int r, patience;

	if (w->calls->waits != NULL && !w->calls->waits(w->caller))
		return;
	if (w->silent)
		net_acknowledge(w->from);
	patience = patience_ms(w, idle);
	w->brief &= patience < 0 || patience > BRIEF_MS;
	r = poll(p, 3, w->brief ? BRIEF_MS : patience);
	if (r == 0)
		(w->brief ? w->calls->idles : w->calls->silent)(w->caller);
	w->brief = false;
	if (r < 0 && errno != EINTR)
		w->calls->lost(w->caller, "poll", errno);
	if (r <= 0)
		return;
	if (p[2].revents != 0)
		w->calls->woken(w->caller);
	if (p[0].revents != 0)
		take(w);
	if (p[1].revents != 0)
		give(w);
}

static void offer(struct wire *w)
{
	size_t out;

	close_file(w); /* of a message that was refused before all of it was said */
	if (w->calls->offer(w->caller) || w->over)
		return;
	smtp_out(&w->smtp, &out);
	wait_for_bytes(w, out > 0, out == 0 && !smtp_awaits_reply(&w->smtp));
}

void wire_run(struct wire *w)
{
	while (!w->over) {
		switch (smtp_next(&w->smtp)) {
		case SMTP_WRITE:
			if (!give(w))
				wait_for_bytes(w, true, false);
			break;
		case SMTP_READ:
			wait_for_bytes(w, false, false);
			break;
		case SMTP_OFFER:
			offer(w);
			break;
		case SMTP_BODY:
			body(w);
			break;
		case SMTP_VERDICT:
			w->calls->verdict(w->caller, smtp_settled(&w->smtp));
			break;
		case SMTP_CLOSED:
			w->over = true;
			break;
		}
	}
	close_file(w);
}
