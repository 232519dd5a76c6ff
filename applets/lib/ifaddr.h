/* ifaddr - this machine's own IPv4 addresses. */
#ifndef LIB_IFADDR_H
#define LIB_IFADDR_H

#include <stdbool.h>

/* Of an interface that is up; false when they cannot be asked for. */
bool ifaddr_is_own(const unsigned char ip[4]);

#endif
