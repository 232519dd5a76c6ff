/* smtp_calls - what the caller may do to the engine, and when; the dialogues show what the server may. */
#include "smtp/smtp.h"

#include <stdlib.h>

#include "tap.h"

static struct smtp s;

static void feed(const char *p)
{
	smtp_feed(&s, p, strlen(p));
}

static void send_all(void)
{
	size_t n;

	smtp_out(&s, &n);
	smtp_sent(&s, n);
}

static const char *out(void)
{
	static char text[SMTP_OUT + 1];
	size_t n;
	const char *p = smtp_out(&s, &n);

	snprintf(text, sizeof text, "%.*s", (int)n, p);
	return text;
}

/* A session up to its first SMTP_OFFER. */
static void greet(const char *offers, enum smtp_mode max_mode)
{
	smtp_start(&s, "client", "sink", &(struct smtp_limits){.mode = max_mode});
	feed("220 hi\r\n");
	smtp_next(&s);
	send_all();
	feed(offers);
}

static void offer(size_t id)
{
	smtp_next(&s);
	smtp_mail(&s, id, "a@x.test", "b@y.test", 6);
}

/* A session up to SMTP_BODY of message 7, grouped. */
static void up_to_text(void)
{
	greet("250-sink\r\n250 PIPELINING\r\n", SMTP_GROUPED);
	offer(7);
	smtp_next(&s);
	send_all();
	feed("250 ok\r\n250 ok\r\n354 go\r\n");
}

static void patience(void)
{
	smtp_start(&s, "client", "sink", &(struct smtp_limits){.mode = SMTP_LOCKSTEP});
	is_int(smtp_patience(&s), 300, "five minutes for the greeting (RFC 5321 4.5.3.2.1)");
	greet("250 sink\r\n", SMTP_LOCKSTEP);
	offer(1);
	smtp_next(&s);
	send_all();
	is_int(smtp_patience(&s), 300, "five minutes for MAIL (4.5.3.2.2)");
	feed("250 ok\r\n");
	smtp_next(&s);
	send_all();
	is_int(smtp_patience(&s), 300, "five minutes for RCPT (4.5.3.2.3)");
	feed("250 ok\r\n");
	smtp_next(&s);
	send_all();
	is_int(smtp_patience(&s), 120, "two minutes for DATA (4.5.3.2.4)");
	feed("354 go\r\n");
	is_int(smtp_patience(&s), 180, "three minutes for a piece of text (4.5.3.2.5)");
	is_int(smtp_next(&s), SMTP_BODY, "354: text is wanted");
	smtp_end(&s);
	is_int(smtp_patience(&s), 600, "ten minutes for the end of data (4.5.3.2.6)");
}

static void modes(void)
{
	smtp_start(&s, "client", "sink", &(struct smtp_limits){.mode = SMTP_GROUPED});
	ok(!smtp_is_ready(&s), "not ready before EHLO is answered");
	greet("250 sink\r\n", SMTP_GROUPED);
	ok(smtp_is_ready(&s), "ready behind it");
	is_int(smtp_mode(&s), SMTP_LOCKSTEP, "without PIPELINING: lock-step");
	greet("250-sink\r\n250 PIPELINING\r\n", SMTP_GROUPED);
	is_int(smtp_mode(&s), SMTP_GROUPED, "with it: grouped");
	greet("250-sink\r\n250 PIPELINING\r\n", SMTP_LOCKSTEP);
	is_int(smtp_mode(&s), SMTP_LOCKSTEP, "with it, and a caller that wants lock-step: lock-step");
	smtp_start(&s, "my\r\nname", "sink", &(struct smtp_limits){.mode = SMTP_LOCKSTEP});
	feed("220 hi\r\n");
	smtp_next(&s);
	is_str(out(), "EHLO my??name\r\n", "our name is one line, whatever it is");
}

