/* server/phones/phones.c - begin and end of the room, and its doors for other threads: posts that
 * never wait, asks that are answered by the call loop within a deadline and in slices, so that no
 * reader holds the loop for long. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/metric.h"
#include "server/phones/phones_int.h"
#include "store/event.h"
#include "store/store.h"

#define TICK_MS       1000
#define PAGE_SLICE    100 /* phones looked at in one turn: well under a millisecond */
#define LIVE_SLICE    32  /* the same with what the engines add */
#define JOURNAL_STEPS 192 /* older steps shown with a timeline */

/* ---- configuration: woken by commits, looked after by a slow timer when the mailbox was full ----
 */
static void do_refresh(void *owner, void *msg)
{
	struct phones *p = *(struct phones **)msg;

	(void)owner;
	atomic_store(&p->stale, false);
	phones_conf_refresh(p);
}

static void on_commit(void *ctx)
{
	struct phones *p = ctx;

	if (!atomic_exchange(&p->stale, true) &&
	    mailbox_post(loop_mailbox(p->loop), do_refresh, &p, sizeof(struct phones *)))
		atomic_store(&p->stale, false);
}

static void on_tick(struct loop_timer *t)
{
	struct phones *p = container_of(t, struct phones, tick);

	phones_conf_refresh(p);
	pending_save(p);
	loop_timer_set(t, TICK_MS);
}

int phones_new(struct phones **out, struct loop *loop, struct store *store)
{
	struct phones *p = mem_zalloc(sizeof(*p));

	p->loop = loop;
	p->store = store;
	p->clock = loop_clock(loop);
	p->event_tokens = EVENT_BURST;
	p->conf.sip_attempts = PHONES_ATTEMPTS_MAX;
	p->event_filled_ms = clock_mono_ms(p->clock);
	if (getrandom(&p->seed, sizeof(p->seed), 0) != (ssize_t)sizeof(p->seed))
		p->seed = (uint32_t)clock_mono_ms(p->clock);
	loop_timer_init(&p->tick, loop, on_tick);
	resets_init(p);
	if (store) {
		phones_conf_load(p);
		pending_load(p);
		store_watch(store, on_commit, p);
		loop_timer_set(&p->tick, TICK_MS);
	}
	*out = p;
	return 0;
}

void phones_free(struct phones *p)
{
	if (!p)
		return;
	if (p->store)
		store_unwatch(p->store, p);
	loop_timer_cancel(&p->tick);
	pending_save(p);
	pending_free(&p->pending);
	resets_free(p);
	phones_conf_free(p);
	phone_free_all(p);
	attempts_free(&p->attempts);
	mem_free(p);
}

void phones_set_actor(struct phones *p, enum phone_protocol proto, phones_actor fn, void *engine)
{
	p->actor[proto].fn = fn;
	p->actor[proto].engine = engine;
}

void phones_set_reporter(struct phones *p, enum phone_protocol proto, phones_reporter fn)
{
	p->actor[proto].report = fn;
}

/* ---- posts ---- */
struct post_file {
	struct phones *p;
	struct phones_file file;
};
struct post_time {
	struct phones *p;
	struct net_addr peer;
};

static void do_file(void *owner, void *msg)
{
	struct post_file *m = msg;

	(void)owner;
	phones_file(m->p, &m->file);
}

static void do_time(void *owner, void *msg)
{
	struct post_time *m = msg;

	(void)owner;
	phones_time(m->p, &m->peer);
}

void phones_post_file(struct phones *p, const struct phones_file *f)
{
	struct post_file m = { p, *f };

	m.file.name[sizeof(m.file.name) - 1] = m.file.note[sizeof(m.file.note) - 1] = 0;
	if (mailbox_post(loop_mailbox(p->loop), do_file, &m, sizeof(m)))
		atomic_fetch_add(&p->posts_lost, 1);
}

