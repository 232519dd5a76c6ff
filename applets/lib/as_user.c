/* as_user - resolve a path as a process of another user would. */
#include "lib/as_user.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/userns.h"

enum {
	LINKS_MAX = 40, /* as Linux has it */
	TRIES = 3,      /* retries for a file that is replaced meanwhile */
	BLIND = -1,
	GO_ON = -2,
};

struct walk {
	const struct as_user *v;
	int at;              /* O_PATH: the current directory */
	struct stat here;    /* of at */
	int links;           /* followed so far */
	char rest[PATH_MAX]; /* the rest of the path */
};

bool as_user_may(const struct as_user *v, const struct stat *st, unsigned mode)
{
	unsigned shift = v->uid == st->st_uid ? 6 : v->gid == st->st_gid ? 3 : 0;

	return v->uid == 0 || (st->st_mode >> shift & mode) == mode;
}

/* Where from is, if path begins there. */
static const char *base(const struct as_user *v, const char *path)
{
	return *path != '/' && v->home != NULL ? v->home : "";
}

/* What the call has failed with, unless that says only what this process may do or lacks. */
static int failed(const struct as_user *v, const char *path)
{
	if (errno != EACCES && !err_starves(errno))
		return errno;
	err_sys(&v->ctx->err, "unable to examine %s%s%s%s as its user%s", v->ctx->root, base(v, path),
	        *path != '/' ? "/" : "", path, errno == EACCES ? "; run this as root" : "");
	return BLIND;
}

int as_user_answer(const struct as_user *v, const char *path, int r)
{
	if (r <= 0 || err_lasts(r))
		return r;
	errno = r;
	err_sys(&v->ctx->err, "unable to examine %s%s as its user", v->ctx->root, path);
	return BLIND;
}

int as_user_right(const struct as_user *v, const char *path, const struct stat *st, unsigned mode)
{
	if (as_user_may(v, st, mode))
		return 0;
	if (!userns_hides_owner(st))
		return EACCES;
	err_perm(&v->ctx->err,
	         "unable to examine %s%s%s%s as its user: an owner on the way has no id in this user namespace", v->ctx->root,
	         base(v, path), *path != '/' ? "/" : "", path);
	v->ctx->err.sys = EACCES;
	return BLIND;
}

/* True at the root, where ".." has no effect. */
static int at_root(const struct walk *w, bool *is)
{
	struct stat root;

	if (fstat(w->v->ctx->rootfd, &root) < 0)
		return errno;
	*is = w->here.st_dev == root.st_dev && w->here.st_ino == root.st_ino;
	return 0;
}

static int stand_on(struct walk *w, int fd, const struct stat *st)
{
	int old = w->at;

	w->at = fd;
	w->here = *st;
	close(old);
	return GO_ON;
}

static int stand_on_root(struct walk *w)
{
	int fd = openat(w->v->ctx->rootfd, ".", O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0)
		return stand_on(w, fd, &st);
	return errno;
}

/* Take the first component from w->rest; the slashes after it remain. */
static int next_component(struct walk *w, char *name)
{
	size_t skip = strspn(w->rest, "/"), n = strcspn(w->rest + skip, "/");

	if (n > NAME_MAX)
		return ENAMETOOLONG;
	memcpy(name, w->rest + skip, n);
	name[n] = '\0';
	memmove(w->rest, w->rest + skip + n, strlen(w->rest + skip + n) + 1);
	return 0;
}

static int follow(struct walk *w, int link)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(link, "", target, sizeof target);
	size_t rest = strlen(w->rest);

	if (n < 0)
		return errno;
	if (++w->links > LINKS_MAX)
		return ELOOP;
	if ((size_t)n + rest >= sizeof w->rest)
		return ENAMETOOLONG;
	memmove(w->rest + n, w->rest, rest + 1);
	memcpy(w->rest, target, (size_t)n);
	return target[0] == '/' ? stand_on_root(w) : GO_ON;
}

/* Enter the directory, follow the link, or end, depending on what name is. */
static int arrive(struct walk *w, int fd, const char *name, struct as_user_at *to)
{
	bool last = w->rest[strspn(w->rest, "/")] == '\0';
	struct stat st;
	int r = GO_ON;

	if (fstat(fd, &st) < 0)
		r = errno;
	else if (S_ISLNK(st.st_mode))
		r = follow(w, fd);
	else if (!S_ISDIR(st.st_mode) && *w->rest != '\0')
		r = ENOTDIR;
	else if (!last)
		return stand_on(w, fd, &st);
	else {
		*to = (struct as_user_at){.fd = fd, .dir = w->at, .st = st};
		memcpy(to->name, name, strlen(name) + 1);
		w->at = -1;
		return 0;
	}
	close(fd);
	return r;
}

