/* tests/unit/test_sip_digest.c - digest responses against published vectors, nonces, the replay window. */
#include "tests/support/test.h"

#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "server/sip/sip_digest.h"
#include "server/sip/sip_guard.h"

/* RFC 2617 3.5, RFC 7616 3.9.1; the rest was computed with another implementation (Python's hashlib). */
static const struct {
	const char *user, *realm, *password, *method, *uri, *nonce, *nc, *cnonce, *qop, *alg,
	    *response;
} vectors[] = {
	{ "Mufasa", "testrealm@host.com", "Circle Of Life", "GET", "/dir/index.html",
	  "dcd98b7102dd2f0e8b11d0f600bfb0c093", "00000001", "0a4f113b", "auth", "MD5",
	  "6629fae49393a05397450978507c4ef1" },
	{ "Mufasa", "http-auth@example.org", "Circle of Life", "GET", "/dir/index.html",
	  "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "00000001",
	  "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "auth", "MD5",
	  "8ca523f5e9506fed4657c9700eebdbec" },
	{ "Mufasa", "http-auth@example.org", "Circle of Life", "GET", "/dir/index.html",
	  "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "00000001",
	  "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "auth", "SHA-256",
	  "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
	{ "6010", "pbx.example", "s3cret", "REGISTER", "sip:pbx.example", "0123456789abcdef",
	  "00000001", "deadbeef", "auth", "", "5a0a45f9716fd40dfd90cf44e058f89e" },
	{ "6010", "pbx.example", "s3cret", "REGISTER", "sip:pbx.example", "0123456789abcdef",
	  "00000001", "deadbeef", "auth", "sha-256",
	  "4c271da54ff9a80614a808a3c11bba9cbded641900c7f19e53417c47dba73129" },
	{ "6010", "pbx.example", "s3cret", "REGISTER", "sip:pbx.example", "0123456789abcdef", "",
	  "", "", "md5", "f9e7d59aac08ff87464c028c05f85b8f" },
	{ "6010", "pbx.example", "s3cret", "REGISTER", "sip:pbx.example", "0123456789abcdef", "",
	  "", "", "SHA-256", "426f3f47072671124feebda9587d9bf0f579d8bf81a65ab04eb44742fe76f9ab" },
	{ "6010", "pbx.example", "s3cret", "INVITE", "sip:6020@pbx.example;user=phone",
	  "0123456789abcdef", "0000000a", "deadbeef", "auth", "MD5",
	  "aa5e667ad30ae8dcf02d34ea62c579f4" },
	{ "6010", "pbx.example", "s3cret", "INVITE", "sip:6020@pbx.example;user=phone",
	  "0123456789abcdef", "0000000a", "deadbeef", "auth", "SHA-256",
	  "beb641a3b3901d3e4ae92ff393994633f2fadec9326b697e5f6247e0249ec464" },
};

static void fill(struct sip_credentials *c, size_t i)
{
	memset(c, 0, sizeof(*c));
	text_copy(c->username, sizeof(c->username), vectors[i].user);
	text_copy(c->uri, sizeof(c->uri), vectors[i].uri);
	text_copy(c->nonce, sizeof(c->nonce), vectors[i].nonce);
	text_copy(c->nc, sizeof(c->nc), vectors[i].nc);
	text_copy(c->cnonce, sizeof(c->cnonce), vectors[i].cnonce);
	text_copy(c->qop, sizeof(c->qop), vectors[i].qop);
	text_copy(c->algorithm, sizeof(c->algorithm), vectors[i].alg);
	text_copy(c->response, sizeof(c->response), vectors[i].response);
}

static void published_vectors_come_out(void **state)
{
	struct sip_hasher *h;
	struct sip_ha1 ha1;
	struct sip_credentials c;

	(void)state;
	assert_int_equal(sip_hasher_new(&h), 0);
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		char out[SIP_HASH_HEX];
		const char *m = vectors[i].method;

		fill(&c, i);
		sip_ha1_make(h, vectors[i].user, vectors[i].realm, vectors[i].password, &ha1);
		assert_int_equal(sip_digest_response(h, &c, &ha1, m, strlen(m), out), 0);
		assert_string_equal(out, vectors[i].response);
		assert_true(sip_digest_matches(h, &c, &ha1, m, strlen(m)));
		c.response[3] = c.response[3] == '0' ? '1' : '0';
		assert_false(sip_digest_matches(h, &c, &ha1, m, strlen(m)));
	}
	sip_hasher_free(h);
}

