/* qv-rcpt - does an address exist? Asked at RCPT time, by qmail-smtpd, its plugins and patches, or by hand. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "lib/fs.h"
#include "lib/json.h"
#include "qmail/conf.h"
#include "qmail/rcpt.h"
#include "rcpt/list.h"
#include "rcpt/queue.h"

static const char synopsis[] =
	"qv-rcpt [-jqv] [-R DIR] ADDRESS...\n"
	"qv-rcpt [-q] [-R DIR] [--spp|--fd3]\n"
	"qv-rcpt [-q] [-R DIR] --queue [--strict] [PROGRAM [ARGUMENT]...]\n"
	"qv-rcpt [-jnq] [-R DIR] [--list [cdb FILE]]";

enum { FD3_NO = 1, FD3_MAX = 1100, QUEUE_TEMP = 71 };

/* In qmail-local's words. */
static const char no_mailbox[] = "550 sorry, no mailbox here by that name. (#5.1.1)";
static const char is_full[] = "452 sorry, too much mail waits for this host. (#4.2.2)"; /* RFC 5321 4.2.3 */

enum way { BY_HAND, BY_RCPTCHECK, BY_SPP, BY_FD3, BY_QUEUE };

struct asked {
	struct rcpt rcpt;
	struct buf json;
	bool refused, later;
};

static bool is_set(const char *name)
{
	return getenv(name) != NULL;
}

/* QMAILQUEUE has no place for arguments. Descriptor 1 is read by qmail-queue alone. */
static bool is_queue(const char *name)
{
	const char *queue = getenv("QMAILQUEUE");

	return queue != NULL && strcmp(queue, name) == 0 && (fcntl(1, F_GETFL) & O_ACCMODE) == O_RDONLY;
}

/* Before the options are parsed: an error in them must not be taken for an answer. */
static enum way way_of(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--queue") == 0)
			return BY_QUEUE;
		if (strcmp(argv[i], "--spp") == 0)
			return BY_SPP;
		if (strcmp(argv[i], "--fd3") == 0)
			return BY_FD3;
	}
	if (argc > 1)
		return BY_HAND;
	if (is_queue(argv[0]))
		return BY_QUEUE;
	return is_set("SMTPRCPTTO") ? BY_SPP : is_set("RECIPIENT") ? BY_RCPTCHECK : BY_HAND;
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

