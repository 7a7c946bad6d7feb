/* tests/unit/test_phones.c - the table of devices: steps, registrations, addresses, verdicts,
 * attempts, pages. The clock moves when the test says so. */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/phones/phones_int.h"
#include "store/schema/constants.h"

#define A  "SEP0011223344AA"
#define B  "SEP0011223344BB"
#define T0 1700000000000000000

struct rig {
	struct clock_fake clock;
	struct loop *loop;
	struct phones *p;
	struct net_addr peer, other;
	char acted[64];
	enum phone_action action;
};

static int rig_new(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));

	clock_fake_init(&r->clock, T0);
	assert_int_equal(loop_new(&r->loop, "test", &r->clock.clock), 0);
	loop_set_owner(r->loop);
	assert_int_equal(phones_new(&r->p, r->loop, NULL), 0);
	net_addr_parse(&r->peer, "192.0.2.1", 5060);
	net_addr_parse(&r->other, "192.0.2.2", 5060);
	*state = r;
	return 0;
}

static int rig_free(void **state)
{
	struct rig *r = *state;

	phones_free(r->p);
	loop_free(r->loop);
	mem_free(r);
	return 0;
}

static void configure(struct rig *r, const char *path, const char *json)
{
	cJSON *o = json ? cJSON_Parse(json) : NULL;

	assert_true(!json || o);
	phones_conf_apply(r->p, path, o);
	cJSON_Delete(o);
}

static void configure_both(struct rig *r)
{
	configure(r, "voice-register/dns/7", "{\"number\":\"2001\",\"name\":\"Reception\"}");
	configure(r, "voice-register/pools/3",
		  "{\"id\":{\"kind\":\"mac\",\"mac\":\"0011223344AA\"},\"phone_type\":\"7962\","
		  "\"numbers\":{\"2\":9,\"1\":7}}");
	configure(r, "ephone-dns/5", "{\"number\":\"1001\",\"label\":\"Desk\"}");
	configure(
	    r, "ephones/4",
	    "{\"mac_address\":\"0011223344BB\",\"phone_type\":\"7941\",\"description\":\"Lab\","
	    "\"buttons\":{\"1\":{\"separator\":\":\",\"dns\":[5]}}}");
}

static void fetch(struct rig *r, const char *name, enum phone_step step, const char *note)
{
	struct phones_file f = {
		.peer = r->peer, .transport = "tftp", .step = step, .bytes = 4000
	};

	strcpy(f.name, name);
	strcpy(f.note, note);
	phones_file(r->p, &f);
}

static void sign_on(struct rig *r, const char *device, enum phone_protocol proto)
{
	struct phone_reg reg = { .protocol = proto,
				 .peer = r->peer,
				 .transport = "udp",
				 .model = "7962",
				 .firmware = "SIP42.9-4-2",
				 .lines = 1,
				 .expires_s = 3600 };

	phones_registered(r->p, device, &reg);
}

static const char *verdict(struct rig *r, const char *device)
{
	static struct verdict v;
	const struct phone *ph = phone_find(r->p, device);

	assert_non_null(ph);
	phone_verdict(r->p, ph, &v);
	assert_null(strchr(v.text, '{'));
	assert_null(strchr(v.action, '{'));
	return v.code;
}

static unsigned count_steps(struct rig *r, const char *device)
{
	const struct phone *ph = phone_find(r->p, device);

	return ph ? ph->timeline.n : 0;
}

static struct timeline_step last_step(struct rig *r, const char *device)
{
	const struct phone *ph = phone_find(r->p, device);
	struct timeline_step s = { 0 };
	size_t at = 0;

	assert_non_null(ph);
	while (timeline_next(&ph->timeline, &at, &s))
		;
	return s;
}

/* ---- names ---- */
static void any_spelling_of_a_mac_names_the_device(void **state)
{
	static const char *const rows[][2] = {
		{ "001122334455", "SEP001122334455" },
		{ "0011.2233.44ff", "SEP0011223344FF" },
		{ "00:11:22:33:44:ff", "SEP0011223344FF" },
		{ "sep0011223344ff", "SEP0011223344FF" },
		{ "ATA0011223344FF", "ATA0011223344FF" },
		{ "192.0.2.7", "192.0.2.7" },
		{ "POOL4@192.0.2.7:5061", "POOL4@192.0.2.7:5061" },
	};
	char out[DEVICE_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(phones_device_parse(rows[i][0], out), 0);
		assert_string_equal(out, rows[i][1]);
	}
	assert_int_equal(phones_device_parse("", out), ERR_MALFORMED);
	assert_int_equal(phones_device_parse("SEP00112233445", out), ERR_MALFORMED);
	assert_int_equal(phones_device_parse("POOL@192.0.2.7:5061", out), ERR_MALFORMED);
	assert_int_equal(phones_device_parse("POOL1@nowhere", out), ERR_MALFORMED);
	assert_int_equal(phones_device_parse("../../etc/passwd", out), ERR_MALFORMED);
}

