/* The loop, its timers on an injected clock, mailboxes, UDP and TCP on loopback. */
#include "tests/support/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/loop.h"
#include "server/core/mem.h"
#include "server/core/net.h"

struct rig {
	struct clock_fake clock;
	struct loop *loop;
};

static int set_up(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));

	clock_fake_init(&r->clock, 0);
	assert_int_equal(loop_new(&r->loop, "test", &r->clock.clock), 0);
	*state = r;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *r = *state;

	loop_free(r->loop);
	mem_free(r);
	return 0;
}

/* ---- timers ---- */

static char fired[16];
struct named_timer {
	struct loop_timer t;
	char name;
};

static void on_fire(struct loop_timer *t)
{
	char name[2] = { container_of(t, struct named_timer, t)->name, '\0' };

	strcat(fired, name);
}

static void timers_fire_in_order_of_their_time(void **state)
{
	struct rig *r = *state;
	struct named_timer t[5];
	static const uint64_t after[5] = { 30, 10, 50, 20, 40 };

	fired[0] = '\0';
	for (int i = 0; i < 5; i++) {
		t[i].name = (char)('a' + i);
		loop_timer_init(&t[i].t, r->loop, on_fire);
		loop_timer_set(&t[i].t, after[i]);
	}
	loop_timer_cancel(&t[3].t);
	loop_timer_set(&t[1].t, 35); /* re-armed: moves behind a */
	clock_fake_advance_ms(&r->clock, 29);
	assert_int_equal(loop_poll(r->loop), 0);
	clock_fake_advance_ms(&r->clock, 11);
	assert_int_equal(loop_poll(r->loop), 3);
	assert_string_equal(fired, "abe");
	assert_int_equal(loop_timer_left_ms(&t[2].t), 10);
	loop_timer_cancel(&t[2].t);
	assert_false(loop_timer_is_set(&t[2].t));
}

static void many_timers_keep_their_order(void **state)
{
	struct rig *r = *state;
	enum { N = 1000 };
	struct named_timer *t = mem_zalloc(N * sizeof(*t));
	uint32_t seed = 1;

	for (int i = 0; i < N; i++) {
		seed = seed * 1664525 + 1013904223;
		t[i].name = 0;
		loop_timer_init(&t[i].t, r->loop, on_fire);
		loop_timer_set(&t[i].t, 1 + seed % 5000);
	}
	for (int i = 0; i < N; i += 3)
		loop_timer_cancel(&t[i].t);
	for (size_t left = N - (N + 2) / 3, ms = 0; left; ms++) {
		assert_true(ms <= 5000);
		for (int i = 0; i < N; i++)
			if (loop_timer_is_set(&t[i].t))
				assert_true(loop_timer_left_ms(&t[i].t) > 0);
		clock_fake_advance_ms(&r->clock, 1);
		left -= loop_poll(r->loop);
	}
	mem_free(t);
}

/* ---- mailbox ---- */

static void add_one(void *owner, void *msg)
{
	(void)owner;
	(*(int *)msg)++;
}

static void a_full_mailbox_refuses_and_counts(void **state)
{
	struct mailbox *mb = mailbox_new(2, NULL, NULL);
	int v = 1;

	(void)state;
	assert_int_equal(mailbox_post(mb, add_one, &v, sizeof(v)), 0);
	assert_int_equal(mailbox_post(mb, add_one, &v, sizeof(v)), 0);
	assert_int_equal(mailbox_post(mb, add_one, &v, sizeof(v)), ERR_AGAIN);
	assert_int_equal(mailbox_refused(mb), 1);
	assert_int_equal(mailbox_drain(mb, NULL, 10), 2);
	assert_int_equal(v, 1); /* copied in, not shared */
	mailbox_free(mb);
}

static int dropped;
static void on_drop(void *msg)
{
	(void)msg;
	dropped++;
}

static void a_late_answer_is_dropped_safely(void **state)
{
	struct mailbox *mb = mailbox_new(4, NULL, NULL);
	int v = 1;

	(void)state;
	dropped = 0;
	assert_int_equal(mailbox_ask(mb, add_one, &v, sizeof(v), 1, on_drop), ERR_TIMEOUT);
	assert_int_equal(mailbox_drain(mb, NULL, 10), 1); /* late is not undone: it runs */
	assert_int_equal(dropped, 1);
	assert_int_equal(v, 1);
	mailbox_free(mb);
}

