/* smtp_client - files across SMTP: pumps between the engine, the server, the names and the files. */
#include "serial/smtp_client.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/error_str.h"
#include "lib/fs.h"
#include "lib/net.h"
#include "qmail/envelope.h"
#include "serial/name_feed.h"
#include "smtp/smtp.h"

enum { PIECE = 32768 /* bytes read from a file at once */ };

/* A file that was offered to the engine, until its verdict. */
struct letter {
	char *name;
	int fd;
	bool ended; /* its last byte is in the engine, and perhaps with the server */
};

struct talk {
	struct ctx *ctx;
	const struct serialsmtp *o;
	struct name_feed names;
	bool starved; /* the engine could take a message, and no name is there */
	bool failed;  /* ctx->err is filled: whoever asked cannot be answered */
	bool cut;     /* the connection broke */
	bool greeted; /* we have said our name */
	size_t offered, settled;
	struct letter letter[SMTP_MESSAGES];
	size_t at, n; /* what was read of the file in hand, and how far it is said */
	char buf[PIECE];
	struct smtp smtp;
};

static struct letter *letter_of(struct talk *t, size_t id)
{
	return &t->letter[id % SMTP_MESSAGES];
}

static void start_engine(struct talk *t)
{
	const char *server = t->o->remote != NULL ? t->o->remote : "the server";

	smtp_start(&t->smtp, t->o->helo, server, &(struct smtp_limits){.mode = SMTP_GROUPED});
}

