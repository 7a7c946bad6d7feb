/* store/ios/secrets.c - what the digit in front of a password means: 0 clear text, 7 obscured (decoded), 6 encrypted
 * with a key that stays in the router, 5, 8 and 9 hashed. */
#include "store/ios/secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/match.h"
#include "store/schema/type7.h"
#include "store/schema/internal.h"

/* ---- showing a line ---- */
/* The password in `scp://user:password@host/file`; NULL: none. */
static const char *in_url(const char *text)
{
	const char *p = strstr(text, "://");
	size_t host = p ? strcspn(p + 3, "/? ") : 0;
	const char *at = p ? memchr(p + 3, '@', host) : NULL;
	const char *colon = at ? memchr(p + 3, ':', (size_t)(at - p - 3)) : NULL;

	return colon ? colon + 1 : NULL;
}

/* Where the guessed secret begins; NULL: none. */
static const char *guess(const char *text)
{
	struct word *words = mem_zalloc(IOS_WORDS * sizeof(*words));
	int n = ios_words(text, words, IOS_WORDS);
	const char *from = NULL;

	for (int i = 0; i + 1 < n && !from; i++) {
		struct slice word = { words[i].p, words[i].len };

		if (schema_announces_secret(text, word, words[i].to))
			from = words[i + 1].from;
	}
	mem_free(words);
	return n < 0 ? text : from ? from : in_url(text);
}

bool secrets_clear(const char *text)
{
	const char *from = guess(text);

	return from && !(*from >= '5' && *from <= '9' && from[1] == ' ');
}

/* A word such as `password` in a line that is understood, but not as a secret of its own: `service phone
 * adminPassword x`. */
static const char *named(const char *text, const struct ios_line *l)
{
	const char *from = l->n_secrets ? NULL : strstr(text, "assword ");

	return from && l->rule && strstr(l->syntax, "service phone") ? from + strlen("assword ")
								     : NULL;
}

char *secrets_mask(const char *text, const struct ios_line *l, bool *found)
{
	const char *from = l ? named(text, l) : guess(text);
	struct text t;
	size_t at = 0;

	text_init(&t, 4 * strlen(text) + 64);
	text_add(&t, "");
	for (unsigned i = 0; l && i < l->n_secrets; i++) {
		if (l->secrets[i].at < at)
			continue;
		text_addn(&t, text + at, l->secrets[i].at - at);
		text_add(&t, IOS_MASK);
		at = l->secrets[i].at + l->secrets[i].len;
	}
	if (from) {
		text_addn(&t, text + at, (size_t)(from - text) - at);
		text_add(&t, IOS_MASK);
	} else {
		text_add(&t, text + at);
	}
	if (found)
		*found = from || (l && l->n_secrets);
	return text_take(&t);
}

/* ---- encodings ---- */
struct decode {
	char *note;
	size_t cap;
	int err;
};

static const struct schema_field *encoding_of(const struct schema_field *table)
{
	for (; table->name; table++) {
		size_t n = strlen(table->name);

		if (n >= 8 && strcmp(table->name + n - 8, "encoding") == 0)
			return table;
	}
	return NULL;
}

static int number(const cJSON *v)
{
	if (cJSON_IsNumber(v))
		return v->valueint;
	return cJSON_IsString(v) ? (int)strtol(v->valuestring, NULL, 10) : 0;
}

static void replace(cJSON *node, const char *name, cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(node, name);
	if (value)
		cJSON_AddItemToObject(node, name, value);
}

static void clear_text(struct decode *d, cJSON *node, const char *name, const char *encoding)
{
	char clear[256];
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(node, name);

	d->err = type7_decode(v->valuestring, clear, sizeof(clear));
	if (d->err) {
		snprintf(d->note, d->cap, "This is no password of type 7");
		return;
	}
	replace(node, name, cJSON_CreateString(clear));
	replace(node, encoding, cJSON_CreateNull());
	mem_wipe(clear, sizeof(clear));
}

static void decode_one(struct decode *d, cJSON *node, const struct schema_field *secret,
		       const struct schema_field *encoding)
{
	int type = number(cJSON_GetObjectItemCaseSensitive(node, encoding->name));

	if (type == 0)
		return;
	if (type == 7) {
		clear_text(d, node, secret->name, encoding->name);
	} else if (schema_number_choice(encoding, type)) {
		snprintf(
		    d->note, d->cap,
		    "A password of type %d cannot be read back: it is kept as it is, set it anew",
		    type);
	} else {
		snprintf(
		    d->note, d->cap,
		    "A password of type %d cannot be read back: it is not taken over, set it anew",
		    type);
		replace(node, secret->name, NULL);
		replace(node, encoding->name, NULL);
		d->err = ERR_UNSUPPORTED;
	}
}

static void decode_table(struct decode *d, const struct schema_field *table, cJSON *node);

static void decode_member(struct decode *d, const struct schema_field *f, cJSON *v)
{
	cJSON *e;

	if (f->type == T_OBJECT) {
		decode_table(d, f->members, v);
	} else if (f->type == T_MAP && f->members) {
		cJSON_ArrayForEach (e, v) {
			decode_table(d, f->members, e);
		}
	}
}

static void decode_table(struct decode *d, const struct schema_field *table, cJSON *node)
{
	const struct schema_field *encoding = encoding_of(table);

	for (const struct schema_field *f = table; f->name; f++) {
		cJSON *v = cJSON_GetObjectItemCaseSensitive(node, f->name);

		if (f->type == T_SECRET && encoding && cJSON_IsString(v))
			decode_one(d, node, f, encoding);
		else if (cJSON_IsObject(v))
			decode_member(d, f, v);
	}
}

int secrets_decode(struct ios_line *l, char *note, size_t cap)
{
	struct decode d = { note, cap, 0 };

	note[0] = '\0';
	if (l->n_secrets && l->patch && l->rule)
		decode_table(&d, l->rule->obj->fields, l->patch);
	return d.err;
}
