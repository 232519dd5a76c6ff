/* hosts - a name of /etc/hosts in whatever case of letters: musl's getaddrinfo(3) finds it there in its own case only. */
#ifndef LIB_HOSTS_H
#define LIB_HOSTS_H

enum { HOSTS_NAME = 256 };

/* The name as the file writes it, in name; host itself where the file has that, has none, or cannot be read. */
const char *hosts_spelling(const char *host, char name[HOSTS_NAME]);

#endif
