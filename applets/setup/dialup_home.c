/* dialup_home - find the directory in which a dial-up host's mail waits. */
#include "setup/dialup_home.h"

#include <stdio.h>
#include <string.h>

#include "lib/fs.h"
#include "qmail/lookup.h"
#include "routing/files.h"

static int look(struct ctx *ctx, const struct conf *conf, const char *name, struct domain *d)
{
	struct routing routing;
	int r = routing_load(ctx, conf, &routing);

	if (r == 0)
		routing_look(&routing, conf, name, d);
	routing_free(&routing);
	return r;
}

/* Its own directory, to which its own id leads: most are found without reading any table whole. */
static bool is_plain(struct ctx *ctx, const char *name, const char *home, const char *relayhost)
{
	char local[NAME_DOMAIN_MAX + 2], id[sizeof local];
	struct mapped cdb;
	struct stat st;
	bool leads;

	snprintf(local, sizeof local, "%s-", name);
	leads = lookup_open(ctx, &cdb) && lookup_id(&cdb, local, home, id, sizeof id) == 0 && strcmp(id, local) == 0;
	mapped_close(&cdb);
	return leads && fs_stat(ctx, relayhost, &st) == 0;
}

int dialup_home(struct ctx *ctx, const struct conf *conf, const char *host, char *home, size_t size)
{
	struct name_domain name;
	char relayhost[900];
	struct domain d;
	struct stat st;
	int r;

	if (name_domain(&ctx->err, host, &name) < 0)
		return -1;
	snprintf(home, size, "%s/%s", conf->serialmail, name.text);
	snprintf(relayhost, sizeof relayhost, "%.600s/RELAYHOST", home);
	if (is_plain(ctx, name.text, home, relayhost))
		return 0;
	if (look(ctx, conf, name.text, &d) < 0)
		return -1;
	if (d.form == DOMAIN_DIALUP) {
		snprintf(home, size, "%s", d.home);
		return 0;
	}
	r = fs_stat(ctx, relayhost, &st);
	if (r == 1 && d.form != DOMAIN_NONE)
		return err_perm(&ctx->err, "%s is not a dial-up host: it is a %s domain", name.text, domain_word(d.form));
	if (r == 1)
		return err_perm(&ctx->err, "%s is not a dial-up host: %s%s does not exist", name.text, ctx->root, relayhost);
	return r;
}
