/* store/ios/keep.c - see keep.h. */
#include "store/ios/keep.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/internal.h"

struct line {
	char *mode, *text, *masked;
};

struct ios_keeper {
	struct conf *conf;
	struct line **list;
	size_t n, cap;
	void *by_text, *by_masked; /* search trees over the lines */
	bool changed;
	struct ios_keeper
	    *before; /* what was there before a replacing import began with nothing; or NULL */
};

/* ---- the lines so far ---- */
static int order(const char *mode_a, const char *a, const char *mode_b, const char *b)
{
	int d = strcmp(mode_a, mode_b);

	return d ? d : strcmp(a, b);
}

static int text_order(const void *pa, const void *pb)
{
	const struct line *a = pa, *b = pb;

	return order(a->mode, a->text, b->mode, b->text);
}

static int masked_order(const void *pa, const void *pb)
{
	const struct line *a = pa, *b = pb;

	return order(a->mode, a->masked, b->mode, b->masked);
}

static void line_free(struct line *l)
{
	mem_free(l->mode);
	mem_free(l->text);
	mem_free(l->masked);
	mem_free(l);
}

static struct line *line_new(const char *mode, const char *text)
{
	struct line *l = mem_zalloc(sizeof(*l));
	struct text masked;

	l->mode = mem_strdup(mode);
	l->text = mem_strdup(text);
	text_init(&masked, 4 * IOS_KEPT_TEXT);
	schema_mask_line(text, &masked);
	l->masked = text_take(&masked);
	return l;
}

static void index_line(struct ios_keeper *k, struct line *l)
{
	if (!tsearch(l, &k->by_text, text_order) || !tsearch(l, &k->by_masked, masked_order))
		abort(); /* out of memory, as everywhere */
}

static void add_line(struct ios_keeper *k, struct line *l)
{
	if (k->n == k->cap) {
		k->cap = k->cap ? 2 * k->cap : 64;
		k->list = mem_realloc(k->list, k->cap * sizeof(struct line *));
	}
	k->list[k->n++] = l;
	index_line(k, l);
}

static struct line *find(struct ios_keeper *k, const char *mode, const char *text)
{
	struct line key = { (char *)mode, (char *)text, (char *)text };
	struct line **hit = tfind(&key, &k->by_text, text_order);

	if (!hit)
		hit = tfind(&key, &k->by_masked, masked_order);
	return hit ? *hit : NULL;
}

static void load(struct ios_keeper *k, const cJSON *platform)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, cfg_map(platform, "raw_lines")) {
		const cJSON *mode = cJSON_GetObjectItemCaseSensitive(e, "mode");
		const cJSON *text = cJSON_GetObjectItemCaseSensitive(e, "text");

		add_line(k, line_new(mode ? mode->valuestring : "", text->valuestring));
	}
}

struct ios_keeper *ios_keeper_new(struct conf *c)
{
	struct ios_keeper *k = mem_zalloc(sizeof(*k));
	const cJSON *now = conf_get(c, SCHEMA_PLATFORM), *base = conf_get_base(c, SCHEMA_PLATFORM);

	k->conf = c;
	load(k, now);
	if (base && !now) {
		k->before = mem_zalloc(sizeof(*k));
		load(k->before, base);
	}
	return k;
}

static void no_free(void *p)
{
	(void)p;
}

void ios_keeper_free(struct ios_keeper *k)
{
	if (!k)
		return;
	ios_keeper_free(k->before);
	tdestroy(k->by_text, no_free);
	tdestroy(k->by_masked, no_free);
	for (size_t i = 0; i < k->n; i++)
		line_free(k->list[i]);
	mem_free(k->list);
	mem_free(k);
}

/* ---- a further line ---- */

/* `no ip cef` of `ip cef` and the other way round. */
static struct line *opposite(struct ios_keeper *k, const char *mode, const char *text)
{
	char no[IOS_KEPT_TEXT + 8];

	if (strncasecmp(text, "no ", 3) == 0)
		return find(k, mode, text + 3);
	snprintf(no, sizeof(no), "no %s", text);
	return find(k, mode, no);
}

