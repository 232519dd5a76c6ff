/* home - one of the directories that users/assign names: who owns it, who may enter it, and the .qmail files in it. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "check/internal.h"
#include "lib/dents.h"
#include "lib/fs.h"
#include "lib/join.h"

/* The mode that lets its user enter, and nobody else write: see check_give(). */
static const char *give_mode(struct check *c, const struct home *h, const struct stat *st)
{
	if (!h->ours)
		return check_command(c, "chmod a+x,go-w ", h->path, CHECK_END);
	return check_give(c, h->path, &(struct owner){((st->st_mode & 07777) | 0711) & ~(mode_t)022, (uid_t)-1, (gid_t)-1});
}

static void check_home_mode(struct check *c, const struct home *h, const struct stat *st)
{
	if (st->st_mode & 002)
		check_found(c, &(struct finding){CHECK_ERROR, "home-writable", h->path, 0, give_mode(c, h, st)},
		            "everybody may write there: qmail delivers nothing, and the mail waits");
	else if (st->st_mode & S_ISVTX)
		check_found(c,
		            &(struct finding){CHECK_ERROR, "home-sticky", h->path, 0,
		                              check_command(c, "chmod -t ", h->path, CHECK_END)},
		            "is sticky, which tells qmail that its .qmail files are being edited: the mail waits");
	else if (st->st_mode & 020)
		check_found(c, &(struct finding){CHECK_WARNING, "home-writable", h->path, 0, give_mode(c, h, st)},
		            "its group may write there: a qmail built with conf-patrn 022 delivers nothing, and the mail waits");
	else if (!as_user_may(&h->v, st, 1))
		check_found(c, &(struct finding){CHECK_ERROR, "home-closed", h->path, 0, give_mode(c, h, st)},
		            "%s may not enter it: qmail delivers nothing, and the mail waits", check_who(c, h->v.uid));
}

/* The home of a dial-up host often belongs to root. */
static void check_home_owner(struct check *c, const struct home *h, const struct stat *st)
{
	const struct conf *conf = &c->change.conf;
	struct owner want;

	if (!h->ours || st->st_uid == conf->uid || (st->st_uid == 0 && check_is_below(h->path, conf->serialmail)))
		return;
	want = (struct owner){(st->st_mode & 07777) | 0700, conf->uid, conf->gid};
	check_found(c, &(struct finding){CHECK_WARNING, "owner", h->path, 0, check_give(c, h->path, &want)},
	            "belongs to uid %lu, not to %s: that user can redirect this mail, and %s may not have access",
	            (unsigned long)st->st_uid, conf->popuser, conf->popuser);
}

/* ".qmail-/": where the dash field is "-/". */
static bool is_shelf(const struct home *h, const char *name)
{
	struct stat st;

	return strcmp(name, ".qmail-") == 0 && fstatat(h->dir, name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

/* False: reported; the .qmail files there are not known. */
static bool unlisted(struct check *c, const char *path)
{
	err_sys(&c->ctx->err, "unable to list %s%s", c->ctx->root, path);
	check_unreadable(c, path);
	check_note(&c->blocked, path);
	c->homes_missing = true;
	return false;
}

static bool check_files(struct check *c, struct home *h)
{
	const struct dent *e;
	struct dents d;

	dents_begin(&d, h->dir);
	while ((e = dents_next(&d)) != NULL)
		if (strncasecmp(e->name, ".qmail", 6) == 0 && (e->name[6] == '-' || e->name[6] == '\0') && !is_shelf(h, e->name)) {
			check_dotqmail(c, h, e->name);
			h->files++;
		}
	return !d.failed || unlisted(c, h->path);
}

/* Only the purpose of homes in our layout is known. */
static void check_last_resort(struct check *c, const struct home *h)
{
	const struct conf *conf = &c->change.conf;
	const char *name = strrchr(h->path, '/') + 1;
	char file[1100];

	if (check_is_below(h->path, conf->popmail) && !h->postmaster && !h->fallback) {
		check_found(c,
		            &(struct finding){CHECK_WARNING, "no-postmaster", h->path, 0,
		                              check_command(c, "qv-mailbox add postmaster@", check_quoted, name, check_root,
		                                            CHECK_END)},
		            "has no postmaster, whose mail must be accepted (RFC 5321 4.5.1): it bounces");
	}
	join(file, sizeof file, h->path, "/.qmail-default", NULL);
	if (check_is_below(h->path, conf->serialmail) && !h->fallback) {
		check_found(c, &(struct finding){CHECK_ERROR, "no-default", h->path, 0, NULL},
		            "has no .qmail-default: mail for this host bounces");
		plan_text(&c->change.files, file, &(struct owner){0644, conf->uid, conf->gid}, "./Maildir/\n");
	}
}

static void no_home(struct check *c, const struct home *h, bool in_the_way)
{
	const char *path = h->path, *mend, *owner;
	char ids[48];

	snprintf(ids, sizeof ids, "%lu:%lu", (unsigned long)h->v.uid, (unsigned long)h->v.gid);
	owner = h->ours ? check_popuser : ids;
	mend = in_the_way ? check_command(c, "mv -n ", path, " ", path, ".old && mkdir ", path, " && chown ", owner, " ", path,
	                                  CHECK_END)
	                  : check_command(c, "mkdir -p ", path, " && chown ", owner, " ", path, CHECK_END);

	check_found(c, &(struct finding){CHECK_ERROR, "no-home", QMAIL_ASSIGN, h->line, mend},
	            "%s %s: the mail waits until it bounces", path, in_the_way ? "is not a directory" : "does not exist");
}

/* False: reported. A home may be a link where only root can make one. */
static bool open_home(struct check *c, struct home *h)
{
	int r = fs_dir_if(c->ctx, h->path, &h->dir);
	struct stat st;

	if (r == 0)
		return true;
	c->homes_missing = true;
	if (r == 1 || (fs_stat(c->ctx, h->path, &st) == 0 && !S_ISLNK(st.st_mode) && !S_ISDIR(st.st_mode))) {
		no_home(c, h, r < 0);
		c->ctx->err = (struct err){0};
		return false;
	}
	check_unreadable(c, h->path);
	check_note(&c->blocked, h->path);
	return false;
}

static void look_into(struct check *c, struct home *h)
{
	struct stat st;
	size_t found = c->found;

	if (fstat(h->dir, &st) < 0) {
		unlisted(c, h->path);
		return;
	}
	if (h->ours && h->boxes != NULL)
		sorted_add(&c->pops, h->boxes->dir, strlen(h->boxes->dir));
	if (check_knows(c, h->path, &st))
		check_home_owner(c, h, &st);
	if (!c->ids_missing && (!h->ours || st.st_uid == c->change.conf.uid))
		check_home_mode(c, h, &st);
	if (!check_files(c, h))
		return;
	check_last_resort(c, h);
	if ((c->found > found || h->wants) && h->boxes != NULL)
		check_note(&c->doubtful_pops, h->boxes->dir);
}

static void stay_near(struct check *c, const struct home *h)
{
	size_t customer;

	if (!h->ours || h->boxes == NULL)
		return;
	customer = (size_t)(strrchr(h->boxes->dir, '/') - h->boxes->dir);
	check_stay(c, h->path, (size_t)((const char *)memrchr(h->path, '/', customer) - h->path));
	check_stay(c, h->path, customer);
}

void check_home(struct check *c, struct home *h)
{
	stay_near(c, h);
	if (h->ours && !check_way(c, &h->v, h->path)) {
		c->homes_missing = true;
	} else if (open_home(c, h)) {
		look_into(c, h);
		close(h->dir);
	}
}
