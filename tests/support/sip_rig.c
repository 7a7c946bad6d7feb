/* tests/support/sip_rig.c - see sip_rig.h. */
#include "tests/support/sip_rig.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/sip/sip_digest.h"
#include "server/sip/sip_msg.h"
#include "tests/support/test.h"

#define LINE_MAX_ 4096

/* libosip2 asks these for the time: its timers follow the clock of the test. */
static struct clock_fake *osip_clock;
int osip_gettimeofday(struct timeval *tv, void *tz);
int osip_gettimeofday(struct timeval *tv, void *tz)
{
	uint64_t ns = osip_clock ? osip_clock->mono : 0;

	(void)tz;
	tv->tv_sec = (time_t)(ns / 1000000000);
	tv->tv_usec = (suseconds_t)(ns / 1000 % 1000000);
	return 0;
}

/* ---- the fake network ---- */

static int rig_send(void *ctx, const struct sip_flow *to, const void *data, size_t len)
{
	struct sip_rig *r = ctx;

	if (to->transport == SIP_TCP && r->conn_closed)
		return ERR_CLOSED;
	if (r->n_sent == RIG_QUEUE)
		sip_rig_forget(r);
	r->sent[r->n_sent].to = *to;
	r->sent[r->n_sent].data = mem_strndup(data, len);
	r->sent[r->n_sent++].len = len;
	return 0;
}

__attribute__((format(printf, 2, 3))) static void tell(struct sip_rig *r, const char *fmt, ...)
{
	struct text t;
	va_list ap;

	if (r->n_events == RIG_QUEUE)
		sip_rig_forget(r);
	text_init(&t, 4096);
	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
	r->events[r->n_events++] = text_take(&t);
}

static void rig_keep(void *ctx, uint64_t conn, uint64_t until_ms)
{
	(void)until_ms;
	tell(ctx, "keep %llu", (unsigned long long)conn);
}

static void rig_drop(void *ctx, uint64_t conn)
{
	tell(ctx, "drop %llu", (unsigned long long)conn);
}

static int rig_neighbour(void *ctx, const struct net_addr *a, char mac[MAC_TEXT_SIZE])
{
	struct sip_rig *r = ctx;
	char host[NET_HOST_SIZE];

	net_addr_host(a, host);
	for (size_t i = 0; i < r->n_neighbours; i++)
		if (!strcmp(r->neighbours[i].address, host)) {
			memcpy(mac, r->neighbours[i].mac, MAC_TEXT_SIZE);
			return 0;
		}
	return ERR_NOENT;
}

static bool rig_is_ours(void *ctx, const struct sip_flow *flow, struct slice host)
{
	struct sip_rig *r = ctx;

	(void)flow;
	for (size_t i = 0; i < r->n_hosts; i++)
		if (slice_eq_nocase(host, r->hosts[i]))
			return true;
	return false;
}

static void rig_step(void *ctx, const char *device, const struct net_addr *peer,
		     enum phone_step step, const char *detail)
{
	static const char *const names[] = {
#define NAME_(name, wire, sev, text) wire,
		PHONE_STEPS_LIST(NAME_)
#undef NAME_
	};

	(void)peer;
	tell(ctx, "step %s %s %s", device ? device : "-", names[step], detail);
}

static void rig_registered(void *ctx, const char *device, const struct phone_reg *reg)
{
	char at[NET_TEXT_SIZE];

	tell(ctx, "registered %s %s %s lines=%u expires=%u firmware=%s", device, reg->transport,
	     net_addr_text(&reg->peer, at), reg->lines, (unsigned)reg->expires_s,
	     reg->firmware ? reg->firmware : "-");
}

static void rig_unregistered(void *ctx, const char *device, enum phone_step why, const char *reason)
{
	tell(ctx, "unregistered %s %s %s", device, why == STEP_EXPIRED ? "expired" : "gone",
	     reason);
}

static void rig_rejected(void *ctx, const char *device, const struct net_addr *peer, const char *id,
			 int code, const char *reason)
{
	(void)peer;
	tell(ctx, "rejected %s %s %d %s", device ? device : "-", id, code, reason);
}

static void rig_blocked(void *ctx, const struct net_addr *peer)
{
	char host[NET_HOST_SIZE];

	tell(ctx, "blocked %s", net_addr_host(peer, host));
}

static const struct sip_engine_ops rig_ops = {
	rig_send, rig_keep,       rig_drop,         rig_neighbour, rig_is_ours,
	rig_step, rig_registered, rig_unregistered, rig_rejected,  rig_blocked,
};

