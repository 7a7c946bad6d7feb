/* store/schema/types.c - one value of each type: canonical form, text form, what is wrong with it.
 * Texts: cme-model 4.2. */
#include <arpa/inet.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/internal.h"

struct problem {
	int err;
	char *why;
	size_t cap;
};

static cJSON *refuse(struct problem *p, int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static cJSON *refuse(struct problem *p, int err, const char *fmt, ...)
{
	va_list ap;

	p->err = err;
	va_start(ap, fmt);
	vsnprintf(p->why, p->cap, fmt, ap);
	va_end(ap);
	return NULL;
}

/* ---- DSCP names (cme-model 0) ---- */
static const struct dscp {
	const char *name;
	int value;
} dscps[] = { { "default", 0 }, { "cs1", 8 },   { "af11", 10 }, { "af12", 12 }, { "af13", 14 },
	      { "cs2", 16 },    { "af21", 18 }, { "af22", 20 }, { "af23", 22 }, { "cs3", 24 },
	      { "af31", 26 },   { "af32", 28 }, { "af33", 30 }, { "cs4", 32 },  { "af41", 34 },
	      { "af42", 36 },   { "af43", 38 }, { "cs5", 40 },  { "ef", 46 },   { "cs6", 48 },
	      { "cs7", 56 } };

int schema_dscp_parse(const char *s)
{
	int64_t v;

	for (size_t i = 0; i < ARRAY_LEN(dscps); i++) {
		if (strcasecmp(dscps[i].name, s) == 0)
			return dscps[i].value;
	}
	return text_to_int(s, strlen(s), 0, 63, &v) == 0 ? (int)v : -1;
}

const char *schema_dscp_name(int64_t v)
{
	for (size_t i = 0; i < ARRAY_LEN(dscps); i++) {
		if (dscps[i].value == v)
			return dscps[i].name;
	}
	return NULL;
}

/* ---- numbers ---- */
static cJSON *canon_int(const struct schema_field *f, const cJSON *in, struct problem *p)
{
	double d = in->valuedouble;
	bool has_max = schema_has_max(f);
	char list[160];
	struct text t;

	if (!cJSON_IsNumber(in) || d != floor(d))
		return refuse(p, ERR_TYPE, "Must be a whole number");
	if (f->choices) {
		if (fabs(d) < 1e9 && schema_number_choice(f, (int64_t)d))
			return cJSON_CreateNumber(d);
		text_fixed(&t, list, sizeof(list));
		for (const char *const *c = f->choices; *c; c++)
			text_addf(&t, "%s%s", c == f->choices ? "" : ", ", *c);
		return refuse(p, ERR_RANGE, "Value %.0f is not one of %s", d, list);
	}
	if (d == 0 && (f->flags & F_ZERO))
		return cJSON_CreateNumber(0);
	if (d < (double)f->min || (has_max && d > (double)schema_max(f))) {
		if (f->fault && strcmp(f->fault, "lpcor_index_range") == 0)
			return refuse(p, ERR_RANGE, "Index must be %lld-%lld", (long long)f->min,
				      (long long)schema_max(f));
		if (f->fault && d > (double)f->min)
			return refuse(p, ERR_RANGE,
				      "Maximum number of configurable ephones is %lld",
				      (long long)schema_max(f));
		return refuse(p, ERR_RANGE, "Value %.0f out of range %lld-%lld", d,
			      (long long)f->min,
			      (long long)(has_max ? schema_max(f) : (int64_t)1 << 53));
	}
	return cJSON_CreateNumber(d);
}

static cJSON *canon_dscp(const cJSON *in, struct problem *p)
{
	int v;

	if (cJSON_IsNumber(in)) {
		if (in->valuedouble < 0 || in->valuedouble > 63 ||
		    in->valuedouble != floor(in->valuedouble))
			return refuse(p, ERR_RANGE, "Value %g out of range 0-63", in->valuedouble);
		return cJSON_CreateNumber(in->valuedouble);
	}
	v = cJSON_IsString(in) ? schema_dscp_parse(in->valuestring) : -1;
	if (v < 0)
		return refuse(p, cJSON_IsString(in) ? ERR_INVALID : ERR_TYPE,
			      "Must be 0-63 or one of default, ef, cs1-cs7, af11-af43");
	return cJSON_CreateNumber(v);
}

/* ---- texts ---- */
static const char *enum_list(const struct schema_field *f, char *out, size_t cap)
{
	struct text t;

	text_fixed(&t, out, cap);
	for (const char *const *c = f->choices; *c; c++)
		text_addf(&t, "%s%s", c == f->choices ? "" : ", ", *c);
	return out;
}

static cJSON *canon_enum(const struct schema_field *f, const char *s, struct problem *p)
{
	char list[400];

	for (const char *const *c = f->choices; *c; c++) {
		if (((f->flags & F_ANY_CASE) ? strcasecmp(*c, s) : strcmp(*c, s)) == 0)
			return cJSON_CreateString(*c);
	}
	return refuse(p, ERR_INVALID, "Must be one of %s", enum_list(f, list, sizeof(list)));
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static bool length_fits(const struct schema_field *f, const char *s, struct problem *p)
{
	size_t n = characters(s);

	if (n >= (size_t)f->min && (f->max == 0 || n <= (size_t)f->max))
		return true;
	if (f->max == 0)
		refuse(p, ERR_RANGE, "Must be at least %lld characters long", (long long)f->min);
	else if (f->min == 0)
		refuse(p, ERR_RANGE, "Must be at most %lld characters long", (long long)f->max);
	else
		refuse(p, ERR_RANGE, "Must be %lld to %lld characters long", (long long)f->min,
		       (long long)f->max);
	return false;
}

static void join_words(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (*s != ' ')
			*to++ = *s;
	}
	*to = '\0';
}

/* Quotation marks have no escape in IOS, so a text with one could not be exported. */
static cJSON *canon_str(const struct schema_field *f, const char *s, struct problem *p)
{
	struct slice trimmed = slice_trim(slice_of(s));
	cJSON *out = NULL;
	char *copy;

	for (const char *c = s; *c; c++) {
		if ((unsigned char)*c < 0x20 && !(*c == '\n' && (f->flags & F_MULTILINE)))
			return refuse(p, ERR_INVALID, "Must not contain control characters");
		if (*c == '"' && !(f->flags & F_KEPT))
			return refuse(p, ERR_INVALID, "Must not contain quotation marks");
		if (f->without && strchr(f->without, *c))
			return refuse(p, ERR_INVALID, "Must not contain %s", f->without);
		if ((f->flags & F_DIGITS) && (*c < '0' || *c > '9'))
			return refuse(p, ERR_INVALID, "Must be digits");
	}
	copy = slice_dup(trimmed);
	if (f->flags & F_JOIN)
		join_words(copy);
	if (length_fits(f, copy, p))
		out = cJSON_CreateString(copy);
	mem_free(copy);
	return out;
}

static bool plain_word(const char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s <= 0x20 || *s == '"')
			return false;
	}
	return true;
}

