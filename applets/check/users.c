/* users - etc/passwd, and user alias, which gets mail for local addresses that no other user has. */
#include <stdio.h>
#include <string.h>

#include "check/internal.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/passwd.h"

void check_users(struct check *c)
{
	struct passwd_user alias;
	struct stat st;

	if (fs_slurp(c->ctx, "/etc/passwd", &c->passwd, NULL) < 0)
		check_unreadable(c, "/etc/passwd");
	if (!check_passwd(c, "alias", &alias) || alias.homelen < 2 || alias.homelen >= sizeof c->alias || *alias.home != '/')
		return;
	join_part(c->alias, sizeof c->alias, alias.home, alias.homelen);
	if (fs_stat(c->ctx, c->alias, &st) != 0)
		*c->alias = '\0';
	c->ctx->err = (struct err){0};
}

/* The ids that users/assign has for the first home of ours. */
static void guess_owner(struct check *c)
{
	struct conf *conf = &c->change.conf;
	struct name_domain name;
	struct domain d;

	conf->uid = conf->gid = (uid_t)-1;
	for (size_t at = 0; conf->uid == (uid_t)-1 && routing_next(&c->change.routing, &at, &name);) {
		routing_look(&c->change.routing, conf, name.text, &d);
		if ((d.form != DOMAIN_POP && d.form != DOMAIN_DIALUP) || d.uid == 0)
			continue;
		conf->uid = d.uid;
		conf->gid = d.gid;
	}
}

int check_whose_mail(struct check *c)
{
	struct conf *conf = &c->change.conf;

	conf->uid = (uid_t)-1;
	if (conf_popuser(c->ctx, conf) == 0)
		return 0;
	if (c->ctx->err.code != EXIT_PERM || conf->uid == 0)
		return -1;
	c->ctx->err = (struct err){0};
	c->fix = false;
	check_found(c, &(struct finding){CHECK_ERROR, "no-popuser", "/etc/passwd", 0,
	                              check_command(c, "vi ", "/etc/passwd", CHECK_END)},
	            "user %s, the owner of all mail, does not exist: nobody can log in, no mail is sent to dial-up hosts, and no "
	            "command changes anything",
	            conf->popuser);
	guess_owner(c);
	return 0;
}

bool check_passwd(const struct check *c, const char *name, struct passwd_user *u)
{
	return passwd_find(buf_text(&c->passwd), c->passwd.len, name, u);
}

/* As qmail-getpw finds it: joe-list belongs to joe. */
bool check_is_user(const struct check *c, const char *name)
{
	struct passwd_user found;
	char user[NAME_DOMAIN_MAX + 1];
	char *dash;

	if (c->passwd.len == 0)
		return true; /* without etc/passwd, in a rescue shell, any name may be a user */
	join(user, sizeof user, name, NULL);
	for (;;) {
		if (check_passwd(c, user, &found) && found.uid != 0)
			return true;
		dash = strrchr(user, '-');
		if (dash == NULL)
			return false;
		*dash = '\0';
	}
}

const char *check_who(const struct check *c, uid_t uid)
{
	static char who[sizeof c->change.conf.popuser + 32];
	struct passwd_user alias;

	if (uid == c->change.conf.uid)
		join(who, sizeof who, c->change.conf.popuser, NULL);
	else if (check_passwd(c, "alias", &alias) && alias.uid == uid)
		join(who, sizeof who, "alias", NULL);
	else
		snprintf(who, sizeof who, "uid %lu", (unsigned long)uid);
	return who;
}
