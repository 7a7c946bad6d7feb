/* server/main.c - the map: start in order, run, stop in reverse. Each part below is one row; what a part
 * does is told by its own header. A port that cannot be had leaves its engine off with one clear line, and
 * the rest runs (DESIGN 10). */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "server/cli/cli.h"
#include "server/cli/privileges.h"
#include "server/cli/runfile.h"
#include "server/clock/sntp.h"
#include "server/core/engine.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/feed/feed.h"
#include "server/files/files.h"
#include "server/hfs/hfs.h"
#include "server/http/cert.h"
#include "server/phones/phones.h"
#include "server/sccp/sccp.h"
#include "server/sip/sip.h"
#include "server/tftp/tftp.h"
#include "store/auth/auth.h"
#include "store/event.h"
#include "store/schema/schema.h"
#include "store/store.h"

#define WATCH_MS   250  /* how often the main thread looks whether a port has moved */
#define HEALTHY_MS 5000 /* every loop has turned within this time */
#define WHY_MAX    512

/* Privileged ports and where they go when they are refused (an unprivileged run). */
#define TFTP_PORT 69
#define TFTP_ELSE 1069
#define NTP_PORT  123
#define NTP_ELSE  1123

enum { E_ADMIN, E_ADMIN_TLS, E_FEED, E_FEED_TLS, E_TFTP, E_SNTP, E_SIP, E_SCCP, E_HFS, E_COUNT };

struct app {
	const struct options *opt;
	struct store *store;
	struct auth *auth;
	struct loop *main, *calls, *files_loop;
	struct phones *phones;
	struct files *files;
	struct sip *sip;
	struct sccp *sccp;
	struct tftp *tftp;
	struct sntp *sntp;
	struct hfs *hfs;
	struct api *api;
	struct feed *feed;
	char cert[CERT_PATH_MAX];
	char why[WHY_MAX];
	char code[AUTH_CODE_SIZE];
	struct engine_status last[E_COUNT];
	struct loop_timer watch;
	atomic_bool ready;
};

/* ---- what api asks of us ---- */

static void engine_states(struct app *a, struct engine_status out[E_COUNT]);

static cJSON *list_engines(void *ctx)
{
	struct engine_status e[E_COUNT];
	cJSON *list = cJSON_CreateArray();

	engine_states(ctx, e);
	for (size_t i = 0; i < E_COUNT; i++) {
		cJSON *o = cJSON_CreateObject();

		cJSON_AddStringToObject(o, "name", e[i].name);
		cJSON_AddStringToObject(o, "state", e[i].on ? "up" : "off");
		cJSON_AddStringToObject(o, "address", e[i].address);
		cJSON_AddNumberToObject(o, "port", e[i].port);
		cJSON_AddBoolToObject(o, "overridden", e[i].overridden);
		cJSON_AddStringToObject(o, "reason", e[i].why);
		cJSON_AddItemToArray(list, o);
	}
	return list;
}

static bool is_healthy(void *ctx, char *why, size_t cap)
{
	const struct app *a = ctx;
	uint64_t now = clock_mono_ms(&clock_system);
	const struct {
		const char *name;
		uint64_t turned_ms;
	} parts[] = {
		{ "call loop", loop_last_turn_ms(a->calls) },
		{ "files loop", loop_last_turn_ms(a->files_loop) },
		{ "store writer", store_writer_turn_ms(a->store) },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (now <= parts[i].turned_ms + HEALTHY_MS)
			continue;
		snprintf(why, cap, "%s has not turned for %llu ms", parts[i].name,
			 (unsigned long long)(now - parts[i].turned_ms));
		return false;
	}
	return true;
}

static bool is_ready(void *ctx, char *why, size_t cap)
{
	const struct app *a = ctx;

	snprintf(why, cap, "starting");
	return atomic_load(&a->ready);
}

static cJSON *clock_answer(void *ctx)
{
	const struct app *a = ctx;

	char *json = NULL;
	cJSON *tree = NULL;

	if (a->sntp && !sntp_status(a->sntp, &json))
		tree = cJSON_Parse(json);
	mem_free(json);
	return tree;
}

