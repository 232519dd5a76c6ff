/* domain_kinds - the ways to add a domain, as words of a command line. */
#include "setup/domain_kinds.h"

#include <stdio.h>
#include <string.h>

#include "lib/packed.h"
#include "setup/domain_change.h"
#include "setup/domain_quota.h"

static int set_id(struct ctx *ctx, const char *id, struct domain *d)
{
	struct name_domain name;

	if (id != NULL && name_domain(&ctx->err, id, &name) < 0)
		return -1;
	snprintf(d->id, sizeof d->id, "%s", id != NULL ? name.text : d->name.text);
	return 0;
}

static int add_pop(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	struct domain d = {.form = DOMAIN_POP};
	const char *id = NULL, *postmaster = NULL;
	int no_subdomains = 0, catch_all = 0;
	const struct opt options[] = {
		{0, "id", OPT_STRING, &id},
		{0, "no-subdomains", OPT_FLAG, &no_subdomains},
		{0, "postmaster", OPT_STRING, &postmaster},
		{0, "catch-all", OPT_FLAG, &catch_all},
		{0},
	};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 3)
		return err_usage(&ctx->err, verb->synopsis, "expected DOMAIN and HANDLE");
	if (name_domain(&ctx->err, argv[1], &d.name) < 0 || name_handle(&ctx->err, "handle", argv[2]) < 0 ||
	    set_id(ctx, id, &d) < 0)
		return -1;
	snprintf(d.user, sizeof d.user, "%s", argv[2]);
	d.subdomains = !no_subdomains;
	return domain_add(ctx, &d, &(struct domain_files){.postmaster = postmaster, .catch_all = catch_all});
}

static int add_relay(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	struct domain d = {.form = DOMAIN_RELAY};
	int no_subdomains = 0;
	const struct opt options[] = {{0, "no-subdomains", OPT_FLAG, &no_subdomains}, {0}};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 3)
		return err_usage(&ctx->err, verb->synopsis, "expected DOMAIN and HOST");
	if (name_domain(&ctx->err, argv[1], &d.name) < 0 || name_route(&ctx->err, argv[2]) < 0)
		return -1;
	snprintf(d.relay, sizeof d.relay, "%s", argv[2]);
	d.subdomains = !no_subdomains;
	return domain_add(ctx, &d, &(struct domain_files){0});
}

static int add_backup(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	struct domain d = {.form = DOMAIN_BACKUP};
	int no_subdomains = 0;
	const struct opt options[] = {{0, "no-subdomains", OPT_FLAG, &no_subdomains}, {0}};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 2)
		return err_usage(&ctx->err, verb->synopsis, "expected one DOMAIN");
	if (name_domain(&ctx->err, argv[1], &d.name) < 0)
		return -1;
	d.subdomains = !no_subdomains;
	return domain_add(ctx, &d, &(struct domain_files){0});
}

static int add_dialup(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	struct domain d = {.form = DOMAIN_DIALUP};
	struct opt_list relayhosts = {0};
	int subdomains = 0, on_demand = 0;
	const char *quota = NULL;
	long lifetime = -1;
	const struct opt options[] = {
		{0, "relayhost", OPT_LIST, &relayhosts},
		{0, "subdomains", OPT_FLAG, &subdomains},
		{0, "on-demand", OPT_FLAG, &on_demand},
		{0, "lifetime", OPT_NUMBER, &lifetime},
		{0, "quota", OPT_STRING, &quota},
		{0},
	};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 2 && argc != 3)
		return err_usage(&ctx->err, verb->synopsis, "expected HOST and an optional HANDLE");
	if (name_domain(&ctx->err, argv[1], &d.name) < 0 || set_id(ctx, NULL, &d) < 0 ||
	    (argc == 3 && name_handle(&ctx->err, "handle", argv[2]) < 0) || (quota != NULL && domain_quota_check(ctx, quota) < 0))
		return -1;
	snprintf(d.user, sizeof d.user, "%s", argc == 3 ? argv[2] : "");
	d.subdomains = subdomains > 0;
	return domain_add(ctx, &d,
	                  &(struct domain_files){.relayhosts = relayhosts,
	                                         .on_demand = on_demand > 0,
	                                         .lifetime = lifetime,
	                                         .quota = quota});
}

/* UID:GID */
static int set_owner(struct ctx *ctx, const char *owner, struct domain *d)
{
	const char *colon = owner != NULL ? strchr(owner, ':') : NULL;
	char uid[16];
	long u = 0, g = 0;

	if (owner == NULL)
		return 0;
	snprintf(uid, sizeof uid, "%.*s", colon != NULL ? (int)(colon - owner) : 0, owner);
	if (colon == NULL || opt_number(uid, INT32_MAX, &u) < 0 || opt_number(colon + 1, INT32_MAX, &g) < 0 || u == 0)
		return err_perm(&ctx->err, "invalid --owner \"%.100s\": expected UID:GID in numbers, UID not 0", owner);
	d->uid = (uid_t)u;
	d->gid = (gid_t)g;
	return 0;
}

static int set_ext(struct ctx *ctx, const char *ext, struct domain *d)
{
	struct name_address a;
	char address[300];

	if (ext == NULL)
		return 0;
	snprintf(address, sizeof address, "%.250sx@ext.test", ext);
	if (name_address(&ctx->err, address, &a) < 0)
		return -1;
	snprintf(d->ext, sizeof d->ext, "%.*s", (int)strlen(a.local) - 1, a.local);
	return 0;
}

