/* newmrh - control/morercpthosts.cdb from control/morercpthosts, byte for byte as qmail-newmrh(8) builds it. */
#include "applet.h"
#include "lib/packed.h"
#include "lib/verb.h"
#include "qmail/conf.h"
#include "qmail/morercpthosts.h"
#include "qmail/rebuild.h"

static const char synopsis[] = "qv-newmrh [-nqv] [-w SECONDS] [-R DIR]";

static int build(struct ctx *ctx)
{
	struct rebuild r;

	if (rebuild_begin(ctx, &r, QMAIL_CONTROL "morercpthosts", QMAIL_CONTROL "morercpthosts.cdb") < 0)
		return -1;
	return rebuild_end(ctx, &r, morercpthosts_digest_fd(ctx, r.source, r.from, r.to));
}

static int newmrh_main(struct ctx *ctx, int argc, char **argv)
{
	if (common_options(ctx, synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc != 1)
		return err_usage(&ctx->err, synopsis, "expected no arguments");
	return build(ctx);
}

/* The original ignores arguments and has one exit code. */
static int qmail_newmrh_main(struct ctx *ctx, int argc, char **argv)
{
	int none = 1;

	(void)argc;
	if (common_options(ctx, synopsis, NULL, &none, argv) == 0 && build(ctx) == 0)
		return 0;
	ctx->err.code = EXIT_TEMP;
	return -1;
}

static const char help[] PACKED =
	"Builds control/morercpthosts.cdb from control/morercpthosts, byte for byte as\n"
	"qmail's own qmail-newmrh does. The new file is written beside the old one,\n"
	"synced and renamed. No HUP is needed: the next SMTP session reads the new file,\n"
	"provided that control/rcpthosts exists.\n"
	"\n"
	"One domain a line; empty lines and lines that begin with # are skipped. No line\n"
	"is ever refused. With -n the file is only read.\n"
	"\n"
	"Run as qmail-newmrh, it exits 111 on any error and ignores arguments.\n"
	"\n"
	"Files:\n"
	"  /var/qmail/control/morercpthosts, /var/qmail/control/morercpthosts.cdb\n"
	"\n"
	"Example:\n"
	"  # echo some.example.com >>/var/qmail/control/morercpthosts\n"
	"  # qv-newmrh\n";

const struct applet newmrh_applet = {
	.name = "qv-newmrh",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "build morercpthosts.cdb from morercpthosts",
	.help = help,
	.main = newmrh_main,
};

static const char qmail_newmrh_help[] PACKED =
	"Builds control/morercpthosts.cdb from control/morercpthosts with the same bytes\n"
	"that qmail's qmail-newmrh writes, but under a lock, in a private temporary file\n"
	"and synced. Silent on success. Arguments are ignored.\n"
	"\n"
	"Environment: QVMAIL_ROOT: work on the tree there as if it were /.\n"
	"Exit codes: 0 done; 111 any error, and morercpthosts.cdb is unchanged.\n"
	"\n"
	"Files:\n"
	"  /var/qmail/control/morercpthosts, /var/qmail/control/morercpthosts.cdb\n"
	"\n"
	"Example:\n"
	"  # qmail-newmrh\n";

const struct applet qmail_newmrh_applet = {
	.name = "qmail-newmrh",
	.dir = "var/qmail/bin",
	.synopsis = "qmail-newmrh",
	.summary = "build morercpthosts.cdb, as qmail-newmrh(8)",
	.help = qmail_newmrh_help,
	.main = qmail_newmrh_main,
};
