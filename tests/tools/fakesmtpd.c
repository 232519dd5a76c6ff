/*
 * fakesmtpd - an SMTP server for tests, on loopback: it does what it is told, and watches what the client does.
 *
 *	fakesmtpd [OPTION]...	prints its port as the first line of stdout; one process per session
 *
 *	--addr ADDRESS --port N    where to listen (127.0.0.1, any free port)
 *	--timeout SECONDS          stop after that time (60)
 *	--sessions N               stop when N sessions have ended
 *	--no-pipelining --no-8bitmime --no-ehlo --size N --offer WORD     what EHLO's reply has, and has in addition
 *	--strict-nopipe            no PIPELINING, and 500 and good-bye for whoever does it all the same
 *	--reply STEP[:n]=TEXT      say TEXT there ("\n" in it begins another line); 2yz, 3yz are acted upon
 *	--close STEP[:n]           close the connection there, instead of a reply
 *	--close-after-reply STEP[:n]
 *	--hang STEP[:n]            never answer there, read nothing more
 *	--delay STEP[:n]=MS        wait before the reply
 *	--bytewise                 each byte of a reply in a packet of its own
 *	--store DIR                accepted messages: NNNN.msg, dots undoubled, all other bytes as they came; NNNN.env has
 *	                           the MAIL FROM and RCPT TO lines; violations has what the client should not have done
 *	--log FILE                 the transcript, each line with the number of its session
 *
 * STEP: greeting ehlo helo mail rcpt data body end accepted rset quit. n: only its nth time in the whole run. body is
 * within a text; end is behind it, before the message is stored; accepted is when it is stored, before the reply.
 * It ends with 1 if it saw a violation: a bare CR or LF, input where none may be pipelined, an unknown command.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum step { GREETING, EHLO, HELO, MAIL, RCPT, DATA, BODY, END, ACCEPTED, RSET, QUIT, STEPS };

static const char *const step_names[STEPS] = {"greeting", "ehlo", "helo",     "mail", "rcpt", "data",
                                              "body",     "end",  "accepted", "rset", "quit"};

enum act { REPLY, CLOSE, CLOSE_AFTER, HANG, DELAY };

struct rule {
	enum act act;
	enum step step;
	int n; /* 0: each time */
	const char *text;
};

enum { RULES = 64, LINE = 4096 };

static struct {
	const char *addr, *store, *log;
	int port, timeout, sessions;
	bool no_pipelining, no_8bitmime, no_ehlo, strict, bytewise;
	long size;
	const char *offers[8];
	int offers_n;
	struct rule rules[RULES];
	int rules_n;
} opt = {.addr = "127.0.0.1", .timeout = 60};

/* Shared by all sessions. */
struct counts {
	int steps[STEPS], messages, violations;
};

static struct counts *counts;

/* This session's. */
static int session, sock;
static bool pipelining, in_mail, in_rcpt;
static char mail_line[LINE], rcpt_lines[8 * LINE];
static char in[65536];
static size_t in_at, in_n;

static void append(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		err(1, "%s", path);
	close(fd);
}

__attribute__((format(printf, 2, 3))) static void note(const char *way, const char *fmt, ...)
{
	char text[LINE], line[LINE + 40];
	va_list ap;

	if (opt.log == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	snprintf(line, sizeof line, "%d %s %s\n", session, way, text);
	append(opt.log, line);
}

static void violation(const char *what)
{
	char path[LINE], line[200];

	__sync_fetch_and_add(&counts->violations, 1);
	note("!", "%s", what);
	if (opt.store == NULL)
		return;
	snprintf(path, sizeof path, "%s/violations", opt.store);
	snprintf(line, sizeof line, "session %d: %s\n", session, what);
	append(path, line);
}

static const struct rule *find(enum act act, enum step step, int n)
{
	for (int i = 0; i < opt.rules_n; i++) {
		const struct rule *r = &opt.rules[i];

		if (r->act == act && r->step == step && (r->n == 0 || r->n == n))
			return r;
	}
	return NULL;
}

__attribute__((noreturn)) static void leave(const char *why)
{
	note("-", "%s", why);
	_exit(0);
}

static void put(const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = send(sock, p, opt.bytewise ? 1 : n, MSG_NOSIGNAL);

		if (k < 0)
			leave("the client is gone");
		p += k;
		n -= (size_t)k;
	}
}

