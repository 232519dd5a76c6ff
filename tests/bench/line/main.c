/*
 * line - a telephone line for tests and measurements, in user space: a proxy with delay and bandwidth.
 *
 *	line [OPTION]... ADDRESS:PORT	prints its own port (on 127.0.0.1) as the first line of stdout
 *
 *	--rtt MS         a round trip; a connect takes one, and the greeting behind it another
 *	--rate BITS/S    of each direction, shared by all connections, 1448 bytes at a time
 *	--buffer BYTES   a connection's bytes in one direction that may wait; the sender is held up then
 *	--cut BYTES      after so many from the clients all connections are reset, once
 *	--timeout SECONDS
 *
 * At its end (TERM) it prints "connections N up BYTES down BYTES seconds S load-up PERCENT": load is the part of the time
 * between the first and the last byte in which the line, as limited by --rate, was sending. up is from the clients.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "line.h"

enum { CONNECTIONS = 500 };

static struct way up = {.room = SIZE_MAX}, down = {.room = SIZE_MAX};
static struct sockaddr_in target = {.sin_family = AF_INET};
static int64_t cut;
static int accepted;

/* A client's connection has no server's until its handshake would be over. */
static struct connection {
	int64_t begins;
	int client, server; /* -1: not yet */
	struct flow up, down;
} connections[CONNECTIONS];

static int connections_n;
static volatile sig_atomic_t stopped;

static void on_stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static int64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void no_delay(int fd)
{
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

static void take_connection(int listener, int64_t now)
{
	struct connection *c = &connections[connections_n];
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	no_delay(fd);
	connections_n++;
	accepted++;
	*c = (struct connection){.begins = now + 3 * up.delay, .client = fd, .server = -1};
}

static bool begin(struct connection *c)
{
	c->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->server < 0 || connect(c->server, (void *)&target, sizeof target) < 0)
		return false;
	no_delay(c->server);
	flow_begin(&c->up, &up, c->client, c->server);
	flow_begin(&c->down, &down, c->server, c->client);
	return true;
}

