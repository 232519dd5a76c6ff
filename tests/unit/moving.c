/* moving: what vpopmail and vmailmgr write, read from bytes that need not be believed. */
#include "move/vmailmgr.h"
#include "move/vpopmail.h"
#include "qmail/cdbwalk.h"

#include "tap.h"

static void others(const char *text, enum vpopmail_others want, const char *where)
{
	char got[200] = "";

	is_int(vpopmail_others(text, strlen(text), got, sizeof got), want, ".qmail-default: %s", text);
	if (where != NULL)
		is_str(got, where, "goes there");
}

static void vpasswd(const char *rest, int want, bool no_pop, bool has_quota)
{
	struct vpopmail_user u;

	if (!is_int(vpopmail_user("joe", 3, rest, strlen(rest), &u), want, "vpasswd: joe:%s", rest) || want < 0)
		return;
	ok(u.no_pop == no_pop && u.has_quota == has_quota, "its flags and quota");
}

static struct vmailmgr_user v;

static int record(const char *p, size_t n)
{
	static char data[200];

	memcpy(data, p, n);
	data[n] = '\0';
	return vmailmgr_user(data, n, &v);
}

#define RECORD(text) record((text), sizeof(text) - 1)
#define VALUES "\0" "4294967295\0" "4294967295\0" "4294967295\0" "4294967295\0" "1\0" "4294967295\0"

static void vmailmgr(void)
{
	static const char whole[] = "\2\12\1\10\0\0hash\0./users/joe\0a\0b@c\0\0me" VALUES;
	const char *next = NULL, *p;
	int bad = 0;
	size_t n;

	is_int(record(whole, sizeof whole - 1), 0, "version 2");
	ok(strcmp(v.hash, "hash") == 0 && strcmp(v.maildir, "./users/joe") == 0, "its fields");
	ok(!v.enabled && !v.has_quota && !v.expires, "its flags and values");
	p = vmailmgr_forward(&v, &next, &n);
	ok(p != NULL && n == 1 && *p == 'a', "its first forward");
	p = vmailmgr_forward(&v, &next, &n);
	ok(p != NULL && n == 3 && memcmp(p, "b@c", 3) == 0, "its second");
	ok(vmailmgr_forward(&v, &next, &n) == NULL, "and no more");
	for (size_t i = 0; i + 1 < sizeof whole; i++)
		bad += record(whole, i) == -1;
	is_int(bad, sizeof whole - 1, "cut off anywhere it is none");
	is_int(RECORD("\1hash\0./users/joe\0\0me" VALUES), 0, "version 1");
	ok(v.enabled && strcmp(v.maildir, "./users/joe") == 0, "is enabled");
	is_int(RECORD(":hash:&a@b,c@d"), 0, "before versions: an alias");
	next = NULL;
	ok(*v.maildir == '\0' && vmailmgr_forward(&v, &next, &n) != NULL && n == 3, "has forwards");
	is_int(RECORD("\3x"), -1, "another version is refused");
}

static void walk(void)
{
	static char none[2048 + 8];
	struct cdbwalk w;

	for (size_t i = 0; i < 256; i++)
		none[i * 8 + 1] = 8;
	is_int(cdbwalk_begin(&w, none, 2048), 0, "a cdb without records");
	ok(!cdbwalk_next(&w) && !w.bad, "has none");
	is_int(cdbwalk_begin(&w, none, 2047), -1, "a short one is refused");
	is_int(cdbwalk_begin(&w, none, 2056), -1, "and one with something behind its tables");
	none[4] = (char)255;
	is_int(cdbwalk_begin(&w, none, 2056), -1, "and one whose tables are longer than it is");
	none[4] = 1;
	none[1] = 7;
	is_int(cdbwalk_begin(&w, none, 2056), -1, "and one whose tables begin in the header");
}

int main(void)
{
	others("| /v/bin/vdelivermail '' bounce-no-mailbox\n", VPOPMAIL_BOUNCE, NULL);
	others("|/v/bin/vdelivermail \"\" delete", VPOPMAIL_DELETE, NULL);
	others("| /v/bin/vdelivermail '' joe@example.com\n", VPOPMAIL_ADDRESS, "joe@example.com");
	others("| /v/bin/vdelivermail '' /v/domains/x/joe/\n", VPOPMAIL_MAILDIR, "/v/domains/x/joe/Maildir");
	others("| /v/bin/vdelivermail '' /v/domains/x/joe/Maildir/\n", VPOPMAIL_MAILDIR, "/v/domains/x/joe/Maildir");
	others("| /v/bin/vdelivermail\n", VPOPMAIL_BOUNCE, NULL);
	others("| filter\n| /v/bin/vdelivermail '' delete\n", VPOPMAIL_FOREIGN, NULL);
	others("./Maildir/\n", VPOPMAIL_FOREIGN, NULL);
	others("", VPOPMAIL_FOREIGN, NULL);
	vpasswd("$1$x:1:0:Joe:/v/joe:NOQUOTA", 0, false, false);
	vpasswd("$1$x:1:3:Joe:/v/joe:10S:clear", 0, true, true);
	vpasswd("$1$x:1:16:Joe:/v/joe:", 0, false, false);
	vpasswd("$1$x:1:0:Joe::NOQUOTA", -1, false, false);
	vpasswd("$1$x:1:0:Joe", -1, false, false);
	vpasswd("", -1, false, false);
	vmailmgr();
	walk();
	return done_testing();
}
