/* server/sip/sip_engine.c - the gate every message passes, in the order of the table `gate`. */
#include "server/sip/sip_engine.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/sip/sip_engine_int.h"

#define ANSWER_MAX  60000 /* a datagram holds 65507 bytes */
#define TICK_BUDGET 1000  /* expiries of one turn */

/* ---- answers ---- */

static int engine_send(void *ctx, const struct sip_flow *to, const void *data, size_t len)
{
	struct sip_engine *e = ctx;

	e->counters.sent++;
	return e->ops->send(e->ctx, to, data, len);
}

/* Same request, same tag: also the answers we keep nothing of agree (RFC 3261 8.2.7). */
static void to_tag(const struct sip_engine *e, char out[17])
{
	struct slice v = e->msg.via.branch;
	uint64_t h[2] = { sip_map_hash(&e->tags, v.p, v.len), 0 };

	v = e->msg.call_id;
	h[1] = sip_map_hash(&e->tags, v.p, v.len);
	h[0] = sip_map_hash(&e->tags, h, sizeof(h));
	snprintf(out, 17, "%016llx", (unsigned long long)h[0]);
}

void sip_turn_reply(struct sip_turn *t, int code, const char *reason)
{
	struct sip_engine *e = t->e;
	struct sip_flow to;
	char tag[17];

	to_tag(e, tag);
	text_reset(&e->out);
	sip_reply_begin(&e->out, &e->msg, t->flow, code, reason, tag);
	text_addn(&e->out, e->extra.buf ? e->extra.buf : "", e->extra.len);
	sip_reply_end(&e->out, NULL, NULL);
	if (e->out.overflow)
		return;
	if (t->keep)
		sip_cache_put(e->cache, &t->key, t->now_ms, e->out.buf, e->out.len);
	sip_reply_route(&e->msg, t->flow, &to);
	(void)engine_send(e, &to, e->out.buf, e->out.len);
}

/* ---- methods ---- */

static void on_options(struct sip_turn *t);
static void on_refer(struct sip_turn *t);

static const struct method {
	const char *name;
	void (*fn)(struct sip_turn *t); /* NULL: `code` says it all */
	int code;
} methods[] = {
	{ "REGISTER", sip_on_register, 0 },
	{ "OPTIONS", on_options, 0 },
	{ "REFER", on_refer, 0 },
	/* Known, and not served yet: 405 with Allow. An INVITE needs no transaction for that: the
	 * answer is made anew for each repetition and the ACK is swallowed (RFC 3261 8.2.7). */
	{ "INVITE", NULL, 405 },
	{ "SUBSCRIBE", NULL, 405 },
	{ "PUBLISH", NULL, 405 },
	{ "MESSAGE", NULL, 405 },
	/* These belong to a dialog or a transaction, and there is none. */
	{ "CANCEL", NULL, 481 },
	{ "BYE", NULL, 481 },
	{ "INFO", NULL, 481 },
	{ "NOTIFY", NULL, 481 },
	{ "PRACK", NULL, 481 },
	{ "UPDATE", NULL, 481 },
};

#define ALLOW "Allow: REGISTER, OPTIONS, ACK, CANCEL, REFER\r\n"

static const struct method *find_method(struct slice name)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (slice_eq(name, methods[i].name))
			return &methods[i];
	return NULL;
}

static void on_options(struct sip_turn *t)
{
	struct sip_engine *e = t->e;
	struct sip_user user = { .len = 0 };
	long n = sip_unescape(user.s, sizeof(user.s), e->msg.ruri.user);

	if (n < 0 || (n > 0 && !sip_conf_knows(e->conf, user.s, (size_t)n))) {
		sip_turn_reply(t, 404, NULL);
		return;
	}
	text_add(&e->extra, ALLOW "Accept: application/sdp\r\nAccept-Encoding: identity\r\n"
				  "Accept-Language: en\r\nSupported:\r\n");
	sip_turn_reply(t, 200, NULL);
}

/* Cisco phones tell their alarms by REFER before they register; taken, so that they go on. */
static void on_refer(struct sip_turn *t)
{
	struct slice type = sip_scan_value(&t->e->msg.scan, HDR_CONTENT_TYPE);
	struct slice bare;

	if (sip_split(&type, ';', false, &bare) &&
	    slice_eq_nocase(bare, "application/x-cisco-alarm+xml")) {
		sip_turn_reply(t, 202, NULL);
		return;
	}
	text_add(&t->e->extra, ALLOW);
	sip_turn_reply(t, 405, NULL);
}

