/* server/tftp/tftp_server.c - the transfers of a server: a hash by client, a list of those that
 * were never acknowledged (they make room first when all places are taken). */
#include "server/tftp/tftp_server.h"

#include <string.h>
#include <sys/random.h>

#include "server/core/err.h"
#include "server/core/mem.h"

#define PORT_RUN 64 /* transfers given one port before the next one's turn */

struct transfer {
	struct transfer *hash_next;
	struct transfer *older, *newer; /* among those without an ACK */
	struct tftp_server *srv;
	struct loop_timer timer;
	struct tftp_path path;
	void *handle;
	uint64_t began_ms, due_ms;
	struct tftp_xfer x;
};

struct tftp_server {
	struct loop *loop;
	struct tftp_server_ops ops;
	unsigned ports, max, running, began;
	struct transfer **hash;
	size_t buckets;
	struct transfer *oldest, *newest; /* half open */
	uint32_t seed;
	struct tftp_counters count;
	uint8_t scratch[TFTP_SCRATCH];
};

struct tftp_server *tftp_server_new(struct loop *loop, const struct tftp_server_ops *ops,
				    unsigned ports, unsigned max_transfers)
{
	struct tftp_server *s = mem_zalloc(sizeof(*s));

	s->loop = loop;
	s->ops = *ops;
	s->ports = ports;
	s->max = max_transfers ? max_transfers : TFTP_TRANSFERS_MAX;
	for (s->buckets = 64; s->buckets < s->max; s->buckets *= 2)
		;
	s->hash = mem_zalloc(s->buckets * sizeof(struct transfer *));
	if (getrandom(&s->seed, sizeof(s->seed), 0) != (ssize_t)sizeof(s->seed))
		s->seed = 1;
	return s;
}

/* ---- table ---- */
static struct transfer **bucket(struct tftp_server *s, const struct net_addr *peer)
{
	uint32_t h = net_addr_hash_host(peer, s->seed) ^ (net_addr_port(peer) * 2654435761u);

	h ^= h >> 16;
	return &s->hash[h & (s->buckets - 1)];
}

static struct transfer *find(struct tftp_server *s, const struct net_addr *peer)
{
	struct transfer *t = *bucket(s, peer);

	while (t && !net_addr_eq(&t->path.peer, peer))
		t = t->hash_next;
	return t;
}

static void half_open_add(struct tftp_server *s, struct transfer *t)
{
	t->older = s->newest;
	*(s->newest ? &s->newest->newer : &s->oldest) = t;
	s->newest = t;
}

static bool is_half_open(const struct tftp_server *s, const struct transfer *t)
{
	return t->older || s->oldest == t;
}

static void half_open_remove(struct tftp_server *s, struct transfer *t)
{
	if (!is_half_open(s, t))
		return;
	*(t->older ? &t->older->newer : &s->oldest) = t->newer;
	*(t->newer ? &t->newer->older : &s->newest) = t->older;
	t->older = t->newer = NULL;
}

static void transfer_free(struct transfer *t)
{
	struct tftp_server *s = t->srv;
	struct transfer **at = bucket(s, &t->path.peer);

	while (*at != t)
		at = &(*at)->hash_next;
	*at = t->hash_next;
	half_open_remove(s, t);
	loop_timer_cancel(&t->timer);
	s->ops.close(s->ops.ctx, t->handle);
	s->running--;
	mem_free(t);
}

/* ---- the end of a request ---- */
static void report(struct tftp_server *s, const struct net_addr *peer, const char *name,
		   enum tftp_outcome outcome, uint64_t bytes, uint64_t ms, const char *note)
{
	struct tftp_finished f = { .name = name,
				   .peer = peer,
				   .outcome = outcome,
				   .bytes = bytes,
				   .duration_ms = (uint32_t)ms,
				   .note = note };

	s->ops.finished(s->ops.ctx, &f);
}

