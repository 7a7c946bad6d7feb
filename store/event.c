/* store/event.c - the table of events, emitting into the writer's mailbox, CloudEvents text. */
#include "store/event.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/store_int.h"

#define STR_MAX     512
#define SUBJECT_MAX 128
#define EVENT_MAX   32768 /* one message: every field at its longest, each byte escaped */
#define TEXT_MAX    6144  /* bytes of the sentence; a byte is escaped to six */

#define EVENT_DESC_(name, wire, words, names) [EV_##name] = { wire, words, names },
static const struct event_desc descs[EV_COUNT] = { EVENT_LIST(EVENT_DESC_) };
#undef EVENT_DESC_

const struct event_desc *event_desc(enum event_type t)
{
	return &descs[t];
}

int event_type_find(const char *type, enum event_type *out)
{
	for (int i = 0; i < EV_COUNT; i++) {
		if (!strcmp(descs[i].type, type)) {
			*out = (enum event_type)i;
			return 0;
		}
	}
	return ERR_NOENT;
}

/* ---- filter ---- */

_Static_assert(EV_COUNT < 64, "a filter is one word");

static bool matches(struct slice want, const char *type)
{
	if (want.len && want.p[want.len - 1] == '*')
		return !strncmp(type, want.p, want.len - 1);
	return slice_eq(want, type);
}

int event_filter(const char *types, uint64_t *mask)
{
	struct slice rest = slice_of(types), want;

	*mask = 0;
	if (!rest.len) {
		*mask = UINT64_MAX;
		return 0;
	}
	while (slice_next(&rest, ',', &want)) {
		uint64_t before = *mask, hits = 0;

		for (int t = 0; t < EV_COUNT; t++)
			if (matches(want, descs[t].type))
				hits |= UINT64_C(1) << t;
		if (!hits)
			return ERR_UNKNOWN;
		*mask = before | hits;
	}
	return 0;
}

/* ---- JSON text ---- */

/* Length of the well-formed UTF-8 character at p, 0 when there is none. */
static size_t utf8_len(const char *p, size_t left)
{
	unsigned char c = (unsigned char)*p;
	size_t len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	return len && len <= left && text_is_utf8(p, len) ? len : 0;
}

void json_add_str(struct text *t, const char *s, size_t max)
{
	size_t left = strnlen(s, max + 4), room = max;

	text_addc(t, '"');
	while (left) {
		size_t len = utf8_len(s, left);

		if (len > room || !room)
			break;
		if (!len)
			text_add(t, "\xef\xbf\xbd");
		else if (*s == '"' || *s == '\\')
			text_addf(t, "\\%c", *s);
		else if ((unsigned char)*s < 0x20)
			text_addf(t, "\\u%04x", (unsigned char)*s);
		else
			text_addn(t, s, len);
		len = len ? len : 1;
		s += len;
		left -= len;
		room -= len;
	}
	text_addc(t, '"');
}

static bool field_declared(const char *fields, const char *name)
{
	struct slice rest = slice_of(fields), part;

	while (slice_next(&rest, ',', &part))
		if (slice_eq(part, name))
			return true;
	return false;
}

static void add_fields(struct text *t, enum event_type type, const struct event_field *f)
{
	bool first = true;

	text_addc(t, '{');
	for (; f->name; f++, first = false) {
		assert(field_declared(descs[type].fields, f->name));
		text_addf(t, "%s\"%s\":", first ? "" : ",", f->name);
		if (f->str)
			json_add_str(t, f->str, STR_MAX);
		else
			text_addf(t, "%lld", (long long)f->num);
	}
	text_addc(t, '}');
}

/* ---- emitting ---- */

unsigned producer_self(struct store *s)
{
	struct producers *p = &s->producers;
	char name[16] = "";
	unsigned i;

	pthread_getname_np(pthread_self(), name, sizeof(name));
	pthread_mutex_lock(&p->lock);
	for (i = 0; i < p->n && strcmp(p->name[i], name) != 0; i++)
		;
	if (i == PRODUCERS_MAX)
		i = PRODUCERS_MAX - 1; /* the last place is for all others */
	else if (i == p->n)
		text_copy(p->name[p->n++], sizeof(p->name[0]),
			  i < PRODUCERS_MAX - 1 ? name : "others");
	pthread_mutex_unlock(&p->lock);
	return i;
}

