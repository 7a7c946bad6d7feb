/* tests/unit/test_provision_xml.c - the XML writer and the model table. expat is the referee: whatever
 * text people type, the file is well-formed and says the same. */
#include "tests/support/test.h"

#include <expat.h>
#include <string.h>
#include <strings.h>

#include "server/core/mem.h"
#include "server/provision/provision.h"
#include "server/provision/xml.h"

struct seen {
	struct text text;
	char attr[256];
	int elements;
};

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attrs)
{
	struct seen *s = ctx;

	(void)name;
	s->elements++;
	if (attrs[0])
		text_copy(s->attr, sizeof(s->attr), attrs[1]);
}

static void XMLCALL on_text(void *ctx, const XML_Char *p, int len)
{
	text_addn(&((struct seen *)ctx)->text, p, (size_t)len);
}

/* What a parser reads back from <a x="value"><b>value</b></a>; NULL: not well-formed. */
static bool read_back(const char *value, struct seen *s)
{
	XML_Parser p = XML_ParserCreate(NULL);
	struct xml x;
	size_t len;
	char *doc;
	bool ok;

	xml_begin(&x, 65536);
	xml_open(&x, "a", (const char *const[]){ "x", value, NULL });
	xml_text(&x, "b", value);
	doc = xml_end(&x, &len);
	memset(s, 0, sizeof(*s));
	text_init(&s->text, 65536);
	XML_SetUserData(p, s);
	XML_SetStartElementHandler(p, on_start);
	XML_SetCharacterDataHandler(p, on_text);
	ok = XML_Parse(p, doc, (int)len, 1) == XML_STATUS_OK;
	XML_ParserFree(p);
	mem_free(doc);
	return ok;
}

static const char *inner(struct seen *s)
{
	char *t = s->text.buf;

	while (*t == '\n' || *t == ' ')
		t++;
	for (size_t n = strlen(t); n && (t[n - 1] == '\n' || t[n - 1] == ' '); n--)
		t[n - 1] = '\0';
	return t;
}

static void text_comes_back_as_it_was(void **state)
{
	static const char *const texts[] = {
		"Lab 12",
		"a<b>&\"c\"'d'",
		"]]>",
		"&amp;",
		"M\xc3\xbcller \xe6\x9d\xb1\xe4\xba\xac",
		"\xf0\x9f\x93\x9e",
		"<!DOCTYPE x>",
		"--><!--",
		"<?php ?>",
	};
	struct seen s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_true(read_back(texts[i], &s));
		assert_string_equal(inner(&s), texts[i]);
		assert_string_equal(s.attr, texts[i]);
		assert_int_equal(s.elements, 2);
		text_fini(&s.text);
	}
}

static void what_cannot_stand_in_xml_is_replaced_or_left_out(void **state)
{
	static const struct {
		const char *in, *out;
	} texts[] = {
		{ "a\x01\x02\x1f\x7f\nb\tc", "abc" },
		{ "a\xff\xfe"
		  "b",
		  "a\xef\xbf\xbd\xef\xbf\xbd"
		  "b" },
		{ "cut \xc3", "cut \xef\xbf\xbd" },                         /* a cut character */
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" }, /* a surrogate */
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },                 /* overlong */
		{ "x\xef\xbf\xbey\xef\xbf\xbfz", "xyz" },                   /* noncharacters */
		{ "a\xc2\x85"
		  "b\xc2\x9f"
		  "c",
		  "abc" }, /* C1 controls */
	};
	struct seen s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_true(read_back(texts[i].in, &s));
		assert_string_equal(inner(&s), texts[i].out);
		text_fini(&s.text);
	}
}

static void every_string_of_bytes_gives_a_well_formed_file(void **state)
{
	uint32_t seed = 12345;
	struct seen s;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char bytes[12];
		size_t n = 0;

		while (n < sizeof(bytes) - 1) {
			seed = seed * 1664525u + 1013904223u;
			bytes[n++] = (char)(seed >> 24);
		}
		bytes[n] = '\0';
		if (!read_back(bytes, &s))
			fail_msg("round %d", round);
		text_fini(&s.text);
	}
}

