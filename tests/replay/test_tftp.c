/* tests/replay/test_tftp.c - the TFTP server with a fake network and clock: packet in, packet out,
 * time passes. */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/tftp/tftp_server.h"

#define SENT_MAX 256

struct sent {
	struct tftp_path path;
	size_t len;
	uint8_t *pkt;
};

struct rig {
	struct clock_fake clock;
	struct loop *loop;
	struct tftp_server *srv;
	struct tftp_path path; /* of the client that speaks */
	uint8_t *file;
	size_t file_len;
	int open_files;
	bool unreadable;
	struct sent sent[SENT_MAX];
	unsigned n_sent, next;
	struct tftp_finished last;
	char last_name[128], last_note[128];
	unsigned n_finished;
};

/* ---- the fake world ---- */
static void fake_send(void *ctx, const struct tftp_path *path, const uint8_t *pkt, size_t len)
{
	struct rig *r = ctx;
	struct sent *s = &r->sent[r->n_sent % SENT_MAX];

	mem_free(s->pkt);
	*s = (struct sent){ *path, len, mem_dup(pkt, len) };
	r->n_sent++;
}

static long fake_read(void *ctx, uint64_t at, void *buf, size_t len)
{
	struct rig *r = ctx;

	if (r->unreadable)
		return ERR_IO;
	memcpy(buf, r->file + at, len);
	return (long)len;
}

static int fake_open(void *ctx, const char *name, const struct net_addr *peer,
		     struct tftp_source *src, void **handle, char note[128])
{
	struct rig *r = ctx;

	(void)peer;
	if (!strncmp(name, "secret", 6))
		return ERR_PERM;
	if (strncmp(name, "file", 4) != 0) {
		strcpy(note, "file");
		return ERR_NOENT;
	}
	*src = (struct tftp_source){ .read = fake_read, .ctx = r, .size = r->file_len };
	if (!strcmp(name, "file.mem"))
		src->data = r->file;
	*handle = r;
	r->open_files++;
	return 0;
}

static void fake_close(void *ctx, void *handle)
{
	struct rig *r = ctx;

	assert_ptr_equal(handle, r);
	r->open_files--;
}

static void fake_finished(void *ctx, const struct tftp_finished *f)
{
	struct rig *r = ctx;

	r->last = *f;
	strcpy(r->last_name, f->name);
	strcpy(r->last_note, f->note);
	r->n_finished++;
}

static void rig_file(struct rig *r, size_t len)
{
	mem_free(r->file);
	r->file = mem_alloc(len + 1);
	r->file_len = len;
	for (size_t i = 0; i < len; i++)
		r->file[i] = (uint8_t)(i * 7 + i / 512);
}

static void rig_client(struct rig *r, const char *host, uint16_t port)
{
	assert_int_equal(net_addr_parse(&r->path.peer, host, port), 0);
	r->path.port = 0;
}

static void rig_server(struct rig *r, unsigned max)
{
	struct tftp_server_ops ops = { fake_send, fake_open, fake_close, fake_finished, r };

	tftp_server_free(r->srv);
	r->srv = tftp_server_new(r->loop, &ops, 4, max);
}

static int rig_new(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));

	clock_fake_init(&r->clock, 0);
	assert_int_equal(loop_new(&r->loop, "test", &r->clock.clock), 0);
	loop_set_owner(r->loop);
	rig_server(r, 100);
	rig_file(r, 1000);
	rig_client(r, "192.0.2.1", 2000);
	net_addr_parse(&r->path.local, "192.0.2.99", 69);
	*state = r;
	return 0;
}

static int rig_free(void **state)
{
	struct rig *r = *state;

	tftp_server_free(r->srv);
	assert_int_equal(r->open_files, 0);
	loop_free(r->loop);
	for (unsigned i = 0; i < SENT_MAX; i++)
		mem_free(r->sent[i].pkt);
	mem_free(r->file);
	mem_free(r);
	return 0;
}

