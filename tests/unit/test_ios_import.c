/* A whole running configuration: what becomes of each line, of damaged ones, of passwords, and that an export
 * comes back as it went. The texts in tests/import stand for sites of every kind. */
#include "tests/support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/exec.h"
#include "store/ios/import.h"
#include "store/ios/ios.h"
#include "tests/support/schema_rig.h"

#define FIXTURES "tests/import"

static cJSON *report;
static const struct import_options merge = { .accounts = true };
static const struct import_options replace = { .replace = true, .accounts = true };

static int import_bytes(struct schema_rig *r, const char *text, size_t len,
			const struct import_options *opt)
{
	struct import *im;
	int err;

	faults_fini(&r->faults);
	faults_fini(&r->warnings);
	cJSON_Delete(report);
	err = ios_import(&im, r->conf, text, len, opt, &r->faults, &r->warnings);
	report = import_report(im);
	import_free(im);
	return err;
}

static int import_err(struct schema_rig *r, const char *text)
{
	return import_bytes(r, text, strlen(text), &merge);
}

static void import(struct schema_rig *r, const char *text)
{
	if (import_err(r, text))
		fail_msg("refused: %s %s", r->faults.list[0].path, r->faults.list[0].detail);
}

static void fresh(struct schema_rig *r)
{
	conf_close(r->conf);
	assert_int_equal(conf_open(r->store, &r->conf), 0);
}

/* ---- the report ---- */
static const cJSON *line_at(unsigned number)
{
	const cJSON *l;

	cJSON_ArrayForEach (l, cJSON_GetObjectItem(report, "lines")) {
		if (cJSON_GetObjectItem(l, "line")->valuedouble == number)
			return l;
	}
	fail_msg("line %u is not in the report", number);
	return NULL;
}

static const char *of_line(unsigned number, const char *member)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItem(line_at(number), member));

	return s ? s : "";
}

static void assert_result(unsigned number, const char *result)
{
	if (strcmp(of_line(number, "result"), result) != 0)
		fail_msg("line %u, `%s`, is %s (%s), not %s", number, of_line(number, "text"),
			 of_line(number, "result"), of_line(number, "reason"), result);
}

static void assert_line(unsigned number, const char *result, const char *reason)
{
	assert_result(number, result);
	if (!strstr(of_line(number, "reason"), reason))
		fail_msg("line %u, `%s`: `%s` does not say `%s`", number, of_line(number, "text"),
			 of_line(number, "reason"), reason);
}

static void assert_near(unsigned number, const char *nearest)
{
	assert_string_equal(of_line(number, "nearest"), nearest);
}

static unsigned counted(const char *what)
{
	const cJSON *n = cJSON_GetObjectItem(cJSON_GetObjectItem(report, "summary"), what);

	return (unsigned)n->valuedouble;
}

static unsigned lines_of(const char *text, size_t len)
{
	unsigned n = len && text[len - 1] != '\n';

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

/* Each line once, in the list, in the sum and in the modes. */
static void assert_accounted(unsigned lines)
{
	static const char *const results[] = { "applied", "unchanged", "kept", "ignored",
					       "refused" };
	unsigned sum = 0, in_modes = 0, number = 0;
	const cJSON *e;

	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		sum += counted(results[i]);
		cJSON_ArrayForEach (e, cJSON_GetObjectItem(report, "modes")) {
			in_modes += (unsigned)cJSON_GetObjectItem(e, results[i])->valuedouble;
		}
	}
	assert_int_equal(counted("lines"), lines);
	assert_int_equal(sum, lines);
	assert_int_equal(in_modes, lines);
	if (counted("not_listed"))
		return;
	cJSON_ArrayForEach (e, cJSON_GetObjectItem(report, "lines")) {
		const char *result = cJSON_GetObjectItem(e, "result")->valuestring;

		assert_int_equal(cJSON_GetObjectItem(e, "line")->valuedouble, ++number);
		assert_true(!strcmp(result, "applied") || !strcmp(result, "unchanged") ||
			    cJSON_GetObjectItem(e, "reason"));
	}
	assert_int_equal(number, lines);
}

static char *export_text(struct schema_rig *r, bool all)
{
	struct ios_print opt = { .store = r->store, .secrets = true };
	struct text out;

	text_init(&out, 64 << 20);
	assert_int_equal((all ? ios_export_all : ios_export)(r->conf, &opt, &out), 0);
	return text_take(&out);
}

static void assert_export(struct schema_rig *r, const char *want)
{
	char *got = export_text(r, false);

	assert_string_equal(got, want);
	mem_free(got);
}

