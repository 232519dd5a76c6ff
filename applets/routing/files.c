/* files - read a struct routing from its files, and write it back as steps of a plan. */
#include "routing/files.h"

#include <time.h>

#include "lib/clock.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "plan/read.h"
#include "plan/view.h"
#include "qmail/assign.h"
#include "qmail/morercpthosts.h"
#include "qmail/nodes.h"
#include "qmail/virtualdomains.h"

static const char *const paths[ROUTING_FILES] = {
	[ROUTING_RCPTHOSTS] = QMAIL_CONTROL "rcpthosts",
	[ROUTING_MORERCPTHOSTS] = QMAIL_CONTROL "morercpthosts",
	[ROUTING_VIRTUALDOMAINS] = QMAIL_CONTROL "virtualdomains",
	[ROUTING_SMTPROUTES] = QMAIL_CONTROL "smtproutes",
	[ROUTING_LOCALS] = QMAIL_CONTROL "locals",
	[ROUTING_ASSIGN] = QMAIL_ASSIGN,
};

/* This happens if a change was interrupted between the two, or the text was edited by hand. */
static int look_at_cdb(struct ctx *ctx, struct routing *r)
{
	const struct plan_seen *text = &r->file[ROUTING_ASSIGN].seen;
	struct stat cdb;
	int found = fs_stat(ctx, QMAIL_CDB, &cdb);

	if (found < 0)
		return -1;
	r->cdb_is_old = found == 1 || (text->there && clock_is_before(&cdb.st_mtim, &text->st.st_mtim));
	return 0;
}

/* Does users/qv-virtual.cdb exist, and is it as new as virtualdomains? */
static int look_at_index(struct ctx *ctx, struct routing *r)
{
	const struct plan_seen *text = &r->file[ROUTING_VIRTUALDOMAINS].seen;
	struct stat cdb;
	int found = fs_stat(ctx, VIRTUALDOMAINS_CDB, &cdb);

	r->index_exists = found == 0;
	r->index_is_old = found != 0 || (text->there && !virtualdomains_is_indexed(&text->st, &cdb, time(NULL)));
	return found < 0 ? -1 : 0;
}

int routing_load(struct ctx *ctx, const struct conf *conf, struct routing *r)
{
	*r = (struct routing){0};
	r->root = ctx->root;
	join(r->me, sizeof r->me, conf->me, NULL);
	for (size_t i = 0; i < ROUTING_FILES; i++) {
		r->file[i].path = paths[i];
		if (plan_read(ctx, paths[i], &r->file[i].lines, &r->file[i].seen) < 0)
			return -1;
	}
	if (look_at_cdb(ctx, r) < 0 || look_at_index(ctx, r) < 0)
		return -1;
	return nodes_any(ctx, &r->has_others);
}

void routing_free(struct routing *r)
{
	for (size_t i = 0; i < ROUTING_FILES; i++)
		lines_free(&r->file[i].lines);
}

bool routing_failed(const struct routing *r)
{
	for (size_t i = 0; i < ROUTING_FILES; i++)
		if (lines_failed(&r->file[i].lines))
			return true;
	return false;
}

static const struct owner fresh = {0644, (uid_t)-1, (gid_t)-1};

static void plan_one(const struct routing *r, enum routing_name name, struct plan *plan)
{
	const struct routing_file *f = &r->file[name];
	struct buf text = BUF(CONTROL_MAX);
	const char *whole;
	size_t n;

	if (!f->lines.changed)
		return;
	whole = lines_whole(&f->lines, &n);
	if (whole == NULL)
		lines_render(&f->lines, &text);
	text.failed |= lines_failed(&f->lines) || n > text.max;
	plan_file(plan, f->path, &fresh, &text, &f->seen);
	if (whole != NULL)
		plan_lend(plan, whole, n);
}

static void plan_table(const struct routing *r, enum routing_name name, const char *cdb, digest_text *digest,
                       struct plan *plan)
{
	struct buf text = BUF(CONTROL_MAX);

	if (!r->file[name].lines.changed)
		lines_render(&r->file[name].lines, &text);
	plan_cdb(plan, cdb, &fresh, r->file[name].path, digest, &text);
}

/* An index of a large virtualdomains; it is not used until it is as new as that. A smaller one has none. */
static void plan_index(const struct routing *r, struct plan *plan)
{
	const struct routing_file *f = &r->file[ROUTING_VIRTUALDOMAINS];
	const struct plan_step *text = f->lines.changed ? plan_find(plan, f->path) : NULL;
	size_t size = text != NULL ? text->n : f->seen.there ? (size_t)f->seen.st.st_size : 0;

	if (size < VIRTUALDOMAINS_LARGE && r->index_exists)
		plan_remove(plan, VIRTUALDOMAINS_CDB);
	else if (size >= VIRTUALDOMAINS_LARGE && (f->lines.changed || r->index_is_old))
		plan_table(r, ROUTING_VIRTUALDOMAINS, VIRTUALDOMAINS_CDB, virtualdomains_digest, plan);
}

