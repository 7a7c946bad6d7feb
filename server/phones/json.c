/* server/phones/json.c - phones, timelines and attempts as the REST API shows them. Call loop; the
 * trees are handed to the asking thread, which prints them. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "server/core/mem.h"
#include "server/phones/phones_int.h"

static void add_time(cJSON *o, const char *name, int64_t ms)
{
	char text[TIME_TEXT_SIZE];

	if (!ms) {
		cJSON_AddNullToObject(o, name);
		return;
	}
	text_time(text, ms * 1000000);
	cJSON_AddStringToObject(o, name, text);
}

static void add_text(cJSON *o, const char *name, const char *s)
{
	if (s && *s)
		cJSON_AddStringToObject(o, name, s);
	else
		cJSON_AddNullToObject(o, name);
}

static void add_mac(cJSON *o, const char *device)
{
	bool has = !strncmp(device, "SEP", 3) || !strncmp(device, "ATA", 3);

	add_text(o, "mac", has ? device + 3 : NULL);
}

static void add_lines(const struct phones *p, const struct phone_conf *c, cJSON *o)
{
	cJSON *lines = cJSON_AddArrayToObject(o, "lines");

	for (unsigned i = 0; c && i < c->n_lines; i++) {
		const struct phone_dn *dn = phones_conf_dn(p, c->kind, c->lines[i].dn);
		cJSON *l = cJSON_CreateObject();

		cJSON_AddNumberToObject(l, "position", c->lines[i].position);
		cJSON_AddNumberToObject(l, "dn", c->lines[i].dn);
		add_text(l, "number", dn ? dn->number : NULL);
		add_text(l, "label", dn ? dn->label : NULL);
		cJSON_AddItemToArray(lines, l);
	}
}

static void add_conf(const struct phones *p, const struct phone *ph, cJSON *o)
{
	const struct phone_conf *c = phone_conf_of(p, ph);
	const struct phone_dn *first =
	    c && c->n_lines ? phones_conf_dn(p, c->kind, c->lines[0].dn) : NULL;
	const char *name = c ? c->description : NULL;
	cJSON *conf;

	if (c) {
		conf = cJSON_AddObjectToObject(o, "configured");
		cJSON_AddStringToObject(conf, "resource", phones_conf_resource[c->kind]);
		cJSON_AddNumberToObject(conf, "tag", c->tag);
		add_text(conf, "phone_type", c->type);
	} else {
		cJSON_AddNullToObject(o, "configured");
	}
	if ((!name || !*name) && first)
		name = first->label;
	add_text(o, "name", name);
	add_text(o, "description", c ? c->description : NULL);
	add_lines(p, c, o);
}

static void add_protocol(const struct phones *p, const struct phone *ph, cJSON *o)
{
	const struct phone_conf *c = phone_conf_of(p, ph);

	if (ph->registered)
		cJSON_AddStringToObject(o, "protocol", phone_protocol_names[ph->protocol]);
	else if (c)
		cJSON_AddStringToObject(o, "protocol", c->kind == CONF_POOL ? "sip" : "sccp");
	else
		cJSON_AddNullToObject(o, "protocol");
}

static void add_verdict(const struct phones *p, const struct phone *ph, cJSON *o)
{
	cJSON *json = cJSON_AddObjectToObject(o, "verdict");
	struct verdict v;

	phone_verdict(p, ph, &v);
	cJSON_AddStringToObject(json, "code", v.code);
	cJSON_AddStringToObject(json, "severity", phone_severity_names[v.severity]);
	cJSON_AddStringToObject(json, "text", v.text);
	cJSON_AddStringToObject(json, "action", v.action);
}

#define ADD_COUNTER(field) cJSON_AddNumberToObject(counters, #field, (double)ph->count.field);

cJSON *phone_json(const struct phones *p, const struct phone *ph)
{
	char host[NET_HOST_SIZE];
	cJSON *o = cJSON_CreateObject(), *counters;

	cJSON_AddStringToObject(o, "device", ph->name);
	add_mac(o, ph->name);
	cJSON_AddStringToObject(o, "state", phone_state(p, ph));
	add_protocol(p, ph, o);
	add_conf(p, ph, o);
	add_text(o, "address", ph->has_peer ? net_addr_host(&ph->peer, host) : NULL);
	if (ph->registered)
		cJSON_AddNumberToObject(o, "port", net_addr_port(&ph->peer));
	else
		cJSON_AddNullToObject(o, "port");
	add_text(o, "transport", ph->registered ? phone_transports[ph->transport] : NULL);
	add_text(o, "model", phone_model(p, ph));
	add_text(o, "firmware", ph->firmware);
	add_text(o, "user_agent", ph->user_agent);
	cJSON_AddNumberToObject(o, "registered_lines", ph->registered ? ph->lines : 0);
	add_time(o, "registered_at", ph->registered ? ph->registered_ms : 0);
	add_time(o, "expires_at", ph->registered ? ph->expires_ms : 0);
	add_time(o, "last_seen", ph->last_seen_ms);
	cJSON_AddStringToObject(o, "pending_action", phone_need_text(pending_need(p, ph->name)));
	add_verdict(p, ph, o);
	counters = cJSON_AddObjectToObject(o, "counters");
	PHONE_COUNTERS(ADD_COUNTER)
	return o;
}

/* ---- more, for the status views ---- */