static void early_replies(void)
{
	size_t n;

	up_to_text();
	smtp_next(&s);
	smtp_body(&s, "Hello\n", 6);
	smtp_end(&s);
	smtp_next(&s);
	smtp_quit(&s);
	smtp_next(&s);
	smtp_out(&s, &n);
	smtp_sent(&s, n - 1);
	feed("250 taken\r\n");
	is_int(smtp_next(&s), SMTP_VERDICT, "a reply before the last byte of the end of data was sent: a verdict");
	is_int(smtp_settled(&s)->verdict, SMTP_TEMPORARY, "but none of success");
	is_str(smtp_trouble(&s), "protocol violation: unexpected reply \"250 taken\"", "it is a violation");
	smtp_start(&s, "client", "sink", &(struct smtp_limits){.mode = SMTP_GROUPED});
	feed("220 hi\r\n250 sink\r\n");
	is_int(smtp_next(&s), SMTP_CLOSED, "a reply to an EHLO that was not sent is one");
}

static void duplicates(void)
{
	const struct smtp_message *m;

	up_to_text();
	smtp_next(&s);
	smtp_body(&s, "Hello\n", 6);
	smtp_end(&s);
	is_int(smtp_next(&s), SMTP_OFFER, "the next message is asked for before the end of data is handed out");
	smtp_lost(&s, "connection lost");
	is_int(smtp_next(&s), SMTP_VERDICT, "lost there");
	m = smtp_settled(&s);
	ok(m->lost && !m->maybe_duplicate, "it cannot arrive twice");
	up_to_text();
	smtp_next(&s);
	smtp_body(&s, "Hello\n", 6);
	smtp_next(&s);
	send_all();
	smtp_next(&s);
	smtp_end(&s);
	smtp_next(&s);
	smtp_quit(&s);
	is_int(smtp_next(&s), SMTP_WRITE, "the end of data is handed out");
	smtp_lost(&s, "connection lost");
	smtp_next(&s);
	ok(!smtp_settled(&s)->maybe_duplicate, "lost there, it cannot: its end was not sent in full");
	up_to_text();
	smtp_next(&s);
	smtp_body(&s, "Hello\n", 6);
	smtp_end(&s);
	smtp_next(&s);
	smtp_quit(&s);
	smtp_next(&s);
	send_all();
	smtp_lost(&s, "connection lost");
	smtp_next(&s);
	ok(smtp_settled(&s)->maybe_duplicate, "lost when it was, it may");
	up_to_text();
	smtp_next(&s);
	smtp_body(&s, "Hello\n", 6);
	smtp_next(&s);
	send_all();
	smtp_lost(&s, "connection lost");
	smtp_next(&s);
	m = smtp_settled(&s);
	ok(!m->maybe_duplicate, "lost with all of the text sent, but no end, it cannot");
	is_str(m->why, "connection lost while sending the message", "and it says where");
}

static void quitting(void)
{
	up_to_text();
	smtp_next(&s);
	smtp_quit(&s);
	is_int(smtp_next(&s), SMTP_BODY, "smtp_quit() within a text: the text is still wanted");
	smtp_body(&s, "Hello\n", 6);
	smtp_end(&s);
	is_int(smtp_next(&s), SMTP_WRITE, "no other message is");
	is_str(out(), "Hello\r\n.\r\n", "QUIT is not said before the reply");
	send_all();
	feed("250 taken\r\n");
	smtp_next(&s);
	is_int(smtp_settled(&s)->verdict, SMTP_DELIVERED, "the message is delivered");
	smtp_next(&s);
	is_str(out(), "QUIT\r\n", "and then it is said");
}

