/* server/hfs/hfs.c - see hfs.h: follows the configuration; serve.c answers. */
#include "server/hfs/hfs.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/metric.h"
#include "server/hfs/serve.h"
#include "store/schema/schema.h"
#include "store/store.h"

#define WORKERS       512
#define PER_ADDRESS   64
#define KEEP_ALIVE_MS 2000
#define TIMEOUT_MS    10000
#define RETRY_S       30

struct wanted { /* what the configuration asks for */
	bool on;
	uint16_t port;     /* 0 = any free one */
	bool default_port; /* shares that of `ip http` */
	char why[96];      /* off: what is missing */
};

struct hfs {
	struct hfs_options opt;
	char listen[64];
	struct hfs_service service;
	pthread_t thread;
	pthread_mutex_t lock; /* guards stopping, first_done, status */
	pthread_cond_t changed;
	bool stopping, first_done;
	struct engine_status status;
	/* of the thread of its own */
	struct http_server *http;
	struct wanted now;
	bool failed;
};

/* A commit wakes whoever follows. The store's watchers are never taken back, so what they touch
 * must outlive every hfs: it is static. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	uint64_t commits;
} wake = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };

static void on_commit(void *ctx)
{
	(void)ctx;
	pthread_mutex_lock(&wake.lock);
	wake.commits++;
	pthread_cond_broadcast(&wake.cond);
	pthread_mutex_unlock(&wake.lock);
}

/* ---- what is wanted ---- */

static void read_wanted(struct hfs *h, struct wanted *w)
{
	const struct schema_object *ts = schema_object("telephony-service");
	const struct schema_object *http = schema_object("http");
	const cJSON *t, *g;
	struct conf *c;
	int64_t port;
	bool server, enabled;

	*w = (struct wanted){ .on = false };
	if (h->opt.port == HFS_PORT_OFF) {
		snprintf(w->why, sizeof(w->why), "Switched off by a start option");
		return;
	}
	if (conf_open(h->opt.store, &c)) {
		snprintf(w->why, sizeof(w->why), "The configuration cannot be read");
		return;
	}
	t = conf_get(c, "telephony-service");
	g = conf_get(c, "http");
	server = cfg_bool(http, g, "enabled");
	enabled = cfg_bool(ts, t, "hfs.enabled");
	port = cfg_int(ts, t, "hfs.port");
	w->default_port = port == 0;
	w->port = (uint16_t)(port ? port : cfg_int(http, g, "port"));
	conf_close(c);
	w->on = server && enabled;
	if (h->opt.port >= 0)
		w->port = (uint16_t)h->opt.port;
	if (!server)
		snprintf(w->why, sizeof(w->why), "HTTP server is not enabled (ip http server)");
	else if (!enabled)
		snprintf(w->why, sizeof(w->why), "Not enabled (telephony-service: hfs enable)");
}

/* ---- start, stop ---- */

static void listen_address(const struct hfs *h, uint16_t port, char *out, size_t cap)
{
	const char *a = h->listen[0] ? h->listen : net_any_host();

	if (strchr(a, ':') && a[0] != '[')
		snprintf(out, cap, "[%s]:%u", a, port);
	else
		snprintf(out, cap, "%s:%u", a, port);
}

static void set_status(struct hfs *h, const struct engine_status *s)
{
	bool news;

	pthread_mutex_lock(&h->lock);
	news = s->on != h->status.on || s->port != h->status.port ||
	       strcmp(s->why, h->status.why) != 0;
	h->status = *s;
	pthread_mutex_unlock(&h->lock);
	if (!news)
		return;
	if (s->on)
		log_info(LOG_HFS, "listening", "address=%s", s->address);
	else
		log_write(h->failed ? LOG_ERROR : LOG_INFO, LOG_HFS, "off", "reason=\"%s\"",
			  s->why);
	if (h->opt.on_status)
		h->opt.on_status(h->opt.ctx, s);
}

static int start_http(struct hfs *h, uint16_t port, struct engine_status *s)
{
	char address[96], why[128] = "";
	const char *listen[] = { address, NULL };
	struct http_options o = { .listen = listen,
				  .tls = (const bool[]){ false },
				  .threads = WORKERS,
				  .per_address = PER_ADDRESS,
				  .keep_reserve = true,
				  .keep_alive_ms = KEEP_ALIVE_MS,
				  .timeout_ms = TIMEOUT_MS,
				  .max_body = 0,
				  .handler = hfs_serve,
				  .ctx = &h->service };
	int err;

	listen_address(h, port, address, sizeof(address));
	err = http_start(&h->http, &o, why, sizeof(why));
	if (err) {
		snprintf(s->why, sizeof(s->why),
			 "%.100s; free the port or set another (hfs enable port)", why);
		return err;
	}
	s->on = true;
	s->port = http_port(h->http, 0);
	listen_address(h, s->port, s->address, sizeof(s->address));
	return 0;
}

/* Does nothing while what is wanted is what runs. */
static void follow(struct hfs *h)
{
	struct engine_status s = { .name = "hfs", .overridden = h->opt.port >= 0 };
	struct wanted w;

	read_wanted(h, &w);
	if (h->http && w.on && w.port == h->now.port) {
		h->now = w;
		return;
	}
	http_stop(h->http);
	h->http = NULL;
	h->now = w;
	h->failed = false;
	text_copy(s.why, sizeof(s.why), w.why);
	if (w.on)
		h->failed = start_http(h, w.port, &s) != 0;
	s.failed = h->failed;
	set_status(h, &s);
}

