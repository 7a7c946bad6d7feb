/* tests/unit/test_sip_server.c - the SIP side on real sockets of the loopback, over a real store: it comes
 * up with the configuration, follows commits without a restart, and says why it cannot listen. */
#include "tests/support/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/phones/phones.h"
#include "server/sip/sip.h"
#include "server/sip/sip_digest.h"
#include "store/schema/schema.h"
#include "tests/support/store_rig.h"

#define WAIT_MS 10000

struct server {
	struct store_rig rig;
	struct loop *loop;
	struct phones *phones;
	struct sip *sip;
	int fd; /* the phone's socket */
	char answer[8192];
	char nonce[64];
};

static void commit(struct server *s, const char *const (*edits)[2], size_t n)
{
	struct store_commit info = { .who = "test" };
	struct faults f;
	struct conf *c;

	assert_int_equal(conf_open(s->rig.store, &c), 0);
	faults_init(&f);
	for (size_t i = 0; i < n; i++) {
		cJSON *v = cJSON_Parse(edits[i][1]);
		int err = schema_edit(c, OP_PATCH, edits[i][0], v, &f, NULL);

		if (err)
			fail_msg("%s: %s", edits[i][0], f.n ? f.list[0].detail : err_text(err));
		cJSON_Delete(v);
	}
	faults_fini(&f);
	assert_int_equal(store_commit(s->rig.store, c, &info), 0);
	conf_close(c);
}

static void start_at(struct server *s, const char *listen_at, int port)
{
	struct sip_options o = { .listen = listen_at, .port = port };
	struct net_addr any;

	memset(s, 0, sizeof(*s));
	s->rig.dir = test_tmpdir();
	store_rig_open(&s->rig);
	assert_int_equal(loop_new(&s->loop, "calls", &clock_system), 0);
	assert_int_equal(phones_new(&s->phones, s->loop, s->rig.store), 0);
	o.loop = s->loop;
	o.store = s->rig.store;
	o.phones = s->phones;
	assert_int_equal(sip_start(&s->sip, &o), 0);
	assert_int_equal(loop_start_thread(s->loop), 0);
	s->fd = socket(AF_INET, SOCK_DGRAM, 0);
	(void)net_addr_parse(&any, "127.0.0.1", 0);
	assert_int_equal(bind(s->fd, &any.u.sa, net_addr_len(&any)), 0);
}

static void start(struct server *s, int port)
{
	start_at(s, "127.0.0.1", port);
}

static void stop(struct server *s)
{
	loop_stop(s->loop);
	loop_join(s->loop);
	sip_stop(s->sip);
	phones_free(s->phones);
	loop_free(s->loop);
	store_close(s->rig.store);
	test_rmdir(s->rig.dir);
	close(s->fd);
}

/* Waits for a state of the engine, as a client of /status would. */
static struct engine_status wait_status(struct server *s, bool on, uint16_t port, const char *why)
{
	struct engine_status st;

	for (int i = 0; i < WAIT_MS / 10; i++) {
		sip_status(s->sip, &st);
		if (st.on == on && (!port || st.port == port) && strstr(st.why, why) &&
		    (*why || !st.why[0]))
			return st;
		usleep(10000);
	}
	fail_msg("on=%d port=%u why=%s", st.on, st.port, st.why);
	return st;
}

static void ask(struct server *s, uint16_t port, const char *packet)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval tv = { .tv_sec = 5 };
	ssize_t n;

	setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	assert_true(sendto(s->fd, packet, strlen(packet), 0, (struct sockaddr *)&to, sizeof(to)) >
		    0);
	n = recv(s->fd, s->answer, sizeof(s->answer) - 1, 0);
	assert_true(n > 0);
	s->answer[n] = '\0';
}

