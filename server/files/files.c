/* server/files/files.c - the one resolver. Sources are asked in the order of one table: first all
 * of them for the exact name, then all for letters of any case. A further source is a further row.
 */
#include "server/files/files.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "server/core/clock.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/files/bindings.h"
#include "server/files/cache.h"
#include "server/files/folder.h"
#include "server/files/miss.h"
#include "server/files/name.h"
#include "server/files/view.h"
#include "server/provision/provision.h"
#include "store/store.h"

#define NEAREST_PER_SECOND 200 /* comparisons with every name; more misses get no nearest name */

/* Who owns which generated name, of one revision; shared by all who render from it. */
struct generation {
	uint64_t revision;
	struct provision_index *index;
	struct bindings *bound;
	struct folder *home;                 /* NULL: no home path */
	char sip_folder[FILES_NAME_MAX + 1]; /* of tftp-path, with a slash behind; "": none */
	unsigned refs;                       /* under files.lock */
};

struct files {
	struct store *store;
	char *dir; /* data directory */
	struct folder *uploaded;
	pthread_mutex_t lock; /* guards all below; held for look-ups, never for work */
	struct render_cache *cache;
	struct generation *now;
	struct miss_list *misses;
	uint64_t nearest_second;
	unsigned nearest_done;
};

/* ---- life ---- */

int files_new(struct files **out, struct store *store, const char *dir)
{
	struct files *f = mem_zalloc(sizeof(*f));
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/files", dir);
	if (mkdir(path, 0700) && errno != EEXIST) {
		int err = err_from_errno(errno);

		mem_free(f);
		return err;
	}
	f->store = store;
	f->dir = mem_strdup(dir);
	f->uploaded = folder_new(path, FILE_UPLOADED);
	f->cache = cache_new(FILES_CACHE_MAX);
	f->misses = miss_list_new();
	pthread_mutex_init(&f->lock, NULL);
	*out = f;
	return 0;
}

static void generation_free(struct generation *g)
{
	provision_index_free(g->index);
	bindings_free(g->bound);
	folder_free(g->home);
	mem_free(g);
}

static void release(struct files *f, struct generation *g)
{
	bool last;

	pthread_mutex_lock(&f->lock);
	last = --g->refs == 0;
	pthread_mutex_unlock(&f->lock);
	if (last)
		generation_free(g);
}

void files_free(struct files *f)
{
	if (!f)
		return;
	if (f->now)
		release(f, f->now);
	cache_free(f->cache);
	folder_free(f->uploaded);
	miss_list_free(f->misses);
	pthread_mutex_destroy(&f->lock);
	mem_free(f->dir);
	mem_free(f);
}

/* ---- generations ---- */

/* `flash:phone-files`, `flash:/phone-files/` and `phone-files` are one folder: a device is
 * a folder of the data directory, so that no path of the configuration leaves it. */
static struct folder *home_folder(const struct files *f, struct conf *c)
{
	const struct schema_object *ts = schema_object("telephony-service");
	const char *home = cfg_str(ts, conf_get(c, "telephony-service"), "hfs.home_path");
	const char *colon = home ? strchr(home, ':') : NULL;
	char device[16] = "flash", path[PATH_MAX];
	struct file_names names;

	if (!home || !home[0])
		return NULL;
	if (colon) {
		if ((size_t)(colon - home) >= sizeof(device))
			return NULL;
		snprintf(device, sizeof(device), "%.*s", (int)(colon - home), home);
		home = colon + 1;
	}
	if (!device[0] || strspn(device, "abcdefghijklmnopqrstuvwxyz0123456789") != strlen(device))
		return NULL;
	if (home[strspn(home, "/.")] == '\0') {
		snprintf(path, sizeof(path), "%s/%s", f->dir, device);
	} else {
		if (file_names(&names, home) || file_name_hidden(names.list[0]))
			return NULL;
		snprintf(path, sizeof(path), "%s/%s/%s", f->dir, device, names.list[0]);
	}
	return folder_new(path, FILE_HOME);
}

/* `tftp-path tftp://10.0.0.1/phones`: SIP phones put that folder in front of names. */
static void sip_folder(char out[FILES_NAME_MAX + 1], struct conf *c)
{
	const struct schema_object *global = schema_object("voice-register/global");
	const char *url = cfg_str(global, conf_get(c, global->path), "tftp_path.url");
	const char *host = url ? strstr(url, "://") : NULL;
	const char *path = host ? strchr(host + 3, '/') : NULL;
	struct file_names names;
	size_t len;

	out[0] = '\0';
	if (!path || file_names(&names, path))
		return;
	len = strlen(names.list[0]);
	if (len == FILES_NAME_MAX)
		return;
	memcpy(out, names.list[0], len);
	memcpy(out + len, "/", 2);
}

