/*
 * smtp_random - a model server that refuses, breaks off, lies and cuts its replies anywhere, against the engine.
 *
 * Whatever it does: each message that was offered gets one verdict, in order; what is called delivered was taken
 * by the server, whole; what the server took is called delivered or maybe_duplicate; nothing is pipelined that was
 * not offered; on the wire there is no bare CR, no bare LF, and no end of data but the engine's own; BDAT counts its octets
 * right, and no more than the window may arrive twice. The seed is
 * fixed: each run sees the same sessions. With an argument, only the session of that number.
 */
#include <stdlib.h>

#include "smtp/smtp.h"
#include "tap.h"

enum { SESSIONS = 12000, MESSAGES = 12, TEXT = 80000, WIRE = 400000, QUEUE = 100000 };

/* How bad the server is; each kind does what those before it do. */
enum nature { KIND, REFUSES, BREAKS_OFF, LIES, NATURES };

struct message {
	size_t n, claimed;
	char text[TEXT];
	bool sendable, aborted, heard; /* the last: the server had all its octets */
	int refused;  /* the first code that refused it, or 0 */
	int accepted; /* times */
	int verdicts;
};

struct server {
	enum nature nature;
	bool pipelining, chunking, closed, hangs, lied;
	bool in_mail, in_rcpt, in_data, synchronous; /* the last: no byte may come before what is queued was read */
	size_t message;
	bool in_chunk, is_last, early; /* within BDAT's octets; they are the last; they are answered already */
	size_t octets, text_n;         /* still to come; in text */
	int accepted;
	char text[WIRE];
	char in[WIRE]; /* a command line, or a text up to its end */
	size_t in_n;
	char queue[QUEUE]; /* replies on their way */
	size_t queue_at, queue_n;
};

static struct message messages[MESSAGES];
static struct server server;
static struct smtp smtp;
static size_t offered, judged, total, doubtful;
static struct smtp_limits limits;
static const char *wrong;
static uint64_t state;

static size_t pick(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t)(state >> 11) % n;
}

static bool once_in(size_t n)
{
	return pick(n) == 0;
}

static void fail(const char *why)
{
	if (wrong == NULL)
		wrong = why;
}

/* Texts that are mostly what can go wrong. */
static void make_text(struct message *m)
{
	static const char bytes[] = "\r\n.\r\n.\r\n.ab \0\xff";

	m->n = once_in(40) ? pick(TEXT) : pick(60);
	for (size_t i = 0; i < m->n; i++)
		m->text[i] = m->n > 100 && !once_in(50) ? 'x' : bytes[pick(sizeof bytes - 1)];
}

/* The same text by the plainest of loops: lines that end in CRLF. */
static size_t reference(const struct message *m, char *to)
{
	size_t k = 0;

	for (size_t i = 0; i < m->n; i++) {
		char c = m->text[i];

		if (c == '\n' && i > 0 && m->text[i - 1] == '\r')
			continue;
		if (c == '\r' || c == '\n') {
			to[k++] = '\r';
			to[k++] = '\n';
		} else {
			to[k++] = c;
		}
	}
	if (m->n > 0 && to[k - 1] != '\n') {
		to[k++] = '\r';
		to[k++] = '\n';
	}
	return k;
}

static void queue(const char *line)
{
	size_t n = strlen(line);

	if (server.queue_n + n > QUEUE)
		abort();
	memcpy(server.queue + server.queue_n, line, n);
	server.queue_n += n;
}

static void reply(int code)
{
	char line[100];

	for (size_t i = once_in(4) ? pick(3) : 0; i > 0; i--) {
		snprintf(line, sizeof line, "%d-more%s\n", code, once_in(3) ? "" : "\r");
		queue(line);
	}
	snprintf(line, sizeof line, "%d text\r\n", code);
	queue(line);
	if (server.nature == LIES && once_in(30)) {
		static const char *const lies[] = {"250 lie\r\n", "354 lie\r\n", "<html>\r\n", "\r\n", "550 lie\r\n"};

		queue(lies[pick(5)]);
		server.lied = true;
	}
}

/* The code for a step that goes well with `good`, or a bad one; 0: none, there will be no more. */
static int choose(int good)
{
	static const int bad[] = {450, 451, 550, 554, 552, 503};

	if (server.nature >= REFUSES && once_in(5))
		return bad[pick(6)];
	if (server.nature < BREAKS_OFF || !once_in(12))
		return good;
	switch (pick(4)) {
	case 0:
		server.hangs = true;
		return 0;
	case 1:
		return 421;
	case 2:
		return (int)(100 + pick(500));
	}
	server.closed = true;
	return 0;
}

