/* owner - who a new file or directory belongs to. */
#include "lib/owner.h"

#include <sys/stat.h>
#include <unistd.h>

int owner_give(int fd, const struct owner *o)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if ((o->uid != (uid_t)-1 && o->uid != st.st_uid) || (o->gid != (gid_t)-1 && o->gid != st.st_gid))
		if (fchown(fd, o->uid, o->gid) < 0)
			return -1;
	return fchmod(fd, o->mode);
}