/* ---- the fixtures ---- */
static char *read_file(const char *name, size_t *len)
{
	char path[300], *text;
	FILE *f;

	snprintf(path, sizeof(path), FIXTURES "/%s", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	text = mem_zalloc(1 << 16);
	*len = fread(text, 1, (1 << 16) - 1, f);
	fclose(f);
	return text;
}

static void each_fixture(struct schema_rig *r, void (*fn)(struct schema_rig *r, const char *name,
							  const char *text, size_t len))
{
	DIR *d = opendir(FIXTURES);
	struct dirent *e;
	unsigned n = 0;

	assert_non_null(d);
	while ((e = readdir(d))) {
		size_t len;
		char *text;

		if (!strstr(e->d_name, ".cfg"))
			continue;
		text = read_file(e->d_name, &len);
		fresh(r);
		fn(r, e->d_name, text, len);
		mem_free(text);
		n++;
	}
	closedir(d);
	assert_int_equal(n, 28);
}

static void must(struct schema_rig *r, const char *name, const char *text, size_t len,
		 const struct import_options *opt)
{
	if (import_bytes(r, text, len, opt))
		fail_msg("%s is refused: line %u %s %s %s", name, r->faults.list[0].line,
			 r->faults.list[0].path, r->faults.list[0].field, r->faults.list[0].detail);
}

static void none(const char *name, const char *result)
{
	const cJSON *l;

	cJSON_ArrayForEach (l, cJSON_GetObjectItem(report, "lines")) {
		if (strcmp(cJSON_GetObjectItem(l, "result")->valuestring, result) == 0)
			fail_msg("%s: `%s` is %s", name,
				 cJSON_GetObjectItem(l, "text")->valuestring, result);
	}
}

/* The figures of each site; a setting that becomes known, or no longer is, shows here. */
static void assert_figures(const char *name)
{
	char got[300], want[300];
	FILE *f = fopen(FIXTURES "/figures.tsv", "r");

	assert_non_null(f);
	snprintf(got, sizeof(got), "%s\t%u\t%u\t%u\t%u\t%u\n", name, counted("applied"),
		 counted("unchanged"), counted("kept"), counted("ignored"), counted("refused"));
	while (fgets(want, sizeof(want), f) && strncmp(want, got, strcspn(got, "\t") + 1) != 0)
		;
	fclose(f);
	assert_string_equal(got, want);
}

static void account_for(struct schema_rig *r, const char *name, const char *text, size_t len)
{
	must(r, name, text, len, &merge);
	assert_accounted(lines_of(text, len));
	assert_figures(name);
	none(name, "refused");
}

static void every_line_of_every_site_is_accounted_for(void **state)
{
	each_fixture(*state, account_for);
	REQ("R-323");
}

/* Without those that hold a hashed password: an export cannot have it. */
static char *without_masked(char *text)
{
	struct slice rest = slice_of(text), line;
	struct text out;

	text_init(&out, 1 << 20);
	text_add(&out, "");
	while (rest.len && slice_next(&rest, '\n', &line)) {
		char *one = slice_dup(line);

		if (!strstr(one, IOS_MASK))
			text_addf(&out, "%s\n", one);
		mem_free(one);
	}
	mem_free(text);
	return text_take(&out);
}

static void come_back(struct schema_rig *r, const char *name, const char *text, size_t len)
{
	char *once, *twice, *all, *whole;

	must(r, name, text, len, &merge);
	once = export_text(r, false);
	all = export_text(r, true);
	whole = mem_strdup(once);
	fresh(r);
	must(r, name, once, strlen(once), &merge);
	none(name, "refused");
	once = without_masked(once);
	twice = export_text(r, false);
	assert_string_equal(twice, once);
	mem_free(twice);
	/* over itself it changes nothing */
	must(r, name, once, strlen(once), &merge);
	none(name, "applied");
	/* over another site it replaces it */
	fresh(r);
	import(r, "telephony-service\n max-dn 99\n voicemail 77\nephone-dn 98\n number "
		  "98\nsnmp-server x\n");
	must(r, name, text, len, &replace);
	twice = export_text(r, false);
	assert_string_equal(twice, whole);
	mem_free(twice);
	/* with the defaults written out it is the same */
	fresh(r);
	must(r, name, all, strlen(all), &merge);
	none(name, "refused");
	mem_free(once);
	mem_free(whole);
	mem_free(all);
}

static void what_is_exported_comes_back_the_same(void **state)
{
	each_fixture(*state, come_back);
	REQ("R-322");
	REQ("R-325");
}

struct expected {
	const char *begins, *result, *reason;
};

static void a_badly_damaged_paste_is_read_as_it_was_meant(void **state)
{
	static const struct expected want[] = {
		{ "! Everything", "ignored", "comment" },
		{ "show running config", "ignored", "command of the terminal" },
		{ "Building", "ignored", "no command" },
		{ "", "ignored", "empty" },
		{ "Current configuration", "ignored", "no command" },
		{ "configure terminal", "ignored", "command of the terminal" },
		{ "hostname rare-bird", "kept", "without effect" },
		{ "ip http server", "applied", "" },
		{ "voice service voip", "unchanged", "" },
		{ "media flow around", "applied", "" },
		{ "allow-connections sip to sip", "applied", "" },
		{ "sip", "unchanged", "" },
		{ "registrar server expires max 700 min 200", "applied", "" },
		{ "voice register global", "unchanged", "" },
		{ "mode cme", "applied", "" },
		{ "source-addr 10.104.3.3 port 5090", "applied", "" },
		{ "max-pool 4", "applied", "" },
		{ "max-dn 4", "applied", "" },
		{ "authenticate all realm rare.example", "applied", "" },
		{ "voice register dn 1", "applied", "" },
		{ "number 4401", "applied", "" },
		{ "twiddle knob 4", "kept", "No such command" },
		{ "label Rare Line", "applied", "" },
		{ "voice register pool 1", "applied", "" },
		{ "number 1 dn 1", "applied", "" },
		{ "id mac 0234.0303.0001", "applied", "" },
		{ "x-server flash:broken.line", "kept", "No such command" },
		{ "type 7945", "applied", "" },
		{ "i!", "kept", "No such command" },
		{ "telephony-service", "applied", "" },
		{ "ip source-address 10.104.3.3 port 2000 any-match", "applied", "" },
		{ "IP QOS DSCP 34 SIGNAL", "applied", "" },
		{ "max-dn   12", "applied", "" },
		{ "ip qos dscp ef media", "unchanged", "" },
		{ "standby username raresync password ******", "applied", "" },
		{ "internal-call 2", "applied", "" },
		{ "hfs enable", "applied", "" },
		{ "load  7945", "applied", "" },
		{ "service phone spantopcport 1", "applied", "" },
		{ "create cnf-files version-stamp Jan 01 2002 00:00:00", "applied", "" },
		{ "voice-port 1/0/1", "applied", "" },
		{ "signal groundstart", "applied", "" },
		{ "voice moh-group 2", "applied", "" },
		{ "moh flash:/rare.au", "applied", "" },
		{ "extension range 100 to 199", "applied", "" },
		{ "ephone-dn 5 dual-line", "applied", "" },
		{ "number 4405", "applied", "" },
		{ "name \"Rare Name\"", "applied", "" },
		{ "!", "ignored", "comment" },
		{ "! a comment between blocks", "ignored", "comment" },
		{ "sip-ua", "unchanged", "" },
		{ "timer connection aging 90", "applied", "" },
		{ "registrar server ipv4:10.104.3.77", "applied", "" },
		{ "ephone  5", "applied", "" },
		{ "mac-address 0234.0303.0005", "applied", "" },
		{ "button 1:5", "applied", "" },
		{ "restart", "ignored", "An action" },
		{ "exit", "ignored", "Closes" },
		{ "telephony-service", "unchanged", "" },
		{ "restart all 20", "ignored", "An action" },
		{ "reset sequence-all", "ignored", "An action" },
		{ "end", "ignored", "Closes" },
		{ "mkdir flash:rare-loads", "ignored", "An action" },
		{ "Create directory filename", "ignored", "Output of the command in line 63" },
		{ "Created dir flash:rare-loads", "ignored", "Output of the command in line 63" },
		{ "conf t", "ignored", "command of the terminal" },
		{ "Enter configuration commands", "ignored", "no command" },
		{ "tele", "unchanged", "" },
		{ "hfs hom", "ignored", "Unfinished" },
		{ "hfs home-path flash:?", "ignored", "A question" },
		{ "WORD", "ignored", "Output of the command in line 70" },
		{ "hfs home-path flash:rare-loads", "applied", "" },
		{ "", "ignored", "A prompt without a command" },
		{ ".", "ignored", "Dots" },
		{ ".", "ignored", "Dots" },
		{ "telephony-service", "unchanged", "" },
		{ "time-format 24", "applied", "" },
		{ "....", "ignored", "Dots" },
		{ "date-format dd-mm-yy", "applied", "" },
		{ "end", "ignored", "Closes" },
		{ "time-zone 23", "applied", "" },
		{ "timeouts busy 12", "applied", "" },
		{ "ephone-dn 6", "applied", "" },
		{ "number 4406", "applied", "" },
		{ "telephony-service", "unchanged", "" },
		{ "protocol mode dual-stack preference ipv6", "applied", "" },
		{ "ip source-address 10.104.3.3 port 2000 ip source-address", "unchanged",
		  "Two commands in one line" },
		{ "2001:DB8:5::5", "applied", "Completes line 87" },
		{ "exit", "ignored", "Closes" },
		{ "exit", "ignored", "Closes" },
		{ "", "ignored", "A prompt without a command" },
	};
	struct schema_rig *r = *state;
	size_t len;
	char *text = read_file("quirks.cfg", &len);

	must(r, "quirks.cfg", text, len, &merge);
	mem_free(text);
	assert_int_equal(counted("lines"), ARRAY_LEN(want));
	for (unsigned i = 0; i < ARRAY_LEN(want); i++) {
		assert_line(i + 1, want[i].result, want[i].reason);
		if (strncmp(of_line(i + 1, "text"), want[i].begins, strlen(want[i].begins)) != 0)
			fail_msg("line %u is `%s`", i + 1, of_line(i + 1, "text"));
	}
	rig_assert_item(r, "voice-ports/1%2F0%2F1", "{\"signal\":\"ground-start\"}");
	rig_assert_item(r, "ephone-dns/6", "{\"number\":\"4406\"}");
	REQ("R-310");
	REQ("R-311");
	REQ("R-318");
	REQ("R-327");
	REQ("R-369");
	REQ("R-370");
	REQ("R-371");
}

static void blocks_of_a_router_come_back_as_they_were(void **state)
{
	static const char text[] =
	    "!\ncrypto pki certificate chain A\n certificate self-signed 01\n  30820194\n  quit\n"
	    "!\ninterface GigabitEthernet0/0\n ip address dhcp\n!\nline con 0\n"
	    " exec-timeout 0 0\n!\nline vty 0 4\n login\n!\nend\n";
	struct schema_rig *r = *state;

	import(r, text);
	assert_export(r, text);
	fresh(r);
	/* as a router prints the last ones: with nothing between them */
	import(r, "line con 0\n exec-timeout 0 0\nline vty 0 4\n login\n!\nend\n");
	assert_export(r, "!\nline con 0\n exec-timeout 0 0\n!\nline vty 0 4\n login\n!\nend\n");
}

static void unknown_lines_stay_in_their_block(void **state)
{
	struct schema_rig *r = *state;

	import(r, "version 15.7\n!\nrouter ospf 1\n network 10.0.0.0 0.0.0.255 area 0\n"
		  " area 0 range 10.0.0.0 255.0.0.0\n  shutdown\n!\n"
		  "telephony-service\n max-dn 5\n frobnicate 3\n  deeper 4\n max-ephones 7\n!\n"
		  "ephone-dn 1\n number 21\n twiddle\n");
	assert_line(3, "kept", "Of the router");
	assert_line(4, "kept", "");
	assert_line(10, "kept", "No such command here");
	assert_line(11, "kept", "");
	assert_result(12, "applied");
	assert_export(r,
		      "!\nversion 15.7\n!\nrouter ospf 1\n network 10.0.0.0 0.0.0.255 area 0\n"
		      " area 0 range 10.0.0.0 255.0.0.0\n  shutdown\n!\n"
		      "telephony-service\n max-ephones 7\n max-dn 5\n frobnicate 3\n  deeper 4\n!\n"
		      "ephone-dn 1\n number 21\n twiddle\n!\nend\n");
	REQ("R-318");
}

/* Routers print blocks without `!` between them, and some without a line in them. */
static void blocks_of_the_router_end_where_their_indentation_ends(void **state)
{
	static const char indented[] = "!\n"
				       "archive\n log config\n  hidekeys\n!\n"
				       "ip forward-protocol nd\n!\n"
				       "class-map match-any RTP\n match ip dscp ef\n!\n"
				       "policy-map WAN\n class RTP\n  priority percent 30\n"
				       " class class-default\n!\n"
				       "ip sla 1\n icmp-echo 10.0.0.1\n!\n"
				       "ip sla schedule 1 start-time now\n!\n"
				       "line con 0\n!\nline aux 0\n!\n"
				       "line vty 0 4\n transport input ssh\n!\n"
				       "line vty 5 15\n!\n"
				       "scheduler allocate 20000 1000\n!\nend\n";
	static const char bare[] = "line con 0\nlogging synchronous\nline aux 0\nline vty 0 4\n"
				   "transport input ssh\n";
	struct schema_rig *r = *state;
	struct text t;

	text_init(&t, 4096);
	for (const char *p = indented; *p; p++) {
		if (p[0] == '!' && p[1] == '\n')
			p++;
		else
			text_addc(&t, *p);
	}
	import(r, t.buf);
	text_fini(&t);
	assert_export(r, indented);
	fresh(r);
	import(r, bare);
	assert_export(r, "!\nline con 0\n logging synchronous\n!\nline aux 0\n!\n"
			 "line vty 0 4\n transport input ssh\n!\nend\n");
	REQ("R-318");
}

static void a_block_goes_on_behind_one_inside_of_it(void **state)
{
	static const char text[] = "!\ncrypto pki certificate chain TP\n certificate 02\n"
				   "  3082022B 30820194\n  DEADBEEF 12\n  quit\n"
				   " certificate ca 01\n  3082022B 30820195\n  quit\n!\n"
				   "router bgp 65001\n address-family ipv4\n"
				   "  network 10.0.0.0\n address-family ipv6\n"
				   "  network 2001:DB8::/32\n!\nend\n";
	struct schema_rig *r = *state;

	import(r, "crypto pki certificate chain TP\n certificate 02\n  3082022B 30820194 \n"
		  "  DEADBEEF 12\n  \tquit\n certificate ca 01\n  3082022B 30820195 \n  \tquit\n"
		  "router bgp 65001\n !\n address-family ipv4\n  network 10.0.0.0\n"
		  " exit-address-family\n !\n address-family ipv6\n  network 2001:DB8::/32\n"
		  " exit-address-family\n!\n");
	assert_result(5, "kept");
	assert_line(13, "ignored", "Closes the mode");
	assert_export(r, text);
	fresh(r);
	import(r, text);
	assert_export(r, text);
	REQ("R-318");
}

/* `key` is a word of other lines too; and a block whose first line is not kept takes its lines along. */
static void keys_are_told_from_passwords(void **state)
{
	static const char kept[] = "!\nkey chain A\n key 1\n  key-string 7 070C285F4D06\n!\n"
				   "route-map X permit 10\n set community 100:1\n!\n"
				   "password encryption aes\n!\nline con 0\n"
				   " description key account\n!\nend\n";
	struct schema_rig *r = *state;
	struct ios_print masked = { 0 };
	struct text t;

	import(r, kept);
	assert_export(r, kept);
	text_init(&t, 4096);
	assert_int_equal(ios_export(r->conf, &masked, &t), 0);
	assert_non_null(strstr(t.buf, "key chain A\n key 1\n  key-string 7 ******\n"));
	assert_non_null(strstr(t.buf, "password encryption aes\n"));
	text_fini(&t);
	fresh(r);
	import(r,
	       "snmp-server user u g v3 auth sha Abc priv aes 128 Def\n"
	       "snmp-server host 10.1.1.1 version 2c Abc\narchive\n path scp://u:Abc@10.1.1.1/x\n"
	       "interface Gi0/1\n standby 1 authentication Abc\n!\n"
	       "telephony-service\n authentication credential admin Abc\n!\n"
	       "crypto keyring key Abc\n hangs below\n");
	for (unsigned i = 1; i <= 11; i++) {
		assert_null(strstr(of_line(i, "text"), "Abc"));
		assert_null(strstr(of_line(i, "nearest"), "tftp-server"));
	}
	assert_line(1, "ignored", "clear text");
	assert_line(4, "ignored", "clear text");
	assert_line(9, "ignored", "clear text");
	assert_line(12, "ignored", "which is not kept");
	REQ("R-318");
}

/* What is damaged stays alone: the lines behind it are read. */
static void damaged_lines_do_not_take_others_along(void **state)
{
	struct schema_rig *r = *state;

	import(
	    r,
	    "telephony-service\n max-dn 5\n max-ephones 3\nephone 1\n mac-address 0001.0001.0001\n"
	    "i!\n type 7942\np-server flash:x\n speed-dial 1 4711 label A\nsip-ua\n"
	    " timers connection aging 60\nephone 1\n button 1:1\n");
	assert_result(6, "kept");
	assert_result(7, "applied");
	assert_result(8, "kept");
	assert_result(9, "applied");
	assert_result(13, "applied");
	rig_assert_item(
	    r, "ephones/1",
	    "{\"mac_address\":\"000100010001\",\"phone_type\":\"7942\",\"buttons\":{\"1\":"
	    "{\"separator\":\":\",\"dns\":[1]}},\"speed_dials\":{\"1\":{\"digits\":\"4711\","
	    "\"label\":\"A\"}}}");
}

static void values_out_of_range_are_refused_and_the_next_lines_go_on(void **state)
{
	struct schema_rig *r = *state;

	import(r, "telephony-service\n keepalive 5\n timeouts busy 14\n max-dn 10\n keepalive x\n"
		  " keepalvie 40\n keepalive 40 50\nephone-dn 3\n number 21\nephone-dn 11\n"
		  " number 22\n name Lost\nephone-dn 9\n number 23\nephone 99999\n"
		  " mac-address 0001.0001.0001\ntelephony-service\n timeouts ringing 90\n");
	assert_line(2, "refused", "Value 5 out of range 10-65535");
	assert_near(2, "keepalive <10-65535>");
	assert_result(3, "applied");
	assert_result(5, "refused");
	assert_near(5, "keepalive <10-65535>");
	assert_result(6, "kept");
	assert_near(6, "keepalive <10-65535>");
	assert_line(7, "refused", "no arguments of the command");
	assert_near(7, "keepalive <10-65535>");
	assert_line(10, "refused", "Value 11 out of range 1-10");
	assert_line(11, "refused", "block of line 10");
	assert_line(12, "refused", "block of line 10");
	assert_result(14, "applied");
	assert_line(15, "refused", "Maximum number of configurable ephones is 1000");
	assert_line(16, "refused", "block of line 15");
	assert_result(18, "applied");
	assert_true(conf_get(r->conf, "ephone-dns/9") && !conf_get(r->conf, "ephone-dns/11"));
	REQ("R-320");
}

static void what_is_named_may_come_later_or_never(void **state)
{
	struct schema_rig *r = *state;

	import(r, "ephone 1\n button 1:2 2:3\n!\ntelephony-service\n max-dn 4\n!\nephone-dn 2\n "
		  "number 22\n");
	assert_int_equal(r->faults.n, 0);
	assert_non_null(rig_fault(&r->warnings, "unknown_reference"));
	assert_string_equal(
	    cJSON_GetArrayItem(cJSON_GetObjectItem(line_at(2), "warnings"), 0)->valuestring,
	    "ephone-dn 3 is not configured");
	assert_int_equal(counted("warnings"), 1);
	REQ("R-319");
}

static void a_whole_that_does_not_fit_names_the_line(void **state)
{
	struct schema_rig *r = *state;

	assert_int_equal(import_err(r, "ip http server\nip http port 8123\ntelephony-service\n"
				       " hfs enable port 8123\n"),
			 ERR_CONFLICT);
	assert_string_equal(r->faults.list[0].code, "hfs_port_in_use");
	assert_string_equal(r->faults.list[0].detail,
			    "Invalid port number or port in use by other application");
	assert_int_equal(r->faults.list[0].line, 4);
}

static void passwords_are_understood_and_never_shown(void **state)
{
	static const char *const secrets[] = { "060506324F41", "cisco",   "opaque6", "clear0",
					       "untyped",      "51903",   "$1$abcd", "hunter2",
					       "wrapped1",     "leftover" };
	struct schema_rig *r = *state;
	char *text, *shown;

	import(r, "telephony-service\n max-ephones 9\n xml user bob password 5 $1$abcd 15\n"
		  "ephone 1\n username one password 7 060506324F41\n pin 51903\n"
		  "ephone 2\n username two password 6 opaque6\n"
		  "ephone 3\n username three password 0 clear0\n"
		  "ephone 4\n username four password untyped\n"
		  "ephone 5\n username five password 7 nonsense\n"
		  "enable secret 5 $1$abcd\nusername root password 0 hunter2\n"
		  "ephone 6\n username six password\nwrapped1\n frob password leftover\n");
	assert_line(3, "ignored", "type 5 cannot be read back");
	assert_result(5, "applied");
	assert_string_equal(of_line(5, "text"), "username one password 7 ******");
	assert_string_equal(of_line(6, "text"), "pin ******");
	assert_result(8, "applied");
	assert_string_equal(
	    cJSON_GetArrayItem(cJSON_GetObjectItem(line_at(8), "warnings"), 0)->valuestring,
	    "A password of type 6 cannot be read back: it is kept as it is, set it anew");
	assert_line(14, "refused", "no password of type 7");
	assert_line(15, "kept", "");
	assert_line(16, "ignored", "clear text");
	assert_line(19, "applied", "Completes line 18");
	shown = cJSON_PrintUnformatted(report);
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
		if (strstr(shown, secrets[i]))
			fail_msg("%s is shown", secrets[i]);
	}
	cJSON_free(shown);
	text = export_text(r, false);
	assert_non_null(strstr(text, " username one password cisco\n"));
	assert_non_null(strstr(text, " username two password 6 opaque6\n"));
	assert_non_null(strstr(text, " username three password clear0\n"));
	assert_non_null(strstr(text, " username six password wrapped1\n"));
	assert_non_null(strstr(text, "enable secret 5 $1$abcd\n"));
	mem_free(text);
	REQ("R-321");
}

