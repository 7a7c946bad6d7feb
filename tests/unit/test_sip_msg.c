/* tests/unit/test_sip_msg.c - URIs, the first look at a message, stream framing, the answer cache. */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/sip/sip_cache.h"
#include "server/sip/sip_map.h"
#include "server/sip/sip_msg.h"
#include "server/sip/sip_reply.h"

/* RFC 3261 19.1.4, with `transport` taken as significant. */
static const struct {
	const char *a, *b;
	bool equal;
} uris[] = {
	{ "sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true },
	{ "sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true },
	{ "sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true },
	{ "sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false },
	{ "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
	  "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true },
	{ "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
	  "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true },
	{ "SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false },
	{ "sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false },
	{ "sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false },
	{ "sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false },
	{ "sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false },
	{ "sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false },
	{ "sip:bob@biloxi.com;user=phone", "sip:bob@biloxi.com", false },
	{ "sip:bob:pw@biloxi.com", "sip:bob@biloxi.com", false },
	{ "sip:biloxi.com", "sip:bob@biloxi.com", false },
	{ "sips:bob@biloxi.com", "sip:bob@biloxi.com", false },
	{ "sip:a@[2001:db8::1]:5060", "sip:a@[2001:DB8:0:0::1]:5060", true },
	{ "sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]", false },
	{ "sip:a%00b@h", "sip:a%00c@h", false },
};

static void uris_compare_as_the_rfc_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		struct sip_uri a, b;

		assert_int_equal(sip_uri_parse(&a, slice_of(uris[i].a)), 0);
		assert_int_equal(sip_uri_parse(&b, slice_of(uris[i].b)), 0);
		if (sip_uri_eq(&a, &b) != uris[i].equal || sip_uri_eq(&b, &a) != uris[i].equal)
			fail_msg("%s | %s", uris[i].a, uris[i].b);
	}
}

static void broken_uris_are_refused(void **state)
{
	static const char *const bad[] = { "",
					   "sip",
					   "sip:",
					   "sip:a@",
					   "sip:@host",
					   "sip:a@h:0",
					   "sip:a@h:70000",
					   "sip:a@2001:db8::10",
					   "sip:a@[2001:db8::1",
					   "http://host",
					   "sip:a b@host",
					   "<sip:a@h>",
					   "sip:a@h_<x>",
					   "sip:a@[::1]5060" };
	struct sip_uri u;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (!sip_uri_parse(&u, slice_of(bad[i])))
			fail_msg("accepted: %s", bad[i]);
	/* RFC 5118 4.3: a port inside the brackets is part of the address. */
	assert_int_equal(sip_uri_parse(&u, slice_of("sip:a@[2001:db8::10:5070]")), 0);
	assert_int_equal(u.port, -1);
	/* RFC 4475 semiuri: parameters of the user part stay there. */
	assert_int_equal(sip_uri_parse(&u, slice_of("sip:user;par=u%40example.net@example.com")),
			 0);
	assert_true(slice_eq(u.host, "example.com"));
	assert_null(u.params.p);
}

#define HEAD                                                        \
	"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKa;rport\r\n" \
	"From: <sip:1@h>;tag=f\r\nTo: <sip:1@h>\r\nCall-ID: c\r\n"
#define REG "REGISTER sip:h SIP/2.0\r\n" HEAD "CSeq: 1 REGISTER\r\n"

static const struct {
	const char *text;
	int err, code;
} messages[] = {
	{ REG "\r\n", 0, 0 },
	{ REG "Content-Length: 0\r\n\r\n", 0, 0 },
	{ REG "l: 3\r\n\r\nabcdef", 0, 0 },
	{ REG "Content-Length: 9\r\n\r\nabc", ERR_PROTO, 400 },
	{ REG "Content-Length: -9\r\n\r\nabc", ERR_PROTO, 400 },
	{ REG "Content-Length: 0\r\nl: 0\r\n\r\n", ERR_PROTO, 400 },
	{ REG "To: <sip:2@h>\r\n\r\n", ERR_PROTO, 400 },
	{ REG "Max-Forwards: 256\r\n\r\n", ERR_PROTO, 400 },
	{ REG "Max-Forwards: 0\r\n\r\n", 0, 0 },
	{ REG "no colon\r\n\r\n", ERR_PROTO, 400 },
	{ REG, ERR_PROTO, 400 },
	{ "REGISTER sip:h SIP/7.0\r\n" HEAD "CSeq: 1 REGISTER\r\n\r\n", ERR_PROTO, 505 },
	{ "REGISTER sip:h sip/2.0\r\n" HEAD "CSeq: 1 REGISTER\r\n\r\n", 0, 0 },
	{ "REGISTER <sip:h> SIP/2.0\r\n" HEAD "CSeq: 1 REGISTER\r\n\r\n", ERR_PROTO, 400 },
	{ "REGISTER  sip:h  SIP/2.0\r\n" HEAD "CSeq: 1 REGISTER\r\n\r\n", ERR_PROTO, 400 },
	{ "REGISTER sip:h SIP/2.0 \r\n" HEAD "CSeq: 1 REGISTER\r\n\r\n", ERR_PROTO, 400 },
	{ "REGISTER soap.beep://h SIP/2.0\r\n" HEAD "CSeq: 1 REGISTER\r\n\r\n", ERR_PROTO, 416 },
	{ "REGISTER sip:h SIP/2.0\r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\n", ERR_PROTO, 400 },
	{ "REGISTER sip:h SIP/2.0\r\n" HEAD "CSeq: 2147483648 REGISTER\r\n\r\n", ERR_PROTO, 400 },
	{ "REGISTER sip:h SIP/2.0\r\n" HEAD "\r\n", ERR_PROTO, 400 },
	{ "REGISTER sip:h SIP/2.0\r\nFrom: <sip:1@h>\r\n\r\n", ERR_INVALID, 0 },
	{ "GET / HTTP/1.1\r\nHost: h\r\n\r\n", ERR_INVALID, 0 },
	{ "SIP/2.0 4294967301 OK\r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\n", ERR_INVALID, 0 },
	{ "SIP/2.0 200\r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\n", 0, 0 },
	{ "SIP/2.0 200 \r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\n", 0, 0 },
	{ "REGISTER sip:h SIP/2.0\nVia: SIP/2.0/UDP a;branch=z9hG4bKa\nf: <sip:1@h>;tag=f\n"
	  "t: <sip:1@h>\ni: c\nCSeq: 1\n REGISTER\nm: *\n\n",
	  0, 0 },
};

static void messages_get_the_answer_they_deserve(void **state)
{
	static struct sip_msg m;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		const char *t = messages[i].text;
		int err = sip_msg_read(&m, (const uint8_t *)t, strlen(t), SIP_UDP);

		if (err != messages[i].err || (err == ERR_PROTO && m.code != messages[i].code))
			fail_msg("%d %d %s for: %s", err, m.code, m.fault ? m.fault : "", t);
	}
}

static void contacts_are_kept_as_they_were_written(void **state)
{
	static struct sip_msg m;
	const char *t =
	    REG "Contact: \"A, B\" <sip:1@192.0.2.9:49301;transport=tcp>;q=0.5;expires=60,"
		" sip:2@h2;expires=soon\r\nExpires: 77\r\n"
		"m: <sip:3@h3>;+sip.instance=\"<urn:uuid:00000000-0000-0000-0000-00aa11bb22cc>\""
		";+u.sip!model.ccm.cisco.com=\"30018\"\r\n\r\n";
	struct sip_identity id;

	(void)state;
	assert_int_equal(sip_msg_read(&m, (const uint8_t *)t, strlen(t), SIP_UDP), 0);
	assert_int_equal(m.n_contacts, 3);
	assert_true(slice_eq(m.contacts[0].text, "sip:1@192.0.2.9:49301;transport=tcp"));
	assert_int_equal(m.contacts[0].expires_s, 60);
	assert_int_equal(m.contacts[0].q, 500);
	assert_int_equal(m.contacts[1].expires_kind, EXPIRES_MALFORMED);
	assert_int_equal(m.contacts[1].expires_s, 3600);
	assert_int_equal(m.contacts[2].expires_kind, EXPIRES_ABSENT);
	assert_true(
	    slice_eq(m.contacts[2].instance, "urn:uuid:00000000-0000-0000-0000-00aa11bb22cc"));
	assert_int_equal(m.expires_s, 77);
	m.contacts[0] = m.contacts[2];
	sip_msg_identity(&m, &id);
	assert_string_equal(id.mac, "00AA11BB22CC");
	assert_string_equal(id.model, "30018");
	assert_true(id.cisco);
}

static void a_thousand_headers_do_not_reach_the_parser(void **state)
{
	static struct sip_msg m;
	struct text t;

	(void)state;
	text_init(&t, 100000);
	text_add(&t, REG);
	for (int i = 0; i < 1000; i++)
		text_addf(&t, "X-%d: y\r\n", i);
	text_add(&t, "\r\n");
	assert_int_equal(sip_msg_read(&m, (const uint8_t *)t.buf, t.len, SIP_TCP), ERR_PROTO);
	assert_int_equal(m.code, 400);
	assert_int_equal(sip_msg_read(&m, (const uint8_t *)t.buf, t.len, SIP_UDP), ERR_PROTO);
	assert_int_equal(m.code, 513);
	text_fini(&t);
}

/* RFC 3261 18.3: whatever the segments, the same messages come out. */
static void a_stream_is_cut_the_same_however_it_arrives(void **state)
{
	const char *one = REG "Content-Length: 5\r\n\r\nhello";
	struct sip_frame f;
	size_t len = strlen(one);

	(void)state;
	for (size_t i = 1; i < len; i++)
		assert_int_equal(sip_frame((const uint8_t *)one, i, &f), SIP_FRAME_MORE);
	assert_int_equal(sip_frame((const uint8_t *)one, len, &f), SIP_FRAME_MESSAGE);
	assert_int_equal(f.len, len);
	assert_int_equal(sip_frame((const uint8_t *)"\r\n\r\n", 4, &f), SIP_FRAME_PING);
	assert_int_equal(sip_frame((const uint8_t *)"\r\n\r", 3, &f), SIP_FRAME_MORE);
	assert_int_equal(sip_frame((const uint8_t *)"\r\nREG", 5, &f), SIP_FRAME_SKIP);
	assert_int_equal(f.skip, 2);
}

static void a_stream_without_a_usable_length_is_broken(void **state)
{
	static const struct {
		const char *text;
		int code;
	} bad[] = {
		{ REG "\r\n", 400 },
		{ REG "Content-Length: abc\r\n\r\n", 400 },
		{ REG "Content-Length: -1\r\n\r\n", 400 },
		{ REG "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400 },
		{ REG "Content-Length: 99999999\r\n\r\n", 413 },
		{ "hello\r\n\r\n", 0 },
	};
	static char big[SIP_TCP_MAX];
	struct sip_frame f;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(sip_frame((const uint8_t *)bad[i].text, strlen(bad[i].text), &f),
				 SIP_FRAME_BROKEN);
		assert_int_equal(f.code, bad[i].code);
	}
	memset(big, 'a', sizeof(big));
	assert_int_equal(sip_frame((uint8_t *)big, sizeof(big) - 1, &f), SIP_FRAME_MORE);
	assert_int_equal(sip_frame((uint8_t *)big, sizeof(big), &f), SIP_FRAME_BROKEN);
}

static void answers_are_kept_for_timer_j_and_bounded(void **state)
{
	struct sip_cache *c = sip_cache_new(10000);
	struct sip_cache_key k;
	struct slice out;
	char branch[32], answer[100];

	(void)state;
	memset(answer, 'x', sizeof(answer));
	for (int i = 0; i < 1000; i++) {
		/* cppcheck-suppress legacyUninitvar ; snprintf fills it */
		struct slice p = { branch,
				   (size_t)snprintf(branch, sizeof(branch), "z9hG4bK%d", i) };

		sip_cache_key(c, &p, 1, &p, 1, &k);
		assert_false(sip_cache_get(c, &k, 1000, &out));
		sip_cache_put(c, &k, 1000, answer, sizeof(answer));
		assert_true(sip_cache_get(c, &k, 1000, &out));
		assert_int_equal(out.len, sizeof(answer));
		assert_true(sip_cache_bytes(c) <= 10000);
	}
	assert_true(sip_cache_count(c) > 10);
	assert_true(sip_cache_get(c, &k, 1000 + SIP_TIMER_J_MS - 1, &out));
	assert_true(sip_cache_is_merged(c, &k, 1000 + SIP_TIMER_J_MS - 1));
	assert_false(sip_cache_get(c, &k, 1000 + SIP_TIMER_J_MS, &out));
	assert_int_equal(sip_cache_count(c), 0);
	sip_cache_free(c);
}

struct item {
	struct sip_timer timer;
	uint64_t *last;
};

static void in_order(void *ctx, struct sip_timer *t)
{
	struct item *i = container_of(t, struct item, timer);

	(void)ctx;
	assert_true(t->at_ms >= *i->last);
	*i->last = t->at_ms;
}

static void timers_run_in_order_and_can_be_cancelled(void **state)
{
	static struct item items[500];
	struct sip_timers ts;
	uint64_t last = 0;
	unsigned seed = 1;

	(void)state;
	sip_timers_init(&ts);
	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		seed = seed * 1103515245u + 12345u;
		items[i] = (struct item){ .timer.fn = in_order, .last = &last };
		sip_timer_set(&ts, &items[i].timer, seed >> 16);
	}
	for (size_t i = 0; i < ARRAY_LEN(items); i += 3)
		sip_timer_cancel(&ts, &items[i].timer);
	for (size_t i = 1; i < ARRAY_LEN(items); i += 3)
		sip_timer_set(&ts, &items[i].timer, items[i].timer.at_ms / 2);
	assert_int_equal(sip_timers_run(&ts, UINT64_MAX, 1000, NULL), 333);
	assert_int_equal(sip_timers_next(&ts), UINT64_MAX);
	sip_timers_fini(&ts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uris_compare_as_the_rfc_says),
		cmocka_unit_test(broken_uris_are_refused),
		cmocka_unit_test(messages_get_the_answer_they_deserve),
		cmocka_unit_test(contacts_are_kept_as_they_were_written),
		cmocka_unit_test(a_thousand_headers_do_not_reach_the_parser),
		cmocka_unit_test(a_stream_is_cut_the_same_however_it_arrives),
		cmocka_unit_test(a_stream_without_a_usable_length_is_broken),
		cmocka_unit_test(answers_are_kept_for_timer_j_and_bounded),
		cmocka_unit_test(timers_run_in_order_and_can_be_cancelled),
	};

	sip_msg_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
