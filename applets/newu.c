/* newu - users/cdb from users/assign, byte for byte as qmail-newu(8) builds it. */
#include "applet.h"
#include "lib/packed.h"
#include "lib/verb.h"
#include "qmail/assign.h"
#include "qmail/assign_lint.h"
#include "qmail/conf.h"
#include "qmail/rebuild.h"

static const char synopsis[] = "qv-newu [-nqv] [-w SECONDS] [-R DIR]";

/* A wrong line exits with the original's code under both names: scripts test for it. */
static int build(struct ctx *ctx, struct assign_lint *lint)
{
	struct rebuild r;
	int digested;

	if (conf_reads_cdb(ctx) < 0 || rebuild_begin(ctx, &r, QMAIL_ASSIGN, QMAIL_CDB) < 0)
		return -1;
	digested = assign_digest_fd(ctx, r.source, r.from, r.to, lint);
	if (digested < 0)
		ctx->err.code = EXIT_TEMP;
	return rebuild_end(ctx, &r, digested);
}

static int newu_main(struct ctx *ctx, int argc, char **argv)
{
	struct assign_lint lint = {0};

	if (common_options(ctx, synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc != 1)
		return err_usage(&ctx->err, synopsis, "expected no arguments");
	if (build(ctx, &lint) < 0)
		return -1;
	assign_lint_say(ctx, QMAIL_ASSIGN, &lint);
	return 0;
}

/* The original ignores arguments and has one exit code. */
static int qmail_newu_main(struct ctx *ctx, int argc, char **argv)
{
	int none = 1;

	(void)argc;
	if (common_options(ctx, synopsis, NULL, &none, argv) == 0 && build(ctx, NULL) == 0)
		return 0;
	ctx->err.code = EXIT_TEMP;
	return -1;
}

static const char help[] PACKED =
	"Builds users/cdb from users/assign, byte for byte as qmail's own qmail-newu\n"
	"does. The new file is written beside the old one, synced and renamed; if a line\n"
	"is wrong the old one is kept. No HUP is needed: the next delivery reads the new\n"
	"file.\n"
	"\n"
	"Lines that qmail accepts but that are certainly wrong get a warning and are\n"
	"built nevertheless: a dot in column 1 that does not end the table, lines after\n"
	"the end, entries that begin with neither = nor +, + names that end in a capital\n"
	"letter, + names without their dash. Duplicate names, of which qmail uses the\n"
	"first, are not reported.\n"
	"\n"
	"With -n the lines are checked and no cdb is built.\n"
	"\n"
	"A wrong line is reported as FILE:LINE. Run as qmail-newu, it exits 111 on any\n"
	"error, ignores arguments and prints no warnings.\n"
	"\n"
	"Exit codes: 0 done; 100 a person must change something; 111 a wrong line (as\n"
	"qmail-newu does), or the same command may work later.\n"
	"\n"
	"Files:\n"
	"  /var/qmail/users/assign, /var/qmail/users/cdb\n"
	"\n"
	"Example:\n"
	"  # vi /var/qmail/users/assign\n"
	"  # qv-newu\n"
	"  qv-newu: fatal: /var/qmail/users/assign:17: 3 fields after the name,\n"
	"  expected 6 (user:uid:gid:home:dash:ext:)\n";

const struct applet newu_applet = {
	.name = "qv-newu",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "build users/cdb from users/assign",
	.help = help,
	.main = newu_main,
};

static const char qmail_newu_help[] PACKED =
	"Builds users/cdb from users/assign with the same bytes that qmail's qmail-newu\n"
	"writes, but under a lock, in a private temporary file and synced. Silent on\n"
	"success. Arguments are ignored.\n"
	"\n"
	"Environment: QVMAIL_ROOT: work on the tree there as if it were /.\n"
	"Exit codes: 0 done; 111 any error, and users/cdb is unchanged.\n"
	"\n"
	"Files:\n"
	"  /var/qmail/users/assign, /var/qmail/users/cdb\n"
	"\n"
	"Example:\n"
	"  # qmail-newu\n";

const struct applet qmail_newu_applet = {
	.name = "qmail-newu",
	.dir = "var/qmail/bin",
	.synopsis = "qmail-newu",
	.summary = "build users/cdb from users/assign, as qmail-newu(8)",
	.help = qmail_newu_help,
	.main = qmail_newu_main,
};