static void more_metrics(void *ctx, struct text *out)
{
	const struct app *a = ctx;

	if (a->tftp)
		tftp_metrics(a->tftp, out);
	if (a->sntp)
		sntp_metrics(a->sntp, out);
	sip_metrics(a->sip, out);
	sccp_metrics(a->sccp, out);
}

static void on_certificate(void *ctx, const char *file)
{
	const struct app *a = ctx;

	if (a->feed)
		feed_reload_certificate(a->feed, file);
}

/* ---- parts: start ---- */

static int start_store(struct app *a)
{
	struct store_options so = { .dir = a->opt->data, .clock = &clock_system };

	return store_open(&a->store, &so, a->why, sizeof(a->why));
}

/* The first code is printed below the addresses, a renewed one at once (it was asked for wrongly). */
static void on_code(void *ctx, const char *code)
{
	struct app *a = ctx;

	log_info(LOG_MAIN, "setup_code", "code=%s", code);
	if (atomic_load(&a->ready)) {
		printf("  set-up code: %s\n", code);
		fflush(stdout);
	}
	(void)text_copy(a->code, sizeof(a->code), code);
}

static int start_auth(struct app *a)
{
	struct auth_options ao = { .store = a->store, .on_code = on_code, .ctx = a };

	return auth_new(&a->auth, &ao);
}

static int start_loops(struct app *a)
{
	int err = loop_new(&a->main, "main", &clock_system);

	if (!err)
		err = loop_new(&a->calls, "calls", &clock_system);
	if (!err)
		err = loop_new(&a->files_loop, "files", &clock_system);
	return err;
}

static int start_phones(struct app *a)
{
	return phones_new(&a->phones, a->calls, a->store);
}

static int start_files(struct app *a)
{
	return files_new(&a->files, a->store, a->opt->data);
}

/* An engine that cannot start is off and says why; the appliance runs. */
static int engine_off(struct app *a, int e, int err, unsigned port, const char *option)
{
	struct engine_status *s = &a->last[e];

	if (!err)
		return 0;
	snprintf(s->why, sizeof(s->why), "port %u: %s; free it or choose another with --%s", port,
		 err == ERR_PERM    ? "not permitted without root"
		 : err == ERR_EXIST ? "in use by another program"
				    : err_text(err),
		 option);
	log_error(LOG_MAIN, "engine_off", "engine=%s why=\"%s\"", s->name, s->why);
	event_emit(a->store, EV_ENGINE_DOWN, NULL, EVENT_STR("engine", s->name),
		   EVENT_STR("reason", s->why));
	return 0;
}

static void listen_address(const struct app *a, int port, struct net_addr *out)
{
	(void)net_addr_parse(out, a->opt->listen[0] ? a->opt->listen : "::", (uint16_t)port);
}

static int open_tftp(struct app *a, int port)
{
	struct net_addr listen;
	struct tftp_options to = { .loop = a->files_loop,
				   .files = a->files,
				   .phones = a->phones,
				   .listen = &listen,
				   .n_listen = 1 };

	listen_address(a, port, &listen);
	return tftp_start(&a->tftp, &to);
}

static int start_tftp(struct app *a)
{
	int port = a->opt->tftp_port, err;

	if (port == OPTION_OFF)
		return 0;
	err = open_tftp(a, port);
	if (err == ERR_PERM && port == TFTP_PORT)
		err = open_tftp(a, TFTP_ELSE);
	return engine_off(a, E_TFTP, err, (unsigned)port, "tftp-port");
}

static int open_sntp(struct app *a, int port)
{
	const char *state = a->opt->test_clock_state;
	struct clock_source fixed = clock_source_fixed(!strcmp(state, "synchronised"));
	struct net_addr listen;
	struct sntp_options so = { .loop = a->files_loop,
				   .phones = a->phones,
				   .store = a->store,
				   .listen = &listen,
				   .n_listen = 1,
				   .source = state[0] ? &fixed : NULL };

	listen_address(a, port, &listen);
	return sntp_start(&a->sntp, &so);
}