static const char *why(const struct tftp_xfer *x)
{
	if (x->state == TFTP_BROKEN)
		return x->base <= 1 ? "it only asked for options or size" : "it sent an error";
	if (x->state == TFTP_UNREADABLE)
		return "the file could not be read";
	return x->acked ? "it fell silent" : "it never answered";
}

static void end(struct transfer *t, const char *note)
{
	struct tftp_server *s = t->srv;
	uint64_t bytes = tftp_xfer_bytes(&t->x);
	bool done = t->x.state == TFTP_DONE;

	s->count.bytes += bytes;
	s->count.blocks += t->x.blocks_sent;
	s->count.resent += t->x.blocks_resent;
	*(done ? &s->count.sent : &s->count.aborted) += 1;
	report(s, &t->path.peer, t->x.req.name, done ? TFTP_SENT : TFTP_ABORTED, bytes,
	       loop_now_ms(s->loop) - t->began_ms, note);
	transfer_free(t);
}

static void sink_send(void *ctx, const uint8_t *pkt, size_t len)
{
	struct transfer *t = ctx;

	t->srv->ops.send(t->srv->ops.ctx, &t->path, pkt, len);
}

static struct tftp_sink sink_of(struct transfer *t)
{
	return (struct tftp_sink){ .send = sink_send, .ctx = t, .scratch = t->srv->scratch };
}

/* After each call on the transfer: over, or wait. The timer is only moved when it must ring
 * earlier; a later time is found when it rings, so a busy transfer costs no timer work. */
static void settle(struct transfer *t)
{
	uint32_t wait = tftp_xfer_wait_ms(&t->x);

	if (wait == 0) {
		end(t, t->x.state == TFTP_DONE ? "" : why(&t->x));
		return;
	}
	if (t->x.acked)
		half_open_remove(t->srv, t);
	t->due_ms = t->x.sent_ms + wait;
	if (!loop_timer_is_set(&t->timer) || loop_timer_left_ms(&t->timer) > wait)
		loop_timer_set(&t->timer, wait);
}

static void on_timer(struct loop_timer *timer)
{
	struct transfer *t = container_of(timer, struct transfer, timer);
	struct tftp_sink sink = sink_of(t);
	uint64_t now = loop_now_ms(t->srv->loop);

	if (now < t->due_ms) {
		loop_timer_set(&t->timer, t->due_ms - now);
		return;
	}
	tftp_xfer_timeout(&t->x, &sink, now);
	settle(t);
}

/* ---- requests ---- */
static void send_error(struct tftp_server *s, const struct tftp_path *path, uint16_t code,
		       const char *text)
{
	uint8_t pkt[TFTP_ERROR_MAX];

	s->ops.send(s->ops.ctx, path, pkt, tftp_put_error(pkt, code, text));
}

static bool make_room(struct tftp_server *s)
{
	if (s->running < s->max)
		return true;
	if (!s->oldest)
		return false;
	end(s->oldest, "it never answered, and others were waiting");
	return true;
}

/* Neighbours share a port, so that their packets are read and sent in batches; a client that begins anew
 * gets another one than before, against late packets. */
static unsigned pick_port(struct tftp_server *s, unsigned avoid)
{
	unsigned at = s->began++ / PORT_RUN % s->ports;

	return 1 + (at + 1 == avoid ? (at + 1) % s->ports : at);
}

