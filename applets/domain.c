/* qv-domain - set up, show and remove the domains of a gateway. */
#include <stdio.h>
#include <string.h>

#include "applet.h"
#include "dialup/caller.h"
#include "lib/secret.h"
#include "lib/packed.h"
#include "lib/verb.h"
#include "move/adopt.h"
#include "move/export.h"
#include "move/import.h"
#include "setup/domain_change.h"
#include "setup/domain_kinds.h"
#include "setup/domain_quota.h"
#include "setup/domain_recipients.h"
#include "setup/domain_show.h"
#include "setup/domain_trigger.h"

static int del_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	int purge = 0, force = 0;
	const struct opt options[] = {
		{0, "purge", OPT_FLAG, &purge},
		{0, "force", OPT_FLAG, &force},
		{0},
	};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "expected one DOMAIN");
	return domain_del(ctx, argv[1], purge > 0, force > 0);
}

static int alias_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc != 3)
		return err_usage(&ctx->err, verb->synopsis, "expected NEW and OLD");
	return domain_alias(ctx, argv[1], argv[2]);
}

static int list_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	struct change c;
	int r;

	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc != 1)
		return err_usage(&ctx->err, verb->synopsis, "expected no arguments");
	r = change_look(ctx, &c);
	if (r == 0)
		r = domain_list(ctx, &c);
	change_end(&c);
	return r;
}

static int show_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	struct domain d;
	struct change c;
	int r;

	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "expected one DOMAIN");
	r = change_look(ctx, &c);
	if (r == 0)
		r = change_domain(ctx, &c, argv[1], &d);
	if (r == 0)
		r = domain_show(ctx, &c, &d);
	change_end(&c);
	return r;
}

static int pause_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "expected one DOMAIN");
	return domain_pause(ctx, argv[1], strcmp(verb->name, "pause") == 0);
}

static int relayhost_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	struct opt_list hosts = {0};

	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc < 3)
		return err_usage(&ctx->err, verb->synopsis, "expected HOST and at least one HOST[:PORT] for its mail");
	if ((size_t)argc - 2 > sizeof hosts.item / sizeof *hosts.item)
		return err_usage(&ctx->err, verb->synopsis, "expected at most %zu relay hosts", sizeof hosts.item / sizeof *hosts.item);
	while (hosts.n < argc - 2) {
		hosts.item[hosts.n] = argv[hosts.n + 2];
		hosts.n++;
	}
	return domain_relayhost(ctx, argv[1], &hosts);
}

static int trigger_with(struct ctx *ctx, const char *host, struct trigger_wish *wish, int fd)
{
	char secret[SECRET_MAX + 1];
	int r = fd >= 0 ? 1 : wish->user != NULL && wish->states == NULL ? domain_trigger_asks(ctx, host, wish->user) : 0;

	if (r == 1) {
		wish->secret = secret;
		r = secret_read(ctx, fd, secret, sizeof secret);
	}
	if (r == 0)
		r = domain_trigger(ctx, host, wish);
	wish->secret = NULL;
	explicit_bzero(secret, sizeof secret);
	return r;
}

static int trigger_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	struct trigger_wish wish = {0};
	int autoturn = 0, off = 0;
	long fd = -1;
	const struct opt options[] = {
		{0, "user", OPT_STRING, &wish.user},
		{0, "secret-fd", OPT_NUMBER, &fd},
		{0, "states", OPT_STRING, &wish.states},
		{0, "from", OPT_LIST, &wish.from},
		{0, "autoturn", OPT_FLAG, &autoturn},
		{0, "off", OPT_FLAG, &off},
		{0},
	};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	wish.autoturn = autoturn > 0;
	wish.off = off > 0;
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "expected one HOST");
	if (wish.user == NULL && fd < 0 && wish.states == NULL && wish.from.n == 0 && !wish.autoturn && !wish.off)
		return err_usage(&ctx->err, verb->synopsis, "expected --user, --from, --autoturn or --off");
	if (fd >= 0 && wish.states != NULL)
		return err_usage(&ctx->err, verb->synopsis, "--secret-fd and --states cannot be combined");
	if (wish.user != NULL && caller_user(&ctx->err, wish.user) < 0) /* before he is asked for a secret */
		return -1;
	return trigger_with(ctx, argv[1], &wish, (int)fd);
}