/* Texts of a closed set of characters. */
static const struct charset {
	enum schema_type type;
	const char *set, *lead; /* lead: allowed as first character only */
	const char *says;
} charsets[] = {
	{ T_DIGITS, "0123456789*#", "+", "Must be digits, * or #, with + in front at most" },
	{ T_DN_NUMBER, "0123456789*#.", "+", "Must be digits, letters, * # or ." },
	{ T_PATTERN, "0123456789*#.[]T+%?^$\\(),-ABCD", "",
	  "Must be digits or one of . [ ] T + % ? ^ $ \\ ( ) ," },
	{ T_HEX, "0123456789abcdefABCDEF", "", "Must be hexadecimal digits" },
};

static cJSON *canon_charset(const struct schema_field *f, const char *s, struct problem *p)
{
	const struct charset *c = charsets;

	while (c->type != f->type)
		c++;
	for (const char *x = s; *x; x++) {
		bool letter = f->type == T_DN_NUMBER && isalpha((unsigned char)*x);

		if (!letter && !strchr(c->set, *x) && !(x == s && strchr(c->lead, *x)))
			return refuse(p, ERR_INVALID, "%s", c->says);
	}
	return length_fits(f, s, p) ? cJSON_CreateString(s) : NULL;
}

static cJSON *canon_mac(const char *s, struct problem *p)
{
	char mac[MAC_TEXT_SIZE];

	if (text_mac(mac, s, strlen(s)) != 0)
		return refuse(p, ERR_INVALID, "Must be a MAC address such as 0011.2233.4455");
	return cJSON_CreateString(mac);
}

static bool mask_is_whole(uint32_t m)
{
	return (~m & (~m + 1)) == 0;
}