static void afterwards(void)
{
	const struct smtp_message *m;
	size_t n;

	greet("250 sink\r\n", SMTP_GROUPED);
	smtp_next(&s);
	smtp_lost(&s, "connection lost");
	is_str(smtp_trouble(&s), "connection lost between two messages", "lost where nothing was due");
	smtp_mail(&s, 3, "a@x.test", "b@y.test", 6);
	is_int(smtp_next(&s), SMTP_VERDICT, "a message offered to a session that is over has its verdict");
	m = smtp_settled(&s);
	ok(m->id == 3 && m->verdict == SMTP_TEMPORARY && m->lost, "temporary, lost");
	smtp_lost(&s, "timed out");
	feed("250 ok\r\n");
	smtp_abort(&s, "unable to read");
	smtp_sent(&s, 1000);
	smtp_out(&s, &n);
	is_int((intmax_t)n, 0, "more than there was cannot be sent");
	is_int((intmax_t)smtp_body(&s, "Hello", 5), 5, "text of nothing is taken, and goes nowhere");
	smtp_end(&s);
	is_int(smtp_next(&s), SMTP_CLOSED, "whatever is said behind the end, it stays closed");
	is_str(smtp_trouble(&s), "connection lost between two messages", "for the first reason");
	smtp_start(&s, "client", "sink", &(struct smtp_limits){.mode = SMTP_GROUPED});
	feed("220 hi\r\n");
	smtp_next(&s);
	send_all();
	feed("garbage\r\n250 sink\r\n");
	ok(!smtp_is_ready(&s), "what the server says behind the end is not heard");
}

/* A streaming session in which the line of BDAT is sent, and the first of its 7 octets. */
static void up_to_octets(void)
{
	greet("250-sink\r\n250-PIPELINING\r\n250 CHUNKING\r\n", SMTP_STREAMING);
	offer(7);
	smtp_next(&s);
	smtp_body(&s, "Hello\n", 6);
	smtp_end(&s);
	smtp_next(&s);
	is_str(out(), "MAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\nBDAT 7 LAST\r\nHello\r\nRSET\r\n", "all of it in one write");
	smtp_sent(&s, strlen(out()) - 12);
}

static void early_octets(void)
{
	const struct smtp_message *m;

	up_to_octets();
	feed("250 ok\r\n250 ok\r\n250 taken\r\n");
	m = smtp_next(&s) == SMTP_VERDICT ? smtp_settled(&s) : NULL;
	ok(m != NULL && m->verdict == SMTP_TEMPORARY && m->lost && !m->maybe_duplicate, "taken before it was there is a violation");
	up_to_octets();
	feed("250 ok\r\n250 ok\r\n452 full\r\n");
	is_int(smtp_next(&s), SMTP_OFFER, "refused before it was there: the session goes on");
	smtp_quit(&s);
	smtp_next(&s);
	is_str(out(), "ello\r\nRSET\r\n", "with the octets that were announced");
	send_all();
	feed("250 flushed\r\n");
	smtp_next(&s);
	send_all();
	feed("221 bye\r\n");
	m = smtp_next(&s) == SMTP_VERDICT ? smtp_settled(&s) : NULL;
	ok(m != NULL && m->verdict == SMTP_TEMPORARY && !m->lost, "it is a refusal");
	up_to_octets();
	smtp_sent(&s, 5); /* of "ello\r\n" */
	smtp_lost(&s, "connection lost");
	m = smtp_next(&s) == SMTP_VERDICT ? smtp_settled(&s) : NULL;
	ok(m != NULL && m->lost && !m->maybe_duplicate, "one octet missing: the server cannot have taken it");
	up_to_octets();
	feed("250 ok\r\n250 ok\r\n503 what\r\n");
	smtp_next(&s);
	send_all();
	feed("250 taken\r\n250 flushed\r\n");
	m = smtp_next(&s) == SMTP_VERDICT ? smtp_settled(&s) : NULL;
	ok(m != NULL && m->lost && m->maybe_duplicate, "refused before it was there by a reply that may have been another's: it may be there");
}