/* ---- the thread of its own ---- */

static bool is_stopping(struct hfs *h)
{
	bool stopping;

	pthread_mutex_lock(&h->lock);
	stopping = h->stopping;
	pthread_mutex_unlock(&h->lock);
	return stopping;
}

/* Until a commit newer than `seen`, the stop, or the time to try a refused port again. */
static uint64_t wait_for_news(struct hfs *h, uint64_t seen)
{
	struct timespec until = { .tv_sec = (time_t)clock_wall_s(&clock_system) + RETRY_S };
	int rc = 0;

	pthread_mutex_lock(&wake.lock);
	while (wake.commits == seen && !is_stopping(h) && rc != ETIMEDOUT) {
		if (h->failed)
			rc = pthread_cond_timedwait(&wake.cond, &wake.lock, &until);
		else
			pthread_cond_wait(&wake.cond, &wake.lock);
	}
	seen = wake.commits;
	pthread_mutex_unlock(&wake.lock);
	return seen;
}

static void *run(void *arg)
{
	struct hfs *h = arg;
	uint64_t seen;

	pthread_mutex_lock(&wake.lock);
	seen = wake.commits;
	pthread_mutex_unlock(&wake.lock);
	while (!is_stopping(h)) {
		follow(h);
		pthread_mutex_lock(&h->lock);
		h->first_done = true;
		pthread_cond_broadcast(&h->changed);
		pthread_mutex_unlock(&h->lock);
		seen = wait_for_news(h, seen);
	}
	http_stop(h->http);
	return NULL;
}

static void release(struct hfs *h)
{
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->changed);
	mem_free(h);
}

int hfs_start(struct hfs **out, const struct hfs_options *opt)
{
	struct hfs *h = mem_zalloc(sizeof(*h));
	int rc;

	h->opt = *opt;
	text_copy(h->listen, sizeof(h->listen), opt->listen ? opt->listen : "");
	h->service.store = opt->store;
	h->service.files = opt->files;
	h->service.phones = opt->phones;
	h->status = (struct engine_status){ .name = "hfs" };
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	store_watch(opt->store, on_commit, NULL);
	rc = pthread_create(&h->thread, NULL, run, h);
	if (rc) {
		release(h);
		return err_from_errno(rc);
	}
	pthread_setname_np(h->thread, "hfs");
	pthread_mutex_lock(&h->lock);
	while (!h->first_done)
		pthread_cond_wait(&h->changed, &h->lock);
	pthread_mutex_unlock(&h->lock);
	*out = h;
	return 0;
}

void hfs_stop(struct hfs *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->stopping = true;
	pthread_mutex_unlock(&h->lock);
	on_commit(NULL); /* not a commit, but it wakes */
	pthread_join(h->thread, NULL);
	release(h);
}

/* ---- status ---- */

void hfs_status(struct hfs *h, struct engine_status *out)
{
	pthread_mutex_lock(&h->lock);
	*out = h->status;
	pthread_mutex_unlock(&h->lock);
}

cJSON *hfs_describe(struct hfs *h)
{
	struct hfs_counts *c = &h->service.counts;
	cJSON *o = cJSON_CreateObject();
	struct engine_status s;
	struct wanted w;
	char home[256];

	hfs_status(h, &s);
	read_wanted(h, &w);
	cJSON_AddBoolToObject(o, "enabled", w.on);
	cJSON_AddBoolToObject(o, "listening", s.on);
	if (s.on)
		cJSON_AddNumberToObject(o, "port", s.port);
	else
		cJSON_AddStringToObject(o, "reason", s.why);
	cJSON_AddBoolToObject(o, "uses_default_port", w.on && w.default_port);
	cJSON_AddStringToObject(o, "home_path", files_home(h->opt.files, home, sizeof(home)));
	cJSON_AddNumberToObject(o, "ongoing_home_fetches", atomic_load(&c->home_now));
	cJSON_AddNumberToObject(o, "bindings_count", 0); /* names need none: one resolver */
	cJSON_AddNumberToObject(o, "sent", (double)atomic_load(&c->sent));
	cJSON_AddNumberToObject(o, "missing", (double)atomic_load(&c->missing));
	cJSON_AddNumberToObject(o, "refused", (double)atomic_load(&c->refused));
	cJSON_AddNumberToObject(o, "aborted", (double)atomic_load(&c->aborted));
	cJSON_AddNumberToObject(o, "bytes", (double)atomic_load(&c->bytes));
	return o;
}

void hfs_metrics(struct hfs *h, struct text *out)
{
	struct hfs_counts *c = &h->service.counts;

	metric_counter(out, "hfs_sent_total", "Files sent whole.", atomic_load(&c->sent));
	metric_counter(out, "hfs_missing_total", "Files asked for in vain.",
		       atomic_load(&c->missing));
	metric_counter(out, "hfs_refused_total", "Requests refused.", atomic_load(&c->refused));
	metric_counter(out, "hfs_aborted_total", "Files whose receiver went away.",
		       atomic_load(&c->aborted));
	metric_counter(out, "hfs_bytes_total", "Bytes of files sent.", atomic_load(&c->bytes));
}