static int recipients_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	struct recipients_wish wish = {0};
	int off = 0, ways;
	const struct opt options[] = {
		{0, "add", OPT_LIST, &wish.add},
		{0, "remove", OPT_LIST, &wish.remove},
		{0, "off", OPT_FLAG, &off},
		{0},
	};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 2 && argc != 3)
		return err_usage(&ctx->err, verb->synopsis, "expected HOST and an optional FILE");
	wish.file = argc == 3 ? argv[2] : NULL;
	wish.off = off > 0;
	ways = (wish.file != NULL) + (wish.add.n + wish.remove.n > 0) + wish.off;
	if (ways > 1)
		return err_usage(&ctx->err, verb->synopsis, "FILE, --off and --add or --remove cannot be combined");
	if (ctx->whole != NULL && (ways == 0 || wish.file != NULL))
		return err_perm(&ctx->err, "in an import, expected --add, --remove or --off");
	return ways > 0 ? domain_recipients(ctx, argv[1], &wish) : domain_recipients_print(ctx, argv[1]);
}

static int quota_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	int off = 0;
	const struct opt options[] = {{0, "off", OPT_FLAG, &off}, {0}};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 2 && (argc != 3 || off > 0))
		return err_usage(&ctx->err, verb->synopsis, "expected HOST, and MESSAGES[,BYTES] or --off");
	if (argc == 3 && domain_quota_check(ctx, argv[2]) < 0)
		return -1;
	if (ctx->whole != NULL && argc == 2 && off == 0)
		return err_perm(&ctx->err, "in an import, expected MESSAGES[,BYTES] or --off");
	if (argc == 3)
		return domain_quota(ctx, argv[1], argv[2]);
	return off > 0 ? domain_quota(ctx, argv[1], NULL) : domain_quota_print(ctx, argv[1]);
}

static int adopt_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	packed_unpack();
	return adopt(ctx, argv + 1, argc - 1);
}

static int domain_main(struct ctx *ctx, int argc, char **argv);

static int run_mailbox(struct ctx *ctx, int argc, char **argv)
{
	return mailbox_applet.main(ctx, argc, argv);
}

static int import_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	static const struct import_command commands[] = {
		{"domain", "add", domain_main},
		{"domain", "alias", domain_main},
		{"domain", "relayhost", domain_main},
		{"domain", "pause", domain_main},
		{"domain", "quota", domain_main},
		{"domain", "recipients", domain_main},
		{"domain", "trigger", domain_main},
		{"mailbox", "add", run_mailbox},
		{"mailbox", "box", run_mailbox},
		{"mailbox", "forward", run_mailbox},
		{"mailbox", "default", run_mailbox},
		{"mailbox", "del", run_mailbox},
		{"mailbox", "passwd", run_mailbox},
		{"mailbox", "suspend", run_mailbox},
		{0},
	};

	const char *system = NULL;
	const struct opt options[] = {{0, "from", OPT_STRING, &system}, {0}};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	packed_unpack();
	if (system != NULL && argc < 2)
		return err_usage(&ctx->err, verb->synopsis, "expected DIR");
	if (system != NULL)
		return import_from(ctx, system, argv[1], argv + 2, argc - 2, commands);
	if (argc > 2)
		return err_usage(&ctx->err, verb->synopsis, "expected at most one FILE");
	return import_run(ctx, argv[1], commands);
}