/* A streaming session in which the first chunk of a long text is sent, and the second one begun. */
static void up_to_second_chunk(void)
{
	static const char text[70000];
	size_t taken;

	greet("250-sink\r\n250-PIPELINING\r\n250 CHUNKING\r\n", SMTP_STREAMING);
	offer(7);
	smtp_next(&s);
	taken = smtp_body(&s, text, sizeof text);
	is_int(smtp_next(&s), SMTP_WRITE, "the buffer is full");
	ok(strstr(out(), "BDAT 6") != NULL && strstr(out(), "LAST") == NULL, "what is there goes as a chunk that is not the last");
	send_all();
	is_int(smtp_next(&s), SMTP_BODY, "the rest is wanted");
	smtp_body(&s, text, sizeof text - taken);
}

static void chunks(void)
{
	const struct smtp_message *m;

	up_to_second_chunk();
	smtp_end(&s);
	smtp_next(&s);
	ok(strncmp(out(), "BDAT ", 5) == 0 && strstr(out(), " LAST\r\n") != NULL, "the last chunk says so");
	up_to_second_chunk();
	feed("250 ok\r\n550 no\r\n");
	is_int(smtp_next(&s), SMTP_OFFER, "RCPT is refused meanwhile");
	offer(8);
	smtp_next(&s);
	is_str(out(), "RSET\r\n", "a chunk that was not announced is gone");
	send_all();
	feed("503 no recipient\r\n250 flushed\r\n");
	m = smtp_next(&s) == SMTP_VERDICT ? smtp_settled(&s) : NULL;
	ok(m != NULL && m->id == 7 && m->verdict == SMTP_PERMANENT, "RSET makes it final, and the one that was is answered to nobody");
	is_int(smtp_next(&s), SMTP_BODY, "the text of the next message is wanted");
	smtp_end(&s);
	smtp_next(&s);
	send_all();
	feed("250 ok\r\n250 ok\r\n250 taken\r\n250 flushed\r\n");
	m = smtp_next(&s) == SMTP_VERDICT ? smtp_settled(&s) : NULL;
	ok(m != NULL && m->id == 8 && m->verdict == SMTP_DELIVERED, "and goes as if nothing had been");
}

/* A session up to the reply to the end of data, with the next group said behind it. */
static void up_to_group(void)
{
	up_to_text();
	smtp_next(&s);
	smtp_body(&s, "Hello\n", 6);
	smtp_end(&s);
	offer(8);
	smtp_next(&s);
	send_all();
	feed("250 taken\r\n");
}

static void silence(void)
{
	up_to_group();
	is_int(smtp_patience(&s), 10, "a server that may have thrown away what came with the end of data is asked soon");
	smtp_silent(&s, "nothing happened");
	smtp_next(&s);
	is_str(out(), "QUIT\r\n", "by QUIT");
	send_all();
	feed("221 bye\r\n");
	is_int(smtp_next(&s), SMTP_VERDICT, "221 shows that nothing else will come");
	is_int(smtp_settled(&s)->verdict, SMTP_DELIVERED, "so what was answered is final");
	smtp_next(&s);
	ok(!smtp_settled(&s)->maybe_duplicate, "the next message was never said");
	is_int(smtp_ending(&s), SMTP_ODD, "and the way of talking is to blame");
	up_to_group();
	smtp_silent(&s, "nothing happened");
	smtp_next(&s);
	send_all();
	feed("250 ok\r\n250 ok\r\n354 go\r\n");
	is_int(smtp_next(&s), SMTP_VERDICT, "it was only slow: 354");
	is_int(smtp_settled(&s)->verdict, SMTP_DELIVERED, "is as good");
	smtp_next(&s);
	ok(!smtp_settled(&s)->maybe_duplicate, "a text that begins with QUIT is never completed");
	is_int(smtp_next(&s), SMTP_CLOSED, "that is the end of it");
}

