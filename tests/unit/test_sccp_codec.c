/* tests/unit/test_sccp_codec.c - the message table against published byte examples, and against
 * itself. */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/sccp/codec.h"
#include "tests/unit/sccp_vectors.h"

static const uint8_t versions[] = { 3, 4, 5, 7, 8, 10, 11, 15, 16, 17, 18, 19, 20, 21, 22 };

/* "04 00*11" -> bytes */
static size_t expand(const char *text, uint8_t *out, size_t cap)
{
	size_t n = 0;

	while (*text) {
		uint8_t byte = (uint8_t)strtoul(text, (char **)(uintptr_t)&text, 16);
		size_t run = 1;

		if (*text == '*')
			run = strtoul(text + 1, (char **)(uintptr_t)&text, 10);
		assert_true(n + run <= cap);
		memset(out + n, byte, run);
		n += run;
		while (*text == ' ')
			text++;
	}
	return n;
}

static uint32_t u32_at(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* There and back: our bytes are those of the example; where a phone left out a tail, ours has it as
 * 0. */
static void every_byte_example_decodes_and_encodes_to_the_same_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sccp_vectors); i++) {
		const struct sccp_vector *v = &sccp_vectors[i];
		struct sccp_form form = { .version = v->version };
		uint8_t want[1024], got[8192];
		_Alignas(8) uint8_t msg[SCCP_STRUCT_MAX];
		size_t len = expand(v->bytes, want, sizeof(want));
		struct sccp_packet p;
		const struct sccp_desc *d;
		long out;

		print_message("%s\n", v->name);
		assert_int_equal(sccp_packet_take(want, len, &p), len);
		d = sccp_desc(p.id);
		assert_non_null(d);
		assert_int_equal(sccp_decode(d, form, p.body, p.len, msg), 0);
		out = sccp_encode(d, form, msg, got, sizeof(got));
		assert_true(out >= (long)len);
		assert_int_equal(u32_at(got), out - 8);
		assert_int_equal(u32_at(got + 8), p.id);
		assert_memory_equal(got + SCCP_HEADER, p.body, p.len);
		for (size_t k = len; k < (size_t)out; k++)
			assert_int_equal(got[k], 0);
		assert_true(out == (long)len || d->dir == SCCP_FROM_PHONE);
	}
}

static const struct sccp_vector *vector(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(sccp_vectors); i++)
		if (!strcmp(sccp_vectors[i].name, name))
			return &sccp_vectors[i];
	fail();
	return NULL;
}

static void decode_example(const char *name, void *msg)
{
	const struct sccp_vector *v = vector(name);
	uint8_t bytes[1024];
	size_t len = expand(v->bytes, bytes, sizeof(bytes));
	struct sccp_packet p;

	assert_int_equal(sccp_packet_take(bytes, len, &p), len);
	assert_int_equal(sccp_decode(sccp_desc(p.id), (struct sccp_form){ v->version, false },
				     p.body, p.len, msg),
			 0);
}