static int answer(int good)
{
	int code = choose(good);

	if (code != 0)
		reply(code);
	if (code == 421)
		server.closed = true;
	return code;
}

static void note_refusal(int code)
{
	struct message *m = &messages[server.message];

	if ((code / 100 == 4 || code / 100 == 5) && m->refused == 0)
		m->refused = code;
}

/* As answer(), for a step of the message in hand. */
static int judge(int good)
{
	int code = answer(good);

	note_refusal(code);
	return code / 100;
}

/* A command that is out of place is refused as real servers do. */
static int misplaced(void)
{
	reply(503);
	note_refusal(500);
	return 5;
}

static void hear_mail(const char *line)
{
	server.message = strtoul(line + strlen("MAIL FROM:<m"), NULL, 10);
	if (server.message >= offered)
		fail("a message on the wire that was not offered");
	if (server.message >= MESSAGES)
		abort();
	if (server.in_mail)
		fail("MAIL while a transaction is open");
	server.in_mail = judge(250) == 2;
}

static void hear_data(void)
{
	/* RFC 2920 3.1: without a recipient 354 is allowed all the same. */
	if (!server.in_rcpt && once_in(2))
		misplaced();
	else
		server.in_data = judge(354) == 3;
}

static bool is_text_of(const struct message *m, const char *text, size_t text_n, bool dots);

/* The octets are there. After a chunk that was refused no other is taken before RSET. */
static void hear_chunk(void)
{
	struct message *m = &messages[server.message];
	int class = 0;

	server.in_chunk = false;
	if (server.early)
		server.in_rcpt = false;
	else if (!server.in_rcpt)
		misplaced();
	else
		class = judge(250);
	m->heard |= server.is_last;
	if (server.is_last && server.in_rcpt) {
		if (!is_text_of(m, server.text, server.text_n, false) || m->aborted)
			fail("octets that are not the message's");
		m->accepted += class == 2;
		server.accepted += class == 2;
	}
	if (class != 2)
		server.in_rcpt = false;
	if (!server.is_last)
		return;
	server.text_n = 0;
	if (class == 2 || once_in(2))
		server.in_mail = server.in_rcpt = false;
}

static void hear_bdat(const char *line)
{
	char *end;

	if (!server.chunking || !server.pipelining)
		fail("BDAT that was not offered");
	server.octets = strtoul(line + strlen("BDAT "), &end, 10);
	server.is_last = strcmp(end, " LAST") == 0;
	if (!server.is_last && *end != '\0')
		fail("BDAT with nonsense behind it");
	server.in_chunk = true;
	server.early = server.nature >= REFUSES && server.in_rcpt && once_in(20);
	if (server.early) {
		int code = once_in(2) ? 452 : 554;

		reply(code);
		note_refusal(code);
	}
	if (server.octets == 0)
		hear_chunk();
}

/* Where it is refused the session is over, and what was said behind it in the same group is of no interest. */
static void hear_rset(void)
{
	answer(250);
	server.in_mail = server.in_rcpt = false;
	server.text_n = 0;
}

static bool begins(const char *with)
{
	return strncmp(server.in, with, strlen(with)) == 0;
}

static void hear_ehlo(void)
{
	if (server.nature >= REFUSES && once_in(8)) {
		reply(502);
		server.pipelining = false;
		return;
	}
	queue("250-sink\r\n");
	if (server.pipelining)
		queue("250-PIPELINING\r\n");
	if (server.chunking)
		queue("250-chunking\r\n");
	queue("250 SIZE 70000\r\n");
}

static void hear_command(void)
{
	server.in[server.in_n - 2] = '\0';
	server.synchronous = !server.pipelining;
	if (begins("EHLO ")) {
		hear_ehlo();
		server.synchronous = true;
	} else if (begins("HELO ")) {
		answer(250);
	} else if (begins("MAIL FROM:<m")) {
		hear_mail(server.in);
	} else if (begins("RCPT TO:<r@y.test>")) {
		server.in_rcpt = server.in_mail ? judge(250) == 2 : (misplaced(), false);
	} else if (begins("DATA")) {
		hear_data();
		server.synchronous = true;
	} else if (begins("BDAT ")) {
		hear_bdat(server.in);
	} else if (begins("RSET")) {
		hear_rset();
	} else if (begins("QUIT")) {
		if (server.queue_at < server.queue_n && !server.lied)
			fail("QUIT before all is answered");
		answer(221);
		server.closed = true;
	} else {
		fail("a command that is none");
	}
}