static void replace(struct ios_keeper *k, struct line *l, const char *text)
{
	struct line *fresh = line_new(l->mode, text);

	tdelete(l, &k->by_text, text_order);
	tdelete(l, &k->by_masked, masked_order);
	for (size_t i = 0; i < k->n; i++) {
		if (k->list[i] == l)
			k->list[i] = fresh;
	}
	index_line(k, fresh);
	line_free(l);
}

static bool is_text(const char *s)
{
	if (!*s || !text_is_utf8(s, strlen(s)))
		return false;
	for (; *s; s++) {
		if (((unsigned char)*s < 0x20 && *s != '\n') || *s == 0x7f)
			return false;
	}
	return true;
}

/* Its secret is the one that was there. */
static const char *unmasked(const struct ios_keeper *k, const char *mode, const char *text)
{
	const struct line *was =
	    k->before && strstr(text, SCHEMA_MASK) ? find(k->before, mode, text) : NULL;

	return was ? was->text : text;
}

static int keep(struct ios_keeper *k, const char *mode, const char *text)
{
	struct line *there;

	text = unmasked(k, mode, text);
	if (strlen(text) > IOS_KEPT_TEXT)
		return ERR_TOO_BIG;
	if (!is_text(text) || (*mode && (!is_text(mode) || strchr(mode, '\n'))))
		return ERR_MALFORMED;
	if (find(k, mode, text))
		return IOS_KEPT_SAME;
	there = opposite(k, mode, text);
	if (!there && k->n >= IOS_KEPT_LINES)
		return ERR_TOO_BIG;
	k->changed = true;
	if (there)
		replace(k, there, text);
	else
		add_line(k, line_new(mode, text));
	return there ? IOS_KEPT_CHANGED : IOS_KEPT_NEW;
}

int ios_keep_line(struct ios_keeper *k, const struct ios_place *at, const char *text)
{
	char mode[SCHEMA_MODE_MAX], *line = slice_dup(slice_trim(slice_of(text)));
	int rc;

	/* Tabs are blanks. */
	for (char *p = line; *p; p++)
		*p = *p == '\t' ? ' ' : *p;
	schema_mode_name(at, mode, sizeof(mode));
	rc = keep(k, mode, line);
	mem_free(line);
	return rc;
}

int ios_keeper_stage(struct ios_keeper *k, struct faults *f)
{
	cJSON *lines, *patch;
	int err;

	if (!k->changed)
		return 0;
	lines =
	    schema_mask(schema_object(SCHEMA_PLATFORM)->fields, conf_get(k->conf, SCHEMA_PLATFORM));
	patch = lines;
	cJSON_DeleteItemFromObjectCaseSensitive(patch, "raw_lines");
	lines = cJSON_AddObjectToObject(patch, "raw_lines");
	for (size_t i = 0; i < k->n; i++) {
		cJSON *e = cJSON_CreateObject();
		char key[24];

		snprintf(key, sizeof(key), "%zu", i + 1);
		if (k->list[i]->mode[0])
			cJSON_AddStringToObject(e, "mode", k->list[i]->mode);
		cJSON_AddStringToObject(e, "text", k->list[i]->text);
		cJSON_AddItemToObject(lines, key, e);
	}
	err = schema_edit(k->conf, OP_PUT, SCHEMA_PLATFORM, patch, f, NULL);
	if (!err)
		schema_kept_prune(k->conf, NULL);
	cJSON_Delete(patch);
	return err;
}

/* ---- what lines of routers look like ---- */

