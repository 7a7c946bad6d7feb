/* server/provision/render.c - from a name to the bytes of a file, and its stamp. */
#include "server/provision/render.h"

#include <inttypes.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/provision/index.h"
#include "server/provision/sep.h"

/* ---- one file ---- */

char *render_phone(const struct site *s, const char *path, size_t *len)
{
	struct phone p;
	struct xml x;

	if (phone_get(&p, s, path))
		return NULL;
	xml_begin(&x, PROVISION_FILE_MAX);
	if (phone_file(&p) != CNF_SEP)
		sep_small(&x, s, &p);
	else if (p.sip)
		sep_sip(&x, s, &p);
	else
		sep_sccp(&x, s, &p);
	phone_done(&p);
	return xml_end(&x, len);
}

/* `ip source-address` is what the default file is made of. */
char *render_default(const struct site *s, size_t *len)
{
	struct xml x;

	if (!s->sccp.server.ipv4 && !s->sccp.server.ipv6)
		return NULL;
	xml_begin(&x, PROVISION_FILE_MAX);
	xml_default(&x, s);
	return xml_end(&x, len);
}

/* ---- stamps ---- */

/* The first 8 bytes of the digest as an unsigned big-endian number modulo 10^16. */
static void stamp_of(struct rendered *r)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	uint64_t v = 0;

	SHA256((const unsigned char *)r->data, r->len, digest);
	for (int i = 0; i < 8; i++)
		v = v << 8 | digest[i];
	snprintf(r->stamp, sizeof(r->stamp), "%016" PRIu64, v % UINT64_C(10000000000000000));
	text_hex(r->sha256, digest, sizeof(digest));
}

static void insert_stamp(struct rendered *r)
{
	char *at = strstr(r->data, STAMP_OPEN STAMP_CLOSE);
	size_t n = strlen(r->stamp), before;

	if (!at)
		return;
	before = (size_t)(at - r->data) + strlen(STAMP_OPEN);
	r->data = mem_realloc(r->data, r->len + n + 1);
	memmove(r->data + before + n, r->data + before, r->len - before + 1);
	memcpy(r->data + before, r->stamp, n);
	r->len += n;
}

/* ---- names ---- */

static bool name_is(const char *name, const char *canonical, bool fold)
{
	return fold ? strcasecmp(name, canonical) == 0 : strcmp(name, canonical) == 0;
}

/* Length of the device part of "<device>.cnf.xml"; 0 when the name is of another kind. */
static size_t device_part(const char *name)
{
	size_t len = strlen(name), suffix = strlen(CNF_SUFFIX);

	if (len <= suffix || strcasecmp(name + len - suffix, CNF_SUFFIX) != 0)
		return 0;
	return len - suffix;
}

int provision_index_name(const struct provision_index *ix, const char *name, bool fold,
			 char out[PROVISION_NAME_SIZE])
{
	const struct index_entry *e;

	text_copy(out, PROVISION_NAME_SIZE, XML_DEFAULT);
	if (name_is(name, XML_DEFAULT, fold))
		return 0;
	e = index_find(ix, name, device_part(name));
	if (!e)
		return ERR_NOENT;
	snprintf(out, PROVISION_NAME_SIZE, "%s" CNF_SUFFIX, e->device);
	return name_is(name, out, fold) ? 0 : ERR_NOENT;
}

const char *provision_index_mac(const struct provision_index *ix, const char *mac)
{
	static const char *const prefixes[] = { "SEP", "ATA" };
	const struct index_entry *e = NULL;
	char device[24];

	for (size_t i = 0; i < ARRAY_LEN(prefixes) && !e; i++) {
		snprintf(device, sizeof(device), "%s%.12s", prefixes[i], mac);
		e = index_find(ix, device, strlen(device));
	}
	return e ? e->device : NULL;
}

static int finish(struct conf *c, struct rendered *out, char *data, size_t len, const char *name,
		  const char *owner)
{
	if (!data)
		return ERR_NOENT;
	out->data = data;
	out->len = len;
	text_copy(out->name, sizeof(out->name), name);
	text_copy(out->owner, sizeof(out->owner), owner);
	stamp_of(out);
	stamp_by_hand(c, out);
	insert_stamp(out);
	return 0;
}

int provision_render_indexed(struct conf *c, const struct provision_index *ix, const char *name,
			     bool fold, struct rendered *out)
{
	const struct index_entry *e;
	char canonical[PROVISION_NAME_SIZE];
	struct site s;
	size_t len = 0;
	char *data;

	memset(out, 0, sizeof(*out));
	if (provision_index_name(ix, name, fold, canonical))
		return ERR_NOENT;
	site_init(&s, c, false);
	if (strcmp(canonical, XML_DEFAULT) == 0) {
		data = render_default(&s, &len);
		return finish(c, out, data, len, canonical, "");
	}
	e = index_find(ix, canonical, device_part(canonical));
	data = render_phone(&s, e->path, &len);
	return finish(c, out, data, len, canonical, e->device);
}

int provision_render(struct conf *c, const char *name, bool fold, struct rendered *out)
{
	struct provision_index *ix;
	int err;

	memset(out, 0, sizeof(*out));
	if (!device_part(name))
		return ERR_NOENT;
	ix = provision_index_new(c);
	err = provision_render_indexed(c, ix, name, fold, out);
	provision_index_free(ix);
	return err;
}

/* Phone files hold passwords. */
void provision_release(struct rendered *r)
{
	if (r->data)
		mem_wipe(r->data, r->len);
	mem_free(r->data);
	r->data = NULL;
	r->len = 0;
}

int provision_names(struct conf *c, provision_name_fn fn, void *ctx)
{
	struct provision_index *ix = provision_index_new(c);
	const struct index_entry *e;
	char name[40];
	struct site s;
	size_t n;
	int stop = 0;

	site_init(&s, c, false);
	if (s.sccp.server.ipv4 || s.sccp.server.ipv6)
		stop = fn(ctx, XML_DEFAULT, "");
	e = index_all(ix, &n);
	for (size_t i = 0; i < n && !stop; i++) {
		snprintf(name, sizeof(name), "%s" CNF_SUFFIX, e[i].device);
		stop = fn(ctx, name, e[i].device);
	}
	provision_index_free(ix);
	return stop;
}