/* The text without its end, doubled dots single again, is the message's. */
static bool is_text_of(const struct message *m, const char *text, size_t text_n, bool dots)
{
	static char want[2 * TEXT + 2];
	size_t n = reference(m, want), k = 0;

	for (size_t i = 0; i < text_n; i++) {
		if (dots && text[i] == '.' && (i == 0 || text[i - 1] == '\n'))
			i++;
		if (k == n || want[k++] != text[i])
			return false;
	}
	return k == n;
}

static void hear_text(void)
{
	struct message *m = &messages[server.message];
	bool whole = is_text_of(m, server.in, server.in_n - 3, true);
	int class = judge(250);

	server.synchronous = !server.pipelining;
	server.in_data = false;
	if (server.in_rcpt) {
		if (!whole || m->aborted)
			fail("a text that is not the message's");
		m->accepted += class == 2;
	} else if (server.in_n > 3) {
		fail("a text for nobody");
	}
	server.in_mail = server.in_rcpt = false;
}

static bool at_end_of_text(void)
{
	const char *end = server.in + server.in_n;

	return server.in_n == 3 ? memcmp(end - 3, ".\r\n", 3) == 0
	                        : server.in_n > 4 && memcmp(end - 5, "\r\n.\r\n", 5) == 0;
}

static void hear_octet(char c)
{
	char before = server.text_n > 0 ? server.text[server.text_n - 1] : '\0';

	if ((c == '\n') != (before == '\r'))
		fail("a bare CR or a bare LF among the octets");
	if (server.text_n == WIRE)
		abort();
	server.text[server.text_n++] = c;
	if (--server.octets == 0)
		hear_chunk();
}

static void hear_byte(char c)
{
	char before = server.in_n > 0 ? server.in[server.in_n - 1] : '\0';

	if ((c == '\n') != (before == '\r'))
		fail("a bare CR or a bare LF on the wire");
	if (server.in_n == WIRE)
		abort();
	if (server.in_n == 0 && server.synchronous && server.queue_at < server.queue_n && !server.lied && !server.in_data)
		fail("pipelined where it may not be");
	server.in[server.in_n++] = c;
	if (c != '\n')
		return;
	if (!server.in_data)
		hear_command();
	else if (at_end_of_text())
		hear_text();
	else
		return;
	server.in_n = 0;
}

/* After a lie the two may no longer mean the same, so only the bytes are looked at. */
static void hear(const char *p, size_t n)
{
	static char last;

	for (size_t i = 0; i < n && !server.closed && !server.hangs; i++) {
		if (!server.lied) {
			(server.in_chunk ? hear_octet : hear_byte)(p[i]);
			last = p[i];
			continue;
		}
		if ((p[i] == '\n') != (last == '\r'))
			fail("a bare CR or a bare LF on the wire");
		last = p[i];
		if (p[i] == '\n' && once_in(3))
			reply((int)(100 + pick(500)));
	}
}

static void read_some(void)
{
	size_t n = server.queue_n - server.queue_at;

	if (n == 0) {
		if (!server.closed && !server.hangs && !server.lied)
			fail("both wait");
		smtp_lost(&smtp, server.closed ? "connection lost" : "timed out");
		return;
	}
	n = once_in(3) ? n : 1 + pick(n);
	smtp_feed(&smtp, server.queue + server.queue_at, n);
	server.queue_at += n;
}

static void write_some(void)
{
	size_t n;
	const char *p = smtp_out(&smtp, &n);

	if (n == 0)
		fail("nothing to write");
	if (once_in(3) && server.queue_at < server.queue_n) {
		read_some();
		return;
	}
	n = once_in(2) ? n : pick(n + 1);
	hear(p, n);
	smtp_sent(&smtp, n);
}

static void offer(void)
{
	struct message *m = &messages[offered];
	char from[40];

	if (offered == total) {
		smtp_quit(&smtp);
		return;
	}
	memset(m, 0, offsetof(struct message, text));
	m->aborted = m->heard = false;
	m->refused = m->accepted = m->verdicts = 0;
	make_text(m);
	m->sendable = !once_in(10) && m->n <= 70000;
	snprintf(from, sizeof from, "m%zu@x.test", offered);
	smtp_mail(&smtp, offered++, from, m->sendable || m->n > 70000 ? "r@y.test" : "r\n@y.test", m->n);
}