/* provisioning 1.2: the names that carry the MAC of their phone. */
static void a_file_name_tells_its_phone(void **state)
{
	static const char *const yes[] = { "SEP0011223344AA.cnf.xml",
					   "CTLSEP0011223344AA.tlv",
					   "ITLSEP0011223344aa.tlv",
					   "SIP0011223344AA.cnf",
					   "./cfg/SIP0011223344AA.cnf",
					   "MGC0011223344AA.cnf",
					   "SEP0011223344AA.cnf.xml.sgn",
					   "ld0011223344aa",
					   "gk0011223344aa" };
	static const char *const no[] = { "XMLDefault.cnf.xml",
					  "SEPDefault.cnf",
					  "SIPDefault.cnf",
					  "SEP0011223344.cnf.xml",
					  "SEP0011223344AABB.cnf.xml",
					  "",
					  "SIP42.9-4-2SR3-1S.loads" };
	char out[DEVICE_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		assert_int_equal(phones_device_of_file(yes[i], out), 0);
		assert_string_equal(out, A);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_int_equal(phones_device_of_file(no[i], out), ERR_NOENT);
	assert_int_equal(phones_device_of_file("ATA0011223344AA.cnf.xml", out), 0);
	assert_string_equal(out, "ATA0011223344AA");
}

/* ---- timelines ---- */
static void the_last_64_steps_are_kept(void **state)
{
	struct rig *r = *state;
	const struct phone *ph;
	struct timeline_step s;
	size_t at = 0;

	for (int i = 0; i < 200; i++)
		phones_step(r->p, A, &r->peer, STEP_REGISTERING, "step %d", i);
	ph = phone_find(r->p, A);
	assert_int_equal(ph->timeline.n, PHONES_STEPS);
	assert_int_equal(ph->timeline.dropped, 200 - PHONES_STEPS);
	assert_true(timeline_next(&ph->timeline, &at, &s));
	assert_string_equal(s.detail, "step 136");
	assert_string_equal(last_step(r, A).detail, "step 199");
}

static void long_steps_stay_within_the_memory_of_a_phone(void **state)
{
	struct rig *r = *state;
	char text[400];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	for (int i = 0; i < 200; i++)
		phones_step(r->p, A, &r->peer, STEP_REGISTERING, "%d%s", i, text);
	assert_true(phone_find(r->p, A)->timeline.cap <= TIMELINE_BYTES);
	assert_int_equal(strlen(last_step(r, A).detail), PHONES_DETAIL_MAX);
}

static void equal_steps_in_a_row_are_counted(void **state)
{
	struct rig *r = *state;

	for (int i = 0; i < 5; i++) {
		fetch(r, "SEP0011223344AA.cnf.xml", STEP_FILE_MISSING, "");
		clock_fake_advance_ms(&r->clock, 15000);
	}
	assert_int_equal(count_steps(r, A), 1);
	assert_int_equal(last_step(r, A).count, 5);
	assert_int_equal(last_step(r, A).span_ms, 60000);
	assert_int_equal(last_step(r, A).at_ms, T0 / 1000000);
}

static void what_a_peer_says_is_made_printable(void **state)
{
	struct rig *r = *state;

	phones_step(r->p, A, &r->peer, STEP_ALARM, "%s", "bad\r\n\033[31mname \xff\xfe");
	assert_string_equal(last_step(r, A).detail, "bad???[31mname ??");
}

/* ---- addresses ---- */
static void a_report_by_address_lands_on_the_phone_last_seen_there(void **state)
{
	struct rig *r = *state;

	fetch(r, "SEP0011223344AA.cnf.xml", STEP_FILE_SENT, "");
	fetch(r, "XMLDefault.cnf.xml", STEP_FILE_SENT, "");
	assert_int_equal(count_steps(r, A), 2);
	fetch(r, "SEP0011223344BB.cnf.xml", STEP_FILE_SENT, "");
	phones_time(r->p, &r->peer);
	assert_int_equal(last_step(r, B).step, STEP_TIME_ASKED);
	assert_int_equal(count_steps(r, A), 2);
}

static void a_strangers_story_becomes_the_phones_when_it_tells_its_name(void **state)
{
	struct rig *r = *state;

	fetch(r, "ITLFile.tlv", STEP_FILE_MISSING, "");
	assert_string_equal(phone_state(r->p, phone_find(r->p, "192.0.2.1")), "unknown");
	clock_fake_advance_ms(&r->clock, 1000);
	fetch(r, "SEP0011223344AA.cnf.xml", STEP_FILE_SENT, "");
	assert_null(phone_find(r->p, "192.0.2.1"));
	assert_int_equal(count_steps(r, A), 2);
	assert_int_equal(phone_find(r->p, A)->count.files_missing, 1);
}

static void a_stranger_that_only_asks_the_time_is_not_entered(void **state)
{
	struct rig *r = *state;

	phones_time(r->p, &r->peer);
	assert_int_equal(r->p->n, 0);
}

/* Anybody can ask for anybody's file. */
static void asking_for_a_registered_phones_file_does_not_move_it(void **state)
{
	struct rig *r = *state;

	configure_both(r);
	sign_on(r, A, PHONE_SIP);
	r->peer = r->other;
	fetch(r, "SEP0011223344AA.cnf.xml", STEP_FILE_SENT, "");
	assert_non_null(strstr(last_step(r, A).detail, "(from 192.0.2.2)"));
	net_addr_parse(&r->peer, "192.0.2.1", 5060);
	assert_true(net_addr_same_host(&phone_find(r->p, A)->peer, &r->peer));
	sign_on(r, A, PHONE_SIP);
	assert_int_equal(phone_find(r->p, A)->count.refreshes, 1);
	r->peer = r->other;
	sign_on(r, A, PHONE_SIP);
	assert_true(net_addr_same_host(&phone_find(r->p, A)->peer, &r->other));
}

static void unknown_askers_are_bounded_and_the_oldest_goes(void **state)
{
	struct rig *r = *state;
	char name[64];

	configure_both(r);
	for (int i = 0; i < PHONES_UNKNOWN_MAX + 50; i++) {
		snprintf(name, sizeof(name), "SEP0000%08X.cnf.xml", (unsigned)i);
		fetch(r, name, STEP_FILE_MISSING, "");
		if (i == 500) /* seen again, it is young again */
			fetch(r, "SEP000000000000.cnf.xml", STEP_FILE_MISSING, "");
	}
	assert_int_equal(r->p->n_loose, PHONES_UNKNOWN_MAX);
	assert_int_equal(r->p->n, PHONES_UNKNOWN_MAX + 2);
	assert_non_null(phone_find(r->p, "SEP000000000000"));
	assert_null(phone_find(r->p, "SEP000000000001"));
	assert_non_null(phone_find(r->p, A));
	assert_int_equal(r->p->totals.evicted, 50);
	assert_int_equal(r->p->n_places, 1);
}

/* ---- registrations ---- */
static void a_refresh_is_counted_and_no_step(void **state)
{
	struct rig *r = *state;

	sign_on(r, A, PHONE_SIP);
	assert_true(phones_is_registered(r->p, A, PHONE_SIP));
	assert_false(phones_is_registered(r->p, A, PHONE_SCCP));
	for (int i = 0; i < 10; i++) {
		phones_step(r->p, A, &r->peer, STEP_CHALLENGED, "%s", "");
		sign_on(r, A, PHONE_SIP);
		phones_keepalive(r->p, A);
	}
	assert_int_equal(count_steps(r, A), 1);
	assert_int_equal(phone_find(r->p, A)->count.refreshes, 10);
	assert_int_equal(phone_find(r->p, A)->count.challenges, 10);
	assert_int_equal(phone_find(r->p, A)->count.keepalives, 10);
	assert_int_equal(phones_registered_count(r->p, PHONE_SIP), 1);
}

static void signing_off_by_the_other_protocol_changes_nothing(void **state)
{
	struct rig *r = *state;

	sign_on(r, A, PHONE_SIP);
	phones_unregistered(r->p, A, PHONE_SCCP, STEP_UNREGISTERED, "x");
	assert_true(phones_is_registered(r->p, A, PHONE_SIP));
	phones_unregistered(r->p, A, PHONE_SIP, STEP_EXPIRED, "after 3600 s");
	phones_unregistered(r->p, A, PHONE_SIP, STEP_EXPIRED, "after 3600 s");
	assert_int_equal(phones_registered_count(r->p, PHONE_SIP), 0);
	assert_int_equal(phone_find(r->p, A)->count.losses, 1);
	assert_int_equal(last_step(r, A).step, STEP_EXPIRED);
}

static void a_change_of_protocol_counts_each_once(void **state)
{
	struct rig *r = *state;

	sign_on(r, A, PHONE_SIP);
	sign_on(r, A, PHONE_SCCP);
	assert_int_equal(phones_registered_count(r->p, PHONE_SIP), 0);
	assert_int_equal(phones_registered_count(r->p, PHONE_SCCP), 1);
}

static void a_contact_of_a_pool_without_mac_belongs_to_its_pool(void **state)
{
	struct rig *r = *state;
	const struct phone_conf *c;

	configure(r, "voice-register/pools/8", "{\"phone_type\":\"7962\",\"numbers\":{\"1\":7}}");
	assert_int_equal(r->p->n, 0);
	sign_on(r, "POOL8@192.0.2.1:5060", PHONE_SIP);
	c = phone_conf_of(r->p, phone_find(r->p, "POOL8@192.0.2.1:5060"));
	assert_non_null(c);
	assert_int_equal(c->tag, 8);
	phones_unregistered(r->p, "POOL8@192.0.2.1:5060", PHONE_SIP, STEP_UNREGISTERED, "");
	configure(r, "voice-register/pools/8", NULL);
	assert_string_equal(phone_state(r->p, phone_find(r->p, "POOL8@192.0.2.1:5060")), "unknown");
}

/* ---- configuration ---- */
static void a_phone_follows_its_entry(void **state)
{
	struct rig *r = *state;

	configure_both(r);
	assert_int_equal(r->p->n, 2);
	assert_string_equal(phone_state(r->p, phone_find(r->p, A)), "unregistered");
	configure(r, "voice-register/pools/3", /* another MAC */
		  "{\"id\":{\"kind\":\"mac\",\"mac\":\"0011223344CC\"}}");
	assert_null(phone_find(r->p, A)); /* it was never seen */
	assert_non_null(phone_find(r->p, "SEP0011223344CC"));
	sign_on(r, B, PHONE_SCCP);
	configure(r, "ephones/4", NULL);
	assert_string_equal(phone_state(r->p, phone_find(r->p, B)), "registered");
	phones_unregistered(r->p, B, PHONE_SCCP, STEP_UNREGISTERED, "");
	assert_string_equal(phone_state(r->p, phone_find(r->p, B)), "unknown");
	configure(r, "ephones/9", "{\"mac_address\":\"0011223344BB\"}");
	assert_string_equal(phone_state(r->p, phone_find(r->p, B)), "unregistered");
	assert_int_equal(r->p->n_loose, 0);
}

static void a_mac_that_moves_to_another_entry_stays_one_phone(void **state)
{
	struct rig *r = *state;

	configure(r, "ephones/1", "{\"mac_address\":\"0011223344AA\"}");
	configure(r, "ephones/2", "{\"mac_address\":\"0011223344AA\"}");
	configure(r, "ephones/1", "{\"mac_address\":\"0011223344BB\"}");
	assert_int_equal(phone_find(r->p, A)->conf->tag, 2);
	assert_int_equal(phone_find(r->p, B)->conf->tag, 1);
	configure(r, "ephones/1", NULL);
	configure(r, "ephones/2", NULL);
	assert_int_equal(r->p->n, 0);
}

static void an_ata_is_named_so(void **state)
{
	struct rig *r = *state;

	configure(r, "ephones/1", "{\"mac_address\":\"0011223344AA\",\"phone_type\":\"ata\"}");
	assert_non_null(phone_find(r->p, "ATA0011223344AA"));
}

static void odd_configuration_does_no_harm(void **state)
{
	struct rig *r = *state;

	configure(r, "ephones/0", "{\"mac_address\":\"0011223344AA\"}");
	configure(r, "ephones/x", "{\"mac_address\":\"0011223344AA\"}");
	configure(r, "ephones/99999999", "{\"mac_address\":\"0011223344AA\"}");
	configure(r, "ephones", "{}");
	configure(r, "telephony-service", "{\"keepalive\":30}");
	assert_int_equal(r->p->n, 0);
	configure(r, "ephones/1",
		  "{\"mac_address\":\"0011223344AA\",\"buttons\":{\"x\":{},\"1\":{\"dns\":[]},"
		  "\"2\":{\"dns\":[\"5\"]},\"3\":7,\"4\":null}}");
	assert_int_equal(phone_find(r->p, A)->conf->n_lines, 2);
	configure(r, "ephone-dns/5", NULL);
}

/* ---- verdicts ---- */
static void the_verdict_follows_a_phone_from_the_box_to_its_registration(void **state)
{
	struct rig *r = *state;

	configure_both(r);
	assert_string_equal(verdict(r, A), "never_seen");
	fetch(r, "CTLSEP0011223344AA.tlv", STEP_FILE_MISSING, "");
	assert_string_equal(verdict(r, A), "booting");
	clock_fake_advance_ms(&r->clock, 120000);
	assert_string_equal(verdict(r, A), "not_provisioned");
	fetch(r, "XMLDefault.cnf.xml", STEP_FILE_SENT, "");
	clock_fake_advance_ms(&r->clock, 120000);
	assert_string_equal(verdict(r, A), "only_default_file");
	fetch(r, "SEP0011223344AA.cnf.xml", STEP_FILE_SENT, "");
	assert_string_equal(verdict(r, A), "booting");
	clock_fake_advance_ms(&r->clock, 120000);
	assert_string_equal(verdict(r, A), "fetched_not_registered");
	phones_rejected(r->p, A, PHONE_SIP, &r->peer, "2001", NULL, 401, REJECT_PASSWORD);
	assert_string_equal(verdict(r, A), "wrong_password");
	sign_on(r, A, PHONE_SIP);
	assert_string_equal(verdict(r, A), "registered");
	phones_unregistered(r->p, A, PHONE_SIP, STEP_EXPIRED, "");
	assert_string_equal(verdict(r, A), "expired");
	sign_on(r, A, PHONE_SIP);
	phones_unregistered(r->p, A, PHONE_SIP, STEP_UNREGISTERED, "by the phone");
	assert_string_equal(verdict(r, A), "unregistered");
	sign_on(r, A, PHONE_SIP);
	phones_unregistered(r->p, A, PHONE_SIP, STEP_TRANSPORT_DOWN, "the phone closed it");
	assert_string_equal(verdict(r, A), "connection_closed");
	clock_fake_advance_ms(&r->clock, 1000);
	fetch(r, "SEP0011223344AA.cnf.xml", STEP_FILE_SENT, "");
	assert_string_equal(verdict(r, A), "booting");
}

static void the_verdict_names_a_missing_file_and_the_nearest(void **state)
{
	struct rig *r = *state;
	struct verdict v;

	configure_both(r);
	fetch(r, "SEP0011223344AA.cnf.xml", STEP_FILE_SENT, "");
	fetch(r, "term62.default.loads", STEP_FILE_MISSING, "TERM62.DEFAULT.loads");
	assert_string_equal(verdict(r, A), "firmware_missing");
	phone_verdict(r->p, phone_find(r->p, A), &v);
	assert_non_null(strstr(v.text, "term62.default.loads"));
	assert_non_null(strstr(v.text, "TERM62.DEFAULT.loads"));
	fetch(r, "dialplan.xml", STEP_FILE_MISSING, "");
	assert_string_equal(verdict(r, A), "missing_file");
	phone_verdict(r->p, phone_find(r->p, A), &v);
	assert_null(strstr(v.text, "TERM62"));
	sign_on(r, A, PHONE_SIP);
	assert_string_equal(verdict(r, A), "registered_missing_file");
	fetch(r, "dialplan.xml", STEP_FILE_SENT, "");
	assert_string_equal(verdict(r, A), "registered");
	fetch(r, "English_United_States/mk-sip.jar", STEP_FILE_MISSING, ""); /* it can do without */
	assert_string_equal(verdict(r, A), "registered");
}

static void the_verdict_tells_a_phone_nobody_configured(void **state)
{
	struct rig *r = *state;

	fetch(r, "SEP0011223344AA.cnf.xml", STEP_FILE_MISSING, "SEP0011223344AB.cnf.xml");
	assert_string_equal(verdict(r, A), "not_configured");
	phones_rejected(r->p, A, PHONE_SIP, &r->peer, "2001", NULL, 403, REJECT_NO_POOL);
	assert_string_equal(verdict(r, A), "not_configured");
	sign_on(r, A, PHONE_SCCP);
	assert_string_equal(verdict(r, A), "registered_unconfigured");
}

static void each_known_refusal_has_its_verdict(void **state)
{
	static const char *const rows[][2] = {
		{ REJECT_PASSWORD, "wrong_password" },
		{ REJECT_NO_POOL, "not_configured" },
		{ REJECT_UNCONFIGURED, "not_configured" },
		{ REJECT_NUMBER ": 2999", "wrong_number" },
		{ REJECT_OTHER_NUMBER, "other_number" },
		{ REJECT_LIMIT " (24)", "limit_reached" },
		{ REJECT_BLOCKED, "blocked" },
		{ REJECT_EXPIRES, "expires_short" },
		{ REJECT_PROTOCOL, "wrong_protocol" },
		{ REJECT_ADDRESS, "wrong_address" },
		{ "the moon is full", "rejected" },
	};
	struct rig *r = *state;

	configure_both(r);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		phones_rejected(r->p, A, PHONE_SIP, &r->peer, "x", NULL, 403, rows[i][0]);
		assert_string_equal(verdict(r, A), rows[i][1]);
	}
}

