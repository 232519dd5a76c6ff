/*
 * queue - in place of qmail-queue: an envelope without the recipients that do not exist.
 *
 * The program inherits the message and is given the envelope through a pipe. It is started at once, because the caller
 * writes the message before the envelope. A refusal closes the pipe without an envelope: qmail-queue then removes what
 * it has written, and exits.
 */
#include "rcpt/queue.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/fs.h"
#include "qmail/conf.h"

enum { REFUSED = 31, LATER = 71, CRASHED = 81, REFUSED_IN_WORDS = 82, CANNOT_RUN = 120 };
enum { WORDS = 6, ENVELOPE_MAX = 1 << 26, PIECE = 1 << 16 };

struct queue {
	struct rcpt rcpt;
	struct buf in, out;  /* the envelope as it came; with those who exist */
	struct buf unknown;  /* the others, for people */
	size_t known, full;  /* those who exist; of them, those whose host takes no more mail now */
};

static bool takes_words(void)
{
	struct stat st;
	int flags = fcntl(WORDS, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && fstat(WORDS, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* *to: where the program's envelope is written. Its pid, or -1. */
static pid_t start(struct ctx *ctx, char **program, int *to)
{
	int ends[2];
	pid_t pid = pipe2(ends, O_CLOEXEC) < 0 ? -1 : fork();

	if (pid < 0)
		return err_temp(&ctx->err, "unable to run %s: %s", program[0], strerror(errno));
	if (pid == 0) {
		if (dup2(ends[0], 1) == 1)
			execv(program[0], program);
		_exit(CANNOT_RUN);
	}
	close(ends[0]);
	close(0); /* so that the caller notices if the program ends before it has read the message */
	*to = ends[1];
	return pid;
}

static int read_envelope(struct ctx *ctx, struct buf *b)
{
	ssize_t n;
	char *to;

	while ((to = buf_room(b, PIECE)) != NULL) {
		n = read(1, to, PIECE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_temp(&ctx->err, "unable to read the envelope: %s", strerror(errno));
		if (n == 0)
			return 0;
		b->len += (size_t)n;
	}
	return err_temp(&ctx->err, "out of memory");
}

/* The length of the field at *at without its NUL, or -1: not one of this kind. */
static ptrdiff_t field(const struct buf *b, size_t at, char kind)
{
	const char *nul = at < b->len && b->p[at] == kind ? memchr(b->p + at, '\0', b->len - at) : NULL;

	return nul != NULL ? nul - (b->p + at) : -1;
}

static int judge(struct queue *q, const char *recipient, size_t n)
{
	struct ctx *ctx = q->rcpt.ctx;
	struct rcpt_answer a;

	if (rcpt_ask(&q->rcpt, recipient + 1, &a) < 0)
		return -1;
	if (a.verdict == RCPT_UNSURE)
		ctx_info(ctx, "%s: accepted, but it is not certain that it exists: %s", recipient + 1, a.why);
	if (a.verdict == RCPT_NO) {
		buf_printf(&q->unknown, "%s%s", q->unknown.len > 0 ? ", " : "", recipient + 1);
		return 0;
	}
	buf_add(&q->out, recipient, n + 1);
	q->known++;
	q->full += a.verdict == RCPT_LATER;
	return 0;
}

/* An envelope that qmail-queue would not accept is left to it, as it is. */
static int sift_envelope(struct queue *q)
{
	ptrdiff_t n = field(&q->in, 0, 'F');
	size_t at;

	if (n < 0)
		return 0;
	buf_add(&q->out, q->in.p, (size_t)n + 1);
	for (at = (size_t)n + 1; (n = field(&q->in, at, 'T')) >= 0; at += (size_t)n + 1)
		if (judge(q, q->in.p + at, (size_t)n) < 0)
			return -1;
	if (at >= q->in.len || q->in.p[at] != '\0')
		q->unknown.len = 0;
	buf_char(&q->out, '\0');
	return buf_failed(&q->out) ? err_temp(&q->rcpt.ctx->err, "out of memory") : 0;
}

static int refuse(struct ctx *ctx, const struct queue *q, bool in_words)
{
	static const char words[] = "Dsorry, no mailbox here by that name. (#5.1.1)";

	ctx_info(ctx, "refused: from <%s>: no such address: %.1500s", q->in.p + 1, buf_text(&q->unknown));
	if (!in_words)
		return REFUSED;
	fs_write(WORDS, words, strlen(words));
	return REFUSED_IN_WORDS;
}

static int hand_on(struct ctx *ctx, const struct queue *q, int to)
{
	const struct buf *envelope = q->unknown.len > 0 ? &q->out : &q->in;

	if (q->unknown.len > 0)
		ctx_info(ctx, "from <%s>: no such address, taken out: %.1500s", q->in.p + 1, buf_text(&q->unknown));
	fs_write(to, envelope->p, envelope->len); /* what it has not read, its exit code tells */
	return 0;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return CRASHED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : CRASHED;
}

static int decide(struct ctx *ctx, struct queue *q, bool strict, int to, bool in_words)
{
	if (rcpt_become(ctx) < 0 || read_envelope(ctx, &q->in) < 0)
		return -1;
	rcpt_begin(ctx, &q->rcpt);
	if (sift_envelope(q) < 0)
		return -1;
	if (q->unknown.len > 0 && (strict || q->known == 0))
		return refuse(ctx, q, in_words);
	if (q->full > 0 && (strict || q->full == q->known)) {
		ctx_info(ctx, "deferred: from <%s>: as much mail waits for its recipients as their quota allows",
		         q->in.p + 1);
		return LATER;
	}
	/* The sender is no forged one: he is told by a bounce, as without this program. */
	if (getenv("RELAYCLIENT") != NULL)
		q->unknown.len = 0;
	return hand_on(ctx, q, to);
}

int rcpt_queue(struct ctx *ctx, bool strict, char **program)
{
	static char qmail_queue[] = QMAIL_HOME "/bin/qmail-queue", *usual[] = {qmail_queue, NULL};
	struct queue q = {.in = BUF(ENVELOPE_MAX), .out = BUF(ENVELOPE_MAX), .unknown = BUF(ENVELOPE_MAX)};
	bool in_words = takes_words();
	pid_t pid;
	int to = -1, r, code;

	pid = start(ctx, *program != NULL ? program : usual, &to);
	if (pid < 0)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	r = decide(ctx, &q, strict, to, in_words);
	close(to);
	code = wait_for(pid);
	buf_free(&q.in);
	buf_free(&q.out);
	buf_free(&q.unknown);
	return r != 0 ? r : code;
}
