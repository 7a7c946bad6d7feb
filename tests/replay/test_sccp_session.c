/* tests/replay/test_sccp_session.c - SCCP sessions as scenarios: packets in, packets out, time
 * passes. */
#include "tests/support/test.h"

#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "tests/support/sccp_rig.h"

#define PHONE    "SEP001122334455"
#define RESERVED "SEP0011223344AA"

static int rig_11(void **state)
{
	*state = sccp_rig_new(11);
	return 0;
}

static int rig_22(void **state)
{
	*state = sccp_rig_new(22);
	return 0;
}

static int rig_end(void **state)
{
	sccp_rig_free(*state);
	return 0;
}

/* From Register to the time: what every phone asks, in its usual order. */
static void finish_boot(struct sccp_rig_conn *c)
{
	static const enum sccp_id plain[] = { SCCP_ButtonTemplateReq, SCCP_SoftKeyTemplateReq,
					      SCCP_SoftKeySetReq, SCCP_ConfigStatReq };

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		rig_send(c, plain[i], 3, NULL);
	rig_send_u32(c, SCCP_LineStatReq, 1);
	rig_send(c, SCCP_TimeDateReq, 3, NULL);
	rig_skip(c);
}

static struct sccp_rig_conn *boot(struct sccp_rig *r, const char *device)
{
	struct sccp_rig_conn *c = rig_connect(r);

	rig_register(c, device, 115, 17);
	finish_boot(c);
	return c;
}

static void a_configured_7941_registers_and_gets_all_it_asks_for(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);
	struct sccp_register_ack ack;
	struct sccp_button_template buttons;
	struct sccp_softkey_template keys;
	struct sccp_softkey_sets sets;
	struct sccp_select_softkeys select;
	struct sccp_config_stat config;
	struct sccp_line_stat line;
	struct sccp_time_date date;
	struct sccp_set_lamp lamp;
	struct sccp_prompt prompt;
	struct sccp_capabilities caps = { .n = 2,
					  .audio = { { 4, 40, { 0 } }, { 11, 60, { 0 } } } };

	rig_register(c, "sep001122334455", 115, 17); /* names are compared without case */
	assert_int_equal(rig_next(c, 11, &ack), SCCP_RegisterAck);
	assert_int_equal(ack.keepalive_s, 30);
	assert_int_equal(ack.secondary_keepalive_s, 60); /* */
	assert_string_equal(ack.date_template, "M/D/YA");
	assert_int_equal(ack.version, 11);
	assert_memory_equal(ack.features, ((uint8_t[]){ 0x20, 0xF1, 0xFF }), 3);
	assert_int_equal(rig_next(c, 11, NULL), SCCP_CapabilitiesReq);
	assert_int_equal(rig_next(c, 11, NULL), -1);
	assert_int_equal(sccp_hub_registered(r->hub), 1);

	rig_send(c, SCCP_CapabilitiesRes, 11, &caps);
	rig_send(c, SCCP_ButtonTemplateReq, 11, NULL);
	assert_int_equal(rig_next(c, 11, &buttons), SCCP_ButtonTemplate);
	assert_int_equal(buttons.total, 4);
	assert_int_equal(buttons.slots, 42);
	assert_int_equal(buttons.button[0].type, SCCP_BUTTON_LINE);
	assert_int_equal(buttons.button[3].instance, 2);
	assert_int_equal(buttons.button[4].type, SCCP_BUTTON_UNDEFINED);

	rig_send(c, SCCP_SoftKeyTemplateReq, 11, NULL);
	assert_int_equal(rig_next(c, 11, &keys), SCCP_SoftKeyTemplateRes);
	assert_true(keys.total > 18 && keys.total <= SCCP_SOFTKEYS);
	assert_string_equal(keys.key[0].label,
			    "\x80\x01"); /* Redial, in the phone's own language */
	rig_send(c, SCCP_SoftKeySetReq, 11, NULL);
	assert_int_equal(rig_next(c, 11, &sets), SCCP_SoftKeySetRes);
	assert_int_equal(sets.total, 13);
	assert_int_equal(keys.key[sets.set[3].key[0] - 1].event,
			 0x0B);                  /* ringing: Answer is first */
	assert_int_equal(sets.set[5].key[0], 0); /* an empty place */
	for (size_t i = 0; i < sets.total; i++)
		for (size_t k = 0; k < SCCP_SET_KEYS; k++)
			assert_true(sets.set[i].key[k] <= keys.total);
	assert_int_equal(rig_next(c, 11, &select), SCCP_SelectSoftKeys);
	assert_int_equal(select.mask, 0xFFFFFFFF);
	assert_int_equal(rig_next(c, 11, &prompt), SCCP_DisplayDynamicPromptStatus);
	assert_string_equal(prompt.text, "\x80\x13");

	rig_send(c, SCCP_ConfigStatReq, 11, NULL);
	assert_int_equal(rig_next(c, 11, &config), SCCP_ConfigStat);
	assert_string_equal(config.station.name, PHONE);
	assert_int_equal(config.lines, 2);
	assert_int_equal(config.speed_dials, 1);
	rig_send_u32(c, SCCP_LineStatReq, 1);
	assert_int_equal(rig_next(c, 11, &line), SCCP_LineStat);
	assert_string_equal(line.number, "1001");
	assert_string_equal(line.label, "Zo\xC3\xAB"); /* went as ISO-8859-1 */

	assert_false(rig_told(r, "REGISTERED " PHONE));
	rig_send(c, SCCP_TimeDateReq, 11, NULL);
	assert_int_equal(rig_next(c, 11, &date), SCCP_DefineTimeDate);
	assert_int_equal(date.year, 2026);
	assert_int_equal(date.month, 11);
	assert_int_equal(date.day, 20);
	assert_int_equal(date.weekday, 5); /* a Friday */
	assert_int_equal(date.hour, 10);   /* one hour east of UTC */
	assert_int_equal(date.minute, 30);
	assert_int_equal(date.second, 15);
	assert_int_equal(date.ms, 250);
	assert_int_equal(date.unix_time, 1795167015);
	for (uint32_t i = 1; i <= 2; i++) {
		assert_int_equal(rig_next(c, 11, &lamp), SCCP_SetLamp);
		assert_int_equal(lamp.stimulus, SCCP_BUTTON_LINE);
		assert_int_equal(lamp.instance, i);
		assert_int_equal(lamp.mode, SCCP_LAMP_OFF);
	}
	assert_int_equal(rig_next(c, 11, &lamp), SCCP_SetLamp);
	assert_int_equal(lamp.stimulus, SCCP_BUTTON_VOICEMAIL);
	assert_int_equal(rig_next(c, 11, &prompt), SCCP_DisplayDynamicPromptStatus);
	assert_string_equal(prompt.text, "Our house"); /* */
	assert_int_equal(rig_next(c, 11, NULL), -1);
	assert_true(rig_told(r, "CONNECTED " PHONE " TCP from 192.0.2.50:50001"));
	assert_true(rig_told(r, "STEP " PHONE " accepted as 7941, version 11, load SCCP41.8-5-3S"));
	assert_true(rig_told(r, "STEP " PHONE " told its 2 codecs"));
	assert_true(rig_told(r, "REGISTERED " PHONE));
	REQ("R-190");
}

