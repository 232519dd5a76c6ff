/* serialsmtp - files across SMTP, with the command line and the messages of serialmail's serialsmtp(1). */
#include <stdlib.h>

#include "applet.h"
#include "lib/packed.h"
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

static const char help[] PACKED =
	"Reads file names from standard input, each followed by a NUL, and sends those\n"
	"files to the SMTP server that a UCSPI client has connected: descriptor 6 reads\n"
	"from the server, 7 writes to it. It announces itself as helohost. Each file\n"
	"begins with the lines Return-Path: <SENDER> and Delivered-To: RECIPIENT, which\n"
	"are not sent; prefix is removed from the recipient.\n"
	"\n"
	"For every file it prints the name, a NUL, K (accepted), Z (temporary failure)\n"
	"or D (permanent failure), and a line of text, as maildirserial expects. A file\n"
	"that cannot be read or begins otherwise is a Z; a last line without a newline\n"
	"gets one. PIPELINING is used if offered.\n"
	"\n"
	"If the connection breaks before a file was sent completely, it gets no answer.\n"
	"If it breaks before the reply to a completely sent file, the answer is Z with\n"
	"the text that it may arrive twice.\n"
	"\n"
	"Exit codes: 0 every file was answered; 100 misuse; 111 the connection broke.\n"
	"\n"
	"Environment: TCPREMOTEIP: the server's address, printed in the answers.\n"
	"\n"
	"Files: those named on standard input, relative to the current directory.\n"
	"\n"
	"Example:\n"
	"  $ maildirserial -b ./Maildir some.example.com- \\\n"
	"      tcpclient -RHl0 -- 192.0.2.1 25 \\\n"
	"      serialsmtp some.example.com- gw.example.net\n";

const struct applet serialsmtp_applet = {
	.name = "serialsmtp",
	.dir = "var/qmail/bin",
	.synopsis = synopsis,
	.summary = "send files across an SMTP connection",
	.help = help,
	.main = serialsmtp_main,
};
