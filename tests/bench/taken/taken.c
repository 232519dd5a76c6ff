/*
 * taken - a qvmail that is taken over by what it reads: linked in place of a parser (ld's --wrap), it does what the author of
 * a message or of a reply with "take over" in it would do then, and says on stderr what was allowed:
 *
 *	taken: allowed: WHAT     for each
 *	taken: tried N things
 *
 * TAKEN_FILES names files, separated by blanks, that are none of its business; TAKEN_PORT a TCP port of another server. With
 * TAKEN_NAMES set, it may ask a name server; with TAKEN_PIPES, it only writes nonsense to the processes beside it.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "qmail/envelope.h"
#include "smtp/reply.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* NOLINTBEGIN(bugprone-reserved-identifier): ld makes these names */
int __real_envelope_parse(const char *head, size_t n, const char *prefix, struct envelope *e, const char **why);
int __wrap_envelope_parse(const char *head, size_t n, const char *prefix, struct envelope *e, const char **why);
enum reply_event __real_smtp_reply_feed(struct smtp_reply *r, const char **p, size_t *n);
enum reply_event __wrap_smtp_reply_feed(struct smtp_reply *r, const char **p, size_t *n);
/* NOLINTEND(bugprone-reserved-identifier) */

static int tried;

static void say(const char *line)
{
	if (write(2, line, strlen(line)) < 0)
		_exit(1);
}

static void was(const char *what, bool allowed)
{
	char line[300];

	tried++;
	snprintf(line, sizeof line, "taken: allowed: %s\n", what);
	if (allowed)
		say(line);
}

static void try_file(const char *path)
{
	char what[250];
	const int flags[] = {O_RDONLY, O_WRONLY, O_RDWR | O_CREAT | O_CLOEXEC, O_PATH};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		snprintf(what, sizeof what, "open %s (flags %o)", path, (unsigned)flags[i]);
		was(what, syscall(SYS_openat, AT_FDCWD, path, flags[i], 0600) >= 0);
	}
	snprintf(what, sizeof what, "unlink %s", path);
	was(what, unlink(path) == 0);
	snprintf(what, sizeof what, "rename %s", path);
	was(what, rename(path, "/tmp/taken") == 0);
	snprintf(what, sizeof what, "link %s", path);
	was(what, link(path, "/tmp/taken") == 0);
	snprintf(what, sizeof what, "chmod %s", path);
	was(what, chmod(path, 0777) == 0);
	snprintf(what, sizeof what, "truncate %s", path);
	was(what, truncate(path, 0) == 0);
}

static void try_files(void)
{
	const char *given = getenv("TAKEN_FILES");
	char files[4000], *rest = files;

	snprintf(files, sizeof files, "/etc/passwd /proc/self/mem /proc/self/maps / . /tmp /tmp/taken %s", given != NULL ? given : "");
	for (char *path; (path = strsep(&rest, " ")) != NULL;)
		if (*path != '\0')
			try_file(path);
	was("mkdir", mkdir("/tmp/taken.d", 0700) == 0);
	was("symlink", symlink("/", "/tmp/taken.l") == 0);
	was("chdir", chdir("/") == 0);
	was("chroot", chroot("/") == 0);
}

static void try_process(void)
{
	char *argv[] = {(char[]){"true"}, NULL};
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	was("fork", pid > 0);
	was("exec", execve("/bin/true", argv, NULL) == 0);
	was("kill the parent", kill(getppid(), 0) == 0);
	was("trace the parent", ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0);
	was("setuid", setuid(0) == 0);
	was("unshare", syscall(SYS_unshare, 0x10000000) == 0);
	was("memory with code", mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

static void try_connect(const char *what, int family, int protocol, int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(family, SOCK_STREAM, protocol);

	was(what, fd >= 0 && (family != AF_INET || connect(fd, (struct sockaddr *)&to, sizeof to) == 0));
	if (fd >= 0)
		close(fd);
}

/* With its first bytes, without connect(2). */
static void try_fast_open(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct iovec bytes = {.iov_base = (char[]){"QUIT"}, .iov_len = 4};
	struct msghdr m = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &bytes, .msg_iovlen = 1};
	int fd = socket(AF_INET, SOCK_STREAM, 0), other = socket(AF_INET, SOCK_STREAM, 0);

	was("another server, by sendto(2)", sendto(fd, "QUIT", 4, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof to) >= 0);
	was("another server, by sendmsg(2)", sendmsg(other, &m, MSG_FASTOPEN) >= 0);
	close(fd);
	close(other);
}

static void try_network(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	const char *port = getenv("TAKEN_PORT");
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	was("listen", fd >= 0 && bind(fd, (struct sockaddr *)&any, sizeof any) == 0 && listen(fd, 1) == 0);
	if (fd >= 0)
		close(fd);
	try_connect("a Unix socket", AF_UNIX, 0, 0);
	try_connect("a packet socket", AF_PACKET, 0, 0);
	if (getenv("TAKEN_NAMES") == NULL)
		was("a UDP socket", socket(AF_INET, SOCK_DGRAM, 0) >= 0);
	if (port == NULL || *port == '\0')
		return;
	try_connect("another server", AF_INET, 0, (int)strtol(port, NULL, 10));
	try_connect("another server, by MPTCP", AF_INET, IPPROTO_MPTCP, (int)strtol(port, NULL, 10));
	try_fast_open((int)strtol(port, NULL, 10));
}

static bool leads_to_a_process(int fd)
{
	int domain = -1;
	socklen_t n = sizeof domain;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	return S_ISFIFO(st.st_mode) || (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 && domain == AF_UNIX);
}

static void write_nonsense(void)
{
	char nonsense[32];

	memset(nonsense, 0xff, sizeof nonsense);
	for (int fd = 3; fd < 64; fd++)
		if (leads_to_a_process(fd))
			tried += write(fd, nonsense, sizeof nonsense) == sizeof nonsense;
}

static void try_all(void)
{
	try_files();
	try_process();
	try_network();
}

static void take_over(const char *p, size_t n)
{
	static bool done;
	char line[64];

	if (done || memmem(p, n, "take over", 9) == NULL)
		return;
	done = true;
	(getenv("TAKEN_PIPES") != NULL ? write_nonsense : try_all)();
	snprintf(line, sizeof line, "taken: tried %d things\n", tried);
	say(line);
}

int __wrap_envelope_parse(const char *head, size_t n, const char *prefix, struct envelope *e, const char **why)
{
	take_over(head, n);
	return __real_envelope_parse(head, n, prefix, e, why);
}

enum reply_event __wrap_smtp_reply_feed(struct smtp_reply *r, const char **p, size_t *n)
{
	take_over(*p, *n);
	return __real_smtp_reply_feed(r, p, n);
}