void sip_rig_init(struct sip_rig *r)
{
	memset(r, 0, sizeof(*r));
	clock_fake_init(&r->clock, 1718091005000000000);
	osip_clock = &r->clock;
	sip_msg_setup();
	assert_int_equal(sip_engine_new(&r->engine, &r->clock.clock, &rig_ops, r), 0);
}

void sip_rig_forget(struct sip_rig *r)
{
	for (size_t i = 0; i < r->n_sent; i++)
		mem_free(r->sent[i].data);
	for (size_t i = 0; i < r->n_events; i++)
		mem_free(r->events[i]);
	r->n_sent = r->n_events = 0;
}

void sip_rig_fini(struct sip_rig *r)
{
	sip_engine_free(r->engine);
	sip_rig_forget(r);
	osip_clock = NULL;
}

/* ---- configuration lines ---- */

static uint32_t number(const char *s)
{
	return s ? (uint32_t)strtoul(s, NULL, 10) : 0;
}

static void config_pool(struct sip_rig *r, char **save)
{
	struct sip_pool_row row = { 0 };
	uint32_t tag = number(strtok_r(NULL, " ", save)), dns[16];
	char *key, *v;

	while ((key = strtok_r(NULL, " ", save))) {
		if (!strcmp(key, "none")) {
			sip_conf_put_pool(sip_engine_conf(r->engine), tag, NULL);
			return;
		}
		v = strtok_r(NULL, " ", save);
		if (!strcmp(key, "mac")) {
			row.kind = SIP_ID_MAC;
			row.mac = v;
		} else if (!strcmp(key, "ip") || !strcmp(key, "network")) {
			row.kind = *key == 'i' ? SIP_ID_IP : SIP_ID_NETWORK;
			row.address = v;
		} else if (!strcmp(key, "mask")) {
			row.mask = v;
		} else if (!strcmp(key, "user")) {
			row.username = v;
		} else if (!strcmp(key, "pass")) {
			row.password = v;
		} else if (!strcmp(key, "type")) {
			row.phone_type = v;
		} else if (!strcmp(key, "dns")) {
			for (char *d = strtok(v, ","); d && row.n_dns < 16; d = strtok(NULL, ","))
				dns[row.n_dns++] = number(d);
		}
	}
	row.dns = dns;
	sip_conf_put_pool(sip_engine_conf(r->engine), tag, &row);
}

static void config_setting(struct sip_rig *r, const char *key, char **save)
{
	struct sip_settings s = *sip_conf_settings(sip_engine_conf(r->engine));
	const char *v = strtok_r(NULL, " ", save);

	if (!v)
		v = "";
	if (!strcmp(key, "registrar"))
		s.registrar = !strcmp(v, "on");
	else if (!strcmp(key, "mode"))
		s.mode_cme = !strcmp(v, "cme");
	else if (!strcmp(key, "auth")) {
		s.authenticate = strcmp(v, "off") != 0;
		s.authenticate_all = !strcmp(v, "all");
	} else if (!strcmp(key, "realm"))
		(void)text_copy(s.realm, sizeof(s.realm), v);
	else if (!strcmp(key, "expires")) {
		s.expires_min_s = number(v);
		s.expires_max_s = number(strtok_r(NULL, " ", save));
	} else if (!strcmp(key, "limits")) {
		s.max_pool = number(v);
		s.max_dn = number(strtok_r(NULL, " ", save));
	} else if (!strcmp(key, "address"))
		(void)text_copy(s.address, sizeof(s.address), v);
	else
		fail_msg("unknown configuration line: %s", key);
	sip_conf_set(sip_engine_conf(r->engine), &s);
}

void sip_rig_config(struct sip_rig *r, char *line)
{
	char *save = NULL, *key = strtok_r(line, " ", &save), *v;
	uint32_t tag;

	if (!key)
		return;
	if (!strcmp(key, "host")) {
		(void)text_copy(r->hosts[r->n_hosts++], sizeof(r->hosts[0]),
				strtok_r(NULL, " ", &save));
	} else if (!strcmp(key, "neighbour")) {
		(void)text_copy(r->neighbours[r->n_neighbours].address, 64,
				strtok_r(NULL, " ", &save));
		v = strtok_r(NULL, " ", &save);
		assert_int_equal(text_mac(r->neighbours[r->n_neighbours++].mac, v, strlen(v)), 0);
	} else if (!strcmp(key, "dn")) {
		tag = number(strtok_r(NULL, " ", &save));
		sip_conf_put_dn(sip_engine_conf(r->engine), tag, strtok_r(NULL, " ", &save));
	} else if (!strcmp(key, "pool")) {
		config_pool(r, &save);
	} else {
		config_setting(r, key, &save);
	}
}

