/* fence_seccomp - which system calls there are: seccomp(2). The numbers are those of linux/seccomp.h, filter.h and audit.h. */
#include "lib/fence_layers.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __GLIBC__

#if defined(__x86_64__) && defined(__LP64__)
#define MACHINE EM_X86_64
#elif defined(__i386__)
#define MACHINE EM_386
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#elif defined(__arm__)
#define MACHINE EM_ARM
#elif defined(__mips__) && (defined(__LP64__) || _MIPS_SIM == _ABIO32)
#define MACHINE EM_MIPS
#elif defined(__riscv)
#define MACHINE 243 /* EM_RISCV */
#else
#define MACHINE EM_NONE
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { LOW_HALF = 0 };
#else
enum { LOW_HALF = 4 };
#endif

/* The kernel calls every ARM little-endian. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ || defined(__arm__) || defined(__aarch64__)
#define ORDER 0x40000000u
#else
#define ORDER 0u
#endif

#define WORDS_AND_ORDER (ORDER | (sizeof(long) == 8 ? 0x80000000u : 0u))

enum { LIMITS = 3 };

/* A call that is left, where the low halves of its arguments have these values below their masks; mask 0: no more limits. */
struct call {
	unsigned short number;
	unsigned char argument[LIMITS];
	uint32_t mask[LIMITS], value[LIMITS];
};

#define ALWAYS(name) {.number = SYS_##name}
#define LIMITED(name, at, below, what) {.number = SYS_##name, .argument = {(at)}, .mask = {(below)}, .value = {(what)}}
#define ONLY(name, at, what) LIMITED(name, at, ~0u, what)
#define READING(name, at) LIMITED(name, at, O_ACCMODE | O_PATH | O_CREAT | O_TRUNC, O_RDONLY)
#define NO_CODE(name) LIMITED(name, 2, PROT_EXEC, 0)

/* With MSG_FASTOPEN they would connect, and Landlock does not see it. */
#define SENDING(name, at) LIMITED(name, at, MSG_FASTOPEN, 0)

/* TCP and UDP alone: Landlock knows no port of MPTCP or SCTP. */
#define SOCKET(family, kind) \
	{.number = SYS_socket, .argument = {0, 1, 2}, .mask = {~0u, KIND, ~(uint32_t)(IPPROTO_TCP | IPPROTO_UDP)}, .value = {(family), (kind), 0}}

enum { KIND = 0xf /* without SOCK_CLOEXEC and SOCK_NONBLOCK */ };

