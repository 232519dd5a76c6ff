/*
 * fakesmtpd - an SMTP server for tests and measurements: it does what it is told, and watches what the client does.
 *
 *	fakesmtpd [OPTION]...	prints its port as the first line of stdout; one process per session
 *
 *	--addr ADDRESS --port N    where to listen (127.0.0.1, any free port)
 *	--timeout SECONDS          stop after that time (60)
 *	--sessions N               stop when N sessions have ended
 *	--chunking                 EHLO's reply offers CHUNKING (RFC 3030) too
 *	--no-pipelining --no-8bitmime --no-ehlo --size N --offer WORD     what it has not, and has in addition
 *	--strict-nopipe            no PIPELINING, and 500 and good-bye for whoever does it all the same
 *	--reply STEP[:n]=TEXT      say TEXT there ("\n" in it begins another line); 2yz, 3yz are acted upon
 *	--close STEP[:n]           close the connection there, instead of a reply
 *	--close-after-reply STEP[:n]
 *	--hang STEP[:n]            never answer there, read nothing more
 *	--delay STEP[:n]=MS        wait before the reply
 *	--bytewise                 each byte of a reply in a packet of its own
 *	--store DIR                accepted messages: NNNN.msg, dots undoubled, all other bytes as they came; NNNN.env has
 *	                           the MAIL FROM and RCPT TO lines; violations has what the client should not have done
 *	--sum                      check messages (sum.c), and at the end, and at each USR1, print
 *	                           "accepted N distinct N duplicate N corrupted N sessions N"
 *	--log FILE                 the transcript, each line with the number of its session
 *	--dialogue FILE:TITLE      play the server's side of a dialogue of tests/smtp (dialogue.c), and nothing else
 *	--leave DIR --prefix HOST  first leave that dialogue's messages in DIR, for HOST's Maildir
 *
 * STEP: greeting ehlo helo mail rcpt data body bdat chunk last end accepted rset quit. n: only its nth time in the whole
 * run. body is within a text, chunk within the octets of a BDAT; bdat is the reply to one that is not the last, last is
 * behind the octets of the last one. end is behind a text of either kind, before the message is stored; accepted is when
 * it is stored, before the reply.
 *
 * It ends with 1 if it saw a violation: a bare CR or LF, input where none may be pipelined, BDAT where it was not offered,
 * QUIT behind an unanswered BDAT, an unknown command; or what is not in the dialogue.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fakesmtpd.h"

struct counts *counts;
int session;

static volatile sig_atomic_t stopped, asked;

static void on_stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static void on_ask(int sig)
{
	(void)sig;
	asked = 1;
}

static int listen_on(const char *addr, int port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	bool is_six = strchr(addr, ':') != NULL;
	int fd = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (inet_pton(is_six ? AF_INET6 : AF_INET, addr, is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr) != 1)
		errx(1, "%s: no address", addr);
	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, is_six ? (void *)&six : (void *)&four, is_six ? sizeof six : sizeof four) < 0 || listen(fd, 64) < 0)
		err(1, "%s port %d", addr, port);
	return fd;
}

static void tell_port(int fd)
{
	struct sockaddr_in6 a = {0}; /* the port stands at the same place for both families */
	socklen_t n = sizeof a;

	if (getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		err(1, "getsockname");
	printf("%d\n", ntohs(a.sin6_port));
	fflush(stdout);
}

/* Sessions end by the usual means; they are not the ones to report. */
static _Noreturn void begin(int fd)
{
	signal(SIGTERM, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	signal(SIGUSR1, SIG_IGN);
	if (opt.dialogue != NULL)
		dialogue_play(fd);
	serve(fd);
}

/* What came of a session; only a dialogue's ends with another code than 0. */
static void reap(int flags)
{
	int status;

	while (!stopped && waitpid(-1, &status, flags) > 0)
		if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
			__sync_fetch_and_add(&counts->violations, 1);
}

static void report(void)
{
	asked = 0;
	if (opt.sum)
		sum_report();
}

static void accept_all(int listener)
{
	while (!stopped && (opt.sessions == 0 || session < opt.sessions)) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (asked)
			report();
		if (fd < 0 && errno == EINTR)
			continue;
		if (fd < 0)
			err(1, "accept");
		session++;
		counts->sessions++;
		if (fork() == 0) {
			close(listener);
			begin(fd);
		}
		close(fd);
		reap(WNOHANG);
	}
}

static void catch(int sig, void (*handler)(int))
{
	sigaction(sig, &(struct sigaction){.sa_handler = handler}, NULL);
}

int main(int argc, char **argv)
{
	int listener;

	closefrom(3); /* bats waits for whoever holds its fd 3 */
	take_options(argc, argv);
	counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		err(1, "mmap");
	if (opt.dialogue != NULL)
		dialogue_load();
	catch(SIGTERM, on_stop);
	catch(SIGALRM, on_stop);
	catch(SIGUSR1, on_ask);
	signal(SIGPIPE, SIG_IGN);
	alarm((unsigned)opt.timeout);
	listener = listen_on(opt.addr, opt.port);
	tell_port(listener);
	accept_all(listener);
	close(listener);
	reap(0);
	report();
	return counts->violations > 0;
}
