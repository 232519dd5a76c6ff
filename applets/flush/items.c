/* items - which message is whose: the connections of a run take them from one list. */
#include "flush/internal.h"

size_t flush_take_waiting(struct flush *f, size_t from)
{
	for (; from < f->list.n; from++) {
		unsigned char waiting = ITEM_WAITING;

		if (atomic_compare_exchange_strong(&f->item[from], &waiting, ITEM_TAKEN))
			break;
	}
	return from;
}

bool flush_anything_waits(const struct flush *f)
{
	size_t i = 0;

	while (i < f->list.n && f->item[i] != ITEM_WAITING)
		i++;
	return i < f->list.n;
}
