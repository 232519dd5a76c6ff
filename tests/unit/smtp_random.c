/*
 * smtp_random - model servers against the engine: each keeps its own book of what it took, and may talk in any odd way.
 *
 * One reply is inserted, doubled, dropped or delayed, at any place, or each end of data is answered twice, at once or late;
 * or the server hangs up, hangs, answers any code, reads the octets of a refused BDAT as commands, refuses or throws away
 * what comes in one piece with the end of data, or takes only so many messages, or refused ones, in a session; and its replies may all
 * look alike. Whatever it does:
 *
 *	each message that was offered gets one verdict, in order
 *	delivered: the server took it once, and whole
 *	permanent: the server did not take it, and refused it by a code that speaks of the message
 *	taken, but not delivered: maybe_duplicate
 *	maybe_duplicate: its end was sent in full
 *	no more of them than the window had messages, which now and then gets wider or narrower
 *	as long as nothing is odd: no verdict that the server did not give, and nothing is pipelined that was not offered
 *	on the wire there is no bare CR, no bare LF and no end of data but the engine's own; BDAT counts its octets right
 *
 * An argument N: N sessions in place of the usual number ("make model" has millions). Two, N M: those from N to M. The
 * sessions are the same in each run; how often each kind of server met each kind of trouble is printed.
 */
#include <stdlib.h>

#include "smtp/smtp.h"
#include "tap.h"

enum { SESSIONS = 60000, MESSAGES = 12, TEXT = 80000, WIRE = 400000, QUEUE = 100000 };

/* How bad the server is; BREAKS_OFF and SLIPS do what REFUSES does. */
enum nature { KIND, REFUSES, BREAKS_OFF, SLIPS, NATURES };

/* What goes wrong with one reply, or (ALWAYS_TWICE) with each to an end of data. */
enum slip { NO_SLIP, INSERTED, DOUBLED, DROPPED, DELAYED, ALWAYS_TWICE, SLIPPED };

/* How it treats what it was not built for. */
enum manner { PLAIN, NO_DISCARD, BEHIND_REFUSED, BEHIND_DROPPED, LIMITED, LENIENT, WEARY, MANNERS };

/* What its replies look like. */
enum looks { OWN_WORDS, NUMBERED, ALIKE, LOOKS };

struct message {
	size_t n, claimed;
	char text[TEXT];
	int refused;    /* the first code that refused it, or 0 */
	int accepted;   /* times */
	int verdicts;
	bool sendable, aborted;
	bool heard;     /* the server had all its end */
	bool to_bounce; /* it was refused by a code that may be its bounce */
};