static void web_administrators_become_accounts(void **state)
{
	struct schema_rig *r = *state;
	const cJSON *accounts;
	char *text;

	import(
	    r,
	    "telephony-service\n max-dn 3\n web admin system name Chief secret 5 $1$zzz\n"
	    " web admin customer name guest password pw\n web admin system name a/b password x\n");
	accounts = cJSON_GetObjectItem(report, "accounts");
	text = cJSON_PrintUnformatted(accounts);
	assert_string_equal(text, "[{\"username\":\"Chief\",\"role\":\"admin\"},"
				  "{\"username\":\"guest\",\"role\":\"operator\"}]");
	cJSON_free(text);
	assert_line(3, "applied", "disabled");
	assert_line(5, "refused", "name of an account");
	text = export_text(r, false);
	assert_null(strstr(text, "web admin"));
	mem_free(text);
	assert_int_equal(import_bytes(r, "telephony-service\n web admin system name z password p\n",
				      52, &(struct import_options){ 0 }),
			 0);
	assert_line(2, "ignored", "administrators only");
}

static void mac_addresses_of_all_spellings(void **state)
{
	struct schema_rig *r = *state;

	import(r,
	       "ephone 1\n mac-address 0011.2233.4401\nephone 2\n mac-address 00:11:22:33:44:02\n"
	       "ephone 3\n mac-address 00-11-22-33-44-03\nephone 4\n mac-address 001122334404\n"
	       "ephone 5\n mac-address SEP001122334405\n");
	for (unsigned i = 1; i <= 5; i++) {
		char path[32], want[64];

		snprintf(path, sizeof(path), "ephones/%u", i);
		snprintf(want, sizeof(want), "{\"mac_address\":\"00112233440%u\"}", i);
		rig_assert_item(r, path, want);
	}
}

