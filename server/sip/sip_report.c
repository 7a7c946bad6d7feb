/* server/sip/sip_report.c - what the status views show of a registered phone: its lines, where each is
 * reached, how long still. Call loop. */
#include <stdio.h>
#include <string.h>

#include "server/core/mem.h"
#include "server/sip/sip_engine_int.h"

static void add_slice(cJSON *o, const char *name, struct slice s)
{
	char *text = slice_dup(s);

	if (s.len)
		cJSON_AddStringToObject(o, name, text);
	else
		cJSON_AddNullToObject(o, name);
	mem_free(text);
}

static const char *transport_name(const struct sip_device *d)
{
	return d->flow.transport == SIP_TCP ? "TCP" : "UDP";
}

static cJSON *line_json(const struct sip_engine *e, const struct sip_device *d,
			const struct sip_binding *b)
{
	uint64_t now = clock_mono_ms(e->clock);
	uint64_t left_s = b->expires_at_ms > now ? (b->expires_at_ms - now + 999) / 1000 : 0;
	char host[NET_HOST_SIZE];
	cJSON *o = cJSON_CreateObject();
	struct sip_flow to;
	struct sip_uri u;

	sip_destination(d, b, &to);
	add_slice(o, "line", sip_binding_user(b));
	cJSON_AddStringToObject(o, "destination", net_addr_host(&to.peer, host));
	cJSON_AddNumberToObject(o, "expires_in", (double)left_s);
	if (sip_uri_parse(&u, sip_binding_uri(b))) {
		cJSON_AddNullToObject(o, "contact");
		cJSON_AddNullToObject(o, "contact_port");
	} else {
		add_slice(o, "contact", u.host);
		cJSON_AddNumberToObject(o, "contact_port", u.port > 0 ? u.port : 5060);
	}
	cJSON_AddStringToObject(o, "transport", transport_name(d));
	add_slice(o, "call_id", sip_binding_call_id(b));
	return o;
}

/* Bindings stand newest first; a person reads them in the order in which they came. */
void sip_engine_report(const struct sip_engine *e, const char *device, cJSON *o)
{
	const struct sip_device *d = sip_registrar_device(e->registrar, device);
	cJSON *lines;

	if (!d)
		return;
	cJSON_AddNumberToObject(o, "pool", d->pool);
	if (d->call_id)
		cJSON_AddStringToObject(o, "call_id", d->call_id);
	else
		cJSON_AddNullToObject(o, "call_id");
	cJSON_AddBoolToObject(o, "service_control", sip_takes_service_control(e, d));
	lines = cJSON_AddArrayToObject(o, "lines");
	for (const struct sip_binding *b = d->bindings; b; b = b->next)
		cJSON_InsertItemInArray(lines, 0, line_json(e, d, b));
}
