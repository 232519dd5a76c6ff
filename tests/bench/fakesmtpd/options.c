/* options - the command line; main.c says what it means. */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>

#include "fakesmtpd.h"

struct options opt = {.addr = "127.0.0.1", .timeout = 60, .prefix = "client.test"};

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
	{"chunking", no_argument, NULL, 'K'},
	{"sum", no_argument, NULL, 'U'},
	{"dialogue", required_argument, NULL, 'G'},
	{"leave", required_argument, NULL, 'L'},
	{"prefix", required_argument, NULL, 'X'},
	{0},
};

static void add_offer(const char *word)
{
	if (opt.offers_n == OFFERS)
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
	case 'K': opt.chunking = true; break;
	case 'U': opt.sum = true; break;
	case 'G': opt.dialogue = optarg; break;
	case 'L': opt.leave = optarg; break;
	case 'X': opt.prefix = optarg; break;
	default: exit(2);
	}
}

void take_options(int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		take_option(c);
}
