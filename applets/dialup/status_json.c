/* status_json - the state of a dial-up host as JSON: qv-status --help has the keys, whose order stays. */
#include "dialup/status_json.h"

#include "lib/json.h"

static void put_last(struct buf *b, const struct attempt *l)
{
	json_key(b, "last");
	if (l->time == 0) {
		json_null(b);
		return;
	}
	json_open(b, '{');
	json_put_number(b, "time", l->time);
	json_put_string(b, "result", l->result);
	json_put_number(b, "delivered", l->delivered);
	json_put_number(b, "deferred", l->deferred);
	json_put_number(b, "bounced", l->bounced);
	json_close(b, '}');
}

static void word_or_null(struct buf *b, const char *key, const char *word)
{
	json_put_string(b, key, *word != '\0' ? word : NULL);
}

static void put_rate(struct buf *b, const struct status *s)
{
	json_key(b, "rate");
	if (s->last.delivered == 0) {
		json_null(b);
		return;
	}
	json_open(b, '{');
	json_key(b, "messages");
	json_thousandths(b, status_messages_rate(s));
	json_put_number(b, "bytes", status_bytes_rate(s));
	json_close(b, '}');
}

static void put_counts(struct buf *b, const struct past_counts *c)
{
	json_put_number(b, "delivered", c->delivered);
	json_put_number(b, "deferred", c->deferred);
	json_put_number(b, "bounced", c->bounced);
	json_put_number(b, "bytes", c->bytes);
	json_close(b, '}');
}

static void put_past(struct buf *b, const struct past *p, long long now)
{
	json_put_number_or_null(b, "succeeded", p->succeeded > 0, p->succeeded);
	json_key(b, "total");
	json_open(b, '{');
	put_counts(b, &p->total);
	json_key(b, "hours");
	json_open(b, '[');
	for (int ago = PAST_HOURS - 1; ago >= 0; ago--) {
		struct past_counts c = past_hour(p, now, ago);

		json_open(b, '{');
		json_put_number(b, "time", c.hour * PAST_HOUR);
		put_counts(b, &c);
	}
	json_close(b, ']');
}

void status_json(struct buf *b, const char *host, const struct status *s, long long now)
{
	json_open(b, '{');
	json_put_string(b, "host", host);
	json_put_string(b, "dir", s->dir);
	json_put_number(b, "waiting", (long long)s->waiting);
	json_put_number(b, "bytes", s->bytes);
	json_put_number_or_null(b, "oldest", s->oldest >= 0, s->oldest);
	json_put_bool(b, "paused", s->paused);
	json_put_bool(b, "on_demand", s->on_demand);
	json_key(b, "locked");
	if (s->lock != LOCK_UNKNOWN)
		json_bool(b, s->lock == LOCK_HELD);
	else
		json_null(b);
	json_put_number_or_null(b, "locked_by", s->locked_by > 0, s->locked_by);
	put_last(b, &s->last);
	json_put_number_or_null(b, "next", s->next > 0, s->next);
	word_or_null(b, "mode", s->last.mode);
	word_or_null(b, "limit", s->last.limit);
	put_rate(b, s);
	json_put_number(b, "late", (long long)s->late);
	json_put_number(b, "unsendable", s->unsendable);
	json_put_number(b, "strange", (long long)s->strange);
	json_put_number_or_null(b, "limited", s->last.limited > 0, s->last.limited);
	word_or_null(b, "reason", s->last.reason);
	json_put_number_or_null(b, "braked", s->last.braked > 0, s->last.braked);
	word_or_null(b, "wants", s->last.wants);
	json_put_number_or_null(b, "wanted", s->last.wanted > 0, s->last.wanted);
	json_put_number_or_null(b, "most", s->last.most > 0, s->last.most);
	call_json(&s->called, "last_call", b);
	put_past(b, &s->last.past, now);
	word_or_null(b, "locked_on", s->locked_on);
	json_close(b, '}');
}
