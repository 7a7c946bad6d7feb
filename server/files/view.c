/* server/files/view.c - an immutable file with a count of its users. */
#include "server/files/view.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"

struct shared_view {
	struct file_view view;
	atomic_uint refs;
	uint8_t *data;
};

static struct file_view *view_new(enum files_source source, const char *name)
{
	struct shared_view *s = mem_zalloc(sizeof(*s));

	atomic_init(&s->refs, 1);
	s->view.impl = s;
	s->view.fd = -1;
	s->view.source = source;
	text_copy(s->view.name, sizeof(s->view.name), name);
	return &s->view;
}

struct file_view *view_memory(uint8_t *data, size_t len, const char *name, uint64_t revision)
{
	struct file_view *v = view_new(FILE_GENERATED, name);

	((struct shared_view *)v->impl)->data = data;
	v->data = data;
	v->size = len;
	v->revision = revision;
	return v;
}

struct file_view *view_disk(int fd, uint64_t size, enum files_source source, const char *name)
{
	struct file_view *v = view_new(source, name);

	v->fd = fd;
	v->size = size;
	return v;
}

struct file_view *view_ref(struct file_view *v)
{
	atomic_fetch_add(&((struct shared_view *)v->impl)->refs, 1);
	return v;
}

void files_close(struct file_view *view)
{
	struct shared_view *s = view ? view->impl : NULL;

	if (!s || atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	if (s->data)
		mem_wipe(s->data, s->view.size);
	mem_free(s->data);
	if (s->view.fd >= 0)
		close(s->view.fd);
	mem_free(s);
}

long files_read(const struct file_view *view, uint64_t at, void *buf, size_t len)
{
	uint64_t left = at < view->size ? view->size - at : 0;
	size_t got = 0;

	if (len > left)
		len = (size_t)left;
	if (view->data) {
		memcpy(buf, view->data + at, len);
		return (long)len;
	}
	while (got < len) {
		ssize_t n = pread(view->fd, (char *)buf + got, len - got, (off_t)(at + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ERR_IO; /* also a file that became shorter meanwhile */
		got += (size_t)n;
	}
	return (long)got;
}
