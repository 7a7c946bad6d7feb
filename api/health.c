/* api/health.c - /healthz, /readyz, /metrics: for load balancers and monitoring, outside of /api/v1. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "api/api_int.h"
#include "server/core/metric.h"
#include "server/phones/phones.h"
#include "store/event.h"

#define METRICS_MAX  (256u << 10)
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

static void check(struct api *a, struct http_req *h, bool (*fn)(void *ctx, char *why, size_t cap))
{
	char why[API_WHY] = "ok";
	bool ok = !fn || fn(a->opt.hooks.ctx, why, sizeof(why));
	char body[API_WHY + 2];
	int n = snprintf(body, sizeof(body), "%s\n", ok ? "ok" : why);

	http_set_header(h, "Cache-Control", "no-store");
	http_reply(h, ok ? 200 : 503, "text/plain", body, (size_t)n);
}

static void http_metrics(struct api *a, struct text *t)
{
	struct http_stats st;

	http_stats(a->http, &st);
	metric_gauge(t, "http_connections_open", "Open connections of the admin server.", st.open);
	metric_gauge(t, "http_requests_busy", "Requests in work.", st.busy);
	metric_counter(t, "http_connections_total", "Connections accepted.", st.accepted);
	metric_counter(t, "http_connections_refused_total",
		       "Connections closed because their address had too many.", st.refused);
	metric_counter(t, "http_requests_total", "Requests.", st.requests);
	metric_counter(t, "http_requests_malformed_total", "Requests refused as malformed.",
		       st.rejected);
	metric_head(t, "api_answers_total", "counter", "Answers of the REST interface.");
	for (int i = 2; i <= 5; i++)
		text_addf(t, "switchroom_api_answers_total{class=\"%dxx\"} %llu\n", i,
			  (unsigned long long)atomic_load(&a->answers[i]));
	metric_gauge(t, "api_long_polls", "Long polls that wait.", atomic_load(&a->waiters));
}

static void metrics(struct api *a, struct http_req *h)
{
	struct text t;

	text_init(&t, METRICS_MAX);
	metric_head(&t, "info", "gauge", "Version.");
	text_addf(&t, "switchroom_info{version=\"%s\"} 1\n", a->version);
	metric_gauge(&t, "config_revision", "Newest revision.", store_revision(a->opt.store));
	metric_counter(&t, "events_total", "Number of the newest event.",
		       journal_last(a->opt.store));
	http_metrics(a, &t);
	if (a->opt.phones)
		phones_metrics(a->opt.phones, &t);
	if (a->opt.hooks.metrics)
		a->opt.hooks.metrics(a->opt.hooks.ctx, &t);
	http_set_header(h, "Cache-Control", "no-store");
	http_reply(h, 200, METRICS_TYPE, t.buf, t.len);
	text_fini(&t);
}

/* From this machine freely; from elsewhere with a bearer token. */
static bool may_read_metrics(struct api *a, struct http_req *h)
{
	const char *auth = http_header(h, "Authorization");
	struct auth_who who;

	if (net_addr_is_loopback(http_peer(h)))
		return true;
	return auth && !strncasecmp(auth, "Bearer ", 7) &&
	       !auth_check_token(a->opt.auth, auth + 7, http_peer(h), &who);
}

bool api_health(struct api *a, struct http_req *h)
{
	const char *path = http_path(h);
	bool live = !strcmp(path, "/healthz"), ready = !strcmp(path, "/readyz");
	bool figures = !strcmp(path, "/metrics");

	if (!live && !ready && !figures)
		return false;
	if (strcmp(http_method(h), "GET") != 0 && strcmp(http_method(h), "HEAD") != 0) {
		http_set_header(h, "Allow", "GET, HEAD");
		http_reply(h, 405, "text/plain", "", 0);
	} else if (live || ready) {
		check(a, h, live ? a->opt.hooks.healthy : a->opt.hooks.ready);
	} else if (api_send_to_tls(a, h)) {
		return true;
	} else if (may_read_metrics(a, h)) {
		metrics(a, h);
	} else {
		http_set_header(h, "WWW-Authenticate", "Bearer realm=\"switchroom\"");
		http_reply(h, 401, "text/plain", "", 0);
	}
	return true;
}
