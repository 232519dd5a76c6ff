/* session - one connection: what wire.h asks for, from the messages of a run. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flush/internal.h"
#include "flush/remover.h"
#include "lib/clock.h"
#include "lib/net.h"
#include "smtp/window.h"
#include "wire/wire.h"

struct flush_session {
	struct flush *f;
	const char *server;
	size_t next;    /* where to look for the next message */
	size_t offered, settled, accepted;
	size_t open;    /* offered, and without verdict */
	bool begun, last; /* smtp_start() was called; nothing comes behind this flush's mail */
	bool turned;    /* the other side has called */
	bool alone;     /* the message in hand is to have the session for itself */
	bool silent;    /* the server: we have waited long enough */
	bool starved;   /* and have to go while a reply is due for long */
	bool enough;    /* the server has taken as many messages as it takes in one session */
	struct window window;
	uint64_t widest; /* messages and bytes of it, as was said */
	struct wire wire;
};

/* Ours now; list.n: none. One that is to be alone is taken by a session that has no other. */
static size_t next_message(struct flush_session *s)
{
	struct flush *f = s->f;
	size_t i = flush_take_waiting(f, s->next);

	if (i == f->list.n && s->offered == 0) {
		i = flush_take_last(f);
		s->alone = i < f->list.n;
	}
	s->next = i + 1;
	return i;
}

/* False: this one and those behind it wait for another machine, which can. As many are noted ahead as are under way, or a few. */
static bool is_noted(struct flush_session *s, size_t i)
{
	enum { FEW = 8 };
	struct flush *f = s->f;

	if ((i < f->noted && !s->alone) || flush_note(f, i, s->open > FEW ? s->open : FEW) == 0)
		return true;
	f->item[i] = ITEM_WAITING;
	return false;
}

static size_t judged(const struct flush_session *s)
{
	return s->offered - s->open;
}

static void widen(struct flush_session *s)
{
	const struct window *w = &s->window;

	smtp_set_window(&s->wire.smtp, w->messages, w->bytes);
	if (w->messages + w->bytes <= s->widest)
		return;
	s->widest = w->messages + w->bytes;
	ctx_info(s->f->ctx, "%s: the window grows to %zu messages and %" PRIu64 " KB, as the line was idle", s->f->dir, w->messages,
	         w->bytes >> 10);
}

static bool offer(void *caller)
{
	struct flush_session *s = caller;
	struct flush *f = s->f;
	struct flush_opened m;
	char to[2 * ENVELOPE_ADDRESS_MAX + 16];
	size_t i;

	window_round_trip(&s->window, s->wire.heard - s->wire.said);
	while (!flush_is_over(f) && !s->alone && (i = next_message(s)) < f->list.n && is_noted(s, i)) {
		if (flush_open(f, i, &m, s->wire.piece, sizeof s->wire.piece) < 0)
			continue;
		s->offered++;
		s->open++;
		wire_hand(&s->wire, m.fd, m.size, m.n, m.envelope.head);
		envelope_quote(m.envelope.recipient, to, sizeof to);
		smtp_mail(&s->wire.smtp, i, m.envelope.sender, to, (uint64_t)(m.size - (off_t)m.envelope.head));
		return true;
	}
	if (s->last || flush_is_over(f) || s->alone) {
		smtp_quit(&s->wire.smtp);
		return true;
	}
	s->wire.over = s->open == 0;
	smtp_rest(&s->wire.smtp);
	return false;
}

static void unreadable(void *caller, size_t id, const char *why)
{
	struct flush_session *s = caller;
	char text[300];

	snprintf(text, sizeof text, "unable to read new/%s: %s", maildir_name(&s->f->list, id), why);
	smtp_abort(&s->wire.smtp, text);
}

static enum put_back whose_fault(const struct flush_session *s, const struct smtp_message *m)
{
	enum smtp_ending ending = smtp_ending(&s->wire.smtp);

	if (!m->ended || ending == SMTP_UNWILLING || ending == SMTP_LEFT || ending == SMTP_CHANGED)
		return PUT_BEHIND;
	return smtp_mode(&s->wire.smtp) > SMTP_LOCKSTEP && s->accepted < 2 && ending != SMTP_BUSY ? PUT_SAME : PUT_BLAMED;
}

/*
 * The session ended under it, or under another. What was offered and is not in doubt goes into another session of this run.
 * What is in doubt stays for the next run, unless nothing was accepted in this way of talking yet: then a simpler one decides.
 */