static struct generation *current(struct files *f, uint64_t revision)
{
	struct generation *g = NULL;

	pthread_mutex_lock(&f->lock);
	if (f->now && f->now->revision == revision) {
		g = f->now;
		g->refs++;
	}
	pthread_mutex_unlock(&f->lock);
	return g;
}

static void publish(struct files *f, struct generation *g)
{
	struct generation *old = NULL;

	pthread_mutex_lock(&f->lock);
	if (!f->now || f->now->revision < g->revision) {
		old = f->now;
		f->now = g;
		g->refs++;
	}
	pthread_mutex_unlock(&f->lock);
	if (old)
		release(f, old);
}

/* The generation of this conf: one reference for the caller. */
static struct generation *generation_of(struct files *f, struct conf *c)
{
	struct generation *g = current(f, conf_revision(c));

	if (g)
		return g;
	g = mem_zalloc(sizeof(*g));
	g->revision = conf_revision(c);
	g->index = provision_index_new(c);
	g->bound = bindings_new(f->dir, c);
	g->home = home_folder(f, c);
	sip_folder(g->sip_folder, c);
	g->refs = 1;
	publish(f, g);
	return g;
}

/* The newest generation, made when a commit has come since. */
static int newest(struct files *f, struct generation **out)
{
	struct conf *c;
	int err;

	*out = current(f, store_revision(f->store));
	if (*out)
		return 0;
	err = conf_open(f->store, &c);
	if (err)
		return err;
	*out = generation_of(f, c);
	conf_close(c);
	return 0;
}

/* ---- sources ---- */

struct lookup {
	struct files *f;
	struct generation *g; /* replaced when a commit comes between */
	const char *name;
	bool fold;
	struct file_view *view;
};

static struct file_view *cached(struct files *f, uint64_t revision, const char *name)
{
	struct file_view *v;

	pthread_mutex_lock(&f->lock);
	v = cache_get(f->cache, revision, name);
	pthread_mutex_unlock(&f->lock);
	return v;
}

static int render(struct lookup *l)
{
	struct rendered r;
	struct conf *c;
	int err = conf_open(l->f->store, &c);

	if (err)
		return err;
	if (conf_revision(c) != l->g->revision) {
		release(l->f, l->g);
		l->g = generation_of(l->f, c);
	}
	err = provision_render_indexed(c, l->g->index, l->name, l->fold, &r);
	conf_close(c);
	if (err)
		return err;
	l->view = view_memory((uint8_t *)r.data, r.len, r.name, l->g->revision);
	pthread_mutex_lock(&l->f->lock);
	cache_put(l->f->cache, l->view);
	pthread_mutex_unlock(&l->f->lock);
	return 0;
}

static int from_generated(struct lookup *l)
{
	char name[PROVISION_NAME_SIZE];

	if (provision_index_name(l->g->index, l->name, l->fold, name))
		return ERR_NOENT;
	l->view = cached(l->f, l->g->revision, name);
	return l->view ? 0 : render(l);
}

static int from_bindings(struct lookup *l)
{
	return bindings_open(l->g->bound, l->f->uploaded, l->name, l->fold, &l->view);
}

static int from_uploaded(struct lookup *l)
{
	return folder_open(l->f->uploaded, l->name, l->fold, &l->view);
}

static int from_home(struct lookup *l)
{
	return l->g->home ? folder_open(l->g->home, l->name, l->fold, &l->view) : ERR_NOENT;
}

/* DESIGN 9. The firmware store has its place between bindings and uploaded. */
static int (*const sources[])(struct lookup *l) = { from_generated, from_bindings, from_uploaded,
						    from_home };

/* The name without the folder of tftp-path is a further spelling. */
static void without_sip_folder(const struct generation *g, struct file_names *names)
{
	size_t len = strlen(g->sip_folder);

	if (len && names->n < FILE_NAMES_MAX && names->list[0][len] &&
	    strncasecmp(names->list[0], g->sip_folder, len) == 0)
		text_copy(names->list[names->n++], FILES_NAME_MAX + 1, names->list[0] + len);
}