static void lengths_count_characters_not_bytes(void **state)
{
	struct xml x;
	size_t len;
	char *doc;

	(void)state;
	xml_begin(&x, 4096);
	xml_text_max(&x, "t", "\xc3\xa4\xc3\xb6\xc3\xbc&<", 4);
	doc = xml_end(&x, &len);
	assert_non_null(strstr(doc, "<t>\xc3\xa4\xc3\xb6\xc3\xbc&amp;</t>"));
	mem_free(doc);
}

static void names_that_people_type_are_checked(void **state)
{
	static const char *const bad[] = { "",    "1a",  "a b",       "a>b", "-a",
					   "a&b", "a/b", "a\xc3\xa4", ":a",  "<a>" };
	struct xml x;
	size_t len;
	char *doc;

	(void)state;
	xml_begin(&x, 4096);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(xml_named(&x, bad[i], "v"));
	assert_true(xml_named(&x, "spanTOPCPort", "1"));
	doc = xml_end(&x, &len);
	assert_string_equal(strchr(doc, '\n'), "\n<spanTOPCPort>1</spanTOPCPort>\n");
	mem_free(doc);
}

static void a_file_over_the_limit_is_none(void **state)
{
	struct xml x;
	size_t len;

	(void)state;
	xml_begin(&x, 256);
	for (int i = 0; i < 100; i++)
		xml_text(&x, "element", "text");
	assert_null(xml_end(&x, &len));
}

static void models_are_found_by_type_in_any_case(void **state)
{
	size_t n;
	const struct provision_model *m = provision_models(&n);

	(void)state;
	assert_true(n > 100);
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(provision_model(m[i].type), &m[i]);
		assert_true(m[i].sip || m[i].sccp);
		assert_true(m[i].sccp || m[i].sccp_file == CNF_NONE);
		assert_true(m[i].sip || m[i].sip_file == CNF_NONE);
		for (size_t j = i + 1; j < n; j++)
			assert_int_not_equal(m[i].sccp_device_id, m[j].sccp_device_id);
	}
	assert_int_equal(provision_model("7962")->sccp_device_id, 404);
	assert_int_equal(provision_model("7941")->lines, 2);
	assert_int_equal(provision_model("7941ge")->sccp_device_id, 309);
	assert_int_equal(provision_model("ATA")->sccp_device_id, 12);
	assert_true(provision_model("ATA-191")->ata);
	assert_string_equal(provision_model("8951")->type, "8961");
	assert_null(provision_model("4711"));
	assert_null(provision_model(NULL));
	assert_int_equal(provision_module("7915-24")->lines, 24);
	assert_null(provision_module("7962"));
}

/* exactly these are told UTC and need the zone of their file. */
static void models_that_want_the_zone_are_the_listed_ones(void **state)
{
	static const char *const list[] = { "7906", "7911", "7931", "7941",   "7941GE",
					    "7942", "7945", "7961", "7961GE", "7962",
					    "7965", "7970", "7971", "7975" };
	static const char *const not [] = { "7902", "7905", "7912", "7920", "7921",
					    "7935", "7936", "7940", "7960", "7985" };
	size_t n, want = 0;
	const struct provision_model *m = provision_models(&n);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		assert_true(provision_model(list[i])->wants_utc);
	for (size_t i = 0; i < ARRAY_LEN(not ); i++)
		assert_false(provision_model(not [i])->wants_utc);
	for (size_t i = 0; i < n; i++)
		want += m[i].wants_utc;
	assert_int_equal(want, ARRAY_LEN(list));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_comes_back_as_it_was),
		cmocka_unit_test(what_cannot_stand_in_xml_is_replaced_or_left_out),
		cmocka_unit_test(every_string_of_bytes_gives_a_well_formed_file),
		cmocka_unit_test(lengths_count_characters_not_bytes),
		cmocka_unit_test(names_that_people_type_are_checked),
		cmocka_unit_test(a_file_over_the_limit_is_none),
		cmocka_unit_test(models_are_found_by_type_in_any_case),
		cmocka_unit_test(models_that_want_the_zone_are_the_listed_ones),
	};

	return cmocka_run_group_tests_name("provision_xml", tests, NULL, NULL);
}
