/* ifaddr - this machine's own IPv4 addresses. */
#ifndef LIB_IFADDR_H
#define LIB_IFADDR_H

#include <stdbool.h>

/* True if an interface that is up has this address; false also if the kernel cannot be asked. */
bool ifaddr_is_own(const unsigned char ip[4]);

#endif
