/* settle - a message's end: remove, keep, or bounce; one line each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "flush/internal.h"
#include "flush/remover.h"

/* Success is said under -q neither here nor in the summary; failures always are. */
void settle_say(const struct flush *f, size_t i, const char *word, const char *why, bool failure)
{
	void (*line)(const struct ctx *, const char *, ...) = failure ? ctx_always : ctx_info;

	line(f->ctx, "%s: new/%s: %s: %s", f->dir, maildir_name(&f->list, i), word, why);
}

void settle_remove(struct flush *f, size_t i)
{
	f->item[i] = ITEM_GONE;
	remover_add(f, i);
}

void settle_delivered(struct flush *f, size_t i, const char *why)
{
	settle_remove(f, i);
	f->tally->last.delivered++;
	f->tally->last.bytes += f->list.message[i].size;
	settle_say(f, i, "delivered", why, false);
}

void settle_gone(struct flush *f, size_t i, bool delivered)
{
	if (delivered)
		flush_note_gone(f, i);
	f->item[i] = ITEM_REMOVED;
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
	settle_say(f, i, "deferred", why, true);
}

void settle_left(struct flush *f, size_t i, const char *why)
{
	keep(f, i, why);
}

void settle_unasked(struct flush *f, size_t i, const char *why)
{
	keep(f, i, why);
	settle_say(f, i, "deferred", why, false);
}

/* listed: bytes it had when it was listed. Of one that has them still, and no more, nothing else need be asked. */
static int read_head(struct flush_opened *m, off_t listed, char *head, size_t size)
{
	ssize_t n = m->fd < 0 ? -1 : read(m->fd, head, size);
	struct stat st = {.st_size = listed};

	if (n < 0 || ((n != listed || (size_t)n == size) && fstat(m->fd, &st) < 0))
		return -1;
	m->n = (size_t)n;
	m->size = st.st_size;
	return 0;
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
	if (read_head(m, f->list.message[i].size, head, size) < 0) {
		snprintf(text, sizeof text, "unable to read it: %s", strerror(errno));
		why = text;
	} else if (envelope_parse(head, m->n, flush_prefix(f, head, m->n), &m->envelope, &why) == 0) {
		return 0;
	}
	if (m->fd >= 0)
		close(m->fd);
	f->tally->last.unsendable++;
	settle_kept(f, i, why);
	return -1;
}