static int add_virtual(struct ctx *ctx, const struct verb *verb, int argc, char **argv)
{
	struct domain d = {.form = DOMAIN_VIRTUAL, .dash = "-"};
	int no_subdomains = 0;
	const char *id = NULL, *owner = NULL, *user = NULL, *ext = NULL;
	char home[NAME_PATH_MAX + 1];
	const struct opt options[] = {
		{0, "id", OPT_STRING, &id},
		{0, "no-subdomains", OPT_FLAG, &no_subdomains},
		{0, "owner", OPT_STRING, &owner},
		{0, "user", OPT_STRING, &user},
		{0, "ext", OPT_STRING, &ext},
		{0},
	};

	if (common_options(ctx, verb->synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 3)
		return err_usage(&ctx->err, verb->synopsis, "expected DOMAIN and HOME");
	if (name_domain(&ctx->err, argv[1], &d.name) < 0 || name_path(&ctx->err, argv[2], home) < 0 ||
	    (user != NULL && name_user(&ctx->err, user) < 0) || set_id(ctx, id, &d) < 0 ||
	    set_owner(ctx, owner, &d) < 0 || set_ext(ctx, ext, &d) < 0)
		return -1;
	snprintf(d.home, sizeof d.home, "%s", home);
	snprintf(d.user, sizeof d.user, "%s", user != NULL ? user : "");
	d.subdomains = !no_subdomains;
	return domain_add(ctx, &d, &(struct domain_files){
		.has_id = id != NULL, .has_user = user != NULL, .has_owner = owner != NULL});
}

static const char pop_help[] PACKED =
	"  add pop     Deliver mail for DOMAIN to POP mailboxes of the customer HANDLE.\n"
	"              Creates the mailbox HANDLE-0000 for postmaster.\n"
	"    --id ID                   use ID, not DOMAIN, as the prefix in\n"
	"                              virtualdomains and users/assign\n"
	"    --no-subdomains           do not accept mail for sub-domains\n"
	"    --postmaster BOX|ADDRESS  deliver postmaster's mail there; create no\n"
	"                              mailbox\n"
	"    --catch-all               deliver mail for unknown addresses where\n"
	"                              postmaster's is delivered\n";

static const char relay_help[] PACKED =
	"  add relay   Accept mail for DOMAIN and send it on to HOST\n"
	"              (control/smtproutes).\n"
	"    --no-subdomains           do not accept mail for sub-domains\n";

static const char backup_help[] PACKED =
	"  add backup  Accept mail for DOMAIN, to be sent to its better MX\n"
	"              (control/rcpthosts only).\n"
	"    --no-subdomains           do not accept mail for sub-domains\n";

static const char dialup_help[] PACKED =
	"  add dialup  Keep mail for HOST in /home/serialmail/HOST/Maildir until\n"
	"              qv-flush sends it.\n"
	"    --relayhost HOST[:PORT]   send it to this server, the first one given being\n"
	"                              tried first (default: HOST itself)\n"
	"    --subdomains              accept mail for sub-domains too\n"
	"    --on-demand               send it only when asked for: qv-master skips HOST\n"
	"    --lifetime SECONDS        bounce mail that is older than this (default:\n"
	"                              control/qv-lifetime)\n"
	"    --quota MESSAGES[,BYTES]  how much mail may wait (see quota)\n";

static const char virtual_help[] PACKED =
	"  add virtual Deliver mail for DOMAIN by the .qmail files in HOME, in any\n"
	"              layout. Creates HOME if it does not exist.\n"
	"    --owner UID:GID           deliver as this user, not as the owner of HOME\n"
	"    --user NAME               the owner's name in users/assign\n"
	"    --id ID                   use ID, not DOMAIN, as the prefix in\n"
	"                              virtualdomains and users/assign\n"
	"    --ext EXT                 use the files that begin with .qmail-EXT\n"
	"    --no-subdomains           do not accept mail for sub-domains\n";

const struct verb domain_kinds[] = {
	{
		.name = "pop",
		.synopsis = "qv-domain add pop DOMAIN HANDLE [--id ID] [--no-subdomains] [--postmaster BOX|ADDRESS] [--catch-all]",
		.run = add_pop,
		.help = pop_help,
	},
	{
		.name = "relay",
		.synopsis = "qv-domain add relay DOMAIN HOST[:PORT] [--no-subdomains]",
		.run = add_relay,
		.help = relay_help,
	},
	{
		.name = "backup",
		.synopsis = "qv-domain add backup DOMAIN [--no-subdomains]",
		.run = add_backup,
		.help = backup_help,
	},
	{
		.name = "dialup",
		.synopsis =
			"qv-domain add dialup HOST [HANDLE] [--relayhost HOST[:PORT]]... [--subdomains] [--on-demand] "
			"[--lifetime SECONDS] [--quota MESSAGES[,BYTES]]",
		.run = add_dialup,
		.help = dialup_help,
	},
	{
		.name = "virtual",
		.synopsis =
			"qv-domain add virtual DOMAIN HOME [--owner UID:GID] [--user NAME] [--id ID] [--ext EXT] "
			"[--no-subdomains]",
		.run = add_virtual,
		.help = virtual_help,
	},
	{0},
};