static void *ask_from_another_thread(void *arg)
{
	int *v = mem_zalloc(sizeof(*v));

	*v = 41;
	if (mailbox_ask(arg, add_one, v, sizeof(*v), 10000, NULL))
		*v = -1;
	return v;
}

static void an_ask_gets_its_answer_from_a_running_loop(void **state)
{
	struct loop *loop;
	pthread_t asker;
	void *answer;

	(void)state;
	assert_int_equal(loop_new(&loop, "asked", &clock_system), 0);
	assert_int_equal(loop_start_thread(loop), 0);
	pthread_create(&asker, NULL, ask_from_another_thread, loop_mailbox(loop));
	pthread_join(asker, &answer);
	assert_int_equal(*(int *)answer, 42);
	mem_free(answer);
	loop_stop(loop);
	loop_join(loop);
	loop_free(loop);
}

static void a_closed_mailbox_answers_at_once(void **state)
{
	struct mailbox *mb = mailbox_new(4, NULL, NULL);
	int v = 0;

	(void)state;
	mailbox_close(mb);
	assert_int_equal(mailbox_ask(mb, add_one, &v, sizeof(v), 10000, NULL), ERR_CLOSED);
	mailbox_free(mb);
}

/* ---- network: a real loop until a flag is set ---- */

struct net_rig {
	struct loop *loop;
	struct net_udp *a, *b;
	struct net_tcp_listener *listener;
	struct net_dgram last;
	char data[256];
	size_t n;
	int closes, close_err;
};

static void stop_late(struct loop_timer *t)
{
	loop_stop(t->loop);
}

static void on_question(void *ctx, const struct net_dgram *in)
{
	struct net_rig *r = ctx;

	net_udp_send(r->b, &in->peer, &in->local, in->ifindex, in->data, in->len);
}

static void on_answer(void *ctx, const struct net_dgram *in)
{
	struct net_rig *r = ctx;

	r->last = *in;
	r->n = in->len;
	loop_stop(r->loop);
}

static void udp_round_trip(const char *asker, const char *server_bind, const char *server)
{
	struct net_rig r = { 0 };
	struct net_addr addr, to;
	struct loop_timer late;
	char host[NET_HOST_SIZE];

	assert_int_equal(loop_new(&r.loop, "udp", &clock_system), 0);
	assert_int_equal(net_addr_parse(&addr, asker, 0), 0);
	assert_int_equal(net_udp_open(&r.a, r.loop, &addr, on_answer, &r), 0);
	assert_int_equal(net_addr_parse(&addr, server_bind, 0), 0);
	assert_int_equal(net_udp_open(&r.b, r.loop, &addr, on_question, &r), 0);
	net_udp_local(r.b, &addr);
	assert_int_equal(net_addr_parse(&to, server, net_addr_port(&addr)), 0);
	net_udp_send(r.a, &to, NULL, 0, "hello", 5);
	loop_timer_init(&late, r.loop, stop_late);
	loop_timer_set(&late, 10000);
	loop_run(r.loop);
	assert_int_equal(r.n, 5);
	assert_string_equal(net_addr_host(&r.last.peer, host), server);
	assert_true(r.last.recv_wall_ns > 0);
	loop_timer_cancel(&late);
	net_udp_close(r.a);
	net_udp_close(r.b);
	loop_free(r.loop);
}

static void a_udp_answer_leaves_from_the_address_it_came_to(void **state)
{
	(void)state;
	udp_round_trip("127.0.0.1", "0.0.0.0", "127.0.0.3");
	udp_round_trip("127.0.0.1", "::", "127.0.0.3"); /* dual stack: shown as IPv4 */
	udp_round_trip("::1", "::", "::1");
}

static long on_tcp_data(void *ctx, struct net_tcp *c, const uint8_t *data, size_t len)
{
	struct net_rig *r = ctx;

	if (len < 4)
		return 0; /* wait for a whole word */
	memcpy(r->data + r->n, data, 4);
	r->n += 4;
	net_tcp_send(c, data, 4);
	return 4;
}

static void on_tcp_close(void *ctx, struct net_tcp *c, int err)
{
	struct net_rig *r = ctx;

	(void)c;
	r->closes++;
	r->close_err = err;
	loop_stop(r->loop);
}

static const struct net_tcp_ops tcp_ops = {
	.on_data = on_tcp_data, .on_close = on_tcp_close, .max_in = 64, .max_out = 64
};

