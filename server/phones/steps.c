/* server/phones/steps.c - what engines report: steps, registrations, files, time. Each becomes a
 * step of a timeline, a counter, or both; changes of state become events. Call loop. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/phones/phones_int.h"
#include "store/event.h"

#define STEP_ROW(name, wire, sev, text) { wire, SEV_##sev, text },
static const struct {
	const char *wire;
	enum phone_severity severity;
	const char *text;
} steps[] = { PHONE_STEPS_LIST(STEP_ROW) };

/* A registered phone does these again and again: counted, no step (DESIGN 8). */
static bool is_routine(const struct phone *ph, enum phone_step s)
{
	return ph->registered && (s == STEP_CHALLENGED || s == STEP_REGISTERING);
}

const char *phone_step_name(enum phone_step s)
{
	return steps[s].wire;
}

const char *phone_step_text(enum phone_step s)
{
	return steps[s].text;
}

enum phone_severity phone_step_severity(enum phone_step s)
{
	return steps[s].severity;
}

static int64_t now_ms(const struct phones *p)
{
	return clock_wall_ns(p->clock) / 1000000;
}

static void set_text(char **field, const char *s)
{
	char clean[128];

	if (!s || !*s)
		return;
	phones_clean(clean, sizeof(clean), s);
	if (*field && !strcmp(*field, clean))
		return;
	mem_free(*field);
	*field = mem_strdup(clean);
}

static void drop_text(char **field)
{
	mem_free(*field);
	*field = NULL;
}

/* Whoever asks for files in a phone's name speaks in its name: each has a bucket of its own. */
static bool take_own_token(struct phones *p, struct phone *ph, uint64_t now)
{
	uint64_t more = (now - ph->event_filled_ms) / EVENT_PHONE_MS;

	if (!ph->event_filled_ms || ph->event_tokens + more >= EVENT_PHONE_BURST) {
		ph->event_tokens = EVENT_PHONE_BURST;
		ph->event_filled_ms = now;
	} else {
		ph->event_tokens = (uint16_t)(ph->event_tokens + more);
		ph->event_filled_ms += more * EVENT_PHONE_MS;
	}
	if (!ph->event_tokens) {
		p->totals.events_held++;
		return false;
	}
	ph->event_tokens--;
	return true;
}

/* Askers that nobody configured share a bucket of events. Neither a scan nor a flood in the name of
 * one phone washes the journal out. */
bool phones_event_allowed(struct phones *p, struct phone *ph)
{
	uint64_t now = clock_mono_ms(p->clock);

	if (!p->store)
		return false;
	if (ph->registered || phone_is_configured(p, ph))
		return take_own_token(p, ph, now);
	p->event_tokens += (double)(now - p->event_filled_ms) * EVENT_RATE / 1000.0;
	p->event_filled_ms = now;
	if (p->event_tokens > EVENT_BURST)
		p->event_tokens = EVENT_BURST;
	if (p->event_tokens < 1) {
		p->totals.events_held++;
		return false;
	}
	p->event_tokens -= 1;
	return true;
}

static void step_event(struct phones *p, struct phone *ph, enum phone_step step, const char *detail)
{
	const char *severity = phone_severity_names[steps[step].severity];
	char text[PHONES_DETAIL_MAX + 80];
	struct text t;

	text_fixed(&t, text, sizeof(text));
	for (const char *s = steps[step].text; *s; s++) {
		if (s[0] == '%' && s[1] == 's') {
			text_add(&t, detail);
			s++;
		} else {
			text_addc(&t, *s);
		}
	}
	if (step == STEP_ALARM)
		event_emit(p->store, EV_PHONE_ALARM, ph->name, EVENT_STR("text", text),
			   EVENT_STR("severity", severity));
	else
		event_emit(p->store, EV_PHONE_STEP, ph->name, EVENT_STR("step", steps[step].wire),
			   EVENT_STR("text", text), EVENT_STR("severity", severity));
}

/* Returns whether an event is due: a repetition of the newest step is only counted. */
static bool note(struct phones *p, struct phone *ph, enum phone_step step, const char *detail)
{
	p->totals.steps++;
	if (!timeline_add(&ph->timeline, now_ms(p), step, detail) || !phones_event_allowed(p, ph))
		return false;
	timeline_mark(&ph->timeline);
	return true;
}

void phone_record(struct phones *p, struct phone *ph, enum phone_step step, const char *detail)
{
	if (note(p, ph, step, detail))
		step_event(p, ph, step, detail);
}

/* The phone a report is about: by name, else by address; an asker known by its address alone is
 * named by it. `make` false: strangers are not entered. */