struct server {
	enum nature nature;
	enum slip slip;
	enum manner manner;
	enum looks looks;
	size_t slips_at, replies; /* the slip happens at this reply */
	size_t lag;               /* what comes late does so behind so many others, or when nothing else is said */
	char held[200];           /* the reply that comes late; empty: none */
	size_t held_for;
	size_t limit;             /* LIMITED: messages in a session; WEARY: RSET that end a transaction */
	size_t resets;
	size_t behind;            /* bytes of this piece behind the end of data, on its way through hear() */
	size_t left;              /* bytes of this piece that are not heard yet */
	bool pipelining, chunking, closed, hangs, odd; /* odd: something was said that no proper server says */
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
static size_t offered, judged, total, doubtful, widest; /* the last: messages of the window */
static bool cut; /* by us, in the middle of it */
static unsigned long met[NATURES][SLIPPED][MANNERS][LOOKS], taken, bounced, doubted, familiar, changed;
static struct smtp_limits limits;

/* Of the last session that streamed in peace: it is as if that was with this server, whatever it is now. */
static struct smtp_looks streamed;

static const char *wrong;
static uint64_t state;

/* From the bytes that a fuzzer gives, as long as there are any; then, and else, from the number of the session. */
static const unsigned char *choices;
static size_t choices_n;

static size_t pick(size_t n)
{
	if (choices_n > 1) {
		size_t chosen = (size_t)choices[0] << 8 | choices[1];

		choices += 2;
		choices_n -= 2;
		return chosen % n;
	}
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

/* To one reply, on its way out, happens what is to. */
static void release_held(void)
{
	if (server.held[0] == '\0')
		return;
	queue(server.held);
	server.held[0] = '\0';
}

static void hold(const char *text)
{
	release_held();
	snprintf(server.held, sizeof server.held, "%s", text);
	server.held_for = server.lag;
}

static void insert(void)
{
	static const char *const lies[] = {"250 ok\r\n", "250 taken\r\n", "354 go ahead\r\n", "550 no\r\n", "451 later\r\n",
	                                   "503 what\r\n", "250 sender ok\r\n", "250 flushed\r\n", "<html>\r\n", "\r\n"};
	const char *lie = lies[pick(10)];

	if (once_in(2))
		hold(lie);
	else
		queue(lie);
}

static void emit(const char *text, bool ends)
{
	bool now = server.nature == SLIPS && server.replies++ == server.slips_at;

	if (server.held[0] != '\0' && server.held_for-- == 0)
		release_held();
	server.odd |= now && server.slip != NO_SLIP;
	if (now && server.slip == INSERTED)
		insert();
	if (now && server.slip == DELAYED)
		hold(text);
	else if (!now || server.slip != DROPPED)
		queue(text);
	if ((now && server.slip == DOUBLED) || (ends && server.nature == SLIPS && server.slip == ALWAYS_TWICE)) {
		server.odd = true;
		if (once_in(2))
			hold(text);
		else
			queue(text);
	}
}

enum of { OF_SESSION, OF_MAIL, OF_RCPT, OF_DATA, OF_END, OF_RSET };

static void reply(int code, enum of of)
{
	static const char *const words[] = {"hello", "sender ok", "recipient ok", "go ahead", "taken", "flushed"};
	char text[200] = "", word[40];
	size_t k = 0;

	snprintf(word, sizeof word, "%s", server.looks == ALIKE || code / 100 > 3 ? "ok" : words[of]);
	if (server.looks == NUMBERED && of == OF_END)
		snprintf(word, sizeof word, "ok %zu qp %zu", pick(1000000), pick(9));
	else if (server.looks == NUMBERED)
		snprintf(word, sizeof word, "ok");
	for (size_t i = once_in(4) && code / 100 > 3 ? pick(3) : 0; i > 0; i--)
		k += (size_t)snprintf(text + k, sizeof text - k, "%d-more%s\n", code, once_in(3) ? "" : "\r");
	snprintf(text + k, sizeof text - k, "%d %s\r\n", code, word);
	emit(text, of == OF_END);
}

/* The code for a step that goes well with `good`, or a bad one; 0: none, there will be no more. */
static int choose(int good)
{
	static const int bad[] = {450, 451, 550, 554, 552, 550, 503, 530, 501, 421};

	if (server.nature >= REFUSES && once_in(5))
		return bad[once_in(8) ? pick(9) : pick(6)];
	if (server.nature != BREAKS_OFF || !once_in(12))
		return good;
	switch (pick(4)) {
	case 0:
		server.hangs = true;
		return 0;
	case 1:
		return 421;
	case 2:
		server.odd = true;
		return (int)(100 + pick(500));
	}
	server.closed = true;
	return 0;
}

static int answer(int good, enum of of)
{
	int code = choose(good);

	if (code != 0)
		reply(code, of);
	if (code == 421)
		server.closed = true;
	return code;
}

/* RFC 5321 4.2.1, and contract of this project: the others speak of the session or of the command. */
static bool may_bounce(int code)
{
	static const int others[] = {500, 501, 502, 503, 504, 521, 530, 534, 535, 538};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (code == others[i])
			return false;
	return code / 100 == 5;
}

static void note_refusal(int code)
{
	struct message *m = &messages[server.message];

	m->to_bounce |= may_bounce(code);
	if ((code / 100 == 4 || code / 100 == 5) && m->refused == 0)
		m->refused = code;
}

/* As answer(), for a step of the message in hand. */
static int judge(int good, enum of of)
{
	int code = answer(good, of);

	note_refusal(code);
	return code / 100;
}

/* A command that is out of place is refused as real servers do. */
static int misplaced(enum of of)
{
	reply(503, of);
	note_refusal(503);
	return 5;
}

static void hear_mail(const char *line)
{
	server.message = strtoul(line + strlen("MAIL FROM:<m"), NULL, 10);
	if (server.message >= offered)
		fail("a message on the wire that was not offered");
	if (server.message >= MESSAGES)
		abort();
	if (server.in_mail && !server.odd)
		fail("MAIL while a transaction is open");
	server.in_rcpt = false;
	if (server.manner == LIMITED && server.accepted >= (int)server.limit) {
		reply(421, OF_MAIL);
		note_refusal(421);
		server.in_mail = false;
		return;
	}
	server.in_mail = judge(250, OF_MAIL) == 2;
}

static void hear_data(void)
{
	/* RFC 2920 3.1: without a recipient 354 is allowed all the same. */
	if (!server.in_rcpt && server.manner != LENIENT)
		misplaced(OF_DATA);
	else
		server.in_data = judge(354, OF_DATA) == 3;
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
		misplaced(OF_END);
	else
		class = judge(250, OF_END);
	m->heard |= server.is_last;
	if (server.is_last && server.in_rcpt) {
		if (class == 2 && (!is_text_of(m, server.text, server.text_n, false) || m->aborted))
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
	if (server.manner == NO_DISCARD && !server.in_rcpt) {
		server.odd = true;
		misplaced(OF_END);
		return;
	}
	server.in_chunk = true;
	server.early = server.nature >= REFUSES && server.in_rcpt && once_in(20);
	if (server.early) {
		int code = once_in(2) ? 452 : 554;

		reply(code, OF_END);
		note_refusal(code);
	}
	if (server.octets == 0)
		hear_chunk();
}

/* Where it is refused the session is over, and what was said behind it in the same group is of no interest. */
static void hear_rset(void)
{
	if (server.manner == WEARY && server.in_mail && ++server.resets > server.limit) {
		emit("554 Too many nonmail commands\r\n", false);
		server.closed = true;
		return;
	}
	if (server.nature == SLIPS)
		reply(250, OF_RSET);
	else
		server.odd |= answer(250, OF_RSET) / 100 != 2;
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
		reply(502, OF_SESSION);
		server.pipelining = false;
		return;
	}
	emit(server.pipelining ? server.chunking ? "250-sink\r\n250-PIPELINING\r\n250-chunking\r\n250 SIZE 70000\r\n"
	                                        : "250-sink\r\n250-PIPELINING\r\n250 SIZE 70000\r\n"
	     : server.chunking ? "250-sink\r\n250-chunking\r\n250 SIZE 70000\r\n"
	                       : "250-sink\r\n250 SIZE 70000\r\n",
	     false);
}

static void hear_command(void)
{
	server.in[server.in_n < 2 ? 0 : server.in_n - 2] = '\0';
	server.synchronous = !server.pipelining;
	if (server.behind > 0 && server.manner == BEHIND_REFUSED) {
		reply(503, OF_MAIL);
		if (begins("MAIL FROM:<m"))
			server.message = strtoul(server.in + strlen("MAIL FROM:<m"), NULL, 10);
		note_refusal(503);
		return;
	}
	if (begins("EHLO ")) {
		hear_ehlo();
		server.synchronous = true;
	} else if (begins("HELO ")) {
		answer(250, OF_SESSION);
	} else if (begins("MAIL FROM:<m")) {
		hear_mail(server.in);
	} else if (begins("RCPT TO:<r@y.test>")) {
		server.in_rcpt = server.in_mail ? judge(250, OF_RCPT) == 2 : (misplaced(OF_RCPT), false);
	} else if (begins("DATA")) {
		hear_data();
		server.synchronous = true;
	} else if (begins("BDAT ")) {
		hear_bdat(server.in);
	} else if (begins("RSET")) {
		hear_rset();
	} else if (begins("QUIT")) {
		if (server.queue_at < server.queue_n && !server.odd)
			fail("QUIT before all is answered");
		server.odd |= answer(221, OF_SESSION) != 221;
		server.closed = true;
	} else if (server.odd) {
		reply(500, OF_SESSION);
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
	int class = server.in_rcpt || server.manner == LENIENT ? judge(250, OF_END) : misplaced(OF_END);

	server.synchronous = !server.pipelining;
	server.in_data = false;
	server.behind = server.left;
	m->heard |= server.in_rcpt;
	if (server.in_rcpt) {
		if (class == 2 && (!whole || m->aborted))
			fail("a text that is not the message's");
		m->accepted += class == 2;
		server.accepted += class == 2;
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

	if ((c == '\n') != (before == '\r') && !server.odd)
		fail("a bare CR or a bare LF on the wire");
	if (server.in_n == WIRE)
		abort();
	if (server.in_n == 0 && server.synchronous && server.queue_at < server.queue_n && !server.odd && !server.in_data)
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

static void hear(const char *p, size_t n)
{
	server.behind = 0;
	for (size_t i = 0; i < n && !server.closed && !server.hangs; i++) {
		server.left = n - i - 1;
		if (server.behind > 0 && server.manner == BEHIND_DROPPED) {
			server.odd = true;
			return;
		}
		server.odd |= server.behind > 0 && server.manner == BEHIND_REFUSED;
		(server.in_chunk ? hear_octet : hear_byte)(p[i]);
	}
}

static void read_some(void)
{
	size_t n;

	if (server.queue_n == server.queue_at)
		release_held();
	n = server.queue_n - server.queue_at;
	if (n == 0) {
		if (!server.closed && !server.hangs && !server.odd)
			fail("both wait");
		if (server.closed)
			smtp_lost(&smtp, "connection lost");
		else
			smtp_silent(&smtp, "timed out");
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
	m->refused = m->accepted = m->verdicts = 0;
	m->aborted = m->heard = m->to_bounce = false;
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
	/* Who says other words than in the session before is believed at his 221; behind 421, and where a text could not be read, QUIT is not said. */
	bool mute = smtp.changed && (smtp.dropped || smtp.good_bye);
	bool unsendable = !m->sendable && (m->n <= 70000 || smtp.offers.size);

	if (m->verdicts != 1)
		fail("not one verdict");
	if (v->maybe_duplicate && !v->lost)
		fail("maybe_duplicate, but not lost");
	if (v->lost && v->verdict != SMTP_TEMPORARY)
		fail("lost, but not temporary");
	if (m->accepted > 1)
		fail("taken twice in one session");
	if (v->verdict == SMTP_DELIVERED && m->accepted != 1)
		fail("delivered, but the server did not take it");
	if (m->accepted > 0 && v->verdict != SMTP_DELIVERED && !v->maybe_duplicate)
		fail("taken, but neither delivered nor maybe_duplicate");
	if (v->verdict == SMTP_PERMANENT && !m->to_bounce && !unsendable)
		fail("permanent, but the server did not say so of the message");
	if (v->maybe_duplicate && !m->heard && !server.closed && !server.hangs && !server.odd && !mute)
		fail("maybe_duplicate, but the server never had all of it");
	doubtful += v->maybe_duplicate && m->refused == 0;
	if (server.odd)
		return;
	if (v->verdict == SMTP_TEMPORARY && !v->lost && m->refused == 0)
		fail("temporary, but the server did not say so");
	if (doubtful > (server.accepted > 0 || smtp.familiar ? widest + 1 : 1))
		fail("more maybe_duplicate than the window");
	/* A refusal before a reply that may be odd is not believed, nor is it that the message was refused. */
	if (v->maybe_duplicate && m->refused == 0 && !server.hangs && !server.closed && !cut && !mute)
		fail("maybe_duplicate, but it was answered");
}

static void take_verdict(void)
{
	const struct smtp_message *v = smtp_settled(&smtp);

	if (v->id != judged || judged >= offered) {
		fail("a verdict out of order");
		return;
	}
	messages[judged].verdicts++;
	bounced += v->verdict == SMTP_PERMANENT;
	doubted += v->maybe_duplicate;
	if (v->verdict == SMTP_NONE || v->why[0] == '\0' || strlen(v->why) >= SMTP_WHY)
		fail("a verdict that says nothing");
	check(&messages[judged++], v);
}

static void turn_window(void)
{
	size_t n = 1 + pick(MESSAGES);

	smtp_set_window(&smtp, n, once_in(3) ? 1 + pick(200) : 1 << 20);
	widest = n > widest ? n : widest;
}

/* False when the session is over. */
static bool step(void)
{
	enum smtp_next next = smtp_next(&smtp);

	if (once_in(50))
		turn_window();
	if (once_in(2000)) {
		cut = true;
		smtp_leave(&smtp, "the time is up");
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

/*
 * A reply that is overtaken by others, of a server all of whose replies look alike, cannot be told from one in its place; TCP
 * and RFC 2920 3.2 keep them in order. What comes too often or never is seen there too.
 */
static void choose_slip(void)
{
	if (server.nature != SLIPS)
		return;
	if (server.manner == NO_DISCARD || server.manner == BEHIND_REFUSED || server.manner == BEHIND_DROPPED)
		server.manner = PLAIN;
	server.slip = (enum slip)(1 + pick(SLIPPED - 1));
	server.slips_at = pick(once_in(2) ? 12 : 50);
	server.lag = pick(once_in(2) ? 3 : 20);
	if (server.slip == DELAYED && server.pipelining && limits.mode > SMTP_PIPELINED &&
	    !(limits.mode == SMTP_STREAMING && server.chunking && server.looks == OWN_WORDS))
		server.slip = DROPPED;
}

static void session(size_t number)
{
	int steps = 0;

	state = 88172645463325252u + number * 2654435761u;
	for (int i = 0; i < 8 && choices_n == 0; i++)
		pick(2);
	memset(&server, 0, offsetof(struct server, text));
	server.in_n = server.queue_at = server.queue_n = 0;
	server.nature = (enum nature)pick(NATURES);
	server.manner = once_in(2) ? PLAIN : (enum manner)pick(MANNERS);
	server.looks = (enum looks)pick(LOOKS);
	server.pipelining = !once_in(3);
	server.chunking = once_in(2);
	server.limit = 1 + pick(6);
	offered = judged = doubtful = 0;
	cut = false;
	total = pick(MESSAGES + 1);
	limits = (struct smtp_limits){
		.mode = (enum smtp_mode)pick(SMTP_STREAMING + 1), .messages = 1 + pick(8), .bytes = once_in(3) ? 1 + pick(200) : 1 << 20};
	if (once_in(2)) {
		limits.looks = streamed;
		limits.mode = once_in(2) ? SMTP_STREAMING : limits.mode;
		server.pipelining = server.chunking = limits.mode == SMTP_STREAMING;
	}
	choose_slip();
	met[server.nature][server.slip][server.manner][server.looks]++;
	smtp_start(&smtp, "client", "sink", &limits);
	widest = limits.messages;
	smtp.messages_size = (size_t)1 << pick(4); /* so that the rings grow */
	smtp.commands_size = (size_t)2 << pick(4);
	server.synchronous = true;
	answer(220, OF_SESSION);
	while (wrong == NULL && step())
		if (++steps > 1000000)
			fail("no end");
	if (smtp_looks(&smtp).ehlo != 0)
		streamed = smtp_looks(&smtp);
	familiar += smtp.familiar;
	changed += smtp.changed;
	if (wrong == NULL && judged != offered)
		fail("closed without a verdict on each");
	for (size_t i = 0; i < judged; i++)
		taken += (unsigned long)messages[i].accepted;
}

#ifdef FUZZ
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	choices = data;
	choices_n = n;
	session(n);
	if (wrong == NULL)
		return 0;
	fprintf(stderr, "%s\n", wrong);
	abort();
}
#else
int main(int argc, char **argv)
{
	size_t first = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	size_t last = argc > 1 ? strtoul(argv[argc - 1], NULL, 10) : SESSIONS;
	size_t number;

	for (number = first; number < last && wrong == NULL; number++)
		session(number);
	if (!ok(wrong == NULL, "%zu sessions with servers that may do anything", last - first))
		printf("# session %zu: %s (nature %d slip %d manner %d looks %d mode %d)\n", number - 1, wrong, server.nature,
		       server.slip, server.manner, server.looks, limits.mode);
	printf("# %lu messages taken, %lu bounced, %lu in doubt; %lu sessions with a familiar server, %lu of them with one that had changed\n", taken,
	       bounced, doubted, familiar, changed);
	return done_testing();
}
#endif
