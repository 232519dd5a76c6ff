/*
 * login - AUTH of one connection, under libFuzzer: lines of a caller, the first of them and each behind an answer the
 * argument of AUTH. One customer has a secret.
 *
 * Whatever is said: replies of whole lines, an end, and nobody is in who has not said the secret.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "lib/base64.h"
#include "trigger/internal.h"

enum { COMMANDS = 40 };

static const char user[] = "joe", secret[] = "geheim";

static void know(struct buf *callers)
{
	char states[CRAM_STATES + 1];
	struct cram cram;

	cram_of_secret(secret, &cram);
	cram_print(&cram, states);
	buf_printf(callers, "host.test:user=%s cram-md5=%s\n", user, states);
}

/* It stands in a line of the input, encoded: at its end in that of PLAIN, alone in that of LOGIN. */
static bool is_said(const char *p, size_t n)
{
	struct part copy = part_of(p, n);
	char decoded[1024], *text, *rest, *word;
	size_t len;
	bool said = false;

	for (size_t i = 0; i < n; i++)
		copy.p[i] = p[i] == '\0' ? ' ' : p[i];
	rest = text = string_of(copy.p, n);
	while ((word = strsep(&rest, " \t\r\n")) != NULL)
		if (base64_decode(word, decoded, sizeof decoded, &len) && len >= sizeof secret - 1)
			said |= memcmp(decoded + len - (sizeof secret - 1), secret, sizeof secret - 1) == 0;
	free(text);
	free(copy.p);
	return said;
}

static void check_replies(int fd)
{
	static char text[COMMANDS * 3000];
	ssize_t got;
	size_t n = 0;
	char *line = text, *end;

	while ((got = read(fd, text + n, sizeof text - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	for (; *line != '\0'; line = end + 2) {
		end = strstr(line, "\r\n");
		check(end != NULL, "a reply without an end");
		check(strspn(line, "0123456789") == 3 && line[3] == ' ', "a reply without a code");
	}
}

/* The caller has said all before he is answered: a socket holds so much. */
static void call(const char *p, size_t n)
{
	static struct conf conf = {.me = "me.test"};
	static struct trigger_options o = {.way = TRIGGER_ODMR, .is_protected = true};
	static struct trigger t;
	struct ctx ctx = {.applet = "qv-trigger", .mute = true};
	int pair[2], room = 1 << 20, commands = 0;
	char *line;

	check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "no socket");
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	check(write(pair[1], p, n) == (ssize_t)n, "no room");
	shutdown(pair[1], SHUT_WR);
	t = (struct trigger){.ctx = &ctx, .conf = &conf, .o = &o, .callers = BUF(1 << 16), .tries = {.fd = -1}};
	know(&t.callers);
	input_open(&t.in, pair[0], pair[0]);
	while (commands++ < COMMANDS && input_line(&t.in, &line) == INPUT_GOOD && login(&t, line))
		;
	close(pair[0]);
	check_replies(pair[1]);
	close(pair[1]);
	check(*t.user == '\0' || (strcmp(t.user, user) == 0 && is_said(p, n)), "somebody is in who has said no secret");
	buf_free(&t.callers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part in = part_of(data, size);

	call(in.p, in.n);
	free(in.p);
	return 0;
}