static void rig_recv(struct rig *r, const void *pkt, size_t len)
{
	uint8_t *exact = mem_dup(pkt, len ? len : 1); /* a sanitizer sees one byte too many */

	tftp_server_input(r->srv, &r->path, exact, len);
	mem_free(exact);
}
#define RECV(r, bytes) rig_recv((r), bytes, sizeof(bytes) - 1)

static void rig_advance_ms(struct rig *r, uint64_t ms)
{
	while (ms-- > 0) {
		clock_fake_advance_ms(&r->clock, 1);
		loop_poll(r->loop);
	}
}

/* ---- what was sent ---- */
static const struct sent *next_sent(struct rig *r)
{
	assert_true(r->next < r->n_sent);
	return &r->sent[r->next++ % SENT_MAX];
}

static void assert_silent(struct rig *r)
{
	assert_int_equal(r->n_sent, r->next);
}

/* DATA `block` (counted without end) of the file in blocks of `size`; the client follows the TID.
 */
static void assert_data(struct rig *r, uint64_t block, size_t size)
{
	const struct sent *s = next_sent(r);
	size_t at = (size_t)(block - 1) * size;
	size_t want = at >= r->file_len ? 0 : r->file_len - at < size ? r->file_len - at : size;

	assert_int_equal(tftp_opcode(s->pkt, s->len), TFTP_DATA);
	assert_int_equal(tftp_block(s->pkt, s->len), (uint16_t)block);
	assert_int_equal(s->len, 4 + want);
	assert_memory_equal(s->pkt + 4, r->file + at, want);
	assert_true(net_addr_eq(&s->path.peer, &r->path.peer));
	r->path.port = s->path.port;
}

static void assert_error(struct rig *r, uint16_t code)
{
	const struct sent *s = next_sent(r);

	assert_int_equal(tftp_opcode(s->pkt, s->len), TFTP_ERROR);
	assert_int_equal(tftp_block(s->pkt, s->len), code);
	assert_int_equal(s->pkt[s->len - 1], 0);
}

static void assert_oack(struct rig *r, const void *bytes, size_t len)
{
	const struct sent *s = next_sent(r);

	assert_int_equal(s->len, len);
	assert_memory_equal(s->pkt, bytes, len);
	r->path.port = s->path.port;
}
#define OACK(r, bytes) assert_oack((r), bytes, sizeof(bytes))

static void ack(struct rig *r, uint64_t block)
{
	uint8_t pkt[4] = { 0, TFTP_ACK, (uint8_t)(block >> 8), (uint8_t)block };

	rig_recv(r, pkt, 4);
}

/* ---- RFC 1350 ---- */
static void a_file_is_sent_block_by_block(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	assert_silent(r); /* section 2: one packet out at a time */
	rig_advance_ms(r, 3);
	ack(r, 1);
	assert_data(r, 2, 512);
	ack(r, 2);
	assert_silent(r);
	assert_int_equal(r->last.outcome, TFTP_SENT);
	assert_int_equal(r->last.bytes, 1000);
	assert_int_equal(r->last.duration_ms, 3);
	assert_int_equal(tftp_server_running(r->srv), 0);
}

/* Section 4: each transfer answers from a port of its own, never from the well-known one. */
static void the_answer_comes_from_another_port(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	assert_int_not_equal(r->path.port, 0);
}

/* Section 6: a file of whole blocks ends with an empty one. */
static void a_file_of_whole_blocks_ends_with_an_empty_one(void **state)
{
	struct rig *r = *state;

	rig_file(r, 1024);
	RECV(r, "\0\1file.mem\0octet\0");
	for (unsigned b = 1; b <= 3; b++) {
		assert_data(r, b, 512);
		ack(r, b);
	}
	assert_silent(r);
	assert_int_equal(r->last.outcome, TFTP_SENT);
}

static void an_empty_file_is_one_empty_block(void **state)
{
	struct rig *r = *state;

	rig_file(r, 0);
	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	ack(r, 1);
	assert_int_equal(r->last.outcome, TFTP_SENT);
}

/* Section 2: a DATA packet that is not acknowledged is sent again. */
static void lost_data_is_sent_again(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	rig_advance_ms(r, TFTP_RTO_FIRST_MS - 1);
	assert_silent(r);
	rig_advance_ms(r, 1);
	assert_data(r, 1, 512);
	ack(r, 1);
	assert_data(r, 2, 512);
}