static void the_verdict_knows_a_phone_that_trusts_another_server(void **state)
{
	struct rig *r = *state;

	configure_both(r);
	for (int i = 0; i < 2; i++) {
		fetch(r, "CTLSEP0011223344AA.tlv", STEP_FILE_MISSING, "");
		fetch(r, "SEP0011223344AA.cnf.xml.sgn", STEP_FILE_MISSING, "");
	}
	assert_string_equal(verdict(r, A), "trusts_another_server");
	fetch(r, "SEP0011223344AA.cnf.xml", STEP_FILE_SENT, "");
	assert_string_equal(verdict(r, A), "booting");
}

static void a_lost_keepalive_is_told(void **state)
{
	struct rig *r = *state;

	configure_both(r);
	sign_on(r, B, PHONE_SCCP);
	clock_fake_advance_ms(&r->clock, 90000);
	phones_unregistered(r->p, B, PHONE_SCCP, STEP_KEEPALIVE_LOST, "for 90 s");
	assert_string_equal(verdict(r, B), "keepalive_lost");
	fetch(r, "RINGLIST.XML", STEP_FILE_MISSING, "");
	assert_string_equal(verdict(r, B), "keepalive_lost");
}

/* ---- attempted registrations ---- */
static void an_attempt_again_brings_its_entry_up_to_date(void **state)
{
	struct rig *r = *state;
	struct attempt *list;

	phones_rejected(r->p, A, PHONE_SCCP, &r->peer, A, NULL, 0, REJECT_UNCONFIGURED);
	phones_rejected(r->p, B, PHONE_SCCP, &r->peer, B, NULL, 0, REJECT_UNCONFIGURED);
	clock_fake_advance_ms(&r->clock, 5000);
	phones_rejected(r->p, A, PHONE_SCCP, &r->peer, A, NULL, 0, REJECT_UNCONFIGURED);
	assert_int_equal(attempts_copy(&r->p->attempts, -1, &list), 2);
	assert_string_equal(list[0].id, A); /* in the order of entry */
	assert_int_equal(list[0].count, 2);
	assert_int_equal(list[0].latest_ms - list[0].first_ms, 5000);
	assert_int_equal(list[1].num, 2);
	mem_free(list);
	REQ("R-012");
	REQ("R-013");
}

