/* tests/unit/test_sccp_config.c - from the configuration to a site and to the keys of a phone. */
#include "tests/support/test.h"

#include <string.h>

#include "server/core/mem.h"
#include "server/sccp/config.h"
#include "store/schema/schema.h"
#include "store/store.h"

struct rig {
	char *dir;
	struct store *store;
	struct sccp_config *config;
	struct sccp_site site;
};

static int rig_begin(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));
	struct store_options opt = { .clock = &clock_system };

	r->dir = test_tmpdir();
	opt.dir = r->dir;
	assert_int_equal(store_open(&r->store, &opt, NULL, 0), 0);
	r->config = sccp_config_new();
	*state = r;
	return 0;
}

static int rig_end(void **state)
{
	struct rig *r = *state;

	sccp_config_free(r->config);
	store_close(r->store);
	test_rmdir(r->dir);
	mem_free(r);
	return 0;
}

/* Commits objects given as path, JSON, ..., NULL; JSON "null" deletes. */
static void commit(struct rig *r, const char *path, ...)
{
	struct store_commit info = { .who = "test" };
	struct conf *conf;
	va_list ap;

	assert_int_equal(conf_open(r->store, &conf), 0);
	va_start(ap, path);
	for (; path; path = va_arg(ap, const char *)) {
		cJSON *value = cJSON_Parse(va_arg(ap, const char *));
		struct faults f;

		faults_init(&f);
		if (cJSON_IsNull(value))
			conf_put(conf, path, NULL);
		else
			schema_edit(conf, OP_PUT, path, value, &f, NULL);
		for (size_t i = 0; i < f.n; i++)
			print_message("%s: %s\n", path, f.list[i].detail);
		assert_int_equal(f.n, 0);
		faults_fini(&f);
		cJSON_Delete(value);
	}
	va_end(ap);
	assert_int_equal(store_commit(r->store, conf, &info), 0);
	conf_close(conf);
	assert_int_equal(conf_open(r->store, &conf), 0);
	sccp_config_update(r->config, conf, &r->site);
	assert_int_equal(sccp_config_revision(r->config), info.revision);
	conf_close(conf);
}

static struct sccp_profile *profile(struct rig *r, unsigned tag, uint32_t device_type)
{
	struct sccp_profile *p;
	struct conf *conf;

	assert_int_equal(conf_open(r->store, &conf), 0);
	p = sccp_config_profile(conf, tag, device_type);
	conf_close(conf);
	return p;
}

static void assert_button(const struct sccp_profile *p, unsigned at, uint8_t instance, uint8_t type)
{
	assert_int_equal(p->button[at - 1].instance, instance);
	assert_int_equal(p->button[at - 1].type, type);
}

static void an_empty_configuration_takes_no_phone(void **state)
{
	struct rig *r = *state;

	commit(r, NULL);
	assert_false(r->site.source[SCCP_IPV4].on); /* */
	assert_false(r->site.source[SCCP_IPV6].on);
	assert_int_equal(r->site.max_ephones, 0);
	assert_int_equal(r->site.keepalive_s, 30);
	assert_string_equal(r->site.date_template, "M/D/YA");
	assert_string_equal(r->site.zone, "America/Los_Angeles"); /* zone 5 */
	REQ("R-023");
}

static void settings_of_telephony_service_reach_the_site(void **state)
{
	struct rig *r = *state;
	char text[NET_TEXT_SIZE];
	uint64_t before;

	commit(r, "telephony-service",
	       "{\"enabled\":true,\"max_ephones\":48,\"keepalive\":45,\"date_format\":\"dd-mm-yy\","
	       "\"time_format\":24,\"time_zone\":23,\"system_message\":\"House\","
	       "\"source_addresses\":{\"ipv4\":{\"address\":\"192.0.2.1\",\"port\":2500,"
	       "\"secondary\":\"192.0.2.2\",\"match_mode\":\"strict-match\"}}}",
	       NULL);
	assert_int_equal(r->site.max_ephones, 48);
	assert_int_equal(r->site.keepalive_s, 45);
	assert_int_equal(r->site.dscp, 24); /* cs3 */
	assert_string_equal(r->site.date_template, "D/M/Y");
	assert_string_equal(r->site.message, "House");
	assert_true(r->site.source[SCCP_IPV4].on);
	assert_true(r->site.source[SCCP_IPV4].strict_match);
	assert_string_equal(net_addr_text(&r->site.source[SCCP_IPV4].address, text),
			    "192.0.2.1:2500");
	assert_string_equal(net_addr_text(&r->site.source[SCCP_IPV4].secondary, text),
			    "192.0.2.2:2500");
	before = r->site.message_change;
	commit(r, "telephony-service",
	       "{\"enabled\":true,\"protocol_mode\":{\"mode\":\"dual-stack\"},"
	       "\"olson_time_zone\":{\"timezone\":\"Asia/Kolkata\",\"version\":\"2024a\"},"
	       "\"source_addresses\":{\"ipv4\":{\"address\":\"192.0.2.1\"},"
	       "\"ipv6\":{\"address\":\"2001:db8::1\"}}}",
	       NULL);
	assert_true(r->site.message_change > before);
	assert_string_equal(r->site.zone, "Asia/Kolkata");
	assert_string_equal(net_addr_text(&r->site.source[SCCP_IPV4].address, text),
			    "192.0.2.1:2000");
	assert_string_equal(net_addr_text(&r->site.source[SCCP_IPV6].address, text),
			    "[2001:db8::1]:2000");
	before = r->site.message_change;
	commit(r, "ephones/1", "{\"mac_address\":\"0011.2233.4455\"}", NULL);
	assert_int_equal(r->site.message_change, before);
	commit(r, "telephony-service", "null", NULL);
	assert_false(r->site.source[SCCP_IPV4].on);
	REQ("R-022");
}

