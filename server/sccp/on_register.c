/* server/sccp/on_register.c - coming and going: Register, tokens, keepalive, capabilities,
 * Unregister. Who may register: cme-model 2.1 (max-ephones), 2.2 (known phones), 2.3 (address
 * check). */
#include <ctype.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "server/sccp/handlers.h"
#include "server/sccp/models.h"

#define FEATURE_UTF8 0x10 /* second feature byte of Register */

/* Feature bytes a server announces. */
static void server_features(uint8_t version, uint8_t out[3])
{
	static const uint8_t by_age[][3] = { { 0, 0, 0 },
					     { 0x20, 0xF1, 0xFE },
					     { 0x20, 0xF1, 0xFF } };

	memcpy(out, by_age[version <= 3 ? 0 : version < 11 ? 1 : 2], 3);
}

/* Takes the name over in capitals: 0, or -1 when it is not SEP or ATA and a MAC. */
static int take_name(struct sccp_session *s, const struct sccp_station *st)
{
	char mac[MAC_TEXT_SIZE];
	size_t n = 0;

	for (const char *p = st->name; *p && n < sizeof(s->device) - 1; p++)
		s->device[n++] = (char)toupper((unsigned char)*p);
	s->device[n] = '\0';
	if (n != 15 || (memcmp(s->device, "SEP", 3) != 0 && memcmp(s->device, "ATA", 3) != 0))
		return -1;
	return text_mac(mac, s->device + 3, 12) ? -1 : 0;
}

static void tell_connected(struct sccp_session *s)
{
	char from[NET_TEXT_SIZE];

	if (s->told_connected)
		return;
	s->told_connected = true;
	sccp_event(s, SCCP_EV_CONNECTED, "TCP from %s", net_addr_text(&s->peer, from));
}

void sccp_on_keepalive(struct sccp_session *s, const void *msg)
{
	struct sccp_hub *hub = s->hub;

	(void)msg;
	sccp_send(s, SCCP_KeepAliveAck,
		  NULL); /* always, also to a phone that is not registered */
	if (s->state == SCCP_LEFT)
		return;
	s->alive_ms = clock_mono_ms(hub->clock);
	if (s->state == SCCP_REGISTERED) {
		sccp_event(s, SCCP_EV_ALIVE, "%s", "");
		if (s->complete && s->message_change != hub->site.message_change) { /* */
			s->message_change = hub->site.message_change;
			sccp_prompt_text(s, hub->site.message);
		}
		return;
	}
	s->keepalive_s = hub->site.keepalive_s;
	if (!s->standby) {
		s->standby = true;
		sccp_rearm(s);
	}
}

static void refuse(struct sccp_session *s, enum sccp_event ev, const char *reason)
{
	struct sccp_register_reject m = { 0 };

	s->hub->count.rejected++;
	text_copy(m.text, 32, reason);
	sccp_send(s, SCCP_RegisterReject, &m);
	sccp_event(s, ev, "%s", reason);
	sccp_close(s);
}

/* A phone that comes back has lost its old connection, whatever that one looks like from here: it
 * wins at once, or it would be refused for as long as the old one lingers. */
static void replace_stale(struct sccp_session *s)
{
	struct sccp_session *old = sccp_hub_find(s->hub, s->device);

	if (!old)
		return;
	sccp_delist(old);
	if (old == s) {
		sccp_event(s, SCCP_EV_REPLACED, "registers again on the same connection");
		return;
	}
	s->hub->count.replaced++;
	sccp_event(old, SCCP_EV_REPLACED, "the phone came back on a new connection");
	sccp_close(old);
}

static bool wrong_address(const struct sccp_session *s)
{
	const struct sccp_source *src = sccp_site_source(&s->hub->site, &s->local);

	return src->strict_match && !net_addr_same_host(&s->local, &src->address);
}

/* 0 and a profile, else the phone was refused. */
static int admit(struct sccp_session *s)
{
	struct sccp_hub *hub = s->hub;
	char text[40];
	int err;

	sccp_profile_free(s->profile);
	s->profile = NULL;
	err = hub->ops->profile(hub->ctx, s->device, s->device_type, &s->profile);
	if (err) {
		if (err == ERR_NOENT)
			refuse(s, SCCP_EV_UNKNOWN, "Not configured");
		else
			refuse(s, SCCP_EV_REFUSED, "Busy, try again");
		return -1;
	}
	if (wrong_address(s)) { /* */
		refuse(s, SCCP_EV_REFUSED, "Wrong server address");
		return -1;
	}
	if (hub->registered >= hub->site.max_ephones) { /* */
		struct text t;

		text_fixed(&t, text, sizeof(text));
		text_addf(&t, "max-ephones limit (%u)", hub->site.max_ephones);
		refuse(s, SCCP_EV_REFUSED, text);
		return -1;
	}
	return 0;
}

static void acknowledge(struct sccp_session *s)
{
	struct sccp_register_ack ack = {
		.keepalive_s = s->keepalive_s,
		.secondary_keepalive_s = 2 * s->keepalive_s,
		.version = s->form.version,
	};

	text_copy(ack.date_template, sizeof(ack.date_template), s->hub->site.date_template);
	server_features(s->form.version, ack.features);
	sccp_send(s, SCCP_RegisterAck, &ack);
	sccp_send(s, SCCP_CapabilitiesReq, NULL);
}

