/* connect - one connection after another: the hosts of RELAYHOST in turn, simpler ways of talking where one breaks. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "flush/internal.h"
#include "lib/clock.h"
#include "lib/net.h"

enum {
	CONNECT_PATIENCE = 60, /* seconds */
	FRUITLESS_MAX = 100,   /* sessions in a row that ended under their first message, before an address is given up */
};

/* What was held back from one server may be offered to the next. */
static void offer_to_another(struct flush *f)
{
	for (size_t i = 0; i < f->list.n; i++) {
		unsigned char tried = ITEM_TRIED;

		atomic_compare_exchange_strong(&f->item[i], &tried, ITEM_WAITING);
	}
}

static int connect_one(struct flush *f, struct err *e, struct net_addresses *a, char name[NET_NAME_MAX])
{
	int64_t patience = CONNECT_PATIENCE * 1000, left = f->until - clock_ms();

	if (f->until > 0 && left < patience)
		patience = left > 0 ? left : 0;
	return net_connect(e, a, (int)patience, f->stop, name);
}

/* It worked in this way of talking and not in a faster one, so the next runs begin with it. */
static void remember(struct flush *f, enum smtp_mode mode)
{
	struct attempt *l = &f->tally->last;

	f->mode = mode;
	snprintf(l->limit, sizeof l->limit, "%s", flush_mode_word(mode));
	l->limited = time(NULL);
}

/*
 * Sessions with one address, as long as they are lost with mail still to send. One that breaks before anything was accepted is
 * held once more in the next simpler way, beginning with the same message: if that goes, the way of talking was the cause; if
 * it breaks in lock-step too, the message was, and the next session begins with another.
 */
static void try_address(struct flush *f, struct net_addresses *a, int fd, const char *name)
{
	enum smtp_mode mode = f->mode;
	char again[NET_NAME_MAX];
	struct flush_outcome out;
	struct err e;
	int fruitless = 0;

	for (bool again_simpler = false;; again_simpler = out.suspect) {
		flush_session(f, fd, name, mode, &out);
		close(fd);
		if (again_simpler && out.proven)
			remember(f, mode);
		fruitless = out.settled > 0 ? 0 : fruitless + 1;
		if ((!out.broken && !out.enough) || !out.ready || flush_is_over(f) || !flush_anything_waits(f) ||
		    fruitless == FRUITLESS_MAX)
			return;
		if (out.suspect) {
			mode = out.mode - 1;
			ctx_info(f->ctx, "%s: %s broke off (%s): once more, %s", f->dir, name, f->tally->why, flush_mode_word(mode));
		}
		net_again(a);
		fd = connect_one(f, &e, a, again);
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
		snprintf(f->tally->why, sizeof f->tally->why, "%.500s", e.text);
		return;
	}
	while (!flush_is_over(f) && flush_anything_waits(f) && (fd = connect_one(f, &e, &a, name)) != -2) {
		if (fd < 0)
			snprintf(f->tally->why, sizeof f->tally->why, "%.500s", e.text);
		else
			try_address(f, &a, fd, name);
		flush_told_to_stop(f);
		offer_to_another(f);
	}
	net_free(&a);
}

void flush_connect(struct flush *f)
{
	for (size_t i = 0; i < f->hosts.n && !flush_is_over(f) && flush_anything_waits(f); i++)
		try_host(f, &f->hosts.host[i]);
}
