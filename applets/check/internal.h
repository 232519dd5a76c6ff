/*
 * internal - what the files of check/ share, and nobody else.
 *
 * Each file looks at one thing; a new one is called from the table in check.c:
 *
 *	entries   control files that are none
 *	ways      the directories on the way to all that: may those in who need it?
 *	users     etc/passwd
 *	texts     control files as text: line ends, blanks, the same key twice
 *	controls  who may read control files; me, percenthack
 *	tables    users/assign and morercpthosts, and the cdbs made of them
 *	routes    what virtualdomains, users/assign and locals say about each other
 *	accepts   what rcpthosts lets in
 *	relays    smtproutes
 *	homes     the directories that users/assign leads to, and alias
 *	ids       the uid and gid that stand beside them
 *	dotqmails the .qmail files in them
 *	instructions (instructions.h) what stands in those
 *	targets   what those deliver into
 *	forwards  whom they send on to
 *	loops     whether that goes round
 *	boxes     POP boxes
 *	logins    users/qv-passwd
 *	left      what deleted POP domains left behind
 *	dialups   dial-up hosts
 *	daemon    has qmail-send read what is there?
 *
 * with the help of
 *
 *	finding   what is said about a trap
 *	command   the command that mends it
 *	owners    what mail is delivered into: whose it is, and that nobody else may write it
 *	strings   many strings, to look one up
 *
 * One cause is one finding. What a line was meant to say is taken for said, once the line itself is named: texts and
 * tables come first, and what they find is mended in c->change, whether it will be applied or not, or kept in
 * c->dead_ids.
 */
#ifndef CHECK_INTERNAL_H
#define CHECK_INTERNAL_H

#include "check/check.h"
#include "lib/as_user.h"

/* The checks, in this order: check.c has them in one table. */
void check_users(struct check *c);
void check_texts(struct check *c);
void check_controls(struct check *c);
void check_tables(struct check *c);
void check_routes(struct check *c);
void check_accepts(struct check *c);
void check_relays(struct check *c);
void check_homes(struct check *c);
void check_cdbs(struct check *c);
void check_boxes(struct check *c);
void check_logins(struct check *c);
void check_left(struct check *c);
void check_forwards(struct check *c);
void check_dialups(struct check *c);
void check_daemon(struct check *c);
void check_recipients(struct check *c);

enum severity {
	CHECK_WARNING, /* mail may suffer */
	CHECK_ERROR,   /* mail bounces, waits or vanishes */
};

struct finding {
	enum severity severity;
	const char *name; /* of the trap, for scripts: "cdb-stale" */
	const char *path; /* below the root */
	size_t line;      /* from 1; 0: the file as a whole */
	const char *mend; /* the command that mends it, or what to do; NULL: qv-check --fix does; "": nothing is advised */
};

