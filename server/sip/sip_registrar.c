/* server/sip/sip_registrar.c - see sip_registrar.h.
 *
 * An address-of-record here is a number of one pool. A shared line is the same number in several pools:
 * each phone sees and removes its own bindings only, call control joins them. */
#include "server/sip/sip_registrar.h"

#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"

struct sip_registrar {
	struct sip_map aors, devices;
	struct sip_timers *timers;
	const struct sip_conf *conf;
	const struct sip_registrar_ops *ops;
	void *ctx;
};

/* ---- bindings and devices ---- */

struct slice sip_binding_user(const struct sip_binding *b)
{
	return (struct slice){ b->text, b->user_len };
}

struct slice sip_binding_uri(const struct sip_binding *b)
{
	return (struct slice){ b->text + b->user_len, b->uri_len };
}

static struct slice binding_params(const struct sip_binding *b)
{
	return (struct slice){ b->text + b->user_len + b->uri_len, b->params_len };
}

static struct slice binding_instance(const struct sip_binding *b)
{
	return (struct slice){ b->text + b->user_len + b->uri_len + b->params_len,
			       b->instance_len };
}

struct slice sip_binding_call_id(const struct sip_binding *b)
{
	return (struct slice){ b->text + b->user_len + b->uri_len + b->params_len + b->instance_len,
			       b->call_id_len };
}

static bool same(struct slice a, struct slice b)
{
	return a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len));
}

static void count_lines(struct sip_device *d)
{
	d->lines = 0;
	for (const struct sip_binding *b = d->bindings; b; b = b->next) {
		const struct sip_binding *o = d->bindings;

		while (o != b && !same(sip_binding_user(o), sip_binding_user(b)))
			o = o->next;
		d->lines += o == b;
	}
}

static void binding_free(struct sip_registrar *r, struct sip_binding *b)
{
	struct sip_binding **at = &b->device->bindings;

	while (*at != b)
		at = &(*at)->next;
	*at = b->next;
	sip_timer_cancel(r->timers, &b->timer);
	sip_map_remove(&r->aors, &b->node);
	mem_free(b);
}

struct sip_device *sip_registrar_device(const struct sip_registrar *r, const char *name)
{
	struct sip_node *n =
	    sip_map_first(&r->devices, sip_map_hash(&r->devices, name, strlen(name)));

	for (; n; n = sip_map_next(n)) {
		struct sip_device *d = container_of(n, struct sip_device, node);

		if (!strcmp(d->name, name))
			return d;
	}
	return NULL;
}

static void device_free(struct sip_registrar *r, struct sip_device *d)
{
	while (d->bindings)
		binding_free(r, d->bindings);
	sip_map_remove(&r->devices, &d->node);
	mem_free(d->call_id);
	mem_free(d->user_agent);
	mem_free(d->load);
	mem_free(d);
}

/* Ends a device without bindings and says so. */
static void device_settle(struct sip_registrar *r, struct sip_device *d, enum phone_step why,
			  const char *reason)
{
	char name[DEVICE_NAME_SIZE];

	if (d->bindings) {
		count_lines(d);
		return;
	}
	memcpy(name, d->name, sizeof(name));
	device_free(r, d);
	r->ops->gone(r->ctx, name, why, reason);
}

static struct sip_device *device_get(struct sip_registrar *r, const char *name)
{
	struct sip_device *d = sip_registrar_device(r, name);

	if (d)
		return d;
	d = mem_zalloc(sizeof(*d));
	d->registrar = r;
	(void)text_copy(d->name, sizeof(d->name), name);
	sip_map_put(&r->devices, &d->node, sip_map_hash(&r->devices, d->name, strlen(d->name)));
	return d;
}

static void replace_text(char **at, const char *s, size_t len)
{
	if (*at && strlen(*at) == len && !memcmp(*at, s, len))
		return;
	mem_free(*at);
	*at = len ? mem_strndup(s, len) : NULL;
}

static void device_update(struct sip_registrar *r, struct sip_device *d,
			  const struct sip_register *req)
{
	uint64_t old = d->flow.transport == SIP_TCP ? d->flow.conn : 0;

	d->pool = req->pool->tag;
	d->flow = *req->flow;
	d->cisco = req->identity->cisco;
	replace_text(&d->call_id, req->msg->call_id.p, req->msg->call_id.len);
	replace_text(&d->user_agent, req->identity->user_agent, strlen(req->identity->user_agent));
	if (req->identity->load[0])
		replace_text(&d->load, req->identity->load, strlen(req->identity->load));
	if (old && old != req->flow->conn)
		r->ops->moved(r->ctx, old);
}

