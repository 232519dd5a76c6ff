/* fence_landlock - which files may be opened, and which ports connected to: landlock(7). The numbers are its linux/landlock.h's. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/fence_layers.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444 /* the same on every architecture that has a number of its own for it */
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

enum {
	VERSION = 1,   /* a question to the first call */
	WITH_PORTS = 4,
	FILES = 1,     /* kinds of rules */
	PORTS = 2,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	REMOVE_FILE = 1 << 5,
	CONNECT = 1 << 1,
	NAME_SERVER = 53,
};

struct ruleset {
	uint64_t files, net, scoped; /* what is forbidden unless a rule allows it */
};

struct file_rule {
	uint64_t allowed;
	int32_t dir;
} __attribute__((packed));

struct port_rule {
	uint64_t allowed, port;
};

static int allow_files(int set, int dir, uint64_t what)
{
	const struct file_rule rule = {.allowed = what, .dir = dir};

	return (int)syscall(SYS_landlock_add_rule, set, FILES, &rule, 0);
}

/* What is not there needs no rule. */
static void allow_file(int set, const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return;
	allow_files(set, fd, READ_FILE);
	close(fd);
}

static void allow_port(int set, int port)
{
	const struct port_rule rule = {.allowed = CONNECT, .port = (uint64_t)port};

	syscall(SYS_landlock_add_rule, set, PORTS, &rule, 0);
}

/* All that this version of it can forbid, and no more: what it does not know it refuses as a whole. */
static int create(long version)
{
	static const struct {
		uint64_t files;
		size_t size;
	} known[] = {{0x1fff, 8}, {0x3fff, 8}, {0x7fff, 8}, {0x7fff, 16}, {0xffff, 16}, {0xffff, 24}};
	const long most = sizeof known / sizeof *known, v = version > most ? most : version;
	const struct ruleset r = {.files = known[v - 1].files, .net = 3, .scoped = 3};

	return (int)syscall(SYS_landlock_create_ruleset, &r, known[v - 1].size, 0);
}

static int restrict_self(int set, const struct fence *f)
{
	if (allow_files(set, f->dir, READ_FILE | READ_DIR | REMOVE_FILE) < 0)
		return -1;
	if (f->names) {
		allow_file(set, "/etc/hosts");
		allow_file(set, "/etc/resolv.conf");
		allow_port(set, NAME_SERVER);
	}
	for (size_t i = 0; i < f->ports; i++)
		allow_port(set, f->port[i]);
	return (int)syscall(SYS_landlock_restrict_self, set, 0);
}

static long version_of(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION);
}

int fence_landlock_ports(void)
{
	errno = ENOSYS;
	return version_of() < WITH_PORTS ? -1 : 0;
}

int fence_landlock(const struct fence *f)
{
	long version = version_of();
	int set = version < 1 ? -1 : create(version), r, errnum;

	if (set < 0)
		return -1;
	r = restrict_self(set, f);
	errnum = errno;
	close(set);
	errno = errnum;
	return r;
}