static struct phone *who(struct phones *p, const char *device, const struct net_addr *peer,
			 bool make)
{
	char name[DEVICE_NAME_SIZE], host[NET_HOST_SIZE];
	struct phone *ph = NULL;
	bool known;

	if (device && phones_device_parse(device, name))
		device = NULL;
	if (device)
		device = name;
	else if (peer)
		ph = phone_at(p, peer);
	if (!ph && !device && !peer)
		return NULL;
	if (!ph && !device)
		device = net_addr_host(peer, host);
	if (!ph)
		ph = phone_find(p, device);
	if (!ph && !make)
		return NULL;
	known = ph && (ph->last_seen_ms || ph->timeline.n);
	if (!ph)
		ph = phone_need(p, device);
	if (!phone_is_foreign(ph, peer))
		phone_seen(p, ph, peer);
	if (!known && phones_event_allowed(p, ph))
		event_emit(p->store, EV_PHONE_SEEN, ph->name,
			   EVENT_STR("address", peer ? net_addr_host(peer, host) : ""));
	return ph;
}

static void count_step(struct phones *p, struct phone *ph, enum phone_step step)
{
	switch (step) {
	case STEP_CHALLENGED:
		ph->count.challenges++;
		break;
	case STEP_KEEPALIVE_LOST:
	case STEP_EXPIRED:
		ph->count.losses++;
		p->totals.losses++;
		break;
	case STEP_PROTOCOL_ERROR:
		ph->count.protocol_errors++;
		break;
	default:
		break;
	}
}

void phones_step(struct phones *p, const char *device, const struct net_addr *peer,
		 enum phone_step step, const char *fmt, ...)
{
	char raw[512], detail[PHONES_DETAIL_MAX + 1];
	struct phone *ph;
	va_list ap;

	loop_assert_owner(p->loop);
	ph = who(p, device, peer, true);
	if (!ph)
		return;
	count_step(p, ph, step);
	if (is_routine(ph, step))
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	phones_clean(detail, sizeof(detail), raw);
	phone_record(p, ph, step, detail);
}

/* Another address than the registered phone's speaks of it: the timeline says which. */
static void add_foreign(const struct phone *ph, const struct net_addr *peer, char *detail,
			size_t cap)
{
	char host[NET_HOST_SIZE];
	size_t len = strlen(detail);

	if (phone_is_foreign(ph, peer))
		snprintf(detail + len, cap - len, " (from %s)", net_addr_host(peer, host));
}

/* ---- registrations ---- */
static uint8_t transport_index(const char *s)
{
	uint8_t i = 1;

	if (!s || !*s)
		return 0;
	while (phone_transports[i + 1] && strcasecmp(phone_transports[i], s) != 0)
		i++;
	return i;
}

static bool is_refresh(const struct phone *ph, const struct phone_reg *reg)
{
	return ph->registered && ph->protocol == reg->protocol && ph->has_peer &&
	       net_addr_same_host(&ph->peer, &reg->peer) && ph->lines == reg->lines &&
	       ph->transport == transport_index(reg->transport);
}

static void reg_store(struct phones *p, struct phone *ph, const struct phone_reg *reg, bool refresh)
{
	int64_t now = now_ms(p);

	if (!refresh) {
		if (ph->registered)
			p->totals.registered[ph->protocol]--;
		p->totals.registered[reg->protocol]++;
		ph->registered_ms = now;
	}
	ph->registered = true;
	ph->asked_ms = ph->taken_ms = now;
	ph->tries = ph->tries < UINT32_MAX ? ph->tries + 1 : ph->tries;
	ph->protocol = (uint8_t)reg->protocol;
	ph->transport = transport_index(reg->transport);
	ph->lines = (uint16_t)(reg->lines > UINT16_MAX ? UINT16_MAX : reg->lines);
	ph->expires_ms = reg->expires_s ? now + (int64_t)reg->expires_s * 1000 : 0;
	ph->gone_why = STEP_COUNT;
	drop_text(&ph->reject_reason);
	if (reg->model)
		text_copy(ph->model, sizeof(ph->model), reg->model);
	set_text(&ph->firmware, reg->firmware);
	set_text(&ph->user_agent, reg->user_agent);
}

