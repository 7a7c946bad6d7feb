/* api/api.c - start, stop, and the way of a request to its handler. */
#include "api/api.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/event.h"

#define THREADS       512
#define LOCAL_THREADS 8
#define PER_ADDRESS   64
#define KEEP_ALIVE_MS 2000
#define TIMEOUT_MS    10000
#define RACE_TRIES    32

/* ---- one request ---- */

static void count(struct api *a, int status)
{
	int i = status / 100;

	atomic_fetch_add(&a->answers[i >= 1 && i <= 5 ? i : 0], 1);
}

/* When another write came between reading and committing, this one is done again as if it had come
 * later: what it demands of the state (If-Match, base_revision) is looked at again too. Those that lost
 * go one after the other, or an unlucky one would lose for ever. */
static int handle(struct api_req *r)
{
	int err = r->route->handler(r);

	if (err != ERR_STALE || !r->raced)
		return err;
	pthread_mutex_lock(&r->api->race_lock);
	for (int tries = 0; tries < RACE_TRIES && err == ERR_STALE && r->raced; tries++) {
		r->raced = false;
		err = r->route->handler(r);
	}
	pthread_mutex_unlock(&r->api->race_lock);
	return err;
}

static int run(struct api_req *r, const char *raw)
{
	char allow[64];
	int err;

	r->route = api_route_find(http_method(r->http), raw, &r->params, allow, sizeof(allow));
	if (!r->route) {
		if (auth_needs_setup(r->api->opt.auth))
			return ERR_SETUP;
		if (*allow)
			http_set_header(r->http, "Allow", allow);
		return *allow ? ERR_METHOD : ERR_NOENT;
	}
	err = api_guard(r);
	err = err ? err : api_read_query(r);
	err = err ? err : api_read_body(r);
	return err ? err : handle(r);
}

static void serve_api(struct api *a, struct http_req *h)
{
	struct api_req *r = mem_zalloc(sizeof(*r));
	unsigned uid;
	int err;

	r->api = a;
	r->http = h;
	r->local = http_is_local(h, &uid);
	if (r->local)
		snprintf(r->address, sizeof(r->address), "uid %u", uid);
	else
		net_addr_host(http_peer(h), r->address);
	faults_init(&r->faults);
	err = run(r, http_raw_path(h) + strlen(API_BASE));
	if (err)
		api_problem(r, err);
	count(a, r->status);
	faults_fini(&r->faults);
	cJSON_Delete(r->audit);
	cJSON_Delete(r->body);
	mem_free(r);
}

static void on_http(void *ctx, struct http_req *h)
{
	struct api *a = ctx;
	size_t n = strlen(API_BASE);

	if (api_health(a, h) || api_send_to_tls(a, h))
		return;
	if (!strncmp(http_raw_path(h), API_BASE, n) &&
	    (http_raw_path(h)[n] == '/' || !http_raw_path(h)[n]))
		serve_api(a, h);
	else
		api_page_reply(a, h);
}

/* ---- start and stop ---- */

static void on_journal(void *ctx)
{
	struct api *a = ctx;

	pthread_mutex_lock(&a->events_lock);
	pthread_cond_broadcast(&a->events_came);
	pthread_mutex_unlock(&a->events_lock);
}

static int start_http(struct api *a, bool plain, bool tls, const char *any, char *why, size_t cap)
{
	char names[2][96];
	const char *list[3] = { NULL };
	bool is_tls[2] = { false, false };
	int n = 0, err;
	struct http_server *http = NULL;
	struct http_options opt = { .listen = list,
				    .tls = is_tls,
				    .cert_file = a->cert_file,
				    .threads = a->opt.threads ? a->opt.threads : THREADS,
				    .per_address = PER_ADDRESS,
				    .keep_alive_ms = KEEP_ALIVE_MS,
				    .timeout_ms = TIMEOUT_MS,
				    .max_body = API_BIG_BODY_MAX,
				    .handler = on_http,
				    .ctx = a };
	const char *at = a->opt.listen && *a->opt.listen ? a->opt.listen : any;

	atomic_store(&a->plain_index, -1);
	atomic_store(&a->tls_index, -1);
	for (int i = 0; i < 2; i++) {
		if (!(i ? tls : plain))
			continue;
		snprintf(names[n], sizeof(names[n]), strchr(at, ':') ? "[%s]:%d" : "%s:%d", at,
			 i ? a->opt.tls_port : a->opt.port);
		is_tls[n] = i == 1;
		atomic_store(i ? &a->tls_index : &a->plain_index, n);
		list[n] = names[n];
		n++;
	}
	err = n ? http_start(&http, &opt, why, cap) : ERR_RANGE;
	if (!err)
		atomic_store(&a->http, http); /* workers run already */
	return err;
}

