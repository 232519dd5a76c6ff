/* newmrh - control/morercpthosts.cdb from control/morercpthosts, byte for byte as qmail-newmrh(8) builds it. */
#include "applet.h"
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
		return err_usage(&ctx->err, synopsis, "no arguments are expected");
	return build(ctx);
}

/* The original looks at no argument and knows one exit code. */
static int qmail_newmrh_main(struct ctx *ctx, int argc, char **argv)
{
	int none = 1;

	(void)argc;
	if (common_options(ctx, synopsis, NULL, &none, argv) == 0 && build(ctx) == 0)
		return 0;
	ctx->err.code = EXIT_TEMP;
	return -1;
}

const struct applet newmrh_applet = {
	.name = "qv-newmrh",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "build morercpthosts.cdb from morercpthosts",
	.help =
		"Reads /var/qmail/control/morercpthosts and replaces morercpthosts.cdb beside it by its\n"
		"digest, byte for byte what qmail's own qmail-newmrh makes of it. The new file is written\n"
		"beside the old one, synced and renamed. No HUP is needed: the next SMTP session looks\n"
		"into the new file, provided that control/rcpthosts is there.\n"
		"\n"
		"One domain a line; empty lines and lines with # in the first column are skipped. No line\n"
		"is ever refused. With -n the file is only read.\n"
		"\n"
		"Called as qmail-newmrh, any trouble is exit 111 and arguments are ignored.\n"
		"\n"
		"Files:\n"
		"  /var/qmail/control/morercpthosts, /var/qmail/control/morercpthosts.cdb\n"
		"\n"
		"Example:\n"
		"  # echo some.example.com >>/var/qmail/control/morercpthosts\n"
		"  # qv-newmrh\n",
	.main = newmrh_main,
};

const struct applet qmail_newmrh_applet = {
	.name = "qmail-newmrh",
	.dir = "var/qmail/bin",
	.synopsis = "qmail-newmrh",
	.summary = "build morercpthosts.cdb, as qmail's own program",
	.help =
		"Replaces /var/qmail/control/morercpthosts.cdb by the digest of morercpthosts beside it,\n"
		"the same bytes that qmail's qmail-newmrh writes, but under a lock, with a private\n"
		"temporary file and synced. Silent on success. Arguments are ignored.\n"
		"\n"
		"Environment: QVMAIL_ROOT, a tree to work on as if it were /.\n"
		"Exit codes: 0 done; 111 anything else, and morercpthosts.cdb is as it was.\n"
		"\n"
		"Files:\n"
		"  /var/qmail/control/morercpthosts, /var/qmail/control/morercpthosts.cdb\n"
		"\n"
		"Example:\n"
		"  # qmail-newmrh\n",
	.main = qmail_newmrh_main,
};
