/*
 * replay - the inputs of a corpus through its harness, as a test (TAP), without a fuzzer.
 *
 * They are tests/corpus/NAME/ and the dialogues tests/NAME/.txt, NAME that of the program. A child works; if it dies, what it had in
 * hand is named, and another one goes on behind that.
 */
#include <dirent.h>
#include <libgen.h>
#include <signal.h>
#include <sys/wait.h>

#include "fuzz.h"

enum { INPUT_SECONDS = 20, FILES_MAX = 4000 };

static char *file[FILES_MAX];
static size_t files;
static volatile size_t *at; /* shared: the input in hand */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names that end so. */
static void list(const char *parent, const char *name, const char *tail)
{
	char dir[300];
	struct dirent *e;
	DIR *d;

	snprintf(dir, sizeof dir, "%s/%s", parent, name);
	d = opendir(dir);
	while (d != NULL && (e = readdir(d)) != NULL && files < FILES_MAX)
		if (e->d_name[0] != '.' && strlen(e->d_name) >= strlen(tail) &&
		    strcmp(e->d_name + strlen(e->d_name) - strlen(tail), tail) == 0 && asprintf(&file[files], "%s/%s", dir, e->d_name) > 0)
			files++;
	if (d != NULL)
		closedir(d);
	qsort(file, files, sizeof *file, by_name);
}

static void run(const char *path)
{
	FILE *f = fopen(path, "r");
	struct buf b = BUF(FUZZ_TEXT);
	char *p;

	check(f != NULL, "an input that cannot be opened");
	while ((p = buf_room(&b, 1 << 16)) != NULL) {
		size_t n = fread(p, 1, 1 << 16, f);

		b.len += n;
		if (n == 0)
			break;
	}
	fclose(f);
	alarm(INPUT_SECONDS);
	LLVMFuzzerTestOneInput((const uint8_t *)buf_text(&b), b.len);
	buf_free(&b);
}

/* From the input *at on. True: through them all, and nothing has leaked. */
static bool child(void)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		for (; *at < files; ++*at)
			run(file[*at]);
		for (size_t i = 0; i < files; i++)
			free(file[i]);
		exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int main(int argc, char **argv)
{
	const char *name = argc > 0 ? basename(argv[0]) : "";
	int tests = 0, failed = 0;

	list("tests/corpus", name, "");
	list("tests", name, ".txt");
	at = mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED || files == 0) {
		printf("Bail out! %s has no inputs\n", name);
		return 1;
	}
	while (!child()) {
		printf("not ok %d - %s\n", ++tests, *at < files ? file[*at] : "one of them leaks");
		failed++;
		if (*at == files || ++*at == files)
			break;
	}
	if (failed == 0)
		printf("ok %d - %zu inputs of %s\n", ++tests, files, name);
	printf("1..%d\n", tests);
	return failed > 0;
}
