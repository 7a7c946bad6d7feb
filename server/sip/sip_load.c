/* server/sip/sip_load.c - see sip_load.h. */
#include "server/sip/sip_load.h"

#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/conf.h"
#include "store/schema/schema.h"
#include "store/store.h"

#define GLOBAL  "voice-register/global"
#define POOLS   "voice-register/pools"
#define DNS     "voice-register/dns"
#define VOIP    "voice-service/voip"
#define DNS_MAX 114 /* numbers of a pool */

struct loading {
	struct store *store;
	struct sip_conf *conf;
};

static uint32_t tag_of(const char *key)
{
	int64_t v;

	return text_to_int(key, strlen(key), 1, UINT32_MAX, &v) ? 0 : (uint32_t)v;
}

static void load_settings(struct conf *c, struct sip_settings *s)
{
	const struct schema_object *g = schema_object(GLOBAL), *v = schema_object(VOIP);
	const cJSON *global = conf_get(c, GLOBAL), *voip = conf_get(c, VOIP);
	const char *mode = cfg_str(g, global, "mode");
	const char *address = cfg_str(g, global, "source_address.address");
	const char *realm = cfg_str(g, global, "authenticate.realm");
	int64_t dscp = cfg_int(g, global, "dscp.signaling");

	memset(s, 0, sizeof(*s));
	s->registrar = cfg_bool(v, voip, "sip.registrar_server.enabled");
	s->expires_max_s = (uint32_t)cfg_int(v, voip, "sip.registrar_server.max");
	s->expires_min_s = (uint32_t)cfg_int(v, voip, "sip.registrar_server.min");
	s->mode_cme = mode && (!strcmp(mode, "cme") || !strcmp(mode, "cme-app"));
	s->authenticate = cfg_bool(g, global, "authenticate.enabled");
	/* The newer form `authenticate register` asks everybody too. */
	s->authenticate_all = (s->authenticate && cfg_bool(g, global, "authenticate.all")) ||
			      cfg_map(global, "authenticate.services.register");
	s->port = (uint16_t)cfg_int(g, global, "source_address.port");
	s->dscp = dscp >= 0 && dscp <= 63 ? (unsigned)dscp : 24;
	s->max_pool = (uint32_t)cfg_int(g, global, "max_pool");
	s->max_dn = (uint32_t)cfg_int(g, global, "max_dn");
	(void)text_copy(s->address, sizeof(s->address), address ? address : "");
	(void)text_copy(s->realm, sizeof(s->realm), realm ? realm : s->address);
}

/* `numbers` maps a line to the tag of its directory number. */
static size_t load_lines(const cJSON *item, uint32_t *dns)
{
	const cJSON *line;
	size_t n = 0;

	cJSON_ArrayForEach (line, cfg_map(item, "numbers")) {
		const cJSON *v =
		    cJSON_IsObject(line) ? cJSON_GetObjectItemCaseSensitive(line, "dn") : line;

		if (cJSON_IsNumber(v) && v->valuedouble >= 1 && v->valuedouble <= UINT32_MAX &&
		    n < DNS_MAX)
			dns[n++] = (uint32_t)v->valuedouble;
	}
	return n;
}

static enum sip_id_kind kind_of(const char *s)
{
	static const char *const names[] = {
		[SIP_ID_MAC] = "mac", [SIP_ID_IP] = "ip", [SIP_ID_NETWORK] = "network"
	};

	for (size_t i = SIP_ID_MAC; s && i < ARRAY_LEN(names); i++)
		if (!strcmp(s, names[i]))
			return (enum sip_id_kind)i;
	return SIP_ID_NONE;
}

static void load_pool(struct loading *l, uint32_t tag, const cJSON *item)
{
	const struct schema_object *o = schema_object(POOLS);
	char password[256] = "";
	uint32_t dns[DNS_MAX];
	struct sip_pool_row row = { .dns = dns };

	if (!item) {
		sip_conf_put_pool(l->conf, tag, NULL);
		return;
	}
	row.kind = kind_of(cfg_str(o, item, "id.kind"));
	row.mac = cfg_str(o, item, "id.mac");
	row.address = cfg_str(o, item, "id.address");
	row.mask = cfg_str(o, item, "id.mask");
	row.username = cfg_str(o, item, "username");
	row.phone_type = cfg_str(o, item, "phone_type");
	row.n_dns = load_lines(item, dns);
	if (!cfg_secret(l->store, item, "password", password, sizeof(password)))
		row.password = password;
	sip_conf_put_pool(l->conf, tag, &row);
	mem_wipe(password, sizeof(password));
}

static int on_pool(void *ctx, const char *key, const cJSON *item)
{
	if (tag_of(key))
		load_pool(ctx, tag_of(key), item);
	return 0;
}

static int on_dn(void *ctx, const char *key, const cJSON *item)
{
	struct loading *l = ctx;

	if (tag_of(key))
		sip_conf_put_dn(l->conf, tag_of(key),
				item ? cfg_str(schema_object(DNS), item, "number") : NULL);
	return 0;
}

static int on_change(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	(void)before;
	if (!strncmp(path, POOLS "/", sizeof(POOLS)))
		return on_pool(ctx, path + sizeof(POOLS), after);
	if (!strncmp(path, DNS "/", sizeof(DNS)))
		return on_dn(ctx, path + sizeof(DNS), after);
	return 0;
}

static int load_all(struct conf *c, struct loading *l)
{
	int err;

	sip_conf_clear(l->conf);
	err = conf_each(c, DNS, NULL, on_dn, l);
	return err ? err : conf_each(c, POOLS, NULL, on_pool, l);
}

int sip_load(struct store *store, struct sip_conf *conf, uint64_t *since)
{
	struct loading l = { store, conf };
	struct sip_settings s;
	struct conf *c;
	bool all;
	int err = conf_open_now(store, &c);

	if (err)
		return err;
	load_settings(c, &s);
	all = sip_conf_set(conf, &s) || !*since;
	if (!all) {
		err = conf_changed_since(c, *since, on_change, &l);
		all = err == ERR_GONE;
	}
	if (all)
		err = load_all(c, &l);
	if (!err)
		*since = conf_revision(c);
	conf_close(c);
	return err;
}
