/* qv-check - find what makes mail bounce, wait or vanish, and the command that fixes it. */
#include "applet.h"
#include "check/check.h"
#include "lib/packed.h"
#include "lib/verb.h"

static const char synopsis[] = "qv-check [--fix] [-jnqv] [-w SECONDS] [-R DIR]";

enum { EXIT_FOUND = 1 };

static int load(struct ctx *ctx, struct check *c)
{
	if (change_look(ctx, &c->change) < 0 || check_whose_mail(c) < 0)
		return -1;
	if (!c->fix)
		return 0;
	change_end(&c->change);
	return change_begin(ctx, &c->change);
}

static int look_and_mend(struct ctx *ctx, struct check *c)
{
	bool readable = check_entries(c);

	if (readable && load(ctx, c) < 0)
		return -1;
	if (readable)
		check_all(c);
	if (check_end(c) < 0)
		return -1;
	if (ctx->dry_run)
		check_say(c);
	if (readable && c->fix && change_apply(ctx, &c->change, ROUTING_ADD, true) < 0)
		return -1;
	if (!ctx->dry_run)
		check_say(c);
	return 0;
}

static int check(struct ctx *ctx, struct check *c)
{
	int r;

	check_begin(c);
	r = look_and_mend(ctx, c);
	check_free(c);
	change_end(&c->change);
	if (r < 0)
		return -1;
	return c->open > 0 || (ctx->dry_run && c->found > 0) ? EXIT_FOUND : 0;
}

static int check_main(struct ctx *ctx, int argc, char **argv)
{
	struct check c = {.ctx = ctx, .change = {.lock = LOCKFILE_NONE}};
	int fix = 0;
	const struct opt options[] = {{0, "fix", OPT_FLAG, &fix}, {0}};

	if (common_options(ctx, synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 1)
		return err_usage(&ctx->err, synopsis, "expected no arguments");
	c.fix = fix > 0;
	packed_unpack();
	return check(ctx, &c);
}

static const char help[] PACKED =
	"Inspects control files, users/assign, the cdb files made from them, homes,\n"
	".qmail files, POP mailboxes, dial-up hosts and the running qmail-send, and\n"
	"prints each finding on one line:\n"
	"  error|warning: FILE:LINE: WHAT, and what happens to mail; mend: COMMAND\n"
	"An error bounces, delays or loses mail; a warning may do so. Without --fix\n"
	"nothing is changed. A file that the user running it may not read is named in\n"
	"a warning without a command.\n"
	"\n"
	"  --fix   fix what can be fixed without guessing (findings with \"mend: qv-check\n"
	"          --fix\"), modes and owners included, as one change; no mail is\n"
	"          deleted. A fixed finding ends with \"mended\" in place of the command\n"
	"  -n      with --fix: print what would be changed\n"
	"  -j      print an array with an object for each finding; qv-check(8) has\n"
	"          its keys\n"
	"\n"
	"Exit codes: 0 no findings, or all fixed; 1 findings; 100 a person must change\n"
	"something first; 111 the same command may work later.\n"
	"\n"
	"Files:\n"
	"  /var/qmail/control/*, /var/qmail/users/*\n"
	"  /home/popmail/H/HANDLE, /home/serialmail/HOST\n"
	"\n"
	"Example:\n"
	"  # qv-check -n --fix\n";

const struct applet check_applet = {
	.name = "qv-check",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "find and fix what makes mail bounce, wait or vanish",
	.help = help,
	.main = check_main,
};
