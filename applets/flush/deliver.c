/* deliver - as popusr: list the mail, go through the hosts of RELAYHOST, expire what is too old. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "flush/flush.h"
#include "flush/transport.h"
#include "lib/net.h"

enum {
	CONNECT_PATIENCE = 60, /* seconds */
	FRUITLESS_MAX = 3,     /* sessions in a row in which nothing was settled, before an address is given up */
};

static bool anything_waits(const struct flush *f)
{
	return !f->stopping && next_waiting(f, 0) < f->list.n;
}

/* What was held back from one server may be offered to the next. */
static void offer_to_another(struct flush *f)
{
	for (size_t i = 0; i < f->list.n; i++)
		if (f->item[i] == ITEM_TRIED)
			f->item[i] = ITEM_WAITING;
}

/* Sessions with one address, as long as they are lost with mail still to send and lead to something. */
static void try_address(struct flush *f, struct net_addresses *a, int fd, const char *name)
{
	struct err e;
	char again[NET_NAME_MAX];
	size_t settled;
	int fruitless = 0;

	for (;;) {
		settled = session(f, fd, name);
		close(fd);
		fruitless = settled > 0 ? 0 : fruitless + 1;
		if (*f->why == '\0' || !anything_waits(f) || fruitless == FRUITLESS_MAX)
			return;
		if (settled == 0 && f->turned_away)
			return;
		net_again(a);
		fd = net_connect(&e, a, CONNECT_PATIENCE, again);
		if (fd < 0)
			return;
	}
}

static void try_host(struct flush *f, const struct name_host *host)
{
	char name[NET_NAME_MAX];
	struct net_addresses a;
	struct err e;
	int fd;

	if (net_resolve(&e, host->host, host->port, &a) < 0) {
		snprintf(f->why, sizeof f->why, "%.500s", e.text);
		return;
	}
	while (anything_waits(f) && (fd = net_connect(&e, &a, CONNECT_PATIENCE, name)) != -2) {
		if (fd < 0)
			snprintf(f->why, sizeof f->why, "%.500s", e.text);
		else
			try_address(f, &a, fd, name);
		offer_to_another(f);
	}
	net_free(&a);
}

/* Nobody took it in this run: it stays, or bounces when it is too old. */
static void defer_rest(struct flush *f)
{
	const char *why = f->stopping ? "told to stop" : f->why;
	char head[ENVELOPE_HEAD];
	struct envelope e;
	size_t n;
	int fd;

	for (size_t i = 0; i < f->list.n; i++) {
		if (f->item[i] == ITEM_SETTLED)
			continue;
		fd = open_message(f, i, &e, head, sizeof head, &n);
		if (fd < 0)
			continue;
		settle_deferred(f, i, &e, fd, *why != '\0' ? why : "it was not sent");
		close(fd);
	}
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
		printf("%s: new/%s: <%s> to <%s>, %lld bytes, %lld seconds old\n", f->dir, f->list.message[i].name, e.sender, to,
		       (long long)f->list.message[i].size, (long long)(now - f->list.message[i].arrived));
		close(fd);
	}
	fflush(stdout);
}

static void summarize(struct flush *f)
{
	size_t left = f->list.n - (size_t)(f->last.delivered + f->last.bounced);

	f->last.time = time(NULL);
	if (f->last.deferred == 0)
		snprintf(f->last.result, sizeof f->last.result, "ok");
	else
		snprintf(f->last.result, sizeof f->last.result, "deferred: %.380s",
		         *f->why != '\0' ? f->why : "the server refused some for now");
	if (f->late > 0)
		ctx_warn(f->ctx, "%s: %zu of them have waited longer than %ld seconds", f->dir, f->late, f->conf->warn);
	(f->last.deferred > 0 ? ctx_say : ctx_note)(f->ctx, "%s: %ld delivered, %ld deferred, %ld bounced; %zu left", f->dir,
	                                            f->last.delivered, f->last.deferred, f->last.bounced, left);
}

void deliver(struct flush *f)
{
	if (f->tmp >= 0)
		maildir_clean(f->tmp, time(NULL));
	if (maildir_list(f->new, &f->list) < 0) {
		snprintf(f->last.result, sizeof f->last.result, "unable to list Maildir/new: %s", strerror(errno));
		return;
	}
	f->item = calloc(f->list.n + 1, sizeof *f->item);
	if (f->item == NULL) {
		snprintf(f->last.result, sizeof f->last.result, "out of memory");
		return;
	}
	if (f->o->report) {
		report(f);
		return;
	}
	if (f->o->transport != NULL)
		transport_run(f);
	for (size_t i = 0; f->o->transport == NULL && i < f->hosts.n && anything_waits(f); i++)
		try_host(f, &f->hosts.host[i]);
	defer_rest(f);
	summarize(f);
}
