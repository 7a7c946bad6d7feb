/* server/phones/pending.c - what phones still need after a change of the configuration. An entry comes with
 * the commit that asks for it and goes when the phone has taken the change:
 *
 * - reset: it has fetched its configuration file, in a transfer that began after the commit;
 * - restart: the same, or it has registered anew (a restart delivers by messages);
 * - reregister: any registration, a refresh too.
 *
 * Whatever we cannot know for certain leaves the entry standing: a reset too many harms less than a phone
 * that silently runs an old configuration. Entries outlive the process: each is a small record, written
 * behind by the tick, so that the call loop waits for nothing. Call loop, except where phones.h says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/phones/phones_int.h"
#include "store/store.h"

#define KEY_PREFIX "pending/"
#define KEY_UPTO   "pending_upto"
#define SLICE      100 /* devices of one turn of the loop */

static const char *const need_names[] = { "none", "reregister", "restart", "reset" };

const char *phone_need_text(enum phone_need need)
{
	return need_names[need];
}

enum phone_need phone_need_parse(const char *s)
{
	for (size_t i = 0; s && i < ARRAY_LEN(need_names); i++)
		if (!strcmp(s, need_names[i]))
			return (enum phone_need)i;
	return NEED_NONE;
}

/* ---- the table: sorted by device ---- */

static size_t lower_bound(const struct pending_table *t, const char *device)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (strcmp(t->list[mid]->device, device) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct pending *pending_find(const struct pending_table *t, const char *device)
{
	size_t i = t->n ? lower_bound(t, device) : 0;

	return i < t->n && !strcmp(t->list[i]->device, device) ? t->list[i] : NULL;
}

static struct pending *entry_need(struct pending_table *t, const char *device)
{
	size_t i = lower_bound(t, device);
	struct pending *e;

	if (i < t->n && !strcmp(t->list[i]->device, device))
		return t->list[i];
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 32;
		t->list = mem_realloc(t->list, t->cap * sizeof(struct pending *));
	}
	memmove(t->list + i + 1, t->list + i, (t->n - i) * sizeof(struct pending *));
	t->list[i] = e = mem_zalloc(sizeof(*e));
	t->n++;
	text_copy(e->device, sizeof(e->device), device);
	return e;
}

static void entry_drop(struct pending_table *t, struct pending *e)
{
	size_t i = lower_bound(t, e->device);

	if (t->gone_n == t->gone_cap) {
		t->gone_cap = t->gone_cap ? 2 * t->gone_cap : 32;
		t->gone = mem_realloc(t->gone, t->gone_cap * sizeof(*t->gone));
	}
	memcpy(t->gone[t->gone_n++], e->device, sizeof(e->device));
	memmove(t->list + i, t->list + i + 1, (t->n - i - 1) * sizeof(struct pending *));
	t->n--;
	mem_free(e);
}

void pending_free(struct pending_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		mem_free(t->list[i]);
	mem_free(t->list);
	mem_free(t->gone);
}

/* ---- records ---- */

static char *record_of(const struct pending *e)
{
	cJSON *o = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(o, "need", need_names[e->need]);
	cJSON_AddNumberToObject(o, "first", (double)e->first);
	cJSON_AddNumberToObject(o, "last", (double)e->last);
	cJSON_AddNumberToObject(o, "at_ms", (double)e->at_ms);
	cJSON_AddBoolToObject(o, "ask", e->ask);
	cJSON_AddBoolToObject(o, "asked", e->asked);
	cJSON_AddStringToObject(o, "who", e->who);
	text = cJSON_PrintUnformatted(o);
	cJSON_Delete(o);
	return text;
}

static double number(const cJSON *o, const char *name)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);

	return cJSON_IsNumber(v) && v->valuedouble > 0 ? v->valuedouble : 0;
}

static int load_one(void *ctx, const char *key, const void *value, size_t len)
{
	struct pending_table *t = ctx;
	const char *device = key + strlen(KEY_PREFIX), *who;
	struct pending *e;
	enum phone_need need;
	cJSON *o;

	if (strncmp(key, KEY_PREFIX, strlen(KEY_PREFIX)) != 0)
		return 1; /* behind the last of ours */
	o = cJSON_ParseWithLength(value, len);
	need = phone_need_parse(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "need")));
	if (need && strlen(device) < sizeof(e->device)) {
		e = entry_need(t, device);
		e->need = (uint8_t)need;
		e->first = (uint64_t)number(o, "first");
		e->last = (uint64_t)number(o, "last");
		e->at_ms = (int64_t)number(o, "at_ms");
		e->ask = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "ask"));
		e->asked = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "asked"));
		who = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "who"));
		text_copy(e->who, sizeof(e->who), who ? who : "");
	}
	cJSON_Delete(o);
	return 0;
}

