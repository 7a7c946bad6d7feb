/* server/files/cache.c - see cache.h. */
#include "server/files/cache.h"

#include <string.h>

#include "server/core/mem.h"
#include "server/files/view.h"

#define BUCKETS  8192
#define OVERHEAD 512 /* bookkeeping of an entry and its view, counted as bytes too */

struct entry {
	struct file_view *view;
	struct entry *chain;         /* same bucket */
	struct entry *older, *newer; /* by last use */
};

struct render_cache {
	struct entry *buckets[BUCKETS];
	struct entry *oldest, *newest;
	uint64_t revision;
	size_t bytes, max_bytes;
};

struct render_cache *cache_new(size_t max_bytes)
{
	struct render_cache *c = mem_zalloc(sizeof(*c));

	c->max_bytes = max_bytes;
	return c;
}

/* FNV-1a; names are bounded and a collision costs one comparison. */
static struct entry **bucket(struct render_cache *c, const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return &c->buckets[h % BUCKETS];
}

static void unlink_use(struct render_cache *c, struct entry *e)
{
	*(e->older ? &e->older->newer : &c->oldest) = e->newer;
	*(e->newer ? &e->newer->older : &c->newest) = e->older;
}

static void link_newest(struct render_cache *c, struct entry *e)
{
	e->newer = NULL;
	e->older = c->newest;
	*(c->newest ? &c->newest->newer : &c->oldest) = e;
	c->newest = e;
}

static void drop(struct render_cache *c, struct entry *e)
{
	struct entry **at = bucket(c, e->view->name);

	while (*at != e)
		at = &(*at)->chain;
	*at = e->chain;
	unlink_use(c, e);
	c->bytes -= e->view->size + OVERHEAD;
	files_close(e->view);
	mem_free(e);
}

static void move_to(struct render_cache *c, uint64_t revision)
{
	while (c->oldest)
		drop(c, c->oldest);
	c->revision = revision;
}

static struct entry *find(struct render_cache *c, const char *name)
{
	struct entry *e = *bucket(c, name);

	while (e && strcmp(e->view->name, name) != 0)
		e = e->chain;
	return e;
}

struct file_view *cache_get(struct render_cache *c, uint64_t revision, const char *name)
{
	struct entry *e;

	if (revision > c->revision)
		move_to(c, revision);
	if (revision != c->revision)
		return NULL;
	e = find(c, name);
	if (!e)
		return NULL;
	unlink_use(c, e);
	link_newest(c, e);
	return view_ref(e->view);
}

void cache_put(struct render_cache *c, struct file_view *v)
{
	struct entry *e, **at;

	if (v->revision > c->revision)
		move_to(c, v->revision);
	if (v->revision != c->revision || v->size + OVERHEAD > c->max_bytes || find(c, v->name))
		return;
	while (c->bytes + v->size + OVERHEAD > c->max_bytes)
		drop(c, c->oldest);
	e = mem_zalloc(sizeof(*e));
	e->view = view_ref(v);
	at = bucket(c, v->name);
	e->chain = *at;
	*at = e;
	link_newest(c, e);
	c->bytes += v->size + OVERHEAD;
}

void cache_drop(struct render_cache *c)
{
	move_to(c, c->revision);
}

size_t cache_bytes(const struct render_cache *c)
{
	return c->bytes;
}

void cache_free(struct render_cache *c)
{
	if (c)
		move_to(c, c->revision);
	mem_free(c);
}
