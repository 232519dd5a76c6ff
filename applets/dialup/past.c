/* past - what became of a dial-up host's mail so far. */
#include "dialup/past.h"

#include <stdlib.h>

long long past_bounded(long long n)
{
	const long long most = 1LL << 53;

	return n < 0 ? 0 : n > most ? most : n;
}

long long past_number(const char *text, char **end)
{
	return past_bounded(strtoll(text, end, 10));
}

static void add(struct past_counts *to, const struct past_counts *more)
{
	to->delivered = past_bounded(to->delivered + past_bounded(more->delivered));
	to->deferred = past_bounded(to->deferred + past_bounded(more->deferred));
	to->bounced = past_bounded(to->bounced + past_bounded(more->bounced));
	to->bytes = past_bounded(to->bytes + past_bounded(more->bytes));
}

void past_add(struct past *p, const struct past_counts *more, long long now)
{
	long long hour = past_bounded(now) / PAST_HOUR;
	struct past_counts *slot = &p->hours[hour % PAST_HOURS];

	if (slot->hour != hour)
		*slot = (struct past_counts){.hour = hour};
	add(slot, more);
	add(&p->total, more);
}

struct past_counts past_hour(const struct past *p, long long now, int ago)
{
	long long hour = now / PAST_HOUR - ago;
	const struct past_counts *slot = &p->hours[past_bounded(hour) % PAST_HOURS];

	return hour > 0 && slot->hour == hour ? *slot : (struct past_counts){.hour = hour};
}

struct past_counts past_day(const struct past *p, long long now, long long *most)
{
	struct past_counts day = {0};

	*most = 0;
	for (int ago = 0; ago < PAST_HOURS; ago++) {
		struct past_counts h = past_hour(p, now, ago);

		add(&day, &h);
		if (h.delivered + h.deferred + h.bounced > *most)
			*most = h.delivered + h.deferred + h.bounced;
	}
	return day;
}

void past_sum(struct past *sum, const struct past *p, long long now)
{
	for (int ago = 0; ago < PAST_HOURS; ago++) {
		struct past_counts h = past_hour(p, now, ago);

		if (h.hour > 0)
			past_add(sum, &h, h.hour * PAST_HOUR);
	}
}

void past_print(const struct past *p, struct buf *b)
{
	for (const struct past_counts *h = p->hours; h < p->hours + PAST_HOURS; h++)
		if (h->hour > 0)
			buf_printf(b, "hour %lld %lld %lld %lld %lld\n", h->hour, h->delivered, h->deferred, h->bounced, h->bytes);
}

void past_parse(struct past *p, const char *text)
{
	long long n[5];
	char *end = (char *)text;

	for (size_t i = 0; i < sizeof n / sizeof *n; i++)
		n[i] = past_number(end, &end);
	p->hours[n[0] % PAST_HOURS] = (struct past_counts){n[0], n[1], n[2], n[3], n[4]};
}