/* One reply; a newline in the text is a line end within it. */
static void say(const char *text)
{
	char reply[LINE];
	size_t k = 0;

	note(">", "%s", text);
	for (; *text != '\0' && k + 4 < sizeof reply; text++) {
		if (*text == '\n')
			reply[k++] = '\r';
		reply[k++] = *text;
	}
	memcpy(reply + k, "\r\n", 2);
	put(reply, k + 2);
}

static bool more_input(void)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};
	char c;

	return in_at < in_n || (poll(&p, 1, 0) > 0 && recv(sock, &c, 1, MSG_PEEK) > 0);
}

static void check_pipelining(enum step step)
{
	bool waits = !pipelining || step == GREETING || step == EHLO || step == HELO || step == DATA || step == QUIT;
	char what[80];

	if (!waits || !more_input())
		return;
	snprintf(what, sizeof what, "input before the reply to %s", step_names[step]);
	violation(what);
	if (!opt.strict)
		return;
	say("500 5.5.1 pipelining was not offered");
	leave("closed: pipelining");
}

__attribute__((noreturn)) static void hang(void)
{
	note("-", "hangs");
	for (;;)
		pause();
}

/* Does what the rules say of this step, else says the usual (NULL: nothing); the first digit of what was said. */
static char reply(enum step step, const char *usual)
{
	int n = __sync_add_and_fetch(&counts->steps[step], 1);
	const struct rule *delay = find(DELAY, step, n), *told = find(REPLY, step, n);
	const char *text = told != NULL ? told->text : usual;

	if (delay != NULL)
		usleep((useconds_t)atoi(delay->text) * 1000);
	if (step != BODY && step != ACCEPTED)
		check_pipelining(step);
	if (find(HANG, step, n) != NULL)
		hang();
	if (find(CLOSE, step, n) != NULL)
		leave("closed");
	if (text != NULL)
		say(text);
	if (find(CLOSE_AFTER, step, n) != NULL)
		leave("closed behind a reply");
	return text != NULL ? text[0] : '\0';
}

static int get(void)
{
	ssize_t n;

	if (in_at == in_n) {
		n = recv(sock, in, sizeof in, 0);
		if (n <= 0)
			leave("the client hung up");
		in_at = 0;
		in_n = (size_t)n;
	}
	return (unsigned char)in[in_at++];
}

/* A command without its line end. */
static void get_line(char *line, size_t size)
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

/* The text up to its lone dot, dots undoubled, into f. Bare line ends are noted and kept. */
static size_t get_text(FILE *f)
{
	size_t size = 0;
	int before = '\n', c;
	bool begins = true; /* a line, by CRLF */

	reply(BODY, NULL);
	for (;; before = c, size++) {
		c = get();
		if (begins && c == '.') {
			c = get();
			if (c == '\r') {
				c = get();
				if (c == '\n')
					return size;
				violation("a dot and a bare CR in a text");
			}
			if (c != '.')
				violation("a leading dot that is not doubled");
		}
		if ((c == '\n') != (before == '\r'))
			violation("a bare CR or a bare LF in a text");
		begins = c == '\n' && before == '\r';
		if (f != NULL)
			putc(c, f);
	}
}

static void store(const char *text, int number)
{
	char path[LINE], env[10 * LINE];

	snprintf(path, sizeof path, "%s/%04d.env", opt.store, number);
	snprintf(env, sizeof env, "%s\n%s", mail_line, rcpt_lines);
	append(path, env);
	snprintf(path, sizeof path, "%s/%04d.msg", opt.store, number);
	if (rename(text, path) < 0)
		err(1, "%s", path);
}

static void accept_message(const char *text)
{
	int number = __sync_add_and_fetch(&counts->messages, 1);
	char usual[80];

	if (opt.store != NULL)
		store(text, number);
	snprintf(usual, sizeof usual, "250 2.0.0 message %04d taken", number);
	reply(ACCEPTED, usual);
}

/* What is said at the end decides, if anything is; else the message is taken, which a rule for "accepted" may hide. */
static void end_text(const char *text, size_t size)
{
	const char *usual = NULL;
	char said;

	if (opt.size > 0 && size > (size_t)opt.size)
		usual = "552 5.3.4 message too big";
	else if (!in_rcpt)
		usual = "554 5.5.1 no valid recipients";
	said = reply(END, usual);
	if (said == '\0')
		accept_message(text);
	else if (said == '2' && opt.store != NULL)
		store(text, __sync_add_and_fetch(&counts->messages, 1));
}

