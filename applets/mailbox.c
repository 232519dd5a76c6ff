/* qv-mailbox - POP boxes and the addresses that deliver into them. */
#include <string.h>

#include "applet.h"
#include "lib/verb.h"
#include "qmail/mailboxes.h"

static int add_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	const char *box = NULL;
	const struct opt options[] = {{0, "box", OPT_STRING, &box}, {0}};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "one ADDRESS is expected");
	return mailbox_add(ctx, argv[1], box);
}

static int box_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	long used = -1;
	const struct opt options[] = {{0, "used", OPT_NUMBER, &used}, {0}};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc < 2 || (argc == 2 && used < 0))
		return err_usage(&ctx->err, verb->synopsis, "DOMAIN and a BOX are expected");
	return mailbox_box(ctx, argv[1], argv + 2, argc - 2, used);
}

static int del_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	int purge = 0;
	const struct opt options[] = {{0, "purge", OPT_FLAG, &purge}, {0}};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "one ADDRESS is expected");
	return mailbox_del(ctx, argv[1], purge > 0);
}

static int list_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc > 2)
		return err_usage(&ctx->err, verb->synopsis, "one DOMAIN at most");
	return mailbox_list(ctx, argv[1]);
}

static int forward_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc < 3)
		return err_usage(&ctx->err, verb->synopsis, "ADDRESS and where to are expected");
	return mailbox_forward(ctx, argv[1], argv + 2, argc - 2);
}

static int default_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc == 3 && strcmp(argv[2], "bounce") == 0)
		return mailbox_default(ctx, argv[1], MAILBOX_BOUNCE, NULL);
	if (argc == 4 && strcmp(argv[2], "box") == 0)
		return mailbox_default(ctx, argv[1], MAILBOX_BOX, argv[3]);
	if (argc == 3 && strcmp(argv[2], "box") != 0)
		return mailbox_default(ctx, argv[1], MAILBOX_ADDRESS, argv[2]);
	return err_usage(&ctx->err, verb->synopsis, "DOMAIN and where to are expected");
}

static int mailbox_main(struct ctx *ctx, int argc, char **argv)
{
	static const struct verb verbs[] = {
		{"add", "qv-mailbox add ADDRESS [--box NAME]", add_main},
		{"box", "qv-mailbox box DOMAIN [BOX]... [--used N]", box_main},
		{"del", "qv-mailbox del ADDRESS [--purge]", del_main},
		{"list", "qv-mailbox list [DOMAIN] [-j]", list_main},
		{"forward", "qv-mailbox forward ADDRESS TARGET...", forward_main},
		{"default", "qv-mailbox default DOMAIN bounce|ADDRESS|box BOX", default_main},
		{0},
	};

	return verb_run(ctx, verbs, argc, argv);
}

const struct applet mailbox_applet = {
	.name = "qv-mailbox",
	.dir = "usr/sbin",
	.synopsis =
		"add ADDRESS [--box NAME]\n"
		"box DOMAIN [BOX]... [--used N]\n"
		"del ADDRESS [--purge]\n"
		"list [DOMAIN] [-j]\n"
		"forward ADDRESS TARGET...\n"
		"default DOMAIN bounce|ADDRESS|box BOX\n",
	.summary = "set up, show and remove POP boxes and addresses",
	.help =
		"An address is a .qmail file in its domain's home; a box is a Maildir below\n"
		"/home/popmail/H/HANDLE/POP. Both belong to popusr. Changes take effect at once.\n"
		"\n"
		"  add      makes the next box HANDLE-NNNN (or NAME, which may be there already),\n"
		"           delivers ADDRESS into it and prints its name. A number is never used\n"
		"           twice, even after its box is gone\n"
		"  box      makes boxes that no address delivers into (yet); --used: numbers up to N\n"
		"           are never given out, as if they had been used\n"
		"  del      ADDRESS goes; its box stays, unless --purge, which deletes the mail in\n"
		"           it too and is refused while another address delivers there\n"
		"  list     a line an instruction: address, box|forward|maildir|mbox|program, value\n"
		"  forward  ADDRESS is sent on to every TARGET; replaces what it was forwarded to\n"
		"  default  mail for unknown addresses bounces, goes to ADDRESS, or into BOX\n"
		"\n"
		"Example:\n"
		"  # qv-mailbox add joe@example.com --box ex1-0001\n"
		"  ex1-0001\n"
		"  # qv-mailbox forward info@example.com joe@example.com ann@elsewhere.net\n",
	.main = mailbox_main,
};