static void *on_tcp_accept(void *ctx, struct net_tcp *c, const struct net_tcp_ops **ops)
{
	(void)c;
	*ops = &tcp_ops;
	return ctx;
}

static int tcp_connect(struct net_rig *r)
{
	struct net_addr addr;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	net_tcp_listener_local(r->listener, &addr);
	assert_int_equal(connect(fd, &addr.u.sa, net_addr_len(&addr)), 0);
	return fd;
}

static void tcp_rig(struct net_rig *r, unsigned per_address)
{
	struct net_tcp_limits limits = { .per_address = per_address, .total = 10 };
	struct net_addr addr;

	*r = (struct net_rig){ 0 };
	assert_int_equal(loop_new(&r->loop, "tcp", &clock_system), 0);
	assert_int_equal(net_addr_parse(&addr, "127.0.0.1", 0), 0);
	assert_int_equal(net_tcp_listen(&r->listener, r->loop, &addr, &limits, on_tcp_accept, r),
			 0);
}

static void tcp_input_is_kept_until_it_is_whole(void **state)
{
	struct net_rig r;
	char back[9] = "";
	int fd;

	(void)state;
	tcp_rig(&r, 10);
	fd = tcp_connect(&r);
	assert_int_equal(write(fd, "abcdefgh12", 10), 10);
	shutdown(fd, SHUT_WR);
	loop_run(r.loop);
	assert_memory_equal(r.data, "abcdefgh", 8);
	assert_int_equal(r.n, 8);
	assert_int_equal(r.close_err, 0);
	assert_int_equal(read(fd, back, 8), 8);
	assert_string_equal(back, "abcdefgh");
	close(fd);
	net_tcp_listener_close(r.listener);
	loop_free(r.loop);
}

static void one_address_cannot_take_all_connections(void **state)
{
	struct net_rig r;
	struct loop_timer late;
	int fd[3];
	char c;

	(void)state;
	tcp_rig(&r, 2);
	for (int i = 0; i < 3; i++)
		fd[i] = tcp_connect(&r);
	loop_timer_init(&late, r.loop, stop_late);
	loop_timer_set(&late, 50);
	loop_run(r.loop);
	assert_true(read(fd[2], &c, 1) <= 0); /* the third was closed at once */
	assert_int_equal(r.closes, 0);
	net_tcp_listener_close(r.listener);
	assert_int_equal(r.closes, 2); /* the others are told before it returns */
	loop_free(r.loop);
	for (int i = 0; i < 3; i++)
		close(fd[i]);
}

static int highest_descriptor(void)
{
	int fd = dup(0);

	assert_true(fd > 0);
	close(fd);
	return fd; /* the lowest free one, in a process that closes what it opened */
}