/* By their first words, never abbreviated in what a router prints. */
static const char *const blocks[] = {
	"aaa group",
	"application",
	"archive",
	"call-manager-fallback",
	"class-map",
	"control-plane",
	"controller",
	"crypto dynamic-map",
	"crypto ikev2",
	"crypto ipsec profile",
	"crypto ipsec transform-set",
	"crypto isakmp policy",
	"crypto isakmp profile",
	"crypto keyring",
	"crypto map",
	"crypto pki certificate",
	"crypto pki trustpoint",
	"dial-peer cor custom",
	"dial-peer cor list",
	"event manager applet",
	"flow exporter",
	"flow monitor",
	"flow record",
	"gatekeeper",
	"interface",
	"ip access-list",
	"ip dhcp class",
	"ip sla",
	"ip vrf",
	"ipv6 access-list",
	"key chain",
	"line",
	"media profile",
	"object-group",
	"parser view",
	"policy-map",
	"redundancy",
	"route-map",
	"router",
	"sccp ccm group",
	"track",
	"translation-rule",
	"trunk group",
	"voice class",
	"voice emergency",
	"voice iec",
	"voice register pool-type",
	"ephone-type",
	"voice source-group",
	"voice translation-profile",
	"voice translation-rule",
	"voice-card",
	"vrf definition",
	"zone security",
	"zone-pair",
};
/* ... inside of a block. */
static const char *const inner_blocks[] = { "address-family", "class", "key", "service", "vrf" };
static const char *const platform[] = {
	"aaa",
	"access-list",
	"alias",
	"arp",
	"banner",
	"boot",
	"boot-end-marker",
	"boot-start-marker",
	"call-home",
	"card",
	"cdp",
	"clock",
	"control-plane",
	"crypto",
	"diagnostic",
	"dns-server",
	"domain",
	"dspfarm",
	"enable",
	"errdisable",
	"event",
	"exception",
	"gatekeeper",
	"gateway",
	"hostname",
	"interface",
	"ip",
	"ipv6",
	"isdn",
	"key",
	"license",
	"line",
	"lldp",
	"logging",
	"login",
	"memory-size",
	"mgcp",
	"mmi",
	"multilink",
	"netconf-yang",
	"network-clock-participate",
	"network-clock-select",
	"ntp",
	"parser",
	"platform",
	"policy-map",
	"class-map",
	"privilege",
	"process",
	"redundancy",
	"route-map",
	"router",
	"sccp",
	"scheduler",
	"security",
	"service",
	"snmp-server",
	"spanning-tree",
	"subscriber",
	"track",
	"transport",
	"username",
	"version",
	"vlan",
	"voice-card",
	"vrf",
	"vtp",
	"warm-reboot",
	"wsma",
	"zone",
	"zone-pair",
};

/* `words` are the first words of `text`. */
static bool begins(const char *text, const char *words)
{
	size_t len = strlen(words);

	return strncasecmp(text, words, len) == 0 && (!text[len] || text[len] == ' ');
}

static bool listed(const char *const *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		if (begins(text, list[i]))
			return true;
	}
	return false;
}

bool ios_opens_block(const struct ios_place *at, const char *text)
{
	text += strspn(text, " \t");
	if (at->block[0] && listed(inner_blocks, ARRAY_LEN(inner_blocks), text))
		return true;
	return !at->obj && ios_heads_block(text);
}

bool ios_heads_block(const char *text)
{
	return listed(blocks, ARRAY_LEN(blocks), text + strspn(text, " \t"));
}

int ios_enter_block(struct ios_place *at, const char *text)
{
	char *head = slice_dup(slice_trim(slice_of(text)));
	size_t len = strlen(at->block);
	struct text t;

	text_fixed(&t, at->block + len, sizeof(at->block) - len);
	text_addf(&t, "%s%s", len ? SCHEMA_MODE_SEP : "", head);
	mem_free(head);
	return t.overflow ? ERR_TOO_BIG : 0;
}

bool ios_is_platform(const struct ios_place *at, const char *text)
{
	const char *head = at->block[0] ? at->block : text + strspn(text, " \t");

	if (at->obj)
		return strcmp(at->obj->path, SCHEMA_PLATFORM) == 0;
	if (begins(head, "no"))
		head += 2 + strspn(head + 2, " ");
	return listed(platform, ARRAY_LEN(platform), head) ||
	       listed(blocks, ARRAY_LEN(blocks), head);
}
