/* window - how wide a window a line needs. */
#include "smtp/window.h"

#include "smtp/smtp.h"

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* times as wide as it is; 0: as it was at the start. */
static bool become(struct window *w, uint64_t times)
{
	w->messages = least(times > 0 ? w->messages * times : SMTP_WINDOW, w->most_messages);
	w->bytes = least(times > 0 ? w->bytes * times : WINDOW_BYTES, w->most_bytes);
	return true;
}

void window_begin(struct window *w, size_t messages, uint64_t bytes)
{
	*w = (struct window){.most_messages = messages, .most_bytes = bytes};
	become(w, 0);
}

void window_round_trip(struct window *w, int64_t ms)
{
	if (w->shortest == 0)
		w->shortest = ms > 0 ? ms : 1;
}

void window_full(struct window *w, int64_t said, size_t judged, size_t held)
{
	if (w->mark > 0 || said <= w->behind)
		return;
	w->mark = judged + held;
	w->since = w->last = said;
	w->idle = 0;
	w->widest = held < w->messages ? w->bytes == w->most_bytes : w->messages == w->most_messages;
}

/* One that was answered sooner than any before shows what a round trip is, and nothing else. */
static bool measure(struct window *w, int64_t took)
{
	int64_t busy = took - (w->idle < w->shortest ? w->idle : w->shortest);
	uint64_t times;

	if (took < w->shortest) {
		w->shortest = took > 0 ? took : 1;
		return false;
	}
	if (busy > 2 * w->shortest)
		return become(w, 0);
	times = (uint64_t)(w->shortest / (busy > 0 ? busy : 1));
	return times >= 2 && !w->widest && become(w, least(times, SMTP_MESSAGES));
}

/* Behind what was not delivered a whole window has to be, first. */
bool window_judged(struct window *w, int64_t heard, size_t judged, bool good)
{
	bool marked = w->mark > 0 && judged >= w->mark;

	if (heard - w->last > w->idle)
		w->idle = heard - w->last;
	w->last = heard;
	if (marked || !good)
		w->mark = 0;
	if (good)
		return marked && measure(w, heard - w->since);
	w->behind = heard;
	return become(w, 0);
}
