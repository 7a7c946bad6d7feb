/* store/schema/check_shared.c - cross-checks over many phones: an intercom line belongs to one phone, a
 * paging set has few members by unicast, a watched number may be watched. Only what the draft touches is
 * asked for; then one pass over the phones, or the numbers, answers for all of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

#define EPHONES "ephones"
#define DNS     "ephone-dns"

/* SCCP and SIP phones: each has numbers of its own, both are paged by ephone-dns. */
enum side { SCCP, SIP, SIDES };
static const struct {
	const char *phones, *dns, *called;
	unsigned unicast_max;
} sides[SIDES] = {
	[SCCP] = { EPHONES, DNS, "ephone", 10 },
	[SIP] = { "voice-register/pools", "voice-register/dns", "pool", 12 },
};

enum question_kind { INTERCOM, PAGING, WATCH };

/* Something of the draft that depends on others. */
struct question {
	enum question_kind kind;
	enum side side;
	char path[48], pointer[48];
	int tag;         /* directory number */
	char number[40]; /* WATCH */
	long phone;      /* of the asker; 0: it is a number */
	bool found, may; /* WATCH */
};

struct users { /* of one directory number */
	bool asked;
	long first, second;      /* phones it is on */
	unsigned unicast[SIDES]; /* phones that it pages one by one */
};

struct shared {
	struct conf *conf;
	struct faults *faults, *warnings;
	struct question *list;
	size_t n, cap;
	struct users *dns[SIDES]; /* by tag */
	size_t top;
	struct question **watch; /* those about numbers, ascending */
	size_t n_watch;
	bool phones[SIDES]; /* they have to be walked */
};

static const cJSON *member(const cJSON *item, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(item, name);
}

static const char *text_of(const cJSON *item, const char *name)
{
	return cJSON_GetStringValue(member(item, name));
}

static struct question *ask(struct shared *s, const char *path, const char *pointer)
{
	struct question *q;

	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 16;
		s->list = mem_realloc(s->list, s->cap * sizeof(*s->list));
	}
	q = &s->list[s->n++];
	memset(q, 0, sizeof(*q));
	text_copy(q->path, sizeof(q->path), path);
	text_copy(q->pointer, sizeof(q->pointer), pointer);
	return q;
}

static struct users *users_of(struct shared *s, enum side side, double tag)
{
	if (!s->dns[side]) {
		s->top = (size_t)schema_limit("dns");
		s->dns[side] = mem_zalloc((s->top + 1) * sizeof(*s->dns[side]));
	}
	return tag >= 0 && tag <= (double)s->top ? &s->dns[side][(size_t)tag] : NULL;
}

static void ask_number(struct shared *s, enum question_kind kind, enum side side, const char *path,
		       const char *pointer, double tag, long phone)
{
	struct users *u = users_of(s, kind == PAGING ? SCCP : side, tag);
	struct question *q;

	if (!u)
		return;
	q = ask(s, path, pointer);
	q->kind = kind;
	q->side = side;
	q->tag = (int)tag;
	q->phone = phone;
	u->asked = s->phones[side] = true;
}

/* ---- what the draft asks ---- */
static bool is_intercom(struct shared *s, enum side side, double tag)
{
	char at[48];

	snprintf(at, sizeof(at), "%s/%.0f", sides[side].dns, tag);
	return member(conf_get(s->conf, at), "intercom") != NULL;
}

/* The numbers on a button; x names a button instead. */
static const cJSON *lines_of(const cJSON *button)
{
	const char *kind = text_of(button, "separator");

	return kind && strcmp(kind, "x") == 0 ? NULL : member(button, "dns");
}

static bool same(const cJSON *a, const cJSON *b)
{
	return a && b && cJSON_Compare(a, b, true);
}

static void ask_buttons(struct shared *s, const char *path, const cJSON *before, const cJSON *after)
{
	const cJSON *was = member(before, "buttons"), *b, *dn;
	long phone = strtol(strrchr(path, '/') + 1, NULL, 10);

	cJSON_ArrayForEach (b, member(after, "buttons")) {
		char pointer[48];

		if (same(member(was, b->string), b))
			continue;
		snprintf(pointer, sizeof(pointer), "/buttons/%s", b->string);
		cJSON_ArrayForEach (dn, lines_of(b)) {
			if (is_intercom(s, SCCP, dn->valuedouble))
				ask_number(s, INTERCOM, SCCP, path, pointer, dn->valuedouble,
					   phone);
		}
	}
}

