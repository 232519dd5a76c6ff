/* net - a TCP connection to one of several addresses. */
#ifndef LIB_NET_H
#define LIB_NET_H

#include <netdb.h>
#include <stdbool.h>
#include <sys/types.h>

#include "lib/err.h"

enum { NET_NAME_MAX = 64 /* an address and its port, printed */ };

/* The addresses of a name (IPv4 and IPv6), in the order to try; a literal address needs no name server. */
struct net_addresses {
	struct addrinfo *first, *next, *last; /* private */
};

/* 0, or -1 with a temporary error. */
int net_resolve(struct err *e, const char *host, int port, struct net_addresses *a);
void net_free(struct net_addresses *a);

/*
 * Connect to the next address, waiting at most this many milliseconds, or until the descriptor stop is readable (-1:
 * none). Returns the socket (non-blocking, TCP_NODELAY, close-on-exec) with its printed address in name; -1 with the
 * reason in e; -2 if no address is left.
 */
int net_connect(struct err *e, struct net_addresses *a, int milliseconds, int stop, char name[NET_NAME_MAX]);

/* Make the next net_connect() use the same address again. */
void net_again(struct net_addresses *a);

/* read(2) and send(2), on a pipe too, with EINTR handled; -1 with EAGAIN: try later. */
ssize_t net_read(int fd, void *p, size_t n);
ssize_t net_write(int fd, const void *p, size_t n);

/* What was read is acknowledged now, for nothing is written that would do it: who waits for that before he goes on would lose 40 ms. */
void net_acknowledge(int fd);

/*
 * Wait until the other side of this socket or pipe has read what was written, at most these milliseconds, and then for as long as it may
 * take to pass that on. False: it has not read it all.
 */
bool net_settle(int fd, int milliseconds);

#endif
