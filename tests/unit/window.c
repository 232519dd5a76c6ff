/* window - how wide a window becomes, as the replies to it come soon or late. */
#include "smtp/window.h"

#include "smtp/smtp.h"
#include "tap.h"

static struct window w;
static int64_t now;
static size_t done;

/* A line whose round trip is known. */
static void line(size_t messages, uint64_t bytes, int64_t round_trip)
{
	window_begin(&w, messages, bytes);
	window_round_trip(&w, round_trip);
	now = 1000;
	done = 0;
}

/* A full window is sent, and its last message accepted so many ms later. */
static bool full(int64_t ms)
{
	bool changed = false;
	size_t last = done + w.messages;

	window_full(&w, now, done, w.messages);
	now += ms;
	while (done < last)
		changed |= window_judged(&w, now, ++done, true);
	return changed;
}

static bool is(size_t messages, uint64_t kilobytes)
{
	return w.messages == messages && w.bytes == kilobytes << 10;
}

static void begins(void)
{
	line(SMTP_MESSAGES, 16 << 20, 200);
	ok(is(256, 1024), "it begins with 256 messages and 1 MB");
	line(20, 64 << 10, 200);
	ok(is(20, 64), "or with what is allowed, if that is less");
}

static void grows(void)
{
	line(SMTP_MESSAGES, 16 << 20, 200);
	ok(full(250) && is(1024, 4096), "a round trip of 200 ms, and 50 more: the line holds four of it");
	full(399);
	ok(is(1024, 4096), "200 more: it holds no more");
	ok(full(300) && is(2048, 8192), "100: two of these");
	ok(full(201) && is(4096, 16384), "none: as many as are allowed");
	ok(!full(200) && is(4096, 16384), "and no more");
	line(300, 16 << 20, 200);
	ok(full(210) && is(300, 16384), "in messages and in bytes");
	line(256, 16 << 20, 200);
	ok(!full(210) && is(256, 1024), "where it is full of messages, more bytes are of no use");
	line(SMTP_MESSAGES, 1 << 20, 200);
	window_full(&w, now, 0, 20);
	ok(!window_judged(&w, now + 210, 20, true) && is(256, 1024), "where it is full of bytes, more messages are not");
	line(SMTP_MESSAGES, 3 << 20, 200);
	window_full(&w, now, 0, 20);
	ok(window_judged(&w, now + 210, 20, true) && is(4096, 3072), "more bytes are");
	line(SMTP_MESSAGES, 16 << 20, 0);
	full(0);
	full(1);
	ok(is(256, 1024), "without a round trip there is nothing to gain");
	line(SMTP_MESSAGES, 16 << 20, 200);
	full(8000);
	ok(is(256, 1024), "nor where the line is slow");
	window_judged(&w, now, ++done, true);
	ok(is(256, 1024), "or where the window is never full");
	line(SMTP_MESSAGES, 16 << 20, 256);
	window_full(&w, now, 0, 256);
	while (done < 256)
		window_judged(&w, ++now, ++done, true);
	ok(is(256, 1024), "or where replies come all the time, each in one round trip: the line is full");
	window_full(&w, now, done, 256);
	while (done < 384)
		window_judged(&w, ++now, ++done, true);
	now += 128;
	while (done < 512)
		window_judged(&w, now, ++done, true);
	ok(is(512, 2048), "half of the time none comes: it would hold two");
}

static void falls(void)
{
	line(SMTP_MESSAGES, 16 << 20, 200);
	full(220);
	ok(is(2560, 10240), "it has grown");
	ok(window_judged(&w, now, ++done, false) && is(256, 1024), "what is not delivered makes it what it was");
	window_full(&w, now, done, 300);
	for (int i = 0; i < 300; i++)
		window_judged(&w, now + 210, ++done, true);
	ok(is(256, 1024), "what was sent before that proves nothing");
	window_full(&w, ++now, done, 2);
	window_judged(&w, now + 200, ++done, true);
	window_judged(&w, now + 200, ++done, false);
	now += 201;
	ok(is(256, 1024), "nor does a window in which something is not");
	ok(full(220) && is(2560, 10240), "one in which all is, does");
	ok(full(601) && is(256, 1024), "where replies take thrice a round trip it falls back, too");
}

static void round_trips(void)
{
	line(SMTP_MESSAGES, 16 << 20, 5000);
	ok(!full(210) && is(256, 1024), "a reply to EHLO that was slow: the window shows what a round trip is,");
	ok(full(260) && is(1024, 4096), "and the next one, whether it is too small");
	window_round_trip(&w, 5000);
	ok(full(640) && is(256, 1024), "only the first EHLO counts");
	line(SMTP_MESSAGES, 16 << 20, 200);
	window_full(&w, now, 0, 256);
	window_full(&w, now + 190, 100, 200);
	for (done = 1; done < 256; done++)
		window_judged(&w, now + 280, done, true);
	ok(is(256, 1024) && window_judged(&w, now + 300, 256, true) && is(512, 2048), "what is measured is the last message of the window, and from when it was sent");
}

int main(void)
{
	begins();
	grows();
	falls();
	round_trips();
	return done_testing();
}