static void the_index_of_macs_follows_every_commit(void **state)
{
	struct rig *r = *state;

	commit(r, "ephones/1", "{\"mac_address\":\"001122334455\"}", "ephones/2",
	       "{\"mac_address\":\"AABBCCDDEEFF\"}", "ephones/3", "{}", NULL);
	assert_int_equal(sccp_config_tag(r->config, "SEP001122334455"), 1);
	assert_int_equal(sccp_config_tag(r->config, "ATAAABBCCDDEEFF"), 2);
	assert_int_equal(sccp_config_tag(r->config, "SEP001122334456"), 0);
	assert_int_equal(sccp_config_tag(r->config, "nonsense"), 0);
	/* The MAC moves to another ephone, another one goes, one comes. */
	commit(r, "ephones/1", "{}", "ephones/7", "{\"mac_address\":\"001122334455\"}", "ephones/2",
	       "null", "ephones/3", "{\"mac_address\":\"000000000001\"}", NULL);
	assert_int_equal(sccp_config_tag(r->config, "SEP001122334455"), 7);
	assert_int_equal(sccp_config_tag(r->config, "SEPAABBCCDDEEFF"), 0);
	assert_int_equal(sccp_config_tag(r->config, "SEP000000000001"), 3);
}

static void numbers_stand_on_their_buttons_and_the_rest_fills_up(void **state)
{
	struct rig *r = *state;
	struct sccp_profile *p;

	commit(r, "ephone-dns/1",
	       "{\"number\":\"1001\",\"label\":\"Me\",\"description\":\"Header\"}", "ephone-dns/2",
	       "{\"number\":\"1002\",\"call_forward\":{\"busy\":{\"target\":\"9\"}}}",
	       "ephone-dns/3", "{\"number\":\"1003\"}", "ephones/1",
	       "{\"mac_address\":\"001122334455\",\"phone_type\":\"7961\",\"keepalive\":90,"
	       "\"buttons\":{\"1\":{\"separator\":\":\",\"dns\":[1]},"
	       "\"4\":{\"separator\":\"o\",\"dns\":[2,3]},\"2\":{\"separator\":\"m\",\"dns\":[3]}},"
	       "\"speed_dials\":{\"10\":{\"digits\":\"10\"},\"9\":{\"digits\":\"+9\",\"label\":"
	       "\"Nine\"},"
	       "\"11\":{\"digits\":\"#\"},\"12\":{\"digits\":\"12\"}}}",
	       NULL);
	p = profile(r, 1, 30018); /* a 7961 has six keys */
	assert_int_equal(p->n_buttons, 6);
	assert_int_equal(p->keepalive_s, 90);
	assert_int_equal(p->n_lines, 2);
	assert_button(p, 1, 1, SCCP_BUTTON_LINE);
	assert_button(p, 2, 1, SCCP_BUTTON_BLF_SPEED_DIAL); /* a monitored number */
	assert_button(p, 3, 2, SCCP_BUTTON_SPEED_DIAL);
	assert_button(p, 4, 2, SCCP_BUTTON_LINE);
	assert_button(p, 5, 3, SCCP_BUTTON_SPEED_DIAL);
	assert_button(p, 6, 4, SCCP_BUTTON_SPEED_DIAL);
	assert_string_equal(p->line[0].number, "1001");
	assert_string_equal(p->line[0].label, "Me");
	assert_string_equal(p->line[0].name, "Header");
	assert_string_equal(p->line[1].number, "1002");
	assert_string_equal(p->line[1].label, "1002");
	assert_string_equal(p->line[1].busy, "9");
	assert_null(p->line[1].all);
	assert_string_equal(p->dial[0].number, "1003");
	assert_string_equal(p->dial[1].number, "9"); /* in the order of tags; + only locks */
	assert_string_equal(p->dial[1].label, "Nine");
	assert_string_equal(p->dial[2].number, "10");
	assert_string_equal(p->dial[3].number, ""); /* for the user to fill */
	assert_int_equal(p->n_dials, 4);            /* the fifth finds no key */
	sccp_profile_free(p);
	assert_null(profile(r, 2, 30018));
}

