/* domain_change - the changes of qv-domain: each function is a complete one, from the lock to the last rename. */
#include "setup/domain_change.h"

#include <stdio.h>
#include <string.h>

#include "box/home.h"
#include "dialup/marks.h"
#include "lib/join.h"
#include "plan/view.h"
#include "setup/domain_left.h"
#include "setup/unlisted.h"

static bool delivers(const struct domain *d)
{
	return d->form == DOMAIN_POP || d->form == DOMAIN_DIALUP || d->form == DOMAIN_VIRTUAL;
}

static bool is_new(const struct change *c, const char *name)
{
	struct domain d;

	routing_look(&c->routing, &c->conf, name, &d);
	return d.form == DOMAIN_NONE;
}

/* A name in the local network may be intended; usually the rest of the name was forgotten. */
static void warn_of_no_dot(struct ctx *ctx, const char *name)
{
	if (strchr(name, '.') == NULL)
		ctx_warn(ctx, "%s has no dot: it only receives mail for ...@%s; if that is a mistake, run qv-domain del %s", name,
		         name, name);
}

/* A home's user and owner, unless given: those in users/assign, else the owner of the directory, else popusr. */
static int complete_virtual(struct ctx *ctx, struct change *c, struct domain *want, const struct domain_files *files)
{
	struct stat st = {0};
	struct domain is;

	routing_look(&c->routing, &c->conf, want->name.text, &is);
	if (!files->has_id && *is.id != '\0')
		join(want->id, sizeof want->id, is.id, NULL);
	if (!files->has_user)
		snprintf(want->user, sizeof want->user, "%.63s", strcmp(is.home, want->home) == 0 ? is.user : want->id);
	if (files->has_owner)
		return 0;
	if (strcmp(is.home, want->home) != 0) {
		if (plan_stat(ctx, &c->files, want->home, &st) < 0)
			return -1;
		is.uid = st.st_uid;
		is.gid = st.st_gid;
	}
	want->uid = is.uid != 0 ? is.uid : c->conf.uid;
	want->gid = is.uid != 0 ? is.gid : c->conf.gid;
	return 0;
}

static int add(struct ctx *ctx, struct change *c, struct domain *want, const struct domain_files *files)
{
	bool first = is_new(c, want->name.text);

	if (want->form == DOMAIN_VIRTUAL && complete_virtual(ctx, c, want, files) < 0)
		return -1;
	if (want->form == DOMAIN_POP || want->form == DOMAIN_DIALUP) {
		want->uid = c->conf.uid;
		want->gid = c->conf.gid;
		if (*want->user == '\0')
			join(want->user, sizeof want->user, c->conf.popuser, NULL);
		domain_files_home(&c->conf, want);
	}
	if (routing_add(&ctx->err, &c->routing, want) < 0 || domain_files_make(ctx, &c->conf, want, files, &c->files) < 0)
		return -1;
	if (first) {
		warn_of_no_dot(ctx, want->name.text);
		unlisted_domain(ctx, want->name.text);
	}
	return change_apply(ctx, c, ROUTING_ADD, delivers(want));
}

int domain_add(struct ctx *ctx, struct domain *want, const struct domain_files *files)
{
	struct change c;
	int r = change_begin(ctx, &c);

	if (r == 0)
		r = add(ctx, &c, want, files);
	change_end(&c);
	return r;
}

static int alias(struct ctx *ctx, struct change *c, const char *name, const char *old)
{
	struct name_domain n;
	struct domain d;
	bool first;

	if (name_domain(&ctx->err, name, &n) < 0 || change_domain(ctx, c, old, &d) < 0)
		return -1;
	if (*d.alias_of != '\0' && change_domain(ctx, c, d.alias_of, &d) < 0)
		return -1;
	if (!delivers(&d))
		return err_perm(
			&ctx->err, "%s is a %s domain, and only domains delivered here can have aliases; add %s as a separate domain",
			d.name.text, domain_word(d.form), n.text);
	if (strcmp(n.text, d.name.text) == 0)
		return err_perm(&ctx->err, "%s cannot be an alias of itself", n.text);
	if (*d.home == '\0' || !d.accepted)
		return err_perm(&ctx->err, "%s is set up incompletely; run qv-domain -n adopt %s for details", d.name.text,
		                d.name.text);
	first = is_new(c, n.text);
	if (routing_alias(&ctx->err, &c->routing, n.text, &d) < 0)
		return -1;
	if (first) {
		warn_of_no_dot(ctx, n.text);
		unlisted_domain(ctx, n.text);
	}
	return change_apply(ctx, c, ROUTING_ADD, true);
}

int domain_alias(struct ctx *ctx, const char *name, const char *old)
{
	struct change c;
	int r = change_begin(ctx, &c);

	if (r == 0)
		r = alias(ctx, &c, name, old);
	change_end(&c);
	return r;
}

static int check_no_alias(struct ctx *ctx, const struct change *c, const struct domain *d)
{
	struct name_domain alias;
	size_t at = 0;

	if (!delivers(d) || !routing_next_alias(&c->routing, &c->conf, d, &at, &alias))
		return 0;
	return err_perm(&ctx->err, "%s is an alias of %s and would lose its mail; run qv-domain del %s first", alias.text,
	                d->name.text, alias.text);
}

