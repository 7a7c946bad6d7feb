/* server/sccp/session.c - a session's life: framing, the checks before a handler, timers, and the
 * hub of registered devices. What single messages mean is in the on_*.c files. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/sccp/handlers.h"
#include "server/sccp/models.h"

#define BUCKETS 4096 /* power of two */

_Static_assert(sizeof(struct sccp_xml_alarm) <= SCCP_STRUCT_MAX, "SCCP_STRUCT_MAX");
_Static_assert(sizeof(struct sccp_user_data) <= SCCP_STRUCT_MAX, "SCCP_STRUCT_MAX");
_Static_assert(sizeof(struct sccp_softkey_template) <= SCCP_STRUCT_MAX, "SCCP_STRUCT_MAX");

struct sccp_hub *sccp_hub_new(const struct sccp_ops *ops, void *ctx, const struct clock *clock,
			      uint8_t version_cap)
{
	struct sccp_hub *hub = mem_zalloc(sizeof(*hub));

	hub->ops = ops;
	hub->ctx = ctx;
	hub->clock = clock;
	hub->version_cap = version_cap;
	hub->bucket = mem_zalloc(BUCKETS * sizeof(struct sccp_session *));
	return hub;
}

void sccp_hub_free(struct sccp_hub *hub)
{
	if (!hub)
		return;
	mem_free(hub->bucket);
	mem_free(hub);
}

struct sccp_site *sccp_hub_site(struct sccp_hub *hub)
{
	return &hub->site;
}

size_t sccp_hub_registered(const struct sccp_hub *hub)
{
	return hub->registered;
}

size_t sccp_hub_sessions(const struct sccp_hub *hub)
{
	return hub->sessions;
}

const struct sccp_counters *sccp_hub_counters(const struct sccp_hub *hub)
{
	return &hub->count;
}

void sccp_hub_trace(struct sccp_hub *hub, bool on)
{
	hub->trace = on;
}

static struct sccp_session **bucket_of(struct sccp_hub *hub, const char *device)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (const char *p = device; *p; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	return &hub->bucket[h & (BUCKETS - 1)];
}

struct sccp_session *sccp_hub_find(struct sccp_hub *hub, const char *device)
{
	struct sccp_session *s = *bucket_of(hub, device);

	while (s && strcmp(s->device, device) != 0)
		s = s->next;
	return s;
}

void sccp_enlist(struct sccp_session *s)
{
	struct sccp_session **b = bucket_of(s->hub, s->device);

	s->state = SCCP_REGISTERED;
	s->next = *b;
	*b = s;
	s->hub->registered++;
}

void sccp_delist(struct sccp_session *s)
{
	struct sccp_session **p = bucket_of(s->hub, s->device);

	while (*p && *p != s)
		p = &(*p)->next;
	if (!*p)
		return;
	*p = s->next;
	s->next = NULL;
	s->state = SCCP_LEFT;
	s->hub->registered--;
}

struct sccp_session *sccp_session_new(struct sccp_hub *hub, void *conn, const struct net_addr *peer,
				      const struct net_addr *local)
{
	struct sccp_session *s = mem_zalloc(sizeof(*s));

	s->hub = hub;
	s->conn = conn;
	s->peer = *peer;
	s->local = *local;
	s->state = SCCP_NEW;
	s->form.version = SCCP_VERSION_MIN;
	s->alive_ms = clock_mono_ms(hub->clock);
	hub->sessions++;
	sccp_rearm(s);
	return s;
}

void sccp_session_free(struct sccp_session *s, const char *why)
{
	if (!s)
		return;
	if (s->state == SCCP_REGISTERED) {
		sccp_delist(s);
		sccp_event(s, SCCP_EV_CLOSED, "%s", why ? why : "connection closed");
	}
	s->hub->sessions--;
	sccp_profile_free(s->profile);
	mem_free(s);
}

