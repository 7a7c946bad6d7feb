/* store/schema/check_shared.c - cross-checks over many phones: an intercom line belongs to one phone, a
 * paging set has ten members by unicast, a watched number may be watched. Only what the draft touches is
 * asked for; then one pass over the phones, or the numbers, answers for all of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

#define EPHONES     "ephones"
#define DNS         "ephone-dns"
#define UNICAST_MAX 10

/* Something of the draft that depends on others. */
struct question {
	enum { INTERCOM, PAGING, WATCH } kind;
	char path[48], pointer[48];
	int tag;         /* directory number */
	char number[40]; /* WATCH */
	long phone;      /* of the asker; 0: it is a number */
	bool found, may; /* WATCH */
};

struct users { /* of one directory number */
	bool asked;
	long first, second; /* phones it is on */
	unsigned unicast;   /* phones that it pages one by one */
};

struct shared {
	struct conf *conf;
	struct faults *faults, *warnings;
	struct question *list;
	size_t n, cap;
	struct users *dns; /* by tag */
	size_t top;
	struct question **watch; /* those about numbers, ascending */
	size_t n_watch;
	bool phones; /* they have to be walked */
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

static struct users *users_of(struct shared *s, double tag)
{
	if (!s->dns) {
		s->top = (size_t)schema_limit("dns");
		s->dns = mem_zalloc((s->top + 1) * sizeof(*s->dns));
	}
	return tag >= 0 && tag <= (double)s->top ? &s->dns[(size_t)tag] : NULL;
}

static void ask_number(struct shared *s, int kind, const char *path, const char *pointer,
		       double tag, long phone)
{
	struct users *u = users_of(s, tag);
	struct question *q;

	if (!u)
		return;
	q = ask(s, path, pointer);
	q->kind = kind;
	q->tag = (int)tag;
	q->phone = phone;
	u->asked = s->phones = true;
}

/* ---- what the draft asks ---- */
static bool is_intercom(struct shared *s, double tag)
{
	char at[48];

	snprintf(at, sizeof(at), DNS "/%.0f", tag);
	return member(conf_get(s->conf, at), "intercom") != NULL;
}

/* The numbers on a button; x names a button instead. */
static const cJSON *lines_of(const cJSON *button)
{
	const char *kind = text_of(button, "separator");

	return kind && strcmp(kind, "x") == 0 ? NULL : member(button, "dns");
}

static void ask_buttons(struct shared *s, const char *path, long phone, const cJSON *item)
{
	const cJSON *b, *dn;

	cJSON_ArrayForEach (b, member(item, "buttons")) {
		char pointer[48];

		snprintf(pointer, sizeof(pointer), "/buttons/%s", b->string);
		cJSON_ArrayForEach (dn, lines_of(b)) {
			if (is_intercom(s, dn->valuedouble))
				ask_number(s, INTERCOM, path, pointer, dn->valuedouble, phone);
		}
	}
}

/* The paging set of a phone, its own or that of its template, when it is called one by one; else NULL. */
static const cJSON *unicast_set(struct conf *c, const cJSON *phone)
{
	const cJSON *set = member(phone, "paging_dn");
	const char *mode;

	if (!set)
		set = member(schema_template(c, schema_object(EPHONES), phone, false), "paging_dn");
	mode = text_of(set, "mode");
	return mode && strcmp(mode, "unicast") == 0 ? member(set, "dn_tag") : NULL;
}

static void ask_watched(struct shared *s, const char *path, const cJSON *before, const cJSON *after)
{
	const cJSON *was = member(before, "blf_speed_dials"), *e;

	cJSON_ArrayForEach (e, member(after, "blf_speed_dials")) {
		const cJSON *old = member(was, e->string);
		struct question *q;
		char pointer[48];

		if (old && cJSON_Compare(old, e, true))
			continue;
		snprintf(pointer, sizeof(pointer), "/blf_speed_dials/%s", e->string);
		q = ask(s, path, pointer);
		q->kind = WATCH;
		text_copy(q->number, sizeof(q->number), text_of(e, "number"));
		s->n_watch++;
	}
}

static int on_change(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	struct shared *s = ctx;
	const char *slash = strchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	const cJSON *set;
	long tag;

	if (!after || !slash)
		return 0;
	tag = strtol(slash + 1, NULL, 10);
	if (len == strlen(EPHONES) && strncmp(path, EPHONES, len) == 0) {
		ask_buttons(s, path, tag, after);
		set = unicast_set(s->conf, after);
		if (set)
			ask_number(s, PAGING, path, "/paging_dn", set->valuedouble, tag);
		ask_watched(s, path, before, after);
	} else if (len == strlen(DNS) && strncmp(path, DNS, len) == 0 &&
		   member(after, "intercom") && !member(before, "intercom")) {
		ask_number(s, INTERCOM, path, "/intercom", (double)tag, 0);
	}
	return 0;
}

/* ---- the answers ---- */
static int count_phone(void *ctx, const char *key, const cJSON *phone)
{
	struct shared *s = ctx;
	const cJSON *set = unicast_set(s->conf, phone), *b, *dn;
	long tag = strtol(key, NULL, 10);
	struct users *u = set ? users_of(s, set->valuedouble) : NULL;

	if (u)
		u->unicast++;
	cJSON_ArrayForEach (b, member(phone, "buttons")) {
		cJSON_ArrayForEach (dn, lines_of(b)) {
			u = users_of(s, dn->valuedouble);
			if (!u || !u->asked)
				continue;
			if (!u->first)
				u->first = tag;
			else if (u->first != tag && !u->second)
				u->second = tag;
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
	static const char *const collections[] = { DNS, "voice-register/dns" };

	if (s->phones)
		conf_each(s->conf, EPHONES, NULL, count_phone, s);
	if (s->n_watch)
		sort_watch(s);
	for (size_t i = 0; s->n_watch && i < ARRAY_LEN(collections); i++) {
		struct watch w = { s, schema_object(collections[i]) };

		conf_each(s->conf, collections[i], NULL, watch_number, &w);
	}
}

static void answer_intercom(struct shared *s, const struct question *q)
{
	const struct users *u = &s->dns[q->tag];

	if (u->second)
		faults_add(s->faults, ERR_CONFLICT, "intercom_shared", q->path, q->pointer,
			   "Intercom directory number %d is already assigned to ephone %ld", q->tag,
			   u->first == q->phone ? u->second : u->first);
}

static void answer(struct shared *s, const struct question *q)
{
	if (q->kind == INTERCOM)
		answer_intercom(s, q);
	else if (q->kind == PAGING && s->dns[q->tag].unicast > UNICAST_MAX)
		faults_add(
		    s->warnings, ERR_CONFLICT, NULL, q->path, q->pointer,
		    "Paging number %d calls %u phones one by one, and only %d of them hear it",
		    q->tag, s->dns[q->tag].unicast, UNICAST_MAX);
	else if (q->kind == WATCH && q->found && !q->may)
		faults_add(s->warnings, ERR_CONFLICT, NULL, q->path, q->pointer,
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
	mem_free(s.dns);
}