static void take_text(void)
{
	char path[LINE] = "";
	FILE *f = NULL;
	size_t size;

	if (opt.store != NULL) {
		snprintf(path, sizeof path, "%s/.%d.tmp", opt.store, (int)getpid());
		f = fopen(path, "w");
		if (f == NULL)
			err(1, "%s", path);
	}
	size = get_text(f);
	if (f != NULL)
		fclose(f);
	note("<", "(a text of %zu bytes)", size);
	end_text(path, size);
	if (opt.store != NULL)
		unlink(path);
	in_mail = in_rcpt = false;
}

static void hear_ehlo(const char *line)
{
	char text[1024];
	size_t k;

	(void)line;
	if (opt.no_ehlo) {
		reply(EHLO, "500 5.5.1 what?");
		return;
	}
	k = (size_t)snprintf(text, sizeof text, "250-fake.test");
	if (!opt.no_8bitmime)
		k += (size_t)snprintf(text + k, sizeof text - k, "\n250-8BITMIME");
	if (!opt.no_pipelining)
		k += (size_t)snprintf(text + k, sizeof text - k, "\n250-PIPELINING");
	if (opt.size > 0)
		k += (size_t)snprintf(text + k, sizeof text - k, "\n250-SIZE %ld", opt.size);
	for (int i = 0; i < opt.offers_n; i++)
		k += (size_t)snprintf(text + k, sizeof text - k, "\n250-%s", opt.offers[i]);
	strrchr(text, '-')[0] = ' ';
	reply(EHLO, text);
	pipelining = !opt.no_pipelining;
}

static void hear_helo(const char *line)
{
	(void)line;
	reply(HELO, "250 fake.test");
}

static void hear_mail(const char *line)
{
	if (in_mail) {
		violation("MAIL while a transaction is open");
		reply(MAIL, "503 5.5.1 nested MAIL");
		return;
	}
	snprintf(mail_line, sizeof mail_line, "%s", line);
	rcpt_lines[0] = '\0';
	in_mail = reply(MAIL, "250 2.1.0 sender ok") == '2';
}

static void hear_rcpt(const char *line)
{
	size_t k = strlen(rcpt_lines);

	if (reply(RCPT, in_mail ? "250 2.1.5 recipient ok" : "503 5.5.1 MAIL first") != '2' || !in_mail)
		return;
	in_rcpt = true;
	snprintf(rcpt_lines + k, sizeof rcpt_lines - k, "%s\n", line);
}

static void hear_data(const char *line)
{
	(void)line;
	if (reply(DATA, in_rcpt ? "354 go ahead" : "503 5.5.1 RCPT first") == '3')
		take_text();
}

static void hear_rset(const char *line)
{
	(void)line;
	in_mail = in_rcpt = false;
	reply(RSET, "250 2.0.0 flushed");
}

static void hear_quit(const char *line)
{
	(void)line;
	reply(QUIT, "221 2.0.0 bye");
	leave("QUIT");
}

static void hear(const char *line)
{
	static const struct {
		const char *verb;
		void (*hear)(const char *line);
	} commands[] = {
		{"EHLO ", hear_ehlo}, {"HELO ", hear_helo}, {"MAIL FROM:<", hear_mail}, {"RCPT TO:<", hear_rcpt},
		{"DATA", hear_data},  {"RSET", hear_rset},  {"QUIT", hear_quit},
	};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strncasecmp(line, commands[i].verb, strlen(commands[i].verb)) == 0) {
			commands[i].hear(line);
			return;
		}
	violation("an unknown command");
	say("500 5.5.1 what?");
}

__attribute__((noreturn)) static void serve(void)
{
	char line[LINE];
	int on = 1;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	alarm((unsigned)opt.timeout);
	setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	note("-", "begins");
	reply(GREETING, "220 fake.test ESMTP");
	for (;;) {
		get_line(line, sizeof line);
		hear(line);
	}
}

static int listen_on(const char *addr, int port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	bool is_six = strchr(addr, ':') != NULL;
	int fd = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (inet_pton(is_six ? AF_INET6 : AF_INET, addr, is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr) != 1)
		errx(1, "%s: no address", addr);
	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, is_six ? (void *)&six : (void *)&four, is_six ? sizeof six : sizeof four) < 0 || listen(fd, 64) < 0)
		err(1, "%s port %d", addr, port);
	return fd;
}

