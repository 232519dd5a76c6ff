/*
 * internal - what the files of serial/ share, and nobody else. Who does what:
 *
 *	serial          rounds: list, run the client, until nothing is left that is new to this run
 *	item            a message: its name, its file, whether it was kept
 *	list            what is in new/ and cur/ and has the prefix, oldest first
 *	client          one run of the client: names to it, answers from it
 *	settle          one answer: unlink, bounce, or keep; one line to stderr
 *	sync            what must be on the disk, and when
 */
#ifndef SERIAL_INTERNAL_H
#define SERIAL_INTERNAL_H

#include "serial/serial.h"

struct serial_item {
	int part;         /* 0: new, 1: cur */
	const char *name; /* below that */
	int64_t arrived;  /* as struct maildir_message has it */
	bool answered;
	bool returned;    /* its bounce is queued, but perhaps not on the disk */
};

/* item.c: since the epoch, seconds. */
time_t serial_arrived(const struct serial_item *i);

/* "new/X", in a buffer of PATH_MAX. */
const char *serial_name(const struct serial_item *i, char *to);

/* The message open for reading, and its status; -1 with errno when it is gone or is no regular file. */
int serial_open(const struct serial *s, const struct serial_item *i);

/* True: answered for and kept, earlier in this run. */
bool serial_was_kept(const struct serial *s, const char *name);

/* It stays, and is not tried again in this run. Without memory s->no_memory says so. */
void serial_keep(struct serial *s, const char *name);

/* list.c: a new round. 0 or -1. */
int serial_list(struct serial *s);
void serial_forget(struct serial *s); /* the round's list */

/* client.c: one run of the client. How many answers were heard, or -1; status as of waitpid(2). */
long serial_client(struct serial *s, int *status);

/* settle.c: the client's word about the message of that name. False: there is no such message. */
bool serial_answer(struct serial *s, const char *name, char verdict, const char *text);

/* What nobody answered for and is too old bounces. */
void serial_expire(struct serial *s);

/*
 * sync.c: before a wait for answers: what was bounced is removed, as soon as the bounces are on the disk; what was removed is
 * synced when it is much or its time has come.
 */
void serial_sync_due(struct serial *s);
int serial_sync_ms(const struct serial *s); /* until then, for poll(2); -1: nothing is to be synced */

/* The same at once. */
void serial_sync(struct serial *s);

/* settle.c, for sync.c: remove the message; if that fails, trouble says what it means. */
void serial_remove(struct serial *s, const struct serial_item *i, const char *trouble);

#endif