static void every_request_is_answered_also_for_what_does_not_exist(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);
	struct sccp_line_stat line;
	struct sccp_speed_dial_stat dial;
	struct sccp_feature_stat_req feature = { .index = 2 };
	struct sccp_feature_stat stat;
	struct sccp_forward_stat forward;
	struct sccp_server_res servers;
	struct sccp_version version;

	rig_register(c, PHONE, 115, 22);
	rig_skip(c);
	rig_send_u32(c, SCCP_LineStatReq, 2);
	assert_int_equal(rig_next(c, 22, &line), SCCP_LineStatDynamic);
	assert_string_equal(line.number, "1002");
	rig_send_u32(c, SCCP_LineStatReq, 1);
	assert_int_equal(rig_next(c, 22, &line), SCCP_LineStatDynamic);
	assert_string_equal(line.name, "Zo\xC3\xAB Example"); /* the phone's text is UTF-8 */
	rig_send_u32(c, SCCP_LineStatReq, 77);
	assert_int_equal(rig_next(c, 22, &line), SCCP_LineStatDynamic);
	assert_int_equal(line.line, 77);
	assert_string_equal(line.number, "");
	rig_send_u32(c, SCCP_SpeedDialStatReq, 1);
	assert_int_equal(rig_next(c, 22, &dial), SCCP_SpeedDialStat);
	assert_string_equal(dial.number, "3003");
	assert_string_equal(dial.label, "Shop");
	rig_send_u32(c, SCCP_SpeedDialStatReq, 33);
	assert_int_equal(rig_next(c, 22, &dial), SCCP_SpeedDialStat);
	assert_string_equal(dial.number, "");
	rig_send(c, SCCP_FeatureStatReq, 22, &feature);
	assert_int_equal(rig_next(c, 22, &stat), SCCP_FeatureStatDynamic);
	assert_int_equal(stat.type, SCCP_BUTTON_BLF_SPEED_DIAL);
	assert_string_equal(stat.label, "Bob");
	rig_send_u32(c, SCCP_ServiceURLStatReq, 1);
	assert_int_equal(rig_next(c, 22, NULL), SCCP_ServiceURLStatDynamic);
	rig_send_u32(c, SCCP_ForwardStatReq, 1);
	assert_int_equal(rig_next(c, 22, &forward), SCCP_ForwardStat);
	assert_int_equal(forward.active, 1);
	assert_int_equal(forward.all_active, 1);
	assert_string_equal(forward.all, "2002");
	assert_int_equal(forward.busy_active, 0);
	rig_send_u32(c, SCCP_ForwardStatReq, 2);
	assert_int_equal(rig_next(c, 22, &forward), SCCP_ForwardStat);
	assert_int_equal(forward.active, 0);
	rig_send(c, SCCP_ServerReq, 22, NULL);
	assert_int_equal(rig_next(c, 22, &servers), SCCP_ServerRes);
	assert_string_equal(servers.server[0].name, "192.0.2.1");
	assert_int_equal(servers.port[0], 2000);
	assert_memory_equal(servers.addr[0].ip, ((uint8_t[]){ 192, 0, 2, 1 }), 4);
	assert_string_equal(servers.server[1].name, "");
	rig_send(c, SCCP_VersionReq, 22, NULL);
	assert_int_equal(rig_next(c, 22, &version), SCCP_Version);
	assert_string_equal(version.load, "SCCP41.8-5-3S");
	assert_int_equal(rig_next(c, 22, NULL), -1);
}

