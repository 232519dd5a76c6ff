/* userns - which ids a user namespace lacks. */
#include "lib/userns.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

enum { OVERFLOW_UID = 65534 };

bool userns_lacks_ids(void)
{
	char map[128], *p = map;
	int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, map, sizeof map - 1) : -1;
	unsigned long first, outside, ids;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	map[n] = '\0';
	first = strtoul(p, &p, 10);
	outside = strtoul(p, &p, 10);
	ids = strtoul(p, &p, 10);
	return first != 0 || outside != 0 || ids != UINT32_MAX;
}

bool userns_hides_owner(const struct stat *st)
{
	return st->st_uid == OVERFLOW_UID && userns_lacks_ids();
}