static cJSON *canon_ip(enum schema_type type, const char *s, struct problem *p)
{
	char out[INET6_ADDRSTRLEN];
	struct in6_addr a6;
	struct in_addr a;
	int64_t prefix;

	if (type != T_IPV6 && inet_pton(AF_INET, s, &a) == 1) {
		uint32_t v = ntohl(a.s_addr);

		if ((type == T_IPV4_MASK || type == T_IP_MASK) && !mask_is_whole(v))
			return refuse(p, ERR_INVALID, "Must be a mask such as 255.255.255.0");
		if (type == T_MULTICAST && (v >> 24 < 225 || v >> 24 > 239))
			return refuse(p, ERR_INVALID,
				      "Must be a multicast address from 225.0.0.0 on");
		return cJSON_CreateString(inet_ntop(AF_INET, &a, out, sizeof(out)));
	}
	if ((type == T_IP || type == T_IPV6) && inet_pton(AF_INET6, s, &a6) == 1)
		return cJSON_CreateString(inet_ntop(AF_INET6, &a6, out, sizeof(out)));
	if (type == T_IP_MASK &&
	    text_to_int(s + (*s == '/'), strlen(s) - (*s == '/'), 0, 128, &prefix) == 0) {
		snprintf(out, sizeof(out), "%lld", (long long)prefix);
		return cJSON_CreateString(out);
	}
	if (type == T_IPV4_MASK || type == T_IP_MASK)
		return refuse(p, ERR_INVALID, "Must be a mask such as 255.255.255.0");
	return refuse(p, ERR_INVALID, "Must be an %s address",
		      type == T_IPV6 ? "IPv6"
		      : type == T_IP ? "IPv4 or IPv6"
				     : "IPv4");
}

static cJSON *canon_time(const struct schema_field *f, const char *s, struct problem *p)
{
	const char *colon = strchr(s, ':');
	int64_t h, m;
	char out[8];

	if (!colon || text_to_int(s, (size_t)(colon - s), 0, 24, &h) != 0 ||
	    text_to_int(colon + 1, strlen(colon + 1), 0, 59, &m) != 0 ||
	    (h == 24 && (m || f->max != 24)))
		return refuse(p, ERR_INVALID, "Must be a time such as 18:30");
	snprintf(out, sizeof(out), "%02d:%02d", (int)h, (int)m);
	return cJSON_CreateString(out);
}

static cJSON *canon_word(const struct schema_field *f, const char *s, struct problem *p)
{
	if (!plain_word(s))
		return refuse(p, ERR_INVALID,
			      "Must not contain blanks, quotation marks or control characters");
	if (f->type == T_PHONE_TYPE) {
		for (const char *const *c = f->choices; c && *c; c++) {
			if (strcasecmp(*c, s) == 0)
				return cJSON_CreateString(*c);
		}
		if (strlen(s) < 1 || strlen(s) > 32)
			return refuse(p, ERR_RANGE, "Must be 1 to 32 characters long");
		return cJSON_CreateString(s);
	}
	return length_fits(f, s, p) ? cJSON_CreateString(s) : NULL;
}

/* ---- where SIP messages go ---- */
static bool is_port(const char *s)
{
	int64_t port;

	return text_to_int(s, strlen(s), 1, 65535, &port) == 0;
}

/* "name[:port]", "10.1.2.3[:port]"; `host` gets what stands before the port. */
static bool split_port(const char *s, char *host, size_t cap, const char **port)
{
	const char *colon = strchr(s, ':');
	size_t len = colon ? (size_t)(colon - s) : strlen(s);

	*port = colon ? colon + 1 : "";
	if (len == 0 || len >= cap || (colon && !is_port(*port)))
		return false;
	memcpy(host, s, len);
	host[len] = '\0';
	return true;
}

static bool is_host_name(const char *s)
{
	for (; *s; s++) {
		if (!isalnum((unsigned char)*s) && !strchr("-._", *s))
			return false;
	}
	return true;
}

static bool target_dns(const char *s, char *out, size_t cap)
{
	char host[256];
	const char *port;

	if (!split_port(s, host, sizeof(host), &port) || !is_host_name(host))
		return false;
	snprintf(out, cap, "dns:%s%s%s", host, *port ? ":" : "", port);
	return true;
}

static bool target_ipv4(const char *s, char *out, size_t cap)
{
	char host[64], text[INET_ADDRSTRLEN];
	const char *port;
	struct in_addr a;

	if (!split_port(s, host, sizeof(host), &port) || inet_pton(AF_INET, host, &a) != 1)
		return false;
	snprintf(out, cap, "ipv4:%s%s%s", inet_ntop(AF_INET, &a, text, sizeof(text)),
		 *port ? ":" : "", port);
	return true;
}

