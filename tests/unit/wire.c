/* wire - a line at a time: the next one is written when the last was read, and nobody is waited for without end. */
#include "wire/wire.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/clock.h"
#include "tap.h"

struct session {
	struct wire wire;
	int silent;
	int other; /* the server's end */
};

static bool offers(void *caller)
{
	(void)caller;
	return true;
}

static void is_silent(void *caller)
{
	struct session *s = caller;

	s->silent++;
	s->wire.over = true;
}

static void is_lost(void *caller, const char *verb, int errnum)
{
	struct session *s = caller;

	(void)verb;
	(void)errnum;
	s->wire.over = true;
}

static const struct wire_calls calls = {.offer = offers, .silent = is_silent, .lost = is_lost};

static void must(bool done)
{
	if (!done)
		abort();
}

/* A server that has greeted, and a byte on its way to it that it has not read. */
static void begin(struct session *s)
{
	static const char greeting[] = "220 mail.example.com ESMTP\r\n";
	int pair[2];

	s->silent = 0;
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	must(fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(pair[1], F_SETFL, O_NONBLOCK) == 0);
	s->other = pair[1];
	must(write(pair[1], greeting, sizeof greeting - 1) == sizeof greeting - 1 && write(pair[0], "x", 1) == 1);
	smtp_start(&s->wire.smtp, "gateway.example.net", "mail.example.com", &(struct smtp_limits){SMTP_STREAMING, 64, 1 << 20, .lines = true});
	wire_start(&s->wire, &calls, s, pair[0], pair[0]);
	s->wire.slowly = true;
	s->wire.until = clock_ms() + 700;
}

int main(void)
{
	static struct session s;
	char got[100];
	ssize_t n;

	alarm(30);
	begin(&s);
	wire_run(&s.wire);
	n = read(s.other, got, sizeof got);
	is_int(n, 1, "no line is written before the last one was read");
	is_int(s.silent, 1, "who never reads is as one who is silent");

	begin(&s);
	must(read(s.other, got, sizeof got) == 1);
	wire_run(&s.wire);
	n = read(s.other, got, sizeof got - 1);
	got[n < 0 ? 0 : n] = '\0';
	is_str(got, "EHLO gateway.example.net\r\n", "to who reads, the next line is written");
	return done_testing();
}