static void old_phones_get_the_fixed_forms(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);
	struct sccp_feature_stat_req feature = { .index = 2 };
	struct sccp_register_ack ack;

	rig_register(c, PHONE, 10, 0); /* a VG248 tells no version */
	assert_int_equal(rig_next(c, 3, &ack), SCCP_RegisterAck);
	assert_int_equal(ack.version, 3);
	assert_memory_equal(ack.features, ((uint8_t[]){ 0, 0, 0 }), 3);
	rig_skip(c);
	rig_send_u32(c, SCCP_LineStatReq, 1);
	assert_int_equal(rig_next(c, 3, NULL), SCCP_LineStat);
	rig_send(c, SCCP_FeatureStatReq, 3, &feature);
	assert_int_equal(rig_next(c, 3, NULL), SCCP_FeatureStat);
	rig_send_u32(c, SCCP_ServiceURLStatReq, 1);
	assert_int_equal(rig_next(c, 3, NULL), SCCP_ServiceURLStat);
	rig_send(c, SCCP_SoftKeySetReq, 3, NULL);
	assert_int_equal(rig_next(c, 3, NULL), SCCP_SoftKeySetRes);
	assert_int_equal(rig_next(c, 3, NULL), SCCP_SelectSoftKeys);
	assert_int_equal(rig_next(c, 3, NULL), SCCP_DisplayPromptStatus);
}

static void a_phone_in_no_ephone_is_refused_and_told_why(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);
	struct sccp_register_reject reject;

	rig_register(c, "SEP00000000FFFF", 7, 11);
	assert_int_equal(rig_next(c, 3, &reject), SCCP_RegisterReject);
	assert_string_equal(reject.text, "Not configured");
	assert_true(c->closed);
	assert_int_equal(sccp_hub_registered(r->hub), 0);
	assert_true(rig_told(r, "UNKNOWN SEP00000000FFFF Not configured"));
	REQ("R-011");
}

/* While the store opens its environment again nobody can say whether a phone is configured. */
static void a_phone_that_comes_at_a_bad_moment_is_told_to_come_again(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);
	struct sccp_register_reject reject;

	r->busy = true;
	rig_register(c, "SEP001122334455", 7, 11);
	assert_int_equal(rig_next(c, 3, &reject), SCCP_RegisterReject);
	assert_string_equal(reject.text, "Busy, try again");
	assert_true(rig_told(r, "REFUSED SEP001122334455 Busy, try again"));
	r->busy = false;
	c = rig_connect(r);
	rig_register(c, "SEP001122334455", 7, 11);
	assert_int_equal(rig_next(c, 3, NULL), SCCP_RegisterAck);
}

