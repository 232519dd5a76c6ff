/* session - what a good server answers, as far as the rules let it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "fakesmtpd.h"

static bool in_mail, in_rcpt;
static bool in_chunks, spoilt;       /* a text came in part by BDAT; a part of it was refused */
static bool behind_bdat;             /* input was there before the reply to a BDAT, which was the last command */
static size_t chunks_size;
static char envelope[10 * LINE];

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
	if (opt.chunking)
		k += (size_t)snprintf(text + k, sizeof text - k, "\n250-CHUNKING");
	if (opt.size > 0)
		k += (size_t)snprintf(text + k, sizeof text - k, "\n250-SIZE %ld", opt.size);
	for (int i = 0; i < opt.offers_n; i++)
		k += (size_t)snprintf(text + k, sizeof text - k, "\n250-%s", opt.offers[i]);
	strrchr(text, '-')[0] = ' ';
	reply(EHLO, text);
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
	snprintf(envelope, sizeof envelope, "%s\n", line);
	in_mail = reply(MAIL, "250 2.1.0 sender ok") == '2';
}

static void hear_rcpt(const char *line)
{
	size_t k = strlen(envelope);

	if (reply(RCPT, in_mail ? "250 2.1.5 recipient ok" : "503 5.5.1 MAIL first") != '2' || !in_mail)
		return;
	in_rcpt = true;
	snprintf(envelope + k, sizeof envelope - k, "%s\n", line);
}

static void end_transaction(void)
{
	keep_drop();
	in_mail = in_rcpt = in_chunks = spoilt = false;
	chunks_size = 0;
}

static void accept_message(void)
{
	char usual[80];

	snprintf(usual, sizeof usual, "250 2.0.0 message %04d taken", keep_commit(envelope));
	reply(ACCEPTED, usual);
}

/* What is said at the end decides, if anything is; else the message is taken, which a rule for "accepted" may hide. */
static void end_text(enum step step, const char *refusal)
{
	char said = reply(step, refusal);

	if (said == '\0' && step == LAST)
		said = reply(END, NULL);
	if (said == '\0')
		accept_message();
	else if (said == '2')
		keep_commit(envelope);
}

static bool is_too_big(size_t size)
{
	return opt.size > 0 && size > (size_t)opt.size;
}

static const char *text_refusal(size_t size)
{
	if (is_too_big(size))
		return "552 5.3.4 message too big";
	return in_rcpt ? NULL : "554 5.5.1 no valid recipients";
}

static void hear_data(const char *line)
{
	size_t size;

	(void)line;
	if (reply(DATA, in_rcpt && !in_chunks ? "354 go ahead" : "503 5.5.1 RCPT first") != '3')
		return;
	take_text(&size);
	note("<", "(a text of %zu bytes)", size);
	end_text(END, text_refusal(size));
	end_transaction();
}

/* NULL: it is welcome. */
static const char *chunk_refusal(void)
{
	if (!opt.chunking)
		return "500 5.5.1 CHUNKING was not offered";
	if (spoilt)
		return "503 5.5.1 a chunk before this one was refused";
	if (!in_rcpt)
		return "503 5.5.1 MAIL and RCPT first";
	return is_too_big(chunks_size) ? "552 5.3.4 message too big" : NULL;
}

static const char *chunk_reply(void)
{
	const char *refusal = chunk_refusal();

	return refusal != NULL ? refusal : "250 2.0.0 octets taken";
}

static void hear_bdat(const char *line)
{
	char *end;
	size_t n = strtoul(line + 5, &end, 10);
	bool last = strcasecmp(end, " LAST") == 0;

	if (!opt.chunking)
		violation("BDAT where CHUNKING is not offered");
	if (end == line + 5 || (!last && *end != '\0'))
		violation("a BDAT that is none");
	if (!in_chunks)
		text_begins();
	in_chunks = true;
	take_chunk(n);
	chunks_size += n;
	note("<", "(a chunk of %zu bytes)", n);
	behind_bdat = more_input();
	if (!last) {
		spoilt = reply(BDAT, chunk_reply()) != '2' || spoilt;
		return;
	}
	text_ends();
	end_text(LAST, chunk_refusal());
	end_transaction();
}

static void hear_rset(const char *line)
{
	(void)line;
	end_transaction();
	reply(RSET, "250 2.0.0 flushed");
}

static void hear_quit(const char *line)
{
	(void)line;
	if (behind_bdat)
		violation("QUIT behind an unanswered BDAT");
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
		{"DATA", hear_data},  {"BDAT ", hear_bdat}, {"RSET", hear_rset},        {"QUIT", hear_quit},
	};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strncasecmp(line, commands[i].verb, strlen(commands[i].verb)) == 0) {
			commands[i].hear(line);
			behind_bdat = behind_bdat && commands[i].hear == hear_bdat;
			return;
		}
	violation("an unknown command");
	say("500 5.5.1 what?");
}

void serve(int fd)
{
	char line[LINE];

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	alarm((unsigned)opt.timeout);
	wire_open(fd);
	note("-", "begins");
	reply(GREETING, "220 fake.test ESMTP");
	for (;;) {
		get_line(line, sizeof line);
		hear(line);
	}
}
