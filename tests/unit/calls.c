/* calls: who has called and was not answered yet. */
#include "master/calls.h"

#include "tap.h"

int main(void)
{
	struct calls c = CALLS;

	ok(!calls_has(&c, "a.example.com"), "nobody has called");
	calls_forget(&c, "a.example.com");
	calls_add(&c, "a.example.com");
	calls_add(&c, "b.a.example.com");
	calls_add(&c, "a.example.com");
	ok(calls_has(&c, "a.example.com") && calls_has(&c, "b.a.example.com"), "two have");
	ok(!calls_has(&c, "example.com") && !calls_has(&c, "b.a"), "part of a name is nobody");
	calls_forget(&c, "a.example.com");
	ok(!calls_has(&c, "a.example.com"), "one that called twice is forgotten at once");
	ok(calls_has(&c, "b.a.example.com"), "and the other, which ends as it does, is not");
	calls_forget(&c, "b.a.example.com");
	ok(!calls_has(&c, "b.a.example.com"), "the last one too");
	calls_add(&c, "c.example.com");
	ok(calls_has(&c, "c.example.com"), "and it goes on");
	calls_free(&c);
	return done_testing();
}