static void models_with_fixed_keys_and_modules_keep_them(void **state)
{
	struct rig *r = *state;
	struct sccp_profile *p;

	commit(r, "ephone-dns/1", "{\"number\":\"1001\"}", "ephones/1",
	       "{\"buttons\":{\"1\":{\"separator\":\":\",\"dns\":[1]},"
	       "\"10\":{\"separator\":\":\",\"dns\":[1]}},"
	       "\"speed_dials\":{\"1\":{\"digits\":\"7\"}},"
	       "\"feature_buttons\":{\"1\":{\"feature\":\"Dnd\"}}}",
	       NULL);
	p = profile(r, 1, 307); /* a 7911: one line, Hold, nine speed dials */
	assert_int_equal(p->n_buttons, 11);
	assert_int_equal(p->n_lines, 1); /* key 10 of it takes no line */
	assert_button(p, 1, 1, SCCP_BUTTON_LINE);
	assert_button(p, 2, 1, SCCP_BUTTON_HOLD);
	assert_button(p, 3, 1, SCCP_BUTTON_SPEED_DIAL);
	assert_button(p, 4, 0, SCCP_BUTTON_UNDEFINED); /* and no feature either */
	sccp_profile_free(p);

	commit(r, "ephones/1",
	       "{\"phone_type\":\"7962\",\"addon1\":\"7916-24\",\"addon2\":\"7916-24\","
	       "\"buttons\":{\"1\":{\"separator\":\":\",\"dns\":[1]},"
	       "\"54\":{\"separator\":\":\",\"dns\":[1]}},"
	       "\"feature_buttons\":{\"1\":{\"feature\":\"Dnd\"}}}",
	       NULL);
	p = profile(r, 1, 404); /* a 7962 with two modules of 24 keys */
	assert_int_equal(p->n_buttons, 54);
	assert_button(p, 54, 2, SCCP_BUTTON_LINE);
	assert_button(p, 2, 1, SCCP_BUTTON_DND);
	assert_string_equal(p->dial[0].label, "Dnd");
	sccp_profile_free(p);
}

static void a_template_gives_what_phone_and_number_leave_open(void **state)
{
	struct rig *r = *state;
	struct sccp_profile *p;

	commit(r, "ephone-templates/2",
	       "{\"phone_type\":\"7962\",\"keepalive\":45,"
	       "\"speed_dials\":{\"1\":{\"digits\":\"100\"},\"2\":{\"digits\":\"200\"}}}",
	       "ephone-dn-templates/1",
	       "{\"description\":\"Shop\",\"call_forward\":{\"all\":{\"target\":\"9\"},"
	       "\"busy\":{\"target\":\"8\"}}}",
	       "ephone-dns/1",
	       "{\"number\":\"1001\",\"ephone_dn_template\":1,"
	       "\"call_forward\":{\"busy\":{\"target\":\"7\"}}}",
	       "ephones/1",
	       "{\"mac_address\":\"001122334455\",\"ephone_template\":2,"
	       "\"buttons\":{\"1\":{\"separator\":\":\",\"dns\":[1]}},"
	       "\"speed_dials\":{\"2\":{\"digits\":\"222\"}}}",
	       NULL);
	p = profile(r, 1, 404);
	assert_string_equal(p->type, "7962");
	assert_int_equal(p->keepalive_s, 45);
	assert_string_equal(p->line[0].name, "Shop");
	assert_string_equal(p->line[0].all, "9");
	assert_string_equal(p->line[0].busy, "7");
	assert_int_equal(p->n_dials, 2);
	assert_string_equal(p->dial[0].number, "100");
	assert_string_equal(p->dial[1].number, "222");
	sccp_profile_free(p);
	REQ("R-300");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_empty_configuration_takes_no_phone, rig_begin,
						rig_end),
		cmocka_unit_test_setup_teardown(settings_of_telephony_service_reach_the_site,
						rig_begin, rig_end),
		cmocka_unit_test_setup_teardown(the_index_of_macs_follows_every_commit, rig_begin,
						rig_end),
		cmocka_unit_test_setup_teardown(
		    numbers_stand_on_their_buttons_and_the_rest_fills_up, rig_begin, rig_end),
		cmocka_unit_test_setup_teardown(models_with_fixed_keys_and_modules_keep_them,
						rig_begin, rig_end),
		cmocka_unit_test_setup_teardown(a_template_gives_what_phone_and_number_leave_open,
						rig_begin, rig_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
