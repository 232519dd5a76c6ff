/* net - a TCP connection to one of several addresses. */
#include "lib/net.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/hosts.h"
#include "lib/peer.h"

/* libc's own words for the first are "Try again", which reads like an order. */
static const char *reason(int r)
{
	if (r == EAI_AGAIN)
		return "no name server answers (see /etc/resolv.conf)";
	return r == EAI_SYSTEM ? strerror(errno) : gai_strerror(r);
}

int net_resolve(struct err *e, const char *host, int port, struct net_addresses *a)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	char service[16], name[HOSTS_NAME];
	int r;

	*a = (struct net_addresses){0};
	snprintf(service, sizeof service, "%d", port);
	r = getaddrinfo(hosts_spelling(host, name), service, &hints, &a->first);
	if (r != 0)
		return err_temp(e, "unable to look up %s: %s", host, reason(r));
	a->next = a->first;
	return 0;
}

void net_free(struct net_addresses *a)
{
	if (a->first != NULL)
		freeaddrinfo(a->first);
	*a = (struct net_addresses){0};
}

static void print_address(const struct addrinfo *ai, char name[NET_NAME_MAX])
{
	/* In both families the port stands at the same place. */
	unsigned port = ntohs(((const struct sockaddr_in *)ai->ai_addr)->sin_port);
	char host[PEER_TEXT] = "?";
	struct peer peer;

	if (peer_of(ai->ai_addr, &peer))
		peer_print(&peer, host);
	snprintf(name, NET_NAME_MAX, strchr(host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

void net_again(struct net_addresses *a)
{
	a->next = a->last;
}

/* A group of commands is a single write: Nagle's algorithm and delayed ACKs would cost 40 ms. */
static void no_delay(int fd)
{
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
}

static int finish(int fd, int milliseconds, int stop)
{
	struct pollfd p[2] = {{.fd = fd, .events = POLLOUT}, {.fd = stop, .events = POLLIN}};
	socklen_t n = sizeof(int);
	int r;

	do
		r = poll(p, 2, milliseconds);
	while (r < 0 && errno == EINTR);
	if (r == 0)
		errno = ETIMEDOUT;
	if (r > 0 && p[0].revents == 0)
		errno = ECANCELED;
	if (r <= 0 || p[0].revents == 0)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &r, &n) < 0)
		return -1;
	errno = r;
	return r == 0 ? 0 : -1;
}

int net_connect(struct err *e, struct net_addresses *a, int milliseconds, int stop, char name[NET_NAME_MAX])
{
	struct addrinfo *ai = a->next;
	int fd;

	if (ai == NULL)
		return -2;
	a->last = ai;
	a->next = ai->ai_next;
	print_address(ai, name);
	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_temp(e, "unable to connect to %s: %s", name, strerror(errno));
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0 || (errno == EINPROGRESS && finish(fd, milliseconds, stop) == 0)) {
		no_delay(fd);
		return fd;
	}
	err_temp(e, "unable to connect to %s: %s", name, strerror(errno));
	close(fd);
	return -1;
}

ssize_t net_read(int fd, void *p, size_t n)
{
	ssize_t r;

	do
		r = read(fd, p, n);
	while (r < 0 && errno == EINTR);
	return r;
}

void net_acknowledge(int fd)
{
	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
}

ssize_t net_write(int fd, const void *p, size_t n)
{
	ssize_t r;

	do
		r = send(fd, p, n, MSG_NOSIGNAL);
	while (r < 0 && errno == EINTR);
	if (r < 0 && errno == ENOTSOCK)
		r = write(fd, p, n);
	return r;
}

/* Bytes that were written and not read yet; 0 where that cannot be known. */
static int unread(int fd)
{
	int n = 0;

	if (ioctl(fd, TIOCOUTQ, &n) < 0 && ioctl(fd, FIONREAD, &n) < 0)
		n = 0;
	return n;
}

static void pause_for(int64_t microseconds)
{
	const struct timespec t = {microseconds / 1000000, microseconds % 1000000 * 1000};

	nanosleep(&t, NULL);
}

static int64_t microseconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

bool net_settle(int fd, int milliseconds)
{
	const int64_t begin = microseconds_now(), least = 100, most = 20000;
	int64_t took = 0;

	while (unread(fd) > 0) {
		if (took >= (int64_t)milliseconds * 1000)
			return false;
		pause_for(least);
		took = microseconds_now() - begin;
	}
	/* Its record is not made when it has read: who was slow to read is slow to write. */
	pause_for(took * 2 < least ? least : took * 2 < most ? took * 2 : most);
	return true;
}