static int start_sntp(struct app *a)
{
	int port = a->opt->ntp_port, err;

	if (port == OPTION_OFF)
		return 0;
	err = open_sntp(a, port);
	if (err == ERR_PERM && port == NTP_PORT)
		err = open_sntp(a, NTP_ELSE);
	return engine_off(a, E_SNTP, err, (unsigned)port, "ntp-port");
}

static int start_sip(struct app *a)
{
	struct sip_options so = { .loop = a->calls,
				  .store = a->store,
				  .phones = a->phones,
				  .listen = a->opt->listen,
				  .port = a->opt->sip_port };

	return sip_start(&a->sip, &so);
}

static int start_sccp(struct app *a)
{
	struct sccp_options so = { .loop = a->calls,
				   .store = a->store,
				   .phones = a->phones,
				   .listen = a->opt->listen,
				   .port = a->opt->sccp_port };

	return sccp_start(&a->sccp, &so);
}

static int start_hfs(struct app *a)
{
	struct hfs_options ho = { .store = a->store,
				  .files = a->files,
				  .phones = a->phones,
				  .listen = a->opt->listen,
				  .port = a->opt->hfs_port };

	return hfs_start(&a->hfs, &ho);
}

static int start_threads(struct app *a)
{
	int err = loop_start_thread(a->calls);

	return err ? err : loop_start_thread(a->files_loop);
}

static int start_certificate(struct app *a)
{
	return cert_ensure(a->opt->data, NULL, a->cert, a->why, sizeof(a->why));
}

static int start_api(struct app *a)
{
	struct api_options ao = {
		.store = a->store,
		.auth = a->auth,
		.phones = a->phones,
		.files = a->files,
		.clock = &clock_system,
		.version = SWITCHROOM_VERSION,
		.data_dir = a->opt->data,
		.listen = a->opt->listen,
		.port = a->opt->admin_port,
		.tls_port = a->opt->admin_tls_port,
		.cert_file = a->cert,
		.insecure = a->opt->insecure_admin,
		.hooks = { .ctx = a,
			   .engines = list_engines,
			   .clock = clock_answer,
			   .healthy = is_healthy,
			   .ready = is_ready,
			   .metrics = more_metrics,
			   .certificate = on_certificate },
	};
	int err = api_start(&a->api, &ao, a->why, sizeof(a->why));

	if (!err && a->why[0]) {
		log_error(LOG_MAIN, "engine_off", "engine=admin why=\"%s\"", a->why);
		(void)text_copy(a->last[E_ADMIN_TLS].why, sizeof(a->last[0].why), a->why);
	}
	return err;
}

/* HFS must not be moved onto a port of ours. */
static void reserve_ports(const struct app *a)
{
	const int open[] = { api_port(a->api, false), api_port(a->api, true),
			     a->feed ? feed_port(a->feed, false) : -1,
			     a->feed ? feed_port(a->feed, true) : -1 };
	uint16_t ports[ARRAY_LEN(open)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(open); i++)
		if (open[i] > 0)
			ports[n++] = (uint16_t)open[i];
	schema_ports_set(ports, n);
}

static int start_feed(struct app *a)
{
	struct feed_options fo = { .store = a->store,
				   .listen = a->opt->listen,
				   .port = a->opt->feed_port,
				   .tls_port = a->opt->feed_tls_port,
				   .cert_file = a->cert,
				   .insecure = a->opt->insecure_admin,
				   .auth = a->auth };
	int err = feed_start(&a->feed, &fo, a->why, sizeof(a->why));

	if (err) { /* the browser falls back to long polling */
		log_error(LOG_MAIN, "engine_off", "engine=feed why=\"%s\"", a->why);
		(void)text_copy(a->last[E_FEED].why, sizeof(a->last[0].why), a->why);
		reserve_ports(a);
		return 0;
	}
	reserve_ports(a);
	api_set_feed_ports(a->api, feed_port(a->feed, false), feed_port(a->feed, true));
	return 0;
}

/* ---- parts: stop ---- */

static void stop_store(struct app *a)
{
	store_close(a->store);
}

static void stop_auth(struct app *a)
{
	auth_free(a->auth);
}

static void stop_loops(struct app *a)
{
	loop_free(a->files_loop);
	loop_free(a->calls);
	loop_free(a->main);
}