static struct store_put upto_record(uint64_t upto, char text[24])
{
	int n = snprintf(text, 24, "%llu", (unsigned long long)upto);

	return (struct store_put){
		.bucket = BUCKET_META, .key = KEY_UPTO, .value = text, .len = (size_t)n
	};
}

void pending_load(struct phones *p)
{
	void *text = NULL;
	size_t len = 0;
	int64_t upto;

	if (store_get(p->store, BUCKET_META, KEY_UPTO, &text, &len) ||
	    text_to_int(text, len, 0, INT64_MAX, &upto)) {
		char number[24];
		struct store_put put = upto_record(store_revision(p->store), number);

		/* A store of before: it begins now. Nothing runs yet that must not wait. */
		upto = (int64_t)store_revision(p->store);
		(void)store_put(p->store, &put, 1);
	}
	mem_free(text);
	p->pending.upto = (uint64_t)upto;
	store_each(p->store, BUCKET_META, KEY_PREFIX, false, load_one, &p->pending);
}

static void key_of(char out[64], const char *device)
{
	snprintf(out, 64, KEY_PREFIX "%s", device);
}

struct batch {
	struct store_put *puts;
	char (*keys)[64];
	size_t n;
};

static void batch_add(struct batch *b, const char *device, char *value)
{
	key_of(b->keys[b->n], device);
	b->puts[b->n] = (struct store_put){ .bucket = BUCKET_META,
					    .key = b->keys[b->n],
					    .value = value,
					    .len = value ? strlen(value) : 0 };
	b->n++;
}

static void batch_fill(struct batch *b, const struct pending_table *t, char upto[24])
{
	for (size_t i = 0; i < t->gone_n; i++)
		batch_add(b, t->gone[i], NULL);
	for (size_t i = 0; i < t->n; i++)
		if (t->list[i]->dirty)
			batch_add(b, t->list[i]->device, record_of(t->list[i]));
	b->puts[b->n++] = upto_record(t->upto, upto);
}

static void saved(struct pending_table *t)
{
	t->gone_n = 0;
	t->dirty = false;
	for (size_t i = 0; i < t->n; i++)
		t->list[i]->dirty = false;
}

void pending_save(struct phones *p)
{
	struct pending_table *t = &p->pending;
	size_t cap = t->n + t->gone_n + 1;
	struct batch b = { 0 };
	char upto[24];

	if (!p->store || (!t->dirty && !t->gone_n))
		return;
	b.puts = mem_alloc(cap * sizeof(*b.puts));
	b.keys = mem_alloc(cap * sizeof(*b.keys));
	batch_fill(&b, t, upto);
	if (!store_put_soon(p->store, b.puts, b.n))
		saved(t); /* else at the next tick */
	for (size_t i = t->gone_n; i + 1 < b.n; i++)
		cJSON_free((void *)b.puts[i].value);
	mem_free(b.puts);
	mem_free(b.keys);
}

/* ---- a change ---- */

/* Who is not there takes the change when it comes; unless it has been here, and may come back as it was. */
static bool concerns(struct phones *p, const struct phones_need *n)
{
	const struct phone *ph = phone_find(p, n->device);

	if (n->need == NEED_NONE)
		return false;
	if (n->fresh || n->gone)
		return ph && ph->registered;
	return true;
}

/* A phone that has not taken the change before it was taken back has nothing to do. */
static bool never_taken(const struct pending *e, uint64_t undoes)
{
	return e && undoes && e->first == undoes && !e->asked;
}

/* True: it was asked. Who is not there is asked when it comes. The engine may tell of the phone at once, so
 * that its entry goes meanwhile. */
static bool act_on(struct phones *p, const struct pending *what)
{
	struct pending now = *what, *e;
	bool asked;

	if (now.need == NEED_REREGISTER)
		return false; /* it does so by itself */
	asked = !phones_do_act(p, now.device,
			       now.need == NEED_RESTART ? PHONE_RESTART : PHONE_RESET, now.who);
	p->pending.dirty = true;
	e = pending_find(&p->pending, now.device);
	if (e) {
		e->ask = !asked;
		e->asked |= asked;
		e->dirty = true;
	}
	return asked;
}

static void add_need(struct phones *p, const struct phones_change *ch, struct phones_need *n)
{
	struct pending *e = pending_find(&p->pending, n->device);

	p->pending.dirty = true;
	if (never_taken(e, ch->undoes)) {
		entry_drop(&p->pending, e);
		return;
	}
	e = entry_need(&p->pending, n->device);
	if (!e->first)
		e->first = ch->revision;
	e->last = ch->revision;
	if (n->need > e->need)
		e->need = n->need;
	e->at_ms = clock_wall_ns(p->clock) / 1000000;
	e->since_ms = clock_mono_ms(p->clock);
	e->asked = false;
	e->dirty = true;
	text_copy(e->who, sizeof(e->who), ch->who);
	if (ch->apply)
		n->asked = act_on(p, e);
}