/* RFC 1123 4.2.3.1: the time to the next repetition grows. */
static void repetitions_back_off(void **state)
{
	struct rig *r = *state;

	rig_file(r, 100000);
	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	ack(r, 1);
	assert_data(r, 2, 512);
	rig_advance_ms(r, TFTP_RTO_MIN_MS);
	assert_data(r, 2, 512);
	rig_advance_ms(r, 2 * TFTP_RTO_MIN_MS - 1);
	assert_silent(r);
	rig_advance_ms(r, 1);
	assert_data(r, 2, 512);
	rig_advance_ms(r, 4 * TFTP_RTO_MIN_MS - 1);
	assert_silent(r);
	rig_advance_ms(r, 1);
	assert_data(r, 2, 512);
}

/* RFC 1123 4.2.3.1: a slow client is not flooded with repetitions. */
static void the_wait_follows_the_round_trip(void **state)
{
	struct rig *r = *state;

	rig_file(r, 100000);
	RECV(r, "\0\1file\0octet\0");
	for (unsigned b = 1; b <= 20; b++) {
		assert_data(r, b, 512);
		rig_advance_ms(r, 100);
		assert_silent(r);
		ack(r, b);
	}
}

/* RFC 1123 4.2.3.1: the Sorcerer's Apprentice: a duplicate ACK brings no DATA. */
static void a_duplicate_ack_brings_no_data(void **state)
{
	struct rig *r = *state;

	rig_file(r, 5000);
	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	ack(r, 1);
	assert_data(r, 2, 512);
	ack(r, 1);
	ack(r, 1);
	ack(r, 0);
	ack(r, 3);
	ack(r, 60000);
	assert_silent(r);
	ack(r, 2);
	assert_data(r, 3, 512);
}

static void a_client_that_falls_silent_is_given_up(void **state)
{
	struct rig *r = *state;

	rig_file(r, 5000);
	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	ack(r, 1);
	rig_advance_ms(r, TFTP_SILENCE_MS + TFTP_RTO_MAX_MS + 1000);
	assert_int_equal(tftp_server_running(r->srv), 0);
	assert_int_equal(r->last.outcome, TFTP_ABORTED);
	assert_int_equal(r->last.bytes, 512);
	assert_string_equal(r->last_note, "it fell silent");
	assert_true(r->n_sent < 20);
}

/* A forged request: one block, three repetitions, then nothing. */
static void without_an_ack_one_block_is_sent_four_times_at_most(void **state)
{
	struct rig *r = *state;

	rig_file(r, 5000);
	RECV(r, "\0\1file\0octet\0");
	rig_advance_ms(r, 60000);
	for (int i = 0; i < 4; i++)
		assert_data(r, 1, 512);
	assert_silent(r);
	assert_int_equal(tftp_server_running(r->srv), 0);
	assert_string_equal(r->last_note, "it never answered");
}

/* The same holds when the request itself is repeated. */
static void repeated_requests_bring_no_more_than_that(void **state)
{
	struct rig *r = *state;

	rig_file(r, 5000);
	for (int i = 0; i < 10; i++)
		RECV(r, "\0\1file\0octet\0");
	assert_int_equal(tftp_server_running(r->srv), 1);
	for (int i = 0; i < 4; i++) {
		assert_data(r, 1, 512);
		r->path.port = 0;
	}
	assert_silent(r);
}

static void a_late_copy_of_the_request_does_not_disturb(void **state)
{
	struct rig *r = *state;

	rig_file(r, 5000);
	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	ack(r, 1);
	assert_data(r, 2, 512);
	r->path.port = 0;
	RECV(r, "\0\1file\0octet\0");
	assert_silent(r);
	assert_int_equal(tftp_server_counters(r->srv)->duplicates, 1);
}

