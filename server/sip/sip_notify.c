/* server/sip/sip_notify.c - requests of ours to a phone: restart and reset (NOTIFY service-control, or
 * check-sync to the 7940/7960 and to ordinary phones). */
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/sip/sip_engine_int.h"

#define NOTIFY_MAX 4096

static const char *const action_names[] = { [PHONE_RESTART] = "restart", [PHONE_RESET] = "reset" };

enum dialect { SERVICE_CONTROL, CHECK_SYNC, CHECK_SYNC_REBOOT };

static enum dialect dialect_of(const struct sip_engine *e, const struct sip_device *d)
{
	const struct sip_pool *p = sip_conf_pool(e->conf, d->pool);
	const char *type = p ? p->phone_type : "";

	if (!strcmp(type, "7940") || !strcmp(type, "7960"))
		return CHECK_SYNC;
	return d->cisco || type[0] ? SERVICE_CONTROL : CHECK_SYNC_REBOOT;
}

bool sip_takes_service_control(const struct sip_engine *e, const struct sip_device *d)
{
	return dialect_of(e, d) == SERVICE_CONTROL;
}

/* The stamps are empty: the phone fetches its files when it comes back, whatever it has. */
static void add_body(struct text *t, const struct sip_device *d, enum phone_action action)
{
	text_addf(t,
		  "action=%s\r\nRegisterCallId={%s}\r\nConfigVersionStamp={}\r\n"
		  "DialplanVersionStamp={}\r\nSoftkeyVersionStamp={}\r\n",
		  action_names[action], d->call_id ? d->call_id : "");
}

/* Our own address as this phone sees it. */
static void own_address(const struct sip_engine *e, const struct sip_device *d, struct net_addr *a)
{
	const struct sip_settings *s = sip_conf_settings(e->conf);

	*a = d->flow.local;
	if (net_addr_is_any(a))
		(void)net_addr_parse(a, s->address, net_addr_port(&d->flow.local));
}

/* To the Contact as given; over TCP on the phone's own connection. */
void sip_destination(const struct sip_device *d, const struct sip_binding *b, struct sip_flow *to)
{
	struct sip_uri u;
	struct net_addr a;
	char host[NET_HOST_SIZE];

	*to = d->flow;
	if (to->transport == SIP_TCP || sip_uri_parse(&u, sip_binding_uri(b)) ||
	    u.host.len >= sizeof(host))
		return;
	memcpy(host, u.host.p, u.host.len);
	host[u.host.len] = '\0';
	if (!net_addr_parse(&a, host, u.port > 0 ? (uint16_t)u.port : 5060))
		to->peer = a;
}

static void write_notify(struct sip_engine *e, const struct sip_device *d,
			 const struct sip_binding *b, enum phone_action action, const char *branch,
			 struct text *t)
{
	static const char *const events[] = { [SERVICE_CONTROL] = "service-control",
					      [CHECK_SYNC] = "check-sync",
					      [CHECK_SYNC_REBOOT] = "check-sync;reboot=" };
	enum dialect dialect = dialect_of(e, d);
	struct slice uri = sip_binding_uri(b), user = sip_binding_user(b);
	struct net_addr own;
	char at[NET_TEXT_SIZE], body[512] = "";
	struct text bt;

	own_address(e, d, &own);
	net_addr_text(&own, at);
	text_fixed(&bt, body, sizeof(body));
	if (dialect == SERVICE_CONTROL)
		add_body(&bt, d, action);
	text_addf(t, "NOTIFY %.*s SIP/2.0\r\n", (int)uri.len, uri.p);
	text_addf(t, "Via: SIP/2.0/%s %s;branch=%s%s\r\n",
		  d->flow.transport == SIP_TCP ? "TCP" : "UDP", at, branch,
		  d->flow.transport == SIP_TCP ? "" : ";rport");
	text_addf(t, "From: <sip:%s>;tag=%s\r\n", at, branch + 7);
	text_addf(t, "To: <sip:%.*s@%s>\r\n", (int)user.len, user.p, at);
	text_addf(t, "Call-ID: %s@%s\r\nCSeq: 1 NOTIFY\r\nMax-Forwards: 70\r\n", branch + 7, at);
	text_addf(t, "Contact: <sip:%s%s>\r\n", at,
		  d->flow.transport == SIP_TCP ? ";transport=tcp" : "");
	text_addf(t, "Event: %s%s\r\n", events[dialect],
		  dialect != CHECK_SYNC_REBOOT ? ""
		  : action == PHONE_RESET      ? "true"
					       : "false");
	text_add(t, "Subscription-State: active\r\n");
	sip_reply_end(t, "text/plain", bt.len ? body : NULL);
}

int sip_engine_act(struct sip_engine *e, const char *device, enum phone_action action)
{
	struct sip_device *d = sip_registrar_device(e->registrar, device);
	char buf[NOTIFY_MAX], branch[SIP_BRANCH_SIZE];
	const struct sip_binding *b = d ? d->bindings : NULL;
	struct sip_flow to;
	struct text t;

	if (!b)
		return ERR_NOENT;
	text_fixed(&t, buf, sizeof(buf));
	sip_client_branch(e->client, branch);
	write_notify(e, d, b, action, branch, &t);
	if (t.overflow)
		return ERR_TOO_BIG;
	sip_destination(d, b, &to);
	return sip_client_start(e->client, branch, &to, device, action_names[action], buf, t.len,
				clock_mono_ms(e->clock));
}