static void was_lost(struct flush_session *s, const struct smtp_message *m)
{
	struct flush *f = s->f;
	char why[sizeof m->why + 64];
	bool trial = s->accepted == 0 && smtp_mode(&s->wire.smtp) == SMTP_STREAMING && smtp_ending(&s->wire.smtp) != SMTP_LEFT;

	if (m->maybe_duplicate && !trial) {
		snprintf(why, sizeof why, "%s (its end was sent: it may arrive twice)", m->why);
		settle_kept(f, m->id, why);
		return;
	}
	if (m->maybe_duplicate)
		ctx_warn(f->ctx, "%s: new/%s: may arrive twice: %s", f->dir, maildir_name(&f->list, m->id), m->why);
	if (m->ended && s->settled == 0)
		snprintf(f->tally->held, sizeof f->tally->held, "%s", m->why);
	flush_put_back(f, m->id, s->alone, whose_fault(s, m));
}

/* "452 4.5.3 Too many messages sent": that speaks of the session. In the next one this message comes first. */
static bool says_enough(const struct flush_session *s, const struct smtp_message *m)
{
	return s->accepted > 0 && m->verdict == SMTP_TEMPORARY && *m->why == '4' && strcasestr(m->why, "too many") != NULL;
}

/* "530 Authentication required", behind a whole message: it may speak of all that we are; one that is accepted shows that it did not. */
static bool wants_something(const char *why)
{
	return strncmp(why, "53", 2) == 0 || strncmp(why, "521", 3) == 0;
}

static void verdict(void *caller, const struct smtp_message *m)
{
	struct flush_session *s = caller;

	s->open--;
	if (window_judged(&s->window, s->wire.heard, judged(s), m->verdict == SMTP_DELIVERED))
		widen(s);
	if (m->lost) {
		was_lost(s, m);
		return;
	}
	s->settled++;
	if (says_enough(s, m)) {
		s->f->item[m->id] = ITEM_WAITING;
		s->enough = true;
		flush_remember_most(s->f, s->accepted);
		smtp_quit(&s->wire.smtp);
	} else if (m->verdict == SMTP_DELIVERED) {
		s->accepted++;
		flush_release_brake(s->f);
		settle_delivered(s->f, m->id, m->why);
	} else if (m->verdict == SMTP_PERMANENT) {
		settle_refused(s->f, m->id, s->server, m->why);
	} else {
		if (wants_something(m->why))
			flush_remember_wants(s->f, m->why);
		settle_deferred(s->f, m->id, m->why);
	}
}

/*
 * Before a wait: what is settled is removed meanwhile, many messages at once where the wait is a brief one. Told to stop, it
 * finishes what it has begun to send, no more.
 */
static bool waits(void *caller)
{
	struct flush_session *s = caller;
	size_t held = smtp_held(&s->wire.smtp);

	if (held > 0)
		window_full(&s->window, s->wire.said, judged(s), held);
	s->wire.brief = remover_may_hold(s->f);
	if (!s->wire.brief)
		remover_push(s->f);
	if (!s->f->stopping || smtp_has_text_out(&s->wire.smtp))
		return true;
	smtp_leave(&s->wire.smtp, "told to stop");
	return false;
}

static void idles(void *caller)
{
	struct flush_session *s = caller;

	remover_push(s->f);
}

static void told_to_stop(void *caller)
{
	struct flush_session *s = caller;

	flush_told_to_stop(s->f);
	s->wire.other = s->f->stopping ? -1 : s->f->stop;
}

static void silent(void *caller)
{
	enum { LONG_MS = 10000, LONG_AT_FIRST_MS = 2000 }; /* for a reply that is due */
	struct flush_session *s = caller;
	int64_t now = clock_ms(), silence = now - s->wire.heard;
	char why[64];

	s->silent = true;
	if (s->wire.until > 0 && now >= s->wire.until) {
		s->starved = smtp_awaits_reply(&s->wire.smtp) && silence >= (s->accepted > 1 ? LONG_MS : LONG_AT_FIRST_MS);
		smtp_leave(&s->wire.smtp, "the time for this run (-T) was up");
		return;
	}
	snprintf(why, sizeof why, "nothing happened for %d seconds", smtp_patience(&s->wire.smtp));
	smtp_silent(&s->wire.smtp, why);
}

