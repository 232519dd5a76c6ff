/* secret - read a password from a terminal or a descriptor. */
#include "lib/secret.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "lib/fs.h"

/* 1: a byte; 0: end of file; -1: error with errno */
static int read_byte(int fd, char *c)
{
	ssize_t n;

	do
		n = read(fd, c, 1);
	while (n < 0 && errno == EINTR);
	return (int)n;
}

static int read_line(struct ctx *ctx, int fd, char *to, size_t size)
{
	size_t n = 0;
	char c;
	int r;

	while ((r = read_byte(fd, &c)) == 1 && c != '\n') {
		if (c == '\0')
			return err_perm(&ctx->err, "the password contains a NUL");
		if (n + 1 == size)
			return err_perm(&ctx->err, "the password is longer than %zu bytes", size - 1);
		to[n++] = c;
	}
	if (r < 0 && (errno == EBADF || errno == EISDIR))
		return err_perm(&ctx->err, "unable to read the password: descriptor %d is not readable", fd);
	if (r < 0)
		return err_sys(&ctx->err, "unable to read the password");
	to[n] = '\0';
	return n > 0 ? 0 : err_perm(&ctx->err, "the password is empty");
}

static void prompt(const char *text)
{
	if (fs_write(2, text, strlen(text)) < 0)
		return; /* ask nevertheless */
}

/* Ask twice, because the input is not visible. */
static int read_twice(struct ctx *ctx, char *to, size_t size)
{
	char again[1024];
	int r;

	prompt("New password: ");
	if (read_line(ctx, 0, to, size) < 0)
		return -1;
	prompt("\nOnce more: ");
	r = read_line(ctx, 0, again, size < sizeof again ? size : sizeof again);
	if (r == 0 && strcmp(to, again) != 0)
		r = err_perm(&ctx->err, "passwords do not match; nothing was changed");
	explicit_bzero(again, sizeof again);
	return r;
}

/* Signals are blocked: an interrupt would leave the terminal without echo. An empty line cancels. */
static int read_unseen(struct ctx *ctx, const struct termios *seen, char *to, size_t size)
{
	struct termios unseen = *seen;
	int r;

	unseen.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	if (tcsetattr(0, TCSAFLUSH, &unseen) < 0)
		return err_sys(&ctx->err, "unable to turn off the echo of the terminal");
	r = read_twice(ctx, to, size);
	tcsetattr(0, TCSAFLUSH, seen);
	prompt("\n");
	return r;
}

int secret_read(struct ctx *ctx, int fd, char *to, size_t size)
{
	struct termios seen;
	int r;

	if (fd < 0 && tcgetattr(0, &seen) == 0)
		r = read_unseen(ctx, &seen, to, size);
	else
		r = read_line(ctx, fd < 0 ? 0 : fd, to, size);
	if (r < 0)
		explicit_bzero(to, size);
	return r;
}