static void a_client_that_begins_anew_is_served_anew(void **state)
{
	struct rig *r = *state;
	unsigned old;

	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	ack(r, 1);
	assert_data(r, 2, 512);
	old = r->path.port;
	r->path.port = 0;
	RECV(r, "\0\1file.other\0octet\0");
	assert_data(r, 1, 512);
	assert_int_not_equal(r->path.port, old); /* late packets of the first cannot be mixed up */
	assert_int_equal(tftp_server_running(r->srv), 1);
	assert_string_equal(r->last_note, "it asked anew");
}

/* Section 4: a packet from a wrong TID gets error 5 and does not disturb the transfer. */
static void a_wrong_tid_gets_error_5_and_disturbs_nothing(void **state)
{
	struct rig *r = *state;
	struct tftp_path right;

	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	right = r->path;
	net_addr_set_port(&r->path.peer, 2001);
	ack(r, 1);
	assert_error(r, TFTP_ERR_UNKNOWN_TID);
	RECV(r, "\0\5\0\0stop\0"); /* an ERROR is never answered, and ends nothing here */
	assert_silent(r);
	r->path = right;
	ack(r, 1);
	assert_data(r, 2, 512);
}

static void the_right_client_at_a_wrong_port_of_ours_disturbs_nothing(void **state)
{
	struct rig *r = *state;
	unsigned right;

	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	right = r->path.port;
	r->path.port = right % 4 + 1;
	ack(r, 1); /* a late packet of a transfer before */
	assert_silent(r);
	assert_int_equal(tftp_server_counters(r->srv)->wrong_tid, 1);
	r->path.port = right;
	ack(r, 1);
	assert_data(r, 2, 512);
}

/* Section 5: an ERROR packet ends the transfer. */
static void an_error_of_the_client_ends_the_transfer(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	ack(r, 1);
	assert_data(r, 2, 512);
	RECV(r, "\0\5\0\3disk full\0");
	assert_silent(r);
	assert_int_equal(tftp_server_running(r->srv), 0);
	assert_int_equal(r->last.outcome, TFTP_ABORTED);
	assert_int_equal(r->last.bytes, 512);
}

/* Silence would cost a phone a minute a file: the miss is told at once. */
static void a_miss_gets_error_1_at_once(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1nofile\0octet\0");
	assert_error(r, TFTP_ERR_NOT_FOUND);
	assert_silent(r);
	assert_int_equal(r->last.outcome, TFTP_MISSING);
	assert_string_equal(r->last_name, "nofile");
	assert_string_equal(r->last_note, "file");
	assert_int_equal(tftp_server_running(r->srv), 0);
}

static void a_file_that_is_not_allowed_gets_error_2(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1secret\0octet\0");
	assert_error(r, TFTP_ERR_ACCESS);
	assert_int_equal(r->last.outcome, TFTP_REFUSED);
}

static void writing_is_refused_with_error_2(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\2file\0octet\0");
	assert_error(r, TFTP_ERR_ACCESS);
	assert_int_equal(tftp_server_counters(r->srv)->writes, 1);
	assert_int_equal(r->open_files, 0);
}

static void broken_requests_get_error_4_and_other_packets_nothing(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1file\0");
	assert_error(r, TFTP_ERR_ILLEGAL);
	RECV(r, "\0\1file\0mail\0");
	assert_error(r, TFTP_ERR_ILLEGAL);
	RECV(r, "");
	RECV(r, "\0");
	RECV(r, "\0\3\0\1data");
	RECV(r, "\0\4\0\1");
	RECV(r, "\0\5\0\1error\0");
	RECV(r, "\0\6blksize\000512\0");
	RECV(r, "\377\377\0\0");
	assert_silent(r);
	assert_int_equal(tftp_server_counters(r->srv)->malformed, 9);
}

static void a_short_packet_in_a_transfer_is_passed_over(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	RECV(r, "\0\4\0");
	RECV(r, "\0\4");
	RECV(r, "");
	RECV(r, "\0\3\0\1zzz");
	assert_silent(r);
	ack(r, 1);
	assert_data(r, 2, 512);
}

/* Section 1 and RFC 764: line ends become CR LF, a bare CR becomes CR NUL, also across a block's
 * end. */
