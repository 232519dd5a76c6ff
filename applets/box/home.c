/* home - the files in the home of a domain that is delivered here, in any layout. */
#include "box/home.h"

#include <string.h>

#include "lib/join.h"
#include "qmail/dotqmail.h"

bool domain_is_ours(const struct domain *d)
{
	struct boxes b;

	return d->form == DOMAIN_POP && boxes_of_home(d->home, &b) == 0;
}

int domain_is_plain(struct err *e, const struct domain *d)
{
	if (strcmp(d->dash, "-") == 0)
		return 0;
	return err_perm(e, "%s is delivered by .qmail%s* in %s, not by .qmail-*; qvmail cannot manage this layout",
	                d->name.text, d->dash, d->home);
}

int domain_dotqmail(const struct domain *d, const char *local, char *path, size_t size)
{
	struct dotqmail_name name;
	char whole[NAME_LOCAL_MAX + 1];

	if (strcmp(d->dash, "-") != 0 || strlen(d->ext) + strlen(local) >= sizeof whole)
		return -1;
	join(whole, sizeof whole, d->ext, local, NULL);
	dotqmail_name(whole, &name);
	return join(path, size, d->home, "/", name.text, NULL) < size ? 0 : -1;
}

int domain_addresses(struct ctx *ctx, const struct domain *d, struct addresses *a)
{
	*a = (struct addresses){0};
	return strcmp(d->dash, "-") == 0 ? addresses_load(ctx, d->home, d->ext, a) : 0;
}

void domain_boxes(const struct domain *d, struct boxes *b)
{
	struct err e;

	*b = (struct boxes){0};
	if (boxes_of_home(d->home, b) == 0)
		return;
	b->foreign = true;
	b->uid = d->uid;
	b->gid = d->gid;
	join(b->home, sizeof b->home, d->home, NULL);
	join(b->handle, sizeof b->handle, name_handle(&e, "user", d->user) == 0 ? d->user : "box", NULL);
	join(b->dir, sizeof b->dir, d->home, "/POP", NULL);
}

struct owner domain_owner(const struct conf *conf, const struct domain *d, mode_t mode)
{
	if (!domain_is_ours(d))
		return (struct owner){mode, d->uid, d->gid};
	return (struct owner){mode, conf->uid, conf->gid};
}