/* Two phones behind one address that try the same number are two phones. */
static void attempts_of_two_phones_are_two_entries(void **state)
{
	struct rig *r = *state;
	struct attempt *list;

	phones_rejected(r->p, A, PHONE_SIP, &r->peer, "2001", NULL, 401, REJECT_PASSWORD);
	phones_rejected(r->p, B, PHONE_SIP, &r->peer, "2001", NULL, 401, REJECT_PASSWORD);
	assert_int_equal(attempts_copy(&r->p->attempts, -1, &list), 2);
	assert_string_equal(list[0].device, A);
	assert_string_equal(list[1].device, B);
	mem_free(list);
}

static void a_full_log_replaces_the_oldest(void **state)
{
	struct rig *r = *state;
	struct attempt *list;
	char id[32];
	size_t n;

	for (int i = 0; i < PHONES_ATTEMPTS_MAX + 10; i++) {
		snprintf(id, sizeof(id), "user%d", i);
		phones_rejected(r->p, NULL, PHONE_SIP, &r->peer, id, NULL, 403, REJECT_NO_POOL);
	}
	n = attempts_copy(&r->p->attempts, PHONE_SIP, &list);
	assert_int_equal(n, PHONES_ATTEMPTS_MAX);
	assert_string_equal(list[0].id, "user10");
	assert_string_equal(list[n - 1].id, "user1009");
	mem_free(list);
	assert_int_equal(attempts_copy(&r->p->attempts, PHONE_SCCP, &list), 0);
	mem_free(list);
	REQ("R-014");
}

