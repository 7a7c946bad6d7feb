/* server/run/answers.c - what api asks of the running appliance: engines, clock, health, metrics. */
#include <stdio.h>
#include <string.h>

#include "server/clock/sntp.h"
#include "server/core/mem.h"
#include "server/feed/feed.h"
#include "server/hfs/hfs.h"
#include "server/run/app.h"
#include "server/sccp/sccp.h"
#include "server/sip/sip.h"
#include "server/tftp/tftp.h"
#include "store/store.h"

#define HEALTHY_MS 5000 /* every loop has turned within this time */

static cJSON *list_engines(void *ctx)
{
	struct app *a = ctx;
	struct engine_status e[E_COUNT];
	cJSON *list = cJSON_CreateArray();

	pthread_mutex_lock(&a->lock);
	memcpy(e, a->last, sizeof(e));
	pthread_mutex_unlock(&a->lock);
	for (size_t i = 0; i < E_COUNT; i++) {
		cJSON *o = cJSON_CreateObject();

		cJSON_AddStringToObject(o, "name", engine_names[i]);
		cJSON_AddStringToObject(o, "state",
					e[i].on       ? "up"
					: e[i].failed ? "failed"
						      : "off");
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

static cJSON *sockets_answer(void *ctx)
{
	const struct app *a = ctx;

	return a->sccp ? sccp_sockets(a->sccp) : NULL;
}

static cJSON *hfs_answer(void *ctx)
{
	const struct app *a = ctx;

	return a->hfs ? hfs_describe(a->hfs) : NULL;
}

static void more_metrics(void *ctx, struct text *out)
{
	const struct app *a = ctx;

	if (a->tftp)
		tftp_metrics(a->tftp, out);
	if (a->sntp)
		sntp_metrics(a->sntp, out);
	if (a->hfs)
		hfs_metrics(a->hfs, out);
	if (a->feed)
		feed_metrics(a->feed, out);
	sip_metrics(a->sip, out);
	sccp_metrics(a->sccp, out);
}

static void on_certificate(void *ctx, const char *file)
{
	const struct app *a = ctx;

	if (a->feed)
		feed_reload_certificate(a->feed, file);
}

struct api_hooks app_hooks(struct app *a)
{
	return (struct api_hooks){ .ctx = a,
				   .engines = list_engines,
				   .clock = clock_answer,
				   .sccp_sockets = sockets_answer,
				   .hfs = hfs_answer,
				   .healthy = is_healthy,
				   .ready = is_ready,
				   .metrics = more_metrics,
				   .certificate = on_certificate };
}
