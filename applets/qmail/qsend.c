/* qsend - the qmail-send of THIS qmail home: find it, HUP it, check that it has read its files again. */
#include "qmail/qsend.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fs.h"
#include "lib/lock.h"
#include "lib/proc.h"

enum {
	PATIENCE = 10,    /* seconds for qmail-send to read its files */
	STATUS_PID = 12,  /* where supervise's and runsv's status file holds the pid, little endian */
	STATUS_SIZE = 18,
};

static const char sendmutex[] = QMAIL_HOME "/queue/lock/sendmutex";
static const char trigger[] = QMAIL_HOME "/queue/lock/trigger";

/* By its kernel name or by a word of its command line; no other process is ever signalled, whatever lock it holds. */
static bool is_qmail_send(pid_t pid)
{
	char text[512];
	const char *hit;

	proc_line(pid, "comm", text, sizeof text);
	if (strcmp(text, "qmail-send ") == 0)
		return true;
	proc_line(pid, "cmdline", text, sizeof text);
	hit = strstr(text, "qmail-send ");
	return hit != NULL && (hit == text || hit[-1] == '/' || hit[-1] == ' ');
}

static bool same_file(const char *path, const struct stat *want)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == want->st_dev && st.st_ino == want->st_ino;
}

static int by_lock(struct ctx *ctx, struct qsend *q)
{
	struct stat st;
	pid_t pid;
	int r = fs_stat(ctx, sendmutex, &st);
	int fd;

	if (r != 0)
		return r < 0 ? -1 : 0;
	fd = fs_open(ctx, sendmutex, O_RDONLY);
	if (fd < 0)
		return -1;
	pid = lock_holder(fd);
	if (pid > 0 && is_qmail_send(pid)) {
		q->found = QSEND_LOCK;
		q->pid = pid;
	}
	close(fd);
	return 0;
}

/* The process that supervise runs for dir; daemontools and runit use the same format. */
static pid_t supervised(struct ctx *ctx, const char *dir)
{
	struct buf b = BUF(64);
	char path[320];
	pid_t pid = 0;

	snprintf(path, sizeof path, "%s/supervise/status", dir);
	if (fs_slurp(ctx, path, &b, NULL) == 0 && b.len >= STATUS_SIZE)
		for (int i = 3; i >= 0; i--)
			pid = pid << 8 | (unsigned char)b.p[STATUS_PID + i];
	buf_free(&b);
	return pid;
}

/* Without a /proc of its own (rescue shell) only a directory that the administrator named is trusted. */
static void by_supervise(struct ctx *ctx, const char *dir, bool named, struct qsend *q)
{
	pid_t pid = supervised(ctx, dir);

	if (pid <= 0 || kill(pid, 0) < 0)
		return;
	if (!is_qmail_send(pid) && !(named && !proc_is_ours()))
		return;
	q->found = QSEND_SUPERVISE;
	q->pid = pid;
}

static void search_supervise(struct ctx *ctx, struct qsend *q)
{
	static const char *const dirs[] = {
		"/service/qmail-send", "/service/qmail", "/etc/service/qmail-send", "/etc/service/qmail",
		"/var/service/qmail-send", "/var/service/qmail", QMAIL_HOME "/supervise/qmail-send",
	};

	for (size_t i = 0; i < sizeof dirs / sizeof *dirs && q->found == QSEND_NONE; i++)
		by_supervise(ctx, dirs[i], false, q);
}

static void by_proc(struct ctx *ctx, struct qsend *q)
{
	struct stat queue;
	struct dents all;
	char cwd[64];
	pid_t pid;

	if (fs_stat(ctx, QMAIL_HOME "/queue", &queue) != 0 || proc_begin(&all) < 0)
		return;
	while (q->found == QSEND_NONE && (pid = proc_next(&all)) > 0) {
		snprintf(cwd, sizeof cwd, "/proc/%ld/cwd", (long)pid);
		if (is_qmail_send(pid) && same_file(cwd, &queue)) {
			q->found = QSEND_PROC;
			q->pid = pid;
		}
	}
	close(all.fd);
}