static void a_name_that_is_no_device_is_refused(void **state)
{
	static const char *const names[] = { "",
					     "SEP",
					     "SEP00112233445",
					     "SEPXX1122334455",
					     "VGC1234567890AB",
					     "SEP0011223344556" };
	struct sccp_rig *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct sccp_rig_conn *c = rig_connect(r);

		rig_register(c, names[i], 7, 11);
		assert_int_equal(rig_next(c, 3, NULL), SCCP_RegisterReject);
		assert_true(c->closed);
	}
	assert_int_equal(rig_told_times(r, "UNKNOWN"), ARRAY_LEN(names));
}

static void the_limit_of_registered_phones_is_told_to_the_phone(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *a, *b;
	struct sccp_register_reject reject;

	sccp_hub_site(r->hub)->max_ephones = 1;
	a = boot(r, PHONE);
	b = rig_connect(r);
	rig_register(b, RESERVED, 115, 17);
	assert_int_equal(rig_next(b, 3, &reject), SCCP_RegisterReject);
	assert_string_equal(reject.text, "max-ephones limit (1)"); /* */
	assert_true(b->closed);
	assert_true(rig_told(r, "REFUSED " RESERVED " max-ephones limit (1)"));
	rig_lost(b, NULL);

	sccp_hub_site(r->hub)->max_ephones = 2; /* at its next attempt */
	b = rig_connect(r);
	rig_register(b, RESERVED, 115, 17);
	assert_int_equal(rig_next(b, 11, NULL), SCCP_RegisterAck);

	sccp_hub_site(r->hub)->max_ephones = 1; /* nobody is thrown out */
	rig_send(a, SCCP_KeepAlive, 11, NULL);
	assert_int_equal(rig_next(a, 11, NULL), SCCP_KeepAliveAck);
	assert_int_equal(sccp_hub_registered(r->hub), 2);
	rig_lost(a, "reset by the phone");
	a = rig_connect(r); /* not even one that was registered before */
	rig_register(a, PHONE, 115, 17);
	assert_int_equal(rig_next(a, 3, NULL), SCCP_RegisterReject);
	REQ("R-003");
	REQ("R-004");
	REQ("R-005");
	REQ("R-006");
	REQ("R-007");
}

static void strict_match_takes_only_phones_that_came_to_the_source_address(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_source *source = &sccp_hub_site(r->hub)->source[SCCP_IPV4];
	struct sccp_rig_conn *c;
	struct sccp_register_reject reject;

	net_addr_parse(&source->address, "192.0.2.9", 2000);
	c = rig_connect(r);
	rig_register(c, PHONE, 115, 17); /* any-match does not look */
	assert_int_equal(rig_next(c, 11, NULL), SCCP_RegisterAck);
	rig_lost(c, NULL);
	source->strict_match = true;
	c = rig_connect(r);
	rig_register(c, PHONE, 115, 17);
	assert_int_equal(rig_next(c, 3, &reject), SCCP_RegisterReject);
	assert_string_equal(reject.text, "Wrong server address");
	net_addr_parse(&source->address, "192.0.2.1", 2000);
	c = rig_connect(r);
	rig_register(c, PHONE, 115, 17);
	assert_int_equal(rig_next(c, 11, NULL), SCCP_RegisterAck);
	REQ("R-020");
	REQ("R-021");
}

static void a_phone_that_comes_back_wins_over_its_stale_session(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *old = boot(r, PHONE), *new = rig_connect(r);

	sccp_hub_site(r->hub)->max_ephones = 1; /* its own old place does not count against it */
	rig_register(new, PHONE, 115, 17);
	assert_int_equal(rig_next(new, 11, NULL), SCCP_RegisterAck);
	assert_true(old->closed);
	assert_false(new->closed);
	assert_int_equal(rig_next(old, 11, NULL), -1); /* dropped without a word */
	assert_true(rig_told(r, "REPLACED " PHONE));
	assert_int_equal(sccp_hub_registered(r->hub), 1);
	assert_ptr_equal(sccp_hub_find(r->hub, PHONE), new->s);
	rig_lost(old, "closed");
	assert_false(
	    rig_told(r, "CLOSED")); /* the end of the old one says nothing about the phone */
	assert_int_equal(sccp_hub_registered(r->hub), 1);
}

static void registering_again_on_the_same_connection_is_no_second_phone(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = boot(r, PHONE);

	rig_register(c, PHONE, 115, 17);
	assert_int_equal(rig_next(c, 11, NULL), SCCP_RegisterAck);
	assert_false(c->closed);
	assert_int_equal(sccp_hub_registered(r->hub), 1);
	assert_int_equal(rig_told_times(r, "REPLACED " PHONE), 1);
	rig_register(c, RESERVED, 115, 17); /* another name: the first one is gone */
	assert_int_equal(rig_told_times(r, "REPLACED " PHONE), 2);
	assert_int_equal(sccp_hub_registered(r->hub), 1);
	assert_null(sccp_hub_find(r->hub, PHONE));
	assert_ptr_equal(sccp_hub_find(r->hub, RESERVED), c->s);
}