static void give_text(void)
{
	struct message *m = &messages[offered - 1];
	size_t n = m->n - m->claimed;

	if (smtp_trouble(&smtp) == NULL && smtp_id(&smtp) != offered - 1)
		fail("text wanted of another message");
	if (once_in(200)) {
		m->aborted = true;
		smtp_abort(&smtp, "unable to read");
		return;
	}
	if (n == 0) {
		smtp_end(&smtp);
		return;
	}
	n = smtp_body(&smtp, m->text + m->claimed, once_in(2) ? n : 1 + pick(n));
	if (n == 0)
		fail("no byte of a text was taken");
	m->claimed += n;
}

/* What the server did to it, and what is said of it. */
static void check(const struct message *m, const struct smtp_message *v)
{
	bool unsendable = !m->sendable && (m->n <= 70000 || smtp.offers.size);

	if (m->verdicts != 1)
		fail("not one verdict");
	if (v->maybe_duplicate && !v->lost)
		fail("maybe_duplicate, but not lost");
	if (v->lost && v->verdict != SMTP_TEMPORARY)
		fail("lost, but not temporary");
	if (server.lied)
		return;
	if (v->verdict == SMTP_DELIVERED && m->accepted != 1)
		fail("delivered, but the server did not take it once");
	if (m->accepted > 0 && v->verdict != SMTP_DELIVERED && !v->maybe_duplicate)
		fail("taken, but neither delivered nor maybe_duplicate");
	if (v->verdict == SMTP_PERMANENT && m->refused / 100 != 5 && !unsendable)
		fail("permanent, but the server did not say so");
	if (v->verdict == SMTP_TEMPORARY && !v->lost && m->refused / 100 != 4 &&
	    !(m->refused / 10 == 50 && smtp_mode(&smtp) == SMTP_STREAMING && server.accepted > 0))
		fail("temporary, but the server did not say so");
	doubtful += v->maybe_duplicate;
	if (v->maybe_duplicate && smtp_mode(&smtp) == SMTP_STREAMING && !m->heard && !server.closed && !server.hangs)
		fail("maybe_duplicate, but the server never had all of it");
	if (smtp_mode(&smtp) == SMTP_STREAMING && doubtful > (server.accepted > 0 ? limits.messages : 1))
		fail("more maybe_duplicate than the window");
}

static void take_verdict(void)
{
	const struct smtp_message *v = smtp_settled(&smtp);

	if (v->id != judged || judged >= offered) {
		fail("a verdict out of order");
		return;
	}
	messages[judged].verdicts++;
	if (v->verdict == SMTP_NONE || v->why[0] == '\0' || strlen(v->why) >= SMTP_WHY)
		fail("a verdict that says nothing");
	check(&messages[judged++], v);
}

/* False when the session is over. */
static bool step(void)
{
	enum smtp_next next = smtp_next(&smtp);

	if (once_in(2000)) {
		smtp_lost(&smtp, "timed out");
		return true;
	}
	switch (next) {
	case SMTP_WRITE:
		write_some();
		break;
	case SMTP_READ:
		read_some();
		break;
	case SMTP_OFFER:
		offer();
		break;
	case SMTP_BODY:
		give_text();
		break;
	case SMTP_VERDICT:
		take_verdict();
		break;
	case SMTP_CLOSED:
		return false;
	}
	return true;
}

static void session(size_t number)
{
	int steps = 0;

	state = 88172645463325252u + number * 2654435761u;
	for (int i = 0; i < 8; i++)
		pick(2);
	memset(&server, 0, offsetof(struct server, text));
	server.in_n = server.queue_at = server.queue_n = 0;
	server.nature = (enum nature)pick(NATURES);
	server.pipelining = !once_in(3);
	server.chunking = once_in(2);
	offered = judged = doubtful = 0;
	total = pick(MESSAGES + 1);
	limits = (struct smtp_limits){(enum smtp_mode)pick(3), 1 + pick(8), once_in(3) ? 1 + pick(200) : 1 << 20};
	smtp_start(&smtp, "client", "sink", &limits);
	server.synchronous = true;
	answer(220);
	while (wrong == NULL && step())
		if (++steps > 1000000)
			fail("no end");
	if (wrong == NULL && judged != offered)
		fail("closed without a verdict on each");
}

int main(int argc, char **argv)
{
	size_t first = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	size_t last = argc > 1 ? first + 1 : SESSIONS;
	size_t number, delivered = 0;

	for (number = first; number < last && wrong == NULL; number++) {
		session(number);
		for (size_t i = 0; i < judged; i++)
			delivered += messages[i].accepted > 0;
	}
	if (!ok(wrong == NULL, "%zu sessions with a server that may do anything", last - first))
		printf("# session %zu: %s\n", number - 1, wrong);
	printf("# %zu messages delivered\n", delivered);
	return done_testing();
}