/* name NUL verdict text LF, in one write. What is no reply of the server's is not said to be one. */
static void answer(struct talk *t, const char *name, char verdict, const char *why, const char *tail)
{
	bool said = t->o->remote != NULL && strspn(why, "0123456789") == 3;
	struct buf b = BUF(PATH_MAX + 4096);

	buf_add(&b, name, strlen(name) + 1);
	buf_printf(&b, "%c%s%s%s%s\n", verdict, said ? t->o->remote : "", said ? " said: " : "", why, tail);
	if (buf_failed(&b) || fs_write(t->o->verdicts, b.p, b.len) < 0) {
		err_temp(&t->ctx->err, "unable to write output: %s", error_str(buf_failed(&b) ? ENOMEM : errno));
		t->failed = true;
	}
	buf_free(&b);
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

/* Its envelope is read, and the first piece of it is in t->buf; false: it was answered for, or is gone. */
static bool open_letter(struct talk *t, const char *name, struct letter *l, struct envelope *e, off_t *size)
{
	const char *why;
	ssize_t n;

	l->fd = open_regular(name, size);
	if (l->fd < 0 && errno == ENOENT) /* another reader was faster: no error */
		return false;
	n = l->fd < 0 ? -1 : read(l->fd, t->buf, sizeof t->buf);
	if (n < 0) {
		answer(t, name, 'Z', "unable to read it: ", error_str(errno));
	} else if (envelope_parse(t->buf, (size_t)n, t->o->prefix, e, &why) < 0) {
		answer(t, name, 'Z', why, "");
	} else if ((l->name = strdup(name)) == NULL) {
		answer(t, name, 'Z', "out of memory", "");
	} else {
		l->ended = false;
		t->n = (size_t)n;
		t->at = e->head;
		return true;
	}
	if (l->fd >= 0)
		close(l->fd);
	return false;
}

static void offer(struct talk *t)
{
	struct letter *l = letter_of(t, t->offered);
	char to[2 * ENVELOPE_ADDRESS_MAX + 16];
	struct envelope e;
	const char *name;
	off_t size;

	switch (name_feed_next(&t->names, &name)) {
	case NAME_FEED_NONE:
		t->starved = true;
		smtp_rest(&t->smtp); /* whoever names them may wait for a verdict first */
		return;
	case NAME_FEED_END:
		smtp_quit(&t->smtp);
		return;
	case NAME_FEED_ONE:
		if (!open_letter(t, name, l, &e, &size))
			return;
		envelope_quote(e.recipient, to, sizeof to);
		smtp_mail(&t->smtp, t->offered++, e.sender, to, (uint64_t)(size - (off_t)e.head));
	}
}

static void body(struct talk *t)
{
	struct letter *l = letter_of(t, smtp_id(&t->smtp));
	char why[PATH_MAX + 100];
	ssize_t n;

	if (t->at == t->n) {
		n = read(l->fd, t->buf, sizeof t->buf);
		if (n < 0) {
			snprintf(why, sizeof why, "unable to read %s: %s", l->name, error_str(errno));
			smtp_abort(&t->smtp, why);
			return;
		}
		if (n == 0) {
			l->ended = true;
			smtp_end(&t->smtp);
			return;
		}
		t->at = 0;
		t->n = (size_t)n;
	}
	t->at += smtp_body(&t->smtp, t->buf + t->at, t->n - t->at);
}

/*
 * Whoever asked will ask again for what gets no answer: so it gets one when it may have arrived, lest it arrive again
 * and again; and when it was the first thing of a session that led to nothing, lest it stop all others for ever.
 */
static void was_lost(struct talk *t, const struct letter *l, const struct smtp_message *m)
{
	bool maybe_duplicate = m->maybe_duplicate || l->ended;

	if (maybe_duplicate)
		answer(t, l->name, 'Z', m->why, " (its end was sent: it may arrive twice)");
	else if (t->settled == 0)
		answer(t, l->name, 'Z', m->why, "");
	t->settled++;
}

static void verdict(struct talk *t)
{
	static const char letters[] = {
		[SMTP_NONE] = 'Z', [SMTP_DELIVERED] = 'K', [SMTP_TEMPORARY] = 'Z', [SMTP_PERMANENT] = 'D'};
	const struct smtp_message *m = smtp_settled(&t->smtp);
	struct letter *l = letter_of(t, m->id);

	if (m->lost) {
		was_lost(t, l, m);
	} else {
		answer(t, l->name, letters[m->verdict], m->why, "");
		t->settled++;
	}
	close(l->fd);
	free(l->name);
}

static void lose(struct talk *t, const char *verb, const char *why)
{
	char text[100];

	snprintf(text, sizeof text, "network %s error: %s", verb, why);
	t->cut = true;
	smtp_lost(&t->smtp, text);
}

static void be_silent(struct talk *t)
{
	t->cut = true;
	smtp_silent(&t->smtp, "network read error: timed out");
}

/* False when there is nothing to read now. */
static bool take(struct talk *t)
{
	char buf[8192];
	ssize_t n = net_read(t->o->from_server, buf, sizeof buf);

	if (n > 0)
		smtp_feed(&t->smtp, buf, (size_t)n);
	else if (n == 0)
		lose(t, "read", "end of file");
	else if (errno != EAGAIN)
		lose(t, "read", error_str(errno));
	return n > 0;
}

/* What the server said before it went away counts, so it is read before the connection is called lost. */
static void give(struct talk *t)
{
	size_t n;
	const char *p = smtp_out(&t->smtp, &n);
	ssize_t sent = write(t->o->to_server, p, n);
	int errnum = errno;

	if (sent >= 0) {
		smtp_sent(&t->smtp, (size_t)sent);
		t->greeted = true;
		return;
	}
	if (errnum == EAGAIN || errnum == EINTR)
		return;
	while (take(t))
		;
	lose(t, "write", error_str(errnum));
}

static void take_names(struct talk *t)
{
	if (name_feed_read(&t->names) == 0)
		return;
	err_temp(&t->ctx->err, "unable to read input: %s", error_str(errno));
	t->failed = true;
}

/* All ways at once. Who waits for a verdict before it names the next file is waited for as long as it takes. */
static void move_bytes(struct talk *t)
{
	size_t out;
	const char *bytes = smtp_out(&t->smtp, &out);
	struct pollfd p[3] = {
		{.fd = t->o->from_server, .events = POLLIN},
		{.fd = bytes != NULL && out > 0 ? t->o->to_server : -1, .events = POLLOUT},
		{.fd = t->starved ? t->names.fd : -1, .events = POLLIN},
	};
	bool idle = t->starved && t->settled == t->offered && out == 0;
	int r = poll(p, 3, idle ? -1 : smtp_patience(&t->smtp) * 1000);

	if (r == 0)
		be_silent(t);
	if (r <= 0)
		return;
	if (p[0].revents != 0)
		take(t);
	if (p[1].revents != 0)
		give(t);
	if (p[2].revents != 0)
		take_names(t);
}

static void pump(struct talk *t)
{
	while (!t->failed) {
		t->starved = false;
		switch (smtp_next(&t->smtp)) {
		case SMTP_OFFER:
			offer(t);
			if (t->starved)
				move_bytes(t);
			break;
		case SMTP_WRITE:
		case SMTP_READ:
			move_bytes(t);
			break;
		case SMTP_BODY:
			body(t);
			break;
		case SMTP_VERDICT:
			verdict(t);
			break;
		case SMTP_CLOSED:
			return;
		}
	}
}

/* A server that does not want us at all is spoken of in the words of the original. */
static int conclude(struct talk *t)
{
	const char *trouble = smtp_trouble(&t->smtp);

	if (t->failed)
		return -1;
	if (trouble == NULL)
		return 0;
	if (t->cut || smtp_is_ready(&t->smtp) || strncmp(trouble, "protocol", 8) == 0)
		return err_temp(&t->ctx->err, "%s", trouble);
	return err_temp(&t->ctx->err, "connected but %s: %s", t->greeted ? "my name was rejected" : "greeting failed",
	                trouble);
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
	start_engine(t);
	pump(t);
	r = conclude(t);
	free(t);
	return r;
}