static bool target_ipv6(const char *s, char *out, size_t cap)
{
	const char *end = *s == '[' ? strchr(s, ']') : NULL, *port;
	char host[64], text[INET6_ADDRSTRLEN];
	struct in6_addr a;

	if (!end || (size_t)(end - s) > sizeof(host))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(end - s - 1), s + 1);
	port = end[1] == ':' ? end + 2 : "";
	if (inet_pton(AF_INET6, host, &a) != 1 || (end[1] && !is_port(port)))
		return false;
	snprintf(out, cap, "ipv6:[%s]%s%s", inet_ntop(AF_INET6, &a, text, sizeof(text)),
		 *port ? ":" : "", port);
	return true;
}

/* A blank behind the colon is left over from old listings (R-318). */
static cJSON *canon_target(const struct schema_field *f, const char *s, struct problem *p)
{
	static const struct {
		const char *prefix;
		bool (*read)(const char *s, char *out, size_t cap);
	} kinds[] = { { "dns:", target_dns }, { "ipv4:", target_ipv4 }, { "ipv6:", target_ipv6 } };
	char out[300];

	if (!length_fits(f, s, p))
		return NULL;
	for (const char *const *c = f->choices; c && *c; c++) {
		if (strcasecmp(*c, s) == 0)
			return cJSON_CreateString(*c);
	}
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t len = strlen(kinds[i].prefix);

		if (strncasecmp(s, kinds[i].prefix, len) != 0)
			continue;
		s += len;
		s += strspn(s, " \t");
		if (kinds[i].read(s, out, sizeof(out)))
			return cJSON_CreateString(out);
		break;
	}
	return refuse(
	    p, ERR_INVALID,
	    "Must be dns:name, ipv4:address or ipv6:[address], each with :port or without");
}

/* ---- buttons ---- */
#define BUTTONS_TOP 255

/* "4,7-9" -> a bit for each; false when it is no such list. */
static bool buttons_parse(const char *s, int64_t top, bool set[BUTTONS_TOP + 1])
{
	while (true) {
		size_t len = strcspn(s, ","), first = strcspn(s, ",-");
		const char *to = first < len ? s + first + 1 : s;
		int64_t a, b;

		if (text_to_int(s, first, 1, top, &a) != 0 ||
		    text_to_int(to, (size_t)(s + len - to), a, top, &b) != 0)
			return false;
		for (; a <= b; a++) {
			if (set[a])
				return false;
			set[a] = true;
		}
		if (!s[len])
			return true;
		s += len + 1;
	}
}

static cJSON *canon_buttons(const struct schema_field *f, const char *s, struct problem *p)
{
	bool set[BUTTONS_TOP + 2] = { false };
	int64_t top = f->max && f->max < BUTTONS_TOP ? f->max : BUTTONS_TOP;
	char out[1100];
	struct text t;

	if (!buttons_parse(s, top, set))
		return refuse(p, ERR_INVALID,
			      "Must be buttons from 1 to %lld such as 1, 3-6 or 4,7,9",
			      (long long)top);
	text_fixed(&t, out, sizeof(out));
	for (int64_t a = 1, b; a <= top; a = b + 1) {
		for (b = a; set[b] && set[b + 1];)
			b++;
		if (set[a])
			text_addf(&t, b > a ? "%s%lld-%lld" : "%s%lld", t.len ? "," : "",
				  (long long)a, (long long)b);
	}
	return cJSON_CreateString(out);
}

bool schema_buttons_overlap(const char *a, const char *b)
{
	bool set[BUTTONS_TOP + 1] = { false };

	return buttons_parse(a, BUTTONS_TOP, set) && !buttons_parse(b, BUTTONS_TOP, set);
}

static cJSON *canon_joined(const struct schema_field *f, const char *s, struct problem *p)
{
	char *copy = mem_strdup(s);
	cJSON *out;

	join_words(copy);
	out = canon_word(f, copy, p);
	mem_free(copy);
	return out;
}

