/* net - a TCP connection to one of several hosts, and its bytes. */
#ifndef LIB_NET_H
#define LIB_NET_H

#include <netdb.h>
#include <sys/types.h>

#include "lib/err.h"

enum { NET_NAME_MAX = 64 /* an address and its port, printed */ };

/* The addresses of a name (IPv4 and IPv6), to be tried in order; a literal asks no name server. */
struct net_addresses {
	struct addrinfo *first, *next, *last; /* private */
};

/* 0, or -1: temporary, for tomorrow a name server may know it. */
int net_resolve(struct err *e, const char *host, int port, struct net_addresses *a);
void net_free(struct net_addresses *a);

/*
 * Connect to the next address, waiting at most so many milliseconds, or until the descriptor stop is readable (-1: none). The
 * socket (non-blocking, no delay, close-on-exec) with its printed address in name; -1 with the reason in e; -2 when there is
 * no address left.
 */
int net_connect(struct err *e, struct net_addresses *a, int milliseconds, int stop, char name[NET_NAME_MAX]);

/* The next net_connect() goes to the same address once more. */
void net_again(struct net_addresses *a);

/* As read(2) and send(2), with EINTR handled; -1 and EAGAIN: try later. Re-arms TCP_QUICKACK behind a read. */
ssize_t net_read(int fd, void *p, size_t n);
ssize_t net_write(int fd, const void *p, size_t n);

#endif