struct ask_changed {
	struct phones *p;
	struct phones_change change;
	struct phones_need list[SLICE];
	size_t n;
};

static void do_changed(void *owner, void *msg)
{
	struct ask_changed *m = msg;
	struct phones *p = m->p;

	(void)owner;
	phones_conf_refresh(p);
	if (m->change.revision > p->pending.upto) {
		p->pending.upto = m->change.revision;
		p->pending.dirty = true;
	}
	for (size_t i = 0; i < m->n; i++)
		if (concerns(p, &m->list[i]))
			add_need(p, &m->change, &m->list[i]);
}

size_t phones_needs(const cJSON *affected, struct phones_need **out)
{
	struct phones_need *list =
	    mem_zalloc(((size_t)cJSON_GetArraySize(affected) + 1) * sizeof(*list));
	const cJSON *a;
	size_t n = 0;

	cJSON_ArrayForEach (a, affected) {
		const char *device =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(a, "device"));

		list[n].need = (uint8_t)phone_need_parse(
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(a, "pending_action")));
		list[n].fresh = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(a, "new"));
		list[n].gone = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(a, "gone"));
		if (device && !text_copy(list[n].device, sizeof(list[n].device), device))
			n++;
	}
	*out = list;
	return n;
}

int phones_changed(struct phones *p, const struct phones_change *change, struct phones_need *list,
		   size_t n)
{
	struct ask_changed *m = mem_zalloc(sizeof(*m));
	size_t done = 0;
	int err;

	do {
		*m = (struct ask_changed){ .p = p, .change = *change };
		m->n = n - done < SLICE ? n - done : SLICE;
		if (m->n)
			memcpy(m->list, list + done, m->n * sizeof(*list));
		err = mailbox_ask(loop_mailbox(p->loop), do_changed, m, sizeof(*m), PHONES_ASK_MS,
				  NULL);
		if (!err && m->n)
			memcpy(list + done, m->list, m->n * sizeof(*list));
		done += m->n;
	} while (!err && done < n);
	mem_free(m);
	return err;
}

uint64_t phones_changed_upto(const struct phones *p)
{
	return p->pending.upto;
}

/* ---- a phone takes it ---- */

static void taken(struct phones *p, struct pending *e)
{
	entry_drop(&p->pending, e);
}

void pending_file_fetched(struct phones *p, const struct phone *ph, uint32_t duration_ms)
{
	struct pending *e = pending_find(&p->pending, ph->name);

	if (e && clock_mono_ms(p->clock) >= e->since_ms + duration_ms)
		taken(p, e);
}

/* Contacts of a pool without a MAC: "POOL7@192.0.2.1:5060" is a phone of "POOL7". */
static struct pending *entry_of(const struct phones *p, const char *device)
{
	char pool[32];
	size_t n = strcspn(device, "@");

	if (strncmp(device, "POOL", 4) != 0 || n >= sizeof(pool))
		return pending_find(&p->pending, device);
	snprintf(pool, sizeof(pool), "%.*s", (int)n, device);
	return pending_find(&p->pending, pool);
}

struct post_ask {
	struct phones *p;
	char device[PENDING_DEVICE];
};

/* Not from within the engine's own work on the registration. */
static void do_ask(void *owner, void *msg)
{
	struct post_ask *m = msg;
	struct pending *e = pending_find(&m->p->pending, m->device);

	(void)owner;
	if (e && e->ask)
		(void)act_on(m->p, e);
}

void pending_registered(struct phones *p, const struct phone *ph, bool refresh)
{
	struct pending *e = entry_of(p, ph->name);
	struct post_ask m = { .p = p };

	if (!e)
		return;
	if (e->need == NEED_REREGISTER || (e->need == NEED_RESTART && !refresh)) {
		taken(p, e);
	} else if (e->ask && !refresh) {
		memcpy(m.device, e->device, sizeof(m.device));
		mailbox_post(loop_mailbox(p->loop), do_ask, &m, sizeof(m));
	}
}

void pending_unregistered(struct phones *p, const struct phone *ph)
{
	struct pending *e = pending_find(&p->pending, ph->name);

	if (e && !phone_is_configured(p, ph))
		taken(p, e); /* it does not belong to us any more */
}

enum phone_need pending_need(const struct phones *p, const char *device)
{
	const struct pending *e = entry_of(p, device);

	return e ? e->need : NEED_NONE;
}

/* ---- answers ---- */

