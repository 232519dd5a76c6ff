/*
 * dialogue - plays the server's side of a dialogue of tests/smtp against a client; tests/unit/smtp_dialogue.c has the
 * format. Each block of S lines is said when all bytes of the C block before it have come and are what they should be;
 * verdicts are not looked at. The dialogue's messages can be left in a Maildir first, oldest first, so that the client has
 * the same to say. It ends with 1 if the client says something else, and with 3 if that cannot be played.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fakesmtpd.h"

struct bytes {
	char *p;
	size_t n;
};

enum { TURNS = 400, MESSAGES = 40 };

static struct turn {
	char who; /* S, C; l: the connection is lost */
	struct bytes bytes;
} turns[TURNS];

static struct message {
	char *from, *to;
	struct bytes text;
} messages[MESSAGES];

static size_t turns_n, messages_n;

static void add(struct bytes *b, const char *p, size_t n)
{
	b->p = realloc(b->p, b->n + n + 1);
	if (b->p == NULL)
		err(1, "memory");
	memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

/* What the escape at p stands for; returns what is behind it. */
static const char *unescape(struct bytes *b, const char *p)
{
	static const char names[] = "rn0\\", values[] = "\r\n\0\\";
	const char *name = *p != '\0' ? strchr(names, *p) : NULL;
	char hex[3] = {0}, *end;
	unsigned long n;

	if (name != NULL) {
		add(b, &values[name - names], 1);
		return p + 1;
	}
	if (*p == 'x') {
		memcpy(hex, p + 1, 2);
		add(b, &(char){(char)strtoul(hex, NULL, 16)}, 1);
		return p + 3;
	}
	n = strtoul(p + 1, &end, 10);
	if (*p != '{' || end[0] != ' ' || end[2] != '}')
		errx(2, "%s: %s: no such escape", opt.dialogue, p);
	while (n-- > 0)
		add(b, &end[1], 1);
	return end + 3;
}

static void add_line(struct bytes *b, const char *p, const char *line_end)
{
	add(b, "", 0);
	while (*p != '\0') {
		if (*p != '\\')
			add(b, p++, 1);
		else if (p[1] == '\0')
			return;
		else
			p = unescape(b, p + 1);
	}
	add(b, line_end, strlen(line_end));
}

static void add_turn(char who, const char *line)
{
	if (turns_n == 0 || turns[turns_n - 1].who != who)
		turns[turns_n++].who = who;
	if (turns_n == TURNS)
		errx(2, "%s: too long", opt.dialogue);
	if (who != 'l')
		add_line(&turns[turns_n - 1].bytes, line + strspn(line, " "), "\r\n");
}

static _Noreturn void cannot(const char *what)
{
	errx(3, "%s: %s cannot be played", opt.dialogue, what);
}

/* A Maildir has only what SMTP can say, recipients unquoted, and the sizes that there are. */
static void check_message(const struct message *m, const char *behind)
{
	if (*behind != '\0')
		cannot("a size that is not the text's");
	if (m->to[strcspn(m->to, "\\\">")] != '\0' || m->from[strcspn(m->from, "\">")] != '\0')
		cannot("an address that is quoted, or none");
	if (m->to[0] == '\0' || strlen(m->from) > 900 || strlen(m->to) > 900)
		cannot("an address without end or beginning");
}

/* "<FROM> <TO> ..." */
static void add_message(char *p)
{
	struct message *m = &messages[messages_n++];
	char *from = strchr(p, '<'), *between = strstr(p, "> <"), *end = strrchr(p, '>');
	struct bytes b[2] = {{0}};

	if (messages_n == MESSAGES || between == NULL)
		errx(2, "%s: too many messages, or none", opt.dialogue);
	*between = *end = '\0';
	add_line(&b[0], from + 1, "");
	add_line(&b[1], between + 3, "");
	m->from = b[0].p;
	m->to = b[1].p;
	if (opt.leave != NULL)
		check_message(m, end + 1);
}

/* qv-flush talks the best way that is offered, as far as its window goes. */
static void check_mode(const char *line)
{
	static bool streams;

	if (strcmp(line, "mode streaming") == 0)
		streams = true;
	else if (strncmp(line, "mode ", 5) == 0 || (!streams && line[0] == 'S' && strstr(line, "CHUNKING") != NULL))
		cannot("a way of talking that the caller chooses");
}

static void parse_line(char *line)
{
	check_mode(line);
	if (strncmp(line, "S:", 2) == 0 || strncmp(line, "C:", 2) == 0)
		add_turn(line[0], line + 2);
	else if (strncmp(line, "lost ", 5) == 0)
		add_turn('l', line);
	else if (strncmp(line, "message ", 8) == 0)
		add_message(line + 8);
	else if (line[0] == '|')
		add_line(&messages[messages_n - 1].text, line + 1, "\n");
	else if (line[0] == '<' || line[0] == '!')
		cannot("what happens within a text");
}

static void parse(FILE *f, const char *title)
{
	char *line = NULL;
	size_t size = 0;
	bool ours = false, found = false;

	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '=')
			ours = strcmp(line + 2, title) == 0;
		else if (ours)
			parse_line(line);
		found = found || ours;
	}
	free(line);
	if (!found)
		errx(2, "%s: no dialogue has this title", opt.dialogue);
}