static const struct call calls[] = {
	ALWAYS(read), ALWAYS(readv), ALWAYS(pread64), ALWAYS(write), ALWAYS(pwrite64), ALWAYS(writev), ALWAYS(close), ALWAYS(fsync), ALWAYS(syncfs), ALWAYS(flock),
	SENDING(sendto, 3), SENDING(sendmsg, 2), ALWAYS(recvfrom), ALWAYS(recvmsg), ALWAYS(shutdown), ALWAYS(setsockopt),
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

static const struct call connecting[] = {SOCKET(AF_INET, SOCK_STREAM), SOCKET(AF_INET6, SOCK_STREAM), ALWAYS(connect)};

/* A name server, and which of our addresses a packet would have. */
static const struct call asking[] = {
	SOCKET(AF_INET, SOCK_DGRAM), SOCKET(AF_INET6, SOCK_DGRAM), ALWAYS(bind), ALWAYS(getsockname),
};

static const struct call numbering[] = {SOCKET(AF_UNIX, SOCK_DGRAM), ONLY(ioctl, 1, SIOCGIFINDEX)};

#ifdef SYS_socketcall /* until 4.3 there is nothing else on some; what the argument points to cannot be looked at */
static const struct call old[] = {
	ONLY(socketcall, 0, 11), ONLY(socketcall, 0, 16), ONLY(socketcall, 0, 12), ONLY(socketcall, 0, 17), /* as sendto and so on */
	ONLY(socketcall, 0, 13), ONLY(socketcall, 0, 14), ONLY(socketcall, 0, 15),
};
static const struct call old_connecting[] = {
	ONLY(socketcall, 0, 1), ONLY(socketcall, 0, 2), ONLY(socketcall, 0, 3), ONLY(socketcall, 0, 6),
};
#endif

enum {
	PIECES = 3 * LIMITS + 2, /* of a call, at most */
	HEAD = 4,
	CALLS = 100,
	FEW = 4, /* calls that are compared one after the other */
};

_Static_assert((sizeof calls + sizeof connecting + sizeof asking + sizeof numbering) / sizeof *calls + 11 /* old ones */ <= CALLS, "");

struct piece {
	uint16_t code;
	uint8_t when_true, when_false; /* pieces to skip */
	uint32_t value;
};

/* A call, what leads to it, and the ends behind it. */
struct program {
	struct piece piece[HEAD + CALLS * (PIECES + 4)];
	unsigned n;
};

/* Those that are left, by their numbers. */
struct left {
	const struct call *call[CALLS];
	size_t n;
};

/* Where the filter finds it. */
struct data {
	int32_t number;
	uint32_t machine;
	uint64_t address, argument[6];
};

enum { LOAD = 0x20, AND = 0x54, IS = 0x15, IS_LESS_NOT = 0x35, SKIP = 0x05, END = 0x06 };

static const uint32_t allowed = 0x7fff0000, forbidden = 0x00050000 | EPERM;

static void add(struct program *p, uint16_t code, uint32_t value, uint8_t when_true, uint8_t when_false)
{
	p->piece[p->n++] = (struct piece){code, when_true, when_false, value};
}

/* Where a call is allowed, behind all that are compared with it; 0 is the next piece, and never that. */
enum { TO_ALLOWED = 0xff };

static void limit(struct program *p, const struct call *c, size_t i, size_t n)
{
	add(p, LOAD, (uint32_t)offsetof(struct data, argument) + c->argument[i] * 8u + LOW_HALF, 0, 0);
	add(p, AND, c->mask[i], 0, 0);
	add(p, IS, c->value[i], i + 1 < n ? 0 : TO_ALLOWED, (uint8_t)(3 * (n - i - 1)));
}

static void compare(struct program *p, const struct call *c)
{
	size_t n = 0;

	while (n < LIMITS && c->mask[n] != 0)
		n++;
	add(p, IS, c->number, n == 0 ? TO_ALLOWED : 0, (uint8_t)(n == 0 ? 0 : 3 * n + 1));
	for (size_t i = 0; i < n; i++)
		limit(p, c, i, n);
	if (n > 0)
		add(p, LOAD, offsetof(struct data, number), 0, 0);
}

static void compare_all(struct program *p, const struct left *l, size_t from, size_t to)
{
	unsigned begin = p->n;

	while (from < to)
		compare(p, l->call[from++]);
	add(p, END, forbidden, 0, 0);
	for (unsigned i = begin; i < p->n; i++)
		if (p->piece[i].when_true == TO_ALLOWED)
			p->piece[i].when_true = (uint8_t)(p->n - i - 1);
	add(p, END, allowed, 0, 0);
}

/*
 * The kernel asks a new filter about every call that there is, to know those that are always allowed: so each is found in a few
 * steps. Some need so many pieces that a step over them does not fit into a byte, and has a piece of its own.
 */
static void allow(struct program *p, const struct left *l, size_t from, size_t to)
{
	size_t middle = (from + to) / 2;
	unsigned begin = p->n;

	while (middle > from && l->call[middle - 1]->number == l->call[middle]->number)
		middle--;
	if (to - from <= FEW || middle == from) {
		compare_all(p, l, from, to);
		return;
	}
	add(p, IS_LESS_NOT, l->call[middle]->number, 0, 1);
	add(p, SKIP, 0, 0, 0);
	allow(p, l, from, middle);
	p->piece[begin + 1].value = p->n - begin - 2;
	allow(p, l, middle, to);
}

static void take(struct left *l, const struct call *c, size_t n)
{
	for (; n > 0; n--, c++) {
		size_t i = l->n++;

		for (; i > 0 && l->call[i - 1]->number > c->number; i--)
			l->call[i] = l->call[i - 1];
		l->call[i] = c;
	}
}

#define TAKE(left, calls) take(left, calls, sizeof(calls) / sizeof *(calls))

static void take_old(struct left *l, bool connects)
{
#ifdef SYS_socketcall
	if (syscall(SYS_socket, -1, 0, 0) >= 0 || errno != ENOSYS)
		return;
	TAKE(l, old);
	if (connects)
		TAKE(l, old_connecting);
#else
	(void)l;
	(void)connects;
#endif
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

int fence_seccomp(const struct fence *f)
{
	struct program p;
	struct left l;

	if (MACHINE == EM_NONE) {
		errno = ENOSYS;
		return -1;
	}
	p.n = 0;
	l.n = 0;
	add(&p, LOAD, offsetof(struct data, machine), 0, 0);
	add(&p, IS, MACHINE | WORDS_AND_ORDER, 1, 0);
	add(&p, END, forbidden, 0, 0);
	add(&p, LOAD, offsetof(struct data, number), 0, 0);
	TAKE(&l, calls);
	if (f->connects)
		TAKE(&l, connecting);
	if (f->names)
		TAKE(&l, asking);
	if (f->interfaces)
		TAKE(&l, numbering);
	take_old(&l, f->connects);
	allow(&p, &l, 0, l.n);
	return install(&p);
}

#else

int fence_seccomp(const struct fence *f)
{
	(void)f;
	errno = ENOSYS;
	return -1;
}

#endif