static void ask_numbers(struct shared *s, const char *path, const cJSON *before, const cJSON *after)
{
	const cJSON *was = member(before, "numbers"), *dn;
	long phone = strtol(strrchr(path, '/') + 1, NULL, 10);

	cJSON_ArrayForEach (dn, member(after, "numbers")) {
		char pointer[48];

		if (same(member(was, dn->string), dn))
			continue;
		snprintf(pointer, sizeof(pointer), "/numbers/%s", dn->string);
		if (is_intercom(s, SIP, dn->valuedouble))
			ask_number(s, INTERCOM, SIP, path, pointer, dn->valuedouble, phone);
	}
}

/* The paging set of a phone, its own or that of its template, when it is called one by one; else NULL. */
static const cJSON *unicast_set(struct conf *c, enum side side, const cJSON *phone)
{
	const struct schema_object *o = schema_object(sides[side].phones);
	const cJSON *set = member(phone, "paging_dn");
	const char *mode;

	if (!set)
		set = member(schema_template(c, o, phone, false), "paging_dn");
	mode = text_of(set, "mode");
	return mode && strcmp(mode, "unicast") == 0 ? member(set, "dn_tag") : NULL;
}

static void ask_watched(struct shared *s, const char *path, const cJSON *before, const cJSON *after)
{
	const cJSON *was = member(before, "blf_speed_dials"), *e;

	cJSON_ArrayForEach (e, member(after, "blf_speed_dials")) {
		struct question *q;
		char pointer[48];

		if (same(member(was, e->string), e))
			continue;
		snprintf(pointer, sizeof(pointer), "/blf_speed_dials/%s", e->string);
		q = ask(s, path, pointer);
		q->kind = WATCH;
		text_copy(q->number, sizeof(q->number), text_of(e, "number"));
		s->n_watch++;
	}
}

static void ask_phone(struct shared *s, enum side side, const char *path, const cJSON *before,
		      const cJSON *after)
{
	long tag = strtol(strrchr(path, '/') + 1, NULL, 10);
	const cJSON *set = unicast_set(s->conf, side, after);

	if (side == SIP)
		ask_numbers(s, path, before, after);
	else
		ask_buttons(s, path, before, after);
	if (set && !same(unicast_set(s->conf, side, before), set))
		ask_number(s, PAGING, side, path, "/paging_dn", set->valuedouble, tag);
	ask_watched(s, path, before, after);
}

static bool is_item_of(const char *path, const char *collection)
{
	size_t len = strlen(collection);

	return strncmp(path, collection, len) == 0 && path[len] == '/';
}

static int on_change(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	struct shared *s = ctx;

	for (int i = 0; after && i < SIDES; i++) {
		if (is_item_of(path, sides[i].phones))
			ask_phone(s, (enum side)i, path, before, after);
		else if (is_item_of(path, sides[i].dns) && member(after, "intercom") &&
			 !member(before, "intercom"))
			ask_number(s, INTERCOM, (enum side)i, path, "/intercom",
				   strtod(strrchr(path, '/') + 1, NULL), 0);
	}
	return 0;
}

/* ---- the answers ---- */
static void count_line(struct shared *s, enum side side, const cJSON *dn, long phone)
{
	struct users *u = users_of(s, side, dn->valuedouble);

	if (!u || !u->asked)
		return;
	if (!u->first)
		u->first = phone;
	else if (u->first != phone && !u->second)
		u->second = phone;
}

struct count {
	struct shared *shared;
	enum side side;
};

static int count_phone(void *ctx, const char *key, const cJSON *phone)
{
	const struct count *c = ctx;
	struct shared *s = c->shared;
	const cJSON *set = unicast_set(s->conf, c->side, phone), *b, *dn;
	long tag = strtol(key, NULL, 10);
	struct users *u = set ? users_of(s, SCCP, set->valuedouble) : NULL;

	if (u)
		u->unicast[c->side]++;
	cJSON_ArrayForEach (dn, member(phone, "numbers")) {
		count_line(s, c->side, dn, tag);
	}
	cJSON_ArrayForEach (b, member(phone, "buttons")) {
		cJSON_ArrayForEach (dn, lines_of(b)) {
			count_line(s, c->side, dn, tag);
		}
	}
	return 0;
}

