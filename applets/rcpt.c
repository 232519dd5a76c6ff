/* qv-rcpt - does an address exist? Asked at RCPT time, by qmail-smtpd, its plugins and patches, or by hand. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "applet.h"
#include "lib/packed.h"
#include "rcpt/list.h"
#include "rcpt/queue.h"
#include "rcpt/ways.h"

static const char synopsis[] =
	"qv-rcpt [-jqv] [-R DIR] ADDRESS...\n"
	"qv-rcpt [-q] [-R DIR] [--spp|--fd3]\n"
	"qv-rcpt [-q] [-R DIR] --queue [--strict] [PROGRAM [ARGUMENT]...]\n"
	"qv-rcpt [-jnq] [-R DIR] [--list [cdb FILE]]";

enum { QUEUE_TEMP = 71 };

/* QMAILQUEUE has no place for arguments. Descriptor 1 is read by qmail-queue alone. */
static bool is_queue(const char *name)
{
	const char *queue = getenv("QMAILQUEUE");

	return queue != NULL && strcmp(queue, name) == 0 && (fcntl(1, F_GETFL) & O_ACCMODE) == O_RDONLY;
}

/* Before the options are parsed: an error in them must not be taken for an answer. */
static enum rcpt_way way_of(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--queue") == 0)
			return RCPT_BY_QUEUE;
		if (strcmp(argv[i], "--spp") == 0)
			return RCPT_BY_SPP;
		if (strcmp(argv[i], "--fd3") == 0)
			return RCPT_BY_FD3;
	}
	if (argc > 1)
		return RCPT_BY_HAND;
	if (is_queue(argv[0]))
		return RCPT_BY_QUEUE;
	return getenv("SMTPRCPTTO") != NULL ? RCPT_BY_SPP : getenv("RECIPIENT") != NULL ? RCPT_BY_RCPTCHECK : RCPT_BY_HAND;
}

struct words {
	int spp, fd3, queue, strict, list;
};

/* What follows PROGRAM belongs to it. */
static int parse(struct ctx *ctx, enum rcpt_way way, struct words *w, int *argc, char **argv)
{
	const struct opt options[] = {
		{0, "spp", OPT_FLAG, &w->spp},
		{0, "fd3", OPT_FLAG, &w->fd3},
		{0, "queue", OPT_FLAG, &w->queue},
		{0, "strict", OPT_FLAG, &w->strict},
		{0, "list", OPT_FLAG, &w->list},
		{0},
	};

	return way == RCPT_BY_QUEUE ? common_options_leading(ctx, synopsis, options, argc, argv)
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

static int run(struct ctx *ctx, enum rcpt_way way, const char *fd3, int argc, char **argv)
{
	struct words w = {0};

	if (parse(ctx, way, &w, &argc, argv) < 0)
		return -1;
	if (w.spp + w.fd3 + w.list + (way == RCPT_BY_QUEUE) > 1 || (w.strict > 0 && way != RCPT_BY_QUEUE))
		return err_usage(&ctx->err, synopsis,
		                 "expected one of --spp, --fd3, --queue and --list; --strict belongs to --queue");
	if (w.list > 0)
		return list(ctx, argc, argv);
	if (way == RCPT_BY_QUEUE)
		return rcpt_queue(ctx, w.strict > 0, argv + 1);
	if (w.spp + w.fd3 > 0 && argc > 1)
		return err_usage(&ctx->err, synopsis, "an ADDRESS cannot be combined with %s", w.spp > 0 ? "--spp" : "--fd3");
	if (way == RCPT_BY_HAND && argc < 2)
		return err_usage(&ctx->err, synopsis, "expected at least one ADDRESS, or RECIPIENT or SMTPRCPTTO in the environment");
	return rcpt_answer(ctx, way, fd3, argv + 1);
}

/*
 * To qmail-smtpd 100 means that there is no such address, so nothing that goes wrong may end with it. Descriptor 3 is
 * read before anything is opened that could take its place.
 */
static int rcpt_main(struct ctx *ctx, int argc, char **argv)
{
	enum rcpt_way way = way_of(argc, argv);
	char fd3[RCPT_FD3_MAX];
	int e = way == RCPT_BY_FD3 ? rcpt_fd3(ctx, fd3) : 0;

	if (e == 0)
		e = run(ctx, way, fd3, argc, argv);
	if (e < 0 && way != RCPT_BY_HAND)
		ctx->err.code = way == RCPT_BY_QUEUE ? QUEUE_TEMP : EXIT_TEMP;
	return e;
}

static const char help[] PACKED =
	"Refuses the addresses whose mail would bounce later because no such address\n"
	"exists: no .qmail file counts for it, or one that only forwards to addresses\n"
	"here that do not exist either. So qmail-smtpd refuses them at RCPT, and no\n"
	"bounce is sent to a forged sender. Everything else is accepted: what is\n"
	"delivered, forwarded or relayed, and what qmail would defer (a home that is\n"
	"missing or has a wrong mode, a damaged users/cdb); the last with a line on\n"
	"stderr that says why. Whether the domain is accepted at all remains for\n"
	"rcpthosts. Nothing is changed, except FILE and control/qv-lists.\n"
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
	"                     replaced at once; never by an empty list. One in\n"
	"                     /var/qmail/control or users is kept: each change by\n"
	"                     qv-domain and qv-mailbox writes it again; its path is\n"
	"                     added to control/qv-lists\n"
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
	"  for --list rcpthosts, morercpthosts.cdb and qv-lists there, and\n"
	"  /var/qmail/users/{cdb,qv-virtual.cdb}, /etc/passwd, /etc/nsswitch.conf\n"
	"\n"
	"Example:\n"
	"  # qv-rcpt joe@example.com\n"
	"  # echo ':allow,RCPTCHECK=\"/usr/sbin/qv-rcpt\"' >>/etc/tcp.smtp\n";

const struct applet rcpt_applet = {
	.name = "qv-rcpt",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "answer at RCPT time whether an address exists",
	.help = help,
	.main = rcpt_main,
};