/* Clients and server share the limit here: of 40 more, a quarter of the whole stays. */
static void connections_leave_some_descriptors_to_others(void **state)
{
	struct net_rig r;
	struct rlimit was, few;
	struct loop_timer late;
	int fd[12], refused = 0, spare;
	char c;

	(void)state;
	tcp_rig(&r, 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	few = was;
	few.rlim_cur = (rlim_t)highest_descriptor() + 24;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	for (int i = 0; i < 12; i++)
		fd[i] = tcp_connect(&r);
	loop_timer_init(&late, r.loop, stop_late);
	loop_timer_set(&late, 50);
	loop_run(r.loop);
	for (int i = 0; i < 12; i++)
		refused += recv(fd[i], &c, 1, MSG_DONTWAIT) == 0;
	assert_in_range(refused, 1, 12);
	spare = open("/dev/null", O_RDONLY);
	assert_true(spare >= 0);
	close(spare);
	net_tcp_listener_close(r.listener);
	loop_free(r.loop);
	for (int i = 0; i < 12; i++)
		close(fd[i]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
}

/* libuv gives a descriptor in error up; a socket that was told "port unreachable" is to go on. */
struct io_rig {
	struct loop_io io;
	struct loop_timer speak, late;
	struct sockaddr_in mine, peer;
	int fd, got;
};

static void on_io(struct loop_io *io, int events)
{
	struct io_rig *r = container_of(io, struct io_rig, io);
	char c;

	assert_true(events & LOOP_READ);
	if (recv(io->fd, &c, 1, MSG_DONTWAIT) == 1)
		r->got = (unsigned char)c;
	if (r->got)
		loop_stop(io->loop);
}

static int udp_at(struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	socklen_t len = sizeof(*at);

	assert_int_equal(bind(fd, (struct sockaddr *)at, sizeof(*at)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)at, &len), 0);
	return fd;
}

/* The error has been heard of: now the peer is there and speaks. */
static void on_speak(struct loop_timer *t)
{
	struct io_rig *r = container_of(t, struct io_rig, speak);
	int fd = udp_at(&r->peer);

	assert_int_equal(sendto(fd, "!", 1, 0, (struct sockaddr *)&r->mine, sizeof(r->mine)), 1);
	close(fd);
}

static void a_socket_lives_on_after_an_error(void **state)
{
	struct io_rig r = { .got = 0 };
	struct loop *loop;

	(void)state;
	r.mine = r.peer = (struct sockaddr_in){ .sin_family = AF_INET,
						.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	r.fd = udp_at(&r.mine);
	close(udp_at(&r.peer)); /* nobody is there */
	assert_int_equal(connect(r.fd, (struct sockaddr *)&r.peer, sizeof(r.peer)), 0);
	assert_int_equal(loop_new(&loop, "io", &clock_system), 0);
	assert_int_equal(loop_io_add(&r.io, loop, r.fd, LOOP_READ, on_io), 0);
	assert_int_equal(send(r.fd, "?", 1, 0), 1); /* the error comes back */
	loop_timer_init(&r.speak, loop, on_speak);
	loop_timer_set(&r.speak, 50);
	loop_timer_init(&r.late, loop, stop_late);
	loop_timer_set(&r.late, 3000);
	loop_run(loop);
	assert_int_equal(r.got, '!');
	loop_timer_cancel(&r.late);
	loop_io_remove(&r.io);
	loop_free(loop);
	close(r.fd);
}

static void a_loop_without_work_turns_all_the_same(void **state)
{
	struct loop *loop;
	uint64_t first;
	int tries;

	(void)state;
	assert_int_equal(loop_new(&loop, "idle", &clock_system), 0);
	assert_int_equal(loop_start_thread(loop), 0);
	usleep(200000);
	first = loop_last_turn_ms(loop);
	for (tries = 0; tries < 60 && loop_last_turn_ms(loop) == first; tries++)
		usleep(50000);
	assert_true(loop_last_turn_ms(loop) > first);
	loop_stop(loop);
	loop_join(loop);
	loop_free(loop);
}

static void addresses_are_compared_as_hosts_and_networks(void **state)
{
	struct net_addr a, b, net;
	char text[NET_TEXT_SIZE];

	(void)state;
	assert_int_equal(net_addr_parse_hostport(&a, "[2001:db8::1]:5060", 0), 0);
	assert_string_equal(net_addr_text(&a, text), "[2001:db8::1]:5060");
	assert_int_equal(net_addr_parse_hostport(&a, "::ffff:10.1.2.3", 69), 0);
	assert_int_equal(net_addr_parse_hostport(&b, "10.1.2.3:69", 0), 0);
	assert_true(net_addr_eq(&a, &b));
	assert_int_equal(net_addr_hash_host(&a, 7), net_addr_hash_host(&b, 7));
	assert_int_equal(net_addr_parse(&net, "10.1.2.0", 0), 0);
	assert_true(net_addr_in_network(&a, &net, 24));
	assert_false(net_addr_in_network(&a, &net, 31));
	assert_int_equal(net_addr_parse_hostport(&a, "10.1.2.3:99999", 0), ERR_MALFORMED);
	assert_int_equal(net_addr_parse_hostport(&a, "[::1", 0), ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(timers_fire_in_order_of_their_time, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(many_timers_keep_their_order, set_up, tear_down),
		cmocka_unit_test(a_full_mailbox_refuses_and_counts),
		cmocka_unit_test(a_late_answer_is_dropped_safely),
		cmocka_unit_test(an_ask_gets_its_answer_from_a_running_loop),
		cmocka_unit_test(a_closed_mailbox_answers_at_once),
		cmocka_unit_test(a_udp_answer_leaves_from_the_address_it_came_to),
		cmocka_unit_test(tcp_input_is_kept_until_it_is_whole),
		cmocka_unit_test(one_address_cannot_take_all_connections),
		cmocka_unit_test(connections_leave_some_descriptors_to_others),
		cmocka_unit_test(a_socket_lives_on_after_an_error),
		cmocka_unit_test(a_loop_without_work_turns_all_the_same),
		cmocka_unit_test(addresses_are_compared_as_hosts_and_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
