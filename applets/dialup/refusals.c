/* refusals - the addresses of a dial-up host that its server refused lately. */
#include "dialup/refusals.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/printable.h"
#include "qmail/names.h"

enum { FILE_MAX = REFUSALS_MAX - REFUSALS_LINE /* is halved from here on */, TIME_DIGITS = 18 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool refusals_is_address(const char *reply)
{
	if (reply[0] != '5' || !is_digit(reply[1]) || !is_digit(reply[2]))
		return false;
	if (strlen(reply) >= 9 && (reply[3] == ' ' || reply[3] == '-') && reply[4] == '5' && reply[5] == '.' && reply[7] == '.')
		return reply[6] == '1' || (reply[6] == '2' && reply[8] == '1' && !is_digit(reply[9]));
	return strncmp(reply, "550", 3) == 0 || strncmp(reply, "551", 3) == 0 || strncmp(reply, "553", 3) == 0;
}

/* Whatever has the name now, a link or a FIFO, is only removed. */
static int create(int home, const char *name)
{
	unlinkat(home, name, 0);
	return openat(home, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
}

/* The later half of the file, from a line on, replaces it. */
static int halve(int home, int fd)
{
	static char half[FILE_MAX / 2 + 1];
	ssize_t n = pread(fd, half, FILE_MAX / 2, FILE_MAX / 2);
	const char *lf = n > 0 ? memchr(half, '\n', (size_t)n) : NULL;
	int to = create(home, REFUSALS_FILE ".new");

	if (to < 0)
		return -1;
	if (lf != NULL)
		fs_write(to, lf + 1, (size_t)(half + n - lf - 1));
	if (renameat(home, REFUSALS_FILE ".new", home, REFUSALS_FILE) == 0)
		return to;
	close(to);
	return -1;
}

static int open_file(int home)
{
	int fd = openat(home, REFUSALS_FILE, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644), half;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < FILE_MAX)
		return fd;
	half = halve(home, fd);
	close(fd);
	return half;
}

/* A power cut may have left a part of a line. */
static bool ends_within_line(int fd)
{
	struct stat st;
	char last = '\n';

	return fstat(fd, &st) == 0 && st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) == 1 && last != '\n';
}

/* A local part with a blank would be read as two words. */
void refusals_add(int home, const char *recipient, const char *reply)
{
	const char *at = strrchr(recipient, '@');
	char line[REFUSALS_LINE];
	int n, fd;

	if (at == NULL || name_bad_local(recipient, (size_t)(at - recipient)) != NULL)
		return;
	n = snprintf(line, sizeof line, "%lld %.*s %.300s", (long long)time(NULL), (int)(at - recipient), recipient, reply);
	fd = n > 0 && (size_t)n < sizeof line - 1 ? open_file(home) : -1;
	if (fd < 0)
		return;
	printable(line);
	line[n] = '\n';
	if (ends_within_line(fd))
		fs_write(fd, "\n", 1);
	fs_write(fd, line, (size_t)n + 1);
	close(fd);
}

/* The word at *p, up to a blank, which is passed. */
static bool word(const char **p, const char *end, const char **at, size_t *n)
{
	const char *blank = memchr(*p, ' ', (size_t)(end - *p));

	if (blank == NULL)
		return false;
	*at = *p;
	*n = (size_t)(blank - *p);
	*p = blank + 1;
	return *n > 0;
}

static bool parse(const char *p, const char *end, struct refusal *r)
{
	const char *digits;
	size_t n;

	*r = (struct refusal){0};
	if (!word(&p, end, &digits, &n) || n > TIME_DIGITS || !word(&p, end, &r->local, &r->locallen))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_digit(digits[i]))
			return false;
		r->time = r->time * 10 + (digits[i] - '0');
	}
	r->reply = p;
	r->replylen = (size_t)(end - p);
	return true;
}

bool refusals_next(const char *text, size_t n, size_t *at, struct refusal *r)
{
	while (*at < n) {
		const char *line = text + *at, *lf = memchr(line, '\n', n - *at);
		const char *end = lf != NULL ? lf : text + n;

		*at = (size_t)(end - text) + (lf != NULL);
		if (parse(line, end, r))
			return true;
	}
	return false;
}
