/* qv-trigger - a customer calls for his mail: ETRN, ODMR, AutoTURN, hello; one connection on stdin and stdout. */
#include "applet.h"
#include "lib/log.h"
#include "lib/packed.h"
#include "lib/verb.h"
#include "setup/dialup_home.h"
#include "trigger/trigger.h"

static int run(struct ctx *ctx, const struct verb *verb, enum trigger_way way, int argc, char **argv)
{
	struct trigger_options o = {.way = way, .find = dialup_home};
	bool talks = way == TRIGGER_ETRN || way == TRIGGER_ODMR;
	int is_protected = 0, syslog = 0;
	struct conf conf;
	const struct opt options[] = {
		{0, "syslog", OPT_FLAG, &syslog},
		{0, talks ? "protected" : NULL, OPT_FLAG, &is_protected},
		{0},
	};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 1)
		return err_usage(&ctx->err, verb->synopsis, "expected no arguments");
	if (ctx->dry_run)
		return err_usage(&ctx->err, verb->synopsis, "a call cannot be tried with --dry-run; qv-domain show HOST prints who may call");
	/* Under inetd stderr is the caller's. */
	ctx->syslog = syslog > 0 || log_is_client();
	o.is_protected = is_protected > 0;
	if (conf_load(ctx, &conf) < 0 || conf_popuser(ctx, &conf) < 0)
		return -1;
	return trigger_run(ctx, &conf, &o);
}

static int etrn_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	return run(ctx, verb, TRIGGER_ETRN, argc, argv);
}

static int odmr_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	return run(ctx, verb, TRIGGER_ODMR, argc, argv);
}

static int autoturn_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	return run(ctx, verb, TRIGGER_AUTOTURN, argc, argv);
}

static int hello_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	return run(ctx, verb, TRIGGER_HELLO, argc, argv);
}

static const char etrn_help[] PACKED =
	"  etrn      ETRN (RFC 1985): ETRN HOST, @DOMAIN (its hosts and those below it)\n"
	"            or #HANDLE (all hosts of that customer) starts a flush to\n"
	"            RELAYHOST: the running qv-master is told, or a flush is started.\n"
	"            For customers with a static address.\n";

static const char odmr_help[] PACKED =
	"  odmr      On-demand mail relay (RFC 2645): after AUTH and ATRN [HOST,...] the\n"
	"            mail is sent over this same connection. For customers without a\n"
	"            static address.\n";

static const char autoturn_help[] PACKED =
	"  autoturn  Behind qmail-smtpd in the same tcpserver line: sends to the peer's\n"
	"            address, as serialmail's AutoTURN does.\n";

static const char hello_help[] PACKED =
	"  hello     To connect from an address that may call (--from) is enough; nothing\n"
	"            is said.\n";

static const struct verb verbs[] = {
	{
		.name = "etrn",
		.synopsis = "qv-trigger etrn [--protected] [--syslog]",
		.run = etrn_main,
		.help = etrn_help,
	},
	{
		.name = "odmr",
		.synopsis = "qv-trigger odmr [--protected] [--syslog]",
		.run = odmr_main,
		.help = odmr_help,
	},
	{
		.name = "autoturn",
		.synopsis = "qv-trigger autoturn [--syslog]",
		.run = autoturn_main,
		.help = autoturn_help,
	},
	{
		.name = "hello",
		.synopsis = "qv-trigger hello [--syslog]",
		.run = hello_main,
		.help = hello_help,
	},
	{0},
};

static int trigger_main(struct ctx *ctx, int argc, char **argv)
{
	return verb_run(ctx, verbs, argc, argv);
}

static const char help[] PACKED =
	"Serves one connection on standard input and output, under tcpserver, tcpsvd,\n"
	"s6-tcpserver, inetd or a systemd socket. Who may call for which host's mail is\n"
	"set by qv-domain trigger; nobody may by default. Starts as root, reads who may,\n"
	"and becomes popusr.\n"
	"\n"
	"  --protected  the connection is encrypted by a wrapper (stunnel): AUTH PLAIN\n"
	"               and LOGIN are accepted too, and mail is written line by line\n"
	"  --syslog     log to syslog's mail facility (so without it where stderr is the\n"
	"               caller's socket, as under inetd)\n"
	"\n"
	"A host's mail is sent at most once in control/qv-call-interval seconds, by one\n"
	"process at a time. After 3 failed logins a connection is closed, and further\n"
	"logins from that address wait up to 30 seconds. Each call gets a line in the\n"
	"log; qv-domain show and qv-status print the last one.\n"
	"\n"
	"Exit codes: 0 served or refused; 100 a person must change something; 111\n"
	"temporary error.\n"
	"\n"
	"Environment: TCPREMOTEIP, else TCPREMOTEADDR or REMOTE_ADDR: the peer's address,\n"
	"else that of the socket. With --protected also REMOTE_HOST (stunnel's), and a\n"
	"loopback socket counts as the wrapper's. Without an address nothing is allowed\n"
	"by one.\n"
	"\n"
	"Files:\n"
	"  /var/qmail/users/qv-trigger           who may call; only root may read it\n"
	"  /var/qmail/control/qv-call-interval   seconds (10)\n"
	"  /home/serialmail/HOST/.qv-call        the last call\n"
	"  /home/serialmail/.qv-wake             a FIFO: qv-master -e listens there\n"
	"  /home/serialmail/.qv-tries            failed logins by address\n"
	"\n"
	"Example:\n"
	"  # tcpserver -vHR -l 0 0 366 qv-trigger odmr\n";

const struct applet trigger_applet = {
	.name = "qv-trigger",
	.dir = "usr/sbin",
	.verbs = verbs,
	.summary = "send a dial-up host's mail when the customer calls for it",
	.help = help,
	.main = trigger_main,
};
