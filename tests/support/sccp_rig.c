/* tests/support/sccp_rig.c - see the header. */
#include "tests/support/sccp_rig.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "tests/support/test.h"

static const char *const event_names[] = {
	[SCCP_EV_CONNECTED] = "CONNECTED",   [SCCP_EV_STEP] = "STEP",
	[SCCP_EV_REGISTERED] = "REGISTERED", [SCCP_EV_REFUSED] = "REFUSED",
	[SCCP_EV_UNKNOWN] = "UNKNOWN",       [SCCP_EV_UNREGISTERED] = "UNREGISTERED",
	[SCCP_EV_REPLACED] = "REPLACED",     [SCCP_EV_KEEPALIVE_LOST] = "KEEPALIVE_LOST",
	[SCCP_EV_CLOSED] = "CLOSED",         [SCCP_EV_FAULT] = "FAULT",
	[SCCP_EV_ALARM] = "ALARM",           [SCCP_EV_ALIVE] = "ALIVE",
};

static void on_send(void *conn, const void *p, size_t len)
{
	struct sccp_rig_conn *c = conn;

	assert_true(c->out_len + len <= sizeof(c->out));
	memcpy(c->out + c->out_len, p, len);
	c->out_len += len;
}

static void on_close(void *conn)
{
	((struct sccp_rig_conn *)conn)->closed = true;
}

static void on_arm(void *conn, uint64_t after_ms)
{
	struct sccp_rig_conn *c = conn;

	c->timer_at_ms = clock_mono_ms(&c->rig->clock.clock) + after_ms;
}

/* Two lines, a speed dial and a watched number; line 1 is forwarded. */
static int on_profile(void *ctx, const char *device, uint32_t device_type,
		      struct sccp_profile **out)
{
	struct sccp_rig *r = ctx;
	struct sccp_profile *p;
	struct sccp_line *l;
	struct sccp_dial *d;

	(void)device_type;
	if (!r->configured || r->busy || !strcmp(device, "SEP00000000FFFF"))
		return r->busy ? ERR_AGAIN : ERR_NOENT;
	p = mem_zalloc(sizeof(*p));
	p->tag = 1;
	p->keepalive_s = r->keepalive_s;
	strcpy(p->type, "7941");
	l = sccp_profile_add_line(p);
	l->number = mem_strdup("1001");
	l->name = mem_strdup("Zo\xC3\xAB Example");
	l->label = mem_strdup("Zo\xC3\xAB");
	l->all = mem_strdup("2002");
	l = sccp_profile_add_line(p);
	l->number = mem_strdup("1002");
	l->name = mem_strdup("1002");
	l->label = mem_strdup("1002");
	d = sccp_profile_add_dial(p);
	*d = (struct sccp_dial){ SCCP_BUTTON_SPEED_DIAL, mem_strdup("3003"), mem_strdup("Shop") };
	d = sccp_profile_add_dial(p);
	*d =
	    (struct sccp_dial){ SCCP_BUTTON_BLF_SPEED_DIAL, mem_strdup("3004"), mem_strdup("Bob") };
	p->n_buttons = 4;
	p->button[0] = (struct sccp_button){ 1, SCCP_BUTTON_LINE };
	p->button[1] = (struct sccp_button){ 2, SCCP_BUTTON_LINE };
	p->button[2] = (struct sccp_button){ 1, SCCP_BUTTON_SPEED_DIAL };
	p->button[3] = (struct sccp_button){ 2, SCCP_BUTTON_BLF_SPEED_DIAL };
	*out = p;
	return 0;
}

static void on_event(void *ctx, struct sccp_session *s, enum sccp_event ev, const char *device,
		     const char *text)
{
	struct sccp_rig *r = ctx;
	size_t len = strlen(r->told);

	(void)s;
	snprintf(r->told + len, sizeof(r->told) - len, "%s %s %s\n", event_names[ev],
		 device[0] ? device : "-", text);
}

static int one_hour_east(const char *zone, int64_t wall_s, int *offset_s, bool *dst)
{
	(void)wall_s;
	*offset_s = strcmp(zone, "Europe/Berlin") ? 0 : 3600;
	*dst = false;
	return 0;
}

static const struct sccp_ops rig_ops = { on_send,    on_close, on_arm,
					 on_profile, on_event, one_hour_east };

struct sccp_rig *sccp_rig_new(uint8_t version_cap)
{
	struct sccp_rig *r = mem_zalloc(sizeof(*r));
	struct sccp_site *site;

	clock_fake_init(&r->clock, 1795167015250000000);
	r->configured = true;
	r->hub = sccp_hub_new(&rig_ops, r, &r->clock.clock, version_cap);
	site = sccp_hub_site(r->hub);
	site->keepalive_s = 30;
	site->max_ephones = 10;
	strcpy(site->date_template, "M/D/YA");
	strcpy(site->zone, "Europe/Berlin");
	strcpy(site->message, "Our house");
	site->source[SCCP_IPV4].on = true;
	net_addr_parse(&site->source[SCCP_IPV4].address, "192.0.2.1", 2000);
	return r;
}