struct watch {
	struct shared *shared;
	const struct schema_object *obj;
};

static int by_number(const void *a, const void *b)
{
	return strcmp((*(struct question *const *)a)->number,
		      (*(struct question *const *)b)->number);
}

static void sort_watch(struct shared *s)
{
	size_t n = 0;

	s->watch = mem_alloc(s->n_watch * sizeof(struct question *));
	for (size_t i = 0; i < s->n; i++) {
		if (s->list[i].kind == WATCH)
			s->watch[n++] = &s->list[i];
	}
	qsort(s->watch, n, sizeof(struct question *), by_number);
}

/* The first question about this number; n_watch: none. */
static size_t first_about(const struct shared *s, const char *number)
{
	size_t lo = 0, hi = s->n_watch;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(s->watch[mid]->number, number) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void watch_one(struct watch *w, const cJSON *dn, const char *number)
{
	struct shared *s = w->shared;
	size_t i = number ? first_about(s, number) : s->n_watch;
	bool may;

	if (i == s->n_watch || strcmp(s->watch[i]->number, number) != 0)
		return;
	may = cJSON_IsTrue(member(dn, "allow_watch")) ||
	      cJSON_IsTrue(member(schema_template(s->conf, w->obj, dn, false), "allow_watch"));
	for (; i < s->n_watch && strcmp(s->watch[i]->number, number) == 0; i++) {
		s->watch[i]->found = true;
		s->watch[i]->may = s->watch[i]->may || may;
	}
}

static int watch_number(void *ctx, const char *key, const cJSON *dn)
{
	(void)key;
	watch_one(ctx, dn, text_of(dn, "number"));
	watch_one(ctx, dn, text_of(dn, "secondary_number"));
	return 0;
}

static void walk(struct shared *s)
{
	if (s->n_watch)
		sort_watch(s);
	for (int i = 0; i < SIDES; i++) {
		struct count c = { s, (enum side)i };
		struct watch w = { s, schema_object(sides[i].dns) };

		if (s->phones[i])
			conf_each(s->conf, sides[i].phones, NULL, count_phone, &c);
		if (s->n_watch)
			conf_each(s->conf, sides[i].dns, NULL, watch_number, &w);
	}
}

/* CME refuses it for ephones; pools keep it, with a warning. */
static void answer_intercom(struct shared *s, const struct question *q)
{
	const struct users *u = &s->dns[q->side][q->tag];

	if (u->second)
		faults_add(q->side == SIP ? s->warnings : s->faults, ERR_CONFLICT,
			   "intercom_shared", q->path, q->pointer,
			   "Intercom directory number %d is already assigned to %s %ld", q->tag,
			   sides[q->side].called, u->first == q->phone ? u->second : u->first);
}

/* Said once for a number, not for each of its phones. */
static void answer_paging(struct shared *s, const struct question *q)
{
	unsigned members = s->dns[SCCP][q->tag].unicast[q->side];

	s->dns[SCCP][q->tag].unicast[q->side] = 0;
	if (members > sides[q->side].unicast_max)
		faults_add(
		    s->warnings, ERR_CONFLICT, "paging_unicast", q->path, q->pointer,
		    "Paging number %d calls %u phones one by one, and only %u of them hear it",
		    q->tag, members, sides[q->side].unicast_max);
}

static void answer(struct shared *s, const struct question *q)
{
	if (q->kind == INTERCOM)
		answer_intercom(s, q);
	else if (q->kind == PAGING)
		answer_paging(s, q);
	else if (q->found && !q->may)
		faults_add(s->warnings, ERR_CONFLICT, "allow_watch", q->path, q->pointer,
			   "%s may not be watched: its number lacks allow watch", q->number);
}

void check_shared(struct conf *c, struct faults *f, struct faults *warnings)
{
	struct shared s = { .conf = c, .faults = f, .warnings = warnings };

	conf_each_change(c, on_change, &s);
	walk(&s);
	for (size_t i = 0; i < s.n; i++)
		answer(&s, &s.list[i]);
	mem_free(s.watch);
	mem_free(s.list);
	mem_free(s.dns[SCCP]);
	mem_free(s.dns[SIP]);
}
