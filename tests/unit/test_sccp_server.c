/* tests/unit/test_sccp_server.c - the engine on a real loop and loopback: where it listens, what happens
 * to that when the configuration changes, and that a phone of the store gets through. */
#include "tests/support/test.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/net.h"
#include "server/phones/phones.h"
#include "server/sccp/codec.h"
#include "server/sccp/sccp.h"
#include "store/schema/schema.h"
#include "store/store.h"

#define WAIT_MS 5000

#define SERVICE(host, port)                                                                       \
	"{\"enabled\":true,\"max_ephones\":5,\"source_addresses\":{\"ipv4\":{\"address\":\"" host \
	"\",\"port\":" port "}}}"

struct rig {
	char *dir;
	struct store *store;
	struct loop *loop;
	struct phones *phones;
	struct sccp *sccp;
};

static void commit(struct rig *r, const char *path, const char *json)
{
	struct store_commit info = { .who = "test" };
	cJSON *value = cJSON_Parse(json);
	struct conf *conf;
	struct faults f;

	faults_init(&f);
	assert_int_equal(conf_open(r->store, &conf), 0);
	if (cJSON_IsNull(value))
		conf_put(conf, path, NULL);
	else
		assert_int_equal(schema_edit(conf, OP_PUT, path, value, &f, NULL), 0);
	assert_int_equal(store_commit(r->store, conf, &info), 0);
	conf_close(conf);
	cJSON_Delete(value);
	faults_fini(&f);
}

static int rig_begin(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));
	struct store_options opt = { .clock = &clock_system };

	r->dir = test_tmpdir();
	opt.dir = r->dir;
	assert_int_equal(store_open(&r->store, &opt, NULL, 0), 0);
	assert_int_equal(loop_new(&r->loop, "calls", &clock_system), 0);
	loop_set_owner(r->loop);
	assert_int_equal(phones_new(&r->phones, r->loop, r->store), 0);
	*state = r;
	return 0;
}

static void start(struct rig *r, int port)
{
	struct sccp_options opt = {
		.loop = r->loop, .store = r->store, .phones = r->phones, .port = port
	};

	assert_int_equal(sccp_start(&r->sccp, &opt), 0);
	assert_int_equal(loop_start_thread(r->loop), 0);
}

static void stop_on_loop(void *owner, void *msg)
{
	(void)owner;
	sccp_stop(*(struct sccp **)msg);
}

static int rig_end(void **state)
{
	struct rig *r = *state;

	assert_int_equal(mailbox_ask(loop_mailbox(r->loop), stop_on_loop, &r->sccp,
				     sizeof(struct sccp *), WAIT_MS, NULL),
			 0);
	loop_stop(r->loop);
	loop_join(r->loop);
	loop_set_owner(r->loop);
	phones_free(r->phones);
	loop_free(r->loop);
	store_close(r->store);
	test_rmdir(r->dir);
	mem_free(r);
	return 0;
}

static bool is_on(const struct engine_status *st)
{
	return st->on;
}

static bool is_off(const struct engine_status *st)
{
	return !st->on;
}

/* Another thread's state comes when it comes: look again until it is so. */
static struct engine_status wait_for(struct rig *r, bool (*test)(const struct engine_status *st))
{
	struct engine_status st;

	for (int left = WAIT_MS; left > 0; left -= 5) {
		sccp_status(r->sccp, &st);
		if (test(&st))
			return st;
		poll(NULL, 0, 5);
	}
	fail_msg("status is %s: %s", st.on ? "on" : "off", st.why);
	return st;
}

static int dial(uint16_t port)
{
	struct net_addr a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	net_addr_parse(&a, "127.0.0.1", port);
	assert_int_equal(connect(fd, &a.u.sa, net_addr_len(&a)), 0);
	return fd;
}

static void send_message(int fd, enum sccp_id id, const void *msg)
{
	uint8_t buf[SCCP_PACKET_MAX];
	long n =
	    sccp_encode(sccp_desc(id), (struct sccp_form){ .version = 11 }, msg, buf, sizeof(buf));

	assert_int_equal(write(fd, buf, (size_t)n), n);
}

/* Id of the next packet, its body in `msg`; -1 when the connection ended. */
static long next_message(int fd, void *msg)
{
	uint8_t buf[SCCP_PACKET_MAX];
	size_t have = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		struct sccp_packet packet;
		ssize_t n;

		if (sccp_packet_take(buf, have, &packet) > 0) {
			const struct sccp_desc *d = sccp_desc(packet.id);

			if (msg)
				assert_int_equal(sccp_decode(d, (struct sccp_form){ .version = 11 },
							     packet.body, packet.len, msg),
						 0);
			return (long)packet.id;
		}
		assert_int_equal(poll(&p, 1, WAIT_MS), 1);
		n = read(fd, buf + have, 1); /* never into the packet after it */
		if (n <= 0)
			return -1;
		have += (size_t)n;
	}
}

static void it_is_off_without_a_source_address_and_says_so(void **state)
{
	struct rig *r = *state;
	struct engine_status st;

	start(r, SCCP_PORT_CONF);
	sccp_status(r->sccp, &st);
	assert_string_equal(st.name, "sccp");
	assert_false(st.on);
	assert_int_equal(st.port, 0);
	assert_non_null(strstr(st.why, "ip source-address"));
}