static void banners_and_questions_are_skipped(void **state)
{
	struct schema_rig *r = *state;

	import(r, "banner motd ^C\nephone 9\n no entry\n^C\ntelephony-service\n max-dn 3\n"
		  "banner login #One line#\nephone-dn 1\n name Who?\n"
		  "R(config-ephone-dn)#label ?\n  LINE  text\nR(config-ephone-dn)#label A\n"
		  "banner exec $never ends\nephone-dn 2\n number 9\n");
	for (unsigned i = 1; i <= 4; i++)
		assert_line(i, "ignored", "banner");
	assert_line(7, "ignored", "banner");
	assert_result(9, "applied");
	assert_line(10, "ignored", "question");
	assert_line(11, "ignored", "Output of the command in line 10");
	assert_result(12, "applied");
	assert_line(13, "kept", "");
	assert_result(15, "applied");
	assert_null(conf_get(r->conf, "ephones/9"));
}

static void a_masked_export_replaces_what_it_came_from(void **state)
{
	static const char text[] = "!\nenable secret 5 $1$abcd$efgh\nline con 0\n"
				   " password 7 0822455D0A16\n";
	struct schema_rig *r = *state;
	struct ios_print masked = { 0 };
	struct text t;
	char *before, *after;

	import(r, text);
	rig_commit(r);
	before = export_text(r, false);
	text_init(&t, 4096);
	assert_int_equal(ios_export(r->conf, &masked, &t), 0);
	assert_null(strstr(t.buf, "0822455D0A16"));
	assert_int_equal(import_bytes(r, t.buf, t.len, &replace), 0);
	after = export_text(r, false);
	assert_string_equal(after, before);
	text_fini(&t);
	mem_free(before);
	mem_free(after);
	REQ("R-321");
}