/* One REGISTER that is taken or refused is one request; being asked for the password is none. */
static void add_statistics(const struct phone *ph, cJSON *o)
{
	const struct phone_counters *c = &ph->count;
	double taken = (double)c->registrations + c->refreshes;

	o = cJSON_AddObjectToObject(o, "statistics");
	cJSON_AddNumberToObject(o, "reg_requests", taken + c->rejections);
	cJSON_AddNumberToObject(o, "reg_success", taken);
	cJSON_AddNumberToObject(o, "reg_failed", c->rejections);
	cJSON_AddNumberToObject(o, "unreg_requests", c->unregistrations);
	cJSON_AddNumberToObject(o, "unreg_success", c->unregistrations);
	cJSON_AddNumberToObject(o, "unreg_failed", 0);
	cJSON_AddNumberToObject(o, "attempts_after_unregister", ph->left_ms ? ph->tries : 0);
	add_time(o, "last_register_at", ph->asked_ms);
	add_time(o, "last_unregister_at", ph->left_ms);
	add_time(o, "last_register_success_at", ph->taken_ms);
	add_time(o, "last_unregister_success_at", ph->left_ms);
}

cJSON *phone_live_json(const struct phones *p, const struct phone *ph)
{
	cJSON *o = phone_json(p, ph), *live;
	bool gone = !ph->registered && ph->gone_ms && ph->gone_why < STEP_COUNT;

	add_text(o, "gone", gone ? phone_step_name(ph->gone_why) : NULL);
	cJSON_AddBoolToObject(o, "reset_pending", ph->reset_due);
	add_text(o, "reject_reason", ph->reject_reason);
	add_time(o, "rejected_at", ph->reject_reason ? ph->rejected_ms : 0);
	add_statistics(ph, o);
	if (ph->registered && p->actor[ph->protocol].report) {
		live = cJSON_AddObjectToObject(o, "live");
		p->actor[ph->protocol].report(p->actor[ph->protocol].engine, ph->name, live);
	} else {
		cJSON_AddNullToObject(o, "live");
	}
	return o;
}

static cJSON *step_json(const struct timeline_step *s)
{
	char text[PHONES_DETAIL_MAX + 80];
	const char *fmt = phone_step_text(s->step), *arg = strstr(fmt, "%s");
	cJSON *o = cJSON_CreateObject();

	snprintf(text, sizeof(text), "%.*s%s%s", (int)(arg ? arg - fmt : (long)strlen(fmt)), fmt,
		 arg ? s->detail : "", arg ? arg + 2 : "");
	add_time(o, "at", s->at_ms);
	add_time(o, "last_at", s->at_ms + s->span_ms);
	cJSON_AddNumberToObject(o, "count", s->count);
	cJSON_AddStringToObject(o, "step", phone_step_name(s->step));
	cJSON_AddStringToObject(o, "severity", phone_severity_names[phone_step_severity(s->step)]);
	cJSON_AddStringToObject(o, "text", text);
	cJSON_AddStringToObject(o, "detail", s->detail);
	return o;
}

cJSON *phone_timeline_json(const struct phones *p, const struct phone *ph)
{
	cJSON *o = cJSON_CreateObject(), *steps;
	struct timeline_step s;
	size_t at = 0;

	cJSON_AddStringToObject(o, "device", ph->name);
	add_verdict(p, ph, o);
	steps = cJSON_AddArrayToObject(o, "steps");
	while (timeline_next(&ph->timeline, &at, &s))
		cJSON_AddItemToArray(steps, step_json(&s));
	return o;
}