/* SCCP has a table of its own size; others do not lose by it. */
static void a_full_sccp_log_replaces_its_own_oldest(void **state)
{
	struct rig *r = *state;
	struct attempt *list;
	char id[32];

	for (int i = 0; i < PHONES_ATTEMPTS_MAX + 60; i++) {
		snprintf(id, sizeof(id), "user%d", i);
		phones_rejected(r->p, NULL, PHONE_SIP, &r->peer, id, NULL, 403, REJECT_NO_POOL);
		snprintf(id, sizeof(id), "SEP%012d", i);
		if (i >= PHONES_ATTEMPTS_MAX - 60)
			phones_rejected(r->p, id, PHONE_SCCP, &r->peer, id, NULL, 0,
					REJECT_UNCONFIGURED);
	}
	assert_int_equal(attempts_copy(&r->p->attempts, PHONE_SCCP, &list), ATTEMPTED_LOG_SIZE);
	assert_string_equal(list[0].id, "SEP000000000960");
	assert_string_equal(list[ATTEMPTED_LOG_SIZE - 1].id, "SEP000000001059");
	for (size_t i = 1; i < ATTEMPTED_LOG_SIZE; i++)
		assert_true(list[i - 1].num < list[i].num);
	mem_free(list);
	assert_int_equal(attempts_copy(&r->p->attempts, PHONE_SIP, &list),
			 PHONES_ATTEMPTS_MAX - ATTEMPTED_LOG_SIZE);
	mem_free(list);
	REQ("R-014");
}