static void lost(void *caller, const char *verb, int errnum)
{
	struct flush_session *s = caller;

	(void)verb;
	smtp_lost(&s->wire.smtp, errnum == 0 ? "the server closed the connection" : strerror(errnum));
}

/*
 * A connection that is closed while the other side still speaks is reset, and what it has not read yet is gone; but there may be
 * whole messages among that, called delivered because of replies that nobody had asked for. So it is left to read to the end.
 */
static void let_it_read(int from, int to)
{
	enum { LINGER_MS = 5000 };
	struct pollfd p = {.fd = from, .events = POLLIN};
	int64_t until = clock_ms() + LINGER_MS, left = LINGER_MS;
	char buf[8192];

	shutdown(to, SHUT_WR);
	while (left > 0 && poll(&p, 1, (int)left) > 0 && net_read(from, buf, sizeof buf) > 0)
		left = until - clock_ms();
}

struct flush_session *flush_session_new(int from, int to, const char *name, bool shared)
{
	static const struct wire_calls calls = {.offer = offer,
	                                        .unreadable = unreadable,
	                                        .verdict = verdict,
	                                        .waits = waits,
	                                        .idles = idles,
	                                        .woken = told_to_stop,
	                                        .silent = silent,
	                                        .lost = lost};
	struct flush_session *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		return NULL;
	s->server = name;
	s->begun = s->turned = false;
	s->open = 0;
	wire_start(&s->wire, &calls, s, from, to);
	return s;
}

void flush_session_turned(struct flush_session *s, bool slowly)
{
	s->turned = true;
	s->wire.slowly = slowly;
}

void flush_session_free(struct flush_session *s)
{
	if (s != NULL)
		munmap(s, sizeof *s);
}

static void begin(struct flush_session *s, struct flush *f, enum smtp_mode mode)
{
	struct smtp_limits limits = f->o->window;

	/* Each message under way is noted in a file that has its limits. */
	if (f->guard >= 0 && limits.messages > SMTP_WINDOW)
		limits.messages = SMTP_WINDOW;
	window_begin(&s->window, limits.messages, limits.bytes);
	limits.bytes = s->window.bytes;
	s->widest = s->window.messages + s->window.bytes;
	limits.mode = mode;
	limits.most = f->most;
	limits.lines = s->turned;
	if (!s->turned)
		limits.looks = f->looks;
	smtp_start(&s->wire.smtp, f->conf->helo, s->server, &limits);
	s->begun = true;
}

void flush_session_run(struct flush_session *s, struct flush *f, enum smtp_mode mode, bool last, struct flush_outcome *out)
{
	struct smtp_looks looks;
	const char *trouble;

	s->f = f;
	s->last = last;
	s->next = s->offered = s->settled = s->accepted = 0;
	f->noted = 0;
	s->alone = s->enough = s->silent = s->starved = false;
	s->wire.over = false;
	s->wire.other = f->stopping ? -1 : f->stop;
	s->wire.until = f->until;
	if (!s->begun)
		begin(s, f, mode);
	wire_run(&s->wire);
	/* Before the next connection is waited for. */
	remover_push(f);
	trouble = smtp_trouble(&s->wire.smtp);
	if (trouble != NULL && !s->silent && smtp_mode(&s->wire.smtp) == SMTP_STREAMING)
		let_it_read(s->wire.from, s->wire.to);
	snprintf(f->tally->why, sizeof f->tally->why, "%s", trouble != NULL ? trouble : "");
	snprintf(f->tally->last.mode, sizeof f->tally->last.mode, "%s", flush_mode_word(smtp_mode(&s->wire.smtp)));
	looks = smtp_is_ready(&s->wire.smtp) ? smtp_looks(&s->wire.smtp) : f->looks;
	if (!s->turned)
		flush_remember_looks(f, &looks);
	*out = (struct flush_outcome){
		.mode = smtp_mode(&s->wire.smtp),
		.ending = smtp_ending(&s->wire.smtp),
		.settled = s->settled,
		.accepted = s->accepted,
		.ready = smtp_is_ready(&s->wire.smtp),
		.early = smtp_ended_early(&s->wire.smtp),
		.refused = smtp_ended_refused(&s->wire.smtp),
		.starved = s->starved,
		.enough = s->enough || s->alone || smtp_has_enough(&s->wire.smtp),
	};
	if (out->ending == SMTP_BUSY && out->early && s->accepted > 0 && *f->tally->why == '4')
		flush_remember_most(f, s->accepted);
}
