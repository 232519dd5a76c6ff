/* regs - the registers of a process that is stopped in a system call, on the CPUs that the tests run on. */
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/user.h>

static void regs(int request, pid_t pid, struct user_regs_struct *r)
{
	struct iovec v = {r, sizeof *r};

	ptrace(request, pid, NT_PRSTATUS, &v);
}

#if defined(__x86_64__)
static void regs_skip(pid_t pid)
{
	struct user_regs_struct r = {0};

	regs(PTRACE_GETREGSET, pid, &r);
	r.orig_rax = (unsigned long long)-1;
	regs(PTRACE_SETREGSET, pid, &r);
}

static void regs_result(pid_t pid, long result)
{
	struct user_regs_struct r = {0};

	regs(PTRACE_GETREGSET, pid, &r);
	r.rax = (unsigned long long)result;
	regs(PTRACE_SETREGSET, pid, &r);
}

/* number: 2 or 3 */
static void regs_argument(pid_t pid, int number, unsigned long long value)
{
	struct user_regs_struct r = {0};

	regs(PTRACE_GETREGSET, pid, &r);
	*(number == 2 ? &r.rdx : &r.r10) = value;
	regs(PTRACE_SETREGSET, pid, &r);
}
#else /* aarch64 */
static void regs_skip(pid_t pid)
{
	int nr = -1;
	struct iovec v = {&nr, sizeof nr};

	ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &v);
}

static void regs_argument(pid_t pid, int number, unsigned long long value)
{
	struct user_regs_struct r = {0};

	regs(PTRACE_GETREGSET, pid, &r);
	r.regs[number] = value;
	regs(PTRACE_SETREGSET, pid, &r);
}

static void regs_result(pid_t pid, long result)
{
	regs_argument(pid, 0, (unsigned long long)result);
}
#endif