/* the size is a setting; 0 keeps nothing. */
static void the_sip_log_has_the_size_of_its_setting(void **state)
{
	struct rig *r = *state;
	struct attempt *list;
	char id[32];
	size_t n;

	phones_conf_apply(r->p, "voice-register/global", NULL);
	phones_rejected(r->p, A, PHONE_SCCP, &r->peer, A, NULL, 0, REJECT_UNCONFIGURED);
	for (int i = 0; i < 12; i++) {
		snprintf(id, sizeof(id), "user%d", i);
		phones_rejected(r->p, NULL, PHONE_SIP, &r->peer, id, NULL, 403, REJECT_NO_POOL);
	}
	assert_int_equal(attempts_count(&r->p->attempts, PHONE_SIP), 10);
	configure(r, "voice-register/global", "{\"attempted_registrations_size\":4}");
	n = attempts_copy(&r->p->attempts, PHONE_SIP, &list);
	assert_int_equal(n, 4);
	assert_string_equal(list[0].id, "user8");
	assert_string_equal(list[3].id, "user11");
	mem_free(list);
	configure(r, "voice-register/global", "{\"attempted_registrations_size\":0}");
	phones_rejected(r->p, NULL, PHONE_SIP, &r->peer, "late", NULL, 403, REJECT_NO_POOL);
	assert_int_equal(attempts_count(&r->p->attempts, PHONE_SIP), 0);
	assert_int_equal(attempts_count(&r->p->attempts, PHONE_SCCP), 1);
	REQ("R-017");
}

static void clearing_one_protocol_keeps_the_other(void **state)
{
	struct rig *r = *state;
	struct attempt *list;

	phones_rejected(r->p, NULL, PHONE_SIP, &r->peer, "u", NULL, 403, REJECT_NO_POOL);
	phones_rejected(r->p, A, PHONE_SCCP, &r->peer, A, NULL, 0, REJECT_UNCONFIGURED);
	attempts_clear(r->p, PHONE_SIP);
	assert_int_equal(attempts_copy(&r->p->attempts, -1, &list), 1);
	assert_int_equal(list[0].protocol, PHONE_SCCP);
	mem_free(list);
	attempts_clear(r->p, -1);
	assert_int_equal(attempts_copy(&r->p->attempts, -1, &list), 0);
	mem_free(list);
	REQ("R-015");
}

