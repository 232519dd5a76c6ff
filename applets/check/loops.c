/* loops - forwards that loop through several .qmail files: qmail-local finds its own Delivered-To line, and bounces the mail. */
#include <stdlib.h>
#include <string.h>

#include "check/internal.h"

/* A line of the .qmail file from that forwards to an address, which the .qmail file to delivers. */
struct lead {
	const char *from, *to, *address, *line;
};

/* Where a walk along the leads stands. */
struct place {
	size_t first, next, end; /* the leads of one file; those before next have been followed */
	enum { UNSEEN, ON_THE_WAY, DONE } state;
};

struct walk {
	struct check *c;
	struct lead *lead;   /* by from */
	struct place *place; /* used for the first lead of each file */
	size_t *way;         /* places from the start of the walk to the present one */
	size_t n, deep;
};

static int by_from(const void *a, const void *b)
{
	const struct lead *x = a, *y = b;
	int order = strcmp(x->from, y->from);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line); /* as they were noted */
}

static size_t count(const struct buf *leads)
{
	size_t nuls = 0;

	for (size_t i = 0; i < leads->len; i++)
		nuls += leads->p[i] == '\0';
	return nuls / 4;
}

static const char *next_string(const char **p)
{
	const char *s = *p;

	*p += strlen(s) + 1;
	return s;
}

static void sort(struct walk *w, const struct buf *leads)
{
	const char *p = leads->p;

	for (size_t i = 0; i < w->n; i++) {
		w->lead[i].from = next_string(&p);
		w->lead[i].to = next_string(&p);
		w->lead[i].address = next_string(&p);
		w->lead[i].line = next_string(&p);
	}
	qsort(w->lead, w->n, sizeof *w->lead, by_from);
	for (size_t i = 0, first = 0; i < w->n; i++) {
		if (strcmp(w->lead[i].from, w->lead[first].from) != 0)
			first = i;
		w->place[first] = (struct place){.first = first, .next = first, .end = i + 1};
	}
}

/* The place of this file, or n: it forwards nothing. */
static size_t find(const struct walk *w, const char *file)
{
	size_t low = 0, high = w->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(w->lead[middle].from, file) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->n && strcmp(w->lead[low].from, file) == 0 ? low : w->n;
}

/* The lead that was followed from the i-th place on the way. */
static const struct lead *taken(const struct walk *w, size_t i)
{
	return &w->lead[w->place[w->way[i]].next - 1];
}

/* Report the loop from way[at] back to way[at], for the first of its files, wherever the walk entered it. */
static void report(struct walk *w, size_t at)
{
	size_t begin = at, n = w->deep - at, line;
	struct buf round = BUF(2000);
	const struct lead *first;

	for (size_t i = at; i < w->deep; i++)
		if (w->way[i] < w->way[begin])
			begin = i;
	first = taken(w, begin);
	line = strtoul(first->line, NULL, 10);
	for (size_t i = 0; i < n && round.len < 1000; i++)
		buf_printf(&round, "%s%s", i > 0 ? ", " : "", taken(w, at + (begin - at + i) % n)->address);
	check_found(w->c, &(struct finding){CHECK_ERROR, "loop", first->from, line, check_edit(w->c, first->from, line)},
	            "forwards to %s, which leads back here: the mail loops and bounces", buf_text(&round));
	buf_free(&round);
}

/* One lead further; a file that is already on the way closes a loop. */
static void step(struct walk *w)
{
	struct place *here = &w->place[w->way[w->deep - 1]];
	size_t there;

	if (here->next == here->end) {
		here->state = DONE;
		w->deep--;
		return;
	}
	there = find(w, w->lead[here->next++].to);
	if (there == w->n || w->place[there].state == DONE)
		return;
	if (w->place[there].state == UNSEEN) {
		w->place[there].state = ON_THE_WAY;
		w->way[w->deep++] = there;
		return;
	}
	for (size_t i = 0; i < w->deep; i++)
		if (w->way[i] == there)
			report(w, i);
}

static void walk(struct walk *w)
{
	for (size_t i = 0; i < w->n; i = w->place[i].end) {
		if (w->place[i].state != UNSEEN)
			continue;
		w->place[i].state = ON_THE_WAY;
		w->way[w->deep++] = i;
		while (w->deep > 0)
			step(w);
	}
}

void check_loops(struct check *c, struct buf *leads)
{
	struct walk w = {.c = c, .n = buf_failed(leads) ? 0 : count(leads)};

	w.lead = calloc(w.n + 1, sizeof *w.lead);
	w.place = calloc(w.n + 1, sizeof *w.place);
	w.way = calloc(w.n + 1, sizeof *w.way);
	if (w.lead != NULL && w.place != NULL && w.way != NULL && w.n > 0) {
		sort(&w, leads);
		walk(&w);
	}
	c->forwards.failed |= buf_failed(leads) || w.lead == NULL || w.place == NULL || w.way == NULL;
	free(w.lead);
	free(w.place);
	free(w.way);
}