void sccp_session_about(const struct sccp_session *s, struct sccp_about *out)
{
	*out = (struct sccp_about){
		.peer = &s->peer,
		.device = s->device,
		.load = s->load,
		.device_type = s->device_type,
		.version = s->form.version,
		.offered = s->offered,
		.lines = s->profile ? s->profile->n_lines : 0,
		.codecs = s->n_codecs,
		.registered = s->state == SCCP_REGISTERED,
		.reset_sent = s->reset_sent,
	};
}

void *sccp_session_conn(const struct sccp_session *s)
{
	return s->conn;
}

/* ---- what handlers use ---- */

static void trace(const struct sccp_session *s, const char *arrow, const struct sccp_desc *d,
		  const void *msg)
{
	char line[1024];
	struct text t;

	if (!s->hub->trace && !log_debug_is_on(LOG_SCCP))
		return;
	text_fixed(&t, line, sizeof(line));
	sccp_trace(d, s->form, msg, &t);
	log_debug(LOG_SCCP, "message", "phone=%s dir=%s %s", s->device[0] ? s->device : "-", arrow,
		  line);
}

void sccp_send(struct sccp_session *s, enum sccp_id id, const void *msg)
{
	const struct sccp_desc *d = sccp_desc(id);
	uint8_t buf[SCCP_PACKET_MAX];
	long len;

	if (s->closing)
		return;
	len = sccp_encode(d, s->form, msg, buf, sizeof(buf));
	if (len <= 0) {
		log_error(LOG_SCCP, "encode_failed", "message=%s err=%s", d->name,
			  err_text((int)len));
		return;
	}
	trace(s, "out", d, msg);
	s->hub->ops->send(s->conn, buf, (size_t)len);
}

void sccp_event(struct sccp_session *s, enum sccp_event ev, const char *fmt, ...)
{
	char text[512];
	struct text t;
	va_list ap;

	text_fixed(&t, text, sizeof(text));
	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
	s->hub->ops->event(s->hub->ctx, s, ev, s->device, text);
}

void sccp_step(struct sccp_session *s, enum sccp_id id, const char *fmt, ...)
{
	char text[256];
	struct text t;
	va_list ap;
	uint32_t bit = 1u << (id % 32);

	if (id / 32 >= sizeof(s->seen) / sizeof(s->seen[0]) || s->seen[id / 32] & bit)
		return;
	s->seen[id / 32] |= bit;
	text_fixed(&t, text, sizeof(text));
	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
	sccp_event(s, SCCP_EV_STEP, "%s", text);
}

void sccp_close(struct sccp_session *s)
{
	if (s->closing)
		return;
	s->closing = true;
	s->hub->ops->close(s->conn);
}

/* The prompt line of the whole phone (line 0, call 0); no text shows the phone's own "Your current
 * options" (dictionary code 0x13). */
void sccp_prompt_text(struct sccp_session *s, const char *text)
{
	struct sccp_prompt p = { 0 };

	text_copy(p.text, sizeof(p.text), text[0] ? text : "\x80\x13");
	sccp_send(s,
		  s->form.version < 8 ? SCCP_DisplayPromptStatus : SCCP_DisplayDynamicPromptStatus,
		  &p);
}

/* ---- timers: one per session, set to the next thing that can be due ---- */

static uint64_t deadline(const struct sccp_session *s)
{
	uint64_t due = s->alive_ms + SCCP_FIRST_MS;
	uint64_t miss = (uint64_t)s->keepalive_s * 1000 * SCCP_KEEPALIVE_MISSES;

	if (s->state == SCCP_LEFT)
		return s->alive_ms + SCCP_LEAVE_MS;
	if (s->state == SCCP_REGISTERED)
		due = s->alive_ms + miss + SCCP_KEEPALIVE_GRACE_MS;
	else if (s->standby) /* keeps alive every second interval */
		due = s->alive_ms + 2 * miss + SCCP_KEEPALIVE_GRACE_MS;
	if (s->state == SCCP_REGISTERED && !s->complete && s->request_ms + SCCP_COMPLETE_MS < due)
		due = s->request_ms + SCCP_COMPLETE_MS;
	return due;
}

