/* maildirserial - a Maildir through a client, with the command line and the messages of serialmail's maildirserial(1). */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "applet.h"
#include "lib/error_str.h"
#include "lib/opt.h"
#include "serial/serial.h"

static const char synopsis[] = "maildirserial [ -b ] [ -t lifetime ] dir prefix client [ arg ... ]";

static int run_client(struct ctx *ctx, void *arg)
{
	char **argv = arg;

	execvp(argv[0], argv);
	return err_temp(&ctx->err, "unable to run %.900s: %s", argv[0], error_str(errno));
}

static int maildirserial_main(struct ctx *ctx, int argc, char **argv)
{
	struct serial s = {.ctx = ctx, .lifetime = -1, .client = run_client};
	char silence[300];
	int bounce = 0;
	const struct opt options[] = {
		{'b', NULL, OPT_FLAG, &bounce},
		{'t', NULL, OPT_NUMBER, &s.lifetime},
		{0},
	};

	if (opt_parse_leading(&ctx->err, synopsis, &(struct opt_tables){{options}}, &argc, argv) < 0 || argc < 4) {
		ctx_info(ctx, "usage: %s", synopsis);
		return EXIT_PERM;
	}
	snprintf(silence, sizeof silence, "%.250s gave no answer", argv[3]);
	s.bounce = bounce > 0;
	s.dir = argv[1];
	s.prefix = argv[2];
	s.arg = argv + 3;
	s.silence = silence;
	return serial_run(&s);
}

const struct applet maildirserial_applet = {
	.name = "maildirserial",
	.dir = "var/qmail/bin",
	.synopsis = synopsis,
	.summary = "send a Maildir through a client",
	.help =
		"Cleans dir/tmp, looks into dir/new and dir/cur for messages whose recipient (second line,\n"
		"Delivered-To) begins with prefix, an empty prefix being that of all, and runs client in dir\n"
		"with their names on its standard input, oldest first, a NUL behind each. For every message\n"
		"client prints the name, a NUL, K (taken), Z (not now) or D (never), and a line of text. What\n"
		"is taken is removed. Client is run again as long as there is mail that it has not answered\n"
		"for, until it has said nothing three times in a row.\n"
		"\n"
		"  -b           send what is refused for good back to its sender, and remove it\n"
		"  -t lifetime  what is not taken and older than so many seconds is refused for good; with\n"
		"               -b it bounces even when client never answers, as when nobody can be\n"
		"               connected to\n"
		"\n"
		"A client can lose nothing: mail that it does not answer for stays, and its words about other\n"
		"files count for nothing. Run it as the user who owns the mail.\n"
		"\n"
		"Exit codes: 0 nothing is left; 100 misuse, or client's own 100; 111 something is left.\n"
		"\n"
		"Environment: QVMAIL_ROOT is where var/qmail is, for the bounces; dir is taken as it is given.\n"
		"\n"
		"Files:\n"
		"  dir/new, dir/cur, dir/tmp\n"
		"  /var/qmail/control/me, bouncehost, doublebounceto, doublebouncehost\n"
		"  /var/qmail/bin/qmail-queue\n"
		"\n"
		"Example:\n"
		"  $ maildirserial -b -t 1209600 ./Maildir some.example.com- \\\n"
		"      tcpclient -RHl0 -- 192.0.2.1 25 serialsmtp some.example.com- gw.example.net\n",
	.main = maildirserial_main,
};