/* finding.c: adds one finding: what is wrong, and what happens to mail because of it. */
void check_found(struct check *c, const struct finding *f, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* What ctx->err says: it could not be looked at, by nobody or by us; ctx->err is empty then. */
void check_unreadable(struct check *c, const char *path);

/* It is not known whether anything is wrong with path: said once, with the reason and without advice. */
void check_unseen(struct check *c, const char *path, const char *why);

/* Not every owner of a file has an id in our user namespace. */
bool check_lacks_ids(void);

/* The owner in st is known; false: said. */
bool check_knows(struct check *c, const char *path, const struct stat *st);

/* Popusr, to as_user_walk() with. */
struct as_user check_popusr(const struct check *c);

/* The file at path has the bytes of fd. */
bool check_is_same(struct check *c, const char *path, int fd);

/* It has no entry. */
bool check_is_empty(const struct lines *l);

/* Path is below dir; below popmail or serialmail. */
bool check_is_below(const char *path, const char *dir);
bool check_is_ours(const struct check *c, const char *path);

/*
 * command.c: a command from words that are put one behind the other up to CHECK_END. One that begins with '/' is a path:
 * it gets the root before it, and quotes where the shell wants some; the word behind check_quoted gets quotes alike.
 * check_root becomes " --root DIR", or nothing. check_onto and a path become " >>PATH", and a last line without newline
 * is ended first. The answer is good until the next call.
 */
#define CHECK_END ((const char *)NULL)

extern const char check_root[], check_quoted[], check_onto[];
const char *check_command(struct check *c, const char *word, ...) __attribute__((sentinel));

/* "popusr:", or his numbers where his name is another machine's; to be followed by a blank. */
extern const char check_popuser[];

/*
 * Commands that open a line in an editor, or delete it, and have the file read or compiled again. It is only deleted while
 * it begins with these n bytes, or with none is blank: a command before it may have moved it.
 */
const char *check_edit(struct check *c, const char *path, size_t line);
const char *check_delete(struct check *c, const char *path, size_t line, const char *begin, size_t n);

/* strings.c: strings, each with its NUL; a search through all of them */
void check_note(struct buf *list, const char *text);
bool check_noted(const struct buf *list, const char *text);

/* The same sorted, for many; they point into the list. 0, or -1 without memory. */
struct check_names {
	const char **text;
	size_t n;
};

int check_sort(const struct buf *list, struct check_names *names);
bool check_has(const struct check_names *names, const char *text);
void check_names_free(struct check_names *names);

/* ways.c: may v search all directories above path? Who blocks the way is a finding, once. False: it is out of reach. */
bool check_way(struct check *c, const struct as_user *v, const char *path);

/* users.c: a user of etc/passwd; the user whose mail goes to name, or alias's. */
struct passwd_user;

bool check_passwd(const struct check *c, const char *name, struct passwd_user *u);
bool check_is_user(const struct check *c, const char *name);

/* Who that is, in words; good until the next call. */
const char *check_who(const struct check *c, uid_t uid);

/* controls.c: user (NULL: root) may read a control file, and nobody else write it. */
void check_control(struct check *c, const char *path, const char *user);

/* routes.c: users/assign has a line for all that begins with "ID-". */
bool check_is_assigned(const struct check *c, const char *id);

/* accepts.c: qmail delivers mail for host to users of its own. */
bool check_is_local(const struct check *c, const char *host);

/* A map (virtualdomains, smtproutes) has a line for name: its own, that of a domain it is below, or the one for all. */
bool check_is_mapped(const struct check *c, enum routing_name f, const char *name);

/*
 * owners.c: what is there is to have this mode and owner: NULL, and --fix sees to it. What a link leads to, which root
 * made, is left to him: the command.
 */
const char *check_give(struct check *c, const char *path, const struct owner *want);

/*
 * A directory with tmp, new and cur, popusr's and nobody else's to write; what is to be done goes into the plan. file
 * and line name it. sure: where there is none, there should be; else only a person knows.
 */
void check_maildir(struct check *c, const char *path, const char *file, size_t line, bool sure);

/* The directory that path should be in is none, which is said once. */
bool check_is_lost(struct check *c, const char *path);

/* ids.c: the uid and gid of line i of users/assign, from 0; ours: they should be popusr's. */
struct assign_line;

void check_ids(struct check *c, size_t i, const struct assign_line *l, bool ours);

/* dotqmails.c: the .qmail files of a home. */
struct home {
	const char *path;
	size_t line; /* of users/assign; 0: alias */
	int dir;
	struct as_user v;          /* as whom qmail delivers */
	bool ours;                 /* below popmail or serialmail */
	size_t files;              /* .qmail files that are there */
	bool postmaster, fallback; /* there is a .qmail-postmaster, a .qmail-default */
	bool wants;                /* a Maildir that one of them names is not there */
};

void check_dotqmail(struct check *c, struct home *h, const char *name);

/* targets.c: line of file delivers into path, a Maildir or an mbox, without slashes at its end. */
void check_into_maildir(struct check *c, struct home *h, const char *path, const char *file, size_t line);
void check_into_mbox(struct check *c, const struct home *h, const char *path, const char *file, size_t line);

/* It has a directory "new", and qmail wants a slash behind its name, or takes it for an mbox. */
bool check_is_maildir(struct check *c, const char *path);

/* Tmp, new or cur is in path; else it was never meant to be a Maildir. */
bool check_has_parts(struct check *c, const char *path);

/* What check_into_maildir() did not find, once it is known who has which box. */
void check_wanted(struct check *c, const struct check_names *users);

/* loops.c: leads: FILE, the FILE that it sends on to, by which ADDRESS, in which LINE, the same; each with its NUL. */
void check_loops(struct check *c, struct buf *leads);

/* forwards.c: line of file sends on to address; maybe: if no program before it ends the delivery. */
void check_forward(struct check *c, const char *address, size_t n, const char *file, size_t line, bool maybe);

#endif
