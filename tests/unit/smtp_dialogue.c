/*
 * smtp_dialogue - replays the dialogues of tests/smtp, in pieces of 1, 2, 3, 7 and 1000 bytes, and uncut.
 *
 * A file holds dialogues; the lines of one are
 *
 *	= TITLE                          a new dialogue; the title is the promise that it tests
 *	# COMMENT
 *	mode lock-step                   what the caller allows at most (grouped)
 *	mode streaming [N [BYTES]]       the same, and its window
 *	mode streaming familiar REPLY    one that was streamed to before, whose reply to EHLO was REPLY ("250 sink.test / CHUNKING")
 *	message ID <FROM> <TO> [SIZE]    offered in this order, then QUIT; SIZE: what is claimed (the text's)
 *	|LINE                            its text, LF behind it
 *	<LINE                            at this place of the text the server says LINE
 *	!WHY                             at this place the text cannot be read any further: smtp_abort(WHY)
 *	S: LINE                          the server says LINE, CR LF behind it
 *	C: LINE                          the client must say LINE, CR LF behind it
 *	lost WHY                         the connection ends: smtp_lost(WHY)
 *	verdict ID WORD... TEXT          WORDs: delivered temporary permanent, lost, duplicate; it is known by now
 *	end [TROUBLE]                    the session is closed, in peace or because of TROUBLE
 *
 * In LINE \r \n \0 \\ \xHH stand for bytes, \{2000 x} for 2000 times x, and a \ at its end leaves the line end away.
 *
 * Lines of the same side that follow each other are one block: all of a C block is said before the client waits for
 * anything, uncut it is one write, and nothing else is said.
 */
#include <ctype.h>
#include <glob.h>
#include <stdlib.h>

#include "smtp/engine.h"
#include "smtp/smtp.h"
#include "tap.h"

struct bytes {
	char *p;
	size_t n;
};

enum kind { SERVER, CLIENT, LOST, VERDICT, END };

struct step {
	enum kind kind;
	struct bytes bytes;
};

/* One stretch of a message's text, and what happens behind it. */
enum then { THEN_MORE, THEN_END, THEN_SERVER, THEN_ABORT };

struct stretch {
	struct bytes text;
	enum then then;
	struct bytes word;
};

enum { STEPS = 200, MESSAGES = 40, STRETCHES = 4, SAID = 1 << 20 };

struct message {
	size_t id;
	char from[1200], to[1200];
	uint64_t size;
	bool size_claimed;
	struct stretch stretch[STRETCHES];
	size_t stretches;
};

struct dialogue {
	char title[200];
	struct smtp_limits limits;
	struct step step[STEPS];
	size_t steps;
	struct message message[MESSAGES];
	size_t messages;
};

struct replay {
	const struct dialogue *d;
	struct smtp s;
	size_t piece;
	size_t step, offered, verdicts;
	size_t writes; /* of the client's block */
	struct bytes said;
	size_t stretch, at; /* of the text in hand */
	char wrong[4096];   /* empty: as the dialogue has it */
	struct {
		char line[SMTP_WHY + 100];
	} verdict[MESSAGES];
};

static char store[1 << 22], said_store[SAID];
static size_t store_n;

/* Bytes at the end of the store; what is added to the last one taken is joined to it. */
static void add(struct bytes *b, const char *p, size_t n)
{
	if (b->p == NULL)
		b->p = store + store_n;
	if (store_n + n > sizeof store || b->p + b->n != store + store_n)
		abort();
	memcpy(b->p + b->n, p, n);
	b->n += n;
	store_n += n;
}

static void add_many(struct bytes *b, char c, unsigned long n)
{
	while (n-- > 0)
		add(b, &c, 1);
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
		add_many(b, (char)strtoul(hex, NULL, 16), 1);
		return p + 3;
	}
	n = strtoul(p + 1, &end, 10);
	if (*p != '{' || end[0] != ' ' || end[2] != '}')
		abort();
	add_many(b, end[1], n);
	return end + 3;
}

static void add_line(struct bytes *b, const char *p, const char *line_end)
{
	add(b, "", 0);
	while (*p != '\0') {
		if (*p != '\\') {
			add(b, p++, 1);
		} else if (p[1] == '\0') {
			return;
		} else {
			p = unescape(b, p + 1);
		}
	}
	add(b, line_end, strlen(line_end));
}

/* "NAME rest": the rest, or NULL. */
static const char *behind(const char *line, const char *name)
{
	size_t n = strlen(name);

	return strncmp(line, name, n) == 0 ? line + n + (line[n] == ' ') : NULL;
}

