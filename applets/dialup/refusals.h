/*
 * refusals - the addresses of a dial-up host that its server refused lately, in DIR/.qv-refused: TIME LOCAL REPLY, a line
 * each, the latest last.
 *
 * Written by qv-flush when it bounces a message, for qv-check: a list of recipients (qmail/localparts.h) that has such an
 * address lets mail in that bounces.
 */
#ifndef DIALUP_REFUSALS_H
#define DIALUP_REFUSALS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define REFUSALS_FILE ".qv-refused"

enum {
	REFUSALS_SECONDS = 7 * 86400, /* how long one matters */
	REFUSALS_LINE = 600,
	REFUSALS_MAX = (1 << 16) + REFUSALS_LINE, /* bytes of the file */
};

/* Does a permanent reply say that there is no such address? RFC 3463: 5.1.x, 5.2.1; without such a code 550, 551 or 553. */
bool refusals_is_address(const char *reply);

/*
 * home: the host's directory, as its owner. recipient is an address. The file is kept below REFUSALS_MAX by leaving its older half
 * out. What goes wrong is not said: nothing depends on it.
 */
void refusals_add(int home, const char *recipient, const char *reply);

/* One line of the file. */
struct refusal {
	time_t time;
	const char *local, *reply;
	size_t locallen, replylen;
};

/* The next refusal of text from *at on; false: there is none. Other lines are skipped. Pure. */
bool refusals_next(const char *text, size_t n, size_t *at, struct refusal *r);

#endif
