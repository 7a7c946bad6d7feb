/* server/sccp/on_status.c - answers to what a phone asks about its buttons, itself, the servers and
 * the time. Every request is answered, also for an instance that does not exist: a phone that gets
 * no answer stays at "Registering". */
#include <string.h>

#include "server/core/mem.h"
#include "server/core/text.h"
#include "server/sccp/handlers.h"

#define OPTIONS_ALL    0x0F /* show calling and dialled name and number */
#define COPY(to, from) text_copy((to), sizeof(to), (from) ? (from) : "")

static const struct sccp_line *line_at(const struct sccp_session *s, uint32_t instance)
{
	const struct sccp_profile *p = s->profile;

	return instance >= 1 && instance <= p->n_lines ? &p->line[instance - 1] : NULL;
}

static const struct sccp_dial *dial_at(const struct sccp_session *s, uint32_t instance)
{
	const struct sccp_profile *p = s->profile;

	return instance >= 1 && instance <= p->n_dials ? &p->dial[instance - 1] : NULL;
}

void sccp_on_config_stat(struct sccp_session *s, const void *msg)
{
	struct sccp_config_stat m = { 0 };

	(void)msg;
	COPY(m.station.name, s->device);
	m.station.instance = s->instance;
	m.lines = s->profile->n_lines;
	for (unsigned i = 0; i < s->profile->n_dials; i++)
		m.speed_dials += s->profile->dial[i].type == SCCP_BUTTON_SPEED_DIAL;
	sccp_send(s, SCCP_ConfigStat, &m);
	sccp_step(s, SCCP_ConfigStatReq, "asked for its configuration");
}

void sccp_on_line_stat(struct sccp_session *s, const void *msg)
{
	uint32_t instance = ((const struct sccp_u32 *)msg)->value;
	const struct sccp_line *l = line_at(s, instance);
	struct sccp_line_stat m = { .line = instance };

	if (l) {
		COPY(m.number, l->number);
		COPY(m.name, l->name);
		COPY(m.label, l->label);
		m.options = OPTIONS_ALL;
	}
	sccp_send(s, s->form.version < 17 ? SCCP_LineStat : SCCP_LineStatDynamic, &m);
	sccp_step(s, SCCP_LineStatReq, "took its lines, the first is %s", l ? l->number : "empty");
}

void sccp_on_speed_dial_stat(struct sccp_session *s, const void *msg)
{
	uint32_t index = ((const struct sccp_u32 *)msg)->value;
	const struct sccp_dial *d = dial_at(s, index);
	struct sccp_speed_dial_stat m = { .index = index };

	if (d) {
		COPY(m.number, d->number);
		COPY(m.label, d->label);
	}
	sccp_send(s, SCCP_SpeedDialStat, &m);
	sccp_step(s, SCCP_SpeedDialStatReq, "took its speed dials");
}

void sccp_on_feature_stat(struct sccp_session *s, const void *msg)
{
	const struct sccp_feature_stat_req *req = msg;
	const struct sccp_dial *d = dial_at(s, req->index);
	struct sccp_feature_stat m = { .index = req->index, .type = SCCP_BUTTON_UNUSED };

	if (d) {
		m.type = d->type;
		m.status = d->type == SCCP_BUTTON_BLF_SPEED_DIAL ? SCCP_BLF_IDLE : 0;
		COPY(m.label, d->label);
	}
	sccp_send(s, s->form.version < 15 ? SCCP_FeatureStat : SCCP_FeatureStatDynamic, &m);
	sccp_step(s, SCCP_FeatureStatReq, "took its feature keys");
}

/* No setting puts a service URL on a button yet; a phone that asks gets an empty one. */
void sccp_on_service_url_stat(struct sccp_session *s, const void *msg)
{
	struct sccp_service_url_stat m = { .index = ((const struct sccp_u32 *)msg)->value };

	sccp_send(s, s->form.version < 7 ? SCCP_ServiceURLStat : SCCP_ServiceURLStatDynamic, &m);
}

void sccp_on_forward_stat(struct sccp_session *s, const void *msg)
{
	struct sccp_forward_stat m = { .line = ((const struct sccp_u32 *)msg)->value };
	const struct sccp_line *l = line_at(s, m.line);

	if (l) {
		COPY(m.all, l->all);
		COPY(m.busy, l->busy);
		COPY(m.noan, l->noan);
		m.all_active = l->all != NULL;
		m.busy_active = l->busy != NULL;
		m.noan_active = l->noan != NULL;
		m.active = m.all_active || m.busy_active || m.noan_active;
	}
	sccp_send(s, SCCP_ForwardStat, &m);
	sccp_step(s, SCCP_ForwardStatReq, "took its forwarding state");
}