static bool any_changed(const struct routing *r)
{
	for (size_t i = 0; i < ROUTING_FILES; i++)
		if (r->file[i].lines.changed)
			return true;
	return false;
}

/* Adding a domain that already exists completes a change that was interrupted before the cdb was built. */
static bool cdb_is_due(const struct routing *r)
{
	return r->file[ROUTING_ASSIGN].lines.changed || (r->table_is_meant && (r->cdb_is_old || any_changed(r)));
}

static bool accepts_changed(const struct routing *r)
{
	return r->file[ROUTING_RCPTHOSTS].lines.changed || r->file[ROUTING_MORERCPTHOSTS].lines.changed;
}

enum part {
	FILES, LOGINS, ASSIGN, USERS_CDB, VIRTUALDOMAINS, HUP, VIRTUAL_CDB, SMTPROUTES, LISTS, NODES, RCPTHOSTS, MORERCPTHOSTS,
	MORE_CDB, OWNERS, PARTS
};

/*
 * The address must resolve, then be routed, and only then be accepted. A login comes after its box. A
 * file that is replaced keeps its owner, so owners come last. A list of all addresses has the new ones before their
 * domain is accepted. All machines that share the files route it before any accepts it.
 */
static const enum part add_order[PARTS] = {
	FILES, LOGINS, ASSIGN, USERS_CDB, VIRTUALDOMAINS, HUP, VIRTUAL_CDB, SMTPROUTES, LISTS, NODES, RCPTHOSTS, MORERCPTHOSTS,
	MORE_CDB, OWNERS,
};

/*
 * The reverse, but the text of each table is changed after its cdb: while the text has the entry, an interrupted
 * deletion is found and completed.
 */
static const enum part del_order[PARTS] = {
	MORE_CDB, MORERCPTHOSTS, RCPTHOSTS, SMTPROUTES, VIRTUALDOMAINS, HUP, NODES, VIRTUAL_CDB, USERS_CDB, LOGINS, FILES, ASSIGN,
	LISTS, OWNERS,
};

static void plan_part(const struct routing *r, enum part part, bool deliver, const struct routing_parts *parts,
                      struct plan *plan)
{
	bool touched = deliver && any_changed(r);

	switch (part) {
	case FILES:
		plan_join(plan, parts->files);
		return;
	case LOGINS:
		plan_join(plan, parts->logins);
		return;
	case ASSIGN:
		plan_one(r, ROUTING_ASSIGN, plan);
		return;
	case USERS_CDB:
		if (deliver && cdb_is_due(r))
			plan_table(r, ROUTING_ASSIGN, QMAIL_CDB, assign_digest, plan);
		return;
	case VIRTUALDOMAINS:
		plan_one(r, ROUTING_VIRTUALDOMAINS, plan);
		return;
	case HUP:
		if (touched)
			plan_hup(plan);
		return;
	case NODES:
		if (r->has_others && (touched || accepts_changed(r)))
			plan_nodes(plan);
		return;
	case VIRTUAL_CDB:
		if (touched)
			plan_index(r, plan);
		return;
	case SMTPROUTES:
		plan_one(r, ROUTING_SMTPROUTES, plan);
		return;
	case RCPTHOSTS:
		plan_one(r, ROUTING_RCPTHOSTS, plan);
		return;
	case MORERCPTHOSTS:
		plan_one(r, ROUTING_MORERCPTHOSTS, plan);
		return;
	case MORE_CDB:
		if (r->file[ROUTING_MORERCPTHOSTS].lines.changed)
			plan_table(r, ROUTING_MORERCPTHOSTS, QMAIL_CONTROL "morercpthosts.cdb", morercpthosts_digest, plan);
		return;
	case LISTS:
		plan_join(plan, parts->lists);
		return;
	case OWNERS:
		plan_join(plan, parts->owners);
		return;
	case PARTS:
		return;
	}
}

void routing_plan(const struct routing *r, enum routing_direction direction, bool deliver,
                  const struct routing_parts *parts, struct plan *plan)
{
	const enum part *order = direction == ROUTING_ADD ? add_order : del_order;

	for (size_t i = 0; i < PARTS; i++)
		plan_part(r, order[i], deliver, parts, plan);
}