/* What names it is a warning, be it that it never was or that the import takes it away. */
static void what_an_import_takes_away_may_still_be_named(void **state)
{
	static const char phone[] = "telephony-service\n max-dn 9\n max-ephones 9\n"
				    "ephone 5\n mac-address 0001.0001.0001\n button 1:5\n";
	struct schema_rig *r = *state;

	import(r, phone);
	import(r, "ephone-dn 5\n number 21\n");
	rig_commit(r);
	assert_int_equal(import_bytes(r, phone, strlen(phone), &replace), 0);
	assert_null(conf_get(r->conf, "ephone-dns/5"));
	assert_int_not_equal(r->warnings.n, 0);
	REQ("R-319");
}

static void an_empty_text_does_not_replace_everything(void **state)
{
	struct schema_rig *r = *state;

	import(r, "telephony-service\n max-dn 9\n");
	rig_commit(r);
	assert_int_not_equal(import_bytes(r, "!\nshow version\n", 15, &replace), 0);
	assert_string_equal(r->faults.list[0].code, "nothing_configured");
	assert_accounted(2);
	fresh(r);
	import(r, "!\n");
}

static void a_preferred_time_server_stays_one(void **state)
{
	static const char text[] =
	    "!\nntp server 192.0.2.1 prefer\nntp server pool.ntp.org\n!\nend\n";
	struct schema_rig *r = *state;

	import(r, text);
	assert_export(r, text);
}

