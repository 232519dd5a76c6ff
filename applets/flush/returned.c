/* returned - what is refused for good or too old goes back to its sender, or stays. */
#include <stdio.h>
#include <unistd.h>

#include "flush/bouncer.h"
#include "flush/internal.h"

static void bounce(struct flush *f, size_t i, const char *intro, const char *why)
{
	char head[ENVELOPE_HEAD];
	struct flush_opened m;

	if (flush_open(f, i, &m, head, sizeof head) < 0)
		return;
	close(m.fd);
	bouncer_hand(f, i, &m.envelope, intro, why);
}

/* What the server said begins with its code; everything else are words of ours. */
static bool is_reply(const char *why)
{
	return *why >= '2' && *why <= '5';
}

void settle_refused(struct flush *f, size_t i, const char *server, const char *why)
{
	char text[1200];

	if (f->o->keep_refused) {
		snprintf(text, sizeof text, "%s (rejected permanently; kept because of -B)", why);
		settle_kept(f, i, text);
		return;
	}
	if (is_reply(why) && flush_is_braked(f, server)) {
		snprintf(text, sizeof text, "%s (rejected permanently; kept, as the server rejects everything)", why);
		settle_deferred(f, i, text);
		return;
	}
	if (is_reply(why))
		snprintf(text, sizeof text, "Remote host %s said: ", server);
	else
		snprintf(text, sizeof text, "It was not sent to %s: ", server);
	bounce(f, i, text, why);
}

void settle_deferred(struct flush *f, size_t i, const char *why)
{
	char text[1200];

	if (!flush_is_expired(f, i)) {
		settle_kept(f, i, why);
		return;
	}
	snprintf(text, sizeof text, "%s / This message is too old. Giving up.", why);
	bounce(f, i, "", text);
}