/* Its first registration must not linger when the second is refused. */
static void a_phone_refused_on_its_own_connection_is_no_longer_registered(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = boot(r, PHONE);

	r->configured = false; /* its ephone was deleted meanwhile */
	rig_register(c, PHONE, 115, 17);
	assert_int_equal(rig_next(c, 11, NULL), SCCP_RegisterReject);
	assert_true(rig_told(r, "REPLACED " PHONE));
	assert_true(rig_told(r, "UNKNOWN " PHONE));
	assert_int_equal(sccp_hub_registered(r->hub), 0);
}

static void a_connection_that_registers_or_reports_without_end_is_bounded(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);
	struct sccp_alarm alarm = { .severity = 2, .text = "25: Name=" PHONE };

	for (int i = 0; i < 1000; i++)
		rig_send(c, SCCP_Alarm, 3, &alarm);
	assert_int_equal(rig_told_times(r, "ALARM"), SCCP_ALARMS_MAX);
	assert_false(c->closed);
	for (int i = 0; i < SCCP_REGISTERS_MAX; i++)
		rig_register(c, PHONE, 115, 17);
	assert_false(c->closed);
	rig_register(c, PHONE, 115, 17);
	assert_true(c->closed);
}

static void three_missed_keepalives_end_a_registration(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = boot(r, PHONE);

	for (int i = 0; i < 5; i++) {
		rig_advance_ms(r, 30000);
		rig_send(c, SCCP_KeepAlive, 11, NULL);
		assert_int_equal(rig_next(c, 11, NULL), SCCP_KeepAliveAck);
	}
	rig_advance_ms(r, 3 * 30000 + SCCP_KEEPALIVE_GRACE_MS - 1);
	assert_false(c->closed);
	rig_advance_ms(r, 1);
	assert_true(c->closed);
	assert_true(rig_told(r, "KEEPALIVE_LOST " PHONE " 3 in a row, every 30 s"));
	assert_int_equal(sccp_hub_registered(r->hub), 0);
	assert_int_equal(rig_told_times(r, "ALIVE " PHONE " \n"), 5);
	REQ("R-044");
}

static void any_message_is_a_sign_of_life(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = boot(r, PHONE);

	rig_advance_ms(r, 80000);
	rig_send_u32(c, SCCP_RegisterAvailableLines, 2);
	rig_advance_ms(r, 80000);
	assert_false(c->closed);
	rig_advance_ms(r, 20000);
	assert_true(c->closed);
}

static void the_keepalive_of_the_ephone_wins_over_the_sites(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c;
	struct sccp_register_ack ack;

	r->keepalive_s = 300;
	c = rig_connect(r);
	rig_register(c, PHONE, 115, 17);
	assert_int_equal(rig_next(c, 11, &ack), SCCP_RegisterAck);
	assert_int_equal(ack.keepalive_s, 300);
	assert_int_equal(ack.secondary_keepalive_s, 600);
	rig_advance_ms(r, 899000);
	assert_false(c->closed);
	rig_advance_ms(r, 6000);
	assert_true(c->closed);
}

static void a_standby_connection_is_answered_and_never_needs_to_register(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);

	for (int i = 0; i < 10; i++) {
		rig_send(c, SCCP_KeepAlive, 3, NULL);
		assert_int_equal(rig_next(c, 3, NULL), SCCP_KeepAliveAck);
		rig_advance_ms(r, 60000);
		assert_false(c->closed);
	}
	rig_advance_ms(r, 2 * 60000 + SCCP_KEEPALIVE_GRACE_MS);
	assert_true(c->closed);
	assert_string_equal(r->told, ""); /* nobody was registered, so nobody was lost */
	REQ("R-041");
}

static void a_connection_that_says_nothing_is_closed(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);

	rig_advance_ms(r, SCCP_FIRST_MS - 1);
	assert_false(c->closed);
	rig_advance_ms(r, 1);
	assert_true(c->closed);
}

