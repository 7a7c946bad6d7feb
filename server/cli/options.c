/* server/cli/options.c - one table of options; command line, environment and file read by the same
 * rows. */
#include "server/cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/net.h"
#include "store/schema/schema.h"

enum option_kind {
	O_TEXT,
	O_PORT,
	O_FLAG,
	O_LEVEL,
	O_FORMAT,
	O_ADDRESS,
	O_LIMITS,
	O_CLOCK,
	O_SECONDS
};

struct option_row {
	const char *name;
	enum option_kind kind;
	size_t offset, cap;
	const char *value, *help;
};

#define TEXT_ROW(f) offsetof(struct options, f), sizeof(((struct options *)0)->f)
#define ROW(f)      offsetof(struct options, f), 0

static const struct option_row rows[] = {
	{ "data", O_TEXT, TEXT_ROW(data), "DIR", "data directory" },
	{ "listen", O_ADDRESS, TEXT_ROW(listen), "ADDRESS", "listen on this address only (all)" },
	{ "admin-port", O_PORT, ROW(admin_port), "PORT",
	  "administration and REST, plain HTTP, loopback only (8080)" },
	{ "admin-tls-port", O_PORT, ROW(admin_tls_port), "PORT",
	  "administration and REST over TLS (8443)" },
	{ "feed-port", O_PORT, ROW(feed_port), "PORT", "event feed, plain, loopback only (8081)" },
	{ "feed-tls-port", O_PORT, ROW(feed_tls_port), "PORT", "event feed over TLS (8444)" },
	{ "tftp-port", O_PORT, ROW(tftp_port), "PORT", "TFTP (69)" },
	{ "ntp-port", O_PORT, ROW(ntp_port), "PORT", "SNTP (123)" },
	{ "sip-port", O_PORT, ROW(sip_port), "PORT", "SIP instead of the configured port" },
	{ "sccp-port", O_PORT, ROW(sccp_port), "PORT", "SCCP instead of the configured port" },
	{ "hfs-port", O_PORT, ROW(hfs_port), "PORT",
	  "phone files over HTTP instead of the configured port" },
	{ "insecure-admin", O_FLAG, ROW(insecure_admin), NULL,
	  "serve plain HTTP to other addresses than loopback" },
	{ "limit", O_LIMITS, TEXT_ROW(limits), "LIST",
	  "raise limits: ephones=N,pools=N,dns=N (up to 10000)" },
	{ "user", O_TEXT, TEXT_ROW(user), "NAME",
	  "user to become when started as root (switchroom)" },
	{ "log-level", O_LEVEL, ROW(log_level), "LEVEL", "error, warn, info or debug (info)" },
	{ "log-format", O_FORMAT, ROW(log_format), "FORMAT", "plain, json or journal (plain)" },
	{ "test", O_FLAG, ROW(test), NULL, "permit the options that only tests may use" },
	{ "test-clock-state", O_CLOCK, TEXT_ROW(test_clock_state), "STATE",
	  "synchronised or unsynchronised; only with --test" },
	{ "test-clock-offset", O_SECONDS, ROW(test_clock_offset), "SECONDS",
	  "the store's clock is that much ahead; only with --test" },
};

void options_init(struct options *o)
{
	*o = (struct options){ .admin_port = 8080,
			       .admin_tls_port = 8443,
			       .feed_port = 8081,
			       .feed_tls_port = 8444,
			       .tftp_port = 69,
			       .ntp_port = 123,
			       .sip_port = OPTION_CONF,
			       .sccp_port = OPTION_CONF,
			       .hfs_port = OPTION_CONF,
			       .log_level = LOG_INFO,
			       .log_format = LOG_PLAIN };
}

static int set_port(int *port, const char *value)
{
	int64_t n;

	if (!strcmp(value, "off")) {
		*port = OPTION_OFF;
		return 0;
	}
	if (text_to_int(value, strlen(value), 0, 65535, &n))
		return ERR_INVALID;
	*port = (int)n;
	return 0;
}

static int set_flag(bool *flag, const char *value)
{
	*flag = !strcmp(value, "yes") || !strcmp(value, "true") || !strcmp(value, "1");
	return *flag || !strcmp(value, "no") || !strcmp(value, "false") || !strcmp(value, "0")
		   ? 0
		   : ERR_INVALID;
}

static int set_address(char *out, size_t cap, const char *value)
{
	struct net_addr a;

	return net_addr_parse(&a, value, 0) ? ERR_INVALID : text_copy(out, cap, value);
}

static int set_clock(char *out, size_t cap, const char *value)
{
	if (strcmp(value, "synchronised") && strcmp(value, "unsynchronised"))
		return ERR_INVALID;
	return text_copy(out, cap, value);
}

static int set_seconds(int *out, const char *value)
{
	int64_t n;

	if (text_to_int(value, strlen(value), 0, 366 * 86400, &n))
		return ERR_INVALID;
	*out = (int)n;
	return 0;
}

static int set_limits(char *out, size_t cap, const char *value)
{
	struct slice rest = slice_of(value), part;

	while (slice_next(&rest, ',', &part)) {
		struct slice name;
		char key[32];
		int64_t n;

		if (!slice_next(&part, '=', &name) || name.len >= sizeof(key) || !part.p)
			return ERR_INVALID;
		memcpy(key, name.p, name.len);
		key[name.len] = '\0';
		if (text_to_int(part.p, part.len, 1, 10000, &n) || schema_limit_set(key, n))
			return ERR_INVALID;
	}
	return text_copy(out, cap, value);
}