static cJSON *canon_text(const struct schema_field *f, const char *s, struct problem *p)
{
	switch (f->type) {
	case T_ENUM:
	case T_CODEC:
		return canon_enum(f, s, p);
	case T_DIGITS:
	case T_DN_NUMBER:
	case T_PATTERN:
	case T_HEX:
		return canon_charset(f, s, p);
	case T_MAC:
		return canon_mac(s, p);
	case T_IP:
	case T_IPV4:
	case T_IPV6:
	case T_IPV4_MASK:
	case T_IP_MASK:
	case T_MULTICAST:
		return canon_ip(f->type, s, p);
	case T_TIME:
		return canon_time(f, s, p);
	case T_URL:
	case T_FILE:
	case T_PHONE_TYPE:
		return f->flags & F_JOIN ? canon_joined(f, s, p) : canon_word(f, s, p);
	case T_TARGET:
		return canon_target(f, s, p);
	case T_BUTTONS:
		return canon_buttons(f, s, p);
	default:
		return canon_str(f, s, p);
	}
}

static cJSON *canon_list(const struct schema_field *f, const cJSON *in, struct problem *p)
{
	int n = cJSON_GetArraySize(in);
	cJSON *out, *v;
	const cJSON *e;

	if (!cJSON_IsArray(in))
		return refuse(p, ERR_TYPE, "Must be a list");
	if (n < f->min || (f->max && n > f->max))
		return refuse(p, ERR_RANGE, "Must have %lld to %lld entries", (long long)f->min,
			      (long long)f->max);
	out = cJSON_CreateArray();
	cJSON_ArrayForEach (e, in) {
		v = schema_canon_value(f->item, e, &p->err, p->why, p->cap);
		if (!v) {
			cJSON_Delete(out);
			return NULL;
		}
		cJSON_AddItemToArray(out, v);
	}
	return out;
}

cJSON *schema_canon_value(const struct schema_field *f, const cJSON *in, int *err, char *why,
			  size_t cap)
{
	struct problem p = { 0, why, cap };
	cJSON *out;

	switch (f->type) {
	case T_BOOL:
	case T_FLAG:
		out = cJSON_IsBool(in) ? cJSON_CreateBool(cJSON_IsTrue(in))
				       : refuse(&p, ERR_TYPE, "Must be true or false");
		break;
	case T_INT:
		out = canon_int(f, in, &p);
		break;
	case T_DSCP:
		out = canon_dscp(in, &p);
		break;
	case T_LIST:
		out = canon_list(f, in, &p);
		break;
	default:
		out = cJSON_IsString(in) ? canon_text(f, in->valuestring, &p)
					 : refuse(&p, ERR_TYPE, "Must be text");
	}
	*err = out ? 0 : p.err;
	return out;
}

/* ---- from and to text ---- */

/* The choice that only this word begins, in any letter case; else the word as it is. */
static const char *complete(const struct schema_field *f, const char *word)
{
	const char *found = NULL;
	unsigned hits = 0;

	for (const char *const *c = f->type == T_ENUM ? f->choices : NULL; c && *c; c++) {
		if (strcasecmp(*c, word) == 0)
			return *c;
		if (strncasecmp(*c, word, strlen(word)) == 0) {
			found = *c;
			hits++;
		}
	}
	return hits == 1 ? found : word;
}

static cJSON *list_from_text(const struct schema_field *f, const char *text)
{
	struct slice rest = slice_of(text), part;
	cJSON *out = cJSON_CreateArray();
	char *word, *end;

	while (rest.len) {
		if (f->flags & F_COMMA) {
			if (!slice_next(&rest, ',', &part))
				break;
		} else if (!slice_word(&rest, &part)) {
			break;
		}
		word = slice_dup(slice_trim(part));
		if (f->item->type == T_INT) {
			double v = strtod(word, &end);

			cJSON_AddItemToArray(out, *end || end == word ? cJSON_CreateString(word)
								      : cJSON_CreateNumber(v));
		} else {
			cJSON_AddItemToArray(out, cJSON_CreateString(complete(f->item, word)));
		}
		mem_free(word);
	}
	return out;
}

cJSON *schema_raw(const struct schema_field *f, const char *text)
{
	int64_t v;

	if (f->type == T_BOOL || f->type == T_FLAG)
		return cJSON_CreateBool(strcmp(text, "true") == 0);
	for (const struct schema_name *n = f->names; n && n->name; n++) {
		if (strcasecmp(n->name, text) == 0)
			return cJSON_CreateNumber((double)n->value);
	}
	if (f->type == T_INT && text_to_int(text, strlen(text), INT64_MIN, INT64_MAX, &v) == 0)
		return cJSON_CreateNumber((double)v);
	return f->type == T_LIST ? list_from_text(f, text) : cJSON_CreateString(text);
}

