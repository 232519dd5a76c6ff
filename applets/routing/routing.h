/*
 * routing - rcpthosts, virtualdomains, smtproutes and users/assign as one value. Pure.
 *
 *	struct routing r;
 *	struct plan plan = {0};
 *
 *	routing_load(ctx, &r)				(files.h) under conf_lock()
 *	routing_add(&ctx->err, &r, &want)		change the value
 *	routing_plan(&r, ROUTING_ADD, true, &parts, &plan)	(files.h) what differs, in a safe order
 *	plan_apply(ctx, conf, &plan)
 *	routing_free(&r)
 *
 * Adding a domain that already exists in the same form changes nothing; in another form it is an error that names file
 * and line.
 */
#ifndef ROUTING_ROUTING_H
#define ROUTING_ROUTING_H

#include <stdbool.h>

#include "lib/err.h"
#include "plan/plan.h"
#include "qmail/lines.h"
#include "qmail/names.h"

enum routing_name {
	ROUTING_RCPTHOSTS,
	ROUTING_MORERCPTHOSTS,
	ROUTING_VIRTUALDOMAINS,
	ROUTING_SMTPROUTES,
	ROUTING_LOCALS,
	ROUTING_ASSIGN,
	ROUTING_FILES
};

struct routing_file {
	const char *path;
	struct lines lines;
	struct plan_seen seen;
};

struct routing {
	struct routing_file file[ROUTING_FILES];
	const char *root;    /* prefix of the paths in errors */
	char me[256];        /* the only local name if control/locals does not exist */
	bool table_is_meant; /* private: a domain with a line in users/assign was added or removed */
	bool cdb_is_old;     /* private: users/cdb is missing, or older than users/assign */
	bool index_exists;   /* private: users/qv-virtual.cdb */
	bool index_is_old;   /* private: it is missing, or older than virtualdomains */
	bool has_others;     /* private: other machines share the files (qmail/nodes.h) */
	bool table_is_good;  /* private: every line of users/assign was checked */
};

enum domain_form {
	DOMAIN_NONE,
	DOMAIN_POP,     /* virtual, its home below popmail */
	DOMAIN_DIALUP,  /* virtual, its home below serialmail */
	DOMAIN_VIRTUAL, /* virtual, its home elsewhere or nowhere */
	DOMAIN_RELAY,   /* rcpthosts + smtproutes */
	DOMAIN_BACKUP,  /* rcpthosts alone */
	DOMAIN_LOCAL,   /* rcpthosts + locals */
};

/* How one domain is served, or is to be served. */
struct domain {
	struct name_domain name;
	enum domain_form form;
	bool subdomains;               /* .NAME is served in the same way */
	bool accepted;                 /* it is in rcpthosts or morercpthosts */
	char id[NAME_DOMAIN_MAX + 1];  /* virtual: the prefix in virtualdomains */
	char user[64];                 /* virtual: the handle, $USER */
	uid_t uid;
	gid_t gid;
	char home[768];                /* virtual: the directory of its .qmail files; "": no line in users/assign */
	char dash[8];                  /* virtual: a file's name is ".qmail", dash, ext and the local part; nearly always "-" */
	char ext[NAME_LOCAL_MAX + 1];  /* virtual: lower case; nearly always "" */
	char alias_of[NAME_DOMAIN_MAX + 1]; /* virtual: the domain that it shares id, home and addresses with; "": not an alias */
	char relay[300];               /* relay: HOST[:PORT], and "|..." for a login */
	bool logs_in;                  /* relay: control/smtproutes has a user and a password for it */
};

/* True if virtualdomains routes its mail. */
bool domain_is_virtual(const struct domain *d);

const char *domain_word(enum domain_form form); /* "pop", "dialup", ... */

/* Add the missing lines. 0, or -1 and nothing was added. */
int routing_add(struct err *e, struct routing *r, const struct domain *want);

/* A line that routing_add() adds, and the name it is found by in its file; key: not in users/assign. */
struct routing_text {
	enum routing_name file;
	char key[NAME_DOMAIN_MAX + 2];
	char text[1600];
};

/* The lines for d, one after another: *i begins as 0. False: that was the last. */
bool routing_text(const struct domain *d, size_t *i, struct routing_text *t);

/* Add only the users/assign line of old's id, which virtualdomains already has. 0, or -1 for an invalid table. */
int routing_entry(struct err *e, struct routing *r, const struct domain *old);

/* Rebuild users/cdb if it is older than a valid table: an earlier change may have been interrupted between the two. */
void routing_take_over(struct routing *r);

/* Add the lines that make name an alias of old, which is virtual and not an alias. 0, or -1 and nothing was added. */
int routing_alias(struct err *e, struct routing *r, const char *name, const struct domain *old);

/*
 * Remove every line of this domain, as found by routing_look(); its users/assign line only if no other domain has its
 * id. For an alias, remove only the lines with its name.
 */
void routing_del(struct routing *r, const struct domain *d);

/* How name is served; conf tells POP homes from dial-up homes. form DOMAIN_NONE: not served. */
void routing_look(const struct routing *r, const struct conf *conf, const char *name, struct domain *d);

/*
 * The names that are served, each once, in the files' order. Start with *at = 0; false at the end.
 * ".NAME" counts as NAME.
 */
bool routing_next(const struct routing *r, size_t *at, struct name_domain *name);

/* The next alias of this domain at or after line *at of virtualdomains; false at the end. Each name once. */
bool routing_next_alias(const struct routing *r, const struct conf *conf, const struct domain *of, size_t *at,
                        struct name_domain *name);

/* The number of virtualdomains lines with this id. */
size_t routing_id_uses(const struct routing *r, const char *id);

/* The line of users/assign that ends the table, before which entries are added; the number of lines if it is missing. */
size_t routing_assign_end(const struct routing *r);

#endif
