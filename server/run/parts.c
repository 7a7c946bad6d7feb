/* server/run/parts.c - how each part of the appliance is started and stopped. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/clock/sntp.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/feed/feed.h"
#include "server/files/files.h"
#include "server/hfs/hfs.h"
#include "server/phones/phones.h"
#include "server/run/app.h"
#include "server/sccp/sccp.h"
#include "server/sip/sip.h"
#include "server/tftp/tftp.h"
#include "store/event.h"
#include "store/schema/schema.h"
#include "store/store.h"

/* Privileged ports and where they go when they are refused (an unprivileged run). */
#define TFTP_PORT 69
#define TFTP_ELSE 1069
#define NTP_PORT  123
#define NTP_ELSE  1123

/* ---- start ---- */

int start_store(struct app *a)
{
	struct store_options so = { .dir = a->opt->data, .clock = &a->clock.clock };

	clock_shifted_init(&a->clock, a->opt->test_clock_offset);
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

int start_auth(struct app *a)
{
	struct auth_options ao = { .store = a->store, .on_code = on_code, .ctx = a };

	return auth_new(&a->auth, &ao);
}

int start_loops(struct app *a)
{
	int err = loop_new(&a->main, "main", &clock_system);

	if (!err)
		err = loop_new(&a->calls, "calls", &clock_system);
	if (!err)
		err = loop_new(&a->files_loop, "files", &clock_system);
	return err;
}

int start_phones(struct app *a)
{
	return phones_new(&a->phones, a->calls, a->store);
}

int start_files(struct app *a)
{
	return files_new(&a->files, a->store, a->opt->data);
}

static void set_why(struct app *a, int e, const char *why)
{
	log_error(LOG_MAIN, "engine_off", "engine=%s why=\"%s\"", engine_names[e], why);
	event_emit(a->store, EV_ENGINE_DOWN, NULL, EVENT_STR("engine", engine_names[e]),
		   EVENT_STR("reason", why));
	pthread_mutex_lock(&a->lock);
	(void)text_copy(a->last[e].why, sizeof(a->last[e].why), why);
	a->last[e].failed = true;
	pthread_mutex_unlock(&a->lock);
}

/* An engine that cannot start is off and says why; the appliance runs. */
static int engine_off(struct app *a, int e, int err, int port, const char *option)
{
	char why[sizeof(a->last[0].why)];

	if (!err)
		return 0;
	snprintf(why, sizeof(why), "port %d: %s; free it or choose another with --%s", port,
		 err == ERR_PERM    ? "not permitted without root"
		 : err == ERR_EXIST ? "in use by another program"
				    : err_text(err),
		 option);
	set_why(a, e, why);
	return 0;
}

void listen_address(const struct app *a, int port, struct net_addr *out)
{
	(void)net_addr_parse(out, a->opt->listen[0] ? a->opt->listen : net_any_host(),
			     (uint16_t)port);
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

int start_tftp(struct app *a)
{
	int port = a->opt->tftp_port, err;

	if (port == OPTION_OFF)
		return 0;
	err = open_tftp(a, port);
	if (err == ERR_PERM && port == TFTP_PORT)
		err = open_tftp(a, TFTP_ELSE);
	return engine_off(a, E_TFTP, err, port, "tftp-port");
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

int start_sntp(struct app *a)
{
	int port = a->opt->ntp_port, err;

	if (port == OPTION_OFF)
		return 0;
	err = open_sntp(a, port);
	if (err == ERR_PERM && port == NTP_PORT)
		err = open_sntp(a, NTP_ELSE);
	return engine_off(a, E_SNTP, err, port, "ntp-port");
}

int start_sip(struct app *a)
{
	struct sip_options so = { .loop = a->calls,
				  .store = a->store,
				  .phones = a->phones,
				  .listen = a->opt->listen,
				  .port = a->opt->sip_port };

	return sip_start(&a->sip, &so);
}

int start_sccp(struct app *a)
{
	struct sccp_options so = { .loop = a->calls,
				   .store = a->store,
				   .phones = a->phones,
				   .listen = a->opt->listen,
				   .port = a->opt->sccp_port };

	return sccp_start(&a->sccp, &so);
}

/* Does another program listen there? Nobody is asked while a start option says where HFS is. */
static bool port_busy(void *ctx, int64_t port)
{
	struct app *a = ctx;
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct engine_status hfs = { 0 };
	int fd, on = 1;
	bool busy;

	hfs_status(a->hfs, &hfs);
	if (a->opt->hfs_port != HFS_PORT_CONFIGURED || hfs.port == port)
		return false;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	busy = bind(fd, (struct sockaddr *)&sin, sizeof(sin)) && errno == EADDRINUSE;
	close(fd);
	return busy;
}

int start_hfs(struct app *a)
{
	struct hfs_options ho = { .store = a->store,
				  .files = a->files,
				  .phones = a->phones,
				  .listen = a->opt->listen,
				  .port = a->opt->hfs_port };

	int err = hfs_start(&a->hfs, &ho);

	if (!err)
		schema_port_probe_set(port_busy, a);
	return err;
}

int start_threads(struct app *a)
{
	int err = loop_start_thread(a->calls);

	if (err)
		return err;
	err = loop_start_thread(a->files_loop);
	if (err) {
		loop_stop(a->calls);
		loop_join(a->calls);
	}
	return err;
}

int start_certificate(struct app *a)
{
	return cert_ensure(a->opt->data, NULL, a->cert, a->why, sizeof(a->why));
}

int start_api(struct app *a)
{
	struct api_options ao = {
		.store = a->store,
		.auth = a->auth,
		.phones = a->phones,
		.files = a->files,
		.clock = &a->clock.clock,
		.version = SWITCHROOM_VERSION,
		.data_dir = a->opt->data,
		.listen = a->opt->listen,
		.port = a->opt->admin_port,
		.tls_port = a->opt->admin_tls_port,
		.cert_file = a->cert,
		.insecure = a->opt->insecure_admin,
		.local = true,
		.hooks = app_hooks(a),
	};
	int err = api_start(&a->api, &ao, a->why, sizeof(a->why));

	if (!err && !a->why[0])
		return 0;
	if (!a->why[0])
		(void)text_copy(a->why, sizeof(a->why), err_text(err));
	if (a->opt->admin_port != OPTION_OFF && (err || api_port(a->api, false) < 0))
		set_why(a, E_ADMIN, a->why);
	if (a->opt->admin_tls_port != OPTION_OFF && (err || api_port(a->api, true) < 0))
		set_why(a, E_ADMIN_TLS, a->why);
	return 0; /* phones are served without it */
}

/* HFS must not be moved onto a port of ours. */
static void reserve_ports(const struct app *a)
{
	const int open[] = { a->api ? api_port(a->api, false) : -1,
			     a->api ? api_port(a->api, true) : -1,
			     a->feed ? feed_port(a->feed, false) : -1,
			     a->feed ? feed_port(a->feed, true) : -1 };
	uint16_t ports[ARRAY_LEN(open)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(open); i++)
		if (open[i] > 0)
			ports[n++] = (uint16_t)open[i];
	schema_ports_set(ports, n);
}

int start_feed(struct app *a)
{
	struct feed_options fo = { .store = a->store,
				   .listen = a->opt->listen,
				   .port = a->opt->feed_port,
				   .tls_port = a->opt->feed_tls_port,
				   .cert_file = a->cert,
				   .insecure = a->opt->insecure_admin,
				   .auth = a->auth };
	int err = feed_start(&a->feed, &fo, a->why, sizeof(a->why));
	int plain = a->feed ? feed_port(a->feed, false) : -1;
	int tls = a->feed ? feed_port(a->feed, true) : -1;

	/* Without the feed the browser falls back to long polling. */
	if (plain < 0 && fo.port != OPTION_OFF)
		(void)engine_off(a, E_FEED, err ? err : ERR_EXIST, fo.port, "feed-port");
	if (tls < 0 && fo.tls_port != OPTION_OFF)
		(void)engine_off(a, E_FEED_TLS, err ? err : ERR_EXIST, fo.tls_port,
				 "feed-tls-port");
	reserve_ports(a);
	if (a->api && a->feed)
		api_set_feed_ports(a->api, plain, tls);
	return 0;
}

/* ---- stop ---- */

void stop_store(struct app *a)
{
	store_close(a->store);
}

void stop_auth(struct app *a)
{
	auth_free(a->auth);
}

void stop_loops(struct app *a)
{
	loop_free(a->files_loop);
	loop_free(a->calls);
	loop_free(a->main);
}

void stop_threads(struct app *a)
{
	loop_stop(a->files_loop);
	loop_stop(a->calls);
	loop_join(a->files_loop);
	loop_join(a->calls);
}

void stop_phones(struct app *a)
{
	phones_free(a->phones);
}

void stop_files(struct app *a)
{
	files_free(a->files);
}

void stop_tftp(struct app *a)
{
	tftp_stop(a->tftp);
}

void stop_sntp(struct app *a)
{
	sntp_stop(a->sntp);
}

void stop_sip(struct app *a)
{
	sip_stop(a->sip);
}

void stop_sccp(struct app *a)
{
	sccp_stop(a->sccp);
}

void stop_hfs(struct app *a)
{
	schema_port_probe_set(NULL, NULL);
	hfs_stop(a->hfs);
}

void stop_api(struct app *a)
{
	api_stop(a->api);
}

void stop_feed(struct app *a)
{
	feed_stop(a->feed);
}

/* What the store's writer wakes is freed when the writer has ended. */
void stop_watchers(struct app *a)
{
	feed_free(a->feed);
	api_free(a->api);
}