static void on_expired(void *ctx, struct sip_timer *t);

/* ---- making a binding ---- */

static char *put(char *at, struct slice s, uint16_t *len)
{
	for (size_t i = 0; i < s.len; i++) /* unfolded: nothing of a peer breaks a line of ours */
		*at++ = s.p[i] == '\r' || s.p[i] == '\n' ? ' ' : s.p[i];
	*len = (uint16_t)s.len;
	return at;
}

static void binding_add(struct sip_registrar *r, const struct sip_register *req,
			const struct sip_contact *c, uint32_t expires_s, uint64_t now_ms)
{
	const struct sip_user *user = &req->msg->to.user;
	struct slice call_id = req->msg->call_id;
	struct sip_device *d = device_get(r, req->device);
	struct sip_binding *b = mem_alloc(sizeof(*b) + user->len + c->text.len + c->params.len +
					  c->instance.len + call_id.len);
	char *at = b->text;

	memset(b, 0, sizeof(*b));
	at = put(at, (struct slice){ user->s, user->len }, &b->user_len);
	at = put(at, c->text, &b->uri_len);
	at = put(at, c->params, &b->params_len);
	at = put(at, c->instance, &b->instance_len);
	put(at, call_id, &b->call_id_len);
	b->cseq = req->msg->cseq;
	b->q = (uint16_t)c->q;
	b->reg_id = c->reg_id;
	b->expires_at_ms = now_ms + (uint64_t)expires_s * 1000;
	b->timer.fn = on_expired;
	b->device = d;
	b->next = d->bindings;
	d->bindings = b;
	sip_map_put(&r->aors, &b->node, sip_map_hash(&r->aors, user->s, user->len));
	sip_timer_set(r->timers, &b->timer, b->expires_at_ms + SIP_GRACE_MS);
}

/* ---- finding ---- */

const struct sip_binding *sip_registrar_find(const struct sip_registrar *r, const char *user,
					     size_t len, const struct sip_binding *after)
{
	struct sip_node *n = after ? sip_map_next(&after->node)
				   : sip_map_first(&r->aors, sip_map_hash(&r->aors, user, len));

	for (; n; n = sip_map_next(n)) {
		struct sip_binding *b = container_of(n, struct sip_binding, node);

		if (same(sip_binding_user(b), (struct slice){ user, len }))
			return b;
	}
	return NULL;
}

/* Next binding of the number in this request's pool. */
static struct sip_binding *own_next(const struct sip_registrar *r, const struct sip_register *req,
				    const struct sip_binding *after)
{
	const struct sip_user *u = &req->msg->to.user;
	const struct sip_binding *b = after;

	while ((b = sip_registrar_find(r, u->s, u->len, b)))
		if (b->device->pool == req->pool->tag)
			return (struct sip_binding *)b;
	return NULL;
}

/* The instance tells phones apart where both have one (RFC 5626), else the Contact URI. */
static bool is_same_contact(const struct sip_binding *b, const struct sip_contact *c)
{
	struct sip_uri u;

	if (b->instance_len && c->instance.len)
		return same(binding_instance(b), c->instance) && b->reg_id == c->reg_id;
	return !sip_uri_parse(&u, sip_binding_uri(b)) && sip_uri_eq(&u, &c->uri);
}

static struct sip_binding *find_contact(const struct sip_registrar *r,
					const struct sip_register *req, const struct sip_contact *c)
{
	struct sip_binding *b = NULL;

	while ((b = own_next(r, req, b)))
		if (is_same_contact(b, c))
			return b;
	return NULL;
}

static bool is_out_of_order(const struct sip_binding *b, const struct sip_msg *m)
{
	return same(sip_binding_call_id(b), m->call_id) && m->cseq <= b->cseq;
}

/* ---- one REGISTER ---- */

static void refuse(struct sip_outcome *out, int code, const char *reason)
{
	out->code = code;
	out->reason = reason;
}

static uint32_t wanted_expires(const struct sip_msg *m, const struct sip_contact *c, uint32_t max)
{
	if (c->expires_kind != EXPIRES_ABSENT)
		return c->expires_s;
	if (m->expires_kind != EXPIRES_ABSENT)
		return m->expires_s;
	return max < 3600 ? max : 3600;
}

