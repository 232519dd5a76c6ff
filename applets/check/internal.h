/*
 * internal - what the files of check/ share, and no other code uses.
 *
 * Each file checks one thing; a new one is called from the table in check.c:
 *
 *	entries   control files that are not regular files
 *	ways      the directories above all these files: may the users that need them search them?
 *	users     etc/passwd
 *	texts     control files as text: line ends, blanks, the same key twice
 *	controls  which users may read control files; me, percenthack
 *	tables    users/assign and morercpthosts, and the cdbs made from them
 *	routes    do virtualdomains, users/assign and locals agree?
 *	accepts   which mail rcpthosts accepts
 *	relays    smtproutes
 *	homes     the directories that users/assign names, and that of alias
 *	home      one of them
 *	ids       the uid and gid of its lines
 *	dotqmails the .qmail files in them
 *	instructions (instructions.h) the lines of those
 *	targets   what those lines deliver into
 *	forwards  the addresses they forward to
 *	loops     do forwards loop?
 *	boxes     POP mailboxes
 *	logins    users/qv-passwd
 *	callers   users/qv-trigger
 *	left      remains of deleted POP domains
 *	dialups   dial-up hosts
 *	refusals  the lists of their addresses
 *	lists     lists of all addresses for filters
 *	daemon    has qmail-send read the current files?
 *
 * with the help of
 *
 *	finding   adds a finding to the report
 *	command   the command that fixes it
 *	owners    the directories that mail is delivered into: their owner, and that nobody else may write them
 *	strings   many strings, to look one up
 *	halves    a long list in two processes
 *
 * One cause is one finding. After a bad line is reported, later checks use what the line was meant to be: texts and
 * tables come first, and what they find is fixed in c->change, whether that will be applied or not, or kept in
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
void check_callers(struct check *c);
void check_daemon(struct check *c);
void check_recipients(struct check *c);
void check_lists(struct check *c);

/* refusals.c: a dial-up host's list, beside what its server refused. */
void check_refusals(struct check *c, const struct domain *d);

enum severity {
	CHECK_WARNING, /* mail may suffer */
	CHECK_ERROR,   /* mail bounces, waits or vanishes */
};

struct finding {
	enum severity severity;
	const char *name; /* of the trap, for scripts: "cdb-stale" */
	const char *path; /* below the root */
	size_t line;      /* from 1; 0: the file as a whole */
	const char *mend; /* the command that fixes it, or what to do; NULL: qv-check --fix does; "": nothing is advised */
};