static int set(struct options *o, const struct option_row *r, const char *value)
{
	void *at = (char *)o + r->offset;

	switch (r->kind) {
	case O_TEXT:
		return text_copy(at, r->cap, value);
	case O_PORT:
		return set_port(at, value);
	case O_FLAG:
		return set_flag(at, value);
	case O_LEVEL:
		return log_level_parse(value, at);
	case O_FORMAT:
		return log_format_parse(value, at);
	case O_ADDRESS:
		return set_address(at, r->cap, value);
	case O_LIMITS:
		return set_limits(at, r->cap, value);
	case O_CLOCK:
		return set_clock(at, r->cap, value);
	case O_SECONDS:
		return set_seconds(at, value);
	}
	return ERR_INVALID;
}

static const struct option_row *find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strlen(rows[i].name) == len && !memcmp(rows[i].name, name, len))
			return &rows[i];
	return NULL;
}

static int set_named(struct options *o, const struct option_row *r, const char *value,
		     const char *where, char *why, size_t cap)
{
	if (!set(o, r, value))
		return 0;
	snprintf(why, cap, "%s: %s is not valid for %s: %s", where, value, r->name, r->help);
	return ERR_INVALID;
}

static int read_env(struct options *o, char *why, size_t cap)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char name[64] = "SWITCHROOM_";
		const char *value;
		size_t n = strlen(name);

		for (const char *p = rows[i].name; *p; p++)
			name[n++] = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
		name[n] = '\0';
		value = getenv(name);
		if (value && set_named(o, &rows[i], value, name, why, cap))
			return ERR_INVALID;
	}
	return 0;
}

static int read_line(struct options *o, struct slice line, const char *where, char *why, size_t cap)
{
	const struct option_row *r;
	struct slice name;
	char *value;
	int err;

	line = slice_trim(line);
	if (!line.len || line.p[0] == '#')
		return 0;
	slice_next(&line, '=', &name);
	name = slice_trim(name);
	r = find(name.p, name.len);
	if (!r || !line.p) {
		snprintf(why, cap, "%s: \"%.*s\" is not an option", where, (int)name.len, name.p);
		return ERR_INVALID;
	}
	value = slice_dup(slice_trim(line));
	err = set_named(o, r, value, where, why, cap);
	mem_free(value);
	return err;
}

static int read_file(struct options *o, char *why, size_t cap)
{
	char path[PATH_MAX], where[PATH_MAX + 16], line[512];
	int err = 0, n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/switchroom.conf", o->data);
	f = fopen(path, "re");
	while (f && !err && fgets(line, sizeof(line), f)) {
		snprintf(where, sizeof(where), "%s:%d", path, ++n);
		err = read_line(o, slice_of(line), where, why, cap);
	}
	if (f)
		fclose(f);
	return err;
}

static int read_args(struct options *o, int argc, char **argv, int from, char *why, size_t cap)
{
	for (int i = from; i < argc; i++) {
		const char *arg = argv[i], *eq = strchr(arg, '=');
		size_t len = eq ? (size_t)(eq - arg) : strlen(arg);
		const struct option_row *r =
		    len > 2 && !strncmp(arg, "--", 2) ? find(arg + 2, len - 2) : NULL;
		const char *value = eq ? eq + 1 : NULL;

		if (!r) {
			snprintf(why, cap, "%s is not an option; see switchroom help", arg);
			return ERR_INVALID;
		}
		if (!value && r->kind == O_FLAG)
			value = "yes";
		if (!value && i + 1 < argc)
			value = argv[++i];
		if (!value) {
			snprintf(why, cap, "--%s needs a value: %s", r->name, r->help);
			return ERR_INVALID;
		}
		if (set_named(o, r, value, "command line", why, cap))
			return ERR_INVALID;
	}
	return 0;
}

int options_read(struct options *o, int argc, char **argv, int from, char *why, size_t cap)
{
	struct options first;
	int err;

	/* The file lies in the data directory, so that one is looked up before; then the order is
	 * file, environment, command line, each over the one before. */
	options_init(&first);
	err = read_env(&first, why, cap);
	if (!err)
		err = read_args(&first, argc, argv, from, why, cap);
	if (err)
		return err;
	memcpy(o->data, first.data, sizeof(o->data));
	if (o->data[0])
		err = read_file(o, why, cap);
	if (!err)
		err = read_env(o, why, cap);
	if (!err)
		err = read_args(o, argc, argv, from, why, cap);
	if (!err && (o->test_clock_state[0] || o->test_clock_offset) && !o->test) {
		snprintf(why, cap, "--test-clock-%s works only together with --test",
			 o->test_clock_state[0] ? "state" : "offset");
		err = ERR_INVALID;
	}
	return err;
}

void options_help(struct text *out)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char left[64];

		snprintf(left, sizeof(left), "--%s %s", rows[i].name,
			 rows[i].value ? rows[i].value : "");
		text_addf(out, "  %-28s %s\n", left, rows[i].help);
	}
}
