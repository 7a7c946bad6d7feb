/* api/status/print_ephones.c - the text of `show ephone ...` (cme-model 3.1 to 3.3). Pure. */
#include <string.h>

#include "api/status/print.h"

static const char *state_text(const cJSON *e)
{
	const char *s = tree_str(e, "state");

	if (!s)
		return UNKNOWN;
	return !strcmp(s, "registered")   ? "REGISTERED"
	       : !strcmp(s, "deceased")   ? "DECEASED"
	       : !strcmp(s, "attempting") ? "ATTEMPTING"
					  : "UNREGISTERED";
}

static void head(const cJSON *e, struct text *out)
{
	struct cell a, b, c, d, f, g;

	text_addf(out, "ephone-%s[%s] Mac:%s TCP socket:[%s] activeLine:%s whisperLine:%s %s",
		  print_value(&a, e, "tag"), print_value(&b, e, "index"), print_mac(&c, e, "mac"),
		  print_value(&d, e, "socket"), print_value(&f, e, "active_line"),
		  print_value(&g, e, "whisper_line"), state_text(e));
}

static void flags(const cJSON *e, struct text *out)
{
	text_addf(out,
		  "mediaActive:%s whisper_mediaActive:%s startMedia:%s offhook:%s ringing:%s "
		  "reset:%s reset_sent:%s",
		  print_flag(e, "media_active"), print_flag(e, "whisper_media_active"),
		  print_flag(e, "start_media"), print_flag(e, "off_hook"), print_flag(e, "ringing"),
		  print_flag(e, "reset_pending"), print_flag(e, "reset_sent"));
}

static void privacy(const cJSON *e, struct text *out)
{
	bool on = !strcmp(state_text(e), "REGISTERED") && tree_get(e, "primary_dn");
	struct cell c;

	text_addf(out, "privacy:%s primary_dn: %s%s\n", print_flag(e, "privacy"),
		  print_value(&c, e, "primary_dn"), on ? "*" : "");
}

/* The star stands directly behind an IPv6 address, behind a blank after an IPv4 address. */
static void addresses(const cJSON *e, struct text *out)
{
	const char *active = tree_str(e, "active_family");
	const char *six = tree_str(e, "ipv6"), *four = tree_str(e, "ipv4");

	if (six)
		text_addf(out, "IPv6:%s%s ", six, active && !strcmp(active, "ipv6") ? "*" : "");
	if (four || !six)
		text_addf(out, "IP:%s%s ", four ? four : UNKNOWN,
			  active && !strcmp(active, "ipv4") ? " *" : "");
}

static void pairs(const cJSON *e, struct text *out)
{
	const cJSON *b;
	struct cell x, y;

	cJSON_ArrayForEach (b, tree_get(e, "buttons"))
		text_addf(out, " %s:%s", print_value(&x, b, "button"), print_value(&y, b, "dn"));
	text_addc(out, '\n');
}

static void speed_dials(const cJSON *e, struct text *out)
{
	const cJSON *list = tree_get(e, "speed_dials"), *d;
	struct cell c;

	if (!cJSON_GetArraySize(list))
		return;
	text_add(out, "spl:");
	cJSON_ArrayForEach (d, list)
		text_addf(out, "%s%s", print_value(&c, d, "number"), d->next ? " " : "");
	text_addc(out, '\n');
}

/* ---- summary ---- */

static void summary_block(const cJSON *e, struct text *out)
{
	struct cell a, b, c;

	head(e, out);
	text_addc(out, '\n');
	flags(e, out);
	text_addf(out, " debug:%s\n", print_flag(e, "debug"));
	privacy(e, out);
	addresses(e, out);
	text_addf(out, "%s keepalive %s music %s", print_value(&a, e, "device_type"),
		  print_value(&b, e, "keepalives"), print_value(&c, e, "music"));
	pairs(e, out);
	speed_dials(e, out);
}

