/* ways - who asks whether an address exists, and how he is answered. */
#include "rcpt/ways.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/json.h"
#include "qmail/conf.h"
#include "qmail/rcpt.h"
#include "rcpt/rcpt.h"

enum { FD3_NO = 1 };

/* In qmail-local's words. */
static const char no_mailbox[] = "550 sorry, no mailbox here by that name. (#5.1.1)";
static const char is_full[] = "452 sorry, too much mail waits for this host. (#4.2.2)"; /* RFC 5321 4.2.3 */

struct asked {
	struct rcpt rcpt;
	struct buf json;
	bool refused, later;
};

static bool is_set(const char *name)
{
	return getenv(name) != NULL;
}

/* Ask, and log what is not certain. 0 or -1 */
static int ask(struct rcpt *r, const char *address, struct rcpt_answer *a)
{
	int e = rcpt_ask(r, address, a);

	if (e == 0 && a->verdict == RCPT_UNSURE)
		ctx_info(r->ctx, "%s: accepted, but it is not certain that it exists: %s", address, a->why);
	return e;
}

static const char *word(enum rcpt_verdict verdict)
{
	static const char *const words[] = {
		[RCPT_YES] = "accepted",
		[RCPT_NO] = "refused",
		[RCPT_UNSURE] = "uncertain",
		[RCPT_LATER] = "deferred",
	};

	return words[verdict];
}

/* NULL: it is accepted. */
static const char *reply_of(const struct rcpt_answer *a)
{
	return a->verdict == RCPT_NO ? no_mailbox : a->verdict == RCPT_LATER ? is_full : NULL;
}

static void print(struct asked *q, const char *address, const struct rcpt_answer *a)
{
	const char *reply = reply_of(a), *why = reply != NULL ? reply : a->why;

	if (!q->rcpt.ctx->json) {
		printf("%s: %s%s%s\n", address, word(a->verdict), *why != '\0' ? ": " : "", why);
		return;
	}
	json_open(&q->json, '{');
	json_key(&q->json, "address");
	json_string(&q->json, address);
	json_key(&q->json, "answer");
	json_string(&q->json, word(a->verdict));
	json_key(&q->json, "reason");
	json_string(&q->json, *why != '\0' ? why : NULL);
	json_close(&q->json, '}');
}

/* qmail-smtpd replaces this host's IP address by its name before it asks. */
static int ask_typed(struct rcpt *r, const char *address, struct rcpt_answer *a)
{
	static const struct rcpt_answer literal = {RCPT_UNSURE, "an address literal: use the name that control/localiphost has"};
	struct ip_address ip;

	if (!rcpt_literal(address, strlen(address), &ip))
		return rcpt_ask(r, address, a);
	*a = literal;
	return 0;
}

static int by_hand(struct asked *q, char **typed)
{
	struct rcpt_answer a;
	int e = 0;

	json_open(&q->json, '[');
	for (; e == 0 && *typed != NULL; typed++) {
		struct buf address = BUF(CONTROL_MAX);

		rcpt_typed(*typed, &address);
		e = ask_typed(&q->rcpt, buf_text(&address), &a);
		if (e == 0)
			print(q, buf_text(&address), &a);
		q->refused |= e == 0 && a.verdict == RCPT_NO;
		q->later |= e == 0 && a.verdict == RCPT_LATER;
		buf_free(&address);
	}
	json_close(&q->json, ']');
	if (e == 0 && buf_failed(&q->json))
		return err_temp(&q->rcpt.ctx->err, "out of memory");
	if (e == 0 && q->rcpt.ctx->json)
		printf("%s\n", buf_text(&q->json));
	return e < 0 ? -1 : q->refused ? EXIT_PERM : q->later ? EXIT_TEMP : 0;
}

/*
 * The patch that sets USE_FD4 sends what it reads there as its reply. Without it the only temporary one, by exit 111,
 * ends the session for all recipients: a full host then gets the mail.
 */
static int by_rcptcheck(struct rcpt *r)
{
	struct rcpt_answer a;
	const char *reply;

	if (ask(r, getenv("RECIPIENT"), &a) < 0)
		return -1;
	reply = reply_of(&a);
	if (reply == NULL || (a.verdict == RCPT_LATER && !is_set("USE_FD4")))
		return 0;
	if (is_set("USE_FD4"))
		fs_write(4, reply, strlen(reply)); /* without it the patch has words of its own */
	return EXIT_PERM;
}

static int by_spp(struct ctx *ctx, struct rcpt *r)
{
	const char *address = getenv("SMTPRCPTTO");
	struct rcpt_answer a;

	if (address == NULL)
		return err_temp(&ctx->err, "SMTPRCPTTO is not set: expected to be run by qmail-spp in [rcpt]");
	if (ask(r, address, &a) < 0)
		return -1;
	if (reply_of(&a) != NULL)
		printf("E%s\n", reply_of(&a));
	return 0;
}

int rcpt_fd3(struct ctx *ctx, char to[RCPT_FD3_MAX])
{
	size_t n = 0;
	ssize_t k;

	do {
		k = read(3, to + n, RCPT_FD3_MAX - n);
		if (k < 0 && errno != EINTR)
			return err_temp(&ctx->err, "unable to read the address from descriptor 3: %s", strerror(errno));
		n += k > 0 ? (size_t)k : 0;
	} while (k != 0 && n < RCPT_FD3_MAX);
	if (n == RCPT_FD3_MAX || n == 0 || memchr(to, '\0', n) == NULL)
		return err_temp(&ctx->err, "expected ADDRESS NUL NUL NUL on descriptor 3");
	return 0;
}

static int by_fd3(struct rcpt *r, const char *address)
{
	struct rcpt_answer a;

	if (ask(r, address, &a) < 0)
		return -1;
	return a.verdict == RCPT_NO ? FD3_NO : a.verdict == RCPT_LATER ? EXIT_TEMP : 0;
}

int rcpt_answer(struct ctx *ctx, enum rcpt_way way, const char *fd3, char **address)
{
	struct asked q = {.json = BUF(CONTROL_MAX)};
	int e = rcpt_become(ctx);

	if (e < 0)
		return -1;
	rcpt_begin(ctx, &q.rcpt);
	switch (way) {
	case RCPT_BY_HAND:
		e = by_hand(&q, address);
		break;
	case RCPT_BY_RCPTCHECK:
		e = by_rcptcheck(&q.rcpt);
		break;
	case RCPT_BY_SPP:
		e = by_spp(ctx, &q.rcpt);
		break;
	case RCPT_BY_FD3:
		e = by_fd3(&q.rcpt, fd3);
		break;
	case RCPT_BY_QUEUE:
		break;
	}
	buf_free(&q.json);
	return e;
}
