/* fence_seccomp - which system calls there are: seccomp(2). The numbers are those of linux/seccomp.h, filter.h and audit.h. */
#include "lib/fence_layers.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __GLIBC__

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#elif defined(__i386__)
#define MACHINE EM_386
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#elif defined(__arm__)
#define MACHINE EM_ARM
#elif defined(__mips__)
#define MACHINE EM_MIPS
#elif defined(__riscv)
#define MACHINE 243 /* EM_RISCV */
#else
#define MACHINE EM_NONE
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { LOW_HALF = 0 };
#define ORDER 0x40000000u
#else
enum { LOW_HALF = 4 };
#define ORDER 0u
#endif

#define WORDS_AND_ORDER (ORDER | (sizeof(long) == 8 ? 0x80000000u : 0u))

/* A call that is left, when the low half of its argument has this value below mask; mask 0: always. */
struct call {
	unsigned short number;
	unsigned char argument;
	uint32_t mask, value;
};

#define ALWAYS(name) {.number = SYS_##name}
#define ONLY(name, at, what) {.number = SYS_##name, .argument = (at), .mask = ~0u, .value = (what)}
#define READING(name, at) {.number = SYS_##name, .argument = (at), .mask = O_ACCMODE | O_CREAT | O_TRUNC, .value = O_RDONLY}
#define NO_CODE(name) {.number = SYS_##name, .argument = 2, .mask = PROT_EXEC}

static const struct call calls[] = {
	ALWAYS(read), ALWAYS(readv), ALWAYS(pread64), ALWAYS(write), ALWAYS(writev), ALWAYS(close), ALWAYS(fsync),
	ALWAYS(sendto), ALWAYS(sendmsg), ALWAYS(recvfrom), ALWAYS(recvmsg), ALWAYS(shutdown), ALWAYS(setsockopt),
	ALWAYS(getsockopt), ALWAYS(ppoll), READING(openat, 2), ALWAYS(unlinkat), ALWAYS(statx),
	ONLY(ioctl, 1, TIOCOUTQ), ONLY(ioctl, 1, FIONREAD), ONLY(ioctl, 1, TIOCGWINSZ),
	ALWAYS(brk), ALWAYS(munmap), ALWAYS(mremap), ALWAYS(madvise), NO_CODE(mprotect),
	ALWAYS(rt_sigaction), ALWAYS(rt_sigprocmask), ALWAYS(rt_sigreturn), ALWAYS(restart_syscall), ALWAYS(futex),
	ALWAYS(nanosleep), ALWAYS(wait4), ALWAYS(getpid), ALWAYS(gettid), ALWAYS(exit), ALWAYS(exit_group),
#ifdef SYS_open
	READING(open, 1),
#endif
#ifdef SYS_poll
	ALWAYS(poll),
#endif
#ifdef SYS_sigreturn
	ALWAYS(sigreturn),
#endif
#ifdef SYS_clock_gettime64 /* 32 bits */
	NO_CODE(mmap2), ALWAYS(fstat64), ALWAYS(fstatat64), ALWAYS(clock_gettime64), ALWAYS(clock_gettime32),
	ALWAYS(clock_nanosleep_time64), ALWAYS(clock_nanosleep_time32), ALWAYS(ppoll_time64), ALWAYS(futex_time64),
	ONLY(fcntl64, 1, F_GETFL), ONLY(fcntl64, 1, F_SETFL), ONLY(fcntl64, 1, F_SETFD),
#else
	NO_CODE(mmap), ALWAYS(fstat), ALWAYS(newfstatat), ALWAYS(clock_gettime), ALWAYS(clock_nanosleep),
	ONLY(fcntl, 1, F_GETFL), ONLY(fcntl, 1, F_SETFL), ONLY(fcntl, 1, F_SETFD),
#endif
};

static const struct call connecting[] = {
	ONLY(socket, 0, AF_INET), ONLY(socket, 0, AF_INET6), ALWAYS(connect), ALWAYS(bind), ALWAYS(getsockname),
#ifdef SYS_socketcall /* by kernels that have no socket(2) of its own there, until 4.3 */
	ALWAYS(socketcall),
#endif
};

enum {
	PIECES = 6, /* of a call, at most */
	HEAD = 4,
	CALLS = sizeof calls / sizeof *calls + sizeof connecting / sizeof *connecting,
};

struct piece {
	uint16_t code;
	uint8_t when_true, when_false; /* pieces to skip */
	uint32_t value;
};

struct program {
	struct piece piece[HEAD + CALLS * PIECES + 1];
	unsigned n;
};

/* Where the filter finds it. */
struct data {
	int32_t number;
	uint32_t machine;
	uint64_t address, argument[6];
};

enum { LOAD = 0x20, AND = 0x54, IS = 0x15, END = 0x06 };

static const uint32_t allowed = 0x7fff0000, forbidden = 0x00050000 | EPERM;

static void add(struct program *p, uint16_t code, uint32_t value, uint8_t when_true, uint8_t when_false)
{
	p->piece[p->n++] = (struct piece){code, when_true, when_false, value};
}

static void allow(struct program *p, const struct call *c)
{
	add(p, IS, c->number, 0, c->mask == 0 ? 1 : PIECES - 1);
	if (c->mask != 0) {
		add(p, LOAD, (uint32_t)offsetof(struct data, argument) + c->argument * 8u + LOW_HALF, 0, 0);
		add(p, AND, c->mask, 0, 0);
		add(p, IS, c->value, 0, 1);
	}
	add(p, END, allowed, 0, 0);
	if (c->mask != 0)
		add(p, LOAD, offsetof(struct data, number), 0, 0);
}

static void allow_all(struct program *p, const struct call *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		allow(p, &c[i]);
}

/* The kernel's price for guesses of the processor is for who runs code of strangers; older ones do not know the flag, or the call. */
static int install(const struct program *p)
{
	enum { FILTER = 1, FILTER_BY_PRCTL = 2, NO_PRICE = 4 };
	const struct {
		unsigned short n;
		const struct piece *piece;
	} given = {(unsigned short)p->n, p->piece};

	if (syscall(SYS_seccomp, FILTER, NO_PRICE, &given) == 0)
		return 0;
	return prctl(PR_SET_SECCOMP, FILTER_BY_PRCTL, &given, 0, 0);
}

int fence_seccomp(bool connects)
{
	struct program p = {.n = 0};

	if (MACHINE == EM_NONE) {
		errno = ENOSYS;
		return -1;
	}
	add(&p, LOAD, offsetof(struct data, machine), 0, 0);
	add(&p, IS, MACHINE | WORDS_AND_ORDER, 1, 0);
	add(&p, END, forbidden, 0, 0);
	add(&p, LOAD, offsetof(struct data, number), 0, 0);
	allow_all(&p, calls, sizeof calls / sizeof *calls);
	if (connects)
		allow_all(&p, connecting, sizeof connecting / sizeof *connecting);
	add(&p, END, forbidden, 0, 0);
	return install(&p);
}

#else

int fence_seccomp(bool connects)
{
	(void)connects;
	errno = ENOSYS;
	return -1;
}

#endif
