/* tests/fuzz/fuzz_sccp.c - a byte stream into an SCCP session. The stream goes in whole and in
 * small pieces: both must send the same bytes to the phone. Then time passes until the session
 * ends. */
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/sccp/session.h"
#include "tests/fuzz/fuzz.h"

struct run {
	struct clock_fake clock;
	struct sccp_hub *hub;
	struct sccp_session *s;
	uint64_t sent, hash;
	uint64_t armed_ms;
	bool closed;
};

static void on_send(void *conn, const void *p, size_t len)
{
	struct run *r = conn;

	r->sent += len;
	for (size_t i = 0; i < len; i++)
		r->hash = (r->hash ^ ((const uint8_t *)p)[i]) * 1099511628211u;
}

static void on_close(void *conn)
{
	((struct run *)conn)->closed = true;
}

static void on_arm(void *conn, uint64_t after_ms)
{
	((struct run *)conn)->armed_ms = after_ms;
}

static int on_profile(void *ctx, const char *device, uint32_t device_type,
		      struct sccp_profile **out)
{
	struct sccp_profile *p;
	struct sccp_line *l;

	(void)ctx;
	(void)device_type;
	if (device[14] == 'F')
		return device[13] == 'F' ? ERR_AGAIN : ERR_NOENT;
	p = mem_zalloc(sizeof(*p));
	l = sccp_profile_add_line(p);
	l->number = mem_strdup("1001");
	l->label = mem_strdup("Zo\xC3\xAB");
	p->n_buttons = 1;
	p->button[0] = (struct sccp_button){ 1, SCCP_BUTTON_LINE };
	*out = p;
	return 0;
}

static void on_event(void *ctx, struct sccp_session *s, enum sccp_event ev, const char *device,
		     const char *text)
{
	(void)ctx;
	(void)s;
	(void)ev;
	if (strlen(device) >= SCCP_DEVICE_SIZE || strlen(text) >= 512)
		abort();
}

static int no_offset(const char *zone, int64_t wall_s, int *offset_s, bool *dst)
{
	(void)zone;
	(void)wall_s;
	*offset_s = 0;
	*dst = false;
	return 0;
}

static const struct sccp_ops ops = { on_send, on_close, on_arm, on_profile, on_event, no_offset };

static void begin(struct run *r)
{
	struct net_addr a;

	memset(r, 0, sizeof(*r));
	clock_fake_init(&r->clock, 1795167015250000000);
	r->hub = sccp_hub_new(&ops, r, &r->clock.clock, SCCP_VERSION_MAX);
	sccp_hub_site(r->hub)->max_ephones = 1;
	sccp_hub_site(r->hub)->keepalive_s = 30;
	net_addr_parse(&a, "192.0.2.1", 2000);
	r->s = sccp_session_new(r->hub, r, &a, &a);
}

static void feed(struct run *r, const uint8_t *data, size_t size, size_t step)
{
	size_t begin_at = 0, end = 0;

	while (end < size && !r->closed) {
		long used;

		end = end + step < size ? end + step : size;
		used = sccp_session_input(r->s, data + begin_at, end - begin_at);
		if (used < 0)
			return;
		if ((size_t)used > end - begin_at)
			abort();
		begin_at += (size_t)used;
	}
}

static void finish(struct run *r)
{
	for (int i = 0; i < 8 && !r->closed; i++) {
		clock_fake_advance_ms(&r->clock, r->armed_ms);
		sccp_session_timeout(r->s);
	}
	sccp_session_free(r->s, NULL);
	if (sccp_hub_registered(r->hub) || sccp_hub_sessions(r->hub))
		abort();
	sccp_hub_free(r->hub);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run whole, pieces;

	begin(&whole);
	begin(&pieces);
	feed(&whole, data, size, size ? size : 1);
	feed(&pieces, data, size, 7);
	if (whole.sent != pieces.sent || whole.hash != pieces.hash || whole.closed != pieces.closed)
		abort();
	finish(&whole);
	finish(&pieces);
	return 0;
}
