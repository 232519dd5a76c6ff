/* settle - a message's end: remove, keep, or bounce; one line each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "flush/flush.h"
#include "flush/remover.h"
#include "qmail/bounce.h"

/* Success is said under -q neither here nor in the summary; failures always are. */
static void say(const struct flush *f, size_t i, const char *word, const char *why, bool failure)
{
	void (*line)(const struct ctx *, const char *, ...) = failure ? ctx_say : ctx_note;

	line(f->ctx, "%s: new/%s: %s: %s", f->dir, maildir_name(&f->list, i), word, why);
}

/* After the 250, or after its bounce is queued: it must not be sent again. */
static void remove_message(struct flush *f, size_t i)
{
	f->item[i] = ITEM_GONE;
	remover_add(f, i);
}

void settle_delivered(struct flush *f, size_t i, const char *why)
{
	remove_message(f, i);
	f->tally->last.delivered++;
	f->tally->last.bytes += f->list.message[i].size;
	say(f, i, "delivered", why, false);
}

void settle_gone(struct flush *f, size_t i)
{
	f->item[i] = ITEM_GONE;
	f->tally->last.delivered++;
}

static bool is_older(const struct flush *f, size_t i, long seconds)
{
	return maildir_age(&f->list, i, time(NULL)) > seconds;
}

static void keep(struct flush *f, size_t i, const char *why)
{
	f->item[i] = ITEM_KEPT;
	f->tally->last.deferred++;
	f->tally->last.late += is_older(f, i, f->conf->warn);
	say(f, i, "deferred", why, true);
}

static void bounce(struct flush *f, size_t i, const char *report, const char *why)
{
	char head[ENVELOPE_HEAD], text[1200];
	struct envelope e;
	size_t n;
	int r, fd = open_message(f, i, &e, head, sizeof head, &n);

	if (fd < 0)
		return;
	r = bounce_send(f->ctx, f->conf, &e, report, fd);
	close(fd);
	if (r < 0) {
		snprintf(text, sizeof text, "%s; it could not be bounced: %.600s", why, f->ctx->err.text);
		keep(f, i, text);
		return;
	}
	remove_message(f, i);
	f->tally->last.bounced++;
	say(f, i, "bounced", why, true);
}

void settle_refused(struct flush *f, size_t i, const char *server, const char *why)
{
	char text[1200];

	if (f->o->keep_refused) {
		snprintf(text, sizeof text, "%s (refused for good; it stays, as -B says)", why);
		keep(f, i, text);
		return;
	}
	snprintf(text, sizeof text, "Remote host %s said: %s", server, why);
	bounce(f, i, text, why);
}

void settle_deferred(struct flush *f, size_t i, const char *why)
{
	char text[1200];

	if (f->o->keep_refused || !is_older(f, i, f->lifetime)) {
		keep(f, i, why);
		return;
	}
	snprintf(text, sizeof text, "%s / This message is too old. Giving up.", why);
	bounce(f, i, text, text);
}

int open_message(struct flush *f, size_t i, struct envelope *e, char *head, size_t size, size_t *n)
{
	int fd = openat(f->new, maildir_name(&f->list, i), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char text[300];
	const char *why;
	ssize_t r;

	if (fd < 0 && errno == ENOENT) {
		f->item[i] = ITEM_GONE; /* another reader was faster: no error */
		return -1;
	}
	r = fd < 0 ? -1 : read(fd, head, size);
	if (r < 0) {
		snprintf(text, sizeof text, "unable to read it: %s", strerror(errno));
		why = text;
	} else if (envelope_parse(head, (size_t)r, f->prefix, e, &why) == 0) {
		*n = (size_t)r;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	f->tally->last.unsendable++;
	keep(f, i, why);
	return -1;
}