void sccp_rig_free(struct sccp_rig *r)
{
	for (size_t i = 0; i < r->conns; i++)
		sccp_session_free(r->conn[i].s, NULL);
	assert_int_equal(sccp_hub_sessions(r->hub), 0);
	assert_int_equal(sccp_hub_registered(r->hub), 0);
	sccp_hub_free(r->hub);
	mem_free(r);
}

struct sccp_rig_conn *rig_connect(struct sccp_rig *r)
{
	struct sccp_rig_conn *c = &r->conn[r->conns++];
	struct net_addr peer, local;

	assert_true(r->conns <= RIG_CONNS);
	c->rig = r;
	net_addr_parse(&peer, "192.0.2.50", (uint16_t)(50000 + r->conns));
	net_addr_parse(&local, "192.0.2.1", 2000);
	c->s = sccp_session_new(r->hub, c, &peer, &local);
	return c;
}

void rig_lost(struct sccp_rig_conn *c, const char *why)
{
	sccp_session_free(c->s, why);
	c->s = NULL;
	c->timer_at_ms = 0;
}

/* What an owner of a connection does: keep what was not used, close when the session says so. */
void rig_bytes(struct sccp_rig_conn *c, const void *p, size_t len)
{
	long used;

	if (c->closed)
		return;
	assert_true(c->pending_len + len <= sizeof(c->pending));
	memcpy(c->pending + c->pending_len, p, len);
	c->pending_len += len;
	used = sccp_session_input(c->s, c->pending, c->pending_len);
	if (used < 0) {
		c->closed = true;
		return;
	}
	c->pending_len -= (size_t)used;
	memmove(c->pending, c->pending + used, c->pending_len);
}

void rig_send(struct sccp_rig_conn *c, enum sccp_id id, uint8_t version, const void *msg)
{
	uint8_t buf[SCCP_PACKET_MAX];
	static const uint8_t zero[SCCP_STRUCT_MAX];
	long n = sccp_encode(sccp_desc(id), (struct sccp_form){ .version = version },
			     msg ? msg : zero, buf, sizeof(buf));

	assert_true(n > 0);
	rig_bytes(c, buf, (size_t)n);
}

void rig_send_u32(struct sccp_rig_conn *c, enum sccp_id id, uint32_t value)
{
	struct sccp_u32 m = { value };

	rig_send(c, id, 3, &m);
}

void rig_register(struct sccp_rig_conn *c, const char *device, uint32_t type, uint8_t version)
{
	struct sccp_register m = { .device_type = type, .version = version };

	strcpy(m.station.name, device);
	strcpy(m.load, "SCCP41.8-5-3S");
	m.station.instance = 1;
	m.features[1] = version > 11 ? 0x72 : 0x60;
	rig_send(c, SCCP_Register, 3, &m);
}

/* The earliest timer that is due by `until`; NULL: none. */
static struct sccp_rig_conn *next_timer(struct sccp_rig *r, uint64_t until)
{
	struct sccp_rig_conn *due = NULL;

	for (size_t i = 0; i < r->conns; i++) {
		struct sccp_rig_conn *c = &r->conn[i];

		if (c->timer_at_ms && c->timer_at_ms <= until &&
		    (!due || c->timer_at_ms < due->timer_at_ms))
			due = c;
	}
	return due;
}

void rig_advance_ms(struct sccp_rig *r, uint64_t ms)
{
	uint64_t end = clock_mono_ms(&r->clock.clock) + ms, now;
	struct sccp_rig_conn *c;

	while ((c = next_timer(r, end))) {
		now = clock_mono_ms(&r->clock.clock);
		if (c->timer_at_ms > now)
			clock_fake_advance_ms(&r->clock, c->timer_at_ms - now);
		c->timer_at_ms = 0;
		sccp_session_timeout(c->s);
	}
	clock_fake_advance_ms(&r->clock, end - clock_mono_ms(&r->clock.clock));
}

long rig_next(struct sccp_rig_conn *c, uint8_t version, void *msg)
{
	struct sccp_packet p;
	struct sccp_form form = { .version = version, .utf8 = version > 11 };
	long n = sccp_packet_take(c->out + c->read, c->out_len - c->read, &p);

	assert_true(n >= 0);
	if (n == 0)
		return -1;
	c->read += (size_t)n;
	if (msg)
		assert_int_equal(sccp_decode(sccp_desc(p.id), form, p.body, p.len, msg), 0);
	return (long)p.id;
}

void rig_skip(struct sccp_rig_conn *c)
{
	c->read = c->out_len;
}

size_t rig_told_times(const struct sccp_rig *r, const char *text)
{
	size_t n = 0;

	for (const char *p = r->told; (p = strstr(p, text)); p += strlen(text))
		n++;
	return n;
}

bool rig_told(const struct sccp_rig *r, const char *text)
{
	return rig_told_times(r, text) > 0;
}