int qsend_find(struct ctx *ctx, const struct conf *conf, struct qsend *q)
{
	*q = (struct qsend){.found = QSEND_NONE};
	if (by_lock(ctx, q) < 0)
		return -1;
	if (q->found == QSEND_NONE && *conf->qmail_send != '\0')
		by_supervise(ctx, conf->qmail_send, true, q);
	if (q->found == QSEND_NONE)
		search_supervise(ctx, q);
	if (q->found == QSEND_NONE)
		by_proc(ctx, q);
	return 0;
}

int qsend_none(struct ctx *ctx)
{
	struct stat st;
	pid_t pid;
	int fd, r = proc_is_ours() ? 1 : fs_stat(ctx, sendmutex, &st);
	enum lock_state state;

	if (r != 0)
		return r < 0 ? -1 : 0;
	fd = fs_open(ctx, sendmutex, O_RDONLY);
	if (fd < 0)
		return -1;
	state = lock_look(fd, &pid);
	close(fd);
	if (state == LOCK_FREE)
		return 0;
	return err_perm(&ctx->err,
	                "%s is locked, so qmail-send may run, but its process cannot be seen: mount /proc, or put its supervise "
	                "directory into " QMAIL_CONTROL "qv-qmail-send", sendmutex);
}

static int watch_controls(void)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd >= 0 && inotify_add_watch(fd, QMAIL_CONTROL, IN_CLOSE_NOWRITE) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* virtualdomains is read last; if it does not exist, locals is the only file read. */
static bool was_read(int fd, bool want_locals)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(fd, events, sizeof events);
	const struct inotify_event *e;

	for (char *p = events; p < events + n; p += sizeof *e + e->len) {
		e = (const struct inotify_event *)(void *)p;
		if (e->len > 0 && strcmp(e->name, want_locals ? "locals" : "virtualdomains") == 0)
			return true;
	}
	return false;
}

static void pull_trigger(struct ctx *ctx)
{
	const char *name;
	int dir = fs_parent(ctx, trigger, &name);
	int fd = dir < 0 ? -1 : openat(dir, name, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0) {
		if (write(fd, "", 1) < 0)
			ctx_verbose(ctx, "unable to pull %s", trigger);
		close(fd);
	}
	if (dir >= 0)
		close(dir);
}

static bool wait_until_read(struct ctx *ctx, int watch)
{
	struct pollfd p = {.fd = watch, .events = POLLIN};
	int64_t end = clock_ms() + PATIENCE * 1000;
	struct stat st;
	bool want_locals = fs_stat(ctx, QMAIL_CONTROL "virtualdomains", &st) == 1;

	while (clock_ms() < end) {
		if (poll(&p, 1, 250) > 0 && was_read(watch, want_locals))
			return true;
		pull_trigger(ctx); /* qmail-send may have fallen asleep just before the signal arrived */
	}
	return false;
}

int qsend_hup(struct ctx *ctx, const struct conf *conf)
{
	struct qsend q;
	int watch, r = 0;

	if (ctx->offline)
		return 0;
	if (qsend_find(ctx, conf, &q) < 0)
		return -1;
	if (q.found == QSEND_NONE) {
		if (qsend_none(ctx) < 0)
			return -1;
		ctx_verbose(ctx, "no qmail-send runs on " QMAIL_HOME ": it will read its files when it starts");
		return 0;
	}
	watch = watch_controls();
	if (kill(q.pid, SIGHUP) < 0) {
		r = err_sys(&ctx->err, "unable to HUP qmail-send (pid %ld)", (long)q.pid);
	} else {
		pull_trigger(ctx);
		if (watch >= 0 && !wait_until_read(ctx, watch))
			r = err_temp(&ctx->err,
			             "qmail-send (pid %ld) has not read " QMAIL_CONTROL "virtualdomains within %d seconds of "
			             "its HUP: see its log, then run the command again",
			             (long)q.pid, PATIENCE);
	}
	if (watch >= 0)
		close(watch);
	return r;
}