static void fields_of_the_examples_have_the_values_they_were_made_with(void **state)
{
	struct sccp_register reg;
	struct sccp_line_stat line;
	struct sccp_button_template buttons;
	struct sccp_softkey_template keys;
	struct sccp_softkey_sets sets;
	struct sccp_enbloc enbloc;
	struct sccp_call_info info;
	struct sccp_start_media media;
	struct sccp_prompt prompt;
	struct sccp_conn_stat_res stat;

	(void)state;
	decode_example("E3", &reg);
	assert_string_equal(reg.station.name, "SEP001122334455");
	assert_int_equal(reg.device_type, 7);
	assert_int_equal(reg.version, 11);
	assert_memory_equal(reg.addr.ip, ((uint8_t[]){ 192, 0, 2, 50 }), 4);
	assert_string_equal(reg.load, "");
	decode_example("E4", &reg);
	assert_int_equal(reg.device_type, 437);
	assert_int_equal(reg.version, 22);
	assert_memory_equal(reg.features, ((uint8_t[]){ 0x00, 0x72, 0x85 }), 3);
	assert_memory_equal(reg.mac, ((uint8_t[]){ 0, 0x11, 0x22, 0x33, 0x44, 0x55 }), 6);
	assert_string_equal(reg.load, "SCCP75.9-4-2SR3-1S");
	assert_string_equal(reg.stamp, "{Jan 01 2024 00:00:00}");
	decode_example("E10", &buttons);
	assert_int_equal(buttons.count, 6);
	assert_int_equal(buttons.slots, SCCP_BUTTONS_USUAL);
	assert_int_equal(buttons.button[4].instance, 3);
	assert_int_equal(buttons.button[4].type, SCCP_BUTTON_BLF_SPEED_DIAL);
	decode_example("E11", &keys);
	assert_int_equal(keys.total, 19);
	assert_string_equal(keys.key[0].label, "\x80\x01");
	assert_int_equal(keys.key[18].event, 0x3F);
	decode_example("E12", &sets);
	assert_int_equal(sets.total, 13);
	assert_int_equal(sets.set[0].info[0], 301);
	decode_example("E16", &line);
	assert_string_equal(line.number, "1001");
	assert_string_equal(line.name, "Alice");
	assert_string_equal(line.label, "Alice 1001");
	decode_example("E27", &enbloc);
	assert_string_equal(enbloc.number, "2001");
	assert_int_equal(enbloc.line, 1);
	decode_example("E42", &info);
	assert_string_equal(info.calling, "2001");
	assert_string_equal(info.called, "1001");
	assert_string_equal(info.calling_name, "Bob");
	decode_example("E43", &info);
	assert_string_equal(info.called_name, "Alice");
	decode_example("E54", &media);
	assert_int_equal(media.port, 0x4000);
	assert_int_equal(media.precedence, 0xB8);
	assert_int_equal(media.dtmf_payload, 101);
	decode_example("E38", &prompt);
	assert_string_equal(prompt.text, "\x80\x17"
					 "2001");
	decode_example("E65", &stat);
	assert_int_equal(stat.packets_sent, 500);
	assert_int_equal(stat.jitter_ms, 3);
	decode_example("E66", &stat);
	assert_int_equal(stat.packets_sent, 500);
	assert_int_equal(stat.packets_lost, 2);
}

/* Body sizes of the published layouts (0 = not used in that version). */
static void bodies_have_the_sizes_of_their_version(void **state)
{
	static const struct {
		uint32_t id;
		uint8_t version;
		long body;
	} rows[] = {
		{ SCCP_Register, 11, 172 },
		{ SCCP_RegisterAck, 11, 20 },
		{ SCCP_RegisterReject, 3, 32 },
		{ SCCP_RegisterTokenReq, 11, 52 },
		{ SCCP_SPCPRegisterTokenReq, 8, 36 },
		{ SCCP_Alarm, 11, 92 },
		{ SCCP_ServerRes, 11, 280 },
		{ SCCP_ServerRes, 17, 360 },
		{ SCCP_Version, 11, 16 },
		{ SCCP_DefineTimeDate, 11, 36 },
		{ SCCP_UpdateCapabilities, 11, 1840 },
		{ SCCP_UpdateCapabilitiesV2, 11, 2000 },
		{ SCCP_SoftKeyTemplateRes, 11, 652 },
		{ SCCP_SoftKeySetRes, 11, 780 },
		{ SCCP_SelectSoftKeys, 11, 16 },
		{ SCCP_ConfigStat, 11, 112 },
		{ SCCP_LineStat, 11, 112 },
		{ SCCP_SpeedDialStat, 22, 68 },
		{ SCCP_FeatureStat, 11, 52 },
		{ SCCP_ServiceURLStat, 3, 300 },
		{ SCCP_ForwardStat, 17, 92 },
		{ SCCP_ForwardStat, 18, 96 },
		{ SCCP_CallInfo, 7, 384 },
		{ SCCP_CallState, 11, 24 },
		{ SCCP_DisplayPromptStatus, 7, 44 },
		{ SCCP_DisplayNotify, 7, 36 },
		{ SCCP_DisplayPriNotify, 7, 40 },
		{ SCCP_DialedNumber, 17, 32 },
		{ SCCP_DialedNumber, 18, 36 },
		{ SCCP_StopTone, 10, 8 },
		{ SCCP_StopTone, 11, 12 },
		{ SCCP_OpenReceiveChannel, 16, 108 },
		{ SCCP_OpenReceiveChannel, 17, 128 },
		{ SCCP_OpenReceiveChannel, 18, 132 },
		{ SCCP_OpenReceiveChannel, 21, 168 },
		{ SCCP_OpenReceiveChannelAck, 16, 20 },
		{ SCCP_OpenReceiveChannelAck, 17, 36 },
		{ SCCP_StartMediaTransmission, 16, 116 },
		{ SCCP_StartMediaTransmission, 17, 132 },
		{ SCCP_StartMediaTransmission, 22, 168 },
		{ SCCP_PortRes, 16, 24 },
		{ SCCP_PortRes, 17, 40 },
		{ SCCP_PortRes, 19, 44 },
		{ SCCP_ConnectionStatisticsReq, 18, 32 },
		{ SCCP_ConnectionStatisticsReq, 19, 36 },
		{ SCCP_EnblocCall, 16, 24 },
		{ SCCP_EnblocCall, 17, 28 },
		{ SCCP_EnblocCall, 18, 32 },
		{ SCCP_CloseReceiveChannel, 11, 16 },
		{ SCCP_UnregisterAck, 11, 4 },
	};
	static _Alignas(8) const uint8_t zero[SCCP_STRUCT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t buf[SCCP_PACKET_MAX];
		struct sccp_form form = { .version = rows[i].version };
		const struct sccp_desc *d = sccp_desc(rows[i].id);

		print_message("%s at %u\n", d->name, rows[i].version);
		assert_int_equal(sccp_encode(d, form, zero, buf, sizeof(buf)) - SCCP_HEADER,
				 rows[i].body);
	}
}

