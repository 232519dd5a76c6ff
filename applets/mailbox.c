/* qv-mailbox - POP boxes and the addresses that deliver into them. */
#include <string.h>

#include "applet.h"
#include "box/password.h"
#include "lib/secret.h"
#include "lib/verb.h"
#include "setup/mailbox_change.h"
#include "setup/mailbox_login.h"

static int add_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	char password[PASSWORD_MAX + 1];
	struct mailbox_wish wish = {0};
	long fd = -1;
	const struct opt options[] = {
		{0, "box", OPT_STRING, &wish.box},
		{0, "maildir", OPT_STRING, &wish.maildir},
		{0, "copy", OPT_LIST, &wish.copies},
		{0, "password-fd", OPT_NUMBER, &fd},
		{0},
	};
	int r;

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "one ADDRESS is expected");
	if (fd < 0)
		return mailbox_add(ctx, argv[1], &wish);
	r = secret_read(ctx, (int)fd, password, sizeof password);
	wish.password = password;
	if (r == 0)
		r = mailbox_add(ctx, argv[1], &wish);
	explicit_bzero(password, sizeof password);
	return r;
}

static int passwd_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	char password[PASSWORD_MAX + 1];
	long fd = -1;
	const struct opt options[] = {{0, "password-fd", OPT_NUMBER, &fd}, {0}};
	int r;

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (ctx->batch != NULL)
		return argc == 3 ? mailbox_hash(ctx, argv[1], argv[2])
		                 : err_perm(&ctx->err, "in an import, mailbox passwd BOX HASH is expected");
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "one BOX is expected");
	if (mailbox_login_look(ctx, argv[1]) < 0)
		return -1;
	r = secret_read(ctx, (int)fd, password, sizeof password);
	if (r == 0)
		r = mailbox_passwd(ctx, argv[1], password);
	explicit_bzero(password, sizeof password);
	return r;
}

static int login_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "one BOX is expected");
	return mailbox_suspend(ctx, argv[1], strcmp(verb->name, "suspend") == 0);
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
	static const struct {
		const char *word;
		int argc;
		enum mailbox_default to;
	} words[] = {
		{"bounce", 3, MAILBOX_BOUNCE},
		{"discard", 3, MAILBOX_DISCARD},
		{"box", 4, MAILBOX_BOX},
		{"maildir", 4, MAILBOX_MAILDIR},
	};
	int force = 0;
	const struct opt options[] = {{0, "force", OPT_FLAG, &force}, {0}};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	for (size_t i = 0; argc > 2 && i < sizeof words / sizeof *words; i++)
		if (strcmp(argv[2], words[i].word) == 0)
			return argc == words[i].argc ? mailbox_default(ctx, argv[1], words[i].to, argv[3], force > 0)
			                             : err_usage(&ctx->err, verb->synopsis, "DOMAIN and where to are expected");
	if (argc == 3)
		return mailbox_default(ctx, argv[1], MAILBOX_ADDRESS, argv[2], force > 0);
	return err_usage(&ctx->err, verb->synopsis, "DOMAIN and where to are expected");
}