static void a_registration_without_a_time_request_is_complete_after_five_quiet_seconds(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);

	rig_register(c, PHONE, 115, 17);
	rig_advance_ms(r, 4000);
	rig_send_u32(c, SCCP_LineStatReq, 1);
	rig_advance_ms(r, 4999);
	assert_false(rig_told(r, "REGISTERED " PHONE));
	rig_advance_ms(r, 1);
	assert_true(rig_told(r, "REGISTERED " PHONE));
	rig_send(c, SCCP_TimeDateReq, 11, NULL); /* late, answered, not a second registration */
	assert_int_equal(rig_told_times(r, "REGISTERED " PHONE), 1);
}

static void messages_come_in_any_pieces(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *whole = rig_connect(r), *bytewise = rig_connect(r);
	uint8_t stream[2048];
	size_t n = 0;
	struct sccp_register reg = { .device_type = 115, .version = 17 };
	static const enum sccp_id ids[] = { SCCP_KeepAlive, SCCP_Register, SCCP_ButtonTemplateReq,
					    SCCP_TimeDateReq };

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		strcpy(reg.station.name, PHONE);
		n += (size_t)sccp_encode(sccp_desc(ids[i]), (struct sccp_form){ .version = 11 },
					 &reg, stream + n, sizeof(stream) - n);
	}
	rig_bytes(whole, stream, n);   /* all in one segment */
	for (size_t i = 0; i < n; i++) /* every byte in one of its own */
		rig_bytes(bytewise, stream + i, 1);
	assert_true(whole->out_len > 100);
	assert_int_equal(whole->out_len, bytewise->out_len);
	assert_memory_equal(whole->out, bytewise->out, whole->out_len);
}

static void a_length_that_cannot_be_closes_the_connection(void **state)
{
	static const uint8_t bad[][4] = { { 0, 0, 0, 0 },
					  { 3, 0, 0, 0 },
					  { 1, 0x20, 0, 0 },
					  { 0xFF, 0xFF, 0xFF, 0xFF },
					  { 0, 0, 0, 0x80 } };
	struct sccp_rig *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct sccp_rig_conn *c = rig_connect(r);

		rig_bytes(c, bad[i], 4);
		assert_true(c->closed);
		rig_lost(c, NULL);
	}
	assert_true(rig_told(r, "FAULT - a length that cannot be"));
}

static void unknown_messages_are_read_over(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = boot(r, PHONE);
	const uint8_t unknown[] = { 8, 0, 0, 0, 0, 0, 0, 0, 0x13, 0, 0, 0, 1, 2, 3, 4 };

	for (int i = 0; i < 100; i++)
		rig_bytes(c, unknown, sizeof(unknown));
	assert_int_equal(rig_next(c, 11, NULL), -1);
	assert_false(c->closed);
	assert_int_equal(sccp_hub_counters(r->hub)->unknown, 100);
	rig_send(c, SCCP_KeepAlive, 11, NULL);
	assert_int_equal(rig_next(c, 11, NULL), SCCP_KeepAliveAck);
}

static void messages_out_of_turn_are_not_answered_and_too_many_close(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);

	for (int i = 0; i < SCCP_FAULTS_MAX - 1; i++)
		rig_send_u32(c, SCCP_LineStatReq, 1); /* nobody registered */
	assert_int_equal(rig_next(c, 3, NULL), -1);
	assert_false(c->closed);
	assert_int_equal(rig_told_times(r, "FAULT"), 1); /* told once, counted always */
	rig_send(c, SCCP_RegisterAck, 3, NULL);          /* a server's message */
	assert_true(c->closed);
	assert_int_equal(sccp_hub_counters(r->hub)->faults, SCCP_FAULTS_MAX);
}

static void a_message_too_short_for_its_fields_reaches_no_handler(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);
	uint8_t reg[40] = { 28, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 'S', 'E', 'P' };

	rig_bytes(c, reg, 36);
	assert_int_equal(rig_next(c, 3, NULL), -1);
	assert_true(rig_told(r, "FAULT - malformed Register (0x0001, 24 bytes)"));
}

static void unregister_is_acknowledged_and_the_phone_has_five_seconds_to_close(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = boot(r, PHONE);
	struct sccp_u32 ack;

	rig_send_u32(c, SCCP_Unregister, 0);
	assert_int_equal(rig_next(c, 3, &ack), SCCP_UnregisterAck);
	assert_int_equal(ack.value, SCCP_UNREGISTER_OK);
	assert_int_equal(sccp_hub_registered(r->hub), 0);
	assert_true(rig_told(r, "UNREGISTERED " PHONE " the phone left"));
	rig_advance_ms(r, SCCP_LEAVE_MS - 1);
	assert_false(c->closed);
	rig_advance_ms(r, 1);
	assert_true(c->closed);
	rig_lost(c, "closed");
	assert_false(rig_told(r, "CLOSED")); /* it left before */
}