static void netascii_turns_line_ends(void **state)
{
	struct rig *r = *state;
	const struct sent *s;

	rig_file(r, 512);
	memset(r->file, 'a', 512);
	memcpy(r->file, "x\ny\rz", 5);
	r->file[509] = '\n'; /* its LF is the first byte of block 2 */
	RECV(r, "\0\1file\0netascii\0");
	s = next_sent(r);
	assert_int_equal(s->len, 4 + 512);
	assert_memory_equal(s->pkt + 4, "x\r\ny\r\0z", 7);
	assert_int_equal(s->pkt[4 + 511], '\r');
	r->path.port = s->path.port;
	rig_advance_ms(r, TFTP_RTO_FIRST_MS); /* sent again, it is the same */
	s = next_sent(r);
	assert_int_equal(s->pkt[4 + 511], '\r');
	ack(r, 1);
	s = next_sent(r);
	assert_int_equal(s->len, 4 + 3);
	assert_memory_equal(s->pkt + 4, "\naa", 3);
	ack(r, 2);
	assert_int_equal(r->last.outcome, TFTP_SENT);
}

static void a_file_that_cannot_be_read_ends_with_an_error(void **state)
{
	struct rig *r = *state;

	rig_file(r, 5000);
	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	r->unreadable = true;
	ack(r, 1);
	assert_error(r, TFTP_ERR_UNDEFINED);
	assert_int_equal(r->last.outcome, TFTP_ABORTED);
	assert_int_equal(tftp_server_running(r->srv), 0);
}

/* More than 65,535 blocks: the number goes on with 0. */
static void block_numbers_roll_over_to_0(void **state)
{
	struct rig *r = *state;

	rig_file(r, 8u * 70000 + 3);
	RECV(r, "\0\1file.mem\0octet\0blksize\0008\0");
	OACK(r, "\0\6blksize\0008");
	ack(r, 0);
	for (uint64_t b = 1; b <= 70001; b++) {
		assert_data(r, b, 8);
		ack(r, b);
	}
	assert_silent(r);
	assert_int_equal(r->last.bytes, 8u * 70000 + 3);
	assert_int_equal(r->last.outcome, TFTP_SENT);
}

/* ---- options ---- */
static void granted_options_are_acknowledged_first(void **state)
{
	struct rig *r = *state;

	rig_file(r, 3000);
	RECV(r, "\0\1file\0octet\0blksize\0001024\0tsize\0000\0");
	OACK(r, "\0\6blksize\0001024\0tsize\0003000");
	assert_silent(r); /* RFC 2347: DATA 1 waits for the ACK of block 0 */
	ack(r, 0);
	assert_data(r, 1, 1024);
	ack(r, 1);
	assert_data(r, 2, 1024);
}

static void unknown_options_alone_get_data_at_once(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1file\0octet\0multicast\0\0utimeout\0005000\0");
	assert_data(r, 1, 512);
}

static void a_lost_oack_is_sent_again(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1file\0octet\0tsize\0000\0");
	OACK(r, "\0\6tsize\0001000");
	rig_advance_ms(r, TFTP_RTO_FIRST_MS);
	OACK(r, "\0\6tsize\0001000");
	ack(r, 0);
	assert_data(r, 1, 512);
}

/* RFC 2347: a client that does not like the answer sends error 8. */
static void a_client_may_refuse_the_options(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1file\0octet\0tsize\0000\0");
	OACK(r, "\0\6tsize\0001000");
	RECV(r, "\0\5\0\10\0");
	assert_silent(r);
	assert_int_equal(tftp_server_running(r->srv), 0);
	assert_string_equal(r->last_note, "it only asked for options or size");
}

/* RFC 2349: the client's own time between repetitions. */
static void the_clients_timeout_is_kept(void **state)
{
	struct rig *r = *state;

	RECV(r, "\0\1file\0octet\0timeout\0002\0");
	OACK(r, "\0\6timeout\0002");
	ack(r, 0);
	assert_data(r, 1, 512);
	rig_advance_ms(r, 1999);
	assert_silent(r);
	rig_advance_ms(r, 1);
	assert_data(r, 1, 512);
	rig_advance_ms(r, 1999);
	assert_silent(r);
	rig_advance_ms(r, 1);
	assert_data(r, 1, 512);
}