static void leaving(void)
{
	up_to_group();
	smtp_leave(&s, "the time was up");
	smtp_next(&s);
	ok(smtp_settled(&s)->maybe_duplicate, "left behind one reply: it may have been one too many");
	up_to_group();
	feed("250 ok\r\n");
	smtp_leave(&s, "the time was up");
	smtp_next(&s);
	is_int(smtp_settled(&s)->verdict, SMTP_DELIVERED, "behind two that say the same: one of them is its own");
	up_to_group();
	smtp_lost(&s, "connection lost");
	smtp_next(&s);
	is_int(smtp_settled(&s)->verdict, SMTP_DELIVERED, "lost behind one reply: that was its own");
}

static void resting(void)
{
	up_to_text();
	smtp_next(&s);
	smtp_body(&s, "Hello\n", 6);
	smtp_end(&s);
	smtp_next(&s);
	send_all();
	feed("250 taken\r\n");
	is_int(smtp_next(&s), SMTP_OFFER, "a message is wanted");
	smtp_rest(&s);
	smtp_next(&s);
	is_str(out(), "EHLO client\r\n", "there is none: EHLO makes final what is there");
	send_all();
	feed("250-sink\r\n250 PIPELINING\r\n");
	is_int(smtp_next(&s), SMTP_VERDICT, "with the reply that is known");
	is_int(smtp_settled(&s)->verdict, SMTP_DELIVERED, "delivered");
	is_int(smtp_next(&s), SMTP_OFFER, "and the session goes on");
	smtp_rest(&s);
	is_int(smtp_next(&s), SMTP_OFFER, "nothing is open: nothing is said");
}

static void limits(void)
{
	greet("250-sink\r\n250 LIMITS RCPTMAX=5 MAILMAX=1\r\n", SMTP_LOCKSTEP);
	offer(1);
	smtp_next(&s);
	send_all();
	feed("550 no\r\n");
	smtp_next(&s);
	is_str(out(), "QUIT\r\n", "LIMITS MAILMAX (RFC 9422): QUIT before it");
	ok(smtp_has_enough(&s), "and more in another session");
}