cJSON *attempt_json(const struct attempt *a)
{
	char host[NET_HOST_SIZE], mac[MAC_TEXT_SIZE];
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "num", a->num);
	cJSON_AddStringToObject(o, "protocol", phone_protocol_names[a->protocol]);
	add_text(o, "device", a->device);
	if (text_mac(mac, a->id, strlen(a->id)) == 0)
		add_text(o, "mac", mac);
	else
		add_mac(o, a->device);
	add_text(o, "id", a->id);
	add_text(o, "address", a->has_peer ? net_addr_host(&a->peer, host) : NULL);
	add_text(o, "model", a->model);
	cJSON_AddNumberToObject(o, "code", a->code);
	add_text(o, "reason", a->reason);
	cJSON_AddNumberToObject(o, "attempts", a->count);
	add_time(o, "first_attempt", a->first_ms);
	add_time(o, "latest_attempt", a->latest_ms);
	return o;
}

/* ---- pages ---- */
static bool contains(const char *s, const char *lower)
{
	size_t n = strlen(lower);

	for (; s && *s; s++) {
		size_t i = 0;

		while (i < n && tolower((unsigned char)s[i]) == lower[i])
			i++;
		if (i == n)
			return true;
	}
	return false;
}

/* Digits of a MAC, or of a part of one, that is written in groups: "00:1e:f7", "001e.f7". */
static bool bare_mac(const char *s, char out[MAC_TEXT_SIZE])
{
	size_t n = 0, run = 0, group = 0;

	for (; *s; s++) {
		if (isxdigit((unsigned char)*s) && n + 1 < MAC_TEXT_SIZE) {
			out[n++] = *s;
			run++;
			continue;
		}
		if (!strchr(":-.", *s) || run != (*s == '.' ? 4 : 2) || (group && group != run))
			return false;
		group = run;
		run = 0;
	}
	out[n] = '\0';
	return group && run <= group;
}

static bool name_contains(const struct phone *ph, const char *text)
{
	char bare[MAC_TEXT_SIZE];

	return contains(ph->name, text) || (bare_mac(text, bare) && contains(ph->name, bare));
}

static bool line_contains(const struct phones *p, const struct phone_conf *c, const char *text)
{
	for (unsigned i = 0; c && i < c->n_lines; i++) {
		const struct phone_dn *dn = phones_conf_dn(p, c->kind, c->lines[i].dn);

		if (dn && (contains(dn->number, text) || contains(dn->label, text)))
			return true;
	}
	return false;
}

static bool text_matches(const struct phones *p, const struct phone *ph, const char *text)
{
	const struct phone_conf *c = phone_conf_of(p, ph);
	char host[NET_HOST_SIZE];

	return name_contains(ph, text) || contains(phone_model(p, ph), text) ||
	       (c && contains(c->description, text)) ||
	       (ph->has_peer && contains(net_addr_host(&ph->peer, host), text)) ||
	       line_contains(p, c, text);
}

static bool protocol_matches(const struct phones *p, const struct phone *ph, const char *protocol)
{
	const struct phone_conf *c = phone_conf_of(p, ph);

	if (ph->registered)
		return !strcmp(phone_protocol_names[ph->protocol], protocol);
	return c && !strcmp(c->kind == CONF_POOL ? "sip" : "sccp", protocol);
}

static bool matches(const struct phones *p, const struct phone *ph, const struct page *page)
{
	return (!page->state[0] || !strcmp(page->state, phone_state(p, ph))) &&
	       (!page->protocol[0] || protocol_matches(p, ph, page->protocol)) &&
	       (!page->text[0] || text_matches(p, ph, page->text));
}

/* Index to begin at, counted from the end of the table in the other direction. */
static size_t page_start(const struct phones *p, const struct page *page)
{
	size_t at;

	if (!page->after[0])
		return page->descending ? p->n : 0;
	at = phones_order_find(p, page->after);
	if (!page->descending && at < p->n && !strcmp(p->order[at]->name, page->after))
		at++;
	return at;
}

void phones_page(struct phones *p, struct page *page, size_t budget)
{
	size_t at = page_start(p, page);

	page->total = p->n;
	if (!page->items)
		page->items = cJSON_CreateArray();
	for (; budget > 0; budget--) {
		const struct phone *ph;

		if (page->descending ? at == 0 : at >= p->n) {
			page->done = true;
			return;
		}
		ph = p->order[page->descending ? --at : at++];
		if (matches(p, ph, page)) {
			if (page->want == 0) { /* the cursor stays before it */
				page->more = page->done = true;
				return;
			}
			cJSON_AddItemToArray(page->items, page->live ? phone_live_json(p, ph)
								     : phone_json(p, ph));
			page->want--;
		}
		text_copy(page->after, sizeof(page->after), ph->name);
	}
}
