/* routing: four control files and users/assign as one value; put in, found, taken out. */
#include "routing/routing.h"

#include "qmail/conf.h"
#include "routing/where.h"
#include "tap.h"

static const struct conf conf = {.popmail = "/home/popmail", .serialmail = "/home/serialmail"};
static struct err e;

static void file(struct routing *r, enum routing_name f, const char *path, const char *text)
{
	lines_free(&r->file[f].lines);
	r->file[f].path = path;
	r->file[f].seen.there = true;
	r->table_is_good = false;
	lines_parse(&r->file[f].lines, text, strlen(text));
}

static struct routing empty(void)
{
	struct routing r = {.root = ""};

	file(&r, ROUTING_RCPTHOSTS, "rcpthosts", "localhost\n");
	file(&r, ROUTING_MORERCPTHOSTS, "morercpthosts", "");
	file(&r, ROUTING_VIRTUALDOMAINS, "virtualdomains", "");
	file(&r, ROUTING_SMTPROUTES, "smtproutes", "");
	file(&r, ROUTING_LOCALS, "locals", "localhost\n");
	file(&r, ROUTING_ASSIGN, "assign", ".\n");
	return r;
}

static void end(struct routing *r)
{
	for (size_t i = 0; i < ROUTING_FILES; i++)
		lines_free(&r->file[i].lines);
}

static void says(const struct routing *r, enum routing_name f, const char *want, const char *name)
{
	struct buf out = BUF(1 << 20);

	lines_render(&r->file[f].lines, &out);
	is_str(buf_text(&out), want, "%s", name);
	buf_free(&out);
}

static struct domain pop(const char *name)
{
	struct domain d = {.form = DOMAIN_POP, .subdomains = true, .user = "ex1", .uid = 510, .gid = 51};

	snprintf(d.name.text, sizeof d.name.text, "%s", name);
	snprintf(d.id, sizeof d.id, "%s", name);
	snprintf(d.home, sizeof d.home, "/home/popmail/e/ex1/DOMAINS/%s", name);
	return d;
}

static void there_and_back(void)
{
	struct routing r = empty();
	struct domain d = pop("x.org"), found;

	is_int(routing_add(&e, &r, &d), 0, "a POP domain goes in");
	says(&r, ROUTING_RCPTHOSTS, "localhost\nx.org\n.x.org\n", "it is accepted");
	says(&r, ROUTING_VIRTUALDOMAINS, "x.org:x.org\n.x.org:x.org\n", "it is virtual");
	says(&r, ROUTING_ASSIGN, "+x.org-:ex1:510:51:/home/popmail/e/ex1/DOMAINS/x.org:-::\n.\n", "it has a home, before the dot");
	is_int(routing_add(&e, &r, &d), 0, "and again");
	is_int((intmax_t)r.file[ROUTING_RCPTHOSTS].lines.n, 3, "which puts nothing in twice");
	routing_look(&r, &conf, "x.org", &found);
	is_str(domain_word(found.form), "pop", "it is found as what it is");
	is_str(found.home, d.home, "with its home");
	ok(found.subdomains && found.accepted && found.uid == 510 && found.gid == 51, "and all the rest");
	routing_del(&r, &found);
	says(&r, ROUTING_RCPTHOSTS, "localhost\n", "and taken out: not accepted");
	says(&r, ROUTING_VIRTUALDOMAINS, "", "not virtual");
	says(&r, ROUTING_ASSIGN, ".\n", "no home");
	end(&r);
}

static void forms(void)
{
	static const struct {
		enum routing_name file;
		const char *text, *form;
	} is[] = {
		{ROUTING_LOCALS, "X.org\n", "local"},          {ROUTING_RCPTHOSTS, "x.ORG \n", "backup"},
		{ROUTING_MORERCPTHOSTS, "x.org\n", "backup"},   {ROUTING_RCPTHOSTS, ".x.org\n", "backup"},
		{ROUTING_SMTPROUTES, "x.org:relay\n", "relay"}, {ROUTING_VIRTUALDOMAINS, "x.org:nowhere\n", "virtual"},
		{ROUTING_RCPTHOSTS, "#x.org\n", "none"},        {ROUTING_RCPTHOSTS, "x.org\r\n", "none"},
		{ROUTING_VIRTUALDOMAINS, "x.org\n", "none"},
	};
	struct domain d;

	for (size_t i = 0; i < sizeof is / sizeof *is; i++) {
		struct routing r = empty();

		file(&r, is[i].file, "f", is[i].text);
		routing_look(&r, &conf, "x.org", &d);
		is_str(domain_word(d.form), is[i].form, "case %zu is %s", i, is[i].form);
		end(&r);
	}
}