/* What was there before counts in a merge only, and a number too high is refused, not the limit. */
static void numbers_above_the_limit_of_the_text_are_refused(void **state)
{
	static const char first[] = "telephony-service\n max-dn 9\nephone-dn 5\nephone-dn 9\n";
	static const char bare[] = "ephone-dn 5\n number 21\ntelephony-service\n timeouts busy 9\n";
	static const char lower[] = "telephony-service\n max-dn 5\nephone-dn 5\nephone-dn 9\n";
	struct schema_rig *r = *state;

	import(r, first);
	rig_commit(r);
	assert_int_equal(import_bytes(r, bare, strlen(bare), &replace), 0);
	assert_line(1, "refused", "max-dn is 0");
	assert_line(2, "refused", "block of line 1");
	assert_result(4, "applied");
	fresh(r);
	assert_int_equal(import_bytes(r, lower, strlen(lower), &replace), 0);
	assert_result(2, "applied");
	assert_result(3, "applied");
	assert_line(4, "refused", "Value 9 out of range 1-5");
	fresh(r);
	assert_int_equal(import_err(r, lower), 0);
	assert_line(2, "refused", "out of range 9-");
	assert_result(4, "unchanged");
	REQ("R-320");
}

static void lists_add_and_single_settings_replace(void **state)
{
	struct schema_rig *r = *state;

	import(r, "telephony-service\n max-dn 9\n load 7942 A\n load 7962 B\n timeouts busy 3\n"
		  " timeouts busy 4\nephone 1\n button 1:1\n button 2:2\n no button 1\n"
		  "no ephone 77\n");
	rig_assert_item(
	    r, "telephony-service",
	    "{\"max_dn\":9,\"loads\":{\"7942\":\"A\",\"7962\":\"B\"},\"timeouts\":{\"busy\":4}}");
	assert_result(11, "unchanged");
	REQ("R-315");
	REQ("R-316");
}

