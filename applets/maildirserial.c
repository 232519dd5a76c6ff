/* maildirserial - a Maildir through a client, with the command line and the messages of serialmail's maildirserial(1). */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "applet.h"
#include "lib/error_str.h"
#include "lib/opt.h"
#include "lib/packed.h"
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

static const char help[] PACKED =
	"Cleans dir/tmp, finds the messages in dir/new and dir/cur whose recipient (the\n"
	"second line, Delivered-To) begins with prefix (every one if prefix is empty),\n"
	"and runs client in dir with their names on its standard input, oldest first,\n"
	"each followed by a NUL. For every message client prints the name, a NUL, K\n"
	"(accepted), Z (temporary failure) or D (permanent failure), and a line of text.\n"
	"An accepted message is removed. Client is run again while messages without an\n"
	"answer are left, until three runs in a row have answered nothing.\n"
	"\n"
	"  -b           return permanent failures to their senders and remove them\n"
	"  -t lifetime  treat a message that is not accepted and older than this many\n"
	"               seconds as a permanent failure; with -b it bounces even if\n"
	"               client never answers, as when no connection can be made\n"
	"\n"
	"Client cannot lose mail: a message without an answer is kept, and answers about\n"
	"other files are ignored. Run it as the user who owns the mail.\n"
	"\n"
	"Exit codes: 0 no mail is left; 100 misuse, or client exited 100; 111 mail is\n"
	"left.\n"
	"\n"
	"Environment: QVMAIL_ROOT: where var/qmail is, for bounces; dir is not below it.\n"
	"\n"
	"Files:\n"
	"  dir/new, dir/cur, dir/tmp\n"
	"  /var/qmail/control/me, bouncehost, doublebounceto, doublebouncehost\n"
	"  /var/qmail/bin/qmail-queue\n"
	"\n"
	"Example:\n"
	"  $ maildirserial -b -t 1209600 ./Maildir some.example.com- \\\n"
	"      tcpclient -RHl0 -- 192.0.2.1 25 \\\n"
	"      serialsmtp some.example.com- gw.example.net\n";

const struct applet maildirserial_applet = {
	.name = "maildirserial",
	.dir = "var/qmail/bin",
	.synopsis = synopsis,
	.summary = "send a Maildir through a client",
	.help = help,
	.main = maildirserial_main,
};
