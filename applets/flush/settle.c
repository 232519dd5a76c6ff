/* settle - a message's end: remove, keep, or bounce; one line each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dialup/refusals.h"
#include "flush/internal.h"
#include "flush/remover.h"
#include "qmail/bounce.h"

/* Success is said under -q neither here nor in the summary; failures always are. */
static void say(const struct flush *f, size_t i, const char *word, const char *why, bool failure)
{
	void (*line)(const struct ctx *, const char *, ...) = failure ? ctx_always : ctx_info;

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

void settle_gone(struct flush *f, size_t i, bool delivered)
{
	f->item[i] = ITEM_GONE;
	f->tally->last.delivered += delivered;
}

static bool is_older(const struct flush *f, size_t i, long seconds)
{
	return maildir_age(&f->list, i, time(NULL)) > seconds;
}

bool flush_is_expired(const struct flush *f, size_t i)
{
	return !f->o->keep_refused && is_older(f, i, f->lifetime);
}

static void keep(struct flush *f, size_t i, const char *why)
{
	snprintf(f->tally->kept, sizeof f->tally->kept, "%.500s", why);
	f->item[i] = ITEM_KEPT;
	f->tally->last.deferred++;
	f->tally->last.late += is_older(f, i, f->conf->warn);
}

void settle_kept(struct flush *f, size_t i, const char *why)
{
	keep(f, i, why);
	say(f, i, "deferred", why, true);
}

void settle_left(struct flush *f, size_t i, const char *why)
{
	keep(f, i, why);
}

void settle_unasked(struct flush *f, size_t i, const char *why)
{
	keep(f, i, why);
	say(f, i, "deferred", why, false);
}

/* For qv-check. */
static void note_refusal(const struct flush *f, const char *recipient, const char *why)
{
	int home = refusals_is_address(why) ? openat(f->new, "../..", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (home < 0)
		return;
	refusals_add(home, recipient, why);
	close(home);
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
	remove_message(f, i);
	f->tally->last.bounced++;
	say(f, i, "bounced", why, true);
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

static int parse(const struct flush *f, const char *head, struct flush_opened *m, const char **why)
{
	int r = -1;

	for (size_t k = 0; r < 0 && k < FLUSH_PREFIXES && (k == 0 || *f->prefix[k] != '\0'); k++)
		r = envelope_parse(head, m->n, f->prefix[k], &m->envelope, why);
	return r;
}

static int read_head(struct flush_opened *m, char *head, size_t size)
{
	struct stat st;
	ssize_t n;

	if (m->fd < 0 || fstat(m->fd, &st) < 0)
		return -1;
	n = read(m->fd, head, size);
	m->n = n > 0 ? (size_t)n : 0;
	m->size = st.st_size;
	return n < 0 ? -1 : 0;
}

int flush_open(struct flush *f, size_t i, struct flush_opened *m, char *head, size_t size)
{
	const char *name = maildir_name(&f->list, i), *why;
	char text[300];

	m->fd = openat(f->new, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (m->fd < 0 && errno == ENOENT) {
		settle_gone(f, i, false);
		return -1;
	}
	if (read_head(m, head, size) < 0) {
		snprintf(text, sizeof text, "unable to read it: %s", strerror(errno));
		why = text;
	} else if (parse(f, head, m, &why) == 0) {
		return 0;
	}
	if (m->fd >= 0)
		close(m->fd);
	f->tally->last.unsendable++;
	settle_kept(f, i, why);
	return -1;
}