static void ha1_is_kept_per_algorithm(void **state)
{
	struct sip_hasher *h;
	struct sip_ha1 ha1;

	(void)state;
	assert_int_equal(sip_hasher_new(&h), 0);
	sip_ha1_make(h, "6010", "pbx.example", "s3cret", &ha1);
	assert_string_equal(ha1.hex[SIP_MD5], "8997631cc629c5066ea74ba4638e5375");
	assert_string_equal(ha1.hex[SIP_SHA256],
			    "52ddfce575fee8e412ad67bb8fa6ebb7036af1cc4ef7ca625500042ebea013ca");
	sip_hasher_free(h);
}

static void what_was_not_offered_never_matches(void **state)
{
	struct sip_hasher *h;
	struct sip_ha1 ha1;
	struct sip_credentials c;
	char out[SIP_HASH_HEX];

	(void)state;
	assert_int_equal(sip_hasher_new(&h), 0);
	sip_ha1_make(h, "6010", "pbx.example", "s3cret", &ha1);
	fill(&c, 3);
	text_copy(c.qop, sizeof(c.qop), "auth-int");
	assert_int_equal(sip_digest_response(h, &c, &ha1, "REGISTER", 8, out), ERR_UNSUPPORTED);
	fill(&c, 3);
	text_copy(c.algorithm, sizeof(c.algorithm), "SHA-512-256");
	assert_false(sip_digest_matches(h, &c, &ha1, "REGISTER", 8));
	fill(&c, 3);
	c.cnonce[0] = '\0';
	assert_int_equal(sip_credentials_check(&c), ERR_MALFORMED);
	sip_hasher_free(h);
}

static void a_nonce_is_good_for_its_source_and_time_only(void **state)
{
	struct sip_nonces *n;
	struct net_addr a, b;
	struct sip_nonce_id id;
	char text[SIP_NONCE_SIZE], other[SIP_NONCE_SIZE];

	(void)state;
	assert_int_equal(sip_nonces_new(&n, 100), 0);
	net_addr_parse(&a, "192.0.2.1", 5060);
	net_addr_parse(&b, "192.0.2.2", 5060);
	sip_nonce_make(n, &a, 1000, text);
	sip_nonce_make(n, &a, 1000, other);
	assert_string_not_equal(text, other);
	net_addr_set_port(&a, 6000);
	assert_int_equal(sip_nonce_check(n, text, &a, 1000, &id), NONCE_VALID);
	assert_int_equal(sip_nonce_check(n, text, &a, 1000 + SIP_NONCE_LIFE_MS, &id),
			 NONCE_EXPIRED);
	assert_int_equal(sip_nonce_check(n, text, &b, 1000, &id), NONCE_FOREIGN);
	assert_int_equal(sip_nonce_check(n, "0123456789abcdef", &a, 1000, &id), NONCE_FOREIGN);
	text[5] = text[5] == 'A' ? 'B' : 'A';
	assert_int_equal(sip_nonce_check(n, text, &a, 1000, &id), NONCE_FOREIGN);
	sip_nonces_free(n);
}