/* Warn that users of a deleted domain can still log in. */
static int say_logins(struct ctx *ctx, struct change *c, const struct domain *d)
{
	struct sorted dirs = SORTED(CONTROL_MAX);
	struct boxes b;
	size_t logins;

	if (*d->home == '\0' || *d->alias_of != '\0' || d->form == DOMAIN_DIALUP || !domain_was_last(&c->routing, d))
		return 0;
	if (change_logins(ctx, c) < 0 || domain_login_dirs(ctx, &c->logins, &dirs) < 0)
		return -1;
	domain_boxes(d, &b);
	logins = domain_logins(&dirs, &b);
	sorted_free(&dirs);
	if (logins == 1)
		ctx_warn(ctx, "1 box in %s%s can still log in; qv-mailbox suspend locks it, qv-domain del %s --purge removes it", ctx->root,
		         b.dir, d->name.text);
	else if (logins > 1)
		ctx_warn(ctx, "%zu boxes in %s%s can still log in; qv-mailbox suspend locks them, qv-domain del %s --purge removes them",
		         logins, ctx->root, b.dir, d->name.text);
	return 0;
}

/* Nobody calls for the mail of a host that is gone, nor for that of one that gets its name later. */
static int forget_callers(struct ctx *ctx, struct change *c, const struct domain *d)
{
	struct caller caller;

	if (d->form != DOMAIN_DIALUP || *d->alias_of != '\0' || *d->home == '\0')
		return 0;
	if (change_callers(ctx, c) < 0)
		return -1;
	if (callers_look(&c->callers, strrchr(d->home, '/') + 1, &caller)) {
		*caller.user = '\0';
		caller.from_n = 0;
		callers_set(&c->callers, &caller);
	}
	return 0;
}

static int del(struct ctx *ctx, struct change *c, const struct domain *d, bool purge, bool force)
{
	if (d->form == DOMAIN_LOCAL)
		return err_perm(&ctx->err, "%s" QMAIL_CONTROL "locals contains %s, a name of this host itself; edit that file by hand",
		                ctx->root, d->name.text);
	if (check_no_alias(ctx, c, d) < 0)
		return -1;
	routing_del(&c->routing, d);
	if (purge && *d->alias_of == '\0' && *d->home != '\0' && routing_id_uses(&c->routing, d->id) == 0 &&
	    domain_purge(ctx, d, domain_was_last(&c->routing, d), force, &c->files) < 0)
		return -1;
	if (!purge && say_logins(ctx, c, d) < 0)
		return -1;
	if (forget_callers(ctx, c, d) < 0)
		return -1;
	return change_apply(ctx, c, ROUTING_DEL, delivers(d));
}

/* Its lines are already removed. */
static int del_left(struct ctx *ctx, struct change *c, const struct domain *d, bool force)
{
	if (domain_purge(ctx, d, domain_was_last(&c->routing, d), force, &c->files) < 0)
		return -1;
	return change_apply(ctx, c, ROUTING_DEL, false);
}

/* A served domain, or one left over from an earlier deletion. */
static int find_to_delete(struct ctx *ctx, struct change *c, const char *name, bool purge, struct domain *d)
{
	struct name_domain n;
	int r;

	if (name_domain(&ctx->err, name, &n) < 0)
		return -1;
	routing_look(&c->routing, &c->conf, n.text, d);
	if (d->form != DOMAIN_NONE)
		return 0;
	r = domain_left(ctx, c, n.text, d);
	if (r == 1)
		return change_domain(ctx, c, name, d);
	if (r == 0 && !purge)
		return err_perm(&ctx->err, "%s is not served here; qv-domain del %s --purge removes its remaining files in %s%s",
		                n.text, n.text, ctx->root, d->home);
	return r;
}

int domain_del(struct ctx *ctx, const char *name, bool purge, bool force)
{
	struct domain d;
	struct change c;
	int r = change_begin(ctx, &c);

	if (r == 0)
		r = find_to_delete(ctx, &c, name, purge, &d);
	if (r == 0)
		r = *d.id == '\0' && *d.home != '\0' ? del_left(ctx, &c, &d, force) : del(ctx, &c, &d, purge, force);
	change_end(&c);
	return r;
}

/* Make or remove the mark; no step if it is already so. */
static int mark(struct ctx *ctx, struct change *c, const struct domain *d, bool pause)
{
	struct stat st;
	char path[900];
	int r;

	if (d->form != DOMAIN_DIALUP)
		return err_perm(&ctx->err, "%s is a %s domain; only a dial-up host's deliveries can be paused", d->name.text,
		                domain_word(d->form));
	join(path, sizeof path, d->home, "/" DOMAIN_PAUSED, NULL);
	r = plan_stat(ctx, &c->files, path, &st);
	if (r < 0)
		return -1;
	if (pause && r == 1)
		plan_text(&c->files, path, &(struct owner){0644, (uid_t)-1, (gid_t)-1}, "");
	if (!pause && r == 0)
		plan_remove(&c->files, path);
	return change_apply(ctx, c, ROUTING_ADD, false);
}

int domain_pause(struct ctx *ctx, const char *name, bool pause)
{
	struct domain d;
	struct change c;
	int r = change_begin(ctx, &c);

	if (r == 0)
		r = change_domain(ctx, &c, name, &d);
	if (r == 0)
		r = mark(ctx, &c, &d, pause);
	change_end(&c);
	return r;
}