/* ---- bounds ---- */
static void a_hundred_thousand_lines_are_read(void **state)
{
	struct schema_rig *r = *state;
	struct text t;

	text_init(&t, 16 << 20);
	for (unsigned i = 0; i < 25000; i++)
		text_addf(&t, "ephone %u\n frobnicate %u\n  deeper %u\n keepalive 5\n", i % 1200, i,
			  i);
	import_bytes(r, t.buf, t.len, &merge);
	text_fini(&t);
	assert_accounted(100000);
	assert_true(counted("not_listed") > 0);
	assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(report, "lines")) <= 80000);
	assert_true(counted("kept") <= 5000);
}

/* What no row limits has an end all the same: every change builds the whole list anew. */
static void a_list_without_a_limit_does_not_grow_without_end(void **state)
{
	struct schema_rig *r = *state;
	struct text t;

	text_init(&t, 1 << 20);
	for (int i = 0; i < 21000; i++)
		text_addf(&t, "tftp-server flash:file%d.bin\n", i);
	text_add(&t, "no tftp-server flash:file0.bin\n");
	import_bytes(r, t.buf, t.len, &merge);
	text_fini(&t);
	assert_int_equal(counted("applied"), 1001);
	assert_int_equal(counted("refused"), 20000);
	assert_line(1100, "refused", "At most 1000 entries");
	assert_line(1500, "refused", "The list is full");
}

static void modes_that_never_end_are_read(void **state)
{
	struct schema_rig *r = *state;
	struct text t;

	text_init(&t, 64 << 20);
	for (int i = 0; i < 10000; i++)
		text_addf(&t, "%*spolicy-map p%d\n", i % 1500, "", i);
	for (int i = 0; i < 10000; i++)
		text_add(&t, "voice service voip\nsip\nsip\n");
	import_bytes(r, t.buf, t.len, &merge);
	text_fini(&t);
	assert_accounted(40000);
}

static void rubbish_is_answered_with_a_report(void **state)
{
	struct schema_rig *r = *state;
	size_t len = 10 << 20;
	char *text = mem_zalloc(len);
	unsigned seed = 1;

	memset(text, 'x', len);
	import_bytes(r, text, len, &merge);
	assert_accounted(1);
	assert_line(1, "refused", "longer than");
	assert_true(strlen(of_line(1, "text")) < 300);
	for (size_t i = 0; i < len / 10; i++) {
		seed = seed * 1103515245 + 12345;
		text[i] = (char)(seed >> 16);
	}
	import_bytes(r, text, len / 10, &merge);
	assert_accounted(lines_of(text, len / 10));
	memset(text, 0, len);
	import_bytes(r, text, len, &merge);
	assert_accounted(1);
	import_bytes(r, "", 0, &merge);
	assert_accounted(0);
	mem_free(text);
}

/* A password that is hashed costs time: as many lines as one likes must not. */
/* Hashing takes its time: as many such lines as one likes must not. */
static void passwords_that_are_hashed_are_limited(void **state)
{
	struct schema_rig *r = *state;
	struct text t;

	text_init(&t, 1 << 20);
	text_add(&t, "telephony-service\n");
	for (int i = 0; i < 2000; i++)
		text_addf(&t, " xml user u%d password pw%d 1\n", i % 3, i);
	import_bytes(r, t.buf, t.len, &merge);
	text_fini(&t);
	assert_accounted(2001);
	assert_line(2001, "refused", "More than 20 passwords of this kind");
}