static void stop_threads(struct app *a)
{
	loop_stop(a->files_loop);
	loop_stop(a->calls);
	loop_join(a->files_loop);
	loop_join(a->calls);
}

static void stop_phones(struct app *a)
{
	phones_free(a->phones);
}

static void stop_files(struct app *a)
{
	files_free(a->files);
}

static void stop_tftp(struct app *a)
{
	tftp_stop(a->tftp);
}

static void stop_sntp(struct app *a)
{
	sntp_stop(a->sntp);
}

static void stop_sip(struct app *a)
{
	sip_stop(a->sip);
}

static void stop_sccp(struct app *a)
{
	sccp_stop(a->sccp);
}

static void stop_hfs(struct app *a)
{
	hfs_stop(a->hfs);
}

static void stop_api(struct app *a)
{
	api_stop(a->api);
}

static void stop_feed(struct app *a)
{
	feed_stop(a->feed);
}

/* What the store's writer wakes is freed when the writer has ended. */
static void stop_watchers(struct app *a)
{
	feed_free(a->feed);
	api_free(a->api);
}

static const struct part {
	const char *name;
	int (*start)(struct app *a);
	void (*stop)(struct app *a);
} parts[] = {
	{ "watchers", NULL, stop_watchers },
	{ "store", start_store, stop_store },
	{ "accounts", start_auth, stop_auth },
	{ "loops", start_loops, stop_loops },
	{ "phones", start_phones, stop_phones },
	{ "files", start_files, stop_files },
	{ "tftp", start_tftp, stop_tftp },
	{ "sntp", start_sntp, stop_sntp },
	{ "sip", start_sip, stop_sip },
	{ "sccp", start_sccp, stop_sccp },
	{ "hfs", start_hfs, stop_hfs },
	{ "threads", start_threads, stop_threads },
	{ "certificate", start_certificate, NULL },
	{ "administration", start_api, stop_api },
	{ "feed", start_feed, stop_feed },
};

/* ---- while it runs ---- */

static const char *const engine_names[E_COUNT] = { "admin", "admin_tls", "feed", "feed_tls", "tftp",
						   "ntp",   "sip",       "sccp", "hfs" };

static void set_port(struct engine_status *s, const struct app *a, int port)
{
	struct net_addr addr;

	s->on = port > 0;
	s->port = (uint16_t)(port > 0 ? port : 0);
	if (!s->on)
		return;
	listen_address(a, port, &addr);
	net_addr_text(&addr, s->address);
}

static void udp_port(struct engine_status *s, const struct net_addr *local)
{
	s->on = true;
	s->port = net_addr_port(local);
	net_addr_text(local, s->address);
}

static void engine_states(struct app *a, struct engine_status out[E_COUNT])
{
	struct net_addr local;

	memcpy(out, a->last, sizeof(a->last));
	if (a->api) {
		set_port(&out[E_ADMIN], a, api_port(a->api, false));
		set_port(&out[E_ADMIN_TLS], a, api_port(a->api, true));
	}
	if (a->feed) {
		set_port(&out[E_FEED], a, feed_port(a->feed, false));
		set_port(&out[E_FEED_TLS], a, feed_port(a->feed, true));
	}
	if (a->tftp) {
		tftp_local(a->tftp, &local);
		udp_port(&out[E_TFTP], &local);
	}
	if (a->sntp) {
		sntp_local(a->sntp, &local);
		udp_port(&out[E_SNTP], &local);
	}
	sip_status(a->sip, &out[E_SIP]);
	sccp_status(a->sccp, &out[E_SCCP]);
	hfs_status(a->hfs, &out[E_HFS]);
	for (size_t i = 0; i < E_COUNT; i++)
		out[i].name = engine_names[i];
}

static void tell_change(struct app *a, const struct engine_status *was,
			const struct engine_status *is)
{
	if (was->on == is->on && was->port == is->port)
		return;
	if (is->on) {
		log_info(LOG_MAIN, "engine_on", "engine=%s address=%s", is->name, is->address);
		event_emit(a->store, EV_ENGINE_UP, NULL, EVENT_STR("engine", is->name),
			   EVENT_STR("address", is->address));
	} else {
		log_info(LOG_MAIN, "engine_off", "engine=%s why=\"%s\"", is->name, is->why);
		event_emit(a->store, EV_ENGINE_DOWN, NULL, EVENT_STR("engine", is->name),
			   EVENT_STR("reason", is->why));
	}
}

