/*
 * window - how wide a window (smtp.h) a line needs: more than at the start only where the round trip is what it waits for.
 *
 *	window_begin(&w, messages, bytes);		it widens up to these, of the caller
 *	window_round_trip(&w, ms);			EHLO until its reply; only the first one counts
 *	window_full(&w, said, judged, smtp_held(&s));	before a wait, where smtp_held(&s) > 0
 *	if (window_judged(&w, heard, judged, good))	at each verdict, judged with it; good: delivered
 *		smtp_set_window(&s, w.messages, w.bytes);
 *
 * When a full window is sent, its last message is marked. Until that one's verdict there is a stretch in which none comes: then the
 * line is idle, and in what is left of the time, line and server are busy with one window. As many times as that fits into a
 * round trip, the line would hold it: the window becomes so many times wider. Where that is more than two round trips, less is
 * enough, and it becomes what it was at the start; so it does when anything is not delivered.
 *
 * No time is asked for here: said (the last write), heard (the last read) and ms are the caller's, in milliseconds.
 */
#ifndef SMTP_WINDOW_H
#define SMTP_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WINDOW_BYTES = 1 << 20 /* at the start; messages: SMTP_WINDOW */ };

struct window {
	size_t messages; /* now */
	uint64_t bytes;

	/* private */
	size_t most_messages;
	uint64_t most_bytes;
	int64_t shortest; /* round trip; 0: not known */
	int64_t since;    /* the marked message was sent */
	int64_t last;     /* a verdict came, or it was sent */
	int64_t idle;     /* the longest stretch between two such */
	int64_t behind;   /* when something was not delivered: what was sent before that proves nothing */
	size_t mark;      /* its place among all of the session, the first is 1; 0: none is */
	bool widest;      /* what keeps the next one back is as wide as it may become */
};

void window_begin(struct window *w, size_t messages, uint64_t bytes);
void window_round_trip(struct window *w, int64_t ms);
void window_full(struct window *w, int64_t said, size_t judged, size_t held);

/* True: it may be another one now. */
bool window_judged(struct window *w, int64_t heard, size_t judged, bool good);

#endif