/* No such name: open(2) could create it here if it is the last component. */
static int missing(struct walk *w, const char *name, struct as_user_at *to)
{
	if (*w->rest == '\0') {
		to->dir = w->at;
		memcpy(to->name, name, strlen(name) + 1);
		w->at = -1;
	}
	return ENOENT;
}

static int step(struct walk *w, const char *path, struct as_user_at *to)
{
	char name[NAME_MAX + 1];
	bool stay = false;
	int r, fd;

	r = as_user_right(w->v, path, &w->here, 1);
	if (r == 0)
		r = next_component(w, name);
	if (r == 0 && strcmp(name, "..") == 0)
		r = at_root(w, &stay);
	if (r != 0)
		return r;
	if (*name == '\0' || stay)
		memcpy(name, ".", sizeof ".");
	fd = openat(w->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		return arrive(w, fd, name, to);
	return errno == ENOENT ? missing(w, name, to) : failed(w->v, path);
}

int as_user_walk(const struct as_user *v, const struct as_user_at *from, const char *path, struct as_user_at *at)
{
	struct walk w = {.v = v};
	size_t n = strlen(path);
	int r = GO_ON;

	*at = (struct as_user_at){.fd = -1, .dir = -1};
	if (n == 0 || n >= sizeof w.rest)
		return n == 0 ? ENOENT : ENAMETOOLONG;
	memcpy(w.rest, path, n + 1);
	w.at = openat(from != NULL && *path != '/' ? from->fd : v->ctx->rootfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w.at < 0)
		return failed(v, path);
	if (fstat(w.at, &w.here) < 0)
		r = errno;
	while (r == GO_ON)
		r = step(&w, path, at);
	if (w.at >= 0)
		close(w.at);
	return r;
}

void as_user_end(struct as_user_at *at)
{
	if (at->fd >= 0)
		close(at->fd);
	if (at->dir >= 0)
		close(at->dir);
	*at = (struct as_user_at){.fd = -1, .dir = -1};
}

/* qv-route must not change the access time. Only the owner and root may use O_NOATIME. */
static int open_quietly(const struct as_user_at *at)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(at->dir, at->name, flags | O_NOATIME);

	return fd < 0 && errno == EPERM ? openat(at->dir, at->name, flags) : fd;
}

static int open_regular(const struct as_user *v, const struct as_user_at *at, const char *path, int *fd)
{
	struct stat st;
	int r;

	r = as_user_right(v, path, &at->st, 4);
	if (r != 0)
		return r;
	if (!S_ISREG(at->st.st_mode))
		return S_ISDIR(at->st.st_mode) ? EISDIR : EINVAL;
	*fd = open_quietly(at);
	if (*fd < 0)
		return failed(v, path);
	r = fstat(*fd, &st) < 0 ? errno : 0;
	if (r == 0 && (st.st_dev != at->st.st_dev || st.st_ino != at->st.st_ino))
		r = ESTALE; /* replaced meanwhile: the new file was not examined */
	if (r == 0)
		return 0;
	close(*fd);
	*fd = -1;
	return r;
}

int as_user_open(const struct as_user *v, const struct as_user_at *from, const char *path, int *fd, struct stat *st)
{
	struct as_user_at at;
	int r = ESTALE;

	for (int tries = 0; tries < TRIES; tries++) {
		*fd = -1;
		r = as_user_walk(v, from, path, &at);
		if (r == 0)
			r = open_regular(v, &at, path, fd);
		if (st != NULL)
			*st = at.st;
		as_user_end(&at);
		if (r != ESTALE)
			break;
	}
	return r;
}

static int slurp(int fd, struct buf *b)
{
	enum { PIECE = 4096 };
	ssize_t n;
	char *to;

	while ((to = buf_room(b, PIECE)) != NULL) {
		n = read(fd, to, PIECE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : 0;
		b->len += (size_t)n;
	}
	return ENOMEM;
}

int as_user_slurp(const struct as_user *v, const struct as_user_at *from, const char *path, struct buf *b, struct stat *st)
{
	int fd, r = as_user_open(v, from, path, &fd, st);

	buf_free(b);
	if (r != 0)
		return r;
	r = slurp(fd, b);
	if (b->len > 0)
		b->p[b->len] = '\0';
	close(fd);
	return r;
}