/* ---- scenarios ---- */

struct play {
	struct sip_rig *r;
	FILE *f;
	const char *path;
	unsigned line;
	struct sip_flow flow; /* of the latest packet in */
	char *err;
};

__attribute__((format(printf, 2, 3))) static void wrong(struct play *p, const char *fmt, ...)
{
	struct text t;
	va_list ap;

	if (p->err)
		return;
	text_init(&t, 100000);
	text_addf(&t, "%s:%u: ", p->path, p->line);
	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
	p->err = text_take(&t);
}

static bool next_line(struct play *p, char *line)
{
	size_t n;

	if (!fgets(line, LINE_MAX_, p->f))
		return false;
	p->line++;
	n = strlen(line);
	while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		line[--n] = '\0';
	return true;
}

/* AUTH user password [method uri algorithm]: the credentials for the latest challenge. `+` before it
 * reuses the nonce count of the credentials before. */
static void add_auth(struct play *p, struct text *t, char *args)
{
	struct sip_credentials c = { .cnonce = "c0ffee", .qop = "auth" };
	struct sip_hasher *h;
	struct sip_ha1 ha1;
	char *save = NULL, *user = strtok_r(args, " ", &save), *pass = strtok_r(NULL, " ", &save);
	const char *method = strtok_r(NULL, " ", &save), *uri = strtok_r(NULL, " ", &save);
	const char *alg = strtok_r(NULL, " ", &save), *nc = strtok_r(NULL, " ", &save);

	assert_int_equal(sip_hasher_new(&h), 0);
	(void)text_copy(c.username, sizeof(c.username), user);
	(void)text_copy(c.nonce, sizeof(c.nonce), p->r->nonce);
	(void)text_copy(c.uri, sizeof(c.uri), uri ? uri : "sip:192.0.2.1");
	(void)text_copy(c.algorithm, sizeof(c.algorithm), alg ? alg : "MD5");
	snprintf(c.nc, sizeof(c.nc), "%08x", nc ? number(nc) : ++p->r->nc);
	method = method ? method : "REGISTER";
	sip_ha1_make(h, user, p->r->realm, pass, &ha1);
	(void)sip_digest_response(h, &c, &ha1, method, strlen(method), c.response);
	text_addf(t,
		  "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
		  "response=\"%s\", algorithm=%s, cnonce=\"%s\", qop=auth, nc=%s\r\n",
		  user, p->r->realm, c.nonce, c.uri, c.response, c.algorithm, c.cnonce, c.nc);
	sip_hasher_free(h);
}

/* @REGISTER number cseq branch call-id: a REGISTER up to its Contact. */
static void add_register(struct play *p, struct text *t, char *args)
{
	char *save = NULL, *user = strtok_r(args, " ", &save), *cseq = strtok_r(NULL, " ", &save);
	char *branch = strtok_r(NULL, " ", &save), *call_id = strtok_r(NULL, " ", &save);
	char at[NET_TEXT_SIZE];

	text_addf(
	    t,
	    "REGISTER sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bK%s\r\n"
	    "Max-Forwards: 70\r\nFrom: <sip:%s@192.0.2.1>;tag=f%s\r\nTo: <sip:%s@192.0.2.1>\r\n"
	    "Call-ID: %s\r\nCSeq: %s REGISTER\r\n",
	    p->flow.transport == SIP_TCP ? "TCP" : "UDP", net_addr_text(&p->flow.peer, at), branch,
	    user, call_id, user, call_id, cseq);
}

static void read_block(struct play *p, struct text *t)
{
	char line[LINE_MAX_];

	while (next_line(p, line) && strcmp(line, "END")) {
		if (!strncmp(line, "AUTH ", 5))
			add_auth(p, t, line + 5);
		else if (!strncmp(line, "@REGISTER ", 10))
			add_register(p, t, line + 10);
		else if (!strncmp(line, "REPEAT ", 7)) {
			char *what = strchr(line + 7, ' ');

			for (unsigned n = number(line + 7); what && n; n--)
				text_addf(t, "%s\r\n", what + 1);
		} else
			text_addf(t, "%s\r\n", line);
	}
}

