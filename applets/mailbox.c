/* qv-mailbox - POP boxes and the addresses that deliver into them. */
#include <string.h>

#include "applet.h"
#include "box/password.h"
#include "lib/secret.h"
#include "lib/packed.h"
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
		return err_usage(&ctx->err, verb->synopsis, "expected one ADDRESS");
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
	if (ctx->whole != NULL)
		return argc == 3 ? mailbox_hash(ctx, argv[1], argv[2])
		                 : err_perm(&ctx->err, "expected \"mailbox passwd BOX HASH\" in an import");
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "expected one BOX");
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
		return err_usage(&ctx->err, verb->synopsis, "expected one BOX");
	return mailbox_suspend(ctx, argv[1], strcmp(verb->name, "suspend") == 0);
}

static int box_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	long used = -1;
	const struct opt options[] = {{0, "used", OPT_NUMBER, &used}, {0}};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc < 2 || (argc == 2 && used < 0))
		return err_usage(&ctx->err, verb->synopsis, "expected DOMAIN and at least one BOX");
	return mailbox_box(ctx, argv[1], argv + 2, argc - 2, used);
}

static int del_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	int purge = 0;
	const struct opt options[] = {{0, "purge", OPT_FLAG, &purge}, {0}};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "expected one ADDRESS");
	return mailbox_del(ctx, argv[1], purge > 0);
}

static int list_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc > 2)
		return err_usage(&ctx->err, verb->synopsis, "expected at most one DOMAIN");
	return mailbox_list(ctx, argv[1]);
}

static int forward_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc < 3)
		return err_usage(&ctx->err, verb->synopsis, "expected ADDRESS and at least one TARGET");
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
			                             : err_usage(&ctx->err, verb->synopsis, "expected DOMAIN and one target");
	if (argc == 3)
		return mailbox_default(ctx, argv[1], MAILBOX_ADDRESS, argv[2], force > 0);
	return err_usage(&ctx->err, verb->synopsis, "expected DOMAIN and one target");
}

static const char add_help[] PACKED =
	"  add      Create the next mailbox HANDLE-NNNN, deliver ADDRESS into it and\n"
	"           print its name. A number is never used twice, even after its mailbox\n"
	"           is removed.\n"
	"    --box NAME           use this mailbox; create it if it does not exist\n"
	"    --maildir DIR        deliver into this Maildir, wherever it is; create it\n"
	"                         if it does not exist\n"
	"    --copy TARGET        forward to TARGET too\n"
	"    --password-fd N      set the password to the first line of descriptor N\n";

static const char box_help[] PACKED =
	"  box      Create mailboxes into which no address delivers yet.\n"
	"    --used N             never assign numbers up to N, as if they had been used\n";

static const char del_help[] PACKED =
	"  del      Remove ADDRESS; its mailbox is kept.\n"
	"    --purge              remove its mailbox and the mail in it too; refused\n"
	"                         while another address delivers into it\n";

static const char list_help[] PACKED =
	"  list     Print a line for each delivery instruction: address, type (box,\n"
	"           forward, maildir, mbox, program, discard or qmail), value, and\n"
	"           \"suspended\" after a mailbox with suspended login.\n";

static const char forward_help[] PACKED =
	"  forward  Forward mail for ADDRESS to each TARGET; replaces its former\n"
	"           targets.\n";

static const char default_help[] PACKED =
	"  default  Set what happens to mail for unknown addresses: bounce it, discard\n"
	"           it, forward it to ADDRESS, or deliver it into BOX or into the\n"
	"           Maildir DIR.\n"
	"    --force              replace instructions that were written by hand\n";

static const char passwd_help[] PACKED =
	"  passwd   Set the password of BOX (its name, or an address that delivers into\n"
	"           it alone). Asks on the terminal, or reads the first line of standard\n"
	"           input.\n"
	"    --password-fd N      read the first line of descriptor N\n";

static const char suspend_help[] PACKED =
	"  suspend  Refuse all logins to BOX; mail is still delivered.\n";

