/* log - one line, one write(2), to stderr or to syslog's mail facility. */
#include "lib/log.h"

#include <paths.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/printable.h"

enum { LINE = 2048 };

static bool is_same(int fd, const struct stat *a)
{
	struct stat b;

	return fstat(fd, &b) == 0 && a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

/* A socket that only stderr has is a log: journald's. */
bool log_is_client(void)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof a;
	struct stat st;

	if (fstat(2, &st) < 0 || !S_ISSOCK(st.st_mode))
		return false;
	if (is_same(0, &st) || is_same(1, &st))
		return true;
	return getsockname(2, (struct sockaddr *)&a, &n) == 0 && (a.ss_family == AF_INET || a.ss_family == AF_INET6);
}

/* syslogd's socket: connected once, and again when syslogd was started anew, as syslog(3) does. */
static int syslogd = -1;

void log_open(void)
{
	static const struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = _PATH_LOG};

	if (syslogd < 0)
		syslogd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	(void)connect(syslogd, (const struct sockaddr *)&at, sizeof at); /* if not, sending fails */
}

/*
 * Not by syslog(3): musl's cuts a line at 1,024 bytes, and stamps it in UTC, which busybox's syslogd and others take for local
 * time. What has no stamp gets theirs.
 */
static void to_syslogd(enum log_level level, const char *name, const char *text)
{
	static const int priority[] = {
		[LOG_LINE_INFO] = LOG_INFO,
		[LOG_LINE_WARNING] = LOG_WARNING,
		[LOG_LINE_ERROR] = LOG_ERR,
	};
	char line[LINE + 64];
	size_t n = (size_t)snprintf(line, sizeof line, "<%d>%.32s[%d]: %s", LOG_MAIL | priority[level], name, (int)getpid(), text);

	if (syslogd < 0)
		log_open();
	if (send(syslogd, line, n, 0) >= 0)
		return;
	log_open();
	send(syslogd, line, n, 0);
}

void log_line(bool to_syslog, enum log_level level, const char *name, const char *word, const char *fmt, va_list ap)
{
	char line[LINE];
	size_t head = (size_t)snprintf(line, 64, "%.32s: %.16s", name, word);
	size_t len;

	vsnprintf(line + head, sizeof line - head - 1, fmt, ap);
	len = strlen(line);
	printable_bytes(line, len);
	if (to_syslog) {
		to_syslogd(level, name, line + strlen(name) + 2);
		return;
	}
	line[len++] = '\n';
	if (write(2, line, len) < 0)
		return; /* there is no other place to report it */
}