/* Without a good-bye where it is broken, so that the other side sees that too. */
static void end(struct connection *c, bool reset)
{
	const struct linger hard = {.l_onoff = reset};

	if (c->server >= 0) {
		setsockopt(c->server, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
		close(c->server);
	}
	setsockopt(c->client, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(c->client);
	flow_drop(&c->up);
	flow_drop(&c->down);
	*c = connections[--connections_n];
	/* the tails of empty lists point into the struct that moved */
	if (c->up.head == NULL)
		c->up.tail = &c->up.head;
	if (c->down.head == NULL)
		c->down.tail = &c->down.head;
}

static bool pump(struct flow *f, short revents, int64_t now)
{
	if (flow_wants(f) && (revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !flow_read(f, now))
		return false;
	return flow_write(f, now);
}

static bool serve(struct connection *c, const struct pollfd *p, int64_t now)
{
	if (c->server < 0)
		return now < c->begins || begin(c);
	return pump(&c->up, p[0].revents, now) && pump(&c->down, p[1].revents, now);
}

static void serve_all(const struct pollfd *p, int64_t now)
{
	/* from the end, since the last one takes the place of one that ends */
	for (int i = connections_n - 1; i >= 0; i--) {
		struct connection *c = &connections[i];

		if (!serve(c, p + 2 * i, now))
			end(c, true);
		else if (c->up.finished && c->down.finished)
			end(c, false);
	}
	if (cut == 0 || up.bytes < cut)
		return;
	cut = 0;
	while (connections_n > 0)
		end(&connections[0], true);
}

static short events(const struct flow *in, const struct flow *out)
{
	return (short)((flow_wants(in) ? POLLIN : 0) | (out->blocked ? POLLOUT : 0));
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Whom to poll, and until when. */
static int64_t prepare(struct pollfd *p)
{
	int64_t due = INT64_MAX;

	for (int i = 0; i < connections_n; i++, p += 2) {
		const struct connection *c = &connections[i];

		p[0] = p[1] = (struct pollfd){.fd = -1};
		if (c->server < 0) {
			due = least(due, c->begins);
			continue;
		}
		p[0] = (struct pollfd){.fd = c->client, .events = events(&c->up, &c->down)};
		p[1] = (struct pollfd){.fd = c->server, .events = events(&c->down, &c->up)};
		for (int k = 0; k < 2; k++)
			if (p[k].events == 0)
				p[k].fd = -1; /* a HUP that is known would be said again and again */
		due = least(due, least(flow_due(&c->up), flow_due(&c->down)));
	}
	return due;
}

static void wait_for(struct pollfd *p, nfds_t n, int64_t due)
{
	int64_t left = due - clock_now();
	struct timespec t;

	left = left > 0 ? left : 0;
	t = (struct timespec){left / 1000000000, left % 1000000000};
	if (ppoll(p, n, due == INT64_MAX ? NULL : &t, &(sigset_t){0}) < 0)
		for (nfds_t i = 0; i < n; i++)
			p[i].revents = 0;
}

static void run(int listener)
{
	static struct pollfd p[2 * CONNECTIONS + 1];

	while (!stopped) {
		int n = connections_n;
		int64_t due = prepare(p + 1), now;

		p[0] = (struct pollfd){.fd = n < CONNECTIONS ? listener : -1, .events = POLLIN};
		wait_for(p, 2 * (nfds_t)n + 1, due);
		now = clock_now();
		serve_all(p + 1, now);
		if ((p[0].revents & POLLIN) != 0)
			take_connection(listener, now);
	}
}

static int listen_here(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (void *)&a, n) < 0 || listen(fd, 512) < 0 || getsockname(fd, (void *)&a, &n) < 0)
		err(1, "127.0.0.1");
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

static void report(void)
{
	double seconds = (double)(up.free - up.first) / 1e9;
	double sending = up.bits > 0 ? (double)up.bytes * 8 / (double)up.bits : 0;

	printf("connections %d up %lld down %lld seconds %.3f load-up %.1f\n", accepted, (long long)up.bytes,
	       (long long)down.bytes, seconds, seconds > 0 ? 100 * sending / seconds : 0);
}

static void take_option(int c)
{
	switch (c) {
	case 'd': up.delay = down.delay = (int64_t)(atof(optarg) * 500000); break;
	case 'r': up.bits = down.bits = (int64_t)atof(optarg); break;
	case 'b': up.room = down.room = strtoul(optarg, NULL, 10); break;
	case 'c': cut = atoll(optarg); break;
	case 't': alarm((unsigned)atoi(optarg)); break;
	default: exit(2);
	}
}

static void take_options(int argc, char **argv)
{
	static const struct option options[] = {
		{"rtt", required_argument, NULL, 'd'},    {"rate", required_argument, NULL, 'r'},
		{"buffer", required_argument, NULL, 'b'}, {"cut", required_argument, NULL, 'c'},
		{"timeout", required_argument, NULL, 't'}, {0},
	};
	char *colon;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		take_option(c);
	colon = optind < argc ? strchr(argv[optind], ':') : NULL;
	if (colon == NULL)
		errx(2, "ADDRESS:PORT is expected");
	*colon = '\0';
	target.sin_port = htons((uint16_t)atoi(colon + 1));
	if (inet_pton(AF_INET, argv[optind], &target.sin_addr) != 1)
		errx(2, "%s: no address", argv[optind]);
}

int main(int argc, char **argv)
{
	sigset_t both;

	closefrom(3); /* bats waits for whoever holds its fd 3 */
	alarm(600);
	take_options(argc, argv);
	/* They come in ppoll alone. */
	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGALRM);
	sigprocmask(SIG_BLOCK, &both, NULL);
	sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_stop}, NULL);
	sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_stop}, NULL);
	run(listen_here());
	report();
	return 0;
}