/* ---- RFC 7440 ---- */
static void begin_window(struct rig *r, size_t len)
{
	rig_file(r, len);
	RECV(r, "\0\1file\0octet\0windowsize\0004\0");
	OACK(r, "\0\6windowsize\0004");
	ack(r, 0);
}

static void a_window_of_blocks_is_sent_at_once(void **state)
{
	struct rig *r = *state;

	begin_window(r, 3000);
	for (unsigned b = 1; b <= 4; b++)
		assert_data(r, b, 512);
	assert_silent(r);
	ack(r, 4);
	assert_data(r, 5, 512);
	assert_data(r, 6, 512);
	assert_silent(r);
	ack(r, 6);
	assert_int_equal(r->last.outcome, TFTP_SENT);
	assert_int_equal(r->last.bytes, 3000);
}

/* Section 4: an ACK inside the window: the next window begins behind it. */
static void an_ack_inside_the_window_goes_on_behind_it(void **state)
{
	struct rig *r = *state;

	begin_window(r, 10000);
	for (unsigned b = 1; b <= 4; b++)
		assert_data(r, b, 512);
	ack(r, 2);
	for (unsigned b = 3; b <= 6; b++)
		assert_data(r, b, 512);
	assert_silent(r);
}

/* Section 4: the ACK before the window tells that its first block went astray; answered once. */
static void the_ack_before_the_window_brings_it_again_once(void **state)
{
	struct rig *r = *state;

	begin_window(r, 10000);
	for (unsigned b = 1; b <= 4; b++)
		assert_data(r, b, 512);
	ack(r, 4);
	for (unsigned b = 5; b <= 8; b++)
		assert_data(r, b, 512);
	ack(r, 4);
	for (unsigned b = 5; b <= 8; b++)
		assert_data(r, b, 512);
	ack(r, 4);
	ack(r, 4);
	assert_silent(r);
	rig_advance_ms(r, 2 * TFTP_RTO_FIRST_MS);
	assert_data(r, 5, 512);
}

static void a_lost_window_is_sent_again(void **state)
{
	struct rig *r = *state;

	begin_window(r, 10000);
	for (unsigned b = 1; b <= 4; b++)
		assert_data(r, b, 512);
	rig_advance_ms(r, TFTP_RTO_MIN_MS);
	for (unsigned b = 1; b <= 4; b++)
		assert_data(r, b, 512);
	assert_silent(r);
	assert_int_equal(tftp_server_counters(r->srv)->aborted, 0);
}

/* ---- many ---- */
static void clients_are_told_apart_by_address_and_port(void **state)
{
	struct rig *r = *state;
	struct tftp_path a, b;

	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	a = r->path;
	rig_client(r, "2001:db8::1", 2000);
	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	b = r->path;
	r->path = a;
	ack(r, 1);
	assert_data(r, 2, 512);
	r->path = b;
	ack(r, 1);
	assert_data(r, 2, 512);
	assert_int_equal(tftp_server_running(r->srv), 2);
}

static void the_oldest_without_an_ack_makes_room(void **state)
{
	struct rig *r = *state;

	rig_server(r, 3);
	for (uint16_t i = 0; i < 3; i++) {
		rig_client(r, "192.0.2.1", (uint16_t)(3000 + i));
		RECV(r, "\0\1file\0octet\0");
		assert_data(r, 1, 512);
		if (i == 0) { /* the first is under way */
			ack(r, 1);
			assert_data(r, 2, 512);
		}
	}
	rig_client(r, "192.0.2.1", 4000);
	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	assert_int_equal(tftp_server_running(r->srv), 3);
	assert_int_equal(net_addr_port(&r->path.peer), 4000);
	assert_string_equal(r->last_note, "it never answered, and others were waiting");
}