static void totals(const cJSON *v, struct text *out)
{
	struct cell a, b, c, d, e;

	text_addf(out, "Max %s, Registered %s, Unregistered %s, Deceased %s, Sockets %s\n",
		  print_value(&a, v, "totals.max"), print_value(&b, v, "totals.registered"),
		  print_value(&c, v, "totals.unregistered"), print_value(&d, v, "totals.deceased"),
		  print_value(&e, v, "totals.sockets"));
	text_addf(out, "\nMax Conferences %s with %s active (%s allowed)\n",
		  print_value(&a, v, "conferences.max"), print_value(&b, v, "conferences.active"),
		  print_value(&c, v, "conferences.allowed"));
	text_addf(out,
		  "Skinny Music On Hold Status\nActive MOH clients %s (max %s), Media Clients %s\n",
		  print_value(&a, v, "moh.active_clients"), print_value(&b, v, "moh.max_clients"),
		  print_value(&c, v, "moh.media_clients"));
	if (tree_str(v, "moh.file"))
		text_addf(out, "File %s\n", tree_str(v, "moh.file"));
	else
		text_add(out, "No MOH file loaded\n");
}

void print_ephone_summary(const cJSON *view, struct text *out)
{
	const cJSON *items = tree_get(view, "items"), *e;

	cJSON_ArrayForEach (e, items) {
		summary_block(e, out);
		if (e->next)
			text_addc(out, '\n');
	}
	if (!tree_get(view, "totals"))
		return;
	if (cJSON_GetArraySize(items))
		text_addc(out, '\n');
	totals(view, out);
}

/* ---- one phone ---- */

static void line(const cJSON *l, struct text *out)
{
	const char *ring = tree_str(l, "ring");
	const cJSON *ch;
	struct cell a, b, c;

	text_addf(out, "button %s: dn %s number %s", print_value(&a, l, "button"),
		  print_value(&b, l, "dn"), print_value(&c, l, "number"));
	if (tree_str(l, "auto_dial"))
		text_addf(out, " auto dial %s", tree_str(l, "auto_dial"));
	if (tree_str(l, "cfa"))
		text_addf(out, " CFA %s", tree_str(l, "cfa"));
	cJSON_ArrayForEach (ch, tree_get(l, "channels"))
		text_addf(out, " CH%s %s", print_value(&a, ch, "channel"),
			  print_value(&b, ch, "state"));
	if (ring && strcmp(ring, "normal") != 0)
		text_addf(out, " %s-ring", ring);
	text_addf(out, "%s%s%s\n", tree_is(l, "overlay") ? " overlay" : "",
		  tree_is(l, "shared") ? " shared" : "", tree_is(l, "call_waiting") ? " cw" : "");
}

static void overlays(const cJSON *e, struct text *out)
{
	const cJSON *set, *dn;
	struct cell c;

	cJSON_ArrayForEach (set, tree_get(e, "overlays")) {
		text_addf(out, "overlay %s:", print_value(&c, set, "button"));
		cJSON_ArrayForEach (dn, tree_get(set, "dns"))
			text_addf(out, " %d", dn->valueint);
		text_addc(out, '\n');
	}
}

static void choices(const cJSON *e, struct text *out)
{
	struct cell a;

	if (tree_is(e, "dnd"))
		text_add(out, "DnD\n");
	text_addf(out, "Preferred Codec: %s\n", print_value(&a, e, "preferred_codec"));
	text_addf(out, "Lpcor Type: %s",
		  tree_str(e, "lpcor_type") ? tree_str(e, "lpcor_type") : "none");
	if (tree_str(e, "lpcor_incoming"))
		text_addf(out, " Incoming: %s", tree_str(e, "lpcor_incoming"));
	if (tree_str(e, "lpcor_outgoing"))
		text_addf(out, " Outgoing: %s", tree_str(e, "lpcor_outgoing"));
	text_addc(out, '\n');
	if (tree_str(e, "username"))
		text_addf(out, "Username: %s Password: <hidden>\n", tree_str(e, "username"));
	if (tree_get(e, "paging_dn"))
		text_addf(out, "paging-dn %s\n", print_value(&a, e, "paging_dn"));
}

static void active_call(const cJSON *e, struct text *out)
{
	const cJSON *c = tree_get(e, "active_call");
	struct cell v[9];

	if (!c)
		return;
	text_addf(out,
		  "Active Call on DN: Called Dn %s, Calling Dn %s\nTx Pkts %s bytes %s Rx Pkts %s "
		  "bytes %s Lost %s\nJitter %s Latency %s\n",
		  print_value(&v[0], c, "called_dn"), print_value(&v[1], c, "calling_dn"),
		  print_value(&v[2], c, "tx_packets"), print_value(&v[3], c, "tx_bytes"),
		  print_value(&v[4], c, "rx_packets"), print_value(&v[5], c, "rx_bytes"),
		  print_value(&v[6], c, "lost"), print_value(&v[7], c, "jitter_ms"),
		  print_value(&v[8], c, "latency_ms"));
}

