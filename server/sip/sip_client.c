/* server/sip/sip_client.c - see sip_client.h. Timer K is not kept: a late repetition of a final response
 * finds no transaction and is dropped, which is all that timer does. */
#include "server/sip/sip_client.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"

struct transaction {
	struct sip_node node;
	struct sip_timer timer;
	struct sip_client *client;
	struct sip_flow to;
	uint64_t give_up_ms;
	uint32_t interval_ms;
	bool proceeding;
	char branch[SIP_BRANCH_SIZE];
	char *device;
	const char *what;
	size_t len;
	char request[];
};
struct sip_client {
	struct sip_map map;
	struct sip_timers *timers;
	sip_client_send send;
	sip_client_done done;
	void *ctx;
};

struct sip_client *sip_client_new(struct sip_timers *timers, sip_client_send send,
				  sip_client_done done, void *ctx)
{
	struct sip_client *c = mem_zalloc(sizeof(*c));

	sip_map_init(&c->map);
	c->timers = timers;
	c->send = send;
	c->done = done;
	c->ctx = ctx;
	return c;
}

static void transaction_free(struct transaction *t)
{
	sip_timer_cancel(t->client->timers, &t->timer);
	sip_map_remove(&t->client->map, &t->node);
	mem_free(t->device);
	mem_free(t);
}

static void free_one(void *ctx, struct sip_node *n)
{
	(void)ctx;
	transaction_free(container_of(n, struct transaction, node));
}

void sip_client_free(struct sip_client *c)
{
	if (!c)
		return;
	sip_map_each(&c->map, free_one, NULL);
	sip_map_fini(&c->map);
	mem_free(c);
}

void sip_client_branch(struct sip_client *c, char out[SIP_BRANCH_SIZE])
{
	uint8_t raw[10];
	char hex[sizeof(raw) * 2 + 1];

	(void)c;
	RAND_bytes(raw, sizeof(raw));
	text_hex(hex, raw, sizeof(raw));
	snprintf(out, SIP_BRANCH_SIZE, "z9hG4bK%s", hex);
}

static void finish(struct transaction *t, int status)
{
	struct sip_client *c = t->client;
	char *device = t->device;
	const char *what = t->what;

	t->device = NULL;
	transaction_free(t);
	c->done(c->ctx, device, what, status);
	mem_free(device);
}

static void arm(struct transaction *t, uint64_t now_ms)
{
	uint64_t next = now_ms + t->interval_ms;

	if (t->to.transport == SIP_TCP || next > t->give_up_ms)
		next = t->give_up_ms;
	sip_timer_set(t->client->timers, &t->timer, next);
}

/* Timer E, and timer F at its end. */
static void on_timer(void *ctx, struct sip_timer *timer)
{
	struct transaction *t = container_of(timer, struct transaction, timer);
	uint64_t now_ms = timer->at_ms;

	(void)ctx;
	if (now_ms >= t->give_up_ms) {
		finish(t, 0);
		return;
	}
	(void)t->client->send(t->client->ctx, &t->to, t->request, t->len);
	t->interval_ms *= 2;
	if (t->proceeding || t->interval_ms > SIP_T2_MS)
		t->interval_ms = SIP_T2_MS;
	arm(t, now_ms);
}

int sip_client_start(struct sip_client *c, const char *branch, const struct sip_flow *to,
		     const char *device, const char *what, const void *request, size_t len,
		     uint64_t now_ms)
{
	struct transaction *t;
	int err;

	if (c->map.count >= SIP_CLIENT_MAX)
		return ERR_AGAIN;
	err = c->send(c->ctx, to, request, len);
	if (err)
		return err;
	t = mem_zalloc(sizeof(*t) + len);
	t->client = c;
	t->to = *to;
	t->give_up_ms = now_ms + SIP_TIMER_F_MS;
	t->interval_ms = SIP_T1_MS;
	t->timer.fn = on_timer;
	t->device = mem_strdup(device);
	t->what = what;
	t->len = len;
	memcpy(t->request, request, len);
	(void)text_copy(t->branch, sizeof(t->branch), branch);
	sip_map_put(&c->map, &t->node, sip_map_hash(&c->map, branch, strlen(branch)));
	arm(t, now_ms);
	return 0;
}

bool sip_client_response(struct sip_client *c, const struct sip_msg *m, uint64_t now_ms)
{
	struct sip_node *n =
	    sip_map_first(&c->map, sip_map_hash(&c->map, m->via.branch.p, m->via.branch.len));

	for (; n; n = sip_map_next(n)) {
		struct transaction *t = container_of(n, struct transaction, node);

		if (!slice_eq(m->via.branch, t->branch))
			continue;
		if (m->scan.status < 200) {
			t->proceeding = true;
			t->interval_ms = SIP_T2_MS;
			arm(t, now_ms);
		} else {
			finish(t, (int)m->scan.status);
		}
		return true;
	}
	return false;
}
