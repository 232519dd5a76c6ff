/*
 * arrivals - which dial-up hosts have mail: told by inotify where that works, by looking where it does not.
 *
 *	lookout_open(&l, watches)
 *	r = lookout_list(&l, &was, ...)		customers that came and went: 0, or 1: none did
 *	for each i < l.customers.n
 *		lookout_at(&l, i)		1: mail may wait there
 *	poll l.watch.fd, and when it is readable:
 *	while ((news = lookout_next(&l, &i)) != LOOKOUT_NOTHING)
 *		...
 *
 * What is watched and was seen empty is not looked at again: mail that comes there is told. lookout_again() has everything
 * looked at once more, in case that a file system tells less than it should, and has watching tried again where it failed.
 * A customer whose Maildir/new is missing is watched for it.
 */
#ifndef MASTER_ARRIVALS_H
#define MASTER_ARRIVALS_H

#include "dialup/hosts.h"
#include "lib/watch.h"

enum lookout_news {
	LOOKOUT_NOTHING,
	LOOKOUT_MAIL, /* for customer i */
	LOOKOUT_LIST, /* customers came or went: lookout_list() */
	LOOKOUT_LOST, /* too much happened at once: lookout_again(), and look at all */
};

/* private: what is known of a customer */
struct lookout_spot {
	bool tried;    /* to watch it */
	bool complete; /* what is watched is Maildir/new */
	bool quiet;    /* watched, and seen without mail since: no need to look */
};

struct lookout {
	struct ctx *ctx;
	const struct conf *conf;
	struct customers customers;
	struct watch watch; /* fd -1: nothing is watched */
	/* private */
	struct lookout_spot *spot; /* one for each customer */
	int *id;                   /* its watch, or -1 */
	int list_id;               /* that of serialmail */
	size_t last;               /* whose event came last */
	bool is_full;              /* the kernel takes no more watches */
	bool complained;
};

/* Where watching is not possible at all, that is said in a line, and it is done without. */
void lookout_open(struct lookout *l, struct ctx *ctx, const struct conf *conf, bool watches);
void lookout_close(struct lookout *l);

/*
 * The customers as they are now. 0: they changed, and customer i was (*was)[i] before, or SIZE_MAX: it is new; *mine is zeroed
 * room for what the caller knows of each, size bytes a customer. Both are to be freed. 1: they did not. -1: unable to
 * tell, all is as before.
 */
int lookout_list(struct lookout *l, size_t **was, void **mine, size_t size);

/* 1: mail waits at i. 0: none. -1 */
int lookout_at(struct lookout *l, size_t i);

/* Something was done to i, or is going to be: look at it again at the next opportunity. */
void lookout_touched(struct lookout *l, size_t i);
void lookout_again(struct lookout *l);

enum lookout_news lookout_next(struct lookout *l, size_t *i);

/* private: why something cannot be watched, and what to do about it; said once. name: of the customer, or "". */
void lookout_complain(struct lookout *l, int errnum, const char *name);

#endif