static int look_up(struct lookup *l, const struct file_names *names)
{
	int err;

	for (int fold = 0; fold < 2; fold++) {
		for (int n = 0; n < names->n; n++) {
			for (size_t s = 0; s < ARRAY_LEN(sources); s++) {
				l->name = names->list[n];
				l->fold = fold;
				err = sources[s](l);
				if (err != ERR_NOENT)
					return err;
			}
		}
	}
	return ERR_NOENT;
}

/* ---- misses ---- */

struct nearest {
	const char *asked;
	char *best;
	int distance;
};

static int closer(void *ctx, const char *name)
{
	struct nearest *n = ctx;
	int d = miss_distance(n->asked, name);

	if (d < n->distance) {
		n->distance = d;
		text_copy(n->best, FILES_NAME_MAX + 1, name);
	}
	return d == 0;
}

/* Comparing with every name costs time: a peer that asks for many odd names gets none of it. */
static bool may_compare(struct files *f)
{
	uint64_t second = clock_mono_ms(store_clock(f->store)) / 1000;
	bool may;

	pthread_mutex_lock(&f->lock);
	if (second != f->nearest_second) {
		f->nearest_second = second;
		f->nearest_done = 0;
	}
	may = f->nearest_done < NEAREST_PER_SECOND;
	f->nearest_done += may;
	pthread_mutex_unlock(&f->lock);
	return may;
}

/* Another kind of file of a phone that is configured: name the one it has. */
static const char *device_in(const struct generation *g, const char *name)
{
	const char *hex = name;

	while (*hex) {
		size_t n = strspn(hex, "0123456789abcdefABCDEF");

		if (n >= 12)
			return provision_index_mac(g->index, hex + n - 12);
		hex += n ? n : 1;
	}
	return NULL;
}

static void find_nearest(struct files *f, const struct generation *g, const char *asked,
			 char best[FILES_NAME_MAX + 1])
{
	struct nearest n = { asked, best, MISS_FAR };
	const char *device = device_in(g, asked);

	best[0] = '\0';
	if (device) {
		snprintf(best, FILES_NAME_MAX + 1, "%s.cnf.xml", device);
		return;
	}
	if (!may_compare(f))
		return;
	closer(&n, "XMLDefault.cnf.xml");
	folder_names(f->uploaded, closer, &n);
	bindings_names(g->bound, closer, &n);
	if (g->home)
		folder_names(g->home, closer, &n);
}

static void note_miss(struct files *f, const struct generation *g, const char *asked,
		      struct files_miss *miss)
{
	find_nearest(f, g, asked, miss->nearest);
	text_copy(miss->reason, sizeof(miss->reason), miss_reason(asked));
	pthread_mutex_lock(&f->lock);
	miss_note(f->misses, asked, miss->nearest, clock_wall_ns(store_clock(f->store)));
	pthread_mutex_unlock(&f->lock);
}

int files_open(struct files *f, const char *name, const struct net_addr *peer,
	       struct file_view **view, struct files_miss *miss)
{
	struct lookup l = { .f = f };
	struct file_names names;
	struct files_miss ours = { .nearest = "" };
	int err = file_names(&names, name);

	(void)peer; /* who may fetch is limited by network in a later list */
	*view = NULL;
	miss = miss ? miss : &ours;
	memset(miss, 0, sizeof(*miss));
	if (err == ERR_PERM)
		text_copy(miss->reason, sizeof(miss->reason),
			  "The name leaves the folder of files");
	else if (err)
		text_copy(miss->reason, sizeof(miss->reason), "No file can have this name");
	if (err)
		return err;
	err = newest(f, &l.g);
	if (err)
		return err;
	without_sip_folder(l.g, &names);
	err = look_up(&l, &names);
	if (err == ERR_NOENT)
		note_miss(f, l.g, names.list[0], miss);
	release(f, l.g);
	*view = l.view;
	return err;
}

void files_forget(struct files *f)
{
	pthread_mutex_lock(&f->lock);
	cache_drop(f->cache);
	pthread_mutex_unlock(&f->lock);
}

/* ---- for REST ---- */

static const char *source_text(enum files_source s)
{
	static const char *const texts[] = { "generated", "bound", "firmware", "uploaded", "home" };

	return texts[s];
}

struct description {
	cJSON *list;
	struct conf *conf;
	struct generation *g;
	struct folder *folder;
	const char *device; /* NULL: all names, without rendering */
};