/* ---- the gate ---- */

static int gate_method(struct sip_turn *t)
{
	const struct method *m = find_method(t->e->msg.scan.method);

	if (!m)
		return 501;
	if (m->code == 405)
		text_add(&t->e->extra, ALLOW);
	return m->code;
}

static int gate_host(struct sip_turn *t)
{
	struct sip_engine *e = t->e;
	struct slice host = e->msg.ruri.host;
	char reason[128];

	if (e->ops->is_ours(e->ctx, t->flow, host))
		return 0;
	if (sip_msg_is(&e->msg, "REGISTER")) {
		snprintf(reason, sizeof(reason),
			 "it wants to register with %.*s, not with this server",
			 host.len < 64 ? (int)host.len : 64, host.p ? host.p : "");
		e->counters.refused++;
		e->ops->rejected(e->ctx, NULL, &t->flow->peer, e->msg.to.user.s, 404, reason);
	}
	return 404;
}

/* REGISTER is left out: a repeated CSeq is the registrar's to judge (RFC 3261 10.3 step 7). */
static int gate_merged(struct sip_turn *t)
{
	const struct sip_msg *m = &t->e->msg;

	if (!t->keep || m->to.tag.p || sip_msg_is(m, "REGISTER"))
		return 0;
	return sip_cache_is_merged(t->e->cache, &t->key, t->now_ms) ? 482 : 0;
}

static int gate_require(struct sip_turn *t)
{
	struct sip_engine *e = t->e;
	int code = 0;

	for (size_t i = 0; i < e->msg.scan.n; i++) {
		struct slice rest = e->msg.scan.lines[i].value, tag;

		if (e->msg.scan.lines[i].id != HDR_REQUIRE)
			continue;
		while (sip_split(&rest, ',', false, &tag)) {
			if (!tag.len || slice_eq_nocase(tag, "norefersub"))
				continue;
			text_addf(&e->extra, "%s%.*s", code ? ", " : "Unsupported: ", (int)tag.len,
				  tag.p);
			code = 420;
		}
	}
	if (code)
		text_add(&e->extra, "\r\n");
	return code;
}

/* An unknown body is no reason to refuse a phone that marks it optional, and never a REGISTER: what it
 * carries is an offer (bulk registration). */
static int gate_body(struct sip_turn *t)
{
	struct sip_engine *e = t->e;
	struct slice coding = sip_scan_value(&e->msg.scan, HDR_CONTENT_ENCODING);

	if (!e->msg.scan.body.len || !coding.len || slice_eq_nocase(coding, "identity"))
		return 0;
	text_add(&e->extra, "Accept-Encoding: identity\r\n");
	return 415;
}

static int (*const gate[])(struct sip_turn *t) = { gate_method, gate_host, gate_merged,
						   gate_require, gate_body };

static void make_key(struct sip_turn *t)
{
	const struct sip_msg *m = &t->e->msg;
	bool cookie = m->via.branch.len > 7 && !memcmp(m->via.branch.p, "z9hG4bK", 7);
	char port[8];
	struct slice merge[] = { m->from.tag, m->call_id, sip_scan_value(&m->scan, HDR_CSEQ) };
	struct slice rfc3261[] = { m->via.branch, m->via.host, { port, 0 }, m->scan.method };
	/* RFC 2543: Request-URI, tags, Call-ID, CSeq and the whole top Via (RFC 3261 17.2.3). */
	struct slice rfc2543[] = { m->scan.uri,
				   m->from.tag,
				   m->to.tag,
				   m->call_id,
				   sip_scan_value(&m->scan, HDR_CSEQ),
				   sip_scan_value(&m->scan, HDR_VIA) };

	rfc3261[2].len = (size_t)snprintf(port, sizeof(port), "%d", m->via.port);
	if (cookie)
		sip_cache_key(t->e->cache, rfc3261, ARRAY_LEN(rfc3261), merge, ARRAY_LEN(merge),
			      &t->key);
	else
		sip_cache_key(t->e->cache, rfc2543, ARRAY_LEN(rfc2543), merge, ARRAY_LEN(merge),
			      &t->key);
}

