/* login: whoever it is, a refusal costs one crypt(3) of the same kind. */
#include "box/login.h"

#include <crypt.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box/logins.h"
#include "lib/tree.h"

#include "tap.h"

#define HASH_ONE "$6$saltsaltsaltsalt$" \
	"AIsRs/Ee56G/tC8MEHhvReZTfx8u3rXXMl6eYrjCG9ibix19DxoMBLogdTET5Ukw9Sf7eZTITsuk0Ry5qulYz."
#define HASH_TWO "$1$abcd0123$6ki7uMewzcVzQMOmoR2ev1"

static int crypts;
static char salt[200];

/* In place of libc's: "right" is everybody's password. */
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): glibc declares it twice, with different ones
char *crypt(const char *password, const char *setting)
{
	static char hash[200];

	crypts++;
	snprintf(salt, sizeof salt, "%s", setting);
	snprintf(hash, sizeof hash, "%s", strcmp(password, "right") == 0 ? setting : "wrong");
	return hash;
}

static struct ctx ctx;
static struct conf conf = {.popmail = "/home/popmail", .serialmail = "/home/serialmail"};
static char root[] = "/tmp/qv-login-XXXXXX";

static int create(const char *path)
{
	char name[300];

	for (size_t i = 1; path[i] != '\0'; i++)
		if (path[i] == '/') {
			snprintf(name, sizeof name, "%s%.*s", root, (int)i, path);
			mkdir(name, 0755);
		}
	snprintf(name, sizeof name, "%s%s", root, path);
	return open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
}

static void put(const char *path, const char *text)
{
	int fd = create(path);

	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		ok(false, "%s can be written", path);
	close(fd);
}

static void give_passwords(const char *text)
{
	int fd = create(LOGINS_CDB);

	is_int(logins_digest(&ctx, QVPASSWD, text, strlen(text), fd), 0, "the table is made");
	close(fd);
}

static void is_refused(const char *user, const char *password, const char *why)
{
	struct box box;

	crypts = 0;
	is_int(login_check(&ctx, &conf, user, password, &box), 1, "refused: %s", why);
	is_int(crypts, 1, "and crypt was called once");
	ok(strcmp(salt, HASH_ONE) == 0 || strcmp(salt, HASH_TWO) == 0, "for a hash of somebody's");
}

static void is_let_in(const char *user, const char *path)
{
	struct box box;

	crypts = 0;
	is_int(login_check(&ctx, &conf, user, "right", &box), 0, "let in: %s", user);
	is_str(box.path, path, "into their box");
	is_str(box.name, strrchr(path, '/') + 1, "which is called so");
	is_int(crypts, 1, "crypt was called once");
}

/* "$6$", no rounds, a salt of 16, and so the work of a password that was given here. */
static void is_refused_before(void)
{
	struct box box;

	is_int(login_check(&ctx, &conf, "ex1-0001", "right", &box), 1, "refused: no table at all");
	is_int(crypts, 1, "and crypt was called once");
	is_int((intmax_t)strlen(salt), (intmax_t)strlen(HASH_ONE), "with a hash as long as those of passwd");
	ok(strncmp(salt, "$6$", 3) == 0 && salt[3 + 16] == '$', "and of their scheme");
}

static const char *salt_of(const char *user)
{
	struct box box;

	login_check(&ctx, &conf, user, "wrong", &box);
	return salt;
}

static void strangers(void)
{
	char user[32];
	int ones = 0, others = 0;

	for (int i = 0; i < 100; i++) {
		snprintf(user, sizeof user, "ex7-%04d", i);
		ones += strcmp(salt_of(user), HASH_ONE) == 0;
		others += strcmp(salt_of(user), HASH_TWO) == 0;
	}
	is_int(ones + others, 100, "strangers meet the kinds of hash that there are");
	ok(ones > 20 && others > 20, "of each kind: %d and %d", ones, others);
	snprintf(user, sizeof user, "%.31s", salt_of("Stranger"));
	ok(strncmp(salt_of("STRANGER"), user, 31) == 0, "one stranger always the same");
}

static void set_up(void)
{
	put("/var/qmail/control/virtualdomains", "example.com:example.com\n");
	put("/var/qmail/control/rcpthosts", "example.com\n");
	put("/var/qmail/users/assign", "+example.com-:ex1:510:51:/home/popmail/e/ex1/DOMAINS/example.com:-::\n.\n");
	put("/home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe", "/home/popmail/e/ex1/POP/ex1-0001/\n");
	put("/home/popmail/e/ex1/DOMAINS/example.com/.qmail-ann", "&joe@example.com\n");
	put("/home/popmail/e/ex1/DOMAINS/example.com/.qmail-bob", "/home/popmail/e/ex1/POP/ex1-0002/\n");
	give_passwords("ex1-0001:" HASH_ONE ":/home/popmail/e/ex1/POP/ex1-0001\n"
	               "ex1-0002:!" HASH_TWO ":/home/popmail/e/ex1/POP/ex1-0002\n"
	               "ex1-0003:!:/home/popmail/e/ex1/POP/ex1-0003\n"
	               "Sales:" HASH_ONE ":/home/popmail/e/ex1/POP/Sales\n"
	               "sales:" HASH_ONE ":/home/popmail/e/ex2/POP/sales\n"
	               "OnlyOne:" HASH_ONE ":/home/popmail/e/ex2/POP/OnlyOne\n");
}

int main(void)
{
	if (mkdtemp(root) == NULL || ctx_open(&ctx, root) < 0)
		return 1;
	is_refused_before();
	set_up();
	strangers();
	is_let_in("ex1-0001", "/home/popmail/e/ex1/POP/ex1-0001");
	is_let_in("joe@example.com", "/home/popmail/e/ex1/POP/ex1-0001");
	is_let_in("onlyone", "/home/popmail/e/ex2/POP/OnlyOne");
	is_refused("ex1-0001", "wrong", "a wrong password");
	is_refused("joe@example.com", "wrong", "the same by an address");
	is_refused("ex1-0009", "right", "no such box");
	is_refused("nobody@example.com", "right", "no such address");
	is_refused("joe@example.org", "right", "no such domain");
	is_refused("ann@example.com", "right", "an address without a box");
	is_refused("no address@example.com", "right", "no address at all");
	is_refused("ex1-0002", "right", "a suspended box");
	is_str(salt, HASH_TWO, "held against its own hash");
	is_refused("bob@example.com", "right", "the same by an address");
	is_refused("ex1-0003", "right", "a suspended box without password");
	is_refused("sales", "right", "a name that two have");
	is_refused("", "right", "no name");
	is_refused("/home/popmail/e/ex1/POP/ex1-0001", "right", "a directory");
	put(LOGINS_CDB, "no cdb");
	ok(login_check(&ctx, &conf, "ex1-0001", "right", &(struct box){0}) < 0, "a broken table lets nobody in");
	tree_remove(&ctx, "/var");
	tree_remove(&ctx, "/home");
	rmdir(root);
	return done_testing();
}
