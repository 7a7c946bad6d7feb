/* store/schema/check_hunt.c - cross-checks of hunt groups (cme-model 1.8, 1.9). Members are numbers, not
 * tags, so they are looked up by number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

#define HUNTS  "ephone-hunts"
#define GROUPS "voice-hunt-groups"

static const cJSON *member(const cJSON *item, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(item, name);
}

static const char *text_of(const cJSON *item, const char *name)
{
	return cJSON_GetStringValue(member(item, name));
}

static void check_hops(const cJSON *item, const char *path, struct faults *f,
		       struct faults *warnings)
{
	const cJSON *hops = member(item, "hops");
	int members = cJSON_GetArraySize(member(item, "list"));
	const char *type = text_of(item, "type");

	if (hops && hops->valuedouble > members)
		faults_add(f, ERR_CONFLICT, NULL, path, "/hops",
			   "hops %.0f is above the %d members", hops->valuedouble, members);
	if (hops && type && strcmp(type, "peer") != 0 && strcmp(type, "longest-idle") != 0)
		faults_add(warnings, ERR_INVALID, NULL, path, "/hops",
			   "Counts for peer and longest-idle only");
}

/* ---- members ---- */
struct lookup {
	const cJSON *list;
	bool *found; /* for each of `list` */
	bool *noan;  /* forwards unanswered calls earlier than `timeout` */
	double timeout;
};

static bool has_number(const cJSON *dn, const char *number)
{
	const char *first = text_of(dn, "number"), *second = text_of(dn, "secondary_number");

	return (first && strcmp(first, number) == 0) || (second && strcmp(second, number) == 0);
}

static int find_members(void *ctx, const char *key, const cJSON *dn)
{
	struct lookup *l = ctx;
	const cJSON *e, *noan = member(member(dn, "call_forward"), "noan");
	const cJSON *timeout = member(noan, "timeout");
	size_t i = 0;

	(void)key;
	cJSON_ArrayForEach (e, l->list) {
		if (has_number(dn, e->valuestring)) {
			l->found[i] = true;
			l->noan[i] = timeout && timeout->valuedouble <= l->timeout;
		}
		i++;
	}
	return 0;
}

static void check_members(struct conf *c, const cJSON *item, const char *path, double timeout,
			  bool must_exist, struct faults *f, struct faults *warnings)
{
	bool found[64] = { false }, noan[64] = { false };
	struct lookup l = { member(item, "list"), found, noan, timeout };
	const cJSON *e;
	size_t i = 0;

	conf_each(c, "ephone-dns", NULL, find_members, &l);
	conf_each(c, "voice-register/dns", NULL, find_members, &l);
	cJSON_ArrayForEach (e, l.list) {
		if (must_exist && !found[i] && strcmp(e->valuestring, "*") != 0)
			fault_missing(f, warnings, path, "/list", "number", e->valuestring);
		if (noan[i])
			faults_add(warnings, ERR_CONFLICT, NULL, path, "/timeout",
				   "%s forwards unanswered calls before the group calls on",
				   e->valuestring);
		i++;
	}
}

/* ---- the final number must not lead back ---- */
struct pilot {
	char number[40];
	char next[40]; /* final number of the group that has it */
};

static int find_pilot(void *ctx, const char *key, const cJSON *item)
{
	struct pilot *p = ctx;
	const cJSON *pilot = member(item, "pilot");
	const char *a = text_of(pilot, "number"), *b = text_of(pilot, "secondary");

	(void)key;
	if ((a && strcmp(a, p->number) == 0) || (b && strcmp(b, p->number) == 0)) {
		text_copy(p->next, sizeof(p->next),
			  text_of(item, "final") ? text_of(item, "final") : "");
		return 1;
	}
	return 0;
}

#define LOOP_MAX 200 /* groups there can be */

static void check_loop(struct conf *c, const cJSON *item, const char *path, struct faults *warnings)
{
	const cJSON *pilot = member(item, "pilot");
	const char *own = text_of(pilot, "number"), *second = text_of(pilot, "secondary");
	const char *final = text_of(item, "final");
	struct pilot p = { "", "" };

	text_copy(p.number, sizeof(p.number), final ? final : "");
	for (int i = 0; p.number[0] && i < LOOP_MAX; i++) {
		if ((own && strcmp(own, p.number) == 0) ||
		    (second && strcmp(second, p.number) == 0)) {
			faults_add(warnings, ERR_CONFLICT, NULL, path, "/final",
				   "Final number %s leads back to this group", final);
			return;
		}
		p.next[0] = '\0';
		if (!conf_each(c, HUNTS, NULL, find_pilot, &p))
			conf_each(c, GROUPS, NULL, find_pilot, &p);
		memcpy(p.number, p.next, sizeof(p.number));
	}
}

CHECK(check_ephone_hunt)
{
	const cJSON *timeouts = member(after, "timeout");
	int n = cJSON_GetArraySize(timeouts);
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), HUNTS "/%s", key);
	check_hops(after, path, f, warnings);
	if (n > 1 && n > cJSON_GetArraySize(member(after, "list")))
		faults_add(warnings, ERR_INVALID, NULL, path, "/timeout",
			   "More times than members");
	check_members(c, after, path, 0, true, f, warnings);
	check_loop(c, after, path, warnings);
}

CHECK(check_voice_hunt)
{
	const struct schema_object *o = schema_object(GROUPS);
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), GROUPS "/%s", key);
	check_hops(after, path, f, warnings);
	check_members(c, after, path, (double)cfg_int(o, after, "timeout"), false, f, warnings);
	check_loop(c, after, path, warnings);
}

/* ---- numbers that went while a group still has them ---- */
struct lost {
	struct conf *conf;
	struct faults *faults, *warnings;
	const char **numbers; /* ascending; of the snapshot */
	size_t n, cap;
};

static int text_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void lose(struct lost *l, const char *was, const cJSON *after)
{
	if (!was || has_number(after, was))
		return;
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 16;
		l->numbers = mem_realloc(l->numbers, l->cap * sizeof(*l->numbers));
	}
	l->numbers[l->n++] = was;
}

static int on_change(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	if (strncmp(path, "ephone-dns/", 11) == 0 ||
	    strncmp(path, "voice-register/dns/", 19) == 0) {
		lose(ctx, text_of(before, "number"), after);
		lose(ctx, text_of(before, "secondary_number"), after);
	}
	return 0;
}

static int look_at_group(void *ctx, const char *key, const cJSON *item)
{
	struct lost *l = ctx;
	char path[48];
	const cJSON *e;

	snprintf(path, sizeof(path), HUNTS "/%s", key);
	if (conf_get(l->conf, path) != conf_get_base(l->conf, path))
		return 0; /* part of the draft: looked at anyway */
	cJSON_ArrayForEach (e, member(item, "list")) {
		if (!bsearch(&e->valuestring, l->numbers, l->n, sizeof(*l->numbers), text_order))
			continue;
		check_members(l->conf, item, path, 0, true, l->faults, l->warnings);
		return 0;
	}
	return 0;
}

void check_hunted(struct conf *c, struct faults *f, struct faults *warnings)
{
	struct lost l = { .conf = c, .faults = f, .warnings = warnings };

	conf_each_change(c, on_change, &l);
	if (l.n) {
		qsort(l.numbers, l.n, sizeof(*l.numbers), text_order);
		conf_each(c, HUNTS, NULL, look_at_group, &l);
	}
	mem_free(l.numbers);
}