/* ---- the table against itself ---- */

static uint32_t fill_seed;

static void fill(const struct sccp_field *f, uint8_t *msg)
{
	for (; f->kind != SCCP_F_END; f++) {
		size_t n = f->count ? f->count : 1;

		for (size_t i = 0; f->sub && i < n; i++)
			fill(f->sub, msg + f->off + i * f->stride);
		if (f->sub || f->kind == SCCP_F_ZERO)
			continue;
		if (f->kind == SCCP_F_TEXT || f->kind == SCCP_F_ZSTR) {
			memcpy(msg + f->off, "Zo\xC3\xAB \x80\x17", 8); /* "Zoë " and a code */
			continue;
		}
		for (size_t i = 0; i < f->cap; i++)
			msg[f->off + i] = (uint8_t)(fill_seed = fill_seed * 1103515245u + 12345u);
	}
}

/* Numbers of elements and lengths are made possible ones. */
static void tame(const struct sccp_field *f, uint8_t *msg)
{
	for (; f->kind != SCCP_F_END; f++) {
		uint32_t n = f->kind == SCCP_F_DATA ? 9 : 5;

		if (f->kind == SCCP_F_DATA || f->kind == SCCP_F_REST || f->kind == SCCP_F_COUNT)
			memcpy(msg + f->n_off, &n, sizeof(n));
		if (f->kind == SCCP_F_ENBLOC || f->kind == SCCP_F_MODE)
			memcpy(msg + f->off, &(uint32_t){ 1 }, sizeof(n));
	}
}

static void check_round_trip(const struct sccp_desc *d, struct sccp_form form)
{
	_Alignas(8) uint8_t msg[SCCP_STRUCT_MAX] = { 0 }, back[SCCP_STRUCT_MAX];
	uint8_t one[SCCP_PACKET_MAX], two[SCCP_PACKET_MAX];
	struct sccp_packet p;
	long n, m;

	fill_seed = d->id * 31u + form.version;
	fill(d->fields, msg);
	tame(d->fields, msg);
	n = sccp_encode(d, form, msg, one, sizeof(one));
	assert_true(n >= SCCP_HEADER && n % 4 == 0);
	assert_int_equal(sccp_packet_take(one, (size_t)n, &p), n);
	assert_int_equal(p.id, d->id);
	assert_int_equal(p.version,
			 d->flags & SCCP_HEADER_0 || form.version < 15 ? 0 : form.version);
	assert_int_equal(sccp_decode(d, form, p.body, p.len, back), 0);
	m = sccp_encode(d, form, back, two, sizeof(two));
	assert_int_equal(n, m);
	assert_memory_equal(one, two, (size_t)n);
	for (size_t cut = 0; cut < p.len;
	     cut++) { /* any length: an error or zeros, never a crash */
		uint8_t *exact = mem_dup(p.body, cut ? cut : 1);
		int err = sccp_decode(d, form, exact, cut, back);

		assert_true(err == 0 || err == ERR_PROTO);
		mem_free(exact);
	}
}

static void every_message_survives_the_way_there_and_back_in_every_version(void **state)
{
	size_t n;
	const struct sccp_desc *t = sccp_table(&n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t v = 0; v < ARRAY_LEN(versions); v++)
			for (int utf8 = 0; utf8 < 2; utf8++)
				check_round_trip(&t[i], (struct sccp_form){ versions[v], utf8 });
}