cJSON *schema_from_text(const struct schema_field *f, const char *text, int *err, char *why,
			size_t cap)
{
	cJSON *raw = schema_raw(f, text), *out = schema_canon_value(f, raw, err, why, cap);

	cJSON_Delete(raw);
	return out;
}

cJSON *schema_default(const struct schema_field *f)
{
	char why[128];
	int err;

	if (f->dflt)
		return schema_from_text(f, f->dflt, &err, why, sizeof(why));
	return f->type == T_BOOL ? cJSON_CreateFalse() : NULL;
}

static void mac_text(const char *mac, char *out, size_t cap)
{
	snprintf(out, cap, "%.4s.%.4s.%.4s", mac, mac + 4, mac + 8);
}

static void list_text(const struct schema_field *f, const cJSON *v, char *out, size_t cap)
{
	struct text t;
	const cJSON *e;
	char one[300];

	text_fixed(&t, out, cap);
	cJSON_ArrayForEach (e, v) {
		schema_to_text(f->item, e, one, sizeof(one));
		text_addf(&t, "%s%s", t.len ? (f->flags & F_COMMA) ? "," : " " : "", one);
	}
}

static const char *name_of(const struct schema_name *n, double value)
{
	while (n->name && (double)n->value != value)
		n++;
	return n->name;
}

void schema_to_text(const struct schema_field *f, const cJSON *v, char *out, size_t cap)
{
	const char *name;

	out[0] = '\0';
	if (f->type == T_LIST)
		list_text(f, v, out, cap);
	else if (cJSON_IsBool(v))
		text_copy(out, cap, cJSON_IsTrue(v) ? "true" : "false");
	else if (f->type == T_DSCP && (name = schema_dscp_name((int64_t)v->valuedouble)))
		text_copy(out, cap, name);
	else if (f->names && (name = name_of(f->names, v->valuedouble)))
		text_copy(out, cap, name);
	else if (cJSON_IsNumber(v))
		snprintf(out, cap, "%.0f", v->valuedouble);
	else if (f->type == T_MAC)
		mac_text(v->valuestring, out, cap);
	else if (f->type == T_TIME && (f->flags & F_BARE))
		snprintf(out, cap, "%ld:%ld", strtol(v->valuestring, NULL, 10),
			 strtol(v->valuestring + 3, NULL, 10));
	else if (cJSON_IsString(v))
		text_copy(out, cap, v->valuestring);
}

/* ---- keys ---- */
bool schema_key_part(const struct schema_field *map, const char *key, unsigned i, char *out,
		     size_t cap)
{
	unsigned parts = schema_key_parts(map);
	size_t len;

	if (parts == 1)
		return text_copy(out, cap, key) == 0;
	for (; i; i--) {
		key = strchr(key, ',');
		if (!key++)
			return false;
	}
	len = strcspn(key, ",");
	if (len >= cap)
		return false;
	memcpy(out, key, len);
	out[len] = '\0';
	return true;
}

int schema_canon_key(const struct schema_field *map, const char *key, char *out, size_t cap,
		     char *why, size_t whycap)
{
	unsigned parts = schema_key_parts(map), commas = 0;
	struct text t;

	for (const char *c = key; *c; c++)
		commas += *c == ',';
	if (parts > 1 && commas != parts - 1) {
		snprintf(why, whycap, "The key must have %u parts joined by commas", parts);
		return ERR_INVALID;
	}
	text_fixed(&t, out, cap);
	for (unsigned i = 0; i < parts; i++) {
		const struct schema_field *f = &map->keys[i];
		char part[300], canon[300] = "";
		int err = 0;

		if (!schema_key_part(map, key, i, part, sizeof(part)))
			return ERR_TOO_BIG;
		if (!part[0] && f->dflt)
			text_copy(part, sizeof(part), f->dflt);
		if (part[0] || parts == 1) {
			cJSON *v = schema_from_text(f, part, &err, why, whycap);

			if (!v)
				return err;
			schema_to_text(f, v, canon, sizeof(canon));
			if (f->type == T_TIME || f->type == T_MAC)
				text_copy(canon, sizeof(canon), v->valuestring);
			cJSON_Delete(v);
		}
		text_addf(&t, "%s%s", i ? "," : "", canon);
	}
	if (!t.overflow)
		return 0;
	snprintf(why, whycap, "The key is too long");
	return ERR_TOO_BIG;
}