static void begin(struct tftp_server *s, const struct tftp_path *path,
		  const struct tftp_request *req, unsigned avoid)
{
	char note[128] = "";
	struct tftp_source src = { 0 };
	void *handle = NULL;
	struct transfer *t;
	struct tftp_sink sink;
	int err = s->ops.open(s->ops.ctx, req->name, &path->peer, &src, &handle, note);

	if (err) {
		bool missing = err == ERR_NOENT;

		*(missing ? &s->count.missing : &s->count.refused) += 1;
		send_error(s, path,
			   missing           ? TFTP_ERR_NOT_FOUND
			   : err == ERR_PERM ? TFTP_ERR_ACCESS
					     : TFTP_ERR_UNDEFINED,
			   missing ? "File not found" : err_text(err));
		report(s, &path->peer, req->name, missing ? TFTP_MISSING : TFTP_REFUSED, 0, 0,
		       note);
		return;
	}
	t = mem_zalloc(sizeof(*t));
	t->srv = s;
	t->path = *path;
	t->path.port = pick_port(s, avoid);
	t->handle = handle;
	t->began_ms = loop_now_ms(s->loop);
	t->hash_next = *bucket(s, &path->peer);
	*bucket(s, &path->peer) = t;
	s->running++;
	half_open_add(s, t);
	loop_timer_init(&t->timer, s->loop, on_timer);
	sink = sink_of(t);
	tftp_xfer_init(&t->x, req, &src, &sink, t->began_ms);
	settle(t);
}

static bool is_repeated(struct transfer *t, const struct tftp_request *req)
{
	struct tftp_sink sink = sink_of(t);

	return !strcmp(t->x.req.name, req->name) &&
	       tftp_xfer_again(&t->x, &sink, loop_now_ms(t->srv->loop));
}

static void on_read(struct tftp_server *s, const struct tftp_path *path,
		    const struct tftp_request *req)
{
	struct transfer *t = find(s, &path->peer);
	unsigned avoid = 0;

	s->count.requests++;
	if (t && is_repeated(t, req)) {
		s->count.duplicates++;
		settle(t);
		return;
	}
	if (t) {
		avoid = t->path.port;
		end(t, "it asked anew");
	}
	if (!make_room(s)) {
		s->count.busy++;
		send_error(s, path, TFTP_ERR_UNDEFINED, "Busy, try again");
		return;
	}
	begin(s, path, req, avoid);
}

/* Only requests are answered here: an answer to an answer could go round for ever. */
static void on_listen(struct tftp_server *s, const struct tftp_path *path, const uint8_t *pkt,
		      size_t len)
{
	uint16_t op = tftp_opcode(pkt, len);
	struct tftp_request req;
	int err;

	if (op != TFTP_RRQ && op != TFTP_WRQ) {
		s->count.malformed++;
		return;
	}
	if (op == TFTP_WRQ) {
		s->count.writes++;
		send_error(s, path, TFTP_ERR_ACCESS, "Writing is not allowed");
		return;
	}
	err = tftp_request_parse(pkt, len, &req);
	if (!err) {
		on_read(s, path, &req);
		return;
	}
	s->count.malformed++;
	send_error(s, path, TFTP_ERR_ILLEGAL,
		   err == ERR_UNSUPPORTED ? "Unknown mode" : "Malformed request");
}

void tftp_server_input(struct tftp_server *s, const struct tftp_path *path, const uint8_t *pkt,
		       size_t len)
{
	struct transfer *t;
	uint16_t op = tftp_opcode(pkt, len);

	if (path->port == 0) {
		on_listen(s, path, pkt, len);
		return;
	}
	t = find(s, &path->peer);
	if (t && t->path.port == path->port && t->path.group == path->group) {
		struct tftp_sink sink = sink_of(t);

		tftp_xfer_input(&t->x, pkt, len, &sink, loop_now_ms(s->loop));
		settle(t);
		return;
	}
	s->count.wrong_tid++;
	/* RFC 1350 section 4; never an ERROR for an ERROR. A client that has a transfer is no stranger: what
	 * it sends elsewhere is a late packet of the one before. */
	if (!t && (op == TFTP_ACK || op == TFTP_DATA))
		send_error(s, path, TFTP_ERR_UNKNOWN_TID, "Unknown TID");
}

const struct tftp_counters *tftp_server_counters(const struct tftp_server *s)
{
	return &s->count;
}

unsigned tftp_server_running(const struct tftp_server *s)
{
	return s->running;
}

void tftp_server_free(struct tftp_server *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->buckets; i++)
		while (s->hash[i])
			transfer_free(s->hash[i]);
	mem_free(s->hash);
	mem_free(s);
}