/* "udp 192.0.2.31:5060" or "tcp 192.0.2.31:49301 7" (the number of the connection). */
static void read_flow(struct play *p, char *args)
{
	char *save = NULL, *transport = strtok_r(args, " ", &save);
	char *at = strtok_r(NULL, " ", &save), *conn = strtok_r(NULL, " ", &save);

	if (!transport || !at)
		return; /* as before */
	memset(&p->flow, 0, sizeof(p->flow));
	p->flow.transport = !strcmp(transport, "tcp") ? SIP_TCP : SIP_UDP;
	if (net_addr_parse_hostport(&p->flow.peer, at, 5060))
		wrong(p, "bad address %s", at);
	p->flow.conn = p->flow.transport == SIP_TCP ? (conn ? number(conn) : 1) : 0;
	(void)net_addr_parse(&p->flow.local,
			     p->flow.peer.u.sa.sa_family == AF_INET6 ? "2001:db8::1" : "192.0.2.1",
			     5060);
}

static void remember_challenge(struct sip_rig *r, const char *packet)
{
	const char *n = strstr(packet, "nonce=\""), *realm = strstr(packet, "realm=\"");

	if (!n || !realm)
		return;
	snprintf(r->nonce, sizeof(r->nonce), "%.*s", (int)strcspn(n + 7, "\""), n + 7);
	snprintf(r->realm, sizeof(r->realm), "%.*s", (int)strcspn(realm + 7, "\""), realm + 7);
	r->nc = 0;
}

static void packet_in(struct play *p, char *args)
{
	struct text t;
	long used;

	read_flow(p, args);
	text_init(&t, 1 << 20);
	read_block(p, &t);
	if (p->flow.transport == SIP_TCP) {
		used = sip_engine_stream(p->r->engine, &p->flow, (uint8_t *)t.buf, t.len);
		if (used == ERR_PROTO)
			tell(p->r, "close");
	} else {
		sip_engine_input(p->r->engine, &p->flow, (uint8_t *)t.buf, t.len);
	}
	text_fini(&t);
}

/* Each line of the expectation is a pattern that some line of the packet fits, in this order; "!" in
 * front: no line may fit. */
static bool fits(char *want, char *packet, char *missing)
{
	char *save = NULL, *w = strtok_r(want, "\r\n", &save);
	char *at = packet;

	for (; w; w = strtok_r(NULL, "\r\n", &save)) {
		bool absent = *w == '!', found = false;
		char *scan = absent ? packet : at;

		while (*scan && !found) {
			size_t n = strcspn(scan, "\r\n");
			char keep = scan[n];

			scan[n] = '\0';
			found = !fnmatch(absent ? w + 1 : w, scan, FNM_NOESCAPE | FNM_CASEFOLD);
			scan[n] = keep;
			scan += n;
			scan += strspn(scan, "\r\n");
		}
		if (found == absent) {
			(void)text_copy(missing, LINE_MAX_, w);
			return false;
		}
		if (!absent)
			at = scan;
	}
	return true;
}

static void packet_out(struct play *p, const char *to)
{
	struct sip_rig *r = p->r;
	struct text t;
	char missing[LINE_MAX_] = "", at[NET_TEXT_SIZE];

	text_init(&t, 1 << 20);
	read_block(p, &t);
	if (!r->n_sent) {
		wrong(p, "nothing was sent");
	} else {
		char *data = r->sent[0].data;

		remember_challenge(r, data);
		net_addr_text(&r->sent[0].to.peer, at);
		if (*to && strcmp(at, to))
			wrong(p, "sent to %s", at);
		if (!fits(t.buf, data, missing))
			wrong(p, "no line for \"%s\" in:\n%s", missing, data);
		mem_free(data);
		memmove(&r->sent[0], &r->sent[1], --r->n_sent * sizeof(r->sent[0]));
	}
	text_fini(&t);
}

static void event(struct play *p, const char *want)
{
	struct sip_rig *r = p->r;

	if (!r->n_events) {
		wrong(p, "no event");
		return;
	}
	if (fnmatch(want, r->events[0], FNM_NOESCAPE))
		wrong(p, "event: %s", r->events[0]);
	mem_free(r->events[0]);
	memmove(&r->events[0], &r->events[1], --r->n_events * sizeof(r->events[0]));
}

/* Time passes second by second, as the shell's timer would wake the engine. */
static void pass(struct play *p, const char *ms)
{
	uint64_t left = strtoull(ms, NULL, 10);

	while (left && !p->err) {
		uint64_t now = clock_mono_ms(&p->r->clock.clock), step = left;
		uint64_t next = sip_engine_next_ms(p->r->engine);

		if (next > now && next - now < step)
			step = next - now;
		clock_fake_advance_ms(&p->r->clock, step);
		sip_engine_tick(p->r->engine);
		left -= step;
	}
}

