/* server/run/watch.c - looks after the engines while the appliance runs: ports follow the configuration,
 * so what moved is told, and written to the run file. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "server/clock/sntp.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/net.h"
#include "server/feed/feed.h"
#include "server/hfs/hfs.h"
#include "server/run/app.h"
#include "server/run/runfile.h"
#include "server/sccp/sccp.h"
#include "server/sip/sip.h"
#include "server/tftp/tftp.h"
#include "store/event.h"

#define WATCH_MS 250

const char *const engine_names[E_COUNT] = { "admin", "admin_tls", "feed", "feed_tls", "tftp",
					    "ntp",   "sip",       "sccp", "hfs" };

static void set_port(struct engine_status *s, const struct app *a, int port)
{
	struct net_addr addr;

	s->on = port > 0;
	s->failed = s->failed && !s->on;
	s->port = (uint16_t)(port > 0 ? port : 0);
	if (!s->on)
		return;
	listen_address(a, port, &addr);
	net_addr_text(&addr, s->address);
}

static void udp_port(struct engine_status *s, const struct net_addr *local)
{
	s->on = true;
	s->failed = false;
	s->port = net_addr_port(local);
	net_addr_text(local, s->address);
}

static void engine_states(struct app *a, struct engine_status out[E_COUNT])
{
	struct net_addr local;

	memcpy(out, a->last, sizeof(a->last)); /* what an engine that never started said */
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
	if (was->on == is->on && was->port == is->port && (is->on || !strcmp(was->why, is->why)))
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
	if (moved || a->run_file_due) { /* a disk that was full may have room now */
		bool failed = runfile_write(a->opt->data, now, E_COUNT) != 0;

		if (failed && !a->run_file_due)
			log_warn(LOG_MAIN, "run_file_not_written", "dir=%s", a->opt->data);
		a->run_file_due = failed;
	}
	pthread_mutex_lock(&a->lock);
	memcpy(a->last, now, sizeof(now));
	pthread_mutex_unlock(&a->lock);
}

static void on_watch(struct loop_timer *t)
{
	struct app *a = container_of(t, struct app, watch);

	look_at_engines(a, false);
	changes_look(a);
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

void app_run(struct app *a)
{
	loop_timer_init(&a->watch, a->main, on_watch);
	look_at_engines(a, true);
	print_addresses(a);
	if (loop_on_signal(a->main, SIGTERM, on_signal, a) ||
	    loop_on_signal(a->main, SIGINT, on_signal, a))
		return;
	event_emit(a->store, EV_SYSTEM_STARTED, NULL, EVENT_STR("version", SWITCHROOM_VERSION));
	changes_catch_up(a);
	atomic_store(&a->ready, true);
	loop_timer_set(&a->watch, WATCH_MS);
	loop_run(a->main);
	atomic_store(&a->ready, false);
	loop_timer_cancel(&a->watch);
	runfile_remove(a->opt->data);
	event_emit(a->store, EV_SYSTEM_STOPPED, NULL, { 0 });
}