static bool resend(struct sip_turn *t)
{
	struct sip_engine *e = t->e;
	struct sip_flow to;
	struct slice answer;

	if (!sip_cache_get(e->cache, &t->key, t->now_ms, &answer))
		return false;
	e->counters.repeated++;
	sip_reply_route(&e->msg, t->flow, &to);
	(void)engine_send(e, &to, answer.p, answer.len);
	return true;
}

static void on_request(struct sip_turn *t)
{
	struct sip_engine *e = t->e;

	make_key(t);
	/* Over TCP nothing is repeated: timer J is zero. */
	t->keep = t->flow->transport == SIP_UDP && !sip_msg_is(&e->msg, "INVITE");
	if (t->keep && resend(t))
		return;
	for (size_t i = 0; i < ARRAY_LEN(gate); i++) {
		int code = gate[i](t);

		if (code) {
			t->keep = false;
			sip_turn_reply(t, code, NULL);
			return;
		}
	}
	find_method(e->msg.scan.method)->fn(t);
}

static void on_message(struct sip_engine *e, const struct sip_flow *flow, const uint8_t *data,
		       size_t len)
{
	struct sip_turn t = { .e = e, .flow = flow, .now_ms = clock_mono_ms(e->clock) };
	int err;

	e->counters.received++;
	if (!sip_guard_admit(e->guard, &flow->peer, t.now_ms)) {
		e->counters.limited++;
		return;
	}
	text_reset(&e->extra);
	err = sip_msg_read(&e->msg, data, len, flow->transport);
	if (err == ERR_PROTO && !sip_msg_is(&e->msg, "ACK"))
		sip_turn_reply(&t, e->msg.code, e->msg.fault);
	else if (err ||
		 (!e->msg.scan.request && !sip_client_response(e->client, &e->msg, t.now_ms)))
		e->counters.dropped++;
	else if (e->msg.scan.request && !sip_msg_is(&e->msg, "ACK"))
		on_request(&t);
}

/* A first byte no SIP message has: keep-alives of NATs, STUN, RTP, TFTP. */
static bool is_noise(const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (i < len && (data[i] == '\r' || data[i] == '\n'))
		i++;
	return i == len || data[i] < '!' || data[i] > 'z';
}

void sip_engine_input(struct sip_engine *e, const struct sip_flow *flow, const uint8_t *data,
		      size_t len)
{
	if (is_noise(data, len))
		e->counters.dropped++;
	else
		on_message(e, flow, data, len);
}

/* ---- streams ---- */

static void answer_broken(struct sip_engine *e, const struct sip_flow *flow, const uint8_t *head,
			  const struct sip_frame *f)
{
	struct sip_turn t = { .e = e, .flow = flow, .now_ms = clock_mono_ms(e->clock) };

	e->counters.received++;
	text_reset(&e->extra);
	if (f->code && sip_msg_read(&e->msg, head, f->len, SIP_TCP) != ERR_INVALID &&
	    e->msg.scan.request)
		sip_turn_reply(&t, f->code, f->fault);
	else
		e->counters.dropped++;
}

long sip_engine_stream(struct sip_engine *e, const struct sip_flow *flow, const uint8_t *data,
		       size_t len)
{
	size_t used = 0;

	for (;;) {
		struct sip_frame f;

		switch (sip_frame(data + used, len - used, &f)) {
		case SIP_FRAME_MORE:
			return (long)used;
		case SIP_FRAME_PING:
			(void)engine_send(e, flow, "\r\n", 2);
			used += f.skip;
			break;
		case SIP_FRAME_SKIP:
			used += f.skip;
			break;
		case SIP_FRAME_MESSAGE:
			on_message(e, flow, data + used, f.len);
			used += f.len;
			break;
		case SIP_FRAME_BROKEN:
			answer_broken(e, flow, data + used, &f);
			return ERR_PROTO;
		}
	}
}

/* ---- what the parts call ---- */

static void on_registered(void *ctx, const struct sip_device *d, uint32_t expires_s)
{
	struct sip_engine *e = ctx;
	const struct sip_pool *p = sip_conf_pool(e->conf, d->pool);
	struct phone_reg reg = {
		.protocol = PHONE_SIP,
		.peer = d->flow.peer,
		.transport = sip_transport_text(d->flow.transport),
		.model = p && p->phone_type[0] ? p->phone_type : NULL,
		.firmware = d->load,
		.user_agent = d->user_agent,
		.lines = d->lines,
		.expires_s = expires_s,
	};

	e->ops->registered(e->ctx, d->name, &reg);
}