static void a_lost_connection_ends_the_registration(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = boot(r, PHONE);

	rig_lost(c, "reset by peer");
	assert_true(rig_told(r, "CLOSED " PHONE " reset by peer"));
	assert_int_equal(sccp_hub_registered(r->hub), 0);
}

static void tokens_are_given_to_phones_that_would_be_taken(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);
	struct sccp_register_token_req req = { .device_type = 115 };
	struct sccp_spcp_token_req spcp = { .device_type = 80003 };
	struct sccp_u32 answer;

	strcpy(req.station.name, PHONE);
	rig_send(c, SCCP_RegisterTokenReq, 3, &req);
	assert_int_equal(rig_next(c, 3, NULL), SCCP_RegisterTokenAck);
	strcpy(req.station.name, "SEP00000000FFFF");
	rig_send(c, SCCP_RegisterTokenReq, 3, &req);
	assert_int_equal(rig_next(c, 3, &answer), SCCP_RegisterTokenReject);
	assert_int_equal(answer.value, SCCP_TOKEN_WAIT_S);
	assert_false(c->closed);

	c = rig_connect(r);
	rig_send(c, SCCP_SPCPRegisterTokenReq, 3, &spcp);
	assert_int_equal(rig_next(c, 3, &answer), SCCP_SPCPRegisterTokenAck);
	assert_int_equal(answer.value, 65535);
	rig_register(c, PHONE, 80003, 22);
	rig_skip(c);
	rig_send_u32(c, SCCP_LineStatReq, 1);
	assert_int_equal(rig_next(c, 8, NULL), SCCP_LineStat); /* SPA phones speak 8 at most */
}

static void a_phone_is_told_to_restart_or_reset(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = boot(r, PHONE);
	struct sccp_u32 m;

	sccp_session_reset(sccp_hub_find(r->hub, PHONE), SCCP_RESET_RESTART);
	assert_int_equal(rig_next(c, 11, &m), SCCP_Reset);
	assert_int_equal(m.value, 2);
	sccp_session_reset(sccp_hub_find(r->hub, PHONE), SCCP_RESET_RESET);
	assert_int_equal(rig_next(c, 11, &m), SCCP_Reset);
	assert_int_equal(m.value, 1);
	assert_null(sccp_hub_find(r->hub, RESERVED));
	REQ("R-303");
}

static void a_changed_system_message_comes_with_the_next_keepalive(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = boot(r, PHONE);
	struct sccp_site *site = sccp_hub_site(r->hub);
	struct sccp_prompt prompt;

	rig_send(c, SCCP_KeepAlive, 11, NULL);
	assert_int_equal(rig_next(c, 11, NULL), SCCP_KeepAliveAck);
	assert_int_equal(rig_next(c, 11, NULL), -1);
	strcpy(site->message, "Gone fishing");
	site->message_change++;
	assert_int_equal(rig_next(c, 11, NULL), -1); /* not before */
	rig_send(c, SCCP_KeepAlive, 11, NULL);
	assert_int_equal(rig_next(c, 11, NULL), SCCP_KeepAliveAck);
	assert_int_equal(rig_next(c, 11, &prompt), SCCP_DisplayDynamicPromptStatus);
	assert_string_equal(prompt.text, "Gone fishing");
	rig_send(c, SCCP_KeepAlive, 11, NULL);
	assert_int_equal(rig_next(c, 11, NULL), SCCP_KeepAliveAck);
	assert_int_equal(rig_next(c, 11, NULL), -1);
	REQ("R-337");
}

static void alarms_land_on_the_phone_they_name(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);
	struct sccp_alarm alarm = { .severity = 2 };

	strcpy(alarm.text, "25: Name=sep001122334455 Load=8.5(3) Last=Initialized");
	rig_send(c, SCCP_Alarm, 3, &alarm);
	assert_true(rig_told(r, "ALARM " PHONE " 25: Name=sep001122334455 Load=8.5(3) "
				"Last=Initialized (information)"));
	c = rig_connect(r);
	strcpy(alarm.text, "nothing of use");
	rig_send(c, SCCP_Alarm, 3, &alarm);
	assert_true(rig_told(r, "ALARM - nothing of use (information)"));
}