static void a_configured_sccp_phone_is_not_logged(void **state)
{
	struct rig *r = *state;

	configure_both(r);
	phones_rejected(r->p, B, PHONE_SCCP, &r->peer, B, NULL, 0, REJECT_LIMIT);
	assert_int_equal(r->p->attempts.n, 0);
	assert_int_equal(last_step(r, B).step, STEP_REJECTED);
	REQ("R-016");
}

/* ---- pages ---- */
static cJSON *page_of(struct rig *r, struct page *page)
{
	cJSON *all = cJSON_CreateArray(), *item;

	while (!page->done) {
		page->items = NULL;
		phones_page(r->p, page, 7);
		while ((item = cJSON_DetachItemFromArray(page->items, 0)))
			cJSON_AddItemToArray(all, item);
		cJSON_Delete(page->items);
	}
	return all;
}

static const char *device_at(const cJSON *list, int i)
{
	return cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetArrayItem(list, i), "device"));
}

static void pages_follow_each_other_without_gap(void **state)
{
	struct rig *r = *state;
	struct page page = { .want = 30 };
	char path[32], json[64], want[DEVICE_NAME_SIZE];
	cJSON *list;

	for (int i = 99; i >= 0; i--) {
		snprintf(path, sizeof(path), "ephones/%d", i + 1);
		snprintf(json, sizeof(json), "{\"mac_address\":\"0000000000%02X\"}", (unsigned)i);
		configure(r, path, json);
	}
	for (int at = 0; at < 100; at += 30) {
		list = page_of(r, &page);
		assert_int_equal(cJSON_GetArraySize(list), at < 90 ? 30 : 10);
		for (int i = 0; i < cJSON_GetArraySize(list); i++) {
			snprintf(want, sizeof(want), "SEP0000000000%02X", (unsigned)(at + i));
			assert_string_equal(device_at(list, i), want);
		}
		cJSON_Delete(list);
		assert_int_equal(page.more, at < 90);
		page.done = page.more = false;
		page.want = 30;
	}
	page = (struct page){ .want = 2, .descending = true };
	list = page_of(r, &page);
	assert_string_equal(device_at(list, 0), "SEP000000000063");
	assert_true(page.more);
	cJSON_Delete(list);
	page.done = page.more = false;
	page.want = 1;
	list = page_of(r, &page);
	assert_string_equal(device_at(list, 0), "SEP000000000061");
	cJSON_Delete(list);
}

static void filters_choose_by_state_protocol_and_text(void **state)
{
	static const struct {
		const char *state, *protocol, *text;
		int n;
	} rows[] = {
		{ "", "", "", 3 },
		{ "registered", "", "", 1 },
		{ "unregistered", "", "", 1 },
		{ "unknown", "", "", 1 },
		{ "", "sip", "", 1 },
		{ "", "sccp", "", 1 },
		{ "", "", "2001", 1 },
		{ "", "", "recep", 1 },
		{ "", "", "lab", 1 },
		{ "", "", "192.0.2", 2 },
		{ "", "", "3344aa", 1 },
		{ "", "", "7941", 1 },
		{ "", "", "nothing", 0 },
	};
	struct rig *r = *state;

	configure_both(r);
	sign_on(r, A, PHONE_SIP);
	r->peer = r->other;
	fetch(r, "SEP0011223344CC.cnf.xml", STEP_FILE_MISSING, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page page = { .want = 100 };
		cJSON *list;

		strcpy(page.state, rows[i].state);
		strcpy(page.protocol, rows[i].protocol);
		strcpy(page.text, rows[i].text);
		list = page_of(r, &page);
		assert_int_equal(cJSON_GetArraySize(list), rows[i].n);
		cJSON_Delete(list);
	}
}

static void a_phone_is_shown_with_its_lines(void **state)
{
	struct rig *r = *state;
	cJSON *o, *lines;

	configure_both(r);
	sign_on(r, A, PHONE_SIP);
	o = phone_json(r->p, phone_find(r->p, A));
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(o, "mac")), "0011223344AA");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(o, "protocol")), "sip");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(o, "name")), "Reception");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(o, "registered_at")),
			    "2023-11-14T22:13:20.000Z");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(o, "expires_at")),
			    "2023-11-14T23:13:20.000Z");
	lines = cJSON_GetObjectItem(o, "lines");
	assert_int_equal(cJSON_GetArraySize(lines), 2);
	assert_string_equal(
	    cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetArrayItem(lines, 0), "number")),
	    "2001");
	assert_true(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(lines, 1), "number")));
	cJSON_Delete(o);
}

/* ---- actions ---- */
static int actor(void *engine, const char *device, enum phone_action action)
{
	struct rig *r = engine;

	strcpy(r->acted, device);
	r->action = action;
	return 0;
}

