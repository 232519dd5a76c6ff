/* newu - users/cdb from users/assign, byte for byte as qmail-newu(8) builds it. */
#include "applet.h"
#include "lib/verb.h"
#include "qmail/assign.h"
#include "qmail/assign_lint.h"
#include "qmail/conf.h"
#include "qmail/rebuild.h"

static const char synopsis[] = "qv-newu [-nqv] [-w SECONDS] [-R DIR]";

/* A bad table has the original's exit code by both names: scripts know it. */
static int build(struct ctx *ctx, struct assign_lint *lint)
{
	struct rebuild r;
	int digested;

	if (rebuild_begin(ctx, &r, QMAIL_ASSIGN, QMAIL_CDB) < 0)
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
		return err_usage(&ctx->err, synopsis, "no arguments are expected");
	if (build(ctx, &lint) < 0)
		return -1;
	assign_lint_say(ctx, QMAIL_ASSIGN, &lint);
	return 0;
}

/* The original looks at no argument and knows one exit code. */
static int qmail_newu_main(struct ctx *ctx, int argc, char **argv)
{
	int none = 1;

	(void)argc;
	if (common_options(ctx, synopsis, NULL, &none, argv) == 0 && build(ctx, NULL) == 0)
		return 0;
	ctx->err.code = EXIT_TEMP;
	return -1;
}

const struct applet newu_applet = {
	.name = "qv-newu",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "build users/cdb from users/assign",
	.help =
		"Reads /var/qmail/users/assign and replaces /var/qmail/users/cdb by its digest, byte for\n"
		"byte what qmail's own qmail-newu makes of it. The new file is written beside the old one,\n"
		"synced and renamed; when a line is wrong the old one stays. No HUP is needed: the next\n"
		"delivery looks into the new file.\n"
		"\n"
		"Lines that qmail accepts and that are surely wrong get a warning and are built all the\n"
		"same: a dot in the first column that is no end of the table, lines behind the end, entries\n"
		"that begin with neither = nor +, + names that end in a capital, + names without their\n"
		"dash. Equal names, of which qmail takes the first, are not looked for.\n"
		"\n"
		"With -n the lines are checked, the cdb is built nowhere.\n"
		"\n"
		"A bad line is named as FILE:LINE. Called as qmail-newu, any trouble is 111, arguments are\n"
		"ignored and there are no warnings.\n"
		"\n"
		"Exit codes: 0 done; 100 a person must change something; 111 a bad line, as of the original,\n"
		"or the same command may work later.\n"
		"\n"
		"Files:\n"
		"  /var/qmail/users/assign, /var/qmail/users/cdb\n"
		"\n"
		"Example:\n"
		"  # vi /var/qmail/users/assign\n"
		"  # qv-newu\n"
		"  qv-newu: fatal: /var/qmail/users/assign:17: 3 fields after the name, expected 6\n"
		"  (user:uid:gid:home:dash:ext:)\n",
	.main = newu_main,
};

const struct applet qmail_newu_applet = {
	.name = "qmail-newu",
	.dir = "var/qmail/bin",
	.synopsis = "qmail-newu",
	.summary = "build users/cdb from users/assign, as qmail's own program",
	.help =
		"Replaces /var/qmail/users/cdb by the digest of /var/qmail/users/assign, the same bytes\n"
		"that qmail's qmail-newu writes, but under a lock, with a private temporary file and\n"
		"synced. Silent on success. Arguments are ignored.\n"
		"\n"
		"Environment: QVMAIL_ROOT, a tree to work on as if it were /.\n"
		"Exit codes: 0 done; 111 anything else, and users/cdb is as it was.\n"
		"\n"
		"Files:\n"
		"  /var/qmail/users/assign, /var/qmail/users/cdb\n"
		"\n"
		"Example:\n"
		"  # qmail-newu\n",
	.main = qmail_newu_main,
};