/* Ports follow the configuration: what moved is told and written to the run file. */
static void look_at_engines(struct app *a, bool always)
{
	struct engine_status now[E_COUNT];
	bool moved = always;

	engine_states(a, now);
	for (size_t i = 0; i < E_COUNT; i++) {
		tell_change(a, &a->last[i], &now[i]);
		moved |= a->last[i].on != now[i].on || a->last[i].port != now[i].port;
	}
	if (moved && runfile_write(a->opt->data, now, E_COUNT))
		log_warn(LOG_MAIN, "run_file_not_written", "dir=%s", a->opt->data);
	memcpy(a->last, now, sizeof(now));
}

static void on_watch(struct loop_timer *t)
{
	look_at_engines(container_of(t, struct app, watch), false);
	loop_timer_set(t, WATCH_MS);
}

static void on_signal(void *ctx, int signum)
{
	struct app *a = ctx;

	log_info(LOG_MAIN, "stopping", "signal=%d", signum);
	loop_stop(a->main);
}

static void print_addresses(struct app *a)
{
	char host[NET_HOST_SIZE] = "127.0.0.1";

	(void)net_primary_address(AF_INET, host);
	if (a->opt->listen[0])
		(void)text_copy(host, sizeof(host), a->opt->listen);
	printf("switchroom " SWITCHROOM_VERSION " is running; data in %s\n", a->opt->data);
	if (a->last[E_ADMIN].on)
		printf("  browser, this machine   http://127.0.0.1:%u/\n", a->last[E_ADMIN].port);
	if (a->last[E_ADMIN_TLS].on)
		printf("  browser, everywhere     https://%s:%u/\n", host,
		       a->last[E_ADMIN_TLS].port);
	for (size_t i = E_TFTP; i < E_COUNT; i++)
		printf("  %-23s %s%s\n", a->last[i].name,
		       a->last[i].on ? a->last[i].address : "off: ",
		       a->last[i].on ? "" : a->last[i].why);
	if (a->code[0])
		printf("  set-up code: %s\n", a->code);
	fflush(stdout);
}

static void run(struct app *a)
{
	loop_timer_init(&a->watch, a->main, on_watch);
	look_at_engines(a, true);
	print_addresses(a);
	if (loop_on_signal(a->main, SIGTERM, on_signal, a) ||
	    loop_on_signal(a->main, SIGINT, on_signal, a))
		return;
	event_emit(a->store, EV_SYSTEM_STARTED, NULL, EVENT_STR("version", SWITCHROOM_VERSION));
	atomic_store(&a->ready, true);
	loop_timer_set(&a->watch, WATCH_MS);
	loop_run(a->main);
	atomic_store(&a->ready, false);
	loop_timer_cancel(&a->watch);
	event_emit(a->store, EV_SYSTEM_STOPPED, NULL, { 0 });
}

static int serve(const struct options *opt)
{
	struct app a = { .opt = opt };
	size_t started = 0;
	int err = 0;

	log_setup(opt->log_level, opt->log_format, STDERR_FILENO);
	signal(SIGPIPE, SIG_IGN);
	if (privileges_drop(opt->user, opt->data, a.why, sizeof(a.why))) {
		fprintf(stderr, "switchroom: %s\n", a.why);
		return 1;
	}
	for (; started < ARRAY_LEN(parts) && !err; started++) {
		a.why[0] = '\0';
		err = parts[started].start ? parts[started].start(&a) : 0;
	}
	if (!err)
		run(&a);
	else
		fprintf(stderr, "switchroom: %s does not start: %s\n", parts[started - 1].name,
			a.why[0] ? a.why : err_text(err));
	if (err)
		started--; /* the failed part has cleaned up behind itself */
	while (started--)
		if (parts[started].stop)
			parts[started].stop(&a);
	runfile_remove(opt->data);
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	return cli_main(argc, argv, serve);
}
