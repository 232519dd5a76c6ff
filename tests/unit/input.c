/* input - lines from a caller who says anything, or nothing, for ever. */
#include "trigger/input.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "tap.h"

static struct input in;
static int caller; /* his end */

static void must(bool done)
{
	if (!done)
		abort();
}

static void begin(void)
{
	int pair[2];

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	input_open(&in, pair[0], pair[0]);
	caller = pair[1];
}

static void says(const char *p, size_t n)
{
	must(write(caller, p, n) == (ssize_t)n);
}

static void finish(void)
{
	close(caller);
	close(in.from);
}

static void line_is(const char *want, const char *name)
{
	char *line;

	is_int(input_line(&in, &line), INPUT_GOOD, "%s", name);
	is_str(line, want, "and it is %s", want);
}

static void test_lines(void)
{
	char *line;

	begin();
	says("EHLO a\r\nNOOP\n\nN\0OP\r\r\nQU", 23);
	line_is("EHLO a", "a line ends with CRLF");
	ok(input_has_more(&in), "more was sent than the line");
	line_is("NOOP", "or with LF");
	line_is("", "it may be empty");
	line_is("N?OP\r", "a NUL is no end of it, and one CR alone belongs to the end");
	says("IT\n", 3);
	line_is("QUIT", "it may come in pieces");
	ok(!input_has_more(&in), "nothing more was sent");
	says("half", 4);
	shutdown(caller, SHUT_WR);
	is_int(input_line(&in, &line), INPUT_CLOSED, "half a line of one who goes is none");
	finish();
}

static void test_long(void)
{
	static char much[INPUT_LINE + 100];
	char *line;

	begin();
	memset(much, 'x', sizeof much);
	says(much, INPUT_LINE - 1);
	says("\n", 1);
	is_int(input_line(&in, &line), INPUT_GOOD, "a line of %d bytes with its end", INPUT_LINE);
	says(much, sizeof much);
	says("\nNOOP\n", 6);
	is_int(input_line(&in, &line), INPUT_LONG, "one that is longer is passed over");
	line_is("NOOP", "the next one is not part of it");
	finish();
}

static void test_time(void)
{
	static const char noops[] = "NOOP\nNOOP\nNOOP\n";
	char *line;

	begin();
	says(noops, sizeof noops - 1);
	line_is("NOOP", "within his time");
	in.until = clock_ms();
	is_int(input_line(&in, &line), INPUT_IDLE, "his time is over, whatever he has sent already");
	finish();

	begin();
	in.until = clock_ms() + 50;
	is_int(input_line(&in, &line), INPUT_IDLE, "his time is over while he says nothing");
	finish();
}

/* Bytes without a newline, for as long as they are read. */
static void flood(void)
{
	static const char much[4096] = {'x'};

	close(in.from);
	while (write(caller, much, sizeof much) > 0)
		;
	_exit(0);
}

static void test_flood(void)
{
	char *line;
	pid_t pid;

	begin();
	pid = fork();
	must(pid >= 0);
	if (pid == 0)
		flood();
	close(caller);
	in.until = clock_ms() + 300;
	is_int(input_line(&in, &line), INPUT_IDLE, "his time is over while he sends a line without an end");
	close(in.from);
	is_int(waitpid(pid, NULL, 0), pid, "and he is at his end");
}

int main(void)
{
	alarm(30);
	signal(SIGPIPE, SIG_IGN);
	test_lines();
	test_long();
	test_time();
	test_flood();
	return done_testing();
}
