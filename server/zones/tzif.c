/* server/zones/tzif.c - see tzif.h. Leap second records are skipped: Debian's zones have none. */
#include "server/zones/tzif.h"

#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/wire.h"

struct header {
	char version;
	uint32_t isut, isstd, leap, time, type, chars;
};

static bool read_header(struct wire_reader *r, struct header *h)
{
	const uint8_t *magic = wire_bytes(r, 4);

	if (!magic || memcmp(magic, "TZif", 4) != 0)
		return false;
	h->version = (char)wire_u8(r);
	wire_skip(r, 15);
	h->isut = wire_u32be(r);
	h->isstd = wire_u32be(r);
	h->leap = wire_u32be(r);
	h->time = wire_u32be(r);
	h->type = wire_u32be(r);
	h->chars = wire_u32be(r);
	return !r->err && h->isut <= TZIF_MAX && h->isstd <= TZIF_MAX && h->leap <= TZIF_MAX &&
	       h->time <= TZIF_MAX && h->type <= 256 && h->chars <= TZIF_MAX;
}

static size_t block_len(const struct header *h, size_t time_size)
{
	return h->time * (time_size + 1) + h->type * 6 + h->chars + h->leap * (time_size + 4) +
	       h->isstd + h->isut;
}

struct local_type {
	int32_t off_s;
	bool dst;
};

static bool read_types(struct wire_reader *r, const struct header *h, struct local_type *types)
{
	for (uint32_t i = 0; i < h->type; i++) {
		types[i].off_s = (int32_t)wire_u32be(r);
		types[i].dst = wire_u8(r) != 0;
		wire_skip(r, 1);
		if (types[i].off_s < -26 * 3600 || types[i].off_s > 26 * 3600)
			return false;
	}
	return !r->err;
}

static bool read_changes(struct wire_reader *r, const struct header *h, struct tzif *z)
{
	const uint8_t *times = wire_bytes(r, (size_t)h->time * 8);
	const uint8_t *index = wire_bytes(r, h->time);
	struct local_type types[256];
	struct wire_reader tr;

	if (r->err || h->type == 0 || !read_types(r, h, types))
		return false;
	z->first_s = types[0].off_s;
	z->n = h->time;
	z->changes = mem_zalloc((z->n + 1) * sizeof(*z->changes));
	wire_read_init(&tr, times, (size_t)h->time * 8);
	for (size_t i = 0; i < z->n; i++) {
		if (index[i] >= h->type)
			return false;
		z->changes[i].at_s = (int64_t)wire_u64be(&tr);
		z->changes[i].off_s = types[index[i]].off_s;
		z->changes[i].dst = types[index[i]].dst;
		if (i > 0 && z->changes[i].at_s <= z->changes[i - 1].at_s)
			return false;
	}
	wire_skip(r, h->chars + (size_t)h->leap * 12 + h->isstd + h->isut);
	return !r->err;
}

/* "\n" rule "\n"; an empty rule means that nothing is known behind the last change. */
static bool read_footer(struct wire_reader *r, struct tzif *z)
{
	size_t left = wire_left(r);
	const char *p = (const char *)wire_bytes(r, left), *end;

	if (!p || left < 2 || p[0] != '\n' || !(end = memchr(p + 1, '\n', left - 1)))
		return false;
	z->has_rule = end > p + 1;
	return !z->has_rule || tz_rule_parse(&z->rule, p + 1, (size_t)(end - p - 1)) == 0;
}

/* Where the law calls winter time the exception (Ireland), the flags say so too; we mean summer. */
static void turn_winter_flags(struct tzif *z)
{
	if (!z->has_rule || !z->rule.has_dst || z->rule.dst_s >= z->rule.std_s)
		return;
	for (size_t i = 0; i < z->n; i++)
		z->changes[i].dst = z->changes[i].off_s == z->rule.std_s;
}

int tzif_parse(struct tzif *z, const void *p, size_t len)
{
	struct wire_reader r;
	struct header h = { 0 };

	memset(z, 0, sizeof(*z));
	wire_read_init(&r, p, len);
	if (len > TZIF_MAX || !read_header(&r, &h) || h.version < '2')
		return ERR_MALFORMED;
	wire_skip(&r, block_len(&h, 4)); /* the 32-bit block of old programs */
	if (read_header(&r, &h) && read_changes(&r, &h, z) && read_footer(&r, z)) {
		turn_winter_flags(z);
		return 0;
	}
	tzif_fini(z);
	return ERR_MALFORMED;
}

int32_t tzif_offset(const struct tzif *z, int64_t wall_s, bool *dst)
{
	size_t lo = 0, hi = z->n; /* first change behind wall_s */

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (z->changes[mid].at_s <= wall_s)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == z->n && z->has_rule)
		return tz_rule_offset(&z->rule, wall_s, dst);
	if (dst)
		*dst = lo > 0 && z->changes[lo - 1].dst;
	return lo > 0 ? z->changes[lo - 1].off_s : z->first_s;
}

void tzif_fini(struct tzif *z)
{
	mem_free(z->changes);
	memset(z, 0, sizeof(*z));
}