static cJSON *describe_row(struct description *d, const char *name, const char *owner,
			   enum files_source source)
{
	cJSON *row = cJSON_CreateObject();

	cJSON_AddStringToObject(row, "name", name);
	cJSON_AddStringToObject(row, "source", source_text(source));
	if (owner)
		cJSON_AddStringToObject(row, "owner", owner);
	cJSON_AddItemToArray(d->list, row);
	return row;
}

static int describe_generated(void *ctx, const char *name, const char *owner)
{
	struct description *d = ctx;
	char when[TIME_TEXT_SIZE];
	struct rendered r;
	int64_t changed;
	cJSON *row;

	if (d->device && strcasecmp(d->device, owner) != 0)
		return 0;
	if (!d->device) {
		describe_row(d, name, owner, FILE_GENERATED);
		return 0;
	}
	if (provision_render_indexed(d->conf, d->g->index, name, false, &r))
		return 0;
	row = describe_row(d, name, owner, FILE_GENERATED);
	cJSON_AddNumberToObject(row, "size", (double)r.len);
	cJSON_AddStringToObject(row, "sha256", r.sha256);
	cJSON_AddStringToObject(row, "version_stamp", r.stamp);
	if (provision_file_changed(conf_store(d->conf), name, &changed)) {
		cJSON_AddNullToObject(row, "changed_at");
	} else {
		text_time(when, changed);
		cJSON_AddStringToObject(row, "changed_at", when);
	}
	provision_release(&r);
	return 0;
}

static int describe_bound(void *ctx, const char *name)
{
	struct description *d = ctx;
	struct file_view *v;

	if (bindings_open(d->g->bound, d->folder, name, false, &v))
		return 0;
	cJSON_AddNumberToObject(describe_row(d, name, NULL, FILE_BOUND), "size", (double)v->size);
	files_close(v);
	return 0;
}

static int list_name(void *ctx, const char *name)
{
	char ***end = ctx;

	*(*end)++ = mem_strdup(name);
	return 0;
}

/* The folder is locked while it is listed, so its files are opened afterwards. */
static void describe_folder(struct description *d, struct folder *folder)
{
	char **names = mem_zalloc((FOLDER_NAMES_MAX + 1) * sizeof(*names)), **end = names;

	folder_names(folder, list_name, &end);
	for (char **n = names; *n; n++) {
		struct file_view *v;

		if (folder_open(folder, *n, false, &v) == 0) {
			cJSON_AddNumberToObject(describe_row(d, *n, NULL, v->source), "size",
						(double)v->size);
			files_close(v);
		}
		mem_free(*n);
	}
	mem_free(names);
}

cJSON *files_describe(struct files *f, const char *device)
{
	struct description d = { .list = cJSON_CreateArray(),
				 .folder = f->uploaded,
				 .device = device };

	if (conf_open(f->store, &d.conf))
		return d.list;
	d.g = generation_of(f, d.conf);
	provision_names(d.conf, describe_generated, &d);
	conf_close(d.conf);
	if (!device) {
		bindings_names(d.g->bound, describe_bound, &d);
		describe_folder(&d, f->uploaded);
		if (d.g->home)
			describe_folder(&d, d.g->home);
	}
	release(f, d.g);
	return d.list;
}

static int describe_miss(void *ctx, const struct miss *m)
{
	cJSON *row = cJSON_CreateObject();
	char when[TIME_TEXT_SIZE];

	text_time(when, m->last_ns);
	cJSON_AddStringToObject(row, "name", m->name);
	if (m->nearest[0])
		cJSON_AddStringToObject(row, "nearest", m->nearest);
	cJSON_AddStringToObject(row, "reason", miss_reason(m->name));
	cJSON_AddNumberToObject(row, "count", (double)m->count);
	cJSON_AddStringToObject(row, "last_at", when);
	cJSON_AddItemToArray(ctx, row);
	return 0;
}

cJSON *files_misses(struct files *f)
{
	cJSON *list = cJSON_CreateArray();

	pthread_mutex_lock(&f->lock);
	miss_each(f->misses, describe_miss, list);
	pthread_mutex_unlock(&f->lock);
	return list;
}

const char *files_home(struct files *f, char *out, size_t cap)
{
	struct generation *g;

	out[0] = '\0';
	if (newest(f, &g))
		return out;
	if (g->home)
		text_copy(out, cap, folder_path(g->home));
	release(f, g);
	return out;
}
