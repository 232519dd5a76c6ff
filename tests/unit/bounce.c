/* bounce: where it goes and what it says. */
#include "qmail/bounce.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static const struct conf conf = {.bounces_to = "postmaster@gw.test", .bouncehost = "gw.test"};

static void route(const char *sender, const char *from, const char *to)
{
	struct bounce_route r;

	bounce_route(&conf, sender, &r);
	is_str(r.from, from, "bounce of mail from <%s> is from <%s>", sender, from);
	is_str(r.to, to, "and goes to <%s>", to);
}

int main(void)
{
	struct envelope e = {.sender = "\"q r\"@t.test", .recipient = "joe@x.test"};
	struct buf b = BUF(8192);
	struct bounce_route r;

	route("a@b.test", "", "a@b.test");
	route("\"q\\\"r\"@b.test", "", "q\"r@b.test");
	route("own-@b.test-@[]", "", "own-@b.test");
	route("", "#@[]", "postmaster@gw.test");
	route("#@[]", "", "");
	bounce_route(&conf, e.sender, &r);
	bounce_text(&b, &conf, &r, &e, "550 no\nDate: forged", 1700000000);
	is_str(buf_text(&b),
	       "Date: 14 Nov 2023 22:13:20 -0000\nFrom: MAILER-DAEMON@gw.test\nTo: \"q r\"@t.test\nSubject: failure notice\n\n"
	       "Hi. This is the qvmail delivery program at gw.test.\n"
	       "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
	       "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
	       "<joe@x.test>:\n550 no?Date: forged\n\n"
	       "--- Below this line is a copy of the message.\n\nReturn-Path: <\"q r\"@t.test>\n",
	       "the text is QSBMF, and a server's words make no lines of their own");
	buf_free(&b);
	r.program = "maildirbounce";
	r.notice = "This message is too old. Giving up.";
	bounce_text(&b, &conf, &r, &e, "450 later", 1700000000);
	ok(strstr(buf_text(&b), "This is the maildirbounce program at gw.test.\n") != NULL, "another program may write it");
	ok(strstr(buf_text(&b), "<joe@x.test>:\n450 later\nThis message is too old. Giving up.\n\n---") != NULL,
	   "and put a line behind the report");
	buf_free(&b);
	return done_testing();
}