void producer_lost(struct store *s, unsigned producer, uint64_t n)
{
	atomic_fetch_add(&s->producers.lost[producer], n);
}

void event_emit_fields(struct store *s, enum event_type t, const char *subject,
		       const struct event_field *fields)
{
	_Alignas(struct event_msg) char buf[sizeof(struct event_msg) + SUBJECT_MAX + EVENT_MAX];
	struct event_msg *m = (struct event_msg *)(void *)buf;
	struct text data;
	size_t len = subject ? strnlen(subject, SUBJECT_MAX - 1) : 0;

	*m = (struct event_msg){ .type = (uint16_t)t, .wall_ns = clock_wall_ns(s->clock) };
	if (len)
		memcpy(m->text, subject, len);
	m->text[len] = '\0';
	m->subject_len = (uint32_t)len;
	text_fixed(&data, m->text + len + 1, EVENT_MAX);
	add_fields(&data, t, fields);
	m->data_len = (uint32_t)data.len;
	m->producer = (uint16_t)producer_self(s);
	event_post(s, m);
}

int journal_append_fields(struct wtxn *w, enum event_type t, const struct event_field *fields)
{
	struct text data;
	int rc;

	text_init(&data, EVENT_MAX);
	add_fields(&data, t, fields);
	rc =
	    journal_append(w, descs[t].type, clock_wall_ns(w->s->clock), "", 0, data.buf, data.len);
	text_fini(&data);
	return rc;
}

/* ---- CloudEvents ---- */

static void add_value(struct text *out, const struct journal_rec *r, const cJSON *data,
		      const char *name)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(data, name);

	if (!strcmp(name, "subject"))
		text_add(out, r->subject);
	else if (cJSON_IsString(v))
		text_add(out, v->valuestring);
	else if (cJSON_IsNumber(v))
		text_addf(out, "%lld", (long long)v->valuedouble);
}

/* "{subject} registered by {protocol}" with the values of this event. */
static void fill_text(struct text *out, const struct journal_rec *r, const cJSON *data)
{
	const char *p = descs[r->type].text, *open, *close;
	char name[32];

	while ((open = strchr(p, '{')) && (close = strchr(open, '}'))) {
		text_addn(out, p, (size_t)(open - p));
		snprintf(name, sizeof(name), "%.*s", (int)(close - open - 1), open + 1);
		add_value(out, r, data, name);
		p = close + 1;
	}
	text_add(out, p);
	if (out->len > 2 && !memcmp(out->buf + out->len - 2, ": ", 2))
		out->buf[out->len -= 2] = '\0'; /* nothing came behind the colon */
}

_Static_assert(EVENT_MAX + 6 * (TEXT_MAX + SUBJECT_MAX) + 512 <= EVENT_JSON_MAX,
	       "an event fits whatever is in it");

void event_json(const struct journal_rec *r, struct text *out)
{
	cJSON *data = cJSON_Parse(r->data);
	char time[TIME_TEXT_SIZE];
	struct text words;

	text_time(time, r->wall_ns);
	text_addf(
	    out,
	    "{\"specversion\":\"1.0\",\"id\":\"%llu\",\"source\":\"/switchroom\",\"type\":\"%s\"",
	    (unsigned long long)r->seq, descs[r->type].type);
	if (r->subject[0]) {
		text_add(out, ",\"subject\":");
		json_add_str(out, r->subject, SUBJECT_MAX);
	}
	text_addf(out, ",\"time\":\"%s\",\"datacontenttype\":\"application/json\",\"text\":", time);
	text_init(&words, EVENT_MAX);
	fill_text(&words, r, data);
	json_add_str(out, words.buf ? words.buf : "", TEXT_MAX);
	text_fini(&words);
	text_addf(out, ",\"data\":%s}", r->data);
	cJSON_Delete(data);
}