static void a_commit_moves_it_on_and_off(void **state)
{
	struct rig *r = *state;
	struct engine_status st;
	int fd;

	start(r, 0);
	commit(r, "telephony-service", SERVICE("127.0.0.1", "2000"));
	st = wait_for(r, is_on);
	assert_true(st.port != 0 && st.overridden);
	fd = dial(st.port);
	send_message(fd, SCCP_KeepAlive, NULL);
	assert_int_equal(next_message(fd, NULL), SCCP_KeepAliveAck);
	commit(r, "ephones/1", "{\"mac_address\":\"001122334455\"}");
	send_message(fd, SCCP_KeepAlive, NULL); /* another setting: the connection stays */
	assert_int_equal(next_message(fd, NULL), SCCP_KeepAliveAck);
	commit(r, "telephony-service", "null");
	wait_for(r, is_off);
	assert_int_equal(next_message(fd, NULL), -1);
	close(fd);
}

static void an_address_of_another_host_leaves_it_off_with_a_cure(void **state)
{
	struct rig *r = *state;
	struct engine_status st;

	commit(r, "telephony-service", SERVICE("192.0.2.77", "2000"));
	start(r, 0);
	sccp_status(r->sccp, &st);
	assert_false(st.on);
	assert_non_null(strstr(st.why, "192.0.2.77"));
	assert_non_null(strstr(st.why, "--listen"));
	commit(r, "telephony-service", SERVICE("127.0.0.1", "2000"));
	wait_for(r, is_on);
}

static void a_port_in_use_leaves_it_off_with_a_cure(void **state)
{
	struct rig *r = *state;
	struct engine_status st;
	struct net_addr a;
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	net_addr_parse(&a, "127.0.0.1", 0);
	assert_int_equal(bind(fd, &a.u.sa, net_addr_len(&a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, &a.u.sa, &len), 0);
	commit(r, "telephony-service", SERVICE("127.0.0.1", "2000"));
	start(r, net_addr_port(&a));
	sccp_status(r->sccp, &st);
	assert_false(st.on);
	assert_non_null(strstr(st.why, "another program has the port"));
	close(fd);
}

/* One question to phones, which is for other threads than the loop's. */
static cJSON *phone(struct rig *r, const char *device)
{
	char *json = NULL;
	cJSON *o;

	assert_int_equal(phones_get_json(r->phones, device, &json), 0);
	o = cJSON_Parse(json);
	mem_free(json);
	return o;
}

static void a_phone_of_the_store_registers_and_can_be_reset(void **state)
{
	struct rig *r = *state;
	struct sccp_register reg = { .device_type = 115,
				     .version = 11,
				     .station.name = "SEP001122334455" };
	struct sccp_line_stat line;
	struct sccp_u32 m = { 1 };
	cJSON *o;
	int fd;

	commit(r, "telephony-service", SERVICE("127.0.0.1", "2000"));
	commit(r, "ephone-dns/1", "{\"number\":\"1001\"}");
	start(r, 0);
	fd = dial(wait_for(r, is_on).port);
	/* The ephone comes a moment before its phone: the newest revision counts. */
	commit(r, "ephones/1",
	       "{\"mac_address\":\"001122334455\",\"phone_type\":\"7941\","
	       "\"buttons\":{\"1\":{\"separator\":\":\",\"dns\":[1]}}}");
	send_message(fd, SCCP_Register, &reg);
	assert_int_equal(next_message(fd, NULL), SCCP_RegisterAck);
	assert_int_equal(next_message(fd, NULL), SCCP_CapabilitiesReq);
	send_message(fd, SCCP_LineStatReq, &m);
	assert_int_equal(next_message(fd, &line), SCCP_LineStat);
	assert_string_equal(line.number, "1001");
	send_message(fd, SCCP_TimeDateReq, NULL);
	assert_int_equal(next_message(fd, NULL), SCCP_DefineTimeDate);
	while (next_message(fd, NULL) != SCCP_DisplayDynamicPromptStatus)
		;
	o = phone(r, "SEP001122334455");
	assert_string_equal(cJSON_GetObjectItem(o, "state")->valuestring, "registered");
	assert_string_equal(cJSON_GetObjectItem(o, "model")->valuestring, "7941");
	cJSON_Delete(o);
	assert_int_equal(phones_act(r->phones, "SEP001122334455", PHONE_RESTART, "test"), 0);
	assert_int_equal(next_message(fd, &m), SCCP_Reset);
	assert_int_equal(m.value, SCCP_RESET_RESTART);
	assert_int_equal(phones_act(r->phones, "SEP0000000000AA", PHONE_RESET, "test"), ERR_NOENT);
	close(fd);
}

#define ON_LOOP(f) cmocka_unit_test_setup_teardown(f, rig_begin, rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_LOOP(it_is_off_without_a_source_address_and_says_so),
		ON_LOOP(a_commit_moves_it_on_and_off),
		ON_LOOP(an_address_of_another_host_leaves_it_off_with_a_cure),
		ON_LOOP(a_port_in_use_leaves_it_off_with_a_cure),
		ON_LOOP(a_phone_of_the_store_registers_and_can_be_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