static bool is_contact_usable(const struct sip_register *req, const struct sip_contact *c)
{
	struct net_addr a;
	char host[NET_HOST_SIZE];
	uint16_t port = c->uri.port > 0 ? (uint16_t)c->uri.port : 5060;

	if (c->uri.host.len >= sizeof(host))
		return true; /* a name */
	memcpy(host, c->uri.host.p, c->uri.host.len);
	host[c->uri.host.len] = '\0';
	if (net_addr_parse(&a, host, port))
		return true;
	if (net_addr_is_any(&a) || net_addr_eq(&a, &req->flow->local))
		return false;
	return a.u.sa.sa_family == AF_INET6 ? !IN6_IS_ADDR_MULTICAST(&a.u.in6.sin6_addr)
					    : !IN_MULTICAST(ntohl(a.u.in.sin_addr.s_addr));
}

static void check_contact(const struct sip_registrar *r, const struct sip_register *req,
			  const struct sip_contact *c, struct sip_outcome *out)
{
	const struct sip_settings *s = sip_conf_settings(r->conf);
	uint32_t wanted = wanted_expires(req->msg, c, s->expires_max_s);
	const struct sip_binding *old = find_contact(r, req, c);

	if (c->text.len + c->params.len + c->instance.len + req->msg->call_id.len >
	    SIP_CONTACT_TEXT_MAX)
		refuse(out, 400, "Contact is too long");
	else if (!is_contact_usable(req, c))
		refuse(out, 403, "Contact names this server or no single host");
	else if (old && is_out_of_order(old, req->msg))
		refuse(out, 400, "CSeq out of order");
	else if (wanted && wanted < s->expires_min_s) {
		refuse(out, 423, REJECT_EXPIRES);
		out->expires_s = s->expires_min_s;
	}
}

static size_t count_own(const struct sip_registrar *r, const struct sip_register *req)
{
	size_t n = 0;

	for (struct sip_binding *b = NULL; (b = own_next(r, req, b));)
		n++;
	return n;
}

static void check_request(const struct sip_registrar *r, const struct sip_register *req,
			  struct sip_outcome *out)
{
	const struct sip_msg *m = req->msg;

	if (m->star && (m->n_contacts || m->expires_kind != EXPIRES_GIVEN || m->expires_s))
		refuse(out, 400, "Contact * needs Expires 0 and no other Contact");
	for (struct sip_binding *b = NULL;
	     m->star && out->code == 200 && (b = own_next(r, req, b));)
		if (is_out_of_order(b, m))
			refuse(out, 400, "CSeq out of order");
	for (size_t i = 0; i < m->n_contacts && out->code == 200; i++)
		check_contact(r, req, &m->contacts[i], out);
	if (out->code == 200 && m->n_contacts &&
	    (count_own(r, req) + m->n_contacts > SIP_AOR_CONTACTS_MAX ||
	     r->aors.count + m->n_contacts > SIP_BINDINGS_MAX))
		refuse(out, 503, "Too many contacts are registered");
}

/* Takes a binding away; its device is settled unless it is the request's own, which comes last. */
static void take_away(struct sip_registrar *r, struct sip_binding *b, const char *own)
{
	struct sip_device *d = b->device;

	binding_free(r, b);
	if (strcmp(d->name, own) != 0)
		device_settle(r, d, STEP_UNREGISTERED, "came back with another contact");
}

static void apply_contact(struct sip_registrar *r, const struct sip_register *req,
			  const struct sip_contact *c, uint64_t now_ms, struct sip_outcome *out)
{
	uint32_t max = sip_conf_settings(r->conf)->expires_max_s;
	uint32_t wanted = wanted_expires(req->msg, c, max);
	struct sip_binding *old = find_contact(r, req, c);

	if (old)
		take_away(r, old, req->device);
	if (!wanted)
		return;
	if (wanted > max)
		wanted = max;
	binding_add(r, req, c, wanted, now_ms);
	out->removal = false;
	if (wanted > out->expires_s)
		out->expires_s = wanted;
}

static void apply_request(struct sip_registrar *r, const struct sip_register *req, uint64_t now_ms,
			  struct sip_outcome *out)
{
	struct sip_binding *b;
	struct sip_device *d;

	out->removal = req->msg->star || req->msg->n_contacts;
	while (req->msg->star && (b = own_next(r, req, NULL)))
		take_away(r, b, req->device);
	for (size_t i = 0; i < req->msg->n_contacts; i++)
		apply_contact(r, req, &req->msg->contacts[i], now_ms, out);
	d = sip_registrar_device(r, req->device);
	if (d && (req->msg->star || req->msg->n_contacts)) {
		if (d->bindings)
			device_update(r, d, req);
		device_settle(r, d, STEP_UNREGISTERED, "the phone unregistered");
	}
	d = out->removal ? NULL : d;
	if (d)
		r->ops->registered(r->ctx, d, out->expires_s);
}

