/*
 * arrivals - which dial-up hosts have mail: told by inotify where that works, by looking where it does not.
 *
 *	arrivals_open(&l, watches)
 *	r = arrivals_list(&l, &was, ...)		customers that came and went: 0, or 1: none did
 *	for each i < l.hosts.n
 *		arrivals_at(&l, i)		1, 2: mail may wait there
 *	poll l.watch.fd, and when it is readable:
 *	while ((news = arrivals_next(&l, &i)) != ARRIVALS_NOTHING)
 *		...
 *
 * What is watched and was seen empty is not looked at again: mail that comes there is told. arrivals_again() has everything
 * looked at once more, in case that a file system tells less than it should, and has watching tried again where it failed.
 * A customer whose Maildir/new is missing is watched for it.
 */
#ifndef MASTER_ARRIVALS_H
#define MASTER_ARRIVALS_H

#include "dialup/hosts.h"
#include "lib/watch.h"

enum arrivals_news {
	ARRIVALS_NOTHING,
	ARRIVALS_MAIL, /* for customer i; it may still be written: somebody puts it there by hand */
	ARRIVALS_WHOLE, /* for customer i, and it is not */
	ARRIVALS_LIST, /* customers came or went: arrivals_list() */
	ARRIVALS_LOST, /* too much happened at once: arrivals_again(), and look at all */
};

/* private: what is known of a customer */
struct arrivals_spot {
	bool tried;    /* to watch it */
	bool complete; /* what is watched is Maildir/new */
	bool quiet;    /* watched, and seen without mail since: no need to look */
};

struct arrivals_id;

struct arrivals {
	struct ctx *ctx;
	const struct conf *conf;
	struct hosts hosts;
	struct watch watch; /* fd -1: nothing is watched */
	/* private */
	struct arrivals_spot *spot; /* one for each customer */
	int *id;                   /* its watch, or -1 */
	int list_id;               /* that of serialmail */
	struct arrivals_id *order; /* of all ids; NULL: they have changed */
	size_t ordered;
	bool is_full;              /* the kernel takes no more watches */
	bool complained;
};

/* Where watching is not possible at all, that is said in a line, and it is done without. */
void arrivals_open(struct arrivals *l, struct ctx *ctx, const struct conf *conf, bool watches);
void arrivals_close(struct arrivals *l);

/*
 * The customers as they are now. 0: they changed, and customer i was (*was)[i] before, or SIZE_MAX: it is new; *mine is zeroed
 * room for what the caller knows of each, size bytes a customer. Both are to be freed. 1: they did not. -1: unable to
 * tell, all is as before.
 */
int arrivals_list(struct arrivals *l, size_t **was, void **mine, size_t size);

/* 1: mail waits at i. 2: and until now it was not watched, or not all was told, so that it may have come while other mail was sent. 0: none. -1 */
int arrivals_at(struct arrivals *l, size_t i);

/* Something was done to i, or is going to be: look at it again at the next opportunity. */
void arrivals_touched(struct arrivals *l, size_t i);
void arrivals_again(struct arrivals *l);

enum arrivals_news arrivals_next(struct arrivals *l, size_t *i);

/* private, arrivals_id.c: the customer that this watch is for; hosts.n: none. And: some watch has begun or ended. */
size_t arrivals_spot_of(struct arrivals *l, int id);
void arrivals_reorder(struct arrivals *l);

/* private: why something cannot be watched, and what to do about it; said once. name: of the customer, or "". */
void arrivals_complain(struct arrivals *l, int errnum, const char *name);

#endif