void sccp_on_version(struct sccp_session *s, const void *msg)
{
	struct sccp_version m = { 0 };

	(void)msg;
	COPY(m.load, s->load); /* the load of the phone's file decides upgrades, not this */
	sccp_send(s, SCCP_Version, &m);
}

static void put_server(struct sccp_server_res *m, size_t i, const struct net_addr *a)
{
	char host[NET_HOST_SIZE];

	COPY(m->server[i].name, net_addr_host(a, host));
	m->port[i] = net_addr_port(a);
	if (a->u.sa.sa_family == AF_INET) {
		memcpy(m->addr[i].ip, &a->u.in.sin_addr, 4);
	} else if (IN6_IS_ADDR_V4MAPPED(&a->u.in6.sin6_addr)) {
		memcpy(m->addr[i].ip, &a->u.in6.sin6_addr.s6_addr[12], 4);
	} else {
		m->addr[i].type = 1;
		memcpy(m->addr[i].ip, &a->u.in6.sin6_addr, 16);
	}
}

void sccp_on_server(struct sccp_session *s, const void *msg)
{
	const struct sccp_source *src = sccp_site_source(&s->hub->site, &s->local);
	struct sccp_server_res m = { 0 };

	(void)msg;
	put_server(&m, 0, &s->local);
	if (src->has_secondary)
		put_server(&m, 1, &src->secondary);
	sccp_send(s, SCCP_ServerRes, &m);
}

/* ---- time ---- */

/* Days since 1970-01-01 -> year, month, day (proleptic Gregorian calendar; years begin in March).
 */
static void civil_date(int64_t days, struct sccp_time_date *m)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	m->day = (uint32_t)(doy - (153 * mp + 2) / 5 + 1);
	m->month = (uint32_t)(mp < 10 ? mp + 3 : mp - 9);
	m->year = (uint32_t)(yoe + era * 400 + (m->month <= 2));
	m->weekday = (uint32_t)((days % 7 + 11) % 7); /* 1970-01-01 was a Thursday */
}

static void send_time(struct sccp_session *s)
{
	int64_t ns = clock_wall_ns(s->hub->clock), utc = ns / 1000000000, local;
	struct sccp_time_date m = { .ms = (uint32_t)(ns / 1000000 % 1000),
				    .unix_time = (uint32_t)utc };
	int offset = 0;
	bool dst;

	if (s->hub->ops->zone_offset(s->hub->site.zone, utc, &offset, &dst))
		offset = 0; /* a zone that tzdata lacks: UTC */
	local = utc + offset;
	civil_date(local / 86400, &m);
	m.hour = (uint32_t)(local % 86400 / 3600);
	m.minute = (uint32_t)(local % 3600 / 60);
	m.second = (uint32_t)(local % 60);
	sccp_send(s, SCCP_DefineTimeDate, &m);
}

/* Lamps off, idle text: a phone that asked for the time has all it needs. */
void sccp_complete(struct sccp_session *s)
{
	struct sccp_set_lamp lamp = { .stimulus = SCCP_BUTTON_LINE, .mode = SCCP_LAMP_OFF };

	if (s->complete)
		return;
	s->complete = true;
	for (lamp.instance = 1; lamp.instance <= s->profile->n_lines; lamp.instance++)
		sccp_send(s, SCCP_SetLamp, &lamp);
	lamp = (struct sccp_set_lamp){ .stimulus = SCCP_BUTTON_VOICEMAIL, .mode = SCCP_LAMP_OFF };
	sccp_send(s, SCCP_SetLamp, &lamp);
	s->message_change = s->hub->site.message_change;
	sccp_prompt_text(s, s->hub->site.message);
	sccp_event(s, SCCP_EV_REGISTERED, "SCCP version %u, %u lines", s->form.version,
		   s->profile->n_lines);
}

void sccp_on_time_date(struct sccp_session *s, const void *msg)
{
	(void)msg;
	send_time(s);
	sccp_step(s, SCCP_TimeDateReq, "took the time");
	sccp_complete(s);
}
