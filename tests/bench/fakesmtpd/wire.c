/* wire - the connection: large reads, and one write for all replies that are due when input runs out. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fakesmtpd.h"

static int sock;
static char in[1 << 18], out[1 << 16];
static size_t in_at, in_n, out_n;

void wire_open(int fd)
{
	int on = 1;

	sock = fd;
	setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* False: the client is gone. */
static bool send_all(void)
{
	for (size_t at = 0; at < out_n;) {
		ssize_t k = send(sock, out + at, opt.bytewise ? 1 : out_n - at, MSG_NOSIGNAL);

		if (k < 0)
			return false;
		at += (size_t)k;
	}
	out_n = 0;
	return true;
}

static _Noreturn void gone(const char *why, int code)
{
	note("-", "%s", why);
	_exit(code);
}

void leave(const char *why)
{
	send_all();
	gone(why, 0);
}

void wire_flush(void)
{
	if (!send_all())
		gone("the client is gone", opt.dialogue != NULL);
}

void say_bytes(const char *p, size_t n)
{
	for (; n > 0; n--) {
		if (out_n == sizeof out)
			wire_flush();
		out[out_n++] = *p++;
	}
}

void say(const char *text)
{
	note(">", "%s", text);
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			say_bytes("\r", 1);
		say_bytes(text, 1);
	}
	say_bytes("\r\n", 2);
}

bool more_input(void)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};
	char c;

	if (in_at < in_n || opt.sum) /* asking would cost a system call a message */
		return in_at < in_n;
	return poll(&p, 1, 0) > 0 && recv(sock, &c, 1, MSG_PEEK) > 0;
}

size_t have(const char **p)
{
	if (in_at == in_n) {
		ssize_t n;

		wire_flush();
		n = recv(sock, in, sizeof in, 0);
		if (n <= 0)
			gone("the client hung up", opt.dialogue != NULL);
		in_at = 0;
		in_n = (size_t)n;
	}
	*p = in + in_at;
	return in_n - in_at;
}

void took(size_t n)
{
	in_at += n;
}

int get(void)
{
	const char *p;

	have(&p);
	took(1);
	return (unsigned char)*p;
}

void get_line(char *line, size_t size)
{
	size_t n = 0;
	int c;

	while ((c = get()) != '\n')
		if (n + 1 < size)
			line[n++] = (char)c;
	if (n == 0 || line[n - 1] != '\r')
		violation("a command that does not end in CRLF");
	else
		n--;
	line[n] = '\0';
	if (strchr(line, '\r') != NULL || strlen(line) != n)
		violation("a bare CR or a NUL in a command");
	note("<", "%s", line);
}
