/* status_text - the state of a dial-up host in words, for people: a row of the table, and what rows are made of. */
#ifndef DIALUP_STATUS_TEXT_H
#define DIALUP_STATUS_TEXT_H

#include "dialup/status.h"

enum { AGE_TEXT = 32 };

/* "3s", "12m", "5h", "9d": the largest unit that is at least one; into to, which is returned. */
const char *age_text(long long seconds, char to[AGE_TEXT]);

/* The same of the time since then. */
const char *since_text(long long then, long long now, char to[AGE_TEXT]);

/* The columns OLDEST, LAST and NEXT. */
struct status_ages {
	char oldest[AGE_TEXT], last[AGE_TEXT], next[AGE_TEXT];
};

void status_ages(const struct status *s, long long now, struct status_ages *a);

/* Everything else: "paused; ok; grouped; 2.5 messages and 750000 bytes a second; 1 late". Words of its server are among it. */
void status_words(const struct status *s, long long now, struct buf *b);

struct status_style {
	bool colours, bars; /* of a terminal; the bars show the deliveries of the last day */
};

void status_head(const struct status_style *style, struct buf *b);
void status_row(const struct status_style *style, const char *host, const struct status *s, long long now, struct buf *b);

#endif
