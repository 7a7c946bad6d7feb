/* server/provision/sep_sip.c - SEP<MAC>.cnf.xml of SIP phones (provisioning 2.4): a SIP phone
 * learns its lines, user and password here and nowhere else, so the file is the phone's own in
 * every file mode. Left out: soft-key, dial-plan and feature-policy files are named only once the
 * server has them. */
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/provision/sep.h"

#define LINES_MAX     114 /* number <1-114> of a pool */
#define DEFAULT_CALLS 4
#define DEFAULT_BUSY  2
#define LABEL_MAX     30
#define PHONE_LABEL   12
#define SECRET_MAX    160

enum dnd { DND_BY_USER = 0, DND_LOCKED_OFF = 2 };
enum feature { FEATURE_SPEED_DIAL = 2, FEATURE_LINE = 9, FEATURE_BLF = 21 };

/* Three dialects of "off" and "on" (2.4, anonymousCallBlock). */
static int off_on(const struct phone *p, bool on)
{
	static const int values[][2] = { { 2, 3 }, { 0, 3 }, { 0, 1 } };

	return values[p->model->family][on];
}

static const char *const_or(const char *value, const char *other)
{
	return value && value[0] ? value : other;
}

/* A setting that only templates have: it came into the item with the rest of the template. */
static bool template_bool(const struct phone *p, const char *name)
{
	return cfg_bool(schema_object("voice-register/templates"), p->item, name);
}

static const char *voicemail(const struct phone *p)
{
	return const_or(cfg_str(schema_object("voice-register/templates"), p->item, "voicemail"),
			p->side->voicemail);
}

/* ---- lines ---- */

struct line_maker {
	struct xml *x;
	const struct site *site;
	const struct phone *phone;
	bool taken[LINES_MAX + 1]; /* keys */
	unsigned keys;             /* of the set and its modules */
	unsigned lines;            /* written so far */
};

static void call_limits(struct line_maker *m, const struct schema_object *o, const cJSON *dn)
{
	unsigned cap = m->phone->model->max_calls;
	int64_t calls = cfg_int(o, dn, "huntstop_channel");
	int64_t busy = cfg_int(m->phone->obj, m->phone->item, "busy_trigger_per_button");

	if (calls <= 0)
		calls = cfg_bool(o, dn, "shared_line.enabled")
			    ? cfg_int(o, dn, "shared_line.max_calls")
			    : DEFAULT_CALLS;
	if (calls < 2)
		calls = 2;
	if (cap && calls > cap)
		calls = cap;
	if (busy <= 0)
		busy = DEFAULT_BUSY;
	if (busy >= calls)
		busy = calls - 1;
	xml_int(m->x, "maxNumCalls", calls);
	xml_int(m->x, "busyTrigger", busy);
}

/* All lines of a phone share one user (`username` of the pool). Later lines leave it out: the phone
 * takes that of the first. */
static void credentials(struct line_maker *m, const char *number)
{
	const struct phone *p = m->phone;
	char password[SECRET_MAX];

	if (m->lines > 1)
		return;
	xml_text_max(m->x, "authName", const_or(cfg_str(p->obj, p->item, "username"), number),
		     LABEL_MAX);
	if (cfg_secret(conf_store(m->site->view.conf), p->item, "password", password,
		       sizeof(password)))
		password[0] = '\0';
	xml_text(m->x, "authPassword", password);
	mem_wipe(password, sizeof(password));
}

static void forward_info(struct xml *x)
{
	xml_open(x, "forwardCallInfoDisplay", NULL);
	xml_bool(x, "callerName", true);
	xml_bool(x, "callerNumber", true);
	xml_bool(x, "redirectedNumber", false);
	xml_bool(x, "dialedNumber", true);
	xml_close(x);
}

