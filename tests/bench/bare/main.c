/*
 * bare - the bare loop: it knows that all is accepted, and does nothing but to send, and to remove what was taken.
 *
 *	bare NEW PORT	the files of directory NEW to 127.0.0.1, each without its first two lines
 *
 * As the server offers: with CHUNKING it waits for nothing, with PIPELINING once a message (RFC 2920), without both for each
 * reply. Files are removed by a process of their own, beside it. A reply that is no success ends it with exit code 1.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOCK_STEP, GROUPED, STREAMING };

static int mode, due; /* replies that were not waited for */
static FILE *in, *out, *removals;

/* n replies of any number of lines. */
static void await(int n)
{
	char line[1024];

	while (n > 0) {
		if (fgets(line, sizeof line, in) == NULL)
			errx(1, "the server closed the connection");
		if (*line != '2' && *line != '3')
			errx(1, "the server said %s", line);
		if (strncmp(line + 4, "PIPELINING", 10) == 0 && mode < GROUPED)
			mode = GROUPED;
		if (strncmp(line + 4, "CHUNKING", 8) == 0)
			mode = STREAMING;
		n -= line[3] == ' ';
	}
}

/* Connected, and what is offered is known. */
static void greet(const char *port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons((uint16_t)atoi(port))};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
		err(1, "port %s", port);
	in = fdopen(fd, "r");
	out = fdopen(dup(fd), "w");
	if (in == NULL || out == NULL || setvbuf(out, NULL, _IOFBF, 65536) != 0)
		err(1, "memory");
	fputs("EHLO bench.test\r\n", out);
	fflush(out);
	await(2);
}

static void await_all(void)
{
	fflush(out);
	await(due);
	due = 0;
}

/* A command or a message was said. */
static void step(void)
{
	due++;
	if (mode == LOCK_STEP)
		await_all();
}

static void say_envelope(void)
{
	fputs("MAIL FROM:<sender@elsewhere.test>\r\n", out);
	step();
	fputs("RCPT TO:<user@bench.test>\r\n", out);
	step();
	if (mode == STREAMING)
		return;
	fputs("DATA\r\n", out);
	step();
}

/* The file with CR LF, and with dots doubled where the body needs it; its length is *n. To be freed. */
static char *read_body(const char *name, size_t *n)
{
	char *raw, *body, *to;
	off_t size;
	int fd = open(name, O_RDONLY), skip = 2;

	size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	if (size < 0)
		err(1, "%s", name);
	raw = malloc((size_t)size + 1);
	body = to = malloc((size_t)size * 2 + 1);
	if (raw == NULL || body == NULL || pread(fd, raw, (size_t)size, 0) != size)
		err(1, "%s", name);
	raw[size] = '\0';
	for (char *line = raw, *end; (end = memchr(line, '\n', (size_t)(raw + size - line))) != NULL; line = end + 1) {
		if (skip-- > 0)
			continue;
		if (*line == '.' && mode != STREAMING)
			*to++ = '.';
		to = (char *)mempcpy(to, line, (size_t)(end - line));
		to = (char *)mempcpy(to, "\r\n", 2);
	}
	*n = (size_t)(to - body);
	free(raw);
	close(fd);
	return body;
}

static void say_body(const char *name)
{
	size_t n;
	char *body = read_body(name, &n);

	if (mode == STREAMING)
		fprintf(out, "BDAT %zu LAST\r\n", n);
	fwrite(body, 1, n, out);
	if (mode != STREAMING)
		fputs(".\r\n", out);
	free(body);
	step();
}

/* What the loop says was taken; of a stream the one who reads the replies knows. */
static void remove_files(char **names, size_t n, int from)
{
	char byte;

	for (size_t i = 0; i < n; i++) {
		if (mode == STREAMING)
			await(3);
		else if (read(from, &byte, 1) != 1)
			exit(1);
		if (unlink(names[i]) < 0)
			err(1, "%s", names[i]);
	}
}

static pid_t start_removals(char **names, size_t n)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(ends[1]);
		remove_files(names, n, ends[0]);
		_exit(0);
	}
	close(ends[0]);
	removals = fdopen(ends[1], "w");
	if (removals == NULL)
		err(1, "memory");
	return pid;
}

static void send_all(char **names, size_t n)
{
	say_envelope();
	for (size_t i = 0; i < n; i++) {
		if (mode != STREAMING)
			await_all();
		if (i > 0)
			fputc('\n', removals);
		say_body(names[i]);
		if (i + 1 < n)
			say_envelope();
	}
	if (mode != STREAMING)
		await_all();
	fputc('\n', removals);
	fclose(removals);
	fflush(out);
}

static int is_message(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

/* Of the working directory; as they were made: in any other order removal takes far longer. */
static size_t list_names(char ***names)
{
	struct dirent **list;
	int n = scandir(".", &list, is_message, alphasort);

	*names = n > 0 ? calloc((size_t)n, sizeof **names) : NULL;
	if (*names == NULL)
		errx(1, "no mail");
	for (int i = 0; i < n; i++)
		(*names)[i] = list[i]->d_name;
	free(list);
	return (size_t)n;
}

int main(int argc, char **argv)
{
	char **names;
	size_t n;
	int status;
	pid_t pid;

	if (argc != 3 || chdir(argv[1]) < 0)
		errx(2, "usage: bare NEW PORT");
	n = list_names(&names);
	greet(argv[2]);
	pid = start_removals(names, n);
	send_all(names, n);
	free(names);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return 1;
	fputs("QUIT\r\n", out);
	return fclose(out) != 0;
}