static void xml_alarms_become_one_line(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = rig_connect(r);
	struct sccp_xml_alarm m = { 0 };

	strcpy(m.text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><x-cisco-alarm>"
		       "<Alarm Name=\"LastOutOfServiceInformation\"><ParameterList>"
		       "<String name=\"DeviceName\">SEP001122334455</String>"
		       "<Enum name=\"ReasonForOutOfService\">10</Enum>"
		       "<Enum name=\"LastProtocolEventSent\">0</Enum>"
		       "<String name=\"NeighborDeviceID\">switch-3</String>"
		       "<String name=\"NeighborPortID\">Gi1/0/7</String>"
		       "</ParameterList></Alarm></x-cisco-alarm>\n");
	rig_send(c, SCCP_XMLAlarm, 3, &m);
	assert_true(rig_told(r, "ALARM " PHONE " LastOutOfServiceInformation: "
				"ReasonForOutOfService=10 NeighborDeviceID=switch-3 "
				"NeighborPortID=Gi1/0/7\n"));
	strcpy(m.text, "<!DOCTYPE a [<!ENTITY b \"boom\">]><a name=\"x\">&b;</a>");
	rig_send(c, SCCP_XMLAlarm, 3, &m);
	assert_true(rig_told(r, "an alarm that is not XML"));
}

static void the_zone_decides_the_day(void **state)
{
	struct sccp_rig *r = *state;
	struct sccp_rig_conn *c = boot(r, PHONE);
	struct sccp_time_date date;

	r->clock.wall = 1709161200ll * 1000000000; /* 2024-02-28 23:00:00 UTC, a leap year */
	rig_skip(c);
	rig_send(c, SCCP_TimeDateReq, 11, NULL);
	assert_int_equal(rig_next(c, 11, &date), SCCP_DefineTimeDate);
	assert_int_equal(date.month, 2);
	assert_int_equal(date.day, 29);
	assert_int_equal(date.hour, 0);
	assert_int_equal(date.weekday, 4);
	strcpy(sccp_hub_site(r->hub)->zone, "Etc/UTC");
	rig_send(c, SCCP_TimeDateReq, 11, NULL);
	assert_int_equal(rig_next(c, 11, &date), SCCP_DefineTimeDate);
	assert_int_equal(date.day, 28);
	assert_int_equal(date.hour, 23);
	assert_int_equal(date.weekday, 3);
}

#define ON_11(f) cmocka_unit_test_setup_teardown(f, rig_11, rig_end)
#define ON_22(f) cmocka_unit_test_setup_teardown(f, rig_22, rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_11(a_configured_7941_registers_and_gets_all_it_asks_for),
		ON_22(every_request_is_answered_also_for_what_does_not_exist),
		ON_22(old_phones_get_the_fixed_forms),
		ON_11(a_phone_in_no_ephone_is_refused_and_told_why),
		ON_11(a_phone_that_comes_at_a_bad_moment_is_told_to_come_again),
		ON_11(a_name_that_is_no_device_is_refused),
		ON_11(the_limit_of_registered_phones_is_told_to_the_phone),
		ON_11(strict_match_takes_only_phones_that_came_to_the_source_address),
		ON_11(a_phone_that_comes_back_wins_over_its_stale_session),
		ON_11(registering_again_on_the_same_connection_is_no_second_phone),
		ON_11(a_phone_refused_on_its_own_connection_is_no_longer_registered),
		ON_11(a_connection_that_registers_or_reports_without_end_is_bounded),
		ON_11(three_missed_keepalives_end_a_registration),
		ON_11(any_message_is_a_sign_of_life),
		ON_11(the_keepalive_of_the_ephone_wins_over_the_sites),
		ON_11(a_standby_connection_is_answered_and_never_needs_to_register),
		ON_11(a_connection_that_says_nothing_is_closed),
		ON_11(a_registration_without_a_time_request_is_complete_after_five_quiet_seconds),
		ON_11(messages_come_in_any_pieces),
		ON_11(a_length_that_cannot_be_closes_the_connection),
		ON_11(unknown_messages_are_read_over),
		ON_11(messages_out_of_turn_are_not_answered_and_too_many_close),
		ON_11(a_message_too_short_for_its_fields_reaches_no_handler),
		ON_11(unregister_is_acknowledged_and_the_phone_has_five_seconds_to_close),
		ON_11(a_lost_connection_ends_the_registration),
		ON_22(tokens_are_given_to_phones_that_would_be_taken),
		ON_11(a_phone_is_told_to_restart_or_reset),
		ON_11(a_changed_system_message_comes_with_the_next_keepalive),
		ON_11(alarms_land_on_the_phone_they_name),
		ON_11(xml_alarms_become_one_line),
		ON_11(the_zone_decides_the_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
