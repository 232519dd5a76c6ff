/*
 * brake - a server that refuses everything: a black list, a way that is closed, a domain that it does not know any more. What
 * bounces is gone, so after the first few nothing bounces until the server accepts something, or a person says so.
 */
#include <time.h>

#include "flush/internal.h"

bool flush_is_braked(struct flush *f, const char *server)
{
	struct flush_tally *all = &f->tallies[0];
	long most = f->conf->brake;

	if (most == 0 || f->o->bounce_all || all->accepted)
		return false;
	if (f->before.braked == 0 && atomic_fetch_add(&all->refused, 1) < (unsigned)most)
		return false;
	if (!atomic_exchange(&all->braked, true))
		ctx_warn(f->ctx, "%s: %s rejects every message: the others are kept until it accepts one; qv-flush --bounce-all bounces them",
		         f->dir, server);
	return true;
}

void flush_release_brake(struct flush *f)
{
	f->tallies[0].accepted = true;
}

void flush_note_brake(struct flush *f)
{
	const struct flush_tally *all = &f->tallies[0];
	struct attempt *l = &f->tally->last;

	if (all->accepted || f->o->bounce_all)
		l->braked = 0;
	else if (all->braked && l->braked == 0)
		l->braked = time(NULL);
}