static void other_forms(void)
{
	struct routing r = empty();
	struct domain d = pop("x.org"), id = d, relay = {.form = DOMAIN_RELAY, .name = d.name, .relay = "mail", .subdomains = true};

	snprintf(id.id, sizeof id.id, "id");
	file(&r, ROUTING_RCPTHOSTS, "rcpthosts", "a\nx.org\n");
	is_int(routing_add(&e, &r, &d), -1, "a backup domain becomes no POP domain");
	ok(strncmp(e.text, "rcpthosts:2: ", 13) == 0, "and the line is named: %s", e.text);
	ok(!r.file[ROUTING_ASSIGN].lines.changed && !r.file[ROUTING_VIRTUALDOMAINS].lines.changed, "and nothing was put in");
	file(&r, ROUTING_RCPTHOSTS, "rcpthosts", "");
	routing_add(&e, &r, &d);
	is_int(routing_add(&e, &r, &relay), -1, "a POP domain becomes no relay");
	is_int(routing_add(&e, &r, &id), -1, "nor takes another id");
	d.subdomains = false;
	is_int(routing_add(&e, &r, &d), -1, "nor loses its sub-domains");
	file(&r, ROUTING_LOCALS, "locals", "x.org\n");
	d.subdomains = true;
	is_int(routing_add(&e, &r, &d), -1, "what is local is never virtual");
	end(&r);
}

/* Which of the two files a line stands in makes no difference. */
static void two_lists(void)
{
	struct routing r = empty();
	struct domain d = {.form = DOMAIN_BACKUP, .name = {"x.org"}, .subdomains = true};

	file(&r, ROUTING_MORERCPTHOSTS, "morercpthosts", "a\n.x.org\n");
	is_int(routing_add(&e, &r, &d), 0, "a domain whose sub-domains are in morercpthosts goes in");
	says(&r, ROUTING_RCPTHOSTS, "localhost\nx.org\n", "and what was there is not put in again");
	is_int(routing_add(&e, &r, &d), 0, "and again");
	d.subdomains = false;
	is_int(routing_add(&e, &r, &d), -1, "it does not lose its sub-domains");
	ok(strncmp(e.text, "morercpthosts:2: ", 17) == 0, "and their line is named: %s", e.text);
	end(&r);
}

static void tables(void)
{
	struct routing r = empty();
	struct domain d = pop("x.org"), found;

	file(&r, ROUTING_ASSIGN, "assign", "=a:a:1:1:/:::");
	is_int(routing_add(&e, &r, &d), 0, "a table without its dot is mended");
	says(&r, ROUTING_ASSIGN, "=a:a:1:1:/:::\n+x.org-:ex1:510:51:/home/popmail/e/ex1/DOMAINS/x.org:-::\n.\n", "the dot is last");
	file(&r, ROUTING_ASSIGN, "assign", "=a:a:1:1:/:::\nbad\n.\n");
	is_int(routing_add(&e, &r, &d), -1, "a malformed one is refused");
	ok(strncmp(e.text, "assign:2: ", 10) == 0, "with its line: %s", e.text);
	file(&r, ROUTING_VIRTUALDOMAINS, "virtualdomains", "");
	file(&r, ROUTING_RCPTHOSTS, "rcpthosts", "");
	file(&r, ROUTING_ASSIGN, "assign", "+id-:ex1:1:1:/home/popmail/e/ex1/DOMAINS/x.org:-::\n.\n");
	routing_look(&r, &conf, "x.org", &found);
	is_str(found.id, "id", "what a deletion that was cut off left is found by its home");
	file(&r, ROUTING_ASSIGN, "assign", ".\n+x.org-:ex1:1:1:/home/popmail/e/ex1/DOMAINS/x.org:-::\n");
	routing_look(&r, &conf, "x.org", &found);
	is_str(domain_word(found.form), "none", "but nothing behind the dot counts");
	end(&r);
}

static void listing(void)
{
	struct routing r = empty();
	struct name_domain name;
	struct buf got = BUF(1000);
	size_t at = 0;

	file(&r, ROUTING_RCPTHOSTS, "rcpthosts", "# c\nA.org\n.a.org\n\n.b.org\na.ORG\n");
	file(&r, ROUTING_VIRTUALDOMAINS, "virtualdomains", "b.org:b\nc.org:c\nuser@d.org:x\n:all\n");
	file(&r, ROUTING_SMTPROUTES, "smtproutes", ".c.org:x\nd.org:x\n:smart\n");
	while (routing_next(&r, &at, &name))
		buf_printf(&got, "%s ", name.text);
	is_str(buf_text(&got), "a.org b.org c.org d.org localhost ", "each name once, in the files' order");
	buf_free(&got);
	end(&r);
}

int main(void)
{
	there_and_back();
	forms();
	other_forms();
	two_lists();
	tables();
	listing();
	return done_testing();
}
