/* server/phones/timeline.c - the last steps of one phone in one small buffer. A record is a fixed
 * head and the detail with its NUL; ten thousand phones keep theirs in a few megabytes. */
#include <assert.h>
#include <string.h>

#include "server/core/mem.h"
#include "server/phones/phones_int.h"

struct head {
	int64_t at_ms;
	uint32_t span_ms;
	uint16_t count;
	uint8_t step : 7, journalled : 1;
	uint8_t len; /* len: of the detail without its NUL */
};

static struct head head_at(const struct timeline *t, size_t at)
{
	struct head h;

	assert(t->buf && at < t->len);
	memcpy(&h, t->buf + at, sizeof(h));
	return h;
}

static size_t record_size(const struct head *h)
{
	return sizeof(*h) + h->len + 1u;
}

static size_t newest_at(const struct timeline *t)
{
	size_t at = 0;

	for (unsigned i = 1; i < t->n; i++) {
		struct head h = head_at(t, at);

		at += record_size(&h);
	}
	return at;
}

static bool count_up(struct timeline *t, int64_t at_ms, enum phone_step step, const char *detail,
		     size_t len)
{
	size_t at;
	struct head h;

	if (t->n == 0)
		return false;
	at = newest_at(t);
	h = head_at(t, at);
	if (h.step != step || h.len != len || memcmp(t->buf + at + sizeof(h), detail, len) != 0)
		return false;
	if (at_ms > h.at_ms)
		h.span_ms = at_ms - h.at_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)(at_ms - h.at_ms);
	if (h.count < UINT16_MAX)
		h.count++;
	memcpy(t->buf + at, &h, sizeof(h));
	return true;
}

static void drop_oldest(struct timeline *t)
{
	struct head h = head_at(t, 0);
	size_t size = record_size(&h);

	memmove(t->buf, t->buf + size, t->len - size);
	t->len = (uint16_t)(t->len - size);
	t->n--;
	t->dropped++;
}

static void append(struct timeline *t, const struct head *h, const char *detail)
{
	size_t size = record_size(h);

	while (t->n >= PHONES_STEPS || t->len + size > TIMELINE_BYTES)
		drop_oldest(t);
	if (t->len + size > t->cap) {
		size_t cap = (t->len + size + 255) & ~(size_t)255;

		t->buf = mem_realloc(t->buf, cap);
		t->cap = (uint16_t)cap;
	}
	assert(t->buf);
	memcpy(t->buf + t->len, h, sizeof(*h));
	memcpy(t->buf + t->len + sizeof(*h), detail, h->len);
	t->buf[t->len + sizeof(*h) + h->len] = 0;
	t->len = (uint16_t)(t->len + size);
	t->n++;
}

bool timeline_add(struct timeline *t, int64_t at_ms, enum phone_step step, const char *detail)
{
	size_t len = strlen(detail);
	struct head h = { .at_ms = at_ms, .count = 1, .step = step & 0x7f };

	if (len > PHONES_DETAIL_MAX)
		len = PHONES_DETAIL_MAX;
	if (count_up(t, at_ms, step, detail, len))
		return false;
	h.len = (uint8_t)len;
	append(t, &h, detail);
	return true;
}

void timeline_mark(struct timeline *t)
{
	size_t at = newest_at(t);
	struct head h = head_at(t, at);

	h.journalled = 1;
	memcpy(t->buf + at, &h, sizeof(h));
}

bool timeline_next(const struct timeline *t, size_t *at, struct timeline_step *out)
{
	struct head h;

	if (*at >= t->len)
		return false;
	h = head_at(t, *at);
	out->at_ms = h.at_ms;
	out->span_ms = h.span_ms;
	out->count = h.count;
	out->step = h.step;
	out->journalled = h.journalled;
	out->detail = (const char *)t->buf + *at + sizeof(h);
	*at += record_size(&h);
	return true;
}

static void append_step(struct timeline *t, const struct timeline_step *s)
{
	struct head h = { .at_ms = s->at_ms,
			  .span_ms = s->span_ms,
			  .count = s->count,
			  .step = s->step & 0x7f,
			  .len = (uint8_t)strlen(s->detail) };

	append(t, &h, s->detail);
}

void timeline_merge(struct timeline *t, struct timeline *from)
{
	struct timeline out = { .dropped = t->dropped };
	struct timeline_step a = { 0 }, b = { 0 };
	size_t at_a = 0, at_b = 0;
	bool has_a = timeline_next(from, &at_a, &a), has_b = timeline_next(t, &at_b, &b);

	while (has_a || has_b) {
		if (has_a && (!has_b || a.at_ms <= b.at_ms)) {
			append_step(&out, &a);
			has_a = timeline_next(from, &at_a, &a);
		} else {
			append_step(&out, &b);
			has_b = timeline_next(t, &at_b, &b);
		}
	}
	timeline_free(from);
	timeline_free(t);
	*t = out;
}

void timeline_free(struct timeline *t)
{
	mem_free(t->buf);
	*t = (struct timeline){ 0 };
}