static void ephone(const cJSON *e, struct text *out)
{
	const cJSON *l;
	struct cell a, b, c, d, f;

	head(e, out);
	if (tree_str(e, "sccp_version"))
		text_addf(out, " in SCCP ver %s max_streams=%s", tree_str(e, "sccp_version"),
			  print_value(&a, e, "max_streams"));
	text_addc(out, '\n');
	flags(e, out);
	text_addf(out, " paging %s debug:%s caps:%s\n", print_flag(e, "paging"),
		  print_flag(e, "debug"), print_value(&a, e, "capabilities"));
	privacy(e, out);
	addresses(e, out);
	text_addf(out, "%s %s keepalive %s max_line %s available_line %s\n",
		  print_value(&a, e, "remote_port"), print_value(&b, e, "device_type"),
		  print_value(&c, e, "keepalives"), print_value(&d, e, "max_lines"),
		  print_value(&f, e, "available_lines"));
	cJSON_ArrayForEach (l, tree_get(e, "lines"))
		line(l, out);
	overlays(e, out);
	speed_dials(e, out);
	choices(e, out);
	active_call(e, out);
}

void print_ephones(const cJSON *view, struct text *out)
{
	const cJSON *items = tree_get(view, "items"), *e;

	if (!items) {
		ephone(view, out);
		return;
	}
	cJSON_ArrayForEach (e, items) {
		ephone(e, out);
		if (e->next)
			text_addc(out, '\n');
	}
}

/* ---- sockets ---- */

static void listener(const cJSON *v, const char *name, const char *label, struct text *out)
{
	const cJSON *l = tree_get(v, name);

	text_addf(out, "%s fd = %d\n", label, tree_is(l, "open") ? (int)tree_num(l, "fd", -1) : -1);
}

static void connection(const cJSON *c, struct text *out)
{
	const char *kind = tree_str(c, "owner.kind"), *family = tree_str(c, "family");
	struct cell a, b;

	text_addf(out, "%s %s,\n", kind && !strcmp(kind, "mtp") ? "MTP" : "Phone",
		  print_value(&a, c, "owner.id"));
	text_addf(out, "skinny_sockets[%s] fd = %s%s\n", print_value(&a, c, "slot"),
		  print_value(&b, c, "fd"), family && !strcmp(family, "ipv6") ? " [ipv6]" : "");
	text_addf(out, "read_buffer 0x0, read_offset %s, read_header %s, read_length %s\n",
		  print_value(&a, c, "read.offset"), print_yes(c, "read.header"),
		  print_value(&b, c, "read.length"));
	text_addf(out, "resend_queue 0x0, resend_offset %s, resend_flag %s, resend_Q_depth %s\n",
		  print_value(&a, c, "resend.offset"), print_yes(c, "resend.flag"),
		  print_value(&b, c, "resend.queue_depth"));
}

void print_sockets(const cJSON *view, struct text *out)
{
	const cJSON *c;
	struct cell n;

	listener(view, "listen_ipv4", "skinny_tcp_listen_socket", out);
	text_addc(out, '\n');
	listener(view, "listen_ipv6", "skinny_tcp_listen_socket (ipv6)", out);
	text_addc(out, '\n');
	listener(view, "listen_secure_ipv4", "skinny_secure_tcp_listen_socket", out);
	listener(view, "listen_secure_ipv6", "skinny_secure_tcp_listen_socket (ipv6)", out);
	text_addc(out, '\n');
	cJSON_ArrayForEach (c, tree_get(view, "connections"))
		connection(c, out);
	if (tree_get(view, "open_sockets"))
		text_addf(out, "skinny_open_sockets = %s\n", print_value(&n, view, "open_sockets"));
}

/* ---- refused ---- */

void print_ephone_attempts(const cJSON *view, struct text *out)
{
	const cJSON *a;
	struct cell num, mac, at, type;

	text_add(out, "\nAttempting Mac address:\n\nNum Mac Address DateTime DeviceType\n-----\n");
	cJSON_ArrayForEach (a, tree_get(view, "items"))
		text_addf(out, "%s %s %s %s\n", print_value(&num, a, "num"),
			  print_mac(&mac, a, "mac"), print_value(&at, a, "attempted_at_text"),
			  print_value(&type, a, "device_type"));
}