static void the_table_is_in_order_and_its_members_fit(void **state)
{
	size_t n;
	const struct sccp_desc *t = sccp_table(&n);

	(void)state;
	assert_true(n > 100);
	for (size_t i = 0; i < n; i++) {
		assert_true(i == 0 || t[i - 1].id < t[i].id);
		assert_ptr_equal(sccp_desc(t[i].id), &t[i]);
		assert_true(t[i].size <= SCCP_STRUCT_MAX);
		assert_true(t[i].dir == SCCP_TO_PHONE || !t[i].flags);
		assert_true(t[i].dir == SCCP_FROM_PHONE || !t[i].on);
		for (const struct sccp_field *f = t[i].fields; f->kind != SCCP_F_END; f++)
			assert_true((size_t)f->off + f->cap <= t[i].size);
	}
	assert_null(sccp_desc(0x0013));
	assert_null(sccp_desc(0xFFFFFFFF));
	/* These make phones of the 79x1 generation and later reset: no row, so they cannot be sent.
	 */
	assert_null(sccp_desc(0x009A));
	assert_null(sccp_desc(0x0087));
}

/* ---- framing ---- */

static void lengths_that_cannot_be_are_refused(void **state)
{
	uint8_t b[16] = { 0 };
	struct sccp_packet p;

	(void)state;
	assert_int_equal(sccp_packet_take(b, 3, &p), 0);          /* not even a length */
	assert_int_equal(sccp_packet_take(b, 16, &p), ERR_PROTO); /* 0 */
	b[0] = 3;
	assert_int_equal(sccp_packet_take(b, 16, &p), ERR_PROTO);
	memset(b, 0xFF, 4); /* 4 GB */
	assert_int_equal(sccp_packet_take(b, 4, &p), ERR_PROTO);
	memcpy(b, (uint8_t[]){ 0x01, 0x20, 0, 0 }, 4); /* SCCP_MSG_MAX + 1 */
	assert_int_equal(sccp_packet_take(b, 16, &p), ERR_PROTO);
	memcpy(b, (uint8_t[]){ 0x00, 0x20, 0, 0 }, 4);
	assert_int_equal(sccp_packet_take(b, 16, &p), 0); /* the largest: wait for it */
}

static void a_message_waits_for_its_last_byte(void **state)
{
	const uint8_t reset[] = { 8, 0, 0, 0, 0, 0, 0, 0, 0x9F, 0, 0, 0, 2, 0, 0, 0, 4 };
	struct sccp_packet p;

	(void)state;
	for (size_t n = 0; n < 16; n++)
		assert_int_equal(sccp_packet_take(reset, n, &p), 0);
	assert_int_equal(sccp_packet_take(reset, sizeof(reset), &p), 16);
	assert_int_equal(p.id, SCCP_Reset);
	assert_int_equal(p.len, 4);
}

static void a_body_without_its_tail_reads_as_zero_and_without_its_core_is_refused(void **state)
{
	const uint8_t keypad[] = { 5, 0, 0, 0, 1, 0 }; /* the line is cut in half */
	struct sccp_keypad k;
	struct sccp_register r;
	uint8_t reg[172] = "SEP001122334455";
	struct sccp_form form = { .version = 3 };

	(void)state;
	assert_int_equal(sccp_decode(sccp_desc(SCCP_KeypadButton), form, keypad, 4, &k), 0);
	assert_int_equal(k.button, 5);
	assert_int_equal(k.line, 0);
	assert_int_equal(sccp_decode(sccp_desc(SCCP_KeypadButton), form, keypad, 6, &k), 0);
	assert_int_equal(k.line, 0);
	assert_int_equal(sccp_decode(sccp_desc(SCCP_KeypadButton), form, keypad, 3, &k), ERR_PROTO);
	reg[28] = 19;
	reg[40] = 4;
	assert_int_equal(sccp_decode(sccp_desc(SCCP_Register), form, reg, 44, &r), 0); /* a 7936 */
	assert_int_equal(r.version, 4);
	assert_string_equal(r.load, "");
	assert_int_equal(sccp_decode(sccp_desc(SCCP_Register), form, reg, 36, &r), 0); /* a 12SP */
	assert_int_equal(r.version, 0);
	assert_int_equal(sccp_decode(sccp_desc(SCCP_Register), form, reg, 28, &r), ERR_PROTO);
}

