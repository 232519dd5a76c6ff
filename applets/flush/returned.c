/* returned - what is refused for good or too old goes back to its sender, and is removed when its bounce is on the disk. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "dialup/refusals.h"
#include "flush/internal.h"
#include "flush/remover.h"
#include "qmail/bounce.h"

/* For qv-check. */
static void note_refusal(const struct flush *f, const char *recipient, const char *why)
{
	int home = refusals_is_address(why) ? openat(f->new, "../..", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (home < 0)
		return;
	refusals_add(home, recipient, why);
	close(home);
}

static void keep_all(struct flush *f)
{
	char text[1200];

	snprintf(text, sizeof text, "its bounce is queued, and may be sent twice: %.600s", f->ctx->err.text);
	for (size_t k = 0; k < f->bounced_n; k++)
		settle_kept(f, f->bounced[k], text);
}

/* One sync for all of them: it takes as long as for one. */
void returned_settle(struct flush *f)
{
	if (f->bounced_n == 0)
		return;
	if (bounce_sync(f->ctx) < 0) {
		keep_all(f);
	} else {
		for (size_t k = 0; k < f->bounced_n; k++)
			settle_remove(f, f->bounced[k]);
		f->tally->last.bounced += (long long)f->bounced_n;
	}
	f->bounced_n = 0;
}

static void bounce(struct flush *f, size_t i, const char *report, const char *why)
{
	char head[ENVELOPE_HEAD], text[1200];
	struct flush_opened m;
	int r;

	remover_push(f); /* qmail-queue takes its time */
	if (flush_open(f, i, &m, head, sizeof head) < 0)
		return;
	r = bounce_send(f->ctx, f->conf, &m.envelope, report, m.fd);
	close(m.fd);
	if (r < 0) {
		snprintf(text, sizeof text, "%s; it could not be bounced: %.600s", why, f->ctx->err.text);
		settle_kept(f, i, text);
		return;
	}
	note_refusal(f, m.envelope.recipient, why);
	settle_say(f, i, "bounced", why, true);
	f->bounced[f->bounced_n++] = i;
	if (f->bounced_n == FLUSH_BOUNCED)
		returned_settle(f);
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
		snprintf(text, sizeof text, "Remote host %s said: %s", server, why);
	else
		snprintf(text, sizeof text, "It was not sent to %s: %s", server, why);
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
	bounce(f, i, text, text);
}
