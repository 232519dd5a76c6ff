/* status_text - the state of a dial-up host in words. */
#include "dialup/status_text.h"

#include <stdio.h>

#include "lib/printable.h"

enum { BARS = 12 };

const char *age_text(long long seconds, char to[AGE_TEXT])
{
	static const struct {
		long length;
		char letter;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;

	while (i < 3 && seconds < units[i].length)
		i++;
	snprintf(to, AGE_TEXT, "%lld%c", seconds / units[i].length, units[i].letter);
	return to;
}

const char *since_text(long long then, long long now, char to[AGE_TEXT])
{
	return age_text(now > then ? now - then : 0, to);
}

void status_ages(const struct status *s, long long now, struct status_ages *a)
{
	*a = (struct status_ages){"-", "never", "-"};
	if (s->oldest >= 0)
		age_text(s->oldest, a->oldest);
	if (s->last.time > 0)
		since_text(s->last.time, now, a->last);
	if (s->next > 0)
		age_text(s->next - now, a->next);
}

static void put_state(const struct status *s, struct buf *b)
{
	if (*s->locked_on != '\0')
		buf_printf(b, "; sending (%s)", s->locked_on);
	else if (s->locked_by > 0)
		buf_printf(b, "; sending (pid %ld)", (long)s->locked_by);
	else if (s->lock == LOCK_HELD)
		buf_str(b, "; sending");
	else if (s->paused || s->on_demand)
		buf_str(b, s->paused ? "; paused" : "; on demand");
}

static void put_last(const struct status *s, long long now, struct buf *b)
{
	const struct attempt *l = &s->last;
	char text[AGE_TEXT];

	buf_printf(b, "; %s", l->result);
	if (*l->mode != '\0')
		buf_printf(b, "; %s", l->mode);
	if (*l->limit != '\0')
		buf_printf(b, "; at most %s for %s (%s)", l->limit, since_text(l->limited, now, text),
		           *l->reason != '\0' ? l->reason : "a faster way did not work");
	if (l->wanted > 0)
		buf_printf(b, "; unwilling for %s (%s)", since_text(l->wanted, now, text), l->wants);
	if (l->braked > 0)
		buf_printf(b, "; braked for %s (it refuses all: qv-flush --bounce-all)", since_text(l->braked, now, text));
	if (l->delivered > 0)
		buf_printf(b, "; %lld.%lld messages and %lld bytes a second", status_messages_rate(s) / 1000,
		           status_messages_rate(s) % 1000 / 100, status_bytes_rate(s));
}

static bool has_result(const struct status *s)
{
	return s->last.time > 0 || s->paused || s->on_demand || s->lock == LOCK_HELD;
}

/* first: in place of the first "; ". */
static void put_words(const struct status *s, long long now, const char *first, struct buf *b)
{
	char text[AGE_TEXT], who[CALL_WHO];
	struct buf all = BUF(b->max);

	put_state(s, &all);
	if (s->last.time > 0)
		put_last(s, now, &all);
	if (s->called.time > 0)
		buf_printf(&all, "; called %s ago, %s by %s: %s", since_text(s->called.time, now, text), s->called.way,
		           call_who(&s->called, who), s->called.result);
	if (s->late > 0)
		buf_printf(&all, "; %zu late", s->late);
	if (s->unsendable > 0)
		buf_printf(&all, "; %lld unsendable", s->unsendable);
	if (s->strange > 0)
		buf_printf(&all, "; %zu not messages", s->strange);
	if (all.len > 2)
		buf_printf(b, "%s%s", first, all.p + 2);
	b->failed |= buf_failed(&all);
	buf_free(&all);
}

void status_words(const struct status *s, long long now, struct buf *b)
{
	put_words(s, now, "", b);
}

static const char *colour(const struct status_style *style, const char *sequence)
{
	return style->colours ? sequence : "";
}

void status_head(const struct status_style *style, struct buf *b)
{
	buf_printf(b, "%s%-30s %7s %11s %6s %6s %6s  %s%s%s\n", colour(style, "\033[1m"), "HOST", "WAITING", "BYTES", "OLDEST",
	           "LAST", "NEXT", style->bars ? "LAST DAY      " : "", "RESULT", colour(style, "\033[m"));
}

/* Two hours a column, the busiest is the darkest. */
static void put_bars(const struct past *p, long long now, struct buf *b)
{
	static const char shades[] = ".:-=+*#";
	long long most = 0, n[BARS];

	for (int i = 0; i < BARS; i++) {
		int ago = PAST_HOURS - 2 * (i + 1);

		n[i] = past_hour(p, now, ago).delivered + past_hour(p, now, ago + 1).delivered;
		most = n[i] > most ? n[i] : most;
	}
	for (int i = 0; i < BARS; i++)
		buf_char(b, n[i] == 0 ? ' ' : shades[(n[i] * (long long)(sizeof shades - 1) - 1) / most]);
}

void status_row(const struct status_style *style, const char *host, const struct status *s, long long now, struct buf *b)
{
	static const char *const colours[] = {"", "\033[33m", "\033[31m"};
	const char *begin = colour(style, colours[status_level(s)]);
	char name[NAME_MAX + 1];
	struct status_ages a;

	status_ages(s, now, &a);
	snprintf(name, sizeof name, "%s", host);
	printable(name);
	buf_printf(b, "%s%-30s%s %7zu %11lld %6s %6s %6s", begin, name, *begin != '\0' ? "\033[m" : "", s->waiting, s->bytes, a.oldest, a.last, a.next);
	if (style->bars) {
		buf_str(b, "  ");
		put_bars(&s->last.past, now, b);
	}
	put_words(s, now, style->bars || has_result(s) ? "  " : "; ", b);
	while (b->len > 0 && b->p[b->len - 1] == ' ')
		b->len--;
	buf_char(b, '\n');
}
