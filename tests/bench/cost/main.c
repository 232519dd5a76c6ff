/*
 * cost - what a command costs, with all of its children, those too that it leaves behind.
 *
 *	cost [-m] FILE COMMAND...	FILE gets "SECONDS CPU-SECONDS KB"; ends as the command does
 *
 * KB is 0, or with -m the peak of the private memory (Private_Dirty) of all these processes together, as sampled every
 * two milliseconds, which costs CPU time itself.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static long private_dirty(pid_t pid)
{
	char path[64], line[200];
	long kb = 0, n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "Private_Dirty: %ld", &n) == 1)
			kb += n;
	if (f != NULL)
		fclose(f);
	return kb;
}

/* Of pid and all below it. */
static long tree(pid_t pid)
{
	char path[64];
	long kb = private_dirty(pid);
	int child;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
	f = fopen(path, "r");
	while (f != NULL && fscanf(f, "%d", &child) == 1)
		kb += tree(child);
	if (f != NULL)
		fclose(f);
	return kb;
}

/* Until the command ends; its status. */
static int watch(pid_t pid, long *peak)
{
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		long kb = tree(pid);

		*peak = kb > *peak ? kb : *peak;
		usleep(2000);
	}
	return status;
}

static void report(const char *file, double seconds, long peak)
{
	FILE *f = fopen(file, "w");

	if (f == NULL)
		err(1, "%s", file);
	fprintf(f, "%.4f %.4f %ld\n", seconds, cpu(), peak);
	fclose(f);
}

int main(int argc, char **argv)
{
	bool memory = argc > 1 && strcmp(argv[1], "-m") == 0;
	double begun, ended;
	int status = 0;
	long peak = 0;
	pid_t pid;

	argv += memory;
	if (argc < 3 + memory)
		errx(2, "usage: cost [-m] FILE COMMAND...");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	begun = clock_now();
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (memory)
		status = watch(pid, &peak);
	else
		waitpid(pid, &status, 0);
	ended = clock_now();
	while (wait(NULL) > 0)
		;
	report(argv[1], ended - begun, peak);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