static void add_step(struct dialogue *d, enum kind kind, const char *line, const char *line_end)
{
	bool joins = d->steps > 0 && d->step[d->steps - 1].kind == kind && (kind == SERVER || kind == CLIENT);

	if (!joins)
		d->step[d->steps++] = (struct step){.kind = kind};
	if (d->steps == STEPS)
		abort();
	add_line(&d->step[d->steps - 1].bytes, line, line_end);
}

/* Copies what stands between the brackets; returns what is behind them. */
static const char *parse_address(const char *p, char *to, size_t size)
{
	const char *end = strstr(p, "> ");
	struct bytes b = {0};

	end = end != NULL ? end : p + strlen(p) - 1;
	add(&b, p + 1, (size_t)(end - p) - 1);
	snprintf(to, size, "%.*s", (int)b.n, b.p);
	b = (struct bytes){0};
	add_line(&b, to, "");
	snprintf(to, size, "%.*s", (int)b.n, b.p);
	return end + 1 + (end[1] == ' ');
}

static void parse_message(struct dialogue *d, const char *p)
{
	struct message *m = &d->message[d->messages++];
	char *end;

	memset(m, 0, sizeof *m);
	m->stretches = 1;
	m->stretch[0].then = THEN_END;
	m->id = strtoul(p, &end, 10);
	p = parse_address(end + 1, m->from, sizeof m->from);
	p = parse_address(p, m->to, sizeof m->to);
	m->size_claimed = *p != '\0';
	m->size = strtoull(p, NULL, 10);
}

static void parse_event(struct message *m, enum then then, const char *p)
{
	struct stretch *t = &m->stretch[m->stretches - 1];

	t->then = then;
	add_line(&t->word, p, then == THEN_SERVER ? "\r\n" : "");
	m->stretch[m->stretches++] = (struct stretch){.then = THEN_END};
}

static void parse_text(struct message *m, const char *line)
{
	struct stretch *t = &m->stretch[m->stretches - 1];
	size_t before = t->text.n;

	if (line[0] == '<')
		parse_event(m, THEN_SERVER, line + 1);
	else if (line[0] == '!')
		parse_event(m, THEN_ABORT, line + 1);
	else
		add_line(&t->text, line + 1, "\n");
	if (!m->size_claimed)
		m->size += t->text.n - before;
}

static void parse_window(const char *p, struct smtp_limits *limits)
{
	char *end;
	unsigned long messages = strtoul(p, &end, 10), bytes = strtoul(end, NULL, 10);

	limits->mode = SMTP_STREAMING;
	if (messages > 0)
		limits->messages = messages;
	if (bytes > 0)
		limits->bytes = bytes;
}

static void be_familiar(const char *reply, struct smtp_limits *limits)
{
	limits->mode = SMTP_STREAMING;
	limits->looks = (struct smtp_looks){engine_looks(reply), engine_looks("250 flushed")};
}

/* False: no line of a dialogue. */
static bool parse_line(struct dialogue *d, const char *line)
{
	static const struct {
		const char *name;
		enum kind kind;
		const char *line_end;
	} steps[] = {
		{"S:", SERVER, "\r\n"}, {"C:", CLIENT, "\r\n"},  {"lost", LOST, ""},
		{"verdict", VERDICT, ""}, {"end", END, ""},
	};
	const char *rest;

	if (line[0] != '\0' && strchr("|<!", line[0]) != NULL && d->messages > 0) {
		parse_text(&d->message[d->messages - 1], line);
		return true;
	}
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		rest = behind(line, steps[i].name);
		if (rest == NULL)
			continue;
		add_step(d, steps[i].kind, rest, steps[i].line_end);
		return true;
	}
	rest = behind(line, "message");
	if (rest != NULL)
		parse_message(d, rest);
	else if (strcmp(line, "mode lock-step") == 0)
		d->limits.mode = SMTP_LOCKSTEP;
	else if ((rest = behind(line, "mode streaming familiar")) != NULL)
		be_familiar(rest, &d->limits);
	else if ((rest = behind(line, "mode streaming")) != NULL)
		parse_window(rest, &d->limits);
	else
		return line[0] == '#' || line[0] == '\0';
	return true;
}

/* The next dialogue of the file; false at its end. The line with the title of the one behind it stays in line. */
static bool parse(FILE *f, char **line, size_t *size, struct dialogue *d)
{
	bool begun = *line != NULL && (*line)[0] == '=';

	memset(d, 0, sizeof *d);
	store_n = 0;
	d->limits = (struct smtp_limits){.mode = SMTP_GROUPED, .messages = SMTP_WINDOW, .bytes = 1 << 20};
	if (begun)
		snprintf(d->title, sizeof d->title, "%s", *line + 2);
	while (getline(line, size, f) > 0) {
		(*line)[strcspn(*line, "\n")] = '\0';
		if ((*line)[0] == '=' && begun)
			return true;
		if ((*line)[0] == '=') {
			begun = true;
			snprintf(d->title, sizeof d->title, "%s", *line + 2);
		} else if (begun && !parse_line(d, *line)) {
			printf("# not understood: %s\n", *line);
			d->steps = 0;
		}
	}
	(*line)[0] = '\0';
	return begun;
}