static void tags_above_the_limit_are_refused_however_many(void **state)
{
	struct schema_rig *r = *state;
	struct text t;

	text_init(&t, 1 << 20);
	text_add(&t, "telephony-service\n max-dn 100\n");
	for (int i = 1; i <= 1000; i++)
		text_addf(&t, "ephone-dn %d\n number %d\n", i, i);
	import(r, t.buf);
	text_fini(&t);
	assert_int_equal(counted("refused"), 1800);
	assert_line(2002, "refused", "block of line 2001");
	assert_line(2001, "refused", "Value 1000 out of range 1-100");
	assert_int_equal(conf_count(r->conf, "ephone-dns"), 100);
}

static void prompts_name_modes_that_are_there(void **state)
{
	static const char *const prompts[] = {
		"config-telephony",         "conf-tele-group",        "config-ephone",
		"config-ephone-dn",         "config-register-global", "config-voice-auto-register",
		"config-register-pool",     "config-register-dn",     "config-register-temp",
		"config-register-dialplan", "conf-voi-serv",          "conf-serv-sip",
		"conf-vpn-group",           "conf-vpn-profile",       "config-sip-ua",
		"cfg-lpcor-custom",         "cfg-lpcor-policy",       "config-voiceport",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(prompts); i++) {
		const struct prompt_mode *p = prompt_mode(prompts[i]);
		const struct schema_object *o;
		const struct schema_mode *m;

		assert_non_null(p);
		o = schema_object(p->object);
		if (!o) {
			fail_msg("%s names %s", prompts[i], p->object);
			return;
		}
		for (m = o->modes; p->mode && m && m->name && strcmp(m->name, p->mode) != 0;)
			m++;
		if (p->mode && (!m || !m->name))
			fail_msg("%s names mode %s", prompts[i], p->mode);
	}
}

static int teardown(void **state)
{
	cJSON_Delete(report);
	report = NULL;
	return rig_teardown(state);
}

/* A label may look like a prompt: the export quotes it, so that it is read as what it is. */
static void a_text_like_a_prompt_comes_back(void **state)
{
	struct schema_rig *r = *state;
	struct ios_print opt = { r->store, true };
	struct text out;

	rig_must(r, OP_PATCH, "telephony-service", "{\"max_dn\":5}");
	rig_must(r, OP_PUT, "ephone-dns/1", "{\"label\":\"(config)# why?\"}");
	text_init(&out, 1 << 16);
	assert_int_equal(ios_export(r->conf, &opt, &out), 0);
	assert_non_null(strstr(out.buf, " label \"(config)# why?\"\n"));
	assert_int_equal(import_bytes(r, out.buf, out.len, &replace), 0);
	rig_assert_item(r, "ephone-dns/1", "{\"label\":\"(config)# why?\"}");
	text_fini(&out);
}

static void files_over_http_stay_off_and_the_report_says_so(void **state)
{
	struct schema_rig *r = *state;

	import(r, "ip http server\ntelephony-service\n max-dn 5\n");
	assert_non_null(rig_fault(&r->warnings, "hfs_off"));
	import(r, "ip http server\ntelephony-service\n hfs enable port 6970\n");
	assert_null(rig_fault(&r->warnings, "hfs_off"));
	rig_commit(r);
	assert_int_equal(import_bytes(r, "ip http server\n", 15, &replace), 0);
	assert_non_null(rig_fault(&r->warnings, "hfs_off"));
	assert_false(cfg_bool(schema_object("telephony-service"),
			      conf_get(r->conf, "telephony-service"), "hfs.enabled"));
	REQ("R-364");
}

static void marks_are_read_whatever_the_release(void **state)
{
	struct schema_rig *r = *state;

	import(r, "version 12.3\ntelephony-service\n ip qos dscp af21 signal\n"
		  "voice register global\n ip qos dscp cs5 media\n");
	assert_result(3, "applied");
	assert_result(5, "applied");
	rig_assert_item(r, "telephony-service", "{\"dscp\":{\"signaling\":18}}");
	REQ("R-136");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, teardown)
	const struct CMUnitTest tests[] = {
		T(every_line_of_every_site_is_accounted_for),
		T(what_is_exported_comes_back_the_same),
		T(a_badly_damaged_paste_is_read_as_it_was_meant),
		T(blocks_of_a_router_come_back_as_they_were),
		T(unknown_lines_stay_in_their_block),
		T(keys_are_told_from_passwords),
		T(blocks_of_the_router_end_where_their_indentation_ends),
		T(a_block_goes_on_behind_one_inside_of_it),
		T(damaged_lines_do_not_take_others_along),
		T(values_out_of_range_are_refused_and_the_next_lines_go_on),
		T(what_is_named_may_come_later_or_never),
		T(a_whole_that_does_not_fit_names_the_line),
		T(passwords_are_understood_and_never_shown),
		T(web_administrators_become_accounts),
		T(mac_addresses_of_all_spellings),
		T(banners_and_questions_are_skipped),
		T(a_masked_export_replaces_what_it_came_from),
		T(what_an_import_takes_away_may_still_be_named),
		T(an_empty_text_does_not_replace_everything),
		T(a_preferred_time_server_stays_one),
		T(numbers_above_the_limit_of_the_text_are_refused),
		T(lists_add_and_single_settings_replace),
		T(a_hundred_thousand_lines_are_read),
		T(a_list_without_a_limit_does_not_grow_without_end),
		T(modes_that_never_end_are_read),
		T(rubbish_is_answered_with_a_report),
		T(passwords_that_are_hashed_are_limited),
		T(tags_above_the_limit_are_refused_however_many),
		T(prompts_name_modes_that_are_there),
		T(a_text_like_a_prompt_comes_back),
		T(files_over_http_stay_off_and_the_report_says_so),
		T(marks_are_read_whatever_the_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
