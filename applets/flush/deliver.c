/* deliver - as popusr: list the mail, have the connections made, expire what is too old. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "flush/flush.h"
#include "flush/remover.h"
#include "flush/transport.h"

size_t take_waiting(struct flush *f, size_t from)
{
	for (; from < f->list.n; from++) {
		unsigned char waiting = ITEM_WAITING;

		if (atomic_compare_exchange_strong(&f->item[from], &waiting, ITEM_TAKEN))
			break;
	}
	return from;
}

bool anything_waits(const struct flush *f)
{
	size_t i = 0;

	while (i < f->list.n && f->item[i] != ITEM_WAITING)
		i++;
	return i < f->list.n;
}

static bool is_settled(const struct flush *f, size_t i)
{
	return f->item[i] == ITEM_KEPT || f->item[i] == ITEM_GONE;
}

/* Nobody took it in this run: it stays, or bounces when it is too old. */
static void defer_rest(struct flush *f)
{
	const char *why = f->tally->why;

	if (f->stopping)
		why = "told to stop";
	else if (flush_is_over(f))
		why = "the time for this run (-T) is up";
	else if (*why == '\0')
		why = "it was not sent";
	for (size_t i = 0; i < f->list.n; i++)
		if (!is_settled(f, i))
			settle_deferred(f, i, why);
}

static void report(struct flush *f)
{
	char head[ENVELOPE_HEAD], to[2 * ENVELOPE_ADDRESS_MAX + 16];
	struct envelope e;
	time_t now = time(NULL);
	size_t n;
	int fd;

	for (size_t i = 0; i < f->list.n; i++) {
		fd = open_message(f, i, &e, head, sizeof head, &n);
		if (fd < 0)
			continue;
		envelope_quote(e.recipient, to, sizeof to);
		printf("%s: new/%s: <%s> to <%s>, %lld bytes, %lld seconds old\n", f->dir, maildir_name(&f->list, i), e.sender, to,
		       (long long)f->list.message[i].size, (long long)maildir_age(&f->list, i, now));
		close(fd);
	}
	fflush(stdout);
}

static void summarize(struct flush *f)
{
	struct last *l = &f->tally->last;
	size_t left = 0;

	for (size_t i = 0; i < f->list.n; i++)
		left += f->item[i] != ITEM_GONE;
	if (l->deferred == 0)
		snprintf(l->result, sizeof l->result, "ok");
	else
		snprintf(l->result, sizeof l->result, "deferred: %.380s",
		         *f->tally->why != '\0' ? f->tally->why : "the server refused some for now");
	if (l->late > 0)
		ctx_warn(f->ctx, "%s: %lld of them have waited longer than %ld seconds", f->dir, l->late, f->conf->warn);
	(l->deferred > 0 ? ctx_say : ctx_note)(f->ctx, "%s: %lld delivered, %lld deferred, %lld bounced; %zu left", f->dir,
	                                       l->delivered, l->deferred, l->bounced, left);
}

/* The processes of the other connections see each other's messages taken. */
static int share_items(struct flush *f)
{
	void *p = mmap(NULL, f->list.n + 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	f->item = p;
	return p == MAP_FAILED ? -1 : 0;
}

static void connection(struct flush *f, size_t k)
{
	f->tally = &f->tallies[1 + k];
	connect_hosts(f);
	remover_push(f);
	f->tally->done = true;
}

/* Returns true when one of them did not come to its end. */
static bool add_up(struct flush *f, size_t n)
{
	struct last *sum = &f->tally->last;
	bool crashed = false;

	for (size_t k = 1; k <= n; k++) {
		const struct tally *t = &f->tallies[k];

		sum->delivered += t->last.delivered;
		sum->deferred += t->last.deferred;
		sum->bounced += t->last.bounced;
		sum->bytes += t->last.bytes;
		sum->unsendable += t->last.unsendable;
		sum->late += t->last.late;
		if (*t->last.mode != '\0')
			snprintf(sum->mode, sizeof sum->mode, "%s", t->last.mode);
		if (t->last.limited > sum->limited) {
			sum->limited = t->last.limited;
			snprintf(sum->limit, sizeof sum->limit, "%s", t->last.limit);
		}
		if (*t->why != '\0')
			snprintf(f->tally->why, sizeof f->tally->why, "%s", t->why);
		crashed |= !t->done;
	}
	if (crashed)
		snprintf(f->tally->why, sizeof f->tally->why, "the delivery crashed");
	return crashed;
}

static void connect_all(struct flush *f)
{
	size_t n = f->o->connections < f->list.n ? f->o->connections : f->list.n;
	bool crashed = false;
	struct remover remover;

	if (n == 0)
		return;
	if (remover_start(f, &remover) < 0)
		ctx_talk(f->ctx, "%s: delivered messages are removed one by one: %s", f->dir, strerror(errno));
	if (n == 1)
		connect_hosts(f);
	else if (crew_run(f, n, connection) < 0)
		snprintf(f->tally->why, sizeof f->tally->why, "%.500s", f->ctx->err.text);
	else
		crashed = add_up(f, n);
	defer_rest(f);
	remover_end(f, crashed);
}

void deliver(struct flush *f)
{
	struct last *l = &f->tally->last;

	if (f->tmp >= 0)
		maildir_clean(f->tmp, time(NULL));
	if (maildir_list(f->new, &f->list) < 0) {
		snprintf(l->result, sizeof l->result, "unable to list Maildir/new: %s", strerror(errno));
		return;
	}
	if (share_items(f) < 0) {
		snprintf(l->result, sizeof l->result, "out of memory");
		return;
	}
	if (f->o->report) {
		report(f);
		return;
	}
	if (f->o->transport == NULL) {
		connect_all(f);
	} else {
		transport_run(f);
		defer_rest(f);
	}
	summarize(f);
}