static int send_register(struct server *s, uint16_t port, const char *auth)
{
	static unsigned cseq;
	char packet[4096];
	const char *nonce;

	cseq++;
	snprintf(packet, sizeof(packet),
		 "REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;rport;branch="
		 "z9hG4bKs%u\r\nFrom: <sip:2201@127.0.0.1>;tag=1\r\nTo: <sip:2201@127.0.0.1>\r\n"
		 "Call-ID: c\r\nCSeq: %u REGISTER\r\nMax-Forwards: 70\r\n"
		 "Contact: <sip:2201@127.0.0.1:9>\r\nExpires: 600\r\n"
		 "Reason: SIP;cause=200;text=\"cisco-alarm:25 Name=SEP001122334455 Load=SIP42.9 "
		 "Last=initialized\"\r\n%sContent-Length: 0\r\n\r\n",
		 cseq, cseq, auth);
	ask(s, port, packet);
	nonce = strstr(s->answer, "nonce=\"");
	if (nonce)
		snprintf(s->nonce, sizeof(s->nonce), "%.*s", (int)strcspn(nonce + 7, "\""),
			 nonce + 7);
	return atoi(s->answer + 8);
}

static int register_with(struct server *s, uint16_t port, const char *password)
{
	struct sip_credentials c = { .username = "desk",
				     .uri = "sip:127.0.0.1",
				     .cnonce = "x",
				     .qop = "auth",
				     .nc = "00000001",
				     .algorithm = "MD5" };
	struct sip_hasher *h;
	struct sip_ha1 ha1;
	char auth[1024];

	assert_int_equal(send_register(s, port, ""), 401);
	(void)text_copy(c.nonce, sizeof(c.nonce), s->nonce);
	assert_int_equal(sip_hasher_new(&h), 0);
	sip_ha1_make(h, "desk", "127.0.0.1", password, &ha1);
	assert_int_equal(sip_digest_response(h, &c, &ha1, "REGISTER", 8, c.response), 0);
	sip_hasher_free(h);
	snprintf(auth, sizeof(auth),
		 "Authorization: Digest username=\"desk\", realm=\"127.0.0.1\", nonce=\"%s\", "
		 "uri=\"sip:127.0.0.1\", response=\"%s\", cnonce=\"x\", qop=auth, nc=00000001\r\n",
		 c.nonce, c.response);
	return send_register(s, port, auth);
}

static const char *const site[][2] = {
	{ "voice-service/voip", "{\"sip\":{\"registrar_server\":{\"enabled\":true}}}" },
	{ "voice-register/global",
	  "{\"mode\":\"cme\",\"source_address\":{\"address\":\"127.0.0.1\"},"
	  "\"max_pool\":10,\"max_dn\":10,"
	  "\"authenticate\":{\"enabled\":true,\"all\":true}}" },
	{ "voice-register/dns/1", "{\"number\":\"2201\"}" },
	{ "voice-register/pools/1", "{\"id\":{\"kind\":\"mac\",\"mac\":\"0011.2233.4455\"},"
				    "\"numbers\":{\"1\":1},\"username\":\"desk\","
				    "\"password\":\"first\"}" },
};

static void a_phone_registers_as_soon_as_it_is_configured(void **state)
{
	struct server s;
	struct engine_status st;

	(void)state;
	start(&s, 0);
	wait_status(&s, false, 0, "source-address");
	commit(&s, site, ARRAY_LEN(site));
	st = wait_status(&s, true, 0, "");
	assert_true(st.overridden);
	assert_int_equal(register_with(&s, st.port, "first"), 200);
	assert_true(strstr(s.answer, "Contact: <sip:2201@127.0.0.1:9>;expires=600") != NULL);
	assert_int_equal(register_with(&s, st.port, "second"), 401);
	stop(&s);
}

static void a_new_password_counts_at_once(void **state)
{
	static const char *const edit[][2] = { { "voice-register/pools/1",
						 "{\"password\":\"second\"}" } };
	static const char *const realm[][2] = {
		{ "voice-register/global", "{\"authenticate\":{\"realm\":\"127.0.0.1\"}}" }
	};
	struct server s;
	struct engine_status st;
	int code = 0;

	(void)state;
	start(&s, 0);
	commit(&s, site, ARRAY_LEN(site));
	st = wait_status(&s, true, 0, "");
	commit(&s, edit, 1);
	for (int i = 0; i < 4 && code != 200; i++) /* the commit reaches the loop in its own time */
		code = register_with(&s, st.port, "second");
	assert_int_equal(code, 200);
	commit(&s, realm, 1);
	assert_int_equal(register_with(&s, st.port, "second"), 200);
	stop(&s);
}

