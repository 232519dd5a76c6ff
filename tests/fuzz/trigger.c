/*
 * trigger - what a caller of qv-trigger says, and users/qv-trigger, under libFuzzer.
 *
 * The input is both: lines of a caller, that come through a socket; and a file whose lines, printed again, say the same.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dialup/caller.h"
#include "fuzz.h"
#include "lib/base64.h"
#include "trigger/command.h"
#include "trigger/input.h"

static void obey_list(const char *list)
{
	char name[NAME_DOMAIN_MAX + 1];

	while (command_domain(&list, name) == 1) {
		check(*name != '\0' && strpbrk(name, "/:, \t\r\n") == NULL && *name != '.', "a name that is no domain");
		check(command_is_below(name, name), "a domain is not below itself");
	}
}

static void log_in(const char *argument)
{
	char answer[600];
	size_t n;

	if (base64_decode(argument, answer, sizeof answer, &n))
		check(n < sizeof answer && answer[n] == '\0', "an answer without an end");
}

static void obey(char *line)
{
	struct command c;
	size_t n = strlen(line);

	check(n < INPUT_LINE && strchr(line, '\n') == NULL, "a line that is more than one");
	command_parse(line, &c);
	check(c.argument >= line && c.argument + strlen(c.argument) <= line + n, "an argument from elsewhere");
	obey_list(c.argument);
	log_in(c.argument);
}

/* A socket holds so much that the whole of an input goes in before anything is read. */
static void call(const char *p, size_t n)
{
	static struct input in;
	int pair[2], room = 1 << 20;
	char *line;
	enum input_end end;

	check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "no socket");
	setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	check(write(pair[1], p, n) == (ssize_t)n, "no room");
	close(pair[1]);
	input_open(&in, pair[0], pair[0]);
	while ((end = input_line(&in, &line)) == INPUT_GOOD || end == INPUT_LONG)
		if (end == INPUT_GOOD)
			obey(line);
	check(end == INPUT_CLOSED, "no end");
	close(pair[0]);
}

static void print_again(const struct caller *c)
{
	struct buf once = BUF(1 << 20), twice = BUF(1 << 20);
	struct caller again;
	const char *why;

	caller_print(c, &once);
	check(caller_parse(buf_text(&once), once.len, &again, &why) == CALLER_HOST, "what is printed is no such line");
	caller_print(&again, &twice);
	check(strcmp(buf_text(&once), buf_text(&twice)) == 0, "printed again, it is another line");
	buf_free(&once);
	buf_free(&twice);
}

static void read_callers(const char *p, size_t n)
{
	struct caller c;
	size_t at = 0;

	while (caller_next(p, n, &at, &c)) {
		for (size_t i = 0; i < c.from_n; i++)
			check(caller_is_from(&c, &c.from[i].first), "the first address of a range is not in it");
		print_again(&c);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part in = part_of(data, size);

	read_callers(in.p, in.n);
	call(in.p, in.n);
	free(in.p);
	return 0;
}
