/* call - what a system call is, of which file, and whether it counts. */
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "strike.h"

#include "calls.h"

const struct call *call_by(uint64_t nr)
{
	for (size_t i = 0; i < calls_n; i++)
		if (calls[i].nr == (long)nr)
			return &calls[i];
	return NULL;
}

/* A string of another process; it may end at the end of a page. */
static void peek(pid_t pid, uint64_t at, char *to, size_t size)
{
	size_t n = 0;

	while (n < size - 1) {
		size_t want = 64 - (at + n) % 64;
		struct iovec mine = {to + n, want < size - 1 - n ? want : size - 1 - n}, his = {(void *)(uintptr_t)(at + n), mine.iov_len};

		if (process_vm_readv(pid, &mine, 1, &his, 1, 0) <= 0)
			break;
		n += mine.iov_len;
		if (memchr(mine.iov_base, '\0', mine.iov_len) != NULL)
			break;
	}
	to[n] = '\0';
}

static void descriptor(pid_t pid, int fd, char *to, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof link, fd == AT_FDCWD ? "/proc/%d/cwd" : "/proc/%d/fd/%d", (int)pid, fd);
	n = readlink(link, to, size - 1);
	to[n < 0 ? 0 : n] = '\0';
}

static void at_path(pid_t pid, const uint64_t *arg, char *to, size_t size)
{
	char name[PATH_MAX], dir[PATH_MAX] = "";

	peek(pid, arg[1], name, sizeof name);
	if (name[0] != '/')
		descriptor(pid, (int)arg[0], dir, sizeof dir);
	snprintf(to, size, "%s%s%s", dir, *dir != '\0' && *name != '\0' ? "/" : "", name);
}

void call_describe(pid_t pid, const struct call *c, uint64_t nr, const uint64_t *arg, char *to, size_t size)
{
	char one[PATH_MAX * 2] = "", two[PATH_MAX * 2] = "";

	switch (c == NULL ? '-' : c->object) {
	case 'p':
		peek(pid, arg[0], one, sizeof one);
		break;
	case 'r':
		at_path(pid, arg + 2, two, sizeof two); /* falls through */
	case 'd':
		at_path(pid, arg, one, sizeof one);
		break;
	case 'f':
		descriptor(pid, (int)arg[0], one, sizeof one);
		break;
	}
	if (c == NULL)
		snprintf(one, sizeof one, "%llu", (unsigned long long)nr);
	snprintf(to, size, "%s\t%.4000s%s%.4000s", c == NULL ? "call" : c->name, one, *two != '\0' ? " " : "", two);
}

static bool opens_with(pid_t pid, const struct call *c, const uint64_t *arg, uint64_t wanted)
{
	uint64_t flags = 0;
	struct iovec mine = {&flags, sizeof flags}, his = {(void *)(uintptr_t)arg[2], sizeof flags};

	if (strcmp(c->name, "open") == 0)
		flags = arg[1];
	else if (strcmp(c->name, "openat") == 0)
		flags = arg[2];
	else if (strcmp(c->name, "openat2") != 0 || process_vm_readv(pid, &mine, 1, &his, 1, 0) < 0)
		return false;
	return (flags & wanted) != 0;
}

static bool is_named(const char *name)
{
	size_t n = strlen(name);

	for (const char *p = req.calls; p != NULL; p = strchr(p, ',')) {
		p += *p == ',';
		if (strncmp(p, name, n) == 0 && (p[n] == ',' || p[n] == '\0'))
			return true;
	}
	return false;
}

/* Is it a read or a write of a "pipe:" or a "socket:"? */
static bool moves(const char *kind, pid_t pid, const struct call *c, const uint64_t *arg)
{
	char path[PATH_MAX];

	if (c == NULL || (strcmp(c->name, "write") != 0 && strcmp(c->name, "read") != 0))
		return false;
	descriptor(pid, (int)arg[0], path, sizeof path);
	return strncmp(path, kind, strlen(kind)) == 0;
}

/* Of those that descriptor() calls "socket:[INODE]": one to another process here. */
static bool is_local(pid_t pid, int fd)
{
	char path[PATH_MAX], line[PATH_MAX + 100];
	unsigned long inode, other;
	bool found = false;
	FILE *f;

	descriptor(pid, fd, path, sizeof path);
	if (sscanf(path, "socket:[%lu]", &inode) != 1)
		return false;
	snprintf(path, sizeof path, "/proc/%d/net/unix", (int)pid);
	f = fopen(path, "r");
	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
		found = sscanf(line, "%*s %*s %*s %*s %*s %*s %lu", &other) == 1 && other == inode;
	if (f != NULL)
		fclose(f);
	return found;
}

bool call_counts(const struct tracee *t, const struct call *c, const uint64_t *arg)
{
	if (req.act == SHORT && (t->another || c == NULL || c->bytes == 0 || arg[c->bytes] < 2))
		return false;
	/* qmail's queue is on a disk of its own. */
	if (req.done && t->another)
		return false;
	/* Where its last words cannot be said either, nothing can be asked of it. */
	if ((req.act == SHORT || req.act == FAIL) && c != NULL && strcmp(c->name, "write") == 0 && arg[0] == STDERR_FILENO)
		return false;
	/* What is written to another process at once, and is short, is read at once. */
	if (req.act == SHORT && (moves("pipe:", t->pid, c, arg) || (moves("socket:", t->pid, c, arg) && is_local(t->pid, (int)arg[0]))))
		return false;
	if (*req.calls == '*' || c == NULL)
		return *req.calls == '*';
	if (*req.calls == '+')
		return c->changes || opens_with(t->pid, c, arg, O_CREAT | O_TRUNC);
	return is_named(c->name) || (is_named("line") && moves("socket:", t->pid, c, arg)) || (is_named("create") && opens_with(t->pid, c, arg, O_CREAT | O_TRUNC | O_WRONLY | O_RDWR));
}