static void act(struct play *p, char *args)
{
	char *save = NULL, *action = strtok_r(args, " ", &save),
	     *device = strtok_r(NULL, " ", &save);
	char *want = strtok_r(NULL, " ", &save);
	int err = sip_engine_act(p->r->engine, device,
				 strcmp(action, "reset") ? PHONE_RESTART : PHONE_RESET);

	if (strcmp(err_code(err), want ? want : "ok"))
		wrong(p, "action: %s", err_code(err));
}

static void configure(struct play *p)
{
	char line[LINE_MAX_];

	while (next_line(p, line) && strcmp(line, "END"))
		sip_rig_config(p->r, line);
	sip_engine_conf_changed(p->r->engine);
}

/* The site most scenarios play at. */
static void site(struct play *p)
{
	static const char *const lines[] = {
		"registrar on",
		"mode cme",
		"auth all",
		"realm switchroom",
		"expires 300 1200",
		"limits 100 100",
		"address 192.0.2.1",
		"host 192.0.2.1",
		"host 2001:db8::1",
		"dn 1 2201",
		"dn 2 2202",
		"dn 3 2203",
		"dn 4 2210",
		"dn 5 2211",
		"pool 1 mac 00AA11BB22CC user u1 pass p1 dns 1,2 type 7962",
		"pool 2 mac 00AA11BB22DD user u2 pass p2 dns 3",
		"pool 3 network 198.51.100.0 mask 255.255.255.0 user net pass netpw dns 4",
		"pool 4 ip 203.0.113.5 dns 5",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		char line[LINE_MAX_];

		(void)text_copy(line, sizeof(line), lines[i]);
		sip_rig_config(p->r, line);
	}
	sip_engine_conf_changed(p->r->engine);
}

/* Asks for a challenge, so that AUTH has a nonce; leaves no trace. */
static void login(struct play *p)
{
	struct text t;
	char args[64];
	static unsigned n;

	snprintf(args, sizeof(args), "2201 1 login%u login", ++n);
	text_init(&t, 4096);
	add_register(p, &t, args);
	text_add(&t, "Content-Length: 0\r\n\r\n");
	sip_rig_forget(p->r);
	if (p->flow.transport == SIP_TCP)
		(void)sip_engine_stream(p->r->engine, &p->flow, (uint8_t *)t.buf, t.len);
	else
		sip_engine_input(p->r->engine, &p->flow, (uint8_t *)t.buf, t.len);
	text_fini(&t);
	if (p->r->n_sent != 1 || strncmp(p->r->sent[0].data, "SIP/2.0 401", 11))
		wrong(p, "no challenge");
	else
		remember_challenge(p->r, p->r->sent[0].data);
	sip_rig_forget(p->r);
}

static void step(struct play *p, char *line)
{
	char *args = strchr(line, ' ');
	static char none[1];

	args = args ? args + 1 : none;
	if (!strncmp(line, "CONFIG", 6))
		configure(p);
	else if (!strcmp(line, "SITE"))
		site(p);
	else if (!strncmp(line, "FROM", 4))
		read_flow(p, args);
	else if (!strcmp(line, "LOGIN"))
		login(p);
	else if (!strncmp(line, "IN", 2))
		packet_in(p, args);
	else if (!strncmp(line, "OUT", 3))
		packet_out(p, args);
	else if (!strncmp(line, "EVENT", 5))
		event(p, args);
	else if (!strncmp(line, "SILENT", 6)) {
		if (p->r->n_sent)
			wrong(p, "sent: %s", p->r->sent[0].data);
	} else if (!strncmp(line, "QUIET", 5)) {
		if (p->r->n_events)
			wrong(p, "event: %s", p->r->events[0]);
	} else if (!strncmp(line, "FORGET", 6))
		sip_rig_forget(p->r);
	else if (!strncmp(line, "TIME", 4))
		pass(p, args);
	else if (!strncmp(line, "ACT", 3))
		act(p, args);
	else if (!strncmp(line, "CLOSED", 6))
		p->r->conn_closed = true;
	else if (!strncmp(line, "BINDINGS", 8)) {
		if (sip_engine_bindings(p->r->engine) != number(args))
			wrong(p, "%zu bindings", sip_engine_bindings(p->r->engine));
	} else if (!strncmp(line, "REQ", 3))
		req_proved(args);
	else
		wrong(p, "unknown step: %s", line);
}

char *sip_rig_play(struct sip_rig *r, const char *path)
{
	struct play p = { .r = r, .path = path, .f = fopen(path, "r") };
	char line[LINE_MAX_];

	if (!p.f) {
		wrong(&p, "cannot be read");
		return p.err;
	}
	while (!p.err && next_line(&p, line))
		if (line[0] && line[0] != ';')
			step(&p, line);
	fclose(p.f);
	return p.err;
}
