/* items - which message is whose: the connections of a run take them from one list. */
#include "flush/internal.h"

/* The first at or behind from in this state; f->list.n: none. */
static size_t take(struct flush *f, size_t from, unsigned char state)
{
	for (; from < f->list.n; from++) {
		unsigned char want = state;

		if (atomic_compare_exchange_strong(&f->item[from], &want, ITEM_TAKEN))
			break;
	}
	return from;
}

static bool has(const struct flush *f, unsigned char state)
{
	size_t i = 0;

	while (i < f->list.n && f->item[i] != state)
		i++;
	return i < f->list.n;
}

size_t flush_take_waiting(struct flush *f, size_t from)
{
	return take(f, from, ITEM_WAITING);
}

size_t flush_take_last(struct flush *f)
{
	return has(f, ITEM_WAITING) ? f->list.n : take(f, 0, ITEM_LAST);
}

bool flush_anything_waits(const struct flush *f)
{
	return has(f, ITEM_WAITING) || has(f, ITEM_LAST);
}

void flush_put_back(struct flush *f, size_t i, bool alone, enum put_back how)
{
	enum { SESSIONS = 2 /* end under a message before it has to wait */ };

	if (how == PUT_BLAMED || (how == PUT_SAME && f->ended[i] == 0))
		f->ended[i]++;
	if (how == PUT_BLAMED && alone)
		f->item[i] = ITEM_TRIED;
	else
		f->item[i] = f->ended[i] >= SESSIONS ? ITEM_LAST : ITEM_WAITING;
}