static void when_all_places_are_under_way_the_next_is_told_to_wait(void **state)
{
	struct rig *r = *state;

	rig_server(r, 1);
	RECV(r, "\0\1file\0octet\0");
	assert_data(r, 1, 512);
	ack(r, 1);
	assert_data(r, 2, 512);
	rig_client(r, "192.0.2.2", 2000);
	RECV(r, "\0\1file\0octet\0");
	assert_error(r, TFTP_ERR_UNDEFINED);
	assert_int_equal(tftp_server_counters(r->srv)->busy, 1);
}

/* 5 % of the packets each way are lost, some come twice: the bytes arrive whole. */
static void a_file_arrives_whole_through_a_bad_network(void **state)
{
	struct rig *r = *state;
	uint64_t have = 0;
	unsigned dice = 12345, idle = 0;

	rig_file(r, 512 * 300 + 77);
	RECV(r, "\0\1file\0octet\0windowsize\0004\0");
	while (r->last.outcome != TFTP_SENT || r->n_finished == 0) {
		bool gap = false;

		assert_true(idle++ < 20000);
		rig_advance_ms(r, 1);
		while (r->next < r->n_sent) {
			const struct sent *s = &r->sent[r->next++ % SENT_MAX];

			r->path.port = s->path.port;
			dice = dice * 1103515245 + 12345;
			if ((dice >> 16) % 20 == 0)
				continue;
			if (tftp_opcode(s->pkt, s->len) == TFTP_OACK) {
				ack(r, 0);
				continue;
			}
			if (tftp_block(s->pkt, s->len) == (uint16_t)(have + 1)) {
				size_t n = s->len - 4;

				assert_memory_equal(s->pkt + 4, r->file + have * 512, n);
				have++;
				gap = n < 512 || have % 4 == 0;
			} else {
				gap = true;
			}
			dice = dice * 1103515245 + 12345;
			if (gap && (dice >> 16) % 20 != 0)
				ack(r, have);
		}
	}
	assert_int_equal(have, 301);
	assert_int_equal(r->last.bytes, 512 * 300 + 77);
	assert_true(tftp_server_counters(r->srv)->resent > 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_new, rig_free)
	const struct CMUnitTest tests[] = {
		T(a_file_is_sent_block_by_block),
		T(the_answer_comes_from_another_port),
		T(a_file_of_whole_blocks_ends_with_an_empty_one),
		T(an_empty_file_is_one_empty_block),
		T(lost_data_is_sent_again),
		T(repetitions_back_off),
		T(the_wait_follows_the_round_trip),
		T(a_duplicate_ack_brings_no_data),
		T(a_client_that_falls_silent_is_given_up),
		T(without_an_ack_one_block_is_sent_four_times_at_most),
		T(repeated_requests_bring_no_more_than_that),
		T(a_late_copy_of_the_request_does_not_disturb),
		T(a_client_that_begins_anew_is_served_anew),
		T(a_wrong_tid_gets_error_5_and_disturbs_nothing),
		T(the_right_client_at_a_wrong_port_of_ours_disturbs_nothing),
		T(an_error_of_the_client_ends_the_transfer),
		T(a_miss_gets_error_1_at_once),
		T(a_file_that_is_not_allowed_gets_error_2),
		T(writing_is_refused_with_error_2),
		T(broken_requests_get_error_4_and_other_packets_nothing),
		T(a_short_packet_in_a_transfer_is_passed_over),
		T(netascii_turns_line_ends),
		T(a_file_that_cannot_be_read_ends_with_an_error),
		T(block_numbers_roll_over_to_0),
		T(granted_options_are_acknowledged_first),
		T(unknown_options_alone_get_data_at_once),
		T(a_lost_oack_is_sent_again),
		T(a_client_may_refuse_the_options),
		T(the_clients_timeout_is_kept),
		T(a_window_of_blocks_is_sent_at_once),
		T(an_ack_inside_the_window_goes_on_behind_it),
		T(the_ack_before_the_window_brings_it_again_once),
		T(a_lost_window_is_sent_again),
		T(clients_are_told_apart_by_address_and_port),
		T(the_oldest_without_an_ack_makes_room),
		T(when_all_places_are_under_way_the_next_is_told_to_wait),
		T(a_file_arrives_whole_through_a_bad_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
