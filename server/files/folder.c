/* server/files/folder.c - see folder.h. The list of names is made when it is first needed and again
 * when a directory in it has changed; exact names do not need it. */
#include "server/files/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server/core/clock.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/net.h"
#include "server/core/text.h"
#include "server/files/name.h"
#include "server/files/view.h"

/* A directory changed twice within one tick of its time stamp looks unchanged: a list made so soon
 * after a change is not trusted. */
#define FRESH_NS 2000000000

struct dir_stamp {
	char *path; /* relative; "" = the folder itself */
	struct timespec mtime;
	ino_t ino;
};

struct folder {
	char *path;
	enum files_source source;
	pthread_mutex_t lock; /* guards all below */
	char **names;
	size_t names_n, names_cap;
	struct dir_stamp dirs[FOLDER_DIRS_MAX];
	size_t dirs_n;
	bool listed, fresh;
};

struct folder *folder_new(const char *path, enum files_source source)
{
	struct folder *d = mem_zalloc(sizeof(*d));

	d->path = mem_strdup(path);
	d->source = source;
	pthread_mutex_init(&d->lock, NULL);
	return d;
}

static void forget(struct folder *d)
{
	for (size_t i = 0; i < d->names_n; i++)
		mem_free(d->names[i]);
	for (size_t i = 0; i < d->dirs_n; i++)
		mem_free(d->dirs[i].path);
	d->names_n = d->dirs_n = 0;
	d->listed = d->fresh = false;
}

void folder_free(struct folder *d)
{
	if (!d)
		return;
	forget(d);
	pthread_mutex_destroy(&d->lock);
	mem_free(d->names);
	mem_free(d->path);
	mem_free(d);
}

const char *folder_path(const struct folder *d)
{
	return d->path;
}

/* ---- opening ---- */

static int open_root(const struct folder *d)
{
	return open(d->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The kernel refuses every path that leaves `root`, by `..` or by a link. */
static int open_beneath(int root, const char *name, int flags)
{
	struct open_how how = { .flags =
				    (uint64_t)(unsigned)(flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY),
				.resolve = (uint64_t)(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS) };

	return (int)syscall(SYS_openat2, root, name, &how, sizeof(how));
}

/* "Not found" ends a phone's search, so trouble of our own (no descriptors, no memory, a disk that
 * fails) is never told as that. */
static int open_err(int err)
{
	switch (err) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN: /* openat2: the path was changed meanwhile */
	case EINTR:
		return ERR_AGAIN;
	case EIO:
		return ERR_IO;
	default:
		return ERR_NOENT;
	}
}

static int open_exact(struct folder *d, const char *name, struct file_view **view)
{
	struct stat st;
	int root, fd, err;

	if (file_name_hidden(name))
		return ERR_NOENT;
	root = open_root(d);
	if (root < 0)
		return open_err(errno);
	fd = open_beneath(root, name, O_RDONLY);
	err = errno;
	close(root);
	if (fd < 0)
		return open_err(err);
	if (net_fd_is_reserve(fd)) { /* each transfer that was asked for holds one */
		close(fd);
		return ERR_AGAIN;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return ERR_NOENT;
	}
	*view = view_disk(fd, (uint64_t)st.st_size, d->source, name);
	return 0;
}

/* ---- the list ---- */

static void add_name(struct folder *d, const char *name)
{
	if (d->names_n == FOLDER_NAMES_MAX)
		return;
	if (d->names_n == d->names_cap) {
		d->names_cap = d->names_cap ? d->names_cap * 2 : 64;
		d->names = mem_realloc(d->names, d->names_cap * sizeof(*d->names));
	}
	d->names[d->names_n++] = mem_strdup(name);
}

static void scan(struct folder *d, int root, const char *rel, int depth);

static void scan_entry(struct folder *d, int root, int dir, const char *rel, const char *entry,
		       int depth)
{
	char name[FILES_NAME_MAX + 1];
	struct stat st;

	if (entry[0] == '.' || !text_is_utf8(entry, strlen(entry)) ||
	    (size_t)snprintf(name, sizeof(name), "%s%s%s", rel, rel[0] ? "/" : "", entry) >=
		sizeof(name))
		return;
	if (fstatat(dir, entry, &st, AT_SYMLINK_NOFOLLOW))
		return;
	if (S_ISDIR(st.st_mode))
		scan(d, root, name, depth + 1);
	else if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		add_name(d, name);
}

static void scan(struct folder *d, int root, const char *rel, int depth)
{
	int fd = depth > FOLDER_DEPTH_MAX || d->dirs_n == FOLDER_DIRS_MAX
		     ? -1
		     : open_beneath(root, rel[0] ? rel : ".", O_RDONLY | O_DIRECTORY);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;
	struct stat st;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	if (fstat(fd, &st) == 0) {
		struct timespec m = st.st_mtim;

		d->dirs[d->dirs_n++] = (struct dir_stamp){ mem_strdup(rel), m, st.st_ino };
		if (clock_wall_ns(&clock_system) - (m.tv_sec * 1000000000 + m.tv_nsec) < FRESH_NS)
			d->fresh = true;
	}
	while ((e = readdir(dir)))
		scan_entry(d, root, fd, rel, e->d_name, depth);
	closedir(dir);
}

static int compare(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int cmp = strcasecmp(x, y);

	return cmp ? cmp : strcmp(x, y);
}

static bool unchanged(const struct folder *d, int root)
{
	if (!d->listed || d->fresh)
		return false;
	for (size_t i = 0; i < d->dirs_n; i++) {
		const struct dir_stamp *s = &d->dirs[i];
		struct stat st;

		if (fstatat(root, s->path, &st, AT_EMPTY_PATH) || st.st_ino != s->ino ||
		    st.st_mtim.tv_sec != s->mtime.tv_sec || st.st_mtim.tv_nsec != s->mtime.tv_nsec)
			return false;
	}
	return true;
}

static void refresh(struct folder *d)
{
	int root = open_root(d);

	if (root < 0 || !unchanged(d, root)) {
		forget(d);
		if (root >= 0)
			scan(d, root, "", 0);
		if (d->names_n)
			qsort(d->names, d->names_n, sizeof(*d->names), compare);
		d->listed = root >= 0;
	}
	if (root >= 0)
		close(root);
}

static bool find_folded(struct folder *d, const char *name, char out[FILES_NAME_MAX + 1])
{
	size_t lo = 0, hi;
	bool found;

	pthread_mutex_lock(&d->lock);
	refresh(d);
	hi = d->names_n;
	while (lo < hi) { /* the first that is not before `name` */
		size_t mid = lo + (hi - lo) / 2;

		if (strcasecmp(d->names[mid], name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	found = lo < d->names_n && strcasecmp(d->names[lo], name) == 0;
	if (found)
		text_copy(out, FILES_NAME_MAX + 1, d->names[lo]);
	pthread_mutex_unlock(&d->lock);
	return found;
}

int folder_open(struct folder *d, const char *name, bool fold, struct file_view **view)
{
	char stored[FILES_NAME_MAX + 1];

	if (!fold)
		return open_exact(d, name, view);
	return find_folded(d, name, stored) ? open_exact(d, stored, view) : ERR_NOENT;
}

int folder_names(struct folder *d, folder_name_fn fn, void *ctx)
{
	int stop = 0;

	pthread_mutex_lock(&d->lock);
	refresh(d);
	for (size_t i = 0; i < d->names_n && !stop; i++)
		stop = fn(ctx, d->names[i]);
	pthread_mutex_unlock(&d->lock);
	return stop;
}
