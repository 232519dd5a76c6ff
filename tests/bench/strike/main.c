/*
 * strike - run commands, count the system calls of each one's whole process tree, and strike at the nth.
 *
 * A request is a line on stdin, its words separated by tabs:
 *
 *	ACT NTH CALLS LIST STDIN STDOUT STDERR COMMAND ARG...
 *
 *	ACT     free (not traced), none, kill (everything, before the call), one (the process that calls), short (less is
 *	        read or written, where more than a byte is asked for), or the number of an error that the call fails with; with
 *	        "done" before it: the call is made, and that is its answer, as network file systems give it at times
 *	NTH     which of the calls that count; with a + behind it that one and all that follow
 *	CALLS   which calls count: * for all, + for those that change what others see, or names with commas; create is an open
 *	        that may write, line a read or write of a socket
 *	LIST    a file that gets a line for each call that counts: its name, a tab, its object; - for none
 *	STDIN   a file, or tcp:PORT for a connection to loopback that is stdin and stdout
 *
 * The answer to each is a line: the exit code (128 and the signal; "hang" after a quarter of a minute), the number of calls that
 * counted, and the call that was struck, or -.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "regs.h"
#include "strike.h"

enum { PIDS = 512, WORDS = 64, PATIENCE = 15 };

struct request req;

/* What is known of the run. */
static struct {
	pid_t first;
	bool begun, hung, dead; /* the command was executed; it took too long; everything is being killed */
	int code;
	long count;
	char struck[LINE];
} run;

static struct tracee tracees[PIDS];

static struct tracee *tracee(pid_t pid)
{
	struct tracee *free_one = NULL;

	for (size_t i = 0; i < PIDS; i++) {
		if (tracees[i].pid == pid)
			return &tracees[i];
		if (tracees[i].pid == 0 && free_one == NULL)
			free_one = &tracees[i];
	}
	if (free_one == NULL)
		errx(1, "more than %d processes", PIDS);
	*free_one = (struct tracee){.pid = pid};
	return free_one;
}

static void kill_all(void)
{
	run.dead = true;
	for (size_t i = 0; i < PIDS; i++)
		if (tracees[i].pid != 0)
			kill(tracees[i].pid, SIGKILL);
}

static void strike(struct tracee *t, const struct call *c, const uint64_t *arg)
{
	switch (req.act) {
	case FREE:
	case NONE:
		break;
	case KILL:
		kill_all();
		break;
	case ONE:
		kill(t->pid, SIGKILL);
		break;
	case SHORT:
		regs_argument(t->pid, c->bytes, arg[c->bytes] / 2);
		break;
	case FAIL:
		t->fails = true;
		/* What close(2) says does not keep it from closing. */
		if (!req.done && (c == NULL || strcmp(c->name, "close") != 0))
			regs_skip(t->pid);
		break;
	}
}

static void enters(struct tracee *t, uint64_t nr, const uint64_t *arg)
{
	const struct call *c = call_by(nr);
	bool hit;

	if (run.dead || !run.begun || !call_counts(t, c, arg))
		return;
	run.count++;
	hit = req.act != NONE && (run.count == req.nth || (req.for_ever && run.count > req.nth));
	if (req.list != NULL || (hit && *run.struck == '\0')) {
		char text[LINE];

		call_describe(t->pid, c, nr, arg, text, sizeof text);
		if (req.list != NULL)
			fprintf(req.list, "%s\n", text);
		if (hit && *run.struck == '\0')
			memcpy(run.struck, text, sizeof text);
	}
	if (hit)
		strike(t, c, arg);
}

static void leaves(struct tracee *t, bool failed)
{
	if (!t->fails)
		return;
	t->fails = false;
	if (req.done && failed)
		return;
	regs_result(t->pid, -req.error);
}

static void stopped_in_call(struct tracee *t)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, sizeof info, &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		enters(t, info.entry.nr, (const uint64_t *)info.entry.args);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		leaves(t, info.exit.is_error);
}