__attribute__((format(printf, 2, 3))) static void wrong(struct replay *r, const char *fmt, ...)
{
	va_list ap;

	if (r->wrong[0] != '\0')
		return;
	va_start(ap, fmt);
	vsnprintf(r->wrong, sizeof r->wrong, fmt, ap);
	va_end(ap);
}

static void escape(char *to, size_t size, const char *p, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n && k + 5 < size; i++)
		k += (size_t)snprintf(to + k, size - k, isprint((unsigned char)p[i]) ? "%c" : "\\x%02x", (unsigned char)p[i]);
	to[k] = '\0';
}

static void wrong_bytes(struct replay *r, const char *what, const struct bytes *want)
{
	char got_text[1500], want_text[1500];

	escape(got_text, sizeof got_text, r->said.p, r->said.n);
	escape(want_text, sizeof want_text, want->p, want->n);
	wrong(r, "%s\n#  got: %s\n# want: %s", what, got_text, want_text);
}

static const struct step *current(struct replay *r)
{
	static const struct step none = {.kind = END};

	return r->step < r->d->steps ? &r->d->step[r->step] : &none;
}

/* All that the client had to say before it waits; nothing where the dialogue has no C block here. */
static void check_said(struct replay *r)
{
	const struct step *t = current(r);
	const struct bytes nothing = {store, 0};
	const struct bytes *want = t->kind == CLIENT ? &t->bytes : &nothing;

	if (r->said.n != want->n || memcmp(r->said.p, want->p, want->n) != 0)
		wrong_bytes(r, "the client said", want);
	if (r->piece > 100000 && r->writes > 1 && want->n < SMTP_OUT / 2)
		wrong(r, "%zu writes instead of one", r->writes);
	r->step += t->kind == CLIENT;
	r->said.n = r->writes = 0;
}

static void check_verdict(struct replay *r, const struct bytes *want)
{
	size_t k = 0;

	/* Which of them this is: as many as there are verdict lines before it. */
	for (size_t i = 0; i < r->step; i++)
		k += r->d->step[i].kind == VERDICT;
	if (k >= r->verdicts)
		wrong(r, "no verdict yet\n# want: %.*s", (int)want->n, want->p);
	else if (strlen(r->verdict[k].line) != want->n || memcmp(r->verdict[k].line, want->p, want->n) != 0)
		wrong(r, "verdict\n#  got: %s\n# want: %.*s", r->verdict[k].line, (int)want->n, want->p);
}

static void check_verdicts(struct replay *r)
{
	for (; current(r)->kind == VERDICT; r->step++)
		check_verdict(r, &current(r)->bytes);
}

static void take_verdict(struct replay *r)
{
	static const char *const words[] = {"none", "delivered", "temporary", "permanent"};
	const struct smtp_message *m = smtp_settled(&r->s);

	if (r->verdicts == r->d->messages) {
		wrong(r, "a verdict too many");
		return;
	}
	snprintf(r->verdict[r->verdicts++].line, sizeof r->verdict[0].line, "%zu %s%s%s %s", m->id, words[m->verdict],
	         m->lost ? " lost" : "", m->maybe_duplicate ? " duplicate" : "", m->why);
}

/* In pieces; verdicts are taken as they come, all else waits until the server has said its block. */
static void server_says(struct replay *r, const struct bytes *b)
{
	for (size_t at = 0; at < b->n; at += r->piece) {
		size_t n = b->n - at < r->piece ? b->n - at : r->piece;

		smtp_feed(&r->s, b->p + at, n);
		while (smtp_next(&r->s) == SMTP_VERDICT)
			take_verdict(r);
	}
}

/* The engine waits: the client has said its block, and it is the server's turn. */
static void hear(struct replay *r)
{
	const struct step *t;
	char why[200];

	check_verdicts(r);
	check_said(r);
	check_verdicts(r);
	t = current(r);
	r->step++;
	if (t->kind == SERVER) {
		server_says(r, &t->bytes);
		return;
	}
	if (t->kind != LOST)
		wrong(r, "the client waits, and the dialogue has nothing for it");
	snprintf(why, sizeof why, "%.*s", (int)t->bytes.n, t->bytes.p);
	smtp_lost(&r->s, why);
}

