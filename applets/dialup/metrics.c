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
	LAST_MILLISECONDS,
	LAST_DELIVERED,
	LAST_DEFERRED,
	LAST_BOUNCED,
	LAST_BYTES,
	LAST_MODE,
	LIMITED,
	BRAKED,
	UNWANTED,
	COUNT,
};

_Static_assert((int)COUNT <= (int)METRICS_MAX, "METRICS_MAX");

// clang-format off
static const struct {
	const char *name, *help;
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
	[LAST_MILLISECONDS] = {"last_attempt_milliseconds", "How long the last attempt took."},
	[LAST_DELIVERED]    = {"last_attempt_delivered", "Messages that the last attempt delivered."},
	[LAST_DEFERRED]     = {"last_attempt_deferred", "Messages that the last attempt deferred."},
	[LAST_BOUNCED]      = {"last_attempt_bounced", "Messages that the last attempt bounced."},
	[LAST_BYTES]        = {"last_attempt_bytes", "Bytes that the last attempt delivered."},
	[LIMITED]           = {"limited_time_seconds", "Since when this simpler mode is used; no sample: no limit."},
	[BRAKED]            = {"braked_time_seconds", "Since when refused mail is kept; no sample: it bounces."},
	[UNWANTED]          = {"unwilling_time_seconds", "Since when the server demands TLS or a login; no sample: it does not."},
	[LAST_MODE]         = {"last_attempt_mode", "1: the mode of the last attempt's session."},
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

static void sample(struct metrics *m, enum id id, const char *host, const char *mode, long long value)
{
	struct buf *b = &m->samples[id];

	buf_printf(b, "qvmail_%s{host=\"", metrics[id].name);
	label(b, host);
	if (mode != NULL) {
		buf_str(b, "\",mode=\"");
		label(b, mode);
	}
	buf_printf(b, "\"} %lld\n", value);
}

static void add_last(struct metrics *m, const char *host, const struct status *s)
{
	const struct attempt *l = &s->last;

	sample(m, LAST_TIME, host, NULL, l->time);
	sample(m, LAST_SUCCESS, host, NULL, !status_failed(s));
	sample(m, LAST_MILLISECONDS, host, NULL, l->milliseconds);
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
}

int metrics_print(const struct metrics *m, FILE *to)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (buf_failed(&m->samples[i]))
			return -1;
		if (m->samples[i].len > 0)
			fprintf(to, "# HELP qvmail_%s %s\n# TYPE qvmail_%s gauge\n%s", metrics[i].name, metrics[i].help,
			        metrics[i].name, buf_text(&m->samples[i]));
	}
	return 0;
}