void phones_post_time(struct phones *p, const struct net_addr *peer)
{
	struct post_time m = { p, *peer };

	if (mailbox_post(loop_mailbox(p->loop), do_time, &m, sizeof(m)))
		atomic_fetch_add(&p->posts_lost, 1);
}

/* ---- asks ---- */
static int print(cJSON *o, char **json)
{
	char *text = cJSON_PrintUnformatted(o);

	cJSON_Delete(o);
	if (!text)
		return ERR_INTERNAL;
	*json = mem_strdup(text);
	cJSON_free(text);
	return 0;
}

static int ask(struct phones *p, mailbox_fn fn, void *msg, size_t len, mailbox_drop drop)
{
	return mailbox_ask(loop_mailbox(p->loop), fn, msg, len, PHONES_ASK_MS, drop);
}

struct ask_page {
	struct phones *p;
	struct page page;
};

static void do_page(void *owner, void *msg)
{
	struct ask_page *m = msg;

	(void)owner;
	m->page.items = NULL; /* each slice brings its own: a late one must not touch the others */
	phones_page(m->p, &m->page, m->page.live ? LIVE_SLICE : PAGE_SLICE);
}

static void drop_page(void *msg)
{
	cJSON_Delete(((struct ask_page *)msg)->page.items);
}

static void copy_lower(char *out, size_t cap, const char *s)
{
	text_copy(out, cap, s ? s : "");
	for (; *out; out++)
		if (*out >= 'A' && *out <= 'Z')
			*out = (char)(*out + 'a' - 'A');
}

/* Slice after slice until the page is full or the table ends. */
static int ask_pages(struct ask_page *m, cJSON *items)
{
	cJSON *item;
	int err = 0;

	while (!err && !m->page.done) {
		m->page.items = NULL;
		err = ask(m->p, do_page, m, sizeof(*m), drop_page);
		while (!err && (item = cJSON_DetachItemFromArray(m->page.items, 0)))
			cJSON_AddItemToArray(items, item);
		if (!err)
			cJSON_Delete(m->page.items);
	}
	return err;
}

int phones_list_json(struct phones *p, const struct phones_query *q, char **json)
{
	struct ask_page m = { .p = p };
	cJSON *out, *items = cJSON_CreateArray();
	int err;

	text_copy(m.page.state, sizeof(m.page.state), q->state ? q->state : "");
	text_copy(m.page.protocol, sizeof(m.page.protocol), q->protocol ? q->protocol : "");
	copy_lower(m.page.text, sizeof(m.page.text), q->text);
	text_copy(m.page.after, sizeof(m.page.after), q->after ? q->after : "");
	m.page.descending = q->descending;
	m.page.want = q->limit == 0 || q->limit > PHONES_PAGE_MAX ? PHONES_PAGE_MAX : q->limit;
	err = ask_pages(&m, items);
	if (err) {
		cJSON_Delete(items);
		return err;
	}
	out = cJSON_CreateObject();
	cJSON_AddItemToObject(out, "items", items);
	if (m.page.more)
		cJSON_AddStringToObject(out, "next_cursor", m.page.after);
	else
		cJSON_AddNullToObject(out, "next_cursor");
	cJSON_AddNumberToObject(out, "total", (double)m.page.total);
	return print(out, json);
}

struct ask_phone {
	struct phones *p;
	char device[DEVICE_NAME_SIZE];
	bool timeline, live;
	int64_t oldest_ms;
	size_t journalled;
	cJSON *out;
};

static void do_phone(void *owner, void *msg)
{
	struct ask_phone *m = msg;
	const struct phone *ph = phone_find(m->p, m->device);
	struct timeline_step step;
	size_t at = 0;

	(void)owner;
	m->out = NULL;
	if (!ph)
		return;
	m->out = m->timeline ? phone_timeline_json(m->p, ph)
		 : m->live   ? phone_live_json(m->p, ph)
			     : phone_json(m->p, ph);
	while (timeline_next(&ph->timeline, &at, &step)) {
		if (!m->oldest_ms)
			m->oldest_ms = step.at_ms;
		m->journalled += step.journalled;
	}
}

