/* queue - a qmail-queue, setuid as the real one: it keeps what it is given, and tells who it is. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	char path[64];
	FILE *f;
	int c;

	snprintf(path, sizeof path, "/var/qmail/queue/%ld", (long)getpid());
	umask(022);
	f = fopen(path, "w");
	if (f == NULL)
		return 53;
	fprintf(f, "taken by %ld\n", (long)geteuid());
	while ((c = getchar()) != EOF)
		putc(c, f);
	return fclose(f) == 0 ? 0 : 53;
}
