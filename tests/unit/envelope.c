/* envelope: sender and recipient from what qmail-local put on top, and addresses quoted as SMTP wants them. */
#include "qmail/envelope.h"

#include "tap.h"

static const char prefix[] = "x.org-";

static void gives(const char *name, const char *head, const char *sender, const char *recipient)
{
	struct envelope e;
	const char *why;
	const char *body = strstr(head, "BODY");

	if (!is_int(envelope_parse(head, strlen(head), prefix, &e, &why), 0, "%s", name))
		return;
	is_str(e.sender, sender, "%s: sender", name);
	is_str(e.recipient, recipient, "%s: recipient", name);
	is_int((intmax_t)e.head, body - head, "%s: the rest is the message", name);
}

static void refused(const char *name, const char *head, size_t n)
{
	struct envelope e;
	const char *why = NULL;

	is_int(envelope_parse(head, n, prefix, &e, &why), -1, "%s", name);
	ok(why != NULL && *why != '\0', "%s: and it says why", name);
}

static void no(const char *name, const char *head)
{
	refused(name, head, strlen(head));
}

static void delivered_to(const char *head, const char *want)
{
	const char *p = "";
	size_t n = 0;

	is_int(envelope_delivered_to(head, strlen(head), &p, &n), want != NULL, "Delivered-To is there, or not");
	ok(want == NULL || (n == strlen(want) && memcmp(p, want, n) == 0), "and its local part is %s", want != NULL ? want : "none");
}

static void quoted(const char *address, const char *want)
{
	char text[200], back[200];

	is_int(envelope_quote(address, text, sizeof text), 0, "there is room for %s", want);
	is_str(text, want, "as SMTP has it");
	envelope_unquote(text, back, sizeof back);
	is_str(back, address, "and back");
}

static void long_ones(void)
{
	char head[ENVELOPE_ADDRESS_MAX + 200], small[8];
	char name[ENVELOPE_ADDRESS_MAX + 2];

	memset(name, 'a', sizeof name);
	name[ENVELOPE_ADDRESS_MAX + 1] = '\0';
	snprintf(head, sizeof head, "Return-Path: <%s>\nDelivered-To: x.org-a@x.org\n", name);
	no("a sender of 1001 bytes is too long", head);
	snprintf(head, sizeof head, "Return-Path: <>\nDelivered-To: x.org-%s@x.org\n", name);
	no("so is such a recipient", head);
	name[ENVELOPE_ADDRESS_MAX] = '\0';
	snprintf(head, sizeof head, "Return-Path: <%s>\nDelivered-To: x.org-a@x.org\nBODY", name);
	gives("1000 bytes are not", head, name, "a@x.org");
	is_int(envelope_quote("abcdef@x", small, sizeof small), -1, "no room, no address");
}

int main(void)
{
	gives("plain", "Return-Path: <a@b>\nDelivered-To: x.org-Joe@X.org\nBODY", "a@b", "Joe@X.org");
	gives("the null sender", "Return-Path: <>\nDelivered-To: x.org-joe@x.org\nBODY", "", "joe@x.org");
	gives("any case", "return-path: <a@b>\nDELIVERED-TO: X.ORG-joe@x.org\nBODY", "a@b", "joe@x.org");
	gives("a quoted sender", "Return-Path: <\"a b>\"@b>\nDelivered-To: x.org-a b@x.org\nBODY", "\"a b>\"@b", "a b@x.org");
	gives("8-bit", "Return-Path: <\xe9@b>\nDelivered-To: x.org-\xe9@x.org\nBODY", "\xe9@b", "\xe9@x.org");
	gives("an empty local part", "Return-Path: <>\nDelivered-To: x.org-@x.org\nBODY", "", "@x.org");
	no("nothing at all", "");
	no("no Return-Path", "Delivered-To: x.org-a@x.org\n");
	no("no brackets", "Return-Path: a@b\nDelivered-To: x.org-a@x.org\n");
	no("an open bracket", "Return-Path: <\nDelivered-To: x.org-a@x.org\n");
	no("cut in the first line", "Return-Path: <a@b>");
	no("cut in the second line", "Return-Path: <a@b>\nDelivered-To: x.org-a@x.org");
	no("no Delivered-To", "Return-Path: <a@b>\nReceived: x\n");
	no("another customer's prefix", "Return-Path: <a@b>\nDelivered-To: y.org-a@x.org\n");
	no("no address", "Return-Path: <a@b>\nDelivered-To: x.org-\n");
	no("no host", "Return-Path: <a@b>\nDelivered-To: x.org-joe\n");
	no("CR in the sender", "Return-Path: <a\r@b>\nDelivered-To: x.org-a@x.org\n");
	no("CRLF lines", "Return-Path: <a@b>\r\nDelivered-To: x.org-a@x.org\r\n");
	no("a control character in the sender", "Return-Path: <a\x01@b>\nDelivered-To: x.org-a@x.org\n");
	refused("NUL in the sender", "Return-Path: <a\0@b>\nDelivered-To: x.org-a@x.org\n", 47);
	delivered_to("Return-Path: <a@b>\nDelivered-To: x.org-Joe@y@X.org\n", "x.org-Joe@y");
	delivered_to("a\ndelivered-to: joe\n", "joe");
	delivered_to("a\nDelivered-To: \n", "");
	delivered_to("Delivered-To: joe\n", NULL);
	delivered_to("a\nDelivered-To: joe", NULL);
	delivered_to("a\nReceived: joe\n", NULL);
	delivered_to("", NULL);
	quoted("joe.user@x.org", "joe.user@x.org");
	quoted("a b@x.org", "\"a b\"@x.org");
	quoted("a\"\\b@x.org", "\"a\\\"\\\\b\"@x.org");
	quoted(".a@x.org", "\".a\"@x.org");
	quoted("a..b@x.org", "\"a..b\"@x.org");
	quoted("a.@x.org", "\"a.\"@x.org");
	quoted("a@b@x.org", "\"a@b\"@x.org");
	quoted("@x.org", "\"\"@x.org");
	long_ones();
	return done_testing();
}