static void drop_phone(void *msg)
{
	cJSON_Delete(((struct ask_phone *)msg)->out);
}

static int ask_phone(struct phones *p, const char *device, bool timeline, struct ask_phone *m)
{
	*m = (struct ask_phone){ .p = p, .timeline = timeline };
	if (phones_device_parse(device, m->device))
		return ERR_NOENT;
	return ask(p, do_phone, m, sizeof(*m), drop_phone);
}

int phones_get_json(struct phones *p, const char *device, char **json)
{
	struct ask_phone m;
	int err = ask_phone(p, device, false, &m);

	if (!err && !m.out)
		err = ERR_NOENT;
	return err ? err : print(m.out, json);
}

int phones_live(struct phones *p, const char *protocol, const char *device, cJSON **out)
{
	struct ask_page m = { .p = p };
	struct ask_phone one = { .p = p, .live = true };
	cJSON *items = cJSON_CreateArray();
	int err;

	if (device) {
		text_copy(one.device, sizeof(one.device), device);
		err = ask(p, do_phone, &one, sizeof(one), drop_phone);
		if (!err && one.out)
			cJSON_AddItemToArray(items, one.out);
	} else {
		m.page.live = true;
		m.page.want = SIZE_MAX;
		text_copy(m.page.protocol, sizeof(m.page.protocol), protocol);
		err = ask_pages(&m, items);
	}
	if (err)
		cJSON_Delete(items);
	else
		*out = items;
	return err;
}

int phones_timeline_json(struct phones *p, const char *device, char **json)
{
	struct ask_phone m;
	int err = ask_phone(p, device, true, &m);
	bool older = false, known;
	cJSON *steps;

	if (err)
		return err;
	known = m.out != NULL;
	if (!known) { /* perhaps before this start */
		m.out = cJSON_CreateObject();
		cJSON_AddStringToObject(m.out, "device", m.device);
		cJSON_AddNullToObject(m.out, "verdict");
		cJSON_AddArrayToObject(m.out, "steps");
	}
	steps = cJSON_GetObjectItemCaseSensitive(m.out, "steps");
	if (p->store)
		phones_journal_steps(p->store, m.device, m.oldest_ms, m.journalled, JOURNAL_STEPS,
				     steps, &older);
	if (!known && cJSON_GetArraySize(steps) == 0) {
		cJSON_Delete(m.out);
		return ERR_NOENT;
	}
	cJSON_AddBoolToObject(m.out, "older", older);
	return print(m.out, json);
}

struct ask_attempts {
	struct phones *p;
	int protocol;
	struct attempt *list;
	size_t n;
};

static void do_attempts(void *owner, void *msg)
{
	struct ask_attempts *m = msg;

	(void)owner;
	m->n = attempts_copy(&m->p->attempts, m->protocol, &m->list);
}

static void drop_attempts(void *msg)
{
	mem_free(((struct ask_attempts *)msg)->list);
}

static void do_count(void *owner, void *msg)
{
	struct ask_attempts *m = msg;

	(void)owner;
	m->n = attempts_count(&m->p->attempts, PHONE_SIP);
}

int phones_sip_attempts(struct phones *p, size_t *n)
{
	struct ask_attempts m = { .p = p };
	int err = ask(p, do_count, &m, sizeof(m), NULL);

	*n = err ? 0 : m.n;
	return err;
}

static void do_clear(void *owner, void *msg)
{
	struct ask_attempts *m = msg;

	(void)owner;
	attempts_clear(m->p, m->protocol);
}