static void an_action_goes_to_the_engine_that_holds_the_registration(void **state)
{
	struct rig *r = *state;

	sign_on(r, A, PHONE_SIP);
	assert_int_equal(phones_do_act(r->p, A, PHONE_RESET, "anna"), ERR_UNSUPPORTED);
	phones_set_actor(r->p, PHONE_SIP, actor, r);
	assert_int_equal(phones_do_act(r->p, B, PHONE_RESET, "anna"), ERR_NOENT);
	assert_int_equal(phones_do_act(r->p, A, PHONE_RESET, "anna"), 0);
	assert_string_equal(r->acted, A);
	assert_int_equal(r->action, PHONE_RESET);
	assert_int_equal(last_step(r, A).step, STEP_ACTION);
	assert_string_equal(last_step(r, A).detail, "reset, by anna");
}

/* What the status views are told beside: how a registration ended, and what was counted. */
static void a_status_view_is_told_how_a_registration_ended(void **state)
{
	struct rig *r = *state;
	cJSON *o, *stat;

	sign_on(r, A, PHONE_SIP);
	sign_on(r, A, PHONE_SIP);
	o = phone_live_json(r->p, phone_find(r->p, A));
	assert_true(cJSON_IsNull(cJSON_GetObjectItem(o, "gone")));
	assert_true(cJSON_IsNull(cJSON_GetObjectItem(o, "live"))); /* no engine reports */
	cJSON_Delete(o);

	phones_unregistered(r->p, A, PHONE_SIP, STEP_KEEPALIVE_LOST, "3 in a row");
	o = phone_live_json(r->p, phone_find(r->p, A));
	assert_string_equal(cJSON_GetObjectItem(o, "gone")->valuestring, "keepalive_lost");
	cJSON_Delete(o);

	sign_on(r, A, PHONE_SIP);
	phones_unregistered(r->p, A, PHONE_SIP, STEP_UNREGISTERED, "it left");
	phones_rejected(r->p, A, PHONE_SIP, &r->peer, "a", NULL, 403, "wrong password");
	o = phone_live_json(r->p, phone_find(r->p, A));
	stat = cJSON_GetObjectItem(o, "statistics");
	assert_string_equal(cJSON_GetObjectItem(o, "gone")->valuestring, "unregistered");
	assert_string_equal(cJSON_GetObjectItem(o, "reject_reason")->valuestring, "wrong password");
	assert_int_equal(cJSON_GetObjectItem(stat, "reg_requests")->valueint, 4);
	assert_int_equal(cJSON_GetObjectItem(stat, "reg_success")->valueint, 3);
	assert_int_equal(cJSON_GetObjectItem(stat, "reg_failed")->valueint, 1);
	assert_int_equal(cJSON_GetObjectItem(stat, "unreg_success")->valueint, 1);
	assert_int_equal(cJSON_GetObjectItem(stat, "attempts_after_unregister")->valueint, 1);
	assert_true(cJSON_IsString(cJSON_GetObjectItem(stat, "last_unregister_at")));
	cJSON_Delete(o);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_new, rig_free)
	const struct CMUnitTest tests[] = {
		T(any_spelling_of_a_mac_names_the_device),
		T(a_status_view_is_told_how_a_registration_ended),
		T(a_file_name_tells_its_phone),
		T(the_last_64_steps_are_kept),
		T(long_steps_stay_within_the_memory_of_a_phone),
		T(equal_steps_in_a_row_are_counted),
		T(what_a_peer_says_is_made_printable),
		T(a_report_by_address_lands_on_the_phone_last_seen_there),
		T(a_strangers_story_becomes_the_phones_when_it_tells_its_name),
		T(a_stranger_that_only_asks_the_time_is_not_entered),
		T(asking_for_a_registered_phones_file_does_not_move_it),
		T(unknown_askers_are_bounded_and_the_oldest_goes),
		T(a_refresh_is_counted_and_no_step),
		T(signing_off_by_the_other_protocol_changes_nothing),
		T(a_change_of_protocol_counts_each_once),
		T(a_contact_of_a_pool_without_mac_belongs_to_its_pool),
		T(a_phone_follows_its_entry),
		T(a_mac_that_moves_to_another_entry_stays_one_phone),
		T(an_ata_is_named_so),
		T(odd_configuration_does_no_harm),
		T(the_verdict_follows_a_phone_from_the_box_to_its_registration),
		T(the_verdict_names_a_missing_file_and_the_nearest),
		T(the_verdict_tells_a_phone_nobody_configured),
		T(each_known_refusal_has_its_verdict),
		T(the_verdict_knows_a_phone_that_trusts_another_server),
		T(a_lost_keepalive_is_told),
		T(an_attempt_again_brings_its_entry_up_to_date),
		T(attempts_of_two_phones_are_two_entries),
		T(a_full_sccp_log_replaces_its_own_oldest),
		T(a_full_log_replaces_the_oldest),
		T(the_sip_log_has_the_size_of_its_setting),
		T(clearing_one_protocol_keeps_the_other),
		T(a_configured_sccp_phone_is_not_logged),
		T(pages_follow_each_other_without_gap),
		T(filters_choose_by_state_protocol_and_text),
		T(a_phone_is_shown_with_its_lines),
		T(an_action_goes_to_the_engine_that_holds_the_registration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