static void each_count_of_a_nonce_works_once_in_any_order(void **state)
{
	static const uint32_t order[] = { 1, 5, 3, 2, 4, 70, 69 };
	struct sip_nonces *n;
	struct sip_nonce_id id = { .issued_ms = 1000, .counter = 7 };

	(void)state;
	assert_int_equal(sip_nonces_new(&n, 100), 0);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		assert_true(sip_nonce_use(n, &id, order[i], 2000));
		assert_false(sip_nonce_use(n, &id, order[i], 2000));
	}
	assert_false(sip_nonce_use(n, &id, 6, 2000)); /* too far behind to tell */
	assert_true(sip_nonce_use(n, &id, 8, 2000));
	sip_nonces_free(n);
}

static void a_forgotten_nonce_is_stale_not_fresh(void **state)
{
	struct sip_nonces *n;

	(void)state;
	assert_int_equal(sip_nonces_new(&n, 4), 0);
	for (uint64_t i = 0; i < 10; i++) {
		struct sip_nonce_id id = { .issued_ms = 1000 + i, .counter = i };

		assert_true(sip_nonce_use(n, &id, 1, 2000));
	}
	for (uint64_t i = 0; i < 10; i++) {
		struct sip_nonce_id id = { .issued_ms = 1000 + i, .counter = i };

		assert_false(sip_nonce_use(n, &id, 1, 2000));
	}
	sip_nonces_free(n);
}

static void five_failures_in_a_minute_block_a_source(void **state)
{
	struct sip_guard *g = sip_guard_new();
	struct net_addr a, b;

	(void)state;
	net_addr_parse(&a, "192.0.2.1", 5060);
	net_addr_parse(&b, "192.0.2.2", 5060);
	for (uint64_t i = 0; i < 4; i++)
		assert_false(sip_guard_failed(g, &a, i * 1000));
	assert_false(sip_guard_is_blocked(g, &a, 4000));
	assert_true(sip_guard_failed(g, &a, 4000));
	assert_true(sip_guard_is_blocked(g, &a, 4000));
	assert_false(sip_guard_is_blocked(g, &b, 4000));
	assert_true(sip_guard_is_blocked(g, &a, SIP_FAILURES_MS - 1));
	assert_false(sip_guard_is_blocked(g, &a, SIP_FAILURES_MS));
	for (uint64_t i = 0; i < SIP_FAILURES_MAX + 10;
	     i++) { /* strangers: the table stays bounded */
		struct net_addr c;

		net_addr_parse(&c, "10.0.0.0", 5060);
		c.u.in.sin_addr.s_addr = htonl((uint32_t)(0x0a000000 + i));
		sip_guard_failed(g, &c, 5000);
	}
	assert_false(sip_guard_is_blocked(g, &a, 5000));
	sip_guard_free(g);
}

static void a_source_is_limited_and_good_traffic_is_not(void **state)
{
	struct sip_guard *g = sip_guard_new();
	struct net_addr a, b;
	int taken = 0;

	(void)state;
	net_addr_parse(&a, "192.0.2.1", 5060);
	net_addr_parse(&b, "192.0.2.2", 5060);
	while (sip_guard_admit(g, &a, 1000) && taken < 100000)
		taken++;
	assert_int_equal(taken, SIP_RATE_BURST);
	assert_true(sip_guard_admit(g, &b, 1000));
	assert_true(sip_guard_admit(g, &a, 1001));
	assert_false(sip_guard_admit(g, &a, 1001));
	for (int i = 0; i < 100000; i++) { /* question, answer, question, answer */
		assert_true(sip_guard_admit(g, &b, 1000));
		assert_true(sip_guard_admit(g, &b, 1000));
		sip_guard_credit(g, &b, 1000);
	}
	sip_guard_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vectors_come_out),
		cmocka_unit_test(ha1_is_kept_per_algorithm),
		cmocka_unit_test(what_was_not_offered_never_matches),
		cmocka_unit_test(a_nonce_is_good_for_its_source_and_time_only),
		cmocka_unit_test(each_count_of_a_nonce_works_once_in_any_order),
		cmocka_unit_test(a_forgotten_nonce_is_stale_not_fresh),
		cmocka_unit_test(five_failures_in_a_minute_block_a_source),
		cmocka_unit_test(a_source_is_limited_and_good_traffic_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