static void on_gone(void *ctx, const char *device, enum phone_step why, const char *reason)
{
	struct sip_engine *e = ctx;

	e->ops->unregistered(e->ctx, device, why, reason);
}

static void on_moved(void *ctx, uint64_t old_conn)
{
	struct sip_engine *e = ctx;

	e->ops->drop(e->ctx, old_conn);
}

static void on_done(void *ctx, const char *device, const char *what, int status)
{
	struct sip_engine *e = ctx;
	char detail[96];

	if (status >= 200 && status < 300)
		return;
	if (status)
		snprintf(detail, sizeof(detail), "%d in answer to a %s", status, what);
	else
		snprintf(detail, sizeof(detail), "nothing in answer to a %s", what);
	e->ops->step(e->ctx, device, NULL, STEP_PROTOCOL_ERROR, detail);
}

static bool is_known(void *ctx, const char *device, const struct net_addr *peer)
{
	struct sip_engine *e = ctx;
	struct sip_device *d = sip_registrar_device(e->registrar, device);

	return d && net_addr_eq(&d->flow.peer, peer);
}

static int neighbour(void *ctx, const struct net_addr *a, char mac[MAC_TEXT_SIZE])
{
	struct sip_engine *e = ctx;

	return e->ops->neighbour(e->ctx, a, mac);
}

int sip_engine_new(struct sip_engine **out, const struct clock *clock,
		   const struct sip_engine_ops *ops, void *ctx)
{
	static const struct sip_registrar_ops registrar_ops = { on_registered, on_gone, on_moved };
	struct sip_engine *e = mem_zalloc(sizeof(*e));
	int err;

	e->clock = clock;
	e->ops = ops;
	e->ctx = ctx;
	text_init(&e->out, ANSWER_MAX);
	text_init(&e->extra, ANSWER_MAX);
	sip_timers_init(&e->timers);
	sip_map_init(&e->tags);
	err = sip_hasher_new(&e->hasher);
	if (!err)
		err = sip_nonces_new(&e->nonces, SIP_NONCES_MAX);
	if (err) {
		sip_engine_free(e);
		return err;
	}
	e->guard = sip_guard_new();
	e->conf = sip_conf_new(e->hasher);
	e->cache = sip_cache_new(SIP_CACHE_BYTES);
	e->client = sip_client_new(&e->timers, engine_send, on_done, e);
	e->registrar = sip_registrar_new(&e->timers, e->conf, &registrar_ops, e);
	e->auth = (struct sip_auth){ .conf = e->conf,
				     .hasher = e->hasher,
				     .nonces = e->nonces,
				     .guard = e->guard,
				     .neighbour = neighbour,
				     .is_known = is_known,
				     .ctx = e };
	*out = e;
	return 0;
}

void sip_engine_free(struct sip_engine *e)
{
	if (!e)
		return;
	sip_registrar_free(e->registrar);
	sip_client_free(e->client);
	sip_cache_free(e->cache);
	sip_conf_free(e->conf);
	sip_guard_free(e->guard);
	sip_nonces_free(e->nonces);
	sip_hasher_free(e->hasher);
	sip_map_fini(&e->tags);
	sip_timers_fini(&e->timers);
	text_fini(&e->out);
	text_fini(&e->extra);
	mem_free(e);
}

struct sip_conf *sip_engine_conf(struct sip_engine *e)
{
	return e->conf;
}

void sip_engine_conf_changed(struct sip_engine *e)
{
	const struct sip_settings *s = sip_conf_settings(e->conf);

	if (!s->registrar || !s->mode_cme)
		sip_registrar_clear(e->registrar, "registration was switched off");
	else
		sip_registrar_recheck(e->registrar);
}

void sip_engine_tick(struct sip_engine *e)
{
	sip_timers_run(&e->timers, clock_mono_ms(e->clock), TICK_BUDGET, e);
}

uint64_t sip_engine_next_ms(const struct sip_engine *e)
{
	return sip_timers_next(&e->timers);
}

const struct sip_counters *sip_engine_counters(const struct sip_engine *e)
{
	return &e->counters;
}

size_t sip_engine_bindings(const struct sip_engine *e)
{
	return sip_registrar_bindings(e->registrar);
}

size_t sip_engine_devices(const struct sip_engine *e)
{
	return sip_registrar_devices(e->registrar);
}

size_t sip_engine_cache_bytes(const struct sip_engine *e)
{
	return sip_cache_bytes(e->cache);
}