static void tell_port(int fd)
{
	struct sockaddr_in6 a = {0}; /* the port stands at the same place for both families */
	socklen_t n = sizeof a;

	if (getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		err(1, "getsockname");
	printf("%d\n", ntohs(a.sin6_port));
	fflush(stdout);
}

static void accept_all(int listener)
{
	for (session = 1; opt.sessions == 0 || session <= opt.sessions; session++) {
		sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (sock < 0)
			err(1, "accept");
		if (fork() == 0) {
			close(listener);
			serve();
		}
		close(sock);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	while (wait(NULL) > 0)
		;
}

/* STEP[:n][=TEXT] */
static void add_rule(enum act act, char *arg)
{
	struct rule *r = &opt.rules[opt.rules_n++];
	char *text = strchr(arg, '='), *n = strchr(arg, ':');

	if (opt.rules_n == RULES || ((act == REPLY || act == DELAY) != (text != NULL)))
		errx(2, "%s: expected STEP[:n]%s", arg, act == REPLY || act == DELAY ? "=TEXT" : "");
	*r = (struct rule){.act = act, .step = STEPS, .text = text != NULL ? text + 1 : NULL};
	if (text != NULL)
		*text = '\0';
	if (n != NULL && (text == NULL || n < text)) {
		*n = '\0';
		r->n = atoi(n + 1);
	}
	for (enum step s = 0; s < STEPS; s++)
		if (strcmp(arg, step_names[s]) == 0)
			r->step = s;
	if (r->step == STEPS)
		errx(2, "%s: no such step", arg);
	for (char *p = text != NULL ? strstr(text + 1, "\\n") : NULL; p != NULL; p = strstr(p, "\\n")) {
		*p = '\n';
		memmove(p + 1, p + 2, strlen(p + 2) + 1);
	}
}

static const struct option options[] = {
	{"addr", required_argument, NULL, 'a'},
	{"port", required_argument, NULL, 'p'},
	{"timeout", required_argument, NULL, 't'},
	{"sessions", required_argument, NULL, 'n'},
	{"no-pipelining", no_argument, NULL, 'P'},
	{"no-8bitmime", no_argument, NULL, '8'},
	{"no-ehlo", no_argument, NULL, 'E'},
	{"strict-nopipe", no_argument, NULL, 'S'},
	{"size", required_argument, NULL, 's'},
	{"offer", required_argument, NULL, 'o'},
	{"reply", required_argument, NULL, 'r'},
	{"close", required_argument, NULL, 'c'},
	{"close-after-reply", required_argument, NULL, 'C'},
	{"hang", required_argument, NULL, 'h'},
	{"delay", required_argument, NULL, 'd'},
	{"bytewise", no_argument, NULL, 'b'},
	{"store", required_argument, NULL, 'D'},
	{"log", required_argument, NULL, 'l'},
	{0},
};

static void add_offer(const char *word)
{
	if (opt.offers_n == (int)(sizeof opt.offers / sizeof *opt.offers))
		errx(2, "%s: an offer too many", word);
	opt.offers[opt.offers_n++] = word;
}

static void take_option(int c)
{
	switch (c) {
	case 'a': opt.addr = optarg; break;
	case 'p': opt.port = atoi(optarg); break;
	case 't': opt.timeout = atoi(optarg); break;
	case 'n': opt.sessions = atoi(optarg); break;
	case 'P': opt.no_pipelining = true; break;
	case '8': opt.no_8bitmime = true; break;
	case 'E': opt.no_ehlo = true; break;
	case 'S': opt.no_pipelining = opt.strict = true; break;
	case 's': opt.size = atol(optarg); break;
	case 'o': add_offer(optarg); break;
	case 'r': add_rule(REPLY, optarg); break;
	case 'c': add_rule(CLOSE, optarg); break;
	case 'C': add_rule(CLOSE_AFTER, optarg); break;
	case 'h': add_rule(HANG, optarg); break;
	case 'd': add_rule(DELAY, optarg); break;
	case 'b': opt.bytewise = true; break;
	case 'D': opt.store = optarg; break;
	case 'l': opt.log = optarg; break;
	default: exit(2);
	}
}

int main(int argc, char **argv)
{
	int c, listener;

	closefrom(3); /* bats waits for whoever holds its fd 3 */
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		take_option(c);
	counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		err(1, "mmap");
	alarm((unsigned)opt.timeout);
	signal(SIGPIPE, SIG_IGN);
	listener = listen_on(opt.addr, opt.port);
	tell_port(listener);
	accept_all(listener);
	return counts->violations > 0;
}
