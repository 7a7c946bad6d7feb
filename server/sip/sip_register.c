/* server/sip/sip_register.c - REGISTER: who, whether, then the registrar; and what is told about it. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "server/core/mem.h"
#include "server/sip/sip_engine_int.h"

/* What the sender calls itself: user name of its credentials, its MAC, or the number it asks for. */
static const char *asker(const struct sip_msg *m, const struct sip_identity *id,
			 const struct sip_settings *s)
{
	const struct sip_credentials *c = sip_msg_auth(m, s->realm);

	if (c && c->username[0])
		return c->username;
	return id->mac[0] ? id->mac : m->to.user.s;
}

static const char *device_or_null(const struct sip_verdict *v)
{
	return v->device[0] ? v->device : NULL;
}

static void tell_refused(struct sip_turn *t, const struct sip_verdict *v,
			 const struct sip_identity *id, int code, const char *reason)
{
	struct sip_engine *e = t->e;

	e->counters.refused++;
	e->ops->rejected(e->ctx, device_or_null(v), &t->flow->peer,
			 asker(&e->msg, id, sip_conf_settings(e->conf)), code, reason);
	if (v->blocked)
		e->ops->blocked(e->ctx, &t->flow->peer);
}

/* RFC 8760 wants SHA-256 offered first and lets a client skip what it does not know. Many do not skip: they
 * stop at the first challenge, or at any unknown algorithm (baresip's and sipp's way). So SHA-256 is
 * offered to the stacks that are known to handle it. Nothing is lost: who wants a weaker hash can
 * choose it anyway. */
static bool knows_sha256(const char *user_agent)
{
	static const char *const stacks[] = { "Linphone", "PJSUA", "MicroSIP", "Asterisk PBX 2" };

	for (size_t i = 0; i < ARRAY_LEN(stacks); i++)
		if (!strncasecmp(user_agent, stacks[i], strlen(stacks[i])))
			return true;
	return false;
}

static void challenge(struct sip_turn *t, const struct sip_verdict *v,
		      const struct sip_identity *id)
{
	struct sip_engine *e = t->e;
	bool md5_only = !knows_sha256(id->user_agent);

	e->counters.challenged++;
	if (v->reason && !v->stale)
		tell_refused(t, v, id, 401, v->reason);
	else if (!v->device[0] || !sip_registrar_device(e->registrar, v->device))
		e->ops->step(e->ctx, device_or_null(v), &t->flow->peer, STEP_CHALLENGED, "");
	/* The question to a request without credentials costs no memory: a repetition is asked again
	 * (RFC 3261 22.1 allows what 8.2.7 calls stateless). */
	t->keep = t->keep && v->failed;
	sip_auth_challenge(&e->auth, &t->flow->peer, v->stale, md5_only, t->now_ms, &e->extra);
	sip_turn_reply(t, 401, NULL);
}

static void refuse(struct sip_turn *t, const struct sip_verdict *v, const struct sip_identity *id,
		   int code, const char *reason)
{
	tell_refused(t, v, id, code, reason);
	sip_turn_reply(t, code, NULL);
}

/* RFC 1123 date: Cisco phones set their clock from it. */
static void add_date(struct sip_engine *e)
{
	time_t now = (time_t)clock_wall_s(e->clock);
	struct tm tm;
	char buf[40];

	if (gmtime_r(&now, &tm) && strftime(buf, sizeof(buf), "%a, %d %b %Y %H:%M:%S GMT", &tm))
		text_addf(&e->extra, "Date: %s\r\n", buf);
}

static void accept_register(struct sip_turn *t, const struct sip_verdict *v,
			    const struct sip_identity *id)
{
	struct sip_engine *e = t->e;
	struct sip_register req = { .msg = &e->msg,
				    .flow = t->flow,
				    .pool = v->pool,
				    .identity = id,
				    .device = v->device };
	bool fresh = !sip_registrar_device(e->registrar, v->device);
	struct sip_outcome out;

	sip_registrar_register(e->registrar, &req, t->now_ms, &e->extra, &out);
	if (out.code != 200) {
		text_reset(&e->extra);
		if (out.code == 423)
			text_addf(&e->extra, "Min-Expires: %u\r\n", (unsigned)out.expires_s);
		refuse(t, v, id, out.code, out.reason);
		return;
	}
	e->counters.registered++;
	sip_guard_credit(e->guard, &t->flow->peer, t->now_ms);
	if (t->flow->transport == SIP_TCP && out.expires_s)
		e->ops->keep(e->ctx, t->flow->conn,
			     t->now_ms + (uint64_t)out.expires_s * 1000 + SIP_GRACE_MS);
	if (fresh && id->alarm[0] && out.expires_s)
		e->ops->step(e->ctx, v->device, &t->flow->peer, STEP_ALARM, id->alarm);
	if (e->extra.overflow) {
		text_reset(&e->extra);
		sip_turn_reply(t, 500, "Too many contacts for one answer");
		return;
	}
	add_date(e);
	if (out.expires_s || out.removal)
		text_addf(&e->extra, "Expires: %u\r\n", (unsigned)out.expires_s);
	sip_turn_reply(t, 200, NULL);
}

/* R-030; the reasons name the cure. */
static const char *why_closed(const struct sip_settings *s)
{
	if (!s->registrar)
		return "registrar server is off (voice service voip, sip)";
	return s->mode_cme ? NULL : "mode is not cme (voice register global)";
}

void sip_on_register(struct sip_turn *t)
{
	struct sip_engine *e = t->e;
	const char *closed = why_closed(sip_conf_settings(e->conf));
	struct sip_identity id;
	struct sip_verdict v;

	e->counters.registers++;
	sip_msg_identity(&e->msg, &id);
	if (closed) {
		memset(&v, 0, sizeof(v));
		if (id.mac[0])
			snprintf(v.device, sizeof(v.device), "SEP%s", id.mac);
		refuse(t, &v, &id, 403, closed);
		return;
	}
	sip_auth_check(&e->auth, &e->msg, t->flow, &id, t->now_ms, &v);
	if (!v.device[0] && id.mac[0])
		snprintf(v.device, sizeof(v.device), "SEP%s", id.mac);
	if (v.code == 401)
		challenge(t, &v, &id);
	else if (v.code != 200)
		refuse(t, &v, &id, v.code, v.reason);
	else
		accept_register(t, &v, &id);
}