static int protocol_number(const char *s, int *out)
{
	*out = -1;
	for (int i = 0; s && i < PHONE_PROTOCOLS; i++)
		if (!strcmp(s, phone_protocol_names[i]))
			*out = i;
	return s && *out < 0 ? ERR_INVALID : 0;
}

int phones_attempts_json(struct phones *p, const char *protocol, char **json)
{
	struct ask_attempts m = { .p = p };
	cJSON *out, *items;
	int err = protocol_number(protocol, &m.protocol);

	if (!err)
		err = ask(p, do_attempts, &m, sizeof(m), drop_attempts);
	if (err)
		return err;
	out = cJSON_CreateObject();
	items = cJSON_AddArrayToObject(out, "items");
	for (size_t i = 0; i < m.n; i++)
		cJSON_AddItemToArray(items, attempt_json(&m.list[i]));
	mem_free(m.list);
	return print(out, json);
}

int phones_attempts_clear(struct phones *p, const char *protocol)
{
	struct ask_attempts m = { .p = p };
	int err = protocol_number(protocol, &m.protocol);

	return err ? err : ask(p, do_clear, &m, sizeof(m), NULL);
}

/* ---- actions ---- */
struct ask_act {
	struct phones *p;
	char device[DEVICE_NAME_SIZE], who[64];
	enum phone_action action;
	int err;
};

int phones_do_act(struct phones *p, const char *device, enum phone_action action, const char *who)
{
	static const char *const names[] = { [PHONE_RESTART] = "restart", [PHONE_RESET] = "reset" };
	struct phone *ph = phone_find(p, device);
	char detail[PHONES_DETAIL_MAX + 1];
	struct text t;
	int err;

	if (!ph || !ph->registered)
		return ERR_NOENT;
	if (!p->actor[ph->protocol].fn)
		return ERR_UNSUPPORTED;
	err = p->actor[ph->protocol].fn(p->actor[ph->protocol].engine, device, action);
	ph = phone_find(p, device);
	if (err || !ph)
		return err;
	text_fixed(&t, detail, sizeof(detail));
	text_addf(&t, "%s, by %s", names[action], who);
	if (timeline_add(&ph->timeline, clock_wall_ns(p->clock) / 1000000, STEP_ACTION, detail))
		timeline_mark(&ph->timeline);
	if (p->store)
		event_emit(p->store, EV_PHONE_ACTION, ph->name, EVENT_STR("action", names[action]),
			   EVENT_STR("who", who));
	return 0;
}

static void do_act(void *owner, void *msg)
{
	struct ask_act *m = msg;

	(void)owner;
	m->err = phones_do_act(m->p, m->device, m->action, m->who);
}

int phones_act(struct phones *p, const char *device, enum phone_action action, const char *who)
{
	struct ask_act m = { .p = p, .action = action };
	int err;

	if (phones_device_parse(device, m.device))
		return ERR_NOENT;
	phones_clean(m.who, sizeof(m.who), who ? who : "");
	err = ask(p, do_act, &m, sizeof(m), NULL);
	return err ? err : m.err;
}

/* ---- reset of all ---- */
struct ask_reset {
	struct phones *p;
	struct phones_reset r;
	char who[64];
	size_t n;
};

static void do_reset_all(void *owner, void *msg)
{
	struct ask_reset *m = msg;

	(void)owner;
	m->n = resets_start(m->p, &m->r, m->who);
}

static void do_reset_cancel(void *owner, void *msg)
{
	struct ask_reset *m = msg;

	(void)owner;
	m->n = resets_cancel(m->p, m->r.protocol);
}

int phones_reset_all(struct phones *p, const struct phones_reset *r, const char *who, size_t *n)
{
	struct ask_reset m = { .p = p, .r = *r };
	int err;

	phones_clean(m.who, sizeof(m.who), who);
	err = ask(p, do_reset_all, &m, sizeof(m), NULL);
	*n = m.n;
	return err;
}

