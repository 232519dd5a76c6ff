/* connect - one connection after another: the hosts of RELAYHOST in turn, simpler ways of talking where one breaks. */
#include <stdio.h>
#include <string.h>
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

/*
 * Did the way of talking do it? What is not in its place, and what breaks or goes silent before a second message was accepted;
 * later it may have been the line, the first time. What breaks behind a refusal had another reason.
 */
static bool is_suspect(struct flush *f, const struct flush_outcome *o)
{
	if (o->mode == SMTP_LOCKSTEP || !o->ready)
		return false;
	switch (o->ending) {
	case SMTP_ODD:
		return true;
	case SMTP_LOST:
	case SMTP_SILENT:
		return !o->refused && (o->accepted < 2 || ++f->strikes > 1);
	case SMTP_LEFT:
		return o->starved;
	case SMTP_PEACE:
	case SMTP_BUSY:
	case SMTP_UNWILLING:
	case SMTP_CHANGED:
		break;
	}
	return false;
}

/* Is it worth another session with the same address, in the same way? */
static bool is_worth_it(const struct flush_outcome *o, int fruitless)
{
	switch (o->ending) {
	case SMTP_PEACE:
		return o->enough;
	case SMTP_UNWILLING:
	case SMTP_LEFT:
		return false;
	case SMTP_CHANGED: /* nothing is remembered now */
		return true;
	case SMTP_BUSY:
		return fruitless <= 1 || !o->early; /* once, behind one that led to something */
	case SMTP_ODD:
	case SMTP_LOST:
	case SMTP_SILENT:
		break;
	}
	return o->settled > 0 || !o->refused || !o->early;
}

static bool is_over(struct flush *f, const struct flush_outcome *o)
{
	return !o->ready || flush_is_over(f) || !flush_anything_waits(f);
}

/* One session; without memory for it, none. */
static void talk(struct flush *f, int fd, const char *name, enum smtp_mode mode, struct flush_outcome *out)
{
	struct flush_session *s = flush_session_new(fd, fd, name, false);

	*out = (struct flush_outcome){.ending = SMTP_LEFT};
	if (s == NULL)
		snprintf(f->tally->why, sizeof f->tally->why, "out of memory");
	else
		flush_session_run(s, f, mode, true, out);
	flush_session_free(s);
}

/*
 * Sessions with one address, as long as there is mail to send and they lead to something. One that may have broken because of
 * the way it talked is held once more in the next simpler way. When nothing but that is known, a success there shows that it
 * was the way; what is not in its place needs no other proof.
 */
static void try_address(struct flush *f, struct net_addresses *a, int fd, const char *name)
{
	enum smtp_mode mode = f->mode;
	char again[NET_NAME_MAX], why[sizeof f->tally->why] = "";
	struct flush_outcome out;
	struct err e;
	size_t taken = 0;
	int fruitless = 0;

	for (;;) {
		bool suspect;

		talk(f, fd, name, mode, &out);
		close(fd);
		if (*why != '\0' && out.accepted > 0)
			flush_remember_mode(f, mode, why);
		if (out.accepted > 0)
			*why = '\0';
		if (out.ending == SMTP_UNWILLING && out.accepted == 0)
			flush_remember_wants(f, f->tally->why);
		suspect = is_suspect(f, &out);
		if (suspect)
			snprintf(why, sizeof why, "%s", f->tally->why);
		if (suspect && out.ending != SMTP_LOST && out.ending != SMTP_SILENT) {
			flush_remember_mode(f, out.mode - 1, why);
			*why = '\0';
		}
		if (*why != '\0' && !suspect && out.accepted == 0) {
			*why = '\0'; /* it broke in the simplest way too: the message did it, or the line */
			mode = f->mode;
		}
		fruitless = out.settled > 0 ? 0 : fruitless + 1;
		taken += out.accepted;
		if (is_over(f, &out) || (!suspect && !is_worth_it(&out, taken > 0 ? fruitless : fruitless + 1)) || fruitless == FRUITLESS_MAX)
			return;
		if (suspect) {
			mode = out.mode - 1;
			ctx_info(f->ctx, "%s: the session with %s failed (%s); trying again, %s", f->dir, name, f->tally->why, flush_mode_word(mode));
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

/*
 * The only session there is: nobody can be called back. What may have broken because of the way it talked goes in the next simpler way
 * when he calls again.
 */
static void use_turned(struct flush *f)
{
	struct flush_outcome out;

	flush_session_run(f->session, f, f->mode, f->last, &out);
	if (out.ending == SMTP_UNWILLING && out.accepted == 0)
		flush_remember_wants(f, f->tally->why);
	if (is_suspect(f, &out))
		flush_remember_mode(f, out.mode - 1, f->tally->why);
}

void flush_connect(struct flush *f)
{
	if (f->session != NULL) {
		use_turned(f);
		return;
	}
	for (size_t i = 0; i < f->hosts.n && !flush_is_over(f) && flush_anything_waits(f); i++)
		try_host(f, &f->hosts.host[i]);
}
