/* store/path.c - object paths as LMDB keys. Items sort numerically ("2" before "10"), composite
 * keys part by part. Layout: singleton = its name; item = collection, 0, parts; a part is 1 and
 * eight bytes for a plain decimal number, or 2, the text and a 0 for anything else. */
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "store/store_int.h"

struct key_writer {
	struct path_key *k;
	bool full;
};

static void put(struct key_writer *w, const void *p, size_t len)
{
	if (w->k->len + len > sizeof(w->k->b)) {
		w->full = true;
		return;
	}
	memcpy(w->k->b + w->k->len, p, len);
	w->k->len += len;
}

/* Only the spelling that decodes to itself counts as a number: no leading zeros, fits 64 bits. */
static bool plain_number(const char *p, size_t len, uint64_t *out)
{
	uint64_t v = 0;

	if (!len || len > 19 || (len > 1 && p[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(p[i] - '0');
	}
	*out = v;
	return true;
}

static void put_part(struct key_writer *w, const char *p, size_t len)
{
	uint8_t b[9] = { PATH_NUMBER };
	uint64_t v;

	if (plain_number(p, len, &v)) {
		be64_put(b + 1, v);
		put(w, b, sizeof(b));
		return;
	}
	b[0] = PATH_TEXT;
	put(w, b, 1);
	put(w, p, len);
	put(w, "", 1);
}

const char *path_item(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int path_prefix(const char *collection, struct path_key *k)
{
	struct key_writer w = { .k = k };

	k->len = 0;
	put(&w, collection, strlen(collection) + 1);
	return w.full ? ERR_TOO_BIG : 0;
}

int path_encode(const char *path, struct path_key *k)
{
	const char *slash = strrchr(path, '/'), *p, *comma;
	struct key_writer w = { .k = k };

	k->len = 0;
	if (!path[0] || slash == path || (slash && !slash[1]))
		return ERR_MALFORMED;
	if (!slash) {
		put(&w, path, strlen(path));
		return w.full ? ERR_TOO_BIG : 0;
	}
	put(&w, path, (size_t)(slash - path));
	put(&w, "", 1);
	for (p = slash + 1; (comma = strchr(p, ',')); p = comma + 1)
		put_part(&w, p, (size_t)(comma - p));
	put_part(&w, p, strlen(p));
	return w.full ? ERR_TOO_BIG : 0;
}

static int decode_parts(const uint8_t *p, const uint8_t *end, struct text *out)
{
	for (bool first = true; p < end; first = false) {
		const uint8_t *stop;

		if (!first)
			text_addc(out, ',');
		if (*p == PATH_NUMBER && end - p >= 9) {
			text_addf(out, "%llu", (unsigned long long)be64_get(p + 1));
			p += 9;
		} else if (*p == PATH_TEXT && (stop = memchr(p + 1, 0, (size_t)(end - p - 1)))) {
			text_addn(out, (const char *)p + 1, (size_t)(stop - p - 1));
			p = stop + 1;
		} else {
			return ERR_CORRUPT;
		}
	}
	return 0;
}

int path_decode(const uint8_t *key, size_t len, char *path, size_t cap)
{
	const uint8_t *zero = memchr(key, 0, len);
	struct text out;
	int err = 0;

	text_fixed(&out, path, cap);
	text_addn(&out, (const char *)key, zero ? (size_t)(zero - key) : len);
	if (zero) {
		text_addc(&out, '/');
		err = decode_parts(zero + 1, key + len, &out);
	}
	return err ? err : out.overflow ? ERR_TOO_BIG : 0;
}
