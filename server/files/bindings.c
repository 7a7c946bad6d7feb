/* server/files/bindings.c - see bindings.h. */
#include "server/files/bindings.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/files/name.h"
#include "store/schema/schema.h"

#define DEVICES_MAX 8

struct binding {
	char *name, *path;
	struct folder *device;
};

struct device {
	char name[16];
	struct folder *folder;
};

struct bindings {
	const char *dir;
	struct binding *list;
	size_t n, cap;
	struct device devices[DEVICES_MAX];
	size_t n_devices;
};

/* NULL: no device, or more of them than anybody has. */
static struct folder *device_of(struct bindings *b, const char *name, size_t len)
{
	struct device *d = b->devices;
	char path[PATH_MAX];

	if (len == 0 || len >= sizeof(d->name) ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") != len)
		return NULL;
	for (; d < b->devices + b->n_devices; d++) {
		if (strlen(d->name) == len && memcmp(d->name, name, len) == 0)
			return d->folder;
	}
	if (b->n_devices == DEVICES_MAX)
		return NULL;
	memcpy(d->name, name, len);
	d->name[len] = '\0';
	snprintf(path, sizeof(path), "%s/%s", b->dir, d->name);
	d->folder = folder_new(path, FILE_BOUND);
	b->n_devices++;
	return d->folder;
}

static void add(struct bindings *b, const char *name, const char *path, struct folder *device)
{
	if (b->n == b->cap) {
		b->cap = b->cap ? 2 * b->cap : 32;
		b->list = mem_realloc(b->list, b->cap * sizeof(*b->list));
	}
	b->list[b->n++] = (struct binding){ mem_strdup(name), mem_strdup(path), device };
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "flash:phones/X.loads" under its alias, else under its path and, because phones ask without folders, its
 * last part. */
static void publish(struct bindings *b, const char *file, const char *alias)
{
	const char *colon = strchr(file, ':');
	struct folder *device = colon ? device_of(b, file, (size_t)(colon - file)) : NULL;
	struct file_names names;
	const char *path;

	if (!device || file_names(&names, colon + 1))
		return;
	path = names.list[0];
	if (file_name_hidden(path))
		return;
	if (alias[0]) {
		add(b, alias, path, device);
		return;
	}
	add(b, path, path, device);
	if (base_of(path) != path)
		add(b, base_of(path), path, device);
}

static int by_name(const void *a, const void *b)
{
	return strcasecmp(((const struct binding *)a)->name, ((const struct binding *)b)->name);
}

struct bindings *bindings_new(const char *dir, struct conf *c)
{
	struct bindings *b = mem_zalloc(sizeof(*b));
	const cJSON *e;

	b->dir = dir;
	cJSON_ArrayForEach (e, cfg_map(conf_get(c, "tftp"), "bindings")) {
		const char *comma = strrchr(e->string, ',');
		char *file = mem_strndup(e->string, comma ? (size_t)(comma - e->string) : 0);

		publish(b, file, comma ? comma + 1 : "");
		mem_free(file);
	}
	if (b->n)
		qsort(b->list, b->n, sizeof(*b->list), by_name);
	return b;
}

void bindings_free(struct bindings *b)
{
	for (size_t i = 0; i < b->n; i++) {
		mem_free(b->list[i].name);
		mem_free(b->list[i].path);
	}
	for (size_t i = 0; i < b->n_devices; i++)
		folder_free(b->devices[i].folder);
	mem_free(b->list);
	mem_free(b);
}

static int open_one(const struct binding *e, struct folder *uploaded, struct file_view **view)
{
	if (folder_open(e->device, e->path, false, view) == 0 ||
	    folder_open(uploaded, e->path, false, view) == 0)
		return 0;
	return folder_open(uploaded, base_of(e->path), false, view);
}

int bindings_open(const struct bindings *b, struct folder *uploaded, const char *name, bool fold,
		  struct file_view **view)
{
	size_t lo = 0, hi = b->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcasecmp(b->list[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < b->n && strcasecmp(b->list[lo].name, name) == 0; lo++) {
		if ((fold || strcmp(b->list[lo].name, name) == 0) &&
		    open_one(&b->list[lo], uploaded, view) == 0)
			return 0;
	}
	return ERR_NOENT;
}

int bindings_names(const struct bindings *b, folder_name_fn fn, void *ctx)
{
	int stop = 0;

	for (size_t i = 0; i < b->n && !stop; i++)
		stop = fn(ctx, b->list[i].name);
	return stop;
}