static void take_bytes(struct replay *r)
{
	size_t n;
	const char *p = smtp_out(&r->s, &n);

	if (n > r->piece)
		n = r->piece;
	if (r->said.n + n > SAID)
		abort();
	memcpy(r->said.p + r->said.n, p, n);
	r->said.n += n;
	r->writes++;
	smtp_sent(&r->s, n);
}

static void offer(struct replay *r)
{
	const struct message *m = &r->d->message[r->offered];

	r->stretch = r->at = 0;
	if (r->offered++ < r->d->messages)
		smtp_mail(&r->s, m->id, m->from, m->to, m->size);
	else
		smtp_quit(&r->s);
}

static void end_stretch(struct replay *r, const struct stretch *t)
{
	char why[200];

	r->stretch++;
	r->at = 0;
	switch (t->then) {
	case THEN_MORE:
		break;
	case THEN_END:
		smtp_end(&r->s);
		break;
	case THEN_SERVER:
		server_says(r, &t->word);
		break;
	case THEN_ABORT:
		snprintf(why, sizeof why, "%.*s", (int)t->word.n, t->word.p);
		smtp_abort(&r->s, why);
		break;
	}
}

static void give_text(struct replay *r)
{
	const struct message *m = &r->d->message[r->offered - 1];
	const struct stretch *t = &m->stretch[r->stretch];
	size_t n = t->text.n - r->at;

	if (smtp_id(&r->s) != m->id)
		wrong(r, "text wanted of message %zu, not of %zu", smtp_id(&r->s), m->id);
	if (n == 0) {
		end_stretch(r, t);
		return;
	}
	r->at += smtp_body(&r->s, t->text.p + r->at, n < r->piece ? n : r->piece);
}

static void closed(struct replay *r)
{
	const char *trouble = smtp_trouble(&r->s);
	const struct step *t;

	check_verdicts(r);
	if (r->said.n > 0)
		check_said(r);
	check_verdicts(r);
	t = current(r);
	trouble = trouble != NULL ? trouble : "";
	if (r->step + 1 != r->d->steps || t->kind != END)
		wrong(r, "closed before the dialogue ends (%s)", trouble);
	else if (strlen(trouble) != t->bytes.n || memcmp(trouble, t->bytes.p, t->bytes.n) != 0)
		wrong(r, "trouble\n#  got: %s\n# want: %.*s", trouble, (int)t->bytes.n, t->bytes.p);
	if (smtp_next(&r->s) != SMTP_CLOSED)
		wrong(r, "closed, and then not");
}

static void replay(struct replay *r, const struct dialogue *d, size_t piece)
{
	*r = (struct replay){.d = d, .piece = piece, .said = {said_store, 0}};
	smtp_start(&r->s, "client.test", "sink.test", &d->limits);
	while (r->wrong[0] == '\0')
		switch (smtp_next(&r->s)) {
		case SMTP_WRITE:
			take_bytes(r);
			break;
		case SMTP_READ:
			hear(r);
			break;
		case SMTP_OFFER:
			offer(r);
			break;
		case SMTP_BODY:
			give_text(r);
			break;
		case SMTP_VERDICT:
			take_verdict(r);
			break;
		case SMTP_CLOSED:
			closed(r);
			return;
		}
}

static void test(const char *file, const struct dialogue *d)
{
	static const size_t pieces[] = {1, 2, 3, 7, 1000, 1000000};
	static struct replay r;
	const char *name = strrchr(file, '/');
	size_t i = 0;

	do
		replay(&r, d, pieces[i++]);
	while (r.wrong[0] == '\0' && i < sizeof pieces / sizeof *pieces);
	if (!ok(r.wrong[0] == '\0', "%s: %s", name != NULL ? name + 1 : file, d->title))
		printf("# in pieces of %zu, at step %zu: %s\n", r.piece, r.step, r.wrong);
}

static void test_file(const char *file)
{
	static struct dialogue d;
	FILE *f = fopen(file, "r");
	char *line = NULL;
	size_t size = 0;

	if (f == NULL) {
		ok(false, "%s can be read", file);
		return;
	}
	while (parse(f, &line, &size, &d))
		test(file, &d);
	free(line);
	fclose(f);
}

int main(int argc, char **argv)
{
	glob_t files = {0};

	for (int i = 1; i < argc; i++)
		test_file(argv[i]);
	if (argc == 1 && !ok(glob("tests/smtp/*.txt", 0, NULL, &files) == 0, "there are dialogues in tests/smtp"))
		return done_testing();
	for (size_t i = 0; i < files.gl_pathc; i++)
		test_file(files.gl_pathv[i]);
	globfree(&files);
	return done_testing();
}