static int export_main(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	if (common_options(ctx, verb->synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc != 1)
		return err_usage(&ctx->err, verb->synopsis, "expected no arguments");
	packed_unpack();
	return export_run(ctx);
}

static const char del_help[] PACKED =
	"  del         Remove the domain's entries; its directories are kept.\n"
	"    --purge                   remove its directories and the logins of its\n"
	"                              mailboxes too, also of a domain deleted before,\n"
	"                              unless mail waits in them\n"
	"    --force                   ... even if mail waits in them\n";

static const char alias_help[] PACKED =
	"  alias       Deliver mail for NEW like mail for OLD, a pop or dialup domain,\n"
	"              its sub-domains included if OLD's are. OLD cannot be deleted\n"
	"              before NEW. Deleting NEW removes only its own entries.\n";

static const char relayhost_help[] PACKED =
	"  relayhost   Send the mail of a dial-up host to these servers, tried in this\n"
	"              order. A running flush ends with the old ones.\n";

static const char quota_help[] PACKED =
	"  quota       Print or set how much mail may wait for a dial-up host. With\n"
	"              BYTES, one of the two may be 0: it is not limited. While so much\n"
	"              waits, qv-rcpt defers what is sent to HOST, and takes it if it\n"
	"              cannot say so. Mail never bounces for it.\n"
	"    --off                     remove the quota\n";

static const char recipients_help[] PACKED =
	"  recipients  Print, or replace by FILE (-: standard input), the list of the\n"
	"              addresses that a dial-up host has; by it qv-rcpt refuses others\n"
	"              at RCPT. One local part a line: the text before the @; a * at its\n"
	"              end stands for anything; # begins a comment line. postmaster is\n"
	"              always accepted. Without a list every address is. joe has\n"
	"              neither joe+tag nor joe-list: write joe+* or joe-*, too.\n"
	"    --add LOCAL[,LOCAL]...    add these to the list\n"
	"    --remove LOCAL[,LOCAL]... remove these from it\n"
	"    --off                     remove the list\n";

static const char trigger_help[] PACKED =
	"  trigger     Let the customer call for the mail of a dial-up host\n"
	"              (qv-trigger): by login, from an address, or both ways. What is\n"
	"              not named stays as it is; show prints it.\n"
	"    --user NAME               who logs in as NAME may. The secret is asked for\n"
	"                              on the terminal or read from standard input,\n"
	"                              unless NAME has one for another host\n"
	"    --secret-fd N             set the secret: the first line of descriptor N\n"
	"    --states STATES           set it as export prints it\n"
	"    --from ADDRESS[/PREFIX]   who calls from there may, without a login;\n"
	"                              replaces the addresses that were allowed before\n"
	"    --autoturn                send to that address when it has sent mail here\n"
	"                              (qv-trigger autoturn)\n"
	"    --off                     nobody may, except as the same command says\n";

static const char adopt_help[] PACKED =
	"  adopt       Print how qvmail understands domains that were set up by hand,\n"
	"              with all their addresses, and what it cannot manage. A domain\n"
	"              without an entry of its own in users/assign gets one that states\n"
	"              what qmail already does; from then on all commands work on it. No\n"
	"              mail and no directory is changed.\n";

static const char import_help[] PACKED =
	"  import      Run the commands in FILE or on standard input, one a line,\n"
	"              without their qv- (\"domain add backup example.com\", \"mailbox add\n"
	"              joe@example.com --box ex1-0001\"); # begins a comment. They are\n"
	"              one change: if any line is wrong, nothing is changed. Passwords\n"
	"              are hashes of crypt(3): \"mailbox passwd ex1-0001 $6$...\"\n"
	"    --from vpopmail|vmailmgr  import the domains, users, passwords and forwards\n"
	"                              of that system from DIR (~vpopmail, or the home\n"
	"                              of a vmailmgr user); Maildirs stay where they\n"
	"                              are. What cannot be kept is named on stderr\n";

static const char export_help[] PACKED =
	"  export      Print the commands that recreate this set-up. What no command\n"
	"              creates is named in comments: # not exported: FILE:LINE: TEXT.\n"
	"              The output contains password hashes; keep it private.\n";

static const char list_help[] PACKED =
	"  list        Print a line for each domain: name, form, handle, and its home or\n"
	"              relay.\n";

static const char show_help[] PACKED =
	"  show        Print everything about one domain.\n";

static const char pause_help[] PACKED =
	"  pause       Stop sending to a dial-up host; its mail is still accepted and\n"
	"              kept.\n";

static const char resume_help[] PACKED =
	"  resume      Send to it again.\n";

static const struct verb verbs[] = {
	{.name = "add", .below = domain_kinds},
	{
		.name = "del",
		.synopsis = "qv-domain del DOMAIN [--purge [--force]]",
		.run = del_main,
		.help = del_help,
	},
	{
		.name = "alias",
		.synopsis = "qv-domain alias NEW OLD",
		.run = alias_main,
		.help = alias_help,
	},
	{
		.name = "relayhost",
		.synopsis = "qv-domain relayhost HOST HOST[:PORT]...",
		.run = relayhost_main,
		.help = relayhost_help,
	},
	{
		.name = "quota",
		.synopsis = "qv-domain quota HOST [MESSAGES[,BYTES]] [--off] [-j]",
		.run = quota_main,
		.help = quota_help,
	},
	{
		.name = "recipients",
		.synopsis =
			"qv-domain recipients HOST [FILE] [--add LOCAL[,LOCAL]...]... [--remove LOCAL[,LOCAL]...]... [--off] "
			"[-j]",
		.run = recipients_main,
		.help = recipients_help,
	},
	{
		.name = "trigger",
		.synopsis =
			"qv-domain trigger HOST [--user NAME [--secret-fd N | --states STATES]] [--from ADDRESS[/PREFIX]]... "
			"[--autoturn] [--off]",
		.run = trigger_main,
		.help = trigger_help,
	},
	{
		.name = "adopt",
		.synopsis = "qv-domain adopt [DOMAIN|HANDLE]...",
		.run = adopt_main,
		.help = adopt_help,
	},
	{
		.name = "import",
		.synopsis =
			"qv-domain import [FILE]\n"
			"qv-domain import --from vpopmail|vmailmgr DIR [DOMAIN]...",
		.run = import_main,
		.help = import_help,
	},
	{
		.name = "export",
		.synopsis = "qv-domain export",
		.run = export_main,
		.help = export_help,
	},
	{
		.name = "list",
		.synopsis = "qv-domain list [-j]",
		.run = list_main,
		.help = list_help,
	},
	{
		.name = "show",
		.synopsis = "qv-domain show DOMAIN [-j]",
		.run = show_main,
		.help = show_help,
	},
	{
		.name = "pause",
		.synopsis = "qv-domain pause DOMAIN",
		.run = pause_main,
		.help = pause_help,
	},
	{
		.name = "resume",
		.synopsis = "qv-domain resume DOMAIN",
		.run = pause_main,
		.help = resume_help,
	},
	{0},
};

static int domain_main(struct ctx *ctx, int argc, char **argv)
{
	return verb_run(ctx, verbs, argc, argv);
}

static const char help[] PACKED =
	"One command is one change to all the files that must agree: control/rcpthosts,\n"
	"control/virtualdomains, control/smtproutes, users/assign, users/cdb, the\n"
	"domain's directory and its .qmail files, and the HUP to qmail-send. Mail is\n"
	"accepted last when adding and refused first when deleting, so nothing bounces\n"
	"in between. Adding a domain that already exists in the same form changes\n"
	"nothing; in another form it is an error.\n"
	"\n"
	"A trailing dot of DOMAIN is dropped; capitals are stored as small letters.\n"
	"\n"
	"Files:\n"
	"  /var/qmail/control/rcpthosts, morercpthosts, virtualdomains, smtproutes\n"
	"  /var/qmail/users/assign, /var/qmail/users/cdb\n"
	"  /home/popmail/H/HANDLE/DOMAINS/DOMAIN  .qmail files of a pop domain\n"
	"  /home/serialmail/HOST                RELAYHOST, Maildir, .qmail-default, .qv-*\n"
	"\n"
	"Example:\n"
	"  # qv-domain add pop example.com ex1\n"
	"  # qv-domain add dialup some.example.com ex1\n";

const struct applet domain_applet = {
	.name = "qv-domain",
	.dir = "usr/sbin",
	.verbs = verbs,
	.summary = "set up, show and remove domains",
	.help = help,
	.main = domain_main,
};