void sccp_rearm(struct sccp_session *s)
{
	uint64_t now = clock_mono_ms(s->hub->clock), due = deadline(s);

	s->hub->ops->arm(s->conn, due > now ? due - now : 0);
}

static void on_silence(struct sccp_session *s)
{
	if (s->state == SCCP_REGISTERED) {
		s->hub->count.keepalives_lost++;
		sccp_delist(s);
		sccp_event(s, SCCP_EV_KEEPALIVE_LOST, "%u in a row, every %u s",
			   SCCP_KEEPALIVE_MISSES, s->keepalive_s);
	}
	sccp_close(s);
}

/* Signs of life do not move the timer; it looks again when it fires. */
void sccp_session_timeout(struct sccp_session *s)
{
	uint64_t now = clock_mono_ms(s->hub->clock);

	if (s->closing)
		return;
	if (s->state == SCCP_REGISTERED && !s->complete && now >= s->request_ms + SCCP_COMPLETE_MS)
		sccp_complete(s);
	if (now >= deadline(s))
		on_silence(s);
	else
		sccp_rearm(s);
}

void sccp_session_reset(struct sccp_session *s, uint32_t type)
{
	struct sccp_u32 m = { type };

	s->reset_sent = true;
	sccp_send(s, SCCP_Reset, &m);
}

/* ---- input ---- */

static void fault(struct sccp_session *s, const char *what, uint32_t id, size_t len)
{
	const struct sccp_desc *d = sccp_desc(id);

	s->hub->count.faults++;
	if (!s->faults++) /* the first is told, the rest counted */
		sccp_event(s, SCCP_EV_FAULT, "%s %s (0x%04X, %zu bytes)", what,
			   d ? d->name : "message", id, len);
	if (s->faults >= SCCP_FAULTS_MAX)
		sccp_close(s);
}

static void on_unknown(struct sccp_session *s, const struct sccp_packet *p)
{
	s->hub->count.unknown++;
	if (s->told_unknown)
		return;
	s->told_unknown = true;
	log_info(LOG_SCCP, "unknown_message", "phone=%s id=0x%04X len=%zu",
		 s->device[0] ? s->device : "-", p->id, p->len);
}

/* Everything that is wrong with a message is found here; handlers never parse. */
static void dispatch(struct sccp_session *s, const struct sccp_packet *p)
{
	const struct sccp_desc *d = sccp_desc(p->id);
	_Alignas(max_align_t) uint8_t msg[SCCP_STRUCT_MAX];

	s->hub->count.messages++;
	if (!d) {
		on_unknown(s, p);
		return;
	}
	if (d->dir != SCCP_FROM_PHONE) {
		fault(s, "a server's message:", p->id, p->len);
		return;
	}
	if (!(d->needs & s->state)) {
		fault(s, "out of turn:", p->id, p->len);
		return;
	}
	if (sccp_decode(d, s->form, p->body, p->len, msg)) {
		fault(s, "malformed", p->id, p->len);
		return;
	}
	trace(s, "in", d, msg);
	if (s->state == SCCP_REGISTERED) {
		s->alive_ms = clock_mono_ms(s->hub->clock); /* any message proves life */
		if (d->on && p->id != SCCP_KeepAlive)
			s->request_ms = s->alive_ms;
	}
	if (d->on)
		d->on(s, msg);
}

long sccp_session_input(struct sccp_session *s, const uint8_t *data, size_t len)
{
	size_t used = 0;

	while (!s->closing) {
		struct sccp_packet p;
		long n = sccp_packet_take(data + used, len - used, &p);

		if (n < 0)
			fault(s, "a length that cannot be:", 0, len - used);
		if (n < 0)
			return n;
		if (n == 0)
			return (long)used;
		dispatch(s, &p);
		used += (size_t)n;
	}
	return (long)len;
}