static void line_body(struct line_maker *m, const cJSON *dn, const char *number)
{
	const struct schema_object *o = schema_object("voice-register/dns");
	const struct phone *p = m->phone;
	const char *label = cfg_str(o, dn, "label"), *name = cfg_str(o, dn, "name");
	struct xml *x = m->x;

	xml_int(x, "featureID", FEATURE_LINE);
	xml_text_max(x, "featureLabel", const_or(label, number), LABEL_MAX);
	xml_text(x, "proxy", "USECALLMANAGER");
	xml_int(x, "port", p->side->server.port);
	xml_text_max(x, "name", number, LABEL_MAX);
	xml_text_max(x, "displayName", const_or(name, const_or(label, number)), LABEL_MAX);
	xml_open(x, "autoAnswer", NULL);
	xml_int(x, "autoAnswerEnabled", 0);
	xml_close(x);
	xml_int(x, "callWaiting", off_on(p, cfg_bool(p->obj, p->item, "call_waiting")));
	credentials(m, number);
	xml_text(x, "contact", number);
	xml_bool(x, "sharedLine", cfg_bool(o, dn, "shared_line.enabled"));
	xml_int(x, "messageWaitingLampPolicy", 3);
	xml_text(x, "messagesNumber", voicemail(p));
	xml_int(x, "ringSettingIdle", 4);
	xml_int(x, "ringSettingActive", 5);
	forward_info(x);
	call_limits(m, o, dn);
}

static const char *dn_number(struct line_maker *m, int tag, const cJSON **dn)
{
	char path[48];

	snprintf(path, sizeof(path), "voice-register/dns/%d", tag);
	*dn = view_get(&m->site->view, path);
	return *dn ? cfg_str(schema_object("voice-register/dns"), *dn, "number") : NULL;
}

static void line(struct line_maker *m, int button, int dn_tag)
{
	const cJSON *dn;
	const char *number = dn_number(m, dn_tag, &dn);
	char key[12], index[12];

	if (!number || !number[0])
		return;
	m->taken[button] = true;
	m->lines++;
	snprintf(key, sizeof(key), "%d", button);
	snprintf(index, sizeof(index), "%u", m->lines);
	xml_open(m->x, "line", (const char *const[]){ "button", key, "lineIndex", index, NULL });
	line_body(m, dn, number);
	xml_close(m->x);
}

/* The lowest free key, 0 when all are taken. */
static int free_key(struct line_maker *m)
{
	for (unsigned k = 1; k <= m->keys; k++) {
		if (!m->taken[k]) {
			m->taken[k] = true;
			return (int)k;
		}
	}
	return 0;
}

static void dial_key(struct line_maker *m, enum feature feature, const cJSON *e)
{
	const char *digits = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(e, feature == FEATURE_BLF ? "number" : "digits"));
	const char *label = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "label"));
	int key = digits ? free_key(m) : 0;
	char text[12];

	if (!key)
		return;
	snprintf(text, sizeof(text), "%d", key);
	xml_open(m->x, "line", (const char *const[]){ "button", text, NULL });
	xml_int(m->x, "featureID", feature);
	xml_text_max(m->x, "featureLabel", const_or(label, digits), LABEL_MAX);
	xml_text(m->x, "speedDialNumber", digits);
	if (feature == FEATURE_BLF)
		xml_int(m->x, "featureOptionMask", 1);
	xml_close(m->x);
}

/* Entries in the order of their tags, whatever order they were entered in. */
static void each_tag(struct line_maker *m, const char *map, int max,
		     void (*fn)(struct line_maker *m, int tag, const cJSON *e))
{
	const cJSON *entries = cfg_map(m->phone->item, map);

	for (int tag = 1; entries && entries->child && tag <= max; tag++) {
		char key[12];
		const cJSON *e;

		snprintf(key, sizeof(key), "%d", tag);
		e = cJSON_GetObjectItemCaseSensitive(entries, key);
		if (e)
			fn(m, tag, e);
	}
}

static void on_number(struct line_maker *m, int tag, const cJSON *e)
{
	if (cJSON_IsNumber(e) && (unsigned)tag <= m->keys)
		line(m, tag, e->valueint);
}

static void on_speed_dial(struct line_maker *m, int tag, const cJSON *e)
{
	(void)tag;
	dial_key(m, FEATURE_SPEED_DIAL, e);
}