static uint16_t free_port(int *keep)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	for (uint16_t port = (uint16_t)(7000 + getpid() % 2000); port < 9990; port++) {
		int fd = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0);
		int ok;

		a.sin_port = htons(port);
		ok = !bind(fd, (struct sockaddr *)&a, sizeof(a)) &&
		     !bind(tcp, (struct sockaddr *)&a, sizeof(a));
		close(tcp);
		if (ok && keep)
			*keep = fd;
		else
			close(fd);
		if (ok)
			return port;
	}
	fail_msg("no free port");
	return 0;
}

static void commit_port(struct server *s, uint16_t port)
{
	char text[100];
	const char *const edit[][2] = { { "voice-register/global", text } };

	snprintf(text, sizeof(text), "{\"source_address\":{\"address\":\"127.0.0.1\",\"port\":%u}}",
		 port);
	commit(s, edit, 1);
}

static void the_port_follows_the_configuration(void **state)
{
	struct server s;
	struct engine_status st;
	uint16_t first = free_port(NULL), second, taken;
	int holder = -1;

	(void)state;
	start(&s, SIP_PORT_CONF);
	commit_port(&s, first);
	commit(&s, site, ARRAY_LEN(site));
	st = wait_status(&s, true, first, "");
	assert_false(st.overridden);
	assert_int_equal(register_with(&s, first, "first"), 200);
	second = free_port(NULL);
	commit_port(&s, second);
	wait_status(&s, true, second, "");
	assert_int_equal(register_with(&s, second, "first"), 200);
	taken = free_port(&holder);
	commit_port(&s, taken);
	wait_status(&s, true, second, "taken by another program");
	assert_int_equal(register_with(&s, second, "first"), 200);
	close(holder);
	commit_port(&s, second);
	wait_status(&s, true, second, "");
	stop(&s);
}

/* One pair of sockets serves both families; the answer leaves from the address that was asked. */
static void every_address_of_both_families_is_served(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "127.0.0.9", "::1" };
	struct server s;
	struct engine_status st;

	(void)state;
	start_at(&s, NULL, 0);
	commit(&s, site, ARRAY_LEN(site));
	st = wait_status(&s, true, 0, "");
	assert_int_equal(register_with(&s, st.port, "first"), 200);
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		struct timeval tv = { .tv_sec = 5 };
		char packet[1024], answer[2048];
		struct net_addr to;
		ssize_t n;
		int fd;

		assert_int_equal(net_addr_parse(&to, hosts[i], st.port), 0);
		fd = socket(to.u.sa.sa_family, SOCK_DGRAM, 0);
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
		assert_int_equal(connect(fd, &to.u.sa, net_addr_len(&to)),
				 0); /* hears that address only */
		snprintf(
		    packet, sizeof(packet),
		    "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
		    "h;rport;branch=z9hG4bKv%zu\r\n"
		    "From: <sip:a@h>;tag=1\r\nTo: <sip:pc>\r\nCall-ID: v%zu\r\nCSeq: 1 OPTIONS\r\n"
		    "Content-Length: 0\r\n\r\n",
		    i, i);
		assert_true(send(fd, packet, strlen(packet), 0) > 0);
		n = recv(fd, answer, sizeof(answer) - 1, 0);
		close(fd);
		assert_true(n > 12);
		answer[n] = '\0';
		if (strncmp(answer, "SIP/2.0 200", 11) != 0)
			fail_msg("%s: %s", hosts[i], answer);
		assert_non_null(strstr(answer, i == 2 ? "received=::1" : "received=127.0.0."));
	}
	stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_phone_registers_as_soon_as_it_is_configured),
		cmocka_unit_test(a_new_password_counts_at_once),
		cmocka_unit_test(every_address_of_both_families_is_served),
		cmocka_unit_test(the_port_follows_the_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