/* As qmail-local leaves it; the first is the oldest. */
static void leave_message(size_t i)
{
	const struct message *m = &messages[i];
	const struct timespec stamp = {.tv_sec = time(NULL) - 1000 + (time_t)i}, stamps[2] = {stamp, stamp};
	struct stat dir;
	char path[LINE];
	FILE *f;

	snprintf(path, sizeof path, "%s/%zu", opt.leave, i + 1);
	f = fopen(path, "w");
	if (f == NULL || stat(opt.leave, &dir) < 0)
		err(1, "%s", path);
	fprintf(f, "Return-Path: <%s>\nDelivered-To: %s-%s\n", m->from, opt.prefix, m->to);
	if (m->text.n > 0)
		fwrite(m->text.p, 1, m->text.n, f);
	if (fclose(f) != 0 || utimensat(AT_FDCWD, path, stamps, 0) < 0 || chown(path, dir.st_uid, dir.st_gid) < 0)
		err(1, "%s", path);
}

void dialogue_load(void)
{
	char *colon = strchr(opt.dialogue, ':');
	FILE *f;

	if (colon == NULL)
		errx(2, "%s: FILE:TITLE is expected", opt.dialogue);
	*colon = '\0';
	f = fopen(opt.dialogue, "r");
	if (f == NULL)
		err(2, "%s", opt.dialogue);
	parse(f, colon + 1);
	fclose(f);
	opt.sessions = 1;
	for (size_t i = 0; opt.leave != NULL && i < messages_n; i++)
		leave_message(i);
}

static _Noreturn void differs(const struct turn *t, const struct bytes *got)
{
	printf("the client said\n got: %.*s\nwant: %.*s\n", (int)got->n, got->p, (int)t->bytes.n, t->bytes.p);
	fflush(stdout);
	_exit(1);
}

static void hear_turn(const struct turn *t)
{
	struct bytes got = {0};

	do {
		add(&got, &(char){(char)get()}, 1);
		if (got.p[got.n - 1] != t->bytes.p[got.n - 1])
			differs(t, &got);
	} while (got.n < t->bytes.n);
	free(got.p);
}

/* Nothing may come before it is asked for. */
static void say_turn(const struct turn *t)
{
	if (more_input()) {
		struct bytes got = {0};

		add(&got, &(char){(char)get()}, 1);
		differs(&(struct turn){0}, &got);
	}
	say_bytes(t->bytes.p, t->bytes.n);
}

void dialogue_play(int fd)
{
	wire_open(fd);
	for (const struct turn *t = turns; t < turns + turns_n && t->who != 'l'; t++)
		(t->who == 'S' ? say_turn : hear_turn)(t);
	leave("the dialogue ends");
}