static void on_blf(struct line_maker *m, int tag, const cJSON *e)
{
	(void)tag;
	dial_key(m, FEATURE_BLF, e);
}

static void sip_lines(struct line_maker *m)
{
	xml_open(m->x, "sipLines", NULL);
	each_tag(m, "numbers", LINES_MAX, on_number);
	each_tag(m, "speed_dials", LINES_MAX - 1, on_speed_dial);
	each_tag(m, "blf_speed_dials", LINES_MAX - 1, on_blf);
	xml_close(m->x);
}

/* ---- sipProfile ---- */

static void call_features(struct xml *x, const struct site *s, const struct phone *p)
{
	static const char *const uris[][2] = {
		{ "callForwardURI", "x-cisco-serviceuri-cfwdall" },
		{ "callPickupURI", "x-cisco-serviceuri-pickup" },
		{ "callPickupListURI", "x-cisco-serviceuri-opickup" },
		{ "callPickupGroupURI", "x-cisco-serviceuri-gpickup" },
		{ "meetMeServiceURI", "x-cisco-serviceuri-meetme" },
		{ "abbreviatedDialURI", "x-cisco-serviceuri-abbrdial" },
	};

	xml_open(x, "sipCallFeatures", NULL);
	xml_bool(x, "cnfJoinEnabled", cfg_bool(p->obj, p->item, "keep_conference"));
	for (size_t i = 0; i < ARRAY_LEN(uris); i++)
		xml_text(x, uris[i][0], uris[i][1]);
	xml_bool(x, "rfc2543Hold", false);
	xml_int(x, "callHoldRingback", s->hold_alert ? 3 : 2);
	xml_bool(x, "localCfwdEnable", true);
	xml_bool(x, "semiAttendedTransfer", template_bool(p, "transfer_attended_softkey"));
	xml_int(x, "anonymousCallBlock", off_on(p, template_bool(p, "anonymous_block")));
	xml_int(x, "callerIdBlocking", off_on(p, template_bool(p, "caller_id_block")));
	xml_int(x, "dndControl",
		template_bool(p, "dnd_control_softkey") ? DND_BY_USER : DND_LOCKED_OFF);
	xml_bool(x, "remoteCcEnable", false); /* x-cisco-remotecc requests are not answered */
	xml_close(x);
}

static void sip_stack(struct xml *x, const struct site *s)
{
	xml_open(x, "sipStack", NULL);
	xml_int(x, "sipInviteRetx", 6);
	xml_int(x, "sipRetx", 10);
	xml_int(x, "timerInviteExpires", 180);
	xml_int(x, "timerRegisterExpires", s->register_expires_s);
	xml_int(x, "timerRegisterDelta", 5);
	xml_int(x, "timerKeepAliveExpires", s->keepalive_s);
	xml_int(x, "timerSubscribeExpires", 120);
	xml_int(x, "timerSubscribeDelta", 5);
	xml_int(x, "timerT1", 500);
	xml_int(x, "timerT2", 4000);
	xml_int(x, "maxRedirects", s->max_redirects);
	xml_bool(x, "remotePartyID", true);
	xml_text(x, "userInfo", "Phone");
	xml_close(x);
}

/* The default of a pool (g729r8) is that of the router's dial peer, not of the phone: none. */
static const char *codec_text(const char *codec)
{
	return codec && strncmp(codec, "g711", 4) == 0 ? codec : "none";
}

static const char *dtmf_text(const struct phone *p)
{
	const cJSON *methods = cJSON_GetObjectItemCaseSensitive(p->item, "dtmf_relay"), *e;

	if (!methods)
		return "avt";
	cJSON_ArrayForEach (e, methods) {
		if (cJSON_IsString(e) && strcmp(e->valuestring, "rtp-nte") == 0)
			return "avt";
	}
	return "none";
}

