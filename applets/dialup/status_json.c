/* status_json - the state of a dial-up host as JSON: qv-status --help has the keys, whose order stays. */
#include "dialup/status_json.h"

#include "lib/json.h"

static void number_or_null(struct buf *b, const char *key, bool known, long long n)
{
	json_key(b, key);
	if (known)
		json_number(b, n);
	else
		json_null(b);
}

static void put_last(struct buf *b, const struct attempt *l)
{
	json_key(b, "last");
	if (l->time == 0) {
		json_null(b);
		return;
	}
	json_open(b, '{');
	number_or_null(b, "time", true, l->time);
	json_key(b, "result");
	json_string(b, l->result);
	number_or_null(b, "delivered", true, l->delivered);
	number_or_null(b, "deferred", true, l->deferred);
	number_or_null(b, "bounced", true, l->bounced);
	json_close(b, '}');
}

static void word_or_null(struct buf *b, const char *key, const char *word)
{
	json_key(b, key);
	json_string(b, *word != '\0' ? word : NULL);
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
	number_or_null(b, "bytes", true, status_bytes_rate(s));
	json_close(b, '}');
}

void status_json(struct buf *b, const char *host, const struct status *s)
{
	json_open(b, '{');
	json_key(b, "host");
	json_string(b, host);
	json_key(b, "dir");
	json_string(b, s->dir);
	number_or_null(b, "waiting", true, (long long)s->waiting);
	number_or_null(b, "bytes", true, s->bytes);
	number_or_null(b, "oldest", s->oldest >= 0, s->oldest);
	json_key(b, "paused");
	json_bool(b, s->paused);
	json_key(b, "on_demand");
	json_bool(b, s->on_demand);
	json_key(b, "locked");
	if (s->lock != LOCK_UNKNOWN)
		json_bool(b, s->lock == LOCK_HELD);
	else
		json_null(b);
	number_or_null(b, "locked_by", s->locked_by > 0, s->locked_by);
	put_last(b, &s->last);
	number_or_null(b, "next", s->next > 0, s->next);
	word_or_null(b, "mode", s->last.mode);
	word_or_null(b, "limit", s->last.limit);
	put_rate(b, s);
	number_or_null(b, "late", true, (long long)s->late);
	number_or_null(b, "unsendable", true, s->unsendable);
	number_or_null(b, "strange", true, (long long)s->strange);
	number_or_null(b, "limited", s->last.limited > 0, s->last.limited);
	word_or_null(b, "reason", s->last.reason);
	number_or_null(b, "braked", s->last.braked > 0, s->last.braked);
	word_or_null(b, "wants", s->last.wants);
	number_or_null(b, "wanted", s->last.wanted > 0, s->last.wanted);
	number_or_null(b, "most", s->last.most > 0, s->last.most);
	json_close(b, '}');
}
