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
 * Adding what is there in the same form changes nothing; in another form it is an error that names file and line.
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
	const char *root;    /* stands before the paths in errors */
	char me[256];        /* what is local where there is no control/locals */
	bool table_is_meant; /* private: a domain with a line in users/assign was put in or taken out */
	bool cdb_is_old;     /* private: users/cdb is missing, or older than users/assign */
	bool table_is_good;  /* private: every line of users/assign was looked at */
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

/* How one domain is served, or is to be. */
struct domain {
	struct name_domain name;
	enum domain_form form;
	bool subdomains;               /* .NAME goes the same way */
	bool accepted;                 /* it stands in rcpthosts or morercpthosts */
	char id[NAME_DOMAIN_MAX + 1];  /* virtual: the prefix in virtualdomains */
	char user[64];                 /* virtual: the handle, $USER */
	uid_t uid;
	gid_t gid;
	char home[768];                /* virtual: where .qmail files are; "": no line in users/assign */
	char dash[8];                  /* virtual: ".qmail", dash, ext and the local part are a file's name; "-" nearly always */
	char ext[NAME_LOCAL_MAX + 1];  /* virtual: small letters; "" nearly always */
	char alias_of[NAME_DOMAIN_MAX + 1]; /* virtual: the domain whose id, home and addresses these are; "": it has its own */
	char relay[300];               /* relay: HOST[:PORT], and "|..." for a login */
	bool logs_in;                  /* relay: control/smtproutes has a user and a password for it */
};

/* Its mail goes where virtualdomains says. */
bool domain_is_virtual(const struct domain *d);

const char *domain_word(enum domain_form form); /* "pop", "dialup", ... */

/* Put in what is missing. 0, or -1 and nothing was put in. */
int routing_add(struct err *e, struct routing *r, const struct domain *want);

/* Put in the users/assign line of old's id, which is in virtualdomains already, and nothing else. 0, or -1 for a bad table. */
int routing_entry(struct err *e, struct routing *r, const struct domain *old);

/* Of a good table users/cdb is built again if it is older: what was put in before may have been cut off in between. */
void routing_take_over(struct routing *r);

/* Put in what makes name another name of old, which is virtual and no alias itself. 0, or -1 and nothing was put in. */
int routing_alias(struct err *e, struct routing *r, const char *name, const struct domain *old);

/*
 * Take out every line of this domain, as found by routing_look();
 * its users/assign line only when no other domain has its id. Of an alias
 * the lines that bear its name, and no other. */
void routing_del(struct routing *r, const struct domain *d);

/* What is there for name; conf says which homes are POP's and dial-up's. form DOMAIN_NONE: nothing. */
void routing_look(const struct routing *r, const struct conf *conf, const char *name, struct domain *d);

/*
 * The names that are served, each once, in the files' order: *at = 0 to begin with; false at the end.
 * ".NAME" counts as NAME.
 */
bool routing_next(const struct routing *r, size_t *at, struct name_domain *name);

/* The next alias of this domain at or behind line *at of virtualdomains; false at the end. Each name once. */
bool routing_next_alias(const struct routing *r, const struct conf *conf, const struct domain *of, size_t *at,
                        struct name_domain *name);

/* How many virtualdomains lines have this id. */
size_t routing_id_uses(const struct routing *r, const char *id);

/* The line of users/assign that ends the table: new entries go before it; = number of lines when it is missing. */
size_t routing_assign_end(const struct routing *r);

#endif
