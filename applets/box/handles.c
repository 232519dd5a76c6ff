/* handles - the customers that have a directory below popmail. */
#include "box/handles.h"

#include <stdio.h>

#include "lib/listing.h"

/* The directory of a letter contains the handles that begin with it. */
static int each_of_letter(struct ctx *ctx, const struct conf *conf, const char *letter, handles_see *see, void *arg)
{
	char path[sizeof conf->popmail + 3];
	struct listing l;
	int r;

	snprintf(path, sizeof path, "%s/%c", conf->popmail, letter[0]);
	r = listing_load(ctx, path, &l);
	for (size_t i = 0; r == 0 && i < l.n; i++)
		if (l.name[i][0] == letter[0])
			r = see(ctx, arg, l.name[i]);
	listing_free(&l);
	return r;
}

int handles_each(struct ctx *ctx, const struct conf *conf, handles_see *see, void *arg)
{
	struct listing l;
	int r = listing_load_if(ctx, conf->popmail, &l);

	for (size_t i = 0; r == 0 && i < l.n; i++)
		if (l.name[i][0] != '.' && l.name[i][1] == '\0')
			r = each_of_letter(ctx, conf, l.name[i], see, arg);
	listing_free(&l);
	return r < 0 ? -1 : 0;
}
