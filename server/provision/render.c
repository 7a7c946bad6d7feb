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

static char *render(const struct site *s, const struct phone *p, size_t *len)
{
	struct xml x;

	xml_begin(&x, PROVISION_FILE_MAX);
	if (phone_file(p) != CNF_SEP)
		sep_small(&x, s, p);
	else if (p->sip)
		sep_sip(&x, s, p);
	else
		sep_sccp(&x, s, p);
	return xml_end(&x, len);
}

char *render_phone(const struct site *s, const char *path, size_t *len)
{
	struct phone p;
	char *data;

	if (phone_get(&p, s, path))
		return NULL;
	data = render(s, &p, len);
	phone_done(&p);
	return data;
}

char *render_type(const struct site *s, const struct provision_model *m, size_t *len)
{
	const struct phone p = { .obj = schema_object("ephones"), .model = m, .side = &s->sccp };

	return render(s, &p, len);
}

const struct provision_model *type_next(size_t *i)
{
	size_t n;
	const struct provision_model *m = provision_models(&n);

	while (*i < n) {
		const struct provision_model *one = &m[(*i)++];

		if (one->sccp && (one->sccp_file == CNF_SEP || one->sccp_file == CNF_SEP_SMALL))
			return one;
	}
	return NULL;
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

/* "vrf2_<name>" and "vrf2/<name>": the name itself and the group; 0: no such beginning. */
static int group_of(const char *name, const char **rest)
{
	int64_t group;

	*rest = name;
	if (strncasecmp(name, "vrf", 3) != 0 || !name[3] || (name[4] != '_' && name[4] != '/') ||
	    text_to_int(name + 3, 1, 1, INDEX_GROUPS, &group))
		return 0;
	*rest = name + 5;
	return (int)group;
}

/* A model by the name of the file of its type; NULL: none. */
static const struct provision_model *type_of(const struct provision_index *ix, const char *name,
					     bool fold)
{
	const struct provision_model *m = NULL;
	char canonical[PROVISION_NAME_SIZE];
	size_t i = 0;

	if (!index_per_type(ix) || strncasecmp(name, XML_DEFAULT, strcspn(XML_DEFAULT, ".")) != 0)
		return NULL;
	while ((m = type_next(&i))) {
		snprintf(canonical, sizeof(canonical), XML_TYPE, m->type);
		if (name_is(name, canonical, fold))
			return m;
	}
	return NULL;
}

static int base_name(const struct provision_index *ix, const char *name, bool fold,
		     char out[PROVISION_NAME_SIZE])
{
	const struct provision_model *m = type_of(ix, name, fold);
	const struct index_entry *e;

	text_copy(out, PROVISION_NAME_SIZE, XML_DEFAULT);
	if (name_is(name, XML_DEFAULT, fold))
		return 0;
	if (m) {
		snprintf(out, PROVISION_NAME_SIZE, XML_TYPE, m->type);
		return 0;
	}
	e = index_find(ix, name, device_part(name));
	if (!e)
		return ERR_NOENT;
	snprintf(out, PROVISION_NAME_SIZE, "%s" CNF_SUFFIX, e->device);
	return name_is(name, out, fold) ? 0 : ERR_NOENT;
}

int provision_index_name(const struct provision_index *ix, const char *name, bool fold,
			 char out[PROVISION_NAME_SIZE])
{
	char base[PROVISION_NAME_SIZE];
	int group = group_of(name, &name);

	if (group && !index_has_group(ix, group))
		return ERR_NOENT;
	if (base_name(ix, name, fold, base))
		return ERR_NOENT;
	if (group)
		snprintf(out, PROVISION_NAME_SIZE, "vrf%d_%.100s", group, base);
	else
		memcpy(out, base, sizeof(base));
	return 0;
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
	const struct provision_model *m;
	const struct index_entry *e;
	char canonical[PROVISION_NAME_SIZE];
	const char *base;
	struct site s;
	size_t len = 0;
	char *data;
	int group;

	memset(out, 0, sizeof(*out));
	if (provision_index_name(ix, name, fold, canonical))
		return ERR_NOENT;
	site_init(&s, c, false);
	group = group_of(canonical, &base);
	if (group)
		site_group(&s, group);
	m = type_of(ix, base, false);
	e = m ? NULL : index_find(ix, base, device_part(base));
	data = m   ? render_type(&s, m, &len)
	       : e ? render_phone(&s, e->path, &len)
		   : render_default(&s, &len);
	return finish(c, out, data, len, canonical, e ? e->device : "");
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
	const struct provision_model *m;
	const struct index_entry *e;
	char name[PROVISION_NAME_SIZE];
	struct site s;
	size_t n, type = 0;
	int stop = 0;

	site_init(&s, c, false);
	if (s.sccp.server.ipv4 || s.sccp.server.ipv6)
		stop = fn(ctx, XML_DEFAULT, "");
	while (index_per_type(ix) && !stop && (m = type_next(&type))) {
		snprintf(name, sizeof(name), XML_TYPE, m->type);
		stop = fn(ctx, name, "");
	}
	e = index_all(ix, &n);
	for (size_t i = 0; i < n && !stop; i++) {
		snprintf(name, sizeof(name), "%s" CNF_SUFFIX, e[i].device);
		stop = fn(ctx, name, e[i].device);
	}
	provision_index_free(ix);
	return stop;
}
