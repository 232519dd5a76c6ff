/* ifaddr - this machine's own IPv4 addresses. */
#include "lib/ifaddr.h"

#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INTERFACES = 256 };

static bool is_up(int fd, const struct ifreq *entry)
{
	struct ifreq flags = *entry;

	return ioctl(fd, SIOCGIFFLAGS, &flags) == 0 && (flags.ifr_flags & IFF_UP);
}

static bool has(const struct ifreq *entry, const unsigned char ip[4])
{
	struct sockaddr_in in;

	memcpy(&in, &entry->ifr_addr, sizeof in);
	return in.sin_family == AF_INET && memcmp(&in.sin_addr, ip, 4) == 0;
}

bool ifaddr_is_own(const unsigned char ip[4])
{
	struct ifreq list[INTERFACES];
	struct ifconf conf = {.ifc_len = sizeof list, .ifc_buf = (char *)list};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool own = false;

	if (fd < 0)
		return false;
	if (ioctl(fd, SIOCGIFCONF, &conf) == 0)
		for (size_t i = 0; !own && i < (size_t)conf.ifc_len / sizeof *list; i++)
			own = has(&list[i], ip) && is_up(fd, &list[i]);
	close(fd);
	return own;
}