static int by_hand(struct asked *q, char **argv)
{
	struct rcpt_answer a;
	int e = 0;

	json_open(&q->json, '[');
	for (; e == 0 && *argv != NULL; argv++) {
		struct buf address = BUF(CONTROL_MAX);

		rcpt_typed(*argv, &address);
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

/* ADDRESS NUL NUL NUL on descriptor 3 */
static int read_fd3(struct ctx *ctx, char *to, size_t size)
{
	size_t n = 0;
	ssize_t k;

	do {
		k = read(3, to + n, size - n);
		if (k < 0 && errno != EINTR)
			return err_temp(&ctx->err, "unable to read the address from descriptor 3: %s", strerror(errno));
		n += k > 0 ? (size_t)k : 0;
	} while (k != 0 && n < size);
	if (n == size || n == 0 || memchr(to, '\0', n) == NULL)
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

static int answer(struct ctx *ctx, enum way way, const char *fd3, char **argv)
{
	struct asked q = {.json = BUF(CONTROL_MAX)};
	int e = rcpt_become(ctx);

	if (e < 0)
		return -1;
	rcpt_begin(ctx, &q.rcpt);
	switch (way) {
	case BY_HAND:
		e = by_hand(&q, argv + 1);
		break;
	case BY_RCPTCHECK:
		e = by_rcptcheck(&q.rcpt);
		break;
	case BY_SPP:
		e = by_spp(ctx, &q.rcpt);
		break;
	case BY_FD3:
		e = by_fd3(&q.rcpt, fd3);
		break;
	case BY_QUEUE:
		break;
	}
	buf_free(&q.json);
	return e;
}

struct words {
	int spp, fd3, queue, strict, list;
};

/* What follows PROGRAM belongs to it. */
static int parse(struct ctx *ctx, enum way way, struct words *w, int *argc, char **argv)
{
	const struct opt options[] = {
		{0, "spp", OPT_FLAG, &w->spp},
		{0, "fd3", OPT_FLAG, &w->fd3},
		{0, "queue", OPT_FLAG, &w->queue},
		{0, "strict", OPT_FLAG, &w->strict},
		{0, "list", OPT_FLAG, &w->list},
		{0},
	};

	return way == BY_QUEUE ? common_options_leading(ctx, synopsis, options, argc, argv)
	                       : common_options(ctx, synopsis, options, argc, argv);
}

static int list(struct ctx *ctx, int argc, char **argv)
{
	if (argc != 1 && (argc != 3 || strcmp(argv[1], "cdb") != 0))
		return err_usage(&ctx->err, synopsis, "expected --list, or --list cdb FILE");
	if (argc == 3 && argv[2][0] != '/')
		return err_usage(&ctx->err, synopsis, "%s is not an absolute path", argv[2]);
	return rcpt_list(ctx, argc == 3 ? argv[2] : NULL);
}

static int run(struct ctx *ctx, enum way way, const char *fd3, int argc, char **argv)
{
	struct words w = {0};

	if (parse(ctx, way, &w, &argc, argv) < 0)
		return -1;
	if (w.spp + w.fd3 + w.list + (way == BY_QUEUE) > 1 || (w.strict > 0 && way != BY_QUEUE))
		return err_usage(&ctx->err, synopsis,
		                 "expected one of --spp, --fd3, --queue and --list; --strict belongs to --queue");
	if (w.list > 0)
		return list(ctx, argc, argv);
	if (way == BY_QUEUE)
		return rcpt_queue(ctx, w.strict > 0, argv + 1);
	if (w.spp + w.fd3 > 0 && argc > 1)
		return err_usage(&ctx->err, synopsis, "an ADDRESS cannot be combined with %s", w.spp > 0 ? "--spp" : "--fd3");
	if (way == BY_HAND && argc < 2)
		return err_usage(&ctx->err, synopsis, "expected at least one ADDRESS, or RECIPIENT or SMTPRCPTTO in the environment");
	return answer(ctx, way, fd3, argv);
}

/*
 * To qmail-smtpd 100 means that there is no such address, so nothing that goes wrong may end with it. Descriptor 3 is
 * read before anything is opened that could take its place.
 */
static int rcpt_main(struct ctx *ctx, int argc, char **argv)
{
	enum way way = way_of(argc, argv);
	char fd3[FD3_MAX];
	int e = way == BY_FD3 ? read_fd3(ctx, fd3, sizeof fd3) : 0;

	if (e == 0)
		e = run(ctx, way, fd3, argc, argv);
	if (e < 0 && way != BY_HAND)
		ctx->err.code = way == BY_QUEUE ? QUEUE_TEMP : EXIT_TEMP;
	return e;
}

const struct applet rcpt_applet = {
	.name = "qv-rcpt",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "answer at RCPT time whether an address exists",
	.help =
		"Refuses the addresses whose mail would bounce later because no such address\n"
		"exists: no .qmail file counts for it, or one that only forwards to addresses\n"
		"here that do not exist either. So qmail-smtpd refuses them at RCPT, and no\n"
		"bounce is sent to a forged sender. Everything else is accepted: what is\n"
		"delivered, forwarded or relayed, and what qmail would defer (a home that is\n"
		"missing or has a wrong mode, a damaged users/cdb); the last with a line on\n"
		"stderr that says why. Whether the domain is accepted at all remains for\n"
		"rcpthosts. Nothing is changed, except FILE.\n"
		"\n"
		"Of a dial-up host's addresses all are accepted, or those that its list has (see\n"
		"qv-domain recipients), and postmaster. While as much mail waits as its quota\n"
		"allows (see qv-domain quota) they are deferred, with 452; RCPTCHECK can only say\n"
		"so with USE_FD4, else they are accepted.\n"
		"\n"
		"Without arguments the environment decides who asks:\n"
		"  SMTPRCPTTO         qmail-spp, in [rcpt] of control/smtpplugins: prints a line\n"
		"                     that begins with E550, or nothing; exit 0\n"
		"  RECIPIENT          a qmail-smtpd with the RCPTCHECK patch: exit 100 or 0; with\n"
		"                     USE_FD4 the reply is written to descriptor 4\n"
		"  QMAILQUEUE         that has the path of qv-rcpt: --queue, for a qmail without\n"
		"                     patches\n"
		"\n"
		"  ADDRESS            print whether it is accepted, refused or uncertain; the\n"
		"                     text between < and > in RCPT TO:<...>, or all of it\n"
		"  --spp              as if SMTPRCPTTO decided\n"
		"  --fd3              read ADDRESS NUL NUL NUL from descriptor 3: exit 1 or 0;\n"
		"                     for control/recipients of s/qmail and indimail\n"
		"  --queue            in place of qmail-queue: the message on descriptor 0 and\n"
		"                     the envelope on 1 are handed on to PROGRAM (default:\n"
		"                     /var/qmail/bin/qmail-queue). If no recipient exists the\n"
		"                     message is refused: exit 31, or 82 with words on\n"
		"                     descriptor 6 (notqmail); else those who do not exist are\n"
		"                     taken out, and named in a line on stderr; but not those of\n"
		"                     a client who may relay (RELAYCLIENT), whom their bounces\n"
		"                     reach. If all are of hosts that are full: exit 71\n"
		"  --strict           ... even if only one does not exist, or is of such a host\n"
		"  --list             print all addresses that exist, one a line, for a filter\n"
		"                     in front of qmail-smtpd. @DOMAIN stands for all of an\n"
		"                     accepted domain that cannot be listed: it has a default,\n"
		"                     is local, or another host knows its addresses; @.DOMAIN\n"
		"                     for the domains below it\n"
		"  --list cdb FILE    write it as a cdb: each line is a key, and the same behind\n"
		"                     a colon; the data are empty. FILE is an absolute path, and\n"
		"                     replaced at once; never by an empty list\n"
		"  -n                 ... do not write it\n"
		"  -j                 print an array of objects: address, answer, reason; with\n"
		"                     --list an array of strings\n"
		"\n"
		"Run by root it becomes qmaild first, except for --list. As qmaild it must be\n"
		"able to read the files below, and to search the homes (mode 755, or 711); a\n"
		".qmail file that forwards is followed if it is readable (644). What it may not\n"
		"look at is accepted, with a line on stderr.\n"
		"\n"
		"Exit codes: 0 accepted, or not certain; 100 no such address (1 with --fd3); 111\n"
		"ask again: deferred, out of memory, or wrong arguments of a line that\n"
		"qmail-smtpd runs.\n"
		"With --queue those of PROGRAM; 31 or 82 refused; 71 ask again; 120 PROGRAM\n"
		"cannot be run.\n"
		"\n"
		"Environment: RECIPIENT, USE_FD4, SMTPRCPTTO, QMAILQUEUE, RELAYCLIENT;\n"
		"QVMAIL_ROOT: as --root.\n"
		"\n"
		"Files: homes with .qmail files, .qv-recipients and .qv-full, and\n"
		"  /var/qmail/control/{me,envnoathost,percenthack,locals,virtualdomains},\n"
		"  for --list rcpthosts and morercpthosts.cdb there, and\n"
		"  /var/qmail/users/{cdb,qv-virtual.cdb}, /etc/passwd, /etc/nsswitch.conf\n"
		"\n"
		"Example:\n"
		"  # qv-rcpt joe@example.com\n"
		"  # echo ':allow,RCPTCHECK=\"/usr/sbin/qv-rcpt\"' >>/etc/tcp.smtp\n",
	.main = rcpt_main,
};
