/* maildirsmtp - a Maildir through SMTP, with the command line and the messages of serialmail's maildirsmtp(1). */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "dialup/relayhost.h"
#include "lib/net.h"
#include "lib/packed.h"
#include "serial/serial.h"
#include "serial/smtp_client.h"

static const char synopsis[] = "maildirsmtp dir prefix host helohost";

enum {
	LIFETIME = 1209600,    /* seconds: two weeks */
	CONNECT_PATIENCE = 60000, /* milliseconds for each address */
};

struct route {
	struct name_host host;
	const char *prefix, *helo;
};

/* "192.0.2.1:25", "[2001:db8::1]:25": the address alone. */
static char *strip_port(char *name)
{
	size_t bracket = name[0] == '[';

	name[bracket ? strcspn(name, "]") : strcspn(name, ":")] = '\0';
	return name + bracket;
}

/* Connect to the first address that accepts; -1 with the error of the last one. */
static int connect_to(struct ctx *ctx, const struct name_host *host, char name[NET_NAME_MAX])
{
	struct net_addresses a;
	int fd;

	if (net_resolve(&ctx->err, host->host, host->port, &a) < 0)
		return -1;
	do
		fd = net_connect(&ctx->err, &a, CONNECT_PATIENCE, -1, name);
	while (fd == -1);
	net_free(&a);
	return fd < 0 ? -1 : fd;
}

/* Does what maildirserial runs tcpclient and serialsmtp for. */
static int client(struct ctx *ctx, void *arg)
{
	const struct route *r = arg;
	struct serialsmtp o = {.names = 0, .verdicts = 1, .prefix = r->prefix, .helo = r->helo};
	char name[NET_NAME_MAX];

	ctx->applet = "maildirsmtp";
	o.from_server = o.to_server = connect_to(ctx, &r->host, name);
	if (o.to_server < 0)
		return -1;
	ctx->applet = "serialsmtp";
	o.remote = strip_port(name);
	return serialsmtp_run(ctx, &o);
}

static int maildirsmtp_main(struct ctx *ctx, int argc, char **argv)
{
	struct serial s = {.ctx = ctx, .bounce = true, .lifetime = LIFETIME, .client = client};
	struct route r = {.host.port = 0};
	char silence[400];

	if (argc < 5) {
		ctx_info(ctx, "usage: %s", synopsis);
		return EXIT_PERM;
	}
	if (name_split_relay(argv[3], &r.host) < 0)
		return name_relay(&ctx->err, argv[3]);
	if (r.host.port == 0)
		r.host.port = RELAYHOST_PORT;
	r.prefix = argv[2];
	r.helo = argv[4];
	snprintf(silence, sizeof silence, "%.300s could not be reached, or gave no answer", argv[3]);
	ctx->applet = "maildirserial"; /* its messages, as scripts that read the log expect */
	s.dir = argv[1];
	s.prefix = argv[2];
	s.arg = &r;
	s.silence = silence;
	return serial_run(&s);
}

static const char help[] PACKED =
	"Sends every message in the Maildir dir whose recipient begins with prefix,\n"
	"oldest first, to the mail server host, which is HOST, HOST:PORT or [IPV6]:PORT\n"
	"(default port 25), announcing itself as helohost. Prefix is removed from the\n"
	"recipients. A message that host accepts is removed. One that it rejects\n"
	"permanently, or that is older than two weeks, is returned to its sender and\n"
	"removed, even if host could not be reached.\n"
	"\n"
	"This is maildirserial -b -t 1209600 with the client serialsmtp, in one program\n"
	"without tcpclient; its messages carry their names. Run it as the user who owns\n"
	"the mail, not as root.\n"
	"\n"
	"Exit codes: 0 no mail is left; 100 misuse; 111 mail is left.\n"
	"\n"
	"Environment: QVMAIL_ROOT: where var/qmail is, for bounces; dir is not below it.\n"
	"\n"
	"Files:\n"
	"  dir/new, dir/cur, dir/tmp\n"
	"  /var/qmail/control/me, bouncehost, doublebounceto, doublebouncehost\n"
	"  /var/qmail/bin/qmail-queue\n"
	"\n"
	"Example:\n"
	"  $ setlock -nx RELAYHOST \\\n"
	"      maildirsmtp ./Maildir some.example.com- 192.0.2.1 gw.example.net\n";

const struct applet maildirsmtp_applet = {
	.name = "maildirsmtp",
	.dir = "var/qmail/bin",
	.synopsis = synopsis,
	.summary = "send a Maildir through SMTP",
	.help = help,
	.main = maildirsmtp_main,
};
