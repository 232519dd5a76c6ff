/* serialsmtp - files across SMTP, with the command line and the messages of serialmail's serialsmtp(1). */
#include <stdlib.h>

#include "applet.h"
#include "serial/smtp_client.h"

static const char synopsis[] = "serialsmtp prefix helohost";

/* UCSPI's descriptors of a client. */
enum { FROM_SERVER = 6, TO_SERVER = 7 };

static int serialsmtp_main(struct ctx *ctx, int argc, char **argv)
{
	struct serialsmtp o = {.from_server = FROM_SERVER, .to_server = TO_SERVER, .names = 0, .verdicts = 1};

	if (argc < 3) {
		ctx_info(ctx, "usage: %s", synopsis);
		return EXIT_PERM;
	}
	o.prefix = argv[1];
	o.helo = argv[2];
	o.remote = getenv("TCPREMOTEIP");
	return serialsmtp_run(ctx, &o);
}

const struct applet serialsmtp_applet = {
	.name = "serialsmtp",
	.dir = "var/qmail/bin",
	.synopsis = synopsis,
	.summary = "send files across an SMTP connection",
	.help =
		"Reads file names from its standard input, a NUL behind each, and sends those files to the\n"
		"SMTP server that a UCSPI client has connected it to: descriptor 6 reads from the server, 7\n"
		"writes to it. It calls itself helohost. Each file begins with the lines Return-Path: <SENDER>\n"
		"and Delivered-To: RECIPIENT, which are not sent; prefix is taken off the recipient.\n"
		"\n"
		"For every file it prints the name, a NUL, K (taken), Z (not now) or D (never), and a line of\n"
		"text, as maildirserial wants it. A file that cannot be read or begins otherwise is a Z; a\n"
		"last line that has no end gets one. It uses PIPELINING where that is offered.\n"
		"\n"
		"A file gets no verdict when the connection broke before it was sent whole. Did it break while\n"
		"the reply to its end was due, the verdict is Z and says that it may arrive twice.\n"
		"\n"
		"Exit codes: 0 every file has its verdict; 100 misuse; 111 the connection is of no more use.\n"
		"\n"
		"Environment: TCPREMOTEIP, the server's address, stands in the verdicts.\n"
		"\n"
		"Files: those whose names it reads, as they are in the directory that it is started in.\n"
		"\n"
		"Example:\n"
		"  $ maildirserial -b ./Maildir some.example.com- \\\n"
		"      tcpclient -RHl0 -- 192.0.2.1 25 serialsmtp some.example.com- gw.example.net\n",
	.main = serialsmtp_main,
};