void phones_registered(struct phones *p, const char *device, const struct phone_reg *reg)
{
	char detail[PHONES_DETAIL_MAX + 1], addr[NET_TEXT_SIZE];
	struct phone *ph;
	bool refresh;

	loop_assert_owner(p->loop);
	ph = phone_find(p, device); /* before who() moves its address */
	refresh = ph && is_refresh(ph, reg);
	ph = who(p, device, &reg->peer, true);
	if (!ph)
		return;
	phone_seen(p, ph, &reg->peer);
	reg_store(p, ph, reg, refresh);
	phone_settle(p, ph);
	pending_registered(p, ph, refresh);
	if (refresh) {
		ph->count.refreshes++;
		p->totals.refreshes++;
		return;
	}
	ph->count.registrations++;
	snprintf(detail, sizeof(detail), "%s over %s from %s, %u line%s",
		 reg->protocol == PHONE_SIP ? "SIP" : "SCCP", phone_transports[ph->transport],
		 net_addr_text(&reg->peer, addr), reg->lines, reg->lines == 1 ? "" : "s");
	if (!note(p, ph, STEP_REGISTERED, detail))
		return;
	event_emit(p->store, EV_PHONE_REGISTERED, ph->name,
		   EVENT_STR("protocol", phone_protocol_names[reg->protocol]),
		   EVENT_STR("address", net_addr_text(&reg->peer, addr)),
		   EVENT_STR("transport", phone_transports[ph->transport]),
		   EVENT_NUM("lines", reg->lines), EVENT_NUM("expires_s", reg->expires_s));
}

void phones_unregistered(struct phones *p, const char *device, enum phone_protocol proto,
			 enum phone_step why, const char *reason)
{
	char detail[PHONES_DETAIL_MAX + 1];
	struct phone *ph;
	bool news;

	loop_assert_owner(p->loop);
	ph = phone_find(p, device);
	if (!ph || !ph->registered || ph->protocol != proto)
		return;
	phones_clean(detail, sizeof(detail), reason ? reason : "");
	count_step(p, ph, why);
	p->totals.registered[proto]--;
	ph->gone_why = (uint8_t)why;
	ph->gone_ms = now_ms(p);
	if (why == STEP_UNREGISTERED) {
		ph->count.unregistrations++;
		ph->left_ms = ph->gone_ms;
		ph->tries = 0;
	}
	ph->expires_ms = 0;
	news = note(p, ph, why, detail); /* while it still counts as registered */
	ph->registered = false;
	pending_unregistered(p, ph);
	if (news)
		event_emit(p->store, EV_PHONE_UNREGISTERED, ph->name,
			   EVENT_STR("protocol", phone_protocol_names[proto]),
			   EVENT_STR("reason", detail));
	phone_settle(p, ph);
}

static void enter_attempt(struct phones *p, const struct phone *ph, enum phone_protocol proto,
			  const struct net_addr *peer, const char *id, const char *model, int code,
			  const char *reason)
{
	struct attempt a = { .protocol = (uint8_t)proto, .code = (uint16_t)code };

	/* a configured SCCP phone is not logged, whatever failed; the SIP table holds all
	 * (R-017). */
	if (proto == PHONE_SCCP && ph && phone_is_configured(p, ph))
		return;
	if (peer) {
		a.peer = *peer;
		a.has_peer = true;
	}
	phones_clean(a.id, sizeof(a.id), id ? id : "");
	phones_clean(a.reason, sizeof(a.reason), reason ? reason : "");
	if (ph) {
		text_copy(a.device, sizeof(a.device), ph->name);
		text_copy(a.model, sizeof(a.model), phone_model(p, ph));
	}
	if (model)
		text_copy(a.model, sizeof(a.model), model);
	a.first_ms = a.latest_ms = now_ms(p);
	attempts_add(p, &a);
}

void phones_rejected(struct phones *p, const char *device, enum phone_protocol proto,
		     const struct net_addr *peer, const char *id, const char *model, int code,
		     const char *reason)
{
	char clean[PHONES_DETAIL_MAX + 1], detail[PHONES_DETAIL_MAX + 1], addr[NET_TEXT_SIZE] = "";
	struct phone *ph;

	loop_assert_owner(p->loop);
	ph = who(p, device, peer, true);
	p->totals.rejections++;
	enter_attempt(p, ph, proto, peer, id, model, code, reason);
	if (!ph)
		return;
	ph->count.rejections++;
	phones_clean(clean, sizeof(clean), reason ? reason : "");
	drop_text(&ph->reject_reason);
	ph->reject_reason = mem_strdup(clean);
	ph->reject_code = (uint16_t)code;
	ph->asked_ms = ph->rejected_ms = now_ms(p);
	ph->tries = ph->tries < UINT32_MAX ? ph->tries + 1 : ph->tries;
	if (!ph->registered)
		ph->protocol = (uint8_t)proto;
	if (code)
		snprintf(detail, sizeof(detail), "%.160s (%d)", clean, code);
	else
		memcpy(detail, clean, sizeof(detail));
	add_foreign(ph, peer, detail, sizeof(detail));
	if (!note(p, ph, STEP_REJECTED, detail))
		return;
	event_emit(p->store, EV_PHONE_REJECTED, ph->name,
		   EVENT_STR("protocol", phone_protocol_names[proto]),
		   EVENT_STR("address", peer ? net_addr_text(peer, addr) : ""),
		   EVENT_STR("reason", clean), EVENT_NUM("code", code));
}