/* 79xx show no label that has a blank in it. */
static void phone_label(struct xml *x, const struct phone *p, const char *number)
{
	const char *text = const_or(cfg_str(p->obj, p->item, "description"), number);
	char label[PHONE_LABEL * 4 + 1];

	if (!text)
		text = "";
	(void)text_copy(label, sizeof(label), text);
	for (char *c = label; p->model->family == FAMILY_79 && *c; c++) {
		if (*c == ' ')
			*c = '_';
	}
	xml_text_max(x, "phoneLabel", label, PHONE_LABEL);
}

/* Number of the first line that will be written: the label of a phone without a description. */
static const char *first_number(struct line_maker *m)
{
	const cJSON *numbers = cfg_map(m->phone->item, "numbers"), *dn;

	for (unsigned tag = 1; numbers && tag <= m->keys; tag++) {
		char key[12];
		const cJSON *e;
		const char *number;

		snprintf(key, sizeof(key), "%u", tag);
		e = cJSON_GetObjectItemCaseSensitive(numbers, key);
		number = cJSON_IsNumber(e) ? dn_number(m, e->valueint, &dn) : NULL;
		if (number && number[0])
			return number;
	}
	return NULL;
}

static void media(struct xml *x, const struct phone *p)
{
	xml_bool(x, "enableVad", cfg_bool(p->obj, p->item, "vad"));
	xml_text(x, "preferredCodec", codec_text(cfg_str(p->obj, p->item, "codec")));
	xml_int(x, "dtmfAvtPayload", 101);
	xml_int(x, "dtmfDbLevel", 3);
	xml_text(x, "dtmfOutofBand", dtmf_text(p));
	xml_int(x, "kpml", cfg_bool(p->obj, p->item, "digit_collect_kpml"));
}

static void sip_profile(struct xml *x, const struct site *s, const struct phone *p)
{
	struct line_maker m = { .x = x, .site = s, .phone = p, .keys = phone_keys(p) };

	if (m.keys == 0 || m.keys > LINES_MAX)
		m.keys = LINES_MAX;
	xml_open(x, "sipProfile", NULL);
	xml_open(x, "sipProxies", NULL);
	xml_bool(x, "registerWithProxy", true);
	xml_close(x);
	call_features(x, s, p);
	sip_stack(x, s);
	media(x, p);
	phone_label(x, p, first_number(&m));
	xml_int(x, "stutterMsgWaiting", 0);
	xml_int(x, "startMediaPort", 16384);
	xml_int(x, "stopMediaPort", 32766);
	xml_bool(x, "natEnabled", false);
	xml_int(x, "voipControlPort", 5060);
	xml_int(x, "dscpForAudio", p->side->dscp_media * 4);
	xml_int(x, "dscpVideo", p->side->dscp_video * 4);
	sip_lines(&m);
	xml_close(x);
}

static void common_profile(struct xml *x, const struct phone *p)
{
	xml_open(x, "commonProfile", NULL);
	xml_text(x, "phonePassword", NULL);
	xml_int(x, "callLogBlfEnabled", off_on(p, cfg_bool(p->obj, p->item, "presence_call_list")));
	xml_close(x);
}

void sep_sip(struct xml *x, const struct site *s, const struct phone *p)
{
	const char *transport = cfg_str(p->obj, p->item, "session_transport");

	xml_open(x, "device", NULL);
	xml_bool(x, "fullConfig", true);
	xml_text(x, "deviceProtocol", "SIP");
	xml_int(x, "ipAddressMode", sep_ip_mode(s, p));
	sep_olson_data(x, p);
	xml_open(x, "devicePool", NULL);
	sep_date_time(x, s, p);
	sep_servers(x, s, p);
	xml_close(x);
	sip_profile(x, s, p);
	common_profile(x, p);
	sep_load(x, p);
	sep_modules(x, p);
	sep_vendor(x, s, p);
	xml_text(x, "versionStamp", NULL);
	sep_locale(x, p);
	xml_int(x, "deviceSecurityMode", 1);
	xml_int(x, "idleTimeout", 0);
	sep_urls(x, p);
	xml_int(x, "transportLayerProtocol", transport && strcmp(transport, "tcp") == 0 ? 1 : 2);
}
