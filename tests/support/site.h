/* tests/support/site.h - a small made-up site for tests of phone files: two SCCP and three SIP phones.
 * Addresses are of RFC 5737. Header only: it needs the schema, and only these tests want that. */
#ifndef TESTS_SUPPORT_SITE_H
#define TESTS_SUPPORT_SITE_H

#include "tests/support/store_rig.h"

#include <stdio.h>
#include <string.h>

#include "server/core/mem.h"
#include "store/schema/schema.h"

struct site_op {
	const char *path, *json; /* json NULL: delete */
};

static const struct site_op site_ops[] = {
	{ "telephony-service",
	  "{\"max_ephones\":100,\"max_dn\":1000,\"source_addresses\":{\"ipv4\":{\"address\":\"192."
	  "0.2.10\","
	  "\"secondary\":\"192.0.2.11\"}},\"cnf_file\":{\"location\":\"flash\",\"mode\":"
	  "\"perphone\"},"
	  "\"time_zone\":23,\"date_format\":\"dd-mm-yy\",\"time_format\":24,"
	  "\"loads\":{\"7941\":\"SCCP41.9-4-2SR3-1S.loads\",\"7960-7940\":\"P00308010200\"},"
	  "\"service_phone\":{\"webAccess\":\"0\",\"settingsAccess\":\"1\",\"spanToPCPort\":\"1\"},"
	  "\"urls\":{\"directories\":{\"url\":\"http://192.0.2.10/dir?a=1&b=2\"},"
	  "\"services\":{\"url\":\"http://192.0.2.10/svc\"}}}" },
	{ "voice-service/voip",
	  "{\"sip\":{\"registrar_server\":{\"enabled\":true,\"max\":600,\"min\":60}}}" },
	{ "voice-register/global",
	  "{\"mode\":\"cme\",\"source_address\":{\"address\":\"192.0.2.10\",\"port\":5060},"
	  "\"max_pool\":2000,\"max_dn\":2000,\"time_zone\":23,\"date_format\":\"d/m/"
	  "y\",\"time_format\":24,\"ntp_server\":{\"address\":\"192.0.2.10\",\"mode\":\"unicast\"},"
	  "\"loads\":{\"7962\":\"SIP42.9-4-2SR3-1S\",\"8841\":\"sip88xx.12-8-1-0001-455\"},"
	  "\"voicemail\":"
	  "\"2900\"}" },
	{ "voice-register/dns/1",
	  "{\"number\":\"2012\",\"name\":\"Lab (12) + \\u00d6st\",\"label\":\"Lab 12\"}" },
	{ "voice-register/dns/2",
	  "{\"number\":\"2013\",\"shared_line\":{\"enabled\":true,\"max_calls\":6}}" },
	{ "voice-register/dns/3", "{\"number\":\"2014\",\"name\":\"Kitchen\"}" },
	{ "voice-register/pools/1",
	  "{\"id\":{\"kind\":\"mac\",\"mac\":\"0011.2233.4455\"},\"phone_type\":\"7962\","
	  "\"numbers\":"
	  "{\"1\":1,\"3\":2},\"username\":\"lab2012\",\"password\":\"s3cret<&>PW\",\"description\":"
	  "\"Desk 12 north wing\",\"speed_dials\":{\"2\":{\"digits\":\"2001\",\"label\":\"Front "
	  "desk\"},"
	  "\"10\":{\"digits\":\"00390123\"}},\"blf_speed_dials\":{\"1\":{\"number\":\"2014\","
	  "\"label\":"
	  "\"Kitchen\"}},\"dtmf_relay\":[\"rtp-nte\"],\"codec\":\"g711ulaw\",\"vad\":false}" },
	{ "voice-register/pools/2",
	  "{\"id\":{\"kind\":\"mac\",\"mac\":\"0011.2233.4466\"},\"phone_type\":\"8841\","
	  "\"numbers\":"
	  "{\"1\":3},\"session_transport\":\"tcp\",\"username\":\"kitchen\",\"password\":\"pw\"}" },
	{ "voice-register/pools/3",
	  "{\"id\":{\"kind\":\"network\",\"address\":\"198.51.100.0\",\"mask\":\"255.255.255.0\"},"
	  "\"numbers\":{\"1\":2}}" },
	{ "ephone-dns/1", "{\"number\":\"1001\",\"name\":\"Reception\"}" },
	{ "ephone-dns/2", "{\"number\":\"1002\"}" },
	{ "ephones/1",
	  "{\"mac_address\":\"000A.000B.0001\",\"phone_type\":\"7941\",\"buttons\":{\"1\":"
	  "{\"separator\":\":\",\"dns\":[1]}}}" },
	{ "ephones/2",
	  "{\"mac_address\":\"000A.000B.0002\",\"phone_type\":\"7960\",\"addon1\":\"7914\","
	  "\"buttons\":{\"1\":{\"separator\":\":\",\"dns\":[2]}}}" },
	{ NULL, NULL },
};

/* Stages one operation as an administrator would. */
static inline void site_stage(struct conf *c, const char *path, const char *json)
{
	struct faults f;
	cJSON *v = json ? cJSON_Parse(json) : NULL;

	faults_init(&f);
	assert_true(!json || v);
	if (schema_edit(c, json ? OP_PATCH : OP_DELETE, path, v, &f, NULL))
		fail_msg("%s: %s: %s", path, f.n ? f.list[0].field : "",
			 f.n ? f.list[0].detail : "");
	cJSON_Delete(v);
	faults_fini(&f);
}

static inline uint64_t site_commit(struct store_rig *r, struct conf *c)
{
	struct store_commit info = { .who = "test" };

	assert_int_equal(store_commit(r->store, c, &info), 0);
	conf_close(c);
	return info.revision;
}

static inline uint64_t site_apply(struct store_rig *r, const struct site_op *ops)
{
	struct conf *c = store_rig_conf(r);

	for (; ops->path; ops++)
		site_stage(c, ops->path, ops->json);
	return site_commit(r, c);
}

static inline uint64_t site_set(struct store_rig *r, const char *path, const char *json)
{
	return site_apply(r, (const struct site_op[]){ { path, json }, { NULL, NULL } });
}

static inline int site_setup(void **state)
{
	int rc = store_rig_setup(state);

	if (!rc)
		site_apply(*state, site_ops);
	return rc;
}

#endif
