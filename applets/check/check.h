/*
 * check - everything that makes mail bounce, wait or vanish, found before the mail finds it.
 *
 *	struct check c = {.ctx = ctx, .fix = fix};
 *
 *	change_look(ctx, &c.change)  or, to mend, change_begin(ctx, &c.change)
 *	check_all(&c)			what is certain is changed in c.change
 *	change_apply(...)		mends that, as one plan
 *	check_say(&c); check_free(&c);
 *
 * Each file of this folder looks at one thing:
 *
 *	ways      the directories on the way to all that: may those in who need it?
 *	texts     control files as text: line ends, blanks, the same key twice, who may read them
 *	tables    users/assign and morercpthosts, and the cdbs made of them
 *	routes    what virtualdomains, users/assign and locals say about each other
 *	accepts   what rcpthosts lets in
 *	relays    smtproutes
 *	homes     the directories that users/assign leads to
 *	dotqmails the .qmail files in them
 *	boxes     POP boxes
 *	logins    users/qv-passwd
 *	dialups   dial-up hosts
 *	daemon    has qmail-send read what is there?
 *
 * One cause is one finding. What a line was meant to say is taken for said, once the line itself is named: texts and tables come
 * first, and what they find is mended in c->change, whether it will be applied or not, or kept in c->dead.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/visit.h"
#include "qmail/change.h"

struct check {
	struct ctx *ctx;
	struct change change;
	bool fix;           /* --fix: change what is certain */
	size_t found;
	size_t open;        /* of these: not mended */
	struct buf said;    /* findings, a line each, or with ctx->json an array */
	/* private */
	struct buf mend;    /* check_command()'s */
	struct buf dead;    /* ids that lines of users/assign name in vain, each with its NUL */
	struct buf blocked; /* directories that were said to be so, each with its NUL */
	struct buf boxes;   /* the Maildirs that .qmail files name, each with its NUL */
	struct buf missing; /* Maildirs that were said to be missing, the same */
	struct buf troubled; /* POP directories of homes where something was found, the same */
	char way[PATH_MAX]; /* the last one that was found to be open, and for whom */
	uid_t way_of;
	bool homes_missing; /* so boxes are not all of them */
};

enum severity {
	CHECK_WARNING, /* mail may suffer */
	CHECK_ERROR,   /* mail bounces, waits or vanishes */
};

struct finding {
	enum severity severity;
	const char *name; /* of the trap, for scripts: "cdb-stale" */
	const char *path; /* below the root */
	size_t line;      /* from 1; 0: the file as a whole */
	const char *mend; /* the command that mends it, or what to do; NULL: qv-check --fix does */
};

/* Adds one finding: what is wrong, and what happens to mail because of it. */
void check_found(struct check *c, const struct finding *f, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Looks at everything. 0, also when there are findings; -1: out of memory. What cannot be looked at is a finding. */
int check_all(struct check *c);

/* Prints them; when they are mended, after that. */
void check_say(struct check *c);
void check_free(struct check *c);

/* private: in this order */
void check_texts(struct check *c);
void check_tables(struct check *c);
void check_routes(struct check *c);
void check_accepts(struct check *c);
void check_relays(struct check *c);
void check_homes(struct check *c);
void check_boxes(struct check *c);
void check_logins(struct check *c);
void check_dialups(struct check *c);
void check_daemon(struct check *c);

/*
 * private: a command from words that are put one behind the other up to CHECK_END. One that begins with '/' is a path: it gets the root
 * before it, and quotes where the shell wants some; the word behind check_quoted gets quotes alike. check_root becomes " --root DIR", or
 * nothing. The answer is good until the next call.
 */
#define CHECK_END ((const char *)NULL)

extern const char check_root[], check_quoted[];
const char *check_command(struct check *c, const char *word, ...) __attribute__((sentinel));

/* private: "popusr:", or his numbers where his name is another machine's; to be followed by a blank. */
extern const char check_popuser[];

/* private: commands that open a line in an editor, or delete it, and have the file read or compiled again. */
const char *check_edit(struct check *c, const char *path, size_t line);
const char *check_delete(struct check *c, const char *path, size_t line);

/* private: what ctx->err says: it could not be looked at; ctx->err is empty then. */
void check_unreadable(struct check *c, const char *path);

/* private: strings, each with its NUL; a search through all of them (names.c) */
void check_note(struct buf *list, const char *text);
bool check_noted(const struct buf *list, const char *text);

/* private: the same sorted, for many; they point into the list. 0, or -1 without memory. */
struct check_names {
	const char **text;
	size_t n;
};

int check_sort(const struct buf *list, struct check_names *names);
bool check_has(const struct check_names *names, const char *text);
void check_names_free(struct check_names *names);

/* private: may v search all directories above path? Who blocks the way is a finding, once. False: path is out of reach (ways.c). */
bool check_way(struct check *c, const struct visitor *v, const char *path);

/* private: popusr, to visit() with. */
struct visitor check_popusr(const struct check *c);

/*
 * private: a directory with tmp, new and cur, popusr's and nobody else's to write; what is to be done goes into the plan. file and
 * line name it.
 */
void check_maildir(struct check *c, const char *path, const char *file, size_t line);

/*
 * private: what is there is to have this mode and owner: NULL, and --fix sees to it. What a link leads to, which root made, is
 * left to him: the command.
 */
const char *check_give(struct check *c, const char *path, const struct owner *want);

/* private: a directory with this st is popusr's and nobody else's to write. False: said (owners.c). */
bool check_owner(struct check *c, const char *path, const struct stat *st);

/* private: the .qmail files of a home (dotqmails.c). */
struct home {
	const char *path;
	size_t line; /* of users/assign */
	int dir;
	bool ours;                 /* below popmail or serialmail */
	bool postmaster, fallback; /* there is a .qmail-postmaster, a .qmail-default */
};

void check_dotqmail(struct check *c, struct home *h, const char *name);

/* private: the file at path has the bytes of fd. */
bool check_is_same(struct check *c, const char *path, int fd);

/* private: it has no entry. */
bool check_is_empty(const struct lines *l);

/* private: path is below dir. */
bool check_is_below(const char *path, const char *dir);

#endif
