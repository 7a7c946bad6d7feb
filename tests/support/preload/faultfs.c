/* tests/support/preload/faultfs.c - see faultfs.h. Built as a shared library for LD_PRELOAD. */
#include "tests/support/preload/faultfs.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

struct pending {
	struct pending *next;
	off_t off;
	size_t len;
	unsigned char data[];
};

static struct faultfs none, *ctl = &none;
static const char *dir, *image_of;
static int image_fd = -1;
static pthread_mutex_t image_lock = PTHREAD_MUTEX_INITIALIZER;
static struct pending *pending, **pending_tail = &pending;
static unsigned long seed = 1;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_msync)(void *, size_t, int);
static int (*real_ftruncate)(int, off_t);

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void start(void)
{
	const char *path = getenv("FAULTFS_CONTROL"), *image = getenv("FAULTFS_IMAGE");
	int fd;

	*(void **)&real_write = next("write");
	*(void **)&real_pwrite = next("pwrite");
	*(void **)&real_writev = next("writev");
	*(void **)&real_pwritev = next("pwritev");
	*(void **)&real_fsync = next("fsync");
	*(void **)&real_fdatasync = next("fdatasync");
	*(void **)&real_msync = next("msync");
	*(void **)&real_ftruncate = next("ftruncate");
	fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	ctl = mmap(NULL, sizeof(*ctl), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (ctl == MAP_FAILED)
		abort();
	dir = getenv("FAULTFS_DIR");
	image_of = getenv("FAULTFS_FILE");
	if (image)
		image_fd = open(image, O_WRONLY | O_CLOEXEC);
	seed = (unsigned long)getpid() * 2654435761u + 1;
}

/* ---- which files ---- */

static bool path_of(int fd, char out[4096])
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, out, 4095);
	out[n < 0 ? 0 : n] = '\0';
	return n >= 0;
}

static bool ours(int fd)
{
	char path[4096];

	return dir && path_of(fd, path) && !strncmp(path, dir, strlen(dir));
}

static bool imaged(int fd)
{
	char path[4096];

	return image_fd >= 0 && image_of && path_of(fd, path) && !strcmp(path, image_of);
}

static bool dsync(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_DSYNC);
}

/* ---- the image of a power cut ---- */

static unsigned roll(void)
{
	seed = seed * 6364136223846793005ul + 1442695040888963407ul;
	return (unsigned)(seed >> 33) % 100;
}

static void image_write(const void *p, size_t len, off_t off)
{
	if (real_pwrite(image_fd, p, len, off) != (ssize_t)len)
		abort();
}

static void note_write(int fd, const void *p, size_t len, off_t off)
{
	struct pending *w;

	if (!imaged(fd))
		return;
	pthread_mutex_lock(&image_lock);
	if (dsync(fd) || (int)roll() < atomic_load(&ctl->leak_percent))
		image_write(p, len, off);
	/* In the list as well: what is synced later is the newest of all writes to a place. */
	w = malloc(sizeof(*w) + len);
	if (!w)
		abort();
	*w = (struct pending){ .off = off, .len = len };
	memcpy(w->data, p, len);
	*pending_tail = w;
	pending_tail = &w->next;
	pthread_mutex_unlock(&image_lock);
}

/* A sync that fails drops what it should have written, as Linux marks such pages clean. */
static void note_sync(int fd, bool ok)
{
	struct pending *w, *after;

	if (!imaged(fd))
		return;
	pthread_mutex_lock(&image_lock);
	for (w = pending; w; w = after) {
		after = w->next;
		if (ok || (int)roll() < 50)
			image_write(w->data, w->len, w->off);
		free(w);
	}
	pending = NULL;
	pending_tail = &pending;
	pthread_mutex_unlock(&image_lock);
}

/* ---- faults ---- */

static bool hit(void)
{
	int percent = atomic_load(&ctl->percent);

	return !percent || (int)roll() < percent;
}

/* Before a write: errno to fail with, or 0. */
static int write_fault(void)
{
	int err = atomic_load(&ctl->write_errno);

	atomic_fetch_add(&ctl->writes, 1);
	if (!err || !hit())
		return 0;
	atomic_fetch_add(&ctl->failed, 1);
	return err;
}

