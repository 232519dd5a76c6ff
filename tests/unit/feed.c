/* feed - lines out of memory and out of a file. */
#include "lib/feed.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static void is_line(struct feed *f, const char *text, size_t n, bool ended, size_t number, const char *promise)
{
	struct feed_line l = {0};

	ok(feed_next(f, &l) == 0 && l.n == n && memcmp(l.p, text, n) == 0 && l.ended == ended && l.number == number &&
	           f->number == number,
	   "%s", promise);
}

static void from_both(struct feed *f, const char *where)
{
	printf("# from %s\n", where);
	is_line(f, "one", 3, true, 1, "a line comes without its newline");
	is_line(f, "", 0, true, 2, "an empty line is a line");
	is_line(f, "t\0o", 3, true, 3, "NUL is a byte like any other");
	is_line(f, "end", 3, false, 4, "the last one may lack its newline");
	is_line(f, "", 0, false, 5, "behind the end there are only empty ones without one");
	feed_free(f);
}

static FILE *file_of(const char *p, size_t n)
{
	FILE *f = tmpfile();

	if (f == NULL)
		abort();
	fwrite(p, 1, n, f);
	rewind(f);
	return f;
}

static void long_lines(void)
{
	enum { N = 1000000 };
	char *text = malloc(N);
	struct feed f;
	FILE *file;

	if (text == NULL)
		abort();
	memset(text, 'x', N);
	text[299999] = text[300010] = text[N - 1] = '\n';
	file = file_of(text, N);
	f = feed_fd(fileno(file));
	is_line(&f, text, 299999, true, 1, "a line of many reads comes whole");
	is_line(&f, "xxxxxxxxxx", 10, true, 2, "and the next one too");
	is_line(&f, text + 300011, N - 300011 - 1, true, 3, "and one longer than all before");
	is_line(&f, "", 0, false, 4, "a text that ends with a newline ends with an empty line");
	feed_free(&f);
	fclose(file);
	free(text);
}

static void pipe_in_pieces(void)
{
	struct feed f;
	int fds[2];

	if (!ok(pipe(fds) == 0, "a pipe"))
		return;
	f = feed_fd(fds[0]);
	ok(write(fds[1], "a\nb", 3) == 3, "half a line");
	is_line(&f, "a", 1, true, 1, "what is there is handed out at once");
	ok(write(fds[1], "c\n", 2) == 2, "the other half");
	is_line(&f, "bc", 2, true, 2, "a line may come in pieces");
	close(fds[1]);
	is_line(&f, "", 0, false, 3, "and then ends");
	feed_free(&f);
	close(fds[0]);
}

int main(void)
{
	static const char text[] = "one\n\nt\0o\nend";
	FILE *file = file_of(text, sizeof text - 1);
	struct feed f = feed_text(text, sizeof text - 1);
	struct feed_line l;

	from_both(&f, "memory");
	f = feed_fd(fileno(file));
	from_both(&f, "a file");
	fclose(file);
	f = feed_text(NULL, 0);
	is_line(&f, "", 0, false, 1, "no text is one empty line without a newline");
	long_lines();
	pipe_in_pieces();
	f = feed_fd(1 << 20);
	ok(feed_next(&f, &l) < 0 && errno == EBADF, "an error of read(2) is told with errno");
	feed_free(&f);
	return done_testing();
}
