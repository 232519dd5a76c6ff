/* settle - one answer: unlink, bounce, or keep; one line to stderr, in the words of the original. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/error_str.h"
#include "qmail/bounce.h"
#include "serial/internal.h"

static const char too_old[] = "This message is too old. Giving up.";

static bool is_named(const struct serial_item *i, const char *name)
{
	const char *part = maildir_parts[i->part + 1];
	size_t n = strlen(part);

	return strncmp(name, part, n) == 0 && name[n] == '/' && strcmp(name + n + 1, i->name) == 0;
}

/* Answers mostly come in the order of the names. */
static struct serial_item *find(struct serial *s, const char *name)
{
	for (size_t k = 0; k < s->n; k++) {
		struct serial_item *i = &s->item[(s->hint + k) % s->n];

		if (!is_named(i, name))
			continue;
		s->hint = (size_t)(i - s->item) + 1;
		return i;
	}
	return NULL;
}

static bool is_too_old(const struct serial *s, const struct serial_item *i)
{
	return s->lifetime >= 0 && time(NULL) - serial_arrived(i) > s->lifetime;
}

/* Somebody else may have taken it away: then it will not be delivered again. */
void serial_remove(struct serial *s, const struct serial_item *i, const char *trouble)
{
	char name[PATH_MAX];

	if (s->removed[0] + s->removed[1] == 0)
		s->oldest = clock_ms();
	s->removed[i->part]++;
	if (unlinkat(s->part[i->part], i->name, 0) == 0 || errno == ENOENT)
		return;
	ctx_warn(s->ctx, "%s! unable to unlink %s: %s", trouble, serial_name(i, name), error_str(errno));
	serial_keep(s, name);
}

static int parse(const struct serial *s, int fd, struct envelope *e, const char **why)
{
	char head[ENVELOPE_HEAD];
	ssize_t n = pread(fd, head, sizeof head, 0);

	*why = n < 0 ? error_str(errno) : "bad file format";
	if (n < 0)
		return -1;
	return envelope_parse(head, (size_t)n, s->prefix, e, &(const char *){NULL});
}

/* 0: it need not be kept any more. */
static int send_back(struct serial *s, int fd, const char *name, const char *text, bool expired)
{
	struct bounce_route r;
	struct envelope e;
	const char *why;
	pid_t qp;

	if (parse(s, fd, &e, &why) < 0) {
		ctx_warn(s->ctx, "unable to bounce %s: %s", name, why);
		return -1;
	}
	bounce_route(&s->conf, e.sender, &r);
	if (*r.to == '\0') {
		ctx_always(s->ctx, "info: discarding %s: triple bounce", name);
		return 0;
	}
	r.program = "maildirbounce";
	if (*e.sender != '\0')
		r.intro = "I'm afraid I wasn't able to deliver your message to the following address.\n"
			  "This is a permanent error; I've given up. Sorry it didn't work out.\n";
	r.notice = expired ? too_old : "";
	qp = bounce_queue(s->ctx, &s->conf, &r, &e, text, fd);
	if (qp < 0)
		ctx_warn(s->ctx, "unable to bounce %s: qq failed: %s", name, s->ctx->err.text);
	else
		ctx_always(s->ctx, "info: returned %s: qp %ld", name, (long)qp);
	return qp < 0 ? -1 : 0;
}

static void bounce(struct serial *s, struct serial_item *i, const char *name, const char *text, bool expired)
{
	int fd = serial_open(s, i), r;

	ctx_always(s->ctx, "info: %s bounced: %s", name, text);
	if (fd < 0) {
		ctx_warn(s->ctx, "unable to read %s: %s", name, error_str(errno));
		serial_keep(s, name);
		return;
	}
	r = send_back(s, fd, name, text, expired);
	close(fd);
	if (r < 0) {
		serial_keep(s, name);
		return;
	}
	i->returned = true;
	s->returned++;
}

static void settle(struct serial *s, struct serial_item *i, const char *name, char verdict, const char *text)
{
	bool expired = verdict != 'K' && verdict != 'D' && is_too_old(s, i);
	bool never = verdict == 'D' || expired;

	i->answered = true;
	if (verdict == 'K') {
		ctx_always(s->ctx, "info: %s succeeded: %s", name, text);
		serial_remove(s, i, "message will be delivered twice");
	} else if (never && s->bounce) {
		bounce(s, i, name, text, expired);
	} else {
		ctx_always(s->ctx, "info: %s %s: %s", name, never ? "failed" : "failed temporarily", text);
		serial_keep(s, name);
	}
}

bool serial_answer(struct serial *s, const char *name, char verdict, const char *text)
{
	struct serial_item *i = find(s, name);

	if (i == NULL || i->answered)
		return false;
	settle(s, i, name, verdict, text);
	return true;
}

void serial_expire(struct serial *s)
{
	char name[PATH_MAX];

	for (size_t i = 0; i < s->n; i++)
		if (!s->item[i].answered && s->bounce && is_too_old(s, &s->item[i]))
			settle(s, &s->item[i], serial_name(&s->item[i], name), 'Z', s->silence);
}