static void tell_register(struct sccp_session *s)
{
	const struct sccp_model *model = sccp_model(s->device_type);
	char text[32];
	bool other = model && s->profile->type[0] && strcmp(model->type, s->profile->type) != 0;

	sccp_event(s, SCCP_EV_STEP, "accepted as %s, version %u, load %s%s%s",
		   sccp_model_text(s->device_type, text, sizeof(text)), s->form.version,
		   s->load[0] ? s->load : "unknown",
		   other ? ", although its ephone says type " : "", other ? s->profile->type : "");
}

void sccp_on_register(struct sccp_session *s, const void *msg)
{
	const struct sccp_register *m = msg;
	int bad_name;

	if (s->registers++ == SCCP_REGISTERS_MAX) {
		sccp_close(s);
		return;
	}
	if (s->state == SCCP_REGISTERED)
		replace_stale(s); /* again on the same connection, perhaps under another name */
	bad_name = take_name(s, &m->station);
	s->device_type = m->device_type;
	s->instance = m->station.instance;
	text_copy(s->load, sizeof(s->load), m->load);
	tell_connected(s);
	if (bad_name) {
		refuse(s, SCCP_EV_UNKNOWN, "Not a device name");
		return;
	}
	replace_stale(s);
	s->offered = m->version;
	s->reset_sent = false;
	s->n_codecs = 0;
	s->form.version =
	    sccp_version_agree(m->version, m->device_type,
			       s->spcp && s->hub->version_cap > 8 ? 8 : s->hub->version_cap);
	s->form.utf8 = m->features[1] & FEATURE_UTF8 && s->form.version > 11;
	if (admit(s))
		return;
	s->keepalive_s =
	    s->profile->keepalive_s ? s->profile->keepalive_s : s->hub->site.keepalive_s;
	s->complete = false;
	memset(s->seen, 0, sizeof(s->seen));
	sccp_enlist(s);
	s->alive_ms = s->request_ms = clock_mono_ms(s->hub->clock);
	acknowledge(s);
	tell_register(s);
	sccp_rearm(s);
}

/* Asked before a phone leaves another server: would it be taken here? */
static bool would_take(struct sccp_session *s, const struct sccp_station *st, uint32_t device_type)
{
	struct sccp_hub *hub = s->hub;
	struct sccp_profile *p = NULL;
	int err;

	if (s->state == SCCP_REGISTERED || take_name(s, st))
		return false;
	s->device_type = device_type;
	tell_connected(s);
	if (wrong_address(s) || hub->registered >= hub->site.max_ephones)
		return false;
	err = hub->ops->profile(hub->ctx, s->device, device_type, &p);
	sccp_profile_free(p);
	return !err;
}

void sccp_on_token(struct sccp_session *s, const void *msg)
{
	const struct sccp_register_token_req *m = msg;
	struct sccp_u32 wait = { SCCP_TOKEN_WAIT_S };

	if (would_take(s, &m->station, m->device_type)) {
		sccp_send(s, SCCP_RegisterTokenAck, NULL);
		sccp_step(s, SCCP_RegisterTokenReq, "may come over from its other server");
	} else {
		sccp_send(s, SCCP_RegisterTokenReject, &wait);
		sccp_step(s, SCCP_RegisterTokenReq, "may not come over from its other server");
	}
}

/* SPA phones ask before each Register; what they may not do the Register is told. */
void sccp_on_spcp_token(struct sccp_session *s, const void *msg)
{
	struct sccp_u32 features = { 65535 };

	(void)msg;
	s->spcp = true;
	sccp_send(s, SCCP_SPCPRegisterTokenAck, &features);
}

void sccp_on_capabilities(struct sccp_session *s, const void *msg)
{
	const struct sccp_capabilities *m = msg;

	s->n_codecs = m->n;
	sccp_step(s, SCCP_CapabilitiesRes, "told its %u codecs", m->n);
}

void sccp_on_update_capabilities(struct sccp_session *s, const void *msg)
{
	const struct sccp_update_capabilities *m = msg;

	s->n_codecs = m->n_audio < SCCP_AUDIO_CAPS ? m->n_audio : SCCP_AUDIO_CAPS;
	sccp_step(s, SCCP_CapabilitiesRes, "told its %u codecs", s->n_codecs);
}

void sccp_on_unregister(struct sccp_session *s, const void *msg)
{
	const struct sccp_u32 *m = msg;
	struct sccp_u32 ack = { SCCP_UNREGISTER_OK };
	bool was = s->state == SCCP_REGISTERED;

	if (was)
		sccp_delist(s);
	s->state = SCCP_LEFT;
	s->alive_ms = clock_mono_ms(s->hub->clock);
	sccp_send(s, SCCP_UnregisterAck, &ack);
	if (was)
		sccp_event(s, SCCP_EV_UNREGISTERED, "%s",
			   m->value == 1 ? "the phone saves power" : "the phone left");
	sccp_rearm(s);
}