static void stopped(pid_t pid, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;
	struct tracee *t = tracee(pid);

	if (run.dead)
		kill(pid, SIGKILL); /* it was born meanwhile */
	if (sig == (SIGTRAP | 0x80)) {
		stopped_in_call(t);
		sig = 0;
	} else if (event == PTRACE_EVENT_EXEC) {
		t->another = run.begun;
		run.begun = true;
		sig = 0;
	} else if (event == PTRACE_EVENT_STOP && sig != SIGTRAP) {
		ptrace(PTRACE_LISTEN, pid, 0, 0);
		return;
	} else if (event != 0) {
		sig = 0;
	}
	ptrace(PTRACE_SYSCALL, pid, 0, sig);
}

static void ended(pid_t pid, int status)
{
	for (size_t i = 0; i < PIDS; i++)
		if (tracees[i].pid == pid)
			tracees[i].pid = 0;
	if (pid == run.first)
		run.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void follow(void)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno == ECHILD)
			return;
		if (pid < 0) { /* the alarm */
			run.hung = true;
			kill_all();
		} else if (WIFSTOPPED(status)) {
			stopped(pid, status);
		} else {
			ended(pid, status);
		}
	}
}

static void stand(int fd, const char *path, int flags)
{
	int got = open(path, flags | O_CLOEXEC, 0666);

	if (got < 0 || dup2(got, fd) < 0)
		err(126, "%s", path);
}

static void connected(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0)
		err(126, "port %d", port);
}

static _Noreturn void become(const int *go)
{
	char c;

	close(go[1]);
	if (read(go[0], &c, 1) < 0)
		_exit(126);
	stand(2, req.word[2], O_WRONLY | O_CREAT | O_TRUNC);
	stand(1, req.word[1], O_WRONLY | O_CREAT | O_TRUNC);
	if (strncmp(req.word[0], "tcp:", 4) == 0)
		connected(atoi(req.word[0] + 4));
	else
		stand(0, req.word[0], O_RDONLY);
	execvp(req.word[3], req.word + 3);
	err(126, "%s", req.word[3]);
}

static void begin(void)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
	                     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
	int go[2];

	if (pipe2(go, O_CLOEXEC) < 0)
		err(1, "pipe");
	run.first = fork();
	if (run.first == 0)
		become(go);
	if (run.first < 0)
		err(1, "fork");
	tracee(run.first);
	if (req.act != FREE && ptrace(PTRACE_SEIZE, run.first, 0, options) < 0)
		err(1, "ptrace");
	close(go[1]);
	close(go[0]);
}

static void answer(void)
{
	if (run.hung)
		printf("hang\t");
	else
		printf("%d\t", run.code);
	printf("%ld\t%s\n", run.count, *run.struck != '\0' ? run.struck : "-");
	fflush(stdout);
}

static void serve(void)
{
	struct itimerval patience = {.it_value = {.tv_sec = PATIENCE}, .it_interval = {.tv_sec = 1}}, none = {0};

	memset(&run, 0, sizeof run);
	memset(tracees, 0, sizeof tracees);
	setitimer(ITIMER_REAL, &patience, NULL);
	begin();
	follow();
	setitimer(ITIMER_REAL, &none, NULL);
	if (req.list != NULL)
		fclose(req.list);
	answer();
}

static enum act act_by(const char *word)
{
	static const char *const words[] = {"free", "none", "kill", "one", "short"};

	for (enum act a = FREE; a < FAIL; a++)
		if (strcmp(word, words[a]) == 0)
			return a;
	return FAIL;
}

static void take(char *line)
{
	static char *word[WORDS + 1];
	size_t n = 0;
	char *end;

	for (char *p = strtok(line, "\t\n"); p != NULL && n < WORDS; p = strtok(NULL, "\t\n"))
		word[n++] = p;
	word[n] = NULL;
	if (n < 8)
		errx(2, "a request has eight words or more");
	req = (struct request){.act = act_by(word[0]), .done = strncmp(word[0], "done", 4) == 0, .calls = word[2], .word = word + 4};
	req.error = atoi(word[0] + (req.done ? 4 : 0));
	req.nth = strtol(word[1], &end, 10);
	req.for_ever = *end == '+';
	req.list = strcmp(word[3], "-") == 0 ? NULL : fopen(word[3], "we");
}

static void on_alarm(int sig)
{
	(void)sig; /* its only work is to interrupt waitpid */
}

int main(void)
{
	static char line[1 << 16];

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL);
	while (fgets(line, sizeof line, stdin) != NULL) {
		take(line);
		serve();
	}
	return 0;
}
