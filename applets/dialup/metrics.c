/* metrics - the state of the dial-up hosts in Prometheus' format. */
#include "dialup/metrics.h"

enum id {
	WAITING_MESSAGES,
	WAITING_BYTES,
	OLDEST,
	LATE,
	UNSENDABLE,
	STRANGE,
	PAUSED,
	ON_DEMAND,
	LOCKED,
	NEXT,
	LAST_TIME,
	LAST_SUCCESS,
	LAST_DURATION,
	LAST_DELIVERED,
	LAST_DEFERRED,
	LAST_BOUNCED,
	LAST_BYTES,
	LAST_MODE,
	LIMITED,
	BRAKED,
	UNWANTED,
	SUCCEEDED,
	DELIVERED_TOTAL,
	DEFERRED_TOTAL,
	BOUNCED_TOTAL,
	BYTES_TOTAL,
	UNREADABLE,
	MASTER_UP,
	MASTER_BEAT,
	BUILD,
	COUNT,
};

_Static_assert((int)COUNT <= (int)METRICS_MAX, "METRICS_MAX");

// clang-format off
static const struct {
	const char *name, *help;
	bool counts;
} metrics[COUNT] = {
	[WAITING_MESSAGES]  = {"waiting_messages", "Messages that wait for the host."},
	[WAITING_BYTES]     = {"waiting_bytes", "Bytes of the messages that wait."},
	[OLDEST]            = {"oldest_seconds", "Age of the oldest waiting message, 0: none waits."},
	[LATE]              = {"late_messages", "Messages that have waited longer than control/qv-warn."},
	[UNSENDABLE]        = {"unsendable_messages", "Messages without an envelope, as the last attempt found them."},
	[STRANGE]           = {"strange_entries", "Entries of Maildir/new that are not messages: FIFOs, directories, links."},
	[PAUSED]            = {"paused", "1: nothing is sent until qv-domain resume."},
	[ON_DEMAND]         = {"on_demand", "1: mail is only sent on request."},
	[LOCKED]            = {"locked", "1: a transfer is under way."},
	[NEXT]              = {"next_attempt_time_seconds", "When the next attempt is due; no sample: none is due."},
	[LAST_TIME]         = {"last_attempt_time_seconds", "When the last attempt ended."},
	[LAST_SUCCESS]      = {"last_attempt_success", "1: the last attempt left no mail behind."},
	[LAST_DURATION]     = {"last_attempt_duration_seconds", "How long the last attempt took."},
	[LAST_DELIVERED]    = {"last_attempt_delivered", "Messages that the last attempt delivered."},
	[LAST_DEFERRED]     = {"last_attempt_deferred", "Messages that the last attempt deferred."},
	[LAST_BOUNCED]      = {"last_attempt_bounced", "Messages that the last attempt bounced."},
	[LAST_BYTES]        = {"last_attempt_bytes", "Bytes that the last attempt delivered."},
	[LIMITED]           = {"limited_time_seconds", "Since when this simpler mode is used; no sample: no limit."},
	[BRAKED]            = {"braked_time_seconds", "Since when refused mail is kept; no sample: it bounces."},
	[UNWANTED]          = {"unwilling_time_seconds", "Since when the server demands TLS or a login; no sample: it does not."},
	[LAST_MODE]         = {"last_attempt_mode", "1: the mode of the last attempt's session."},
	[SUCCEEDED]         = {"last_success_time_seconds", "When the last attempt ended that left no mail behind; no sample: none did."},
	[DELIVERED_TOTAL]   = {"delivered_total", "Messages delivered.", true},
	[DEFERRED_TOTAL]    = {"deferred_total", "Messages that stayed for the next attempt; again in each.", true},
	[BOUNCED_TOTAL]     = {"bounced_total", "Messages bounced.", true},
	[BYTES_TOTAL]       = {"delivered_bytes_total", "Bytes of the messages delivered.", true},
	[UNREADABLE]        = {"unreadable", "1: the host could not be looked at, and has no other sample."},
	[MASTER_UP]         = {"master_up", "1: a qv-master that stays is running."},
	[MASTER_BEAT]       = {"master_heartbeat_time_seconds", "When it was last seen at work; no sample: not known."},
	[BUILD]             = {"build_info", "1: the version of qvmail."},
};
// clang-format on

void metrics_open(struct metrics *m)
{
	for (size_t i = 0; i < COUNT; i++)
		m->samples[i] = BUF(CONTROL_MAX);
}

void metrics_close(struct metrics *m)
{
	for (size_t i = 0; i < COUNT; i++)
		buf_free(&m->samples[i]);
}

/* Label values are UTF-8 with three escapes; only a misnamed directory has bytes that a host name cannot have. */
static void label(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		if (*s == '\n')
			buf_str(b, "\\n");
		else if (*s == '\\' || *s == '"')
			buf_printf(b, "\\%c", *s);
		else
			buf_char(b, *s < 32 || *s > 126 ? '?' : *s);
}