void phones_keepalive(struct phones *p, const char *device)
{
	struct phone *ph;

	loop_assert_owner(p->loop);
	p->totals.keepalives++;
	ph = phone_find(p, device);
	if (!ph)
		return;
	ph->count.keepalives++;
	ph->last_seen_ms = now_ms(p);
}

bool phones_is_registered(struct phones *p, const char *device, enum phone_protocol proto)
{
	struct phone *ph = phone_find(p, device);

	return ph && ph->registered && ph->protocol == proto;
}

size_t phones_registered_count(struct phones *p, enum phone_protocol proto)
{
	return p->totals.registered[proto];
}

/* ---- files and time ---- */
static void file_facts(struct phones *p, struct phone *ph, const struct phones_file *f)
{
	enum file_kind kind = phones_file_kind(f->name);

	switch (f->step) {
	case STEP_FILE_SENT:
		ph->count.files_sent++;
		ph->count.bytes_sent += f->bytes;
		if (kind == FILE_KIND_CONFIG) {
			ph->config_fetched_ms = now_ms(p);
			if (!phone_is_foreign(ph, &f->peer))
				pending_file_fetched(p, ph, f->duration_ms);
		}
		if (kind == FILE_KIND_DEFAULT)
			ph->default_fetched_ms = now_ms(p);
		if (kind == FILE_KIND_CONFIG)
			ph->trust_misses = 0;
		if (ph->missing && !strcasecmp(ph->missing, f->name))
			drop_text(&ph->missing);
		break;
	case STEP_FILE_MISSING:
		ph->count.files_missing++;
		if (kind == FILE_KIND_TRUST && ph->trust_misses < UINT16_MAX)
			ph->trust_misses++;
		if (kind == FILE_KIND_TRUST || kind == FILE_KIND_OPTIONAL)
			break;
		set_text(&ph->missing, f->name);
		drop_text(&ph->miss_note);
		set_text(&ph->miss_note, f->note);
		ph->missing_ms = now_ms(p);
		break;
	case STEP_FILE_ABORTED:
		ph->count.files_aborted++;
		break;
	default:
		ph->count.files_refused++;
		break;
	}
}

static void file_detail(const struct phones_file *f, char *out, size_t cap)
{
	const char *by = !strcmp(f->transport, "tftp") ? "TFTP" : "HTTP";
	char raw[400];

	if (f->step == STEP_FILE_SENT)
		snprintf(raw, sizeof(raw), "%s by %s, %llu bytes", f->name, by,
			 (unsigned long long)f->bytes);
	else
		snprintf(raw, sizeof(raw), "%s by %s%s%s", f->name, by, f->note[0] ? "; " : "",
			 f->note);
	phones_clean(out, cap, raw);
}

void phones_file(struct phones *p, const struct phones_file *f)
{
	char device[DEVICE_NAME_SIZE], detail[PHONES_DETAIL_MAX + 1], name[128];
	bool named = !phones_device_of_file(f->name, device);
	struct phone *ph = who(p, named ? device : NULL, &f->peer, true);

	if (!ph)
		return;
	file_facts(p, ph, f);
	file_detail(f, detail, sizeof(detail));
	add_foreign(ph, &f->peer, detail, sizeof(detail));
	if (!note(p, ph, f->step, detail))
		return;
	phones_clean(name, sizeof(name), f->name);
	event_emit(p->store, EV_PHONE_FILE, ph->name, EVENT_STR("file", name),
		   EVENT_STR("transport", f->transport),
		   EVENT_STR("outcome", steps[f->step].wire + strlen("file_")),
		   EVENT_NUM("bytes", f->bytes), EVENT_NUM("duration_ms", f->duration_ms));
}

/* A stranger that asks for the time alone is no phone of ours: not entered. */
void phones_time(struct phones *p, const struct net_addr *peer)
{
	char host[NET_HOST_SIZE];
	struct phone *ph = who(p, NULL, peer, false);

	if (!ph)
		return;
	ph->count.time_asked++;
	if (note(p, ph, STEP_TIME_ASKED, ""))
		event_emit(p->store, EV_PHONE_TIME, ph->name,
			   EVENT_STR("address", net_addr_host(peer, host)));
}