/* Parameters as the phone wrote them, without what the registrar decides. */
static void add_params(struct text *t, struct slice params)
{
	struct slice name, value;

	while (sip_param_next(&params, &name, &value)) {
		if (slice_eq_nocase(name, "expires") || slice_eq_nocase(name, "x-cisco-newreg"))
			continue;
		text_addc(t, ';');
		text_addn(t, name.p, name.len);
		if (value.p) {
			text_addc(t, '=');
			text_addn(t, value.p, value.len);
		}
	}
}

static void list_contacts(const struct sip_registrar *r, const struct sip_register *req, bool fresh,
			  uint64_t now_ms, struct text *t)
{
	for (struct sip_binding *b = NULL; (b = own_next(r, req, b));) {
		struct slice uri = sip_binding_uri(b);

		if (b->expires_at_ms <= now_ms)
			continue; /* held only for a refresh in flight */
		text_addf(t, "Contact: <%.*s>", (int)uri.len, uri.p);
		add_params(t, binding_params(b));
		text_addf(t, ";expires=%u%s\r\n",
			  (unsigned)((b->expires_at_ms - now_ms + 999) / 1000),
			  fresh && req->identity->cisco ? ";x-cisco-newreg" : "");
	}
}

void sip_registrar_register(struct sip_registrar *r, const struct sip_register *req,
			    uint64_t now_ms, struct text *contacts, struct sip_outcome *out)
{
	bool fresh = !sip_registrar_device(r, req->device);

	memset(out, 0, sizeof(*out));
	out->code = 200;
	check_request(r, req, out);
	if (out->code != 200)
		return;
	apply_request(r, req, now_ms, out);
	list_contacts(r, req, fresh, now_ms, contacts);
}

/* ---- endings ---- */

static void on_expired(void *ctx, struct sip_timer *t)
{
	struct sip_binding *b = container_of(t, struct sip_binding, timer);
	struct sip_device *d = b->device;
	struct sip_registrar *r = d->registrar;

	(void)ctx;
	binding_free(r, b);
	device_settle(r, d, STEP_EXPIRED, "no refresh came in time");
}

static void recheck_device(void *ctx, struct sip_node *n)
{
	struct sip_registrar *r = ctx;
	struct sip_device *d = container_of(n, struct sip_device, node);
	const struct sip_pool *p = sip_conf_pool(r->conf, d->pool);
	char name[DEVICE_NAME_SIZE] = "";
	struct sip_binding *b = d->bindings, *next;

	if (p)
		sip_conf_device(p, &d->flow.peer, name, sizeof(name));
	for (; b; b = next) {
		struct slice user = sip_binding_user(b);

		next = b->next;
		if (!p || strcmp(name, d->name) != 0 ||
		    !sip_conf_pool_has(r->conf, p, user.p, user.len))
			binding_free(r, b);
	}
	device_settle(r, d, STEP_UNREGISTERED, "no longer configured");
}

void sip_registrar_recheck(struct sip_registrar *r)
{
	sip_map_each(&r->devices, recheck_device, r);
}

struct clearing {
	struct sip_registrar *r;
	const char *reason;
};

static void clear_device(void *ctx, struct sip_node *n)
{
	struct clearing *c = ctx;
	struct sip_device *d = container_of(n, struct sip_device, node);

	while (d->bindings)
		binding_free(c->r, d->bindings);
	device_settle(c->r, d, STEP_UNREGISTERED, c->reason);
}

void sip_registrar_clear(struct sip_registrar *r, const char *reason)
{
	struct clearing c = { r, reason };

	sip_map_each(&r->devices, clear_device, &c);
}

struct sip_registrar *sip_registrar_new(struct sip_timers *timers, const struct sip_conf *conf,
					const struct sip_registrar_ops *ops, void *ctx)
{
	struct sip_registrar *r = mem_zalloc(sizeof(*r));

	sip_map_init(&r->aors);
	sip_map_init(&r->devices);
	r->timers = timers;
	r->conf = conf;
	r->ops = ops;
	r->ctx = ctx;
	return r;
}

static void free_device(void *ctx, struct sip_node *n)
{
	device_free(ctx, container_of(n, struct sip_device, node));
}

void sip_registrar_free(struct sip_registrar *r)
{
	if (!r)
		return;
	sip_map_each(&r->devices, free_device, r);
	sip_map_fini(&r->aors);
	sip_map_fini(&r->devices);
	mem_free(r);
}

size_t sip_registrar_bindings(const struct sip_registrar *r)
{
	return r->aors.count;
}

size_t sip_registrar_devices(const struct sip_registrar *r)
{
	return r->devices.count;
}
