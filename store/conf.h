/* store/conf.h - a view of the configuration: one read snapshot with staged changes over it (a
 * draft). Reading the running configuration, rendering, dry run and commit are the same code over a
 * conf. A conf belongs to one thread and is short-lived: it is a read transaction, never held
 * across a wait.
 *
 * Objects are JSON trees named by path: singletons "telephony-service", items "ephones/12". Stored
 * JSON is canonical: members in schema order, defaults left out, keys in canonical spelling,
 * secrets as
 * {"$sealed": "..."} or {"$hash": "..."}. */
#ifndef STORE_CONF_H
#define STORE_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

struct store;
struct conf;

int conf_open(struct store *s, struct conf **out); /* newest revision */
/* The same for loops: never waits for an environment that is being reopened or resized. ERR_AGAIN then. */
int conf_open_now(struct store *s, struct conf **out);
/* The configuration as it was at `revision`, rebuilt from the kept differences. ERR_NOENT,
 * ERR_GONE. */
int conf_open_at(struct store *s, uint64_t revision, struct conf **out);
void conf_close(struct conf *c); /* NULL is allowed */
struct store *conf_store(const struct conf *c);
uint64_t conf_revision(const struct conf *c); /* of the snapshot */

/* Borrowed until conf_close() or the next conf_put() of the same path. NULL: not there. */
const cJSON *conf_get(struct conf *c, const char *path);
/* As it is in the snapshot, without the staged changes. */
const cJSON *conf_get_base(struct conf *c, const char *path);
/* Revision in which this object was last changed (its ETag); 0: never existed. */
uint64_t conf_object_revision(struct conf *c, const char *path);
/* Items of a collection, staged changes included, numeric keys in numeric order. `after` NULL =
 * from the start, else the key to begin behind. fn non-zero stops; returns that. `key` is the
 * item's key. */
typedef int (*conf_each_fn)(void *ctx, const char *key, const cJSON *value);
int conf_each(struct conf *c, const char *collection, const char *after, conf_each_fn fn,
	      void *ctx);
size_t conf_count(struct conf *c, const char *collection);
uint64_t conf_lowest_free(struct conf *c, const char *collection, uint64_t min,
			  uint64_t max); /* 0: none */

/* Stage a change; takes `value` (NULL deletes). */
void conf_put(struct conf *c, const char *path, cJSON *value);
/* Drop every object not staged since (import in mode replace, restore of a revision). */
void conf_clear(struct conf *c);
/* Stage all of `from` in place of what is there: afterwards `to` reads like `from`. */
int conf_take_all(struct conf *to, struct conf *from);
void conf_reset(struct conf *c); /* no change is staged any more */
typedef int (*conf_change_fn)(void *ctx, const char *path, const cJSON *before, const cJSON *after);
int conf_each_change(struct conf *c, conf_change_fn fn, void *ctx); /* staged against snapshot */
/* Committed changes in (since, snapshot]; each path once; before = state at `since`.
 * ERR_GONE when `since` is no longer kept: reload everything. */
int conf_changed_since(struct conf *c, uint64_t since, conf_change_fn fn, void *ctx);

#endif