int phones_reset_cancel(struct phones *p, enum phone_protocol protocol, size_t *n)
{
	struct ask_reset m = { .p = p, .r = { .protocol = protocol } };
	int err = ask(p, do_reset_cancel, &m, sizeof(m), NULL);

	*n = m.n;
	return err;
}

struct ask_resets {
	struct phones *p;
	cJSON *out;
};

static void do_resets(void *owner, void *msg)
{
	struct ask_resets *m = msg;

	(void)owner;
	m->out = cJSON_CreateArray();
	for (int i = 0; i < PHONE_PROTOCOLS; i++)
		if (m->p->reset[i].on)
			cJSON_AddItemToArray(m->out, reset_json(&m->p->reset[i]));
}

static void drop_resets(void *msg)
{
	cJSON_Delete(((struct ask_resets *)msg)->out);
}

int phones_resets(struct phones *p, cJSON **out)
{
	struct ask_resets m = { .p = p };
	int err = ask(p, do_resets, &m, sizeof(m), drop_resets);

	*out = m.out;
	return err;
}

/* ---- metrics ---- */
struct ask_totals {
	struct phones *p;
	struct phones_totals t;
	uint64_t pending;
};

static void do_totals(void *owner, void *msg)
{
	struct ask_totals *m = msg;

	(void)owner;
	m->t = m->p->totals;
	m->t.phones = m->p->n;
	m->t.unknown = m->p->n_loose;
	m->pending = m->p->pending.n;
	for (enum conf_kind k = 0; k < CONF_KINDS; k++)
		m->t.configured[k] = m->p->conf.kind[k].count;
}

int phones_count(struct phones *p, enum phone_protocol protocol, uint64_t *n)
{
	struct ask_totals m = { .p = p };
	int err = ask(p, do_totals, &m, sizeof(m), NULL);

	*n = m.t.registered[protocol];
	return err;
}

static void add_labelled(struct text *out, const char *name, const char *protocol, uint64_t value)
{
	text_addf(out, "switchroom_%s{protocol=\"%s\"} %llu\n", name, protocol,
		  (unsigned long long)value);
}

void phones_metrics(struct phones *p, struct text *out)
{
	struct ask_totals m = { .p = p };

	if (ask(p, do_totals, &m, sizeof(m), NULL))
		return;
	metric_gauge(out, "phones", "Devices known.", m.t.phones);
	metric_gauge(out, "phones_unknown", "Askers that are not configured.", m.t.unknown);
	metric_gauge(out, "phones_pending", "Phones that have not taken a change yet.", m.pending);
	metric_head(out, "phones_configured", "gauge", "Phones configured.");
	add_labelled(out, "phones_configured", "sccp", m.t.configured[CONF_EPHONE]);
	add_labelled(out, "phones_configured", "sip", m.t.configured[CONF_POOL]);
	metric_head(out, "phones_registered", "gauge", "Phones registered now.");
	add_labelled(out, "phones_registered", "sccp", m.t.registered[PHONE_SCCP]);
	add_labelled(out, "phones_registered", "sip", m.t.registered[PHONE_SIP]);
	metric_counter(out, "phone_steps_total", "Timeline steps recorded.", m.t.steps);
	metric_counter(out, "phone_refreshes_total", "Registrations refreshed.", m.t.refreshes);
	metric_counter(out, "phone_keepalives_total", "Keepalives received.", m.t.keepalives);
	metric_counter(out, "phone_rejections_total", "Registrations refused.", m.t.rejections);
	metric_counter(out, "phone_losses_total", "Registrations lost.", m.t.losses);
	metric_counter(out, "phones_evicted_total", "Unknown askers that made room.", m.t.evicted);
	metric_counter(out, "phone_events_held_total",
		       "Events held back, of unknown askers or too many of one phone.",
		       m.t.events_held);
	metric_counter(out, "phone_posts_lost_total", "Reports lost to a full mailbox.",
		       atomic_load(&p->posts_lost));
}