static const char enable_help[] PACKED =
	"  enable   Allow logins again, with the old password.\n";

static const struct verb verbs[] = {
	{
		.name = "add",
		.synopsis = "qv-mailbox add ADDRESS [--box NAME | --maildir DIR] [--copy TARGET]... [--password-fd N]",
		.run = add_main,
		.help = add_help,
	},
	{
		.name = "box",
		.synopsis = "qv-mailbox box DOMAIN [BOX]... [--used N]",
		.run = box_main,
		.help = box_help,
	},
	{
		.name = "del",
		.synopsis = "qv-mailbox del ADDRESS [--purge]",
		.run = del_main,
		.help = del_help,
	},
	{
		.name = "list",
		.synopsis = "qv-mailbox list [DOMAIN] [-j]",
		.run = list_main,
		.help = list_help,
	},
	{
		.name = "forward",
		.synopsis = "qv-mailbox forward ADDRESS TARGET...",
		.run = forward_main,
		.help = forward_help,
	},
	{
		.name = "default",
		.synopsis =
			"qv-mailbox default DOMAIN bounce|discard|ADDRESS [--force]\n"
			"qv-mailbox default DOMAIN box BOX [--force]\n"
			"qv-mailbox default DOMAIN maildir DIR [--force]",
		.run = default_main,
		.help = default_help,
	},
	{
		.name = "passwd",
		.synopsis = "qv-mailbox passwd BOX [--password-fd N]",
		.run = passwd_main,
		.help = passwd_help,
	},
	{
		.name = "suspend",
		.synopsis = "qv-mailbox suspend BOX",
		.run = login_main,
		.help = suspend_help,
	},
	{
		.name = "enable",
		.synopsis = "qv-mailbox enable BOX",
		.run = login_main,
		.help = enable_help,
	},
	{0},
};

static int mailbox_main(struct ctx *ctx, int argc, char **argv)
{
	return verb_run(ctx, verbs, argc, argv);
}

static const char help[] PACKED =
	"An address is a .qmail file in its domain's home; a mailbox is a Maildir below\n"
	"/home/popmail/H/HANDLE/POP. Both belong to popusr. Changes take effect at once.\n"
	"In a home that was set up by hand (qv-domain adopt), mailboxes are created in\n"
	"HOME/POP, and everything belongs to the user named in users/assign.\n"
	"\n"
	"PREFIX-*@DOMAIN as ADDRESS of add, del and forward, or as DOMAIN of default,\n"
	"means every address that begins with PREFIX- and has no file of its own\n"
	"(.qmail-PREFIX-default).\n"
	"\n"
	"Files:\n"
	"  /home/popmail/H/HANDLE/POP/BOX      a mailbox, its mail in new and cur\n"
	"  /home/popmail/H/HANDLE/POP/.qv-last\n"
	"                                      the highest number ever used\n"
	"  /home/popmail/H/HANDLE/DOMAINS/DOMAIN/.qmail-LOCAL\n"
	"                                      what happens to an address' mail\n"
	"  /var/qmail/users/qv-passwd          a line BOX:HASH:DIRECTORY for each mailbox\n"
	"                                      with a password, \"!\" before HASH while it\n"
	"                                      is suspended; readable only by root\n"
	"  /var/qmail/users/qv-passwd.cdb      made from it by passwd, suspend and enable\n"
	"                                      and read by qv-auth; readable only by root\n"
	"\n"
	"Example:\n"
	"  # qv-mailbox add joe@example.com --box ex1-0001\n"
	"  ex1-0001\n"
	"  # qv-mailbox passwd ex1-0001\n"
	"  # qv-mailbox forward info@example.com joe@example.com ann@elsewhere.net\n";

const struct applet mailbox_applet = {
	.name = "qv-mailbox",
	.dir = "usr/sbin",
	.verbs = verbs,
	.summary = "set up, show and remove POP mailboxes and addresses",
	.help = help,
	.main = mailbox_main,
};