/* What a server gets of a message of this text: *broken of its chunks end within a line. Returns the octets; sum is of them. */
static size_t chunks_of(const char *text, size_t n, bool lines, size_t *broken, unsigned *sum)
{
	static char wire[1 << 20];
	size_t put = 0, at = 0, len, octets = 0, chunk;
	const char *p;

	smtp_start(&s, "client", "sink", &(struct smtp_limits){.mode = SMTP_STREAMING, .lines = lines});
	feed("220 hi\r\n");
	smtp_next(&s);
	send_all();
	feed("250-sink\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
	smtp_next(&s);
	smtp_mail(&s, 1, "a@x.test", "b@y.test", n);
	for (bool ended = false; !ended;) {
		switch (smtp_next(&s)) {
		case SMTP_BODY:
			if (at < n)
				at += smtp_body(&s, text + at, n - at < 1000 ? n - at : 1000);
			else
				smtp_end(&s);
			continue;
		case SMTP_WRITE:
			p = smtp_out(&s, &len);
			len = len > 5000 ? 5000 : len;
			memcpy(wire + put, p, len);
			put += len;
			smtp_sent(&s, len);
			continue;
		case SMTP_OFFER:
			smtp_quit(&s);
			continue;
		default:
			ended = true;
		}
	}
	*broken = *sum = 0;
	wire[put] = '\0';
	for (at = 0; (p = strstr(wire + at, "BDAT ")) == wire + at || at == 0;) {
		if (at == 0 && p != wire) { /* MAIL and RCPT */
			at = (size_t)(p - wire);
			continue;
		}
		chunk = strtoul(p + 5, NULL, 10);
		p = strchr(p, '\n') + 1;
		for (size_t i = 0; i < chunk; i++)
			*sum = *sum * 31 + (unsigned char)p[i];
		*broken += chunk > 0 && p[chunk - 1] != '\n';
		octets += chunk;
		at = (size_t)(p - wire) + chunk;
	}
	return octets;
}

static void whole_lines(void)
{
	static char text[300000];
	size_t broken, all, cut;
	unsigned sum, same;

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = i % 71 == 70 ? '\n' : 'a' + (char)(i % 23);
	all = chunks_of(text, sizeof text, false, &broken, &sum);
	ok(broken > 0, "chunks end where there is no more room");
	cut = chunks_of(text, sizeof text, true, &broken, &same);
	is_int((int)broken, 0, "where lines are to be whole, each ends with one");
	ok(cut == all && sum == same, "and the text is the same");
	memset(text + 1000, 'x', 200000);
	all = chunks_of(text, sizeof text, false, &broken, &sum);
	cut = chunks_of(text, sizeof text, true, &broken, &same);
	ok(cut == all && sum == same, "a line that is longer than the room for it arrives too");
}

enum { MANY = 3000 };

/* Offers whole messages until the engine waits; the next one's number. */
static size_t fill(size_t id)
{
	for (;;)
		switch (smtp_next(&s)) {
		case SMTP_OFFER:
			smtp_mail(&s, id++, "a@x.test", "b@y.test", 6);
			break;
		case SMTP_BODY:
			smtp_end(&s);
			break;
		case SMTP_WRITE:
			send_all();
			break;
		default:
			return id;
		}
}

/* The server accepts n; true: their verdicts came in order, from first on. */
static bool accept(size_t n, size_t first)
{
	bool in_order = true;

	for (size_t i = first; i < first + n; i++) {
		feed("250 ok\r\n250 ok\r\n250 taken\r\n250 flushed\r\n");
		in_order &= smtp_next(&s) == SMTP_VERDICT && smtp_settled(&s)->id == i;
	}
	return in_order;
}

/* Messages in doubt when the connection is lost now. */
static size_t in_doubt(void)
{
	size_t n = 0;

	smtp_lost(&s, "connection lost");
	while (smtp_next(&s) == SMTP_VERDICT)
		n += smtp_settled(&s)->maybe_duplicate;
	return n;
}

static void window(void)
{
	size_t next;

	greet("250-sink\r\n250-PIPELINING\r\n250 CHUNKING\r\n", SMTP_STREAMING);
	smtp_set_window(&s, SMTP_WINDOW, 1 << 20);
	next = fill(0);
	is_int((intmax_t)smtp_held(&s), 0, "before one was accepted it is not the window that keeps the next one back");
	ok(accept(1, 0), "the first one is");
	next = fill(next);
	is_int((intmax_t)smtp_held(&s), SMTP_WINDOW, "all that the window holds are under way, and it keeps back the next one");
	ok(accept(100, 1), "100 are accepted");
	smtp_set_window(&s, MANY, 1 << 20);
	is_int((intmax_t)smtp_held(&s), 0, "a wider one keeps nothing back");
	next = fill(next);
	is_int((intmax_t)smtp_held(&s), MANY, "until it is full");
	ok(accept(MANY - 70, 101), "all verdicts come in order");
	smtp_set_window(&s, 60, 1 << 20);
	next = fill(next);
	is_int((intmax_t)smtp_held(&s), 70, "a narrower one begins no other");
	ok(accept(40, MANY + 31), "before it has room");
	fill(next);
	is_int((intmax_t)in_doubt(), 60, "and no more than it holds are in doubt when the connection breaks");
	greet("250-sink\r\n250-PIPELINING\r\n250 CHUNKING\r\n", SMTP_STREAMING);
	smtp_set_window(&s, SMTP_MESSAGES, 600);
	next = fill(0);
	accept(1, 0);
	fill(next);
	is_int((intmax_t)smtp_held(&s), 100, "it has bytes, too");
	smtp_set_window(&s, SIZE_MAX, 1 << 20);
	fill(102);
	is_int((intmax_t)in_doubt(), SMTP_MESSAGES, "there is one that nobody may exceed");
}

int main(void)
{
	window();
	silence();
	leaving();
	resting();
	limits();
	early_octets();
	chunks();
	patience();
	modes();
	early_replies();
	duplicates();
	quitting();
	afterwards();
	whole_lines();
	return done_testing();
}