static cJSON *entry_json(struct phones *p, const struct pending *e)
{
	const struct phone *ph = phone_find(p, e->device);
	cJSON *o = cJSON_CreateObject();
	char at[TIME_TEXT_SIZE];

	text_time(at, e->at_ms * 1000000);
	cJSON_AddStringToObject(o, "device", e->device);
	cJSON_AddStringToObject(o, "pending_action", need_names[e->need]);
	cJSON_AddNumberToObject(o, "since_revision", (double)e->first);
	cJSON_AddNumberToObject(o, "revision", (double)e->last);
	cJSON_AddStringToObject(o, "at", at);
	cJSON_AddStringToObject(o, "who", e->who);
	cJSON_AddBoolToObject(o, "registered", ph && ph->registered);
	cJSON_AddBoolToObject(o, "asked", e->asked);
	cJSON_AddBoolToObject(o, "asked_when_back", e->ask);
	return o;
}

struct ask_list {
	struct phones *p;
	char after[PENDING_DEVICE];
	size_t limit, total;
	bool more;
	cJSON *items;
};

static void do_list(void *owner, void *msg)
{
	struct ask_list *m = msg;
	const struct pending_table *t = &m->p->pending;
	size_t i = m->after[0] ? lower_bound(t, m->after) : 0;

	(void)owner;
	m->items = cJSON_CreateArray();
	m->total = t->n;
	if (m->after[0] && i < t->n && !strcmp(t->list[i]->device, m->after))
		i++;
	for (; i < t->n && m->limit; i++, m->limit--) {
		cJSON_AddItemToArray(m->items, entry_json(m->p, t->list[i]));
		memcpy(m->after, t->list[i]->device, sizeof(m->after));
	}
	m->more = i < t->n;
}

static void drop_list(void *msg)
{
	cJSON_Delete(((struct ask_list *)msg)->items);
}

int phones_pending(struct phones *p, const char *after, size_t limit, cJSON **out)
{
	struct ask_list m = { .p = p, .limit = limit };
	int err;

	text_copy(m.after, sizeof(m.after), after ? after : "");
	err = mailbox_ask(loop_mailbox(p->loop), do_list, &m, sizeof(m), PHONES_ASK_MS, drop_list);
	if (err)
		return err;
	*out = cJSON_CreateObject();
	cJSON_AddItemToObject(*out, "items", m.items);
	if (m.more)
		cJSON_AddStringToObject(*out, "next_cursor", m.after);
	else
		cJSON_AddNullToObject(*out, "next_cursor");
	cJSON_AddNumberToObject(*out, "total", (double)m.total);
	return 0;
}

struct ask_all {
	struct phones *p;
	char after[PENDING_DEVICE], who[64];
	cJSON *asked;
	size_t waiting;
	bool more;
};

static void do_all(void *owner, void *msg)
{
	struct ask_all *m = msg;
	struct pending_table *t = &m->p->pending;
	size_t i = m->after[0] ? lower_bound(t, m->after) : 0, left = SLICE;

	(void)owner;
	m->asked = cJSON_CreateArray();
	if (m->after[0] && i < t->n && !strcmp(t->list[i]->device, m->after))
		i++;
	for (; i < t->n && left; left--) {
		struct pending *e = t->list[i];

		memcpy(m->after, e->device, sizeof(m->after));
		text_copy(e->who, sizeof(e->who), m->who);
		if (act_on(m->p, e))
			cJSON_AddItemToArray(m->asked, cJSON_CreateString(m->after));
		else
			m->waiting++;
		i += i < t->n && !strcmp(t->list[i]->device, m->after);
	}
	m->more = i < t->n;
}

static void drop_all(void *msg)
{
	cJSON_Delete(((struct ask_all *)msg)->asked);
}

int phones_pending_ask(struct phones *p, const char *who, cJSON **out)
{
	struct ask_all m = { .p = p, .more = true };
	cJSON *asked = cJSON_CreateArray(), *one;
	int err = 0;

	phones_clean(m.who, sizeof(m.who), who ? who : "");
	while (!err && m.more) {
		m.asked = NULL;
		err = mailbox_ask(loop_mailbox(p->loop), do_all, &m, sizeof(m), PHONES_ASK_MS,
				  drop_all);
		while (!err && (one = cJSON_DetachItemFromArray(m.asked, 0)))
			cJSON_AddItemToArray(asked, one);
		if (!err)
			cJSON_Delete(m.asked);
	}
	if (err) {
		cJSON_Delete(asked);
		return err;
	}
	*out = cJSON_CreateObject();
	cJSON_AddItemToObject(*out, "asked", asked);
	cJSON_AddNumberToObject(*out, "waiting", (double)m.waiting);
	return 0;
}
