/* arrivals_id - whose a watch is: by bisection, as ten thousand may get mail at once. */
#include <stdlib.h>

#include "master/arrivals.h"

struct arrivals_id {
	int id;
	uint32_t spot;
};

static int compare(const void *a, const void *b)
{
	const struct arrivals_id *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* False without memory. */
static bool order(struct arrivals *l)
{
	if (l->order != NULL)
		return true;
	l->order = calloc(l->hosts.n + 1, sizeof *l->order);
	if (l->order == NULL)
		return false;
	l->ordered = 0;
	for (size_t i = 0; i < l->hosts.n; i++)
		if (l->id[i] >= 0)
			l->order[l->ordered++] = (struct arrivals_id){l->id[i], (uint32_t)i};
	qsort(l->order, l->ordered, sizeof *l->order, compare);
	return true;
}

void arrivals_reorder(struct arrivals *l)
{
	free(l->order);
	l->order = NULL;
}

size_t arrivals_spot_of(struct arrivals *l, int id)
{
	const struct arrivals_id *found;
	size_t i = 0;

	if (order(l)) {
		found = bsearch(&(struct arrivals_id){.id = id}, l->order, l->ordered, sizeof *l->order, compare);
		return found != NULL ? found->spot : l->hosts.n;
	}
	while (i < l->hosts.n && l->id[i] != id)
		i++;
	return i;
}