static int start_both_families(struct api *a, bool plain, bool tls, char *why, size_t cap)
{
	int err = start_http(a, plain, tls, "::", why, cap);

	if (err && err != ERR_EXIST && err != ERR_PERM) /* a machine without IPv6 */
		err = start_http(a, plain, tls, "0.0.0.0", why, cap);
	return err;
}

/* One port that cannot be had leaves the other one on. */
static int start_any(struct api *a, char *why, size_t cap)
{
	bool plain = a->opt.port >= 0, tls = a->opt.tls_port >= 0 && *a->cert_file;
	int err = start_both_families(a, plain, tls, why, cap);
	char second[API_WHY];

	if (!err) {
		*why = '\0';
		return 0;
	}
	if (!plain || !tls)
		return err;
	if (!start_both_families(a, true, false, second, sizeof(second)) ||
	    !start_both_families(a, false, true, second, sizeof(second)))
		return 0;
	return err;
}

/* Its own server: it works whatever becomes of the ports, and has workers when they have none left. */
static void start_local(struct api *a)
{
	struct http_options opt = { .local = a->data_dir,
				    .threads = LOCAL_THREADS,
				    .timeout_ms = TIMEOUT_MS,
				    .max_body = API_BIG_BODY_MAX,
				    .handler = on_http,
				    .ctx = a };
	char why[sizeof(a->data_dir) + API_WHY] = "";

	if (a->opt.local && http_start(&a->local, &opt, why, sizeof(why)))
		log_warn(LOG_API, "local_socket_off", "why=\"%s\"", why);
}

static void make_openapi(struct api *a)
{
	cJSON *o = api_openapi(a->version);
	uint64_t h = 0xcbf29ce484222325u;

	a->openapi = cJSON_PrintUnformatted(o);
	cJSON_Delete(o);
	for (const char *p = a->openapi; *p; p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3u;
	snprintf(a->openapi_etag, sizeof(a->openapi_etag), "\"%016llx\"", (unsigned long long)h);
}

int api_start(struct api **out, const struct api_options *opt, char *why, size_t cap)
{
	struct api *a = mem_zalloc(sizeof(*a));
	pthread_condattr_t attr;
	int err;

	a->opt = *opt;
	text_copy(a->cert_file, sizeof(a->cert_file), opt->cert_file ? opt->cert_file : "");
	text_copy(a->data_dir, sizeof(a->data_dir), opt->data_dir ? opt->data_dir : "");
	text_copy(a->version, sizeof(a->version), opt->version ? opt->version : "");
	atomic_store(&a->feed_port, -1);
	atomic_store(&a->feed_tls_port, -1);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&a->race_lock, NULL);
	pthread_mutex_init(&a->events_lock, NULL);
	pthread_mutex_init(&a->setup_lock, NULL);
	pthread_cond_init(&a->events_came, &attr);
	pthread_condattr_destroy(&attr);
	make_openapi(a);
	err = start_any(a, why, cap);
	start_local(a);
	if (err && !a->local) {
		api_free(a);
		return err;
	}
	journal_watch(opt->store, on_journal, a);
	*out = a;
	return 0;
}

void api_stop(struct api *a)
{
	struct http_server *http = a ? atomic_load(&a->http) : NULL;

	if (!a)
		return;
	if (http)
		http_stop_soon(http);
	if (a->local)
		http_stop_soon(a->local);
	on_journal(a);
	http_stop(a->local); /* first: its workers look at the other one's ports */
	a->local = NULL;
	http_stop(http); /* no worker after this */
	atomic_store(&a->http, NULL);
}

void api_free(struct api *a)
{
	if (!a)
		return;
	api_stop(a);
	pthread_mutex_destroy(&a->race_lock);
	pthread_mutex_destroy(&a->events_lock);
	pthread_mutex_destroy(&a->setup_lock);
	pthread_cond_destroy(&a->events_came);
	cJSON_free(a->openapi);
	mem_free(a);
}

int api_port(const struct api *a, bool tls)
{
	const struct http_server *http = atomic_load(&a->http);
	int i = atomic_load(tls ? &a->tls_index : &a->plain_index);

	return i < 0 || !http ? -1 : (int)http_port(http, (unsigned)i);
}

void api_set_feed_ports(struct api *a, int port, int tls_port)
{
	atomic_store(&a->feed_port, port);
	atomic_store(&a->feed_tls_port, tls_port);
}
