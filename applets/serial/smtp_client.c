/* smtp_client - files across SMTP: what wire.h asks for, from the names and the files. */
#include "serial/smtp_client.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/error_str.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/envelope.h"
#include "serial/name_feed.h"
#include "wire/wire.h"

struct talk {
	struct ctx *ctx;
	const struct serialsmtp *o;
	struct name_feed names;
	bool failed;  /* ctx->err is filled: whoever asked cannot be answered */
	bool cut;     /* the connection broke */
	size_t offered, settled;
	char *name[SMTP_GROUPED_MESSAGES]; /* of the files that were offered to the engine, until their verdict */
	struct wire wire;
};

static char **name_of(struct talk *t, size_t id)
{
	return &t->name[id % SMTP_GROUPED_MESSAGES];
}

/* name NUL verdict text LF, in one write. What is no reply of the server's is not said to be one. */
static void answer(struct talk *t, const char *name, char verdict, const char *why, const char *tail)
{
	bool said = t->o->remote != NULL && strspn(why, "0123456789") == 3;
	char text[PATH_MAX + 4096];
	size_t room = sizeof text - 1, n = join(text, room, name, NULL) + 1;

	text[n++] = verdict;
	n += join(text + n, room - n, said ? t->o->remote : "", said ? " said: " : "", why, tail, NULL);
	n = n < room ? n : room - 1;
	text[n++] = '\n';
	if (fs_write(t->o->verdicts, text, n) < 0) {
		err_temp(&t->ctx->err, "unable to write output: %s%s%.300s%s", error_str(errno), verdict == 'K' ? " (" : "",
		         verdict == 'K' ? name : "", verdict == 'K' ? " was accepted, and will arrive twice)" : "");
		t->failed = t->wire.over = true;
	}
}

static int open_regular(const char *name, off_t *size)
{
	int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*size = st.st_size;
		return fd;
	}
	close(fd);
	errno = EINVAL;
	return -1;
}

/* False: it was answered for, or is gone. */
static bool offer_file(struct talk *t, const char *name)
{
	char *piece = t->wire.piece, to[2 * ENVELOPE_ADDRESS_MAX + 16];
	struct envelope e;
	const char *why;
	off_t size;
	int fd = open_regular(name, &size);
	ssize_t n;

	if (fd < 0 && errno == ENOENT) /* another reader was faster: no error */
		return false;
	n = fd < 0 ? -1 : read(fd, piece, sizeof t->wire.piece);
	if (n < 0) {
		answer(t, name, 'Z', "unable to read it: ", error_str(errno));
	} else if (envelope_parse(piece, (size_t)n, t->o->prefix, &e, &why) < 0) {
		answer(t, name, 'Z', why, "");
	} else if ((*name_of(t, t->offered) = strdup(name)) == NULL) {
		answer(t, name, 'Z', "out of memory", "");
	} else {
		wire_hand(&t->wire, fd, size, (size_t)n, e.head);
		envelope_quote(e.recipient, to, sizeof to);
		smtp_mail(&t->wire.smtp, t->offered++, e.sender, to, (uint64_t)(size - (off_t)e.head));
		return true;
	}
	if (fd >= 0)
		close(fd);
	return false;
}

/* Whoever names the files may wait for a verdict before the next name. */
static bool offer(void *caller)
{
	struct talk *t = caller;
	enum name_feed_event got;
	const char *name;

	do
		got = name_feed_next(&t->names, &name);
	while (got == NAME_FEED_ONE && !offer_file(t, name) && !t->failed);
	t->wire.other = -1;
	if (got == NAME_FEED_END)
		smtp_quit(&t->wire.smtp);
	if (got != NAME_FEED_NONE)
		return true;
	t->wire.other = t->names.fd;
	smtp_rest(&t->wire.smtp);
	return false;
}

static void unreadable(void *caller, size_t id, const char *why)
{
	struct talk *t = caller;
	char text[PATH_MAX + 100];

	snprintf(text, sizeof text, "unable to read %s: %s", *name_of(t, id), why);
	smtp_abort(&t->wire.smtp, text);
}

/*
 * Whoever asked will ask again for what gets no answer: so it gets one when it may have arrived, lest it arrive again
 * and again; and when it was the first thing of a session that led to nothing, lest it stop all others for ever.
 */
static void was_lost(struct talk *t, const char *name, const struct smtp_message *m)
{
	if (m->maybe_duplicate)
		answer(t, name, 'Z', m->why, " (its end was sent: it may arrive twice)");
	else if (t->settled == 0)
		answer(t, name, 'Z', m->why, "");
}

static void verdict(void *caller, const struct smtp_message *m)
{
	static const char letters[] = {
		[SMTP_NONE] = 'Z', [SMTP_DELIVERED] = 'K', [SMTP_TEMPORARY] = 'Z', [SMTP_PERMANENT] = 'D'};
	struct talk *t = caller;
	char *name = *name_of(t, m->id);

	if (m->lost)
		was_lost(t, name, m);
	else
		answer(t, name, letters[m->verdict], m->why, "");
	t->settled++;
	free(name);
}

static void woken(void *caller)
{
	struct talk *t = caller;

	t->wire.other = -1;
	if (name_feed_read(&t->names) == 0)
		return;
	err_temp(&t->ctx->err, "unable to read input: %s", error_str(errno));
	t->failed = t->wire.over = true;
}

static void silent(void *caller)
{
	struct talk *t = caller;

	t->cut = true;
	smtp_silent(&t->wire.smtp, "network read error: timed out");
}

static void lost(void *caller, const char *verb, int errnum)
{
	struct talk *t = caller;
	char text[100];

	snprintf(text, sizeof text, "network %s error: %s", verb, errnum == 0 ? "end of file" : error_str(errnum));
	t->cut = true;
	smtp_lost(&t->wire.smtp, text);
}

/* A server that does not want us at all is spoken of in the words of the original. */
static int conclude(struct talk *t)
{
	const char *trouble = smtp_trouble(&t->wire.smtp);

	if (t->failed)
		return -1;
	if (trouble == NULL)
		return 0;
	if (t->cut || smtp_is_ready(&t->wire.smtp) || strncmp(trouble, "protocol", 8) == 0)
		return err_temp(&t->ctx->err, "%s", trouble);
	return err_temp(&t->ctx->err, "connected but %s: %s",
	                smtp_has_spoken(&t->wire.smtp) ? "my name was rejected" : "greeting failed", trouble);
}

static void prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0)
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)); /* no socket: no Nagle either */
}

int serialsmtp_run(struct ctx *ctx, const struct serialsmtp *o)
{
	static const struct wire_calls calls = {
		.offer = offer, .unreadable = unreadable, .verdict = verdict, .woken = woken, .silent = silent, .lost = lost};
	const char *server = o->remote != NULL ? o->remote : "the server";
	struct talk *t = calloc(1, sizeof *t); /* too much for a stack */
	int r;

	if (t == NULL)
		return err_temp(&ctx->err, "out of memory");
	t->ctx = ctx;
	t->o = o;
	t->names.fd = o->names;
	signal(SIGPIPE, SIG_IGN);
	prepare(o->from_server);
	prepare(o->to_server);
	wire_start(&t->wire, &calls, t, o->from_server, o->to_server);
	smtp_start(&t->wire.smtp, o->helo, server, &(struct smtp_limits){.mode = SMTP_GROUPED});
	wire_run(&t->wire);
	r = conclude(t);
	free(t);
	return r;
}