static const struct verb verbs[] = {
	{
		.name = "add",
		.synopsis = "qv-mailbox add ADDRESS [--box NAME | --maildir DIR] [--copy TARGET]... [--password-fd N]",
		.run = add_main,
		.help =
			"  add      makes the next box HANDLE-NNNN, delivers ADDRESS into it and prints its\n"
			"           name. A number is never used twice, even after its box is gone\n"
			"    --box NAME           this box, which may be there already\n"
			"    --maildir DIR        into this Maildir, which may be anywhere and stays where it is\n"
			"    --copy TARGET        is sent on to TARGET too\n"
			"    --password-fd N      the first line of descriptor N is the box's password\n",
	},
	{
		.name = "box",
		.synopsis = "qv-mailbox box DOMAIN [BOX]... [--used N]",
		.run = box_main,
		.help =
			"  box      makes boxes that no address delivers into (yet)\n"
			"    --used N             numbers up to N are never given out, as if they had been used\n",
	},
	{
		.name = "del",
		.synopsis = "qv-mailbox del ADDRESS [--purge]",
		.run = del_main,
		.help =
			"  del      ADDRESS goes; its box stays\n"
			"    --purge              the box and the mail in it go too; refused while another address\n"
			"                         delivers there\n",
	},
	{
		.name = "list",
		.synopsis = "qv-mailbox list [DOMAIN] [-j]",
		.run = list_main,
		.help =
			"  list     a line an instruction: address, box|forward|maildir|mbox|program|discard|qmail, value,\n"
			"           and \"suspended\" behind a box that nobody can log in to\n",
	},
	{
		.name = "forward",
		.synopsis = "qv-mailbox forward ADDRESS TARGET...",
		.run = forward_main,
		.help =
			"  forward  ADDRESS is sent on to every TARGET; replaces what it was forwarded to\n",
	},
	{
		.name = "default",
		.synopsis =
			"qv-mailbox default DOMAIN bounce|discard|ADDRESS [--force]\n"
			"qv-mailbox default DOMAIN box BOX [--force]\n"
			"qv-mailbox default DOMAIN maildir DIR [--force]",
		.run = default_main,
		.help =
			"  default  mail for unknown addresses bounces, is thrown away, goes to ADDRESS, into BOX,\n"
			"           or into the Maildir DIR\n"
			"    --force              whatever was said by hand before\n",
	},
	{
		.name = "passwd",
		.synopsis = "qv-mailbox passwd BOX [--password-fd N]",
		.run = passwd_main,
		.help =
			"  passwd   gives BOX (its name, or an address that delivers into it alone) the\n"
			"           password it logs in with: asked for on the terminal, else the first line of\n"
			"           standard input\n"
			"    --password-fd N      ... else the first line of descriptor N\n",
	},
	{
		.name = "suspend",
		.synopsis = "qv-mailbox suspend BOX",
		.run = login_main,
		.help =
			"  suspend  nobody logs in to BOX, whatever the password; mail is delivered as before\n",
	},
	{
		.name = "enable",
		.synopsis = "qv-mailbox enable BOX",
		.run = login_main,
		.help =
			"  enable   takes that back; the password is the old one\n",
	},
	{0},
};

static int mailbox_main(struct ctx *ctx, int argc, char **argv)
{
	return verb_run(ctx, verbs, argc, argv);
}

const struct applet mailbox_applet = {
	.name = "qv-mailbox",
	.dir = "usr/sbin",
	.verbs = verbs,
	.summary = "set up, show and remove POP boxes and addresses",
	.help =
		"An address is a .qmail file in its domain's home; a box is a Maildir below\n"
		"/home/popmail/H/HANDLE/POP. Both belong to popusr. Changes take effect at once.\n"
		"In a home that was laid out by somebody else (qv-domain adopt), boxes are made in\n"
		"HOME/POP, and all belongs to the user whom users/assign names.\n"
		"\n"
		"Files:\n"
		"  /home/popmail/H/HANDLE/POP/BOX               a box, its mail in new and cur\n"
		"  /home/popmail/H/HANDLE/POP/.qv-last          the highest number that was ever used\n"
		"  /home/popmail/H/HANDLE/DOMAINS/DOMAIN/.qmail-LOCAL   where an address' mail goes\n"
		"  /var/qmail/users/qv-passwd        a line BOX:HASH:DIRECTORY for every box with a password,\n"
		"                                    with \"!\" before HASH while it is suspended; root's alone\n"
		"  /var/qmail/users/qv-passwd.cdb    made from it by passwd, suspend and enable: what qv-auth\n"
		"                                    reads; root's alone\n"
		"\n"
		"Example:\n"
		"  # qv-mailbox add joe@example.com --box ex1-0001\n"
		"  ex1-0001\n"
		"  # qv-mailbox passwd ex1-0001\n"
		"  # qv-mailbox forward info@example.com joe@example.com ann@elsewhere.net\n",
	.main = mailbox_main,
};