/* One more sample of this metric with up to two labels; its value is to follow. */
static struct buf *sample_of(struct metrics *m, enum id id, const char *host, const char *key, const char *word)
{
	struct buf *b = &m->samples[id];

	buf_printf(b, "qvmail_%s", metrics[id].name);
	if (host != NULL || key != NULL)
		buf_char(b, '{');
	if (host != NULL) {
		buf_str(b, "host=\"");
		label(b, host);
		buf_str(b, key != NULL ? "\"," : "\"");
	}
	if (key != NULL) {
		buf_printf(b, "%s=\"", key);
		label(b, word);
		buf_char(b, '"');
	}
	buf_str(b, host != NULL || key != NULL ? "} " : " ");
	return b;
}

static void sample(struct metrics *m, enum id id, const char *host, const char *mode, long long value)
{
	buf_printf(sample_of(m, id, host, mode != NULL ? "mode" : NULL, mode), "%lld\n", value);
}

static void add_last(struct metrics *m, const char *host, const struct status *s)
{
	const struct attempt *l = &s->last;

	sample(m, LAST_TIME, host, NULL, l->time);
	sample(m, LAST_SUCCESS, host, NULL, !attempt_failed(l));
	buf_printf(sample_of(m, LAST_DURATION, host, NULL, NULL), "%lld.%03lld\n", l->milliseconds / 1000, l->milliseconds % 1000);
	sample(m, LAST_DELIVERED, host, NULL, l->delivered);
	sample(m, LAST_DEFERRED, host, NULL, l->deferred);
	sample(m, LAST_BOUNCED, host, NULL, l->bounced);
	sample(m, LAST_BYTES, host, NULL, l->bytes);
	if (*l->mode != '\0')
		sample(m, LAST_MODE, host, l->mode, 1);
	if (*l->limit != '\0')
		sample(m, LIMITED, host, l->limit, l->limited);
	if (l->braked > 0)
		sample(m, BRAKED, host, NULL, l->braked);
	if (l->wanted > 0)
		sample(m, UNWANTED, host, NULL, l->wanted);
}

static void add_past(struct metrics *m, const char *host, const struct past *p)
{
	if (p->succeeded > 0)
		sample(m, SUCCEEDED, host, NULL, p->succeeded);
	sample(m, DELIVERED_TOTAL, host, NULL, p->total.delivered);
	sample(m, DEFERRED_TOTAL, host, NULL, p->total.deferred);
	sample(m, BOUNCED_TOTAL, host, NULL, p->total.bounced);
	sample(m, BYTES_TOTAL, host, NULL, p->total.bytes);
}

void metrics_add(struct metrics *m, const char *host, const struct status *s)
{
	sample(m, WAITING_MESSAGES, host, NULL, (long long)s->waiting);
	sample(m, WAITING_BYTES, host, NULL, s->bytes);
	sample(m, OLDEST, host, NULL, s->oldest > 0 ? s->oldest : 0);
	sample(m, LATE, host, NULL, (long long)s->late);
	sample(m, UNSENDABLE, host, NULL, s->unsendable);
	sample(m, STRANGE, host, NULL, (long long)s->strange);
	sample(m, PAUSED, host, NULL, s->paused);
	sample(m, ON_DEMAND, host, NULL, s->on_demand);
	sample(m, LOCKED, host, NULL, s->lock == LOCK_HELD);
	if (s->next > 0)
		sample(m, NEXT, host, NULL, s->next);
	if (s->last.time > 0)
		add_last(m, host, s);
	sample(m, UNREADABLE, host, NULL, 0);
	add_past(m, host, &s->last.past);
}

void metrics_add_unread(struct metrics *m, const char *host)
{
	sample(m, UNREADABLE, host, NULL, 1);
}

void metrics_add_master(struct metrics *m, const char *version, bool runs, long long beat)
{
	sample(m, MASTER_UP, NULL, NULL, runs);
	if (beat > 0)
		sample(m, MASTER_BEAT, NULL, NULL, beat);
	buf_printf(sample_of(m, BUILD, NULL, "version", version), "1\n");
}

void metrics_print(struct metrics *m, struct buf *out)
{
	for (size_t i = 0; i < COUNT; i++) {
		struct buf *b = &m->samples[i];

		if (b->len > 0)
			buf_printf(out, "# HELP qvmail_%s %s\n# TYPE qvmail_%s %s\n", metrics[i].name, metrics[i].help, metrics[i].name,
			           metrics[i].counts ? "counter" : "gauge");
		buf_add(out, buf_text(b), b->len);
		out->failed |= buf_failed(b);
		buf_free(b);
	}
}