/* finding.c: adds one finding: what is wrong, and what happens to mail because of it. */
void check_found(struct check *c, const struct finding *f, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Path could not be read, by anybody or by us, for the reason in ctx->err, which is empty afterwards. */
void check_unreadable(struct check *c, const char *path);

/* Path could not be checked: reported once, with the reason and without advice. */
void check_unseen(struct check *c, const char *path, const char *why);

/* The owner in st is known; false: reported. */
bool check_knows(struct check *c, const char *path, const struct stat *st);

/* Popusr, for as_user_walk(). */
struct as_user check_popusr(const struct check *c);

/* The file at path has the bytes of fd. */
bool check_is_same(struct check *c, const char *path, int fd);

/* It has no entry. */
bool check_is_empty(const struct lines *l);

/* Path is below dir; below popmail or serialmail. */
bool check_is_below(const char *path, const char *dir);
bool check_is_ours(const struct check *c, const char *path);

/*
 * command.c: a command from words, which are joined up to CHECK_END. A word that begins with '/' is a path: it gets the
 * root before it, and quotes where the shell needs them; so does the word after check_quoted, without the root.
 * check_root becomes " --root DIR", or nothing. check_onto and a path become " >>PATH", and a last line without newline
 * is ended first. The answer is good until the next call.
 */
#define CHECK_END ((const char *)NULL)

extern const char check_root[], check_quoted[], check_onto[];
const char *check_command(struct check *c, const char *word, ...) __attribute__((sentinel));

/* "popusr:", or the numbers of popusr in a tree of another machine; to be followed by a blank. */
extern const char check_popuser[];

/*
 * Commands that open a line in an editor, or delete it, and put the change into effect. A line is only deleted if it begins
 * with these n bytes (none: if it is blank), as an earlier command may have moved it.
 */
const char *check_edit(struct check *c, const char *path, size_t line);
const char *check_delete(struct check *c, const char *path, size_t line, const char *begin, size_t n);

/* strings.c: strings, each with its NUL; a search through all of them */
void check_note(struct buf *list, const char *text);
bool check_noted(const struct buf *list, const char *text);

/* The same for many; they remain in the list. 0, or -1 without memory. */
struct check_names {
	const char *text; /* the list */
	uint32_t *at;     /* where in it a string begins, plus 1, by its hash; 0: none */
	size_t room;      /* a power of two */
};

int check_index(const struct buf *list, struct check_names *names);
bool check_has(const struct check_names *names, const char *text);
void check_names_free(struct check_names *names);

/*
 * halves.c: some() for all of 0 to n - 1, in order as it seems: a second process may do the second half, and its work is taken
 * over if it found nothing; else it is done here after the first. There some() begins behind what it has not seen.
 */
typedef void check_some(struct check *c, void *arg, size_t from, size_t to);

void check_halves(struct check *c, size_t n, check_some *some, void *arg);

/* ways.c: may v search all directories above path? One that v may not search is a finding, once. False: out of reach. */
bool check_way(struct check *c, const struct as_user *v, const char *path);

/*
 * The first n bytes of path, a directory of popmail's, a customer's or that of its mailboxes, are kept open for what will be looked
 * at below it, until another of its kind is; check_leave(): or all are closed.
 */
void check_stay(struct check *c, const char *path, size_t n);
void check_leave(struct check *c);

/* users.c: finds a user of etc/passwd; does a user get mail for name, as qmail-getpw finds it? */
struct passwd_user;

bool check_passwd(const struct check *c, const char *name, struct passwd_user *u);
bool check_is_user(const struct check *c, const char *name);

/* The name of that user; good until the next call. */
const char *check_who(const struct check *c, uid_t uid);

/* controls.c: user (NULL: root) may read a control file, and nobody else write it. */
void check_control(struct check *c, const char *path, const char *user);

/* routes.c: users/assign has a line for all that begins with "ID-". */
bool check_is_assigned(const struct check *c, const char *id);

/* accepts.c: qmail delivers mail for host to users of this host. */
bool check_is_local(const struct check *c, const char *host);

/* A map (virtualdomains, smtproutes) has a line for name: its own, that of a domain it is below, or the one for all. */
bool check_is_mapped(const struct check *c, enum routing_name f, const char *name);

/*
 * owners.c: gives path this mode and owner. NULL: --fix does it; or, for the target of a link, which root made, the command
 * for root.
 */
const char *check_give(struct check *c, const char *path, const struct owner *want);

/*
 * Path must be a directory with tmp, new and cur that popusr owns and nobody else may write; fixes are put into the plan.
 * file and line name it. sure: a missing one should exist; else only a person knows.
 */
void check_maildir(struct check *c, const char *path, const char *file, size_t line, bool sure);

/* The parent of path is not a directory, which is reported once. */
bool check_is_lost(struct check *c, const char *path);

/* logins.c: only root may read the secrets in this file. what: others could do with them. */
void check_secret(struct check *c, const char *path, const char *what);

/* ids.c: the uid and gid of line i of users/assign, from 0; ours: they should be popusr's. */
struct assign_line;

void check_ids(struct check *c, size_t i, const struct assign_line *l, bool ours);

struct boxes;

/* A directory that mail is delivered from. */
struct home {
	const char *path;
	const struct boxes *boxes; /* of its customer; NULL: another layout */
	size_t line;               /* of users/assign; 0: alias */
	int dir;
	struct as_user v;          /* the user that qmail delivers as */
	bool ours;                 /* below popmail or serialmail */
	size_t files;              /* .qmail files in it */
	bool postmaster, fallback; /* .qmail-postmaster exists, .qmail-default exists */
	bool wants;                /* a Maildir that one of them names does not exist */
};

/* home.c: looks at it, and counts its files. */
void check_home(struct check *c, struct home *h);

/* dotqmails.c: one of its .qmail files. */
void check_dotqmail(struct check *c, struct home *h, const char *name);

/* targets.c: line of file delivers into path, a Maildir or an mbox, without slashes at its end. */
void check_into_maildir(struct check *c, struct home *h, const char *path, const char *file, size_t line);
void check_into_mbox(struct check *c, const struct home *h, const char *path, const char *file, size_t line);

/* Path has a directory "new": without a slash at the end of its name qmail takes it for an mbox. */
bool check_is_maildir(struct check *c, const char *path);

/* Path has tmp, new or cur; else it was never meant to be a Maildir. */
bool check_has_parts(struct check *c, const char *path);

/* The Maildirs that check_into_maildir() did not find, once it is known which address has which mailbox. */
void check_wanted(struct check *c, const struct check_names *users);

/* loops.c: leads: FILE, the FILE that it forwards to, by which ADDRESS, in which LINE, and so on; each with its NUL. */
void check_loops(struct check *c, struct buf *leads);

/* forwards.c: line of file forwards to address; maybe: a program before it may end the delivery. */
void check_forward(struct check *c, const char *address, size_t n, const char *file, size_t line, bool maybe);

#endif