static int sync_fault(void)
{
	int err = atomic_load(&ctl->sync_errno);

	atomic_fetch_add(&ctl->syncs, 1);
	if (atomic_load(&ctl->delay_us))
		usleep((useconds_t)atomic_load(&ctl->delay_us));
	while (atomic_load(&ctl->hold)) {
		atomic_store(&ctl->holding, 1);
		usleep(500);
	}
	atomic_store(&ctl->holding, 0);
	if (!err || !hit())
		return 0;
	if (atomic_load(&ctl->sync_skip) > 0 && atomic_fetch_sub(&ctl->sync_skip, 1) > 0)
		return 0;
	atomic_fetch_add(&ctl->failed, 1);
	return err;
}

static ssize_t refuse(int err)
{
	errno = err;
	return -1;
}

static ssize_t at(int fd, const void *p, size_t len, off_t off)
{
	ssize_t n;
	int err;

	if (!ours(fd))
		return real_pwrite(fd, p, len, off);
	err = write_fault();
	if (err)
		return refuse(err);
	err = dsync(fd) ? sync_fault() : 0;
	if (err && !atomic_load(&ctl->reaches_file))
		return refuse(err);
	n = real_pwrite(fd, p, atomic_load(&ctl->short_write) ? len / 2 : len, off);
	if (n > 0 && (!err || roll() < 50))
		note_write(fd, p, (size_t)n, off);
	return err ? refuse(err) : n; /* failed: in the file, and perhaps on the disk */
}

static size_t flatten(const struct iovec *iov, int n, unsigned char **out)
{
	size_t len = 0, pos = 0;

	for (int i = 0; i < n; i++)
		len += iov[i].iov_len;
	*out = malloc(len ? len : 1);
	if (!*out)
		abort();
	for (int i = 0; i < n; i++) {
		memcpy(*out + pos, iov[i].iov_base, iov[i].iov_len);
		pos += iov[i].iov_len;
	}
	return len;
}

/* ---- the functions that are stood in for ---- */

ssize_t pwrite(int fd, const void *p, size_t len, off_t off);
ssize_t pwrite64(int fd, const void *p, size_t len, off_t off);

ssize_t pwrite(int fd, const void *p, size_t len, off_t off)
{
	return at(fd, p, len, off);
}

ssize_t pwrite64(int fd, const void *p, size_t len, off_t off)
{
	return at(fd, p, len, off);
}

ssize_t pwritev(int fd, const struct iovec *iov, int n, off_t off)
{
	unsigned char *flat;
	size_t len;
	ssize_t rc;

	if (!ours(fd))
		return real_pwritev(fd, iov, n, off);
	len = flatten(iov, n, &flat);
	rc = at(fd, flat, len, off);
	free(flat);
	return rc;
}

ssize_t write(int fd, const void *p, size_t len)
{
	ssize_t rc;

	if (!ours(fd))
		return real_write(fd, p, len);
	rc = at(fd, p, len, lseek(fd, 0, SEEK_CUR));
	if (rc > 0)
		lseek(fd, rc, SEEK_CUR);
	return rc;
}

ssize_t writev(int fd, const struct iovec *iov, int n)
{
	unsigned char *flat;
	size_t len;
	ssize_t rc;

	if (!ours(fd))
		return real_writev(fd, iov, n);
	len = flatten(iov, n, &flat);
	rc = write(fd, flat, len);
	free(flat);
	return rc;
}

static int sync_with(int fd, int (*real)(int))
{
	int err;

	if (!ours(fd))
		return real(fd);
	err = sync_fault();
	note_sync(fd, !err);
	return err ? (int)refuse(err) : real(fd);
}

int fsync(int fd)
{
	return sync_with(fd, real_fsync);
}

int fdatasync(int fd)
{
	return sync_with(fd, real_fdatasync);
}

int msync(void *p, size_t len, int flags)
{
	int err = dir ? sync_fault() : 0;

	return err ? (int)refuse(err) : real_msync(p, len, flags);
}

int ftruncate(int fd, off_t len)
{
	int err = ours(fd) ? write_fault() : 0;

	return err ? (int)refuse(err) : real_ftruncate(fd, len);
}