static void the_line_of_an_en_bloc_call_is_found_packed_or_aligned(void **state)
{
	uint8_t body[32] = "2001";
	struct sccp_enbloc e;
	struct sccp_form form = { .version = 22 };

	(void)state;
	body[25] = 2; /* a 7970 packs it */
	assert_int_equal(sccp_decode(sccp_desc(SCCP_EnblocCall), form, body, 32, &e), 0);
	assert_int_equal(e.line, 2);
	body[25] = 0;
	body[28] = 3; /* an 8945 aligns it */
	assert_int_equal(sccp_decode(sccp_desc(SCCP_EnblocCall), form, body, 32, &e), 0);
	assert_int_equal(e.line, 3);
}

/* ---- versions and texts ---- */

static void the_agreed_version_is_never_above_the_phones_or_ours(void **state)
{
	(void)state;
	assert_int_equal(sccp_version_agree(0, 10, 22), 3);  /* a VG248 says nothing */
	assert_int_equal(sccp_version_agree(33, 12, 22), 3); /* an ATA says nonsense */
	assert_int_equal(sccp_version_agree(11, 7, 22), 11);
	assert_int_equal(sccp_version_agree(22, 115, 11), 11);
	assert_int_equal(sccp_version_agree(17, 115, 22), 17);
	assert_int_equal(sccp_version_agree(13, 115, 22),
			 11); /* 12 to 14 have no layouts of their own */
	assert_int_equal(sccp_version_agree(200, 115, 22), 22);
}

static void texts_are_cut_at_a_character_and_keep_their_codes(void **state)
{
	uint8_t out[32];
	char back[64];

	(void)state;
	assert_int_equal(sccp_text_out("Zo\xC3\xAB", false, out, sizeof(out)), 3);
	assert_int_equal(out[2], 0xEB);
	assert_int_equal(sccp_text_out("Zo\xC3\xAB", true, out, 3), 2); /* no half character */
	assert_int_equal(sccp_text_out("\xE2\x82\xAC"
				       "5",
				       false, out, sizeof(out)),
			 2); /* euro sign */
	assert_memory_equal(out, "?5", 2);
	assert_int_equal(sccp_text_out("\x80\x17"
				       "2001",
				       false, out, sizeof(out)),
			 6);
	assert_memory_equal(out,
			    "\x80\x17"
			    "2001",
			    6);
	assert_int_equal(sccp_text_out("\xFF"
				       "a",
				       true, out, sizeof(out)),
			 2);
	assert_memory_equal(out, "?a", 2);
	sccp_text_in((const uint8_t *)"Zo\xEB\0garbage", 11, false, back, sizeof(back));
	assert_string_equal(back, "Zo\xC3\xAB");
	sccp_text_in((const uint8_t *)"Zo\xC3\xAB", 4, true, back, 4); /* room for two and a half */
	assert_string_equal(back, "Zo");
	sccp_text_in((const uint8_t *)"a\xC3", 2, true, back,
		     sizeof(back)); /* ends inside a character */
	assert_string_equal(back, "a?");
}

static void a_trace_names_the_fields(void **state)
{
	struct sccp_set_lamp lamp = { .stimulus = 9, .instance = 1, .mode = 2 };
	char line[128];
	struct text t;

	(void)state;
	text_fixed(&t, line, sizeof(line));
	sccp_trace(sccp_desc(SCCP_SetLamp), (struct sccp_form){ .version = 11 }, &lamp, &t);
	assert_string_equal(line, "SetLamp stimulus=9 instance=1 mode=2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_example_decodes_and_encodes_to_the_same_bytes),
		cmocka_unit_test(fields_of_the_examples_have_the_values_they_were_made_with),
		cmocka_unit_test(bodies_have_the_sizes_of_their_version),
		cmocka_unit_test(every_message_survives_the_way_there_and_back_in_every_version),
		cmocka_unit_test(the_table_is_in_order_and_its_members_fit),
		cmocka_unit_test(lengths_that_cannot_be_are_refused),
		cmocka_unit_test(a_message_waits_for_its_last_byte),
		cmocka_unit_test(
		    a_body_without_its_tail_reads_as_zero_and_without_its_core_is_refused),
		cmocka_unit_test(the_line_of_an_en_bloc_call_is_found_packed_or_aligned),
		cmocka_unit_test(the_agreed_version_is_never_above_the_phones_or_ours),
		cmocka_unit_test(texts_are_cut_at_a_character_and_keep_their_codes),
		cmocka_unit_test(a_trace_names_the_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
