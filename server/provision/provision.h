/* server/provision/provision.h - renders every generated phone file: (configuration, name) ->
 * bytes. Pure: the same conf and name give the same bytes on every server. Any thread. */
#ifndef PROVISION_PROVISION_H
#define PROVISION_PROVISION_H

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "store/conf.h"
#include "store/schema/schema.h"

#define PROVISION_FILE_MAX  (256u << 10)
#define PROVISION_NAME_SIZE 128

struct rendered {
	char *data; /* NUL-terminated; free with provision_release() */
	size_t len;
	char name[PROVISION_NAME_SIZE]; /* canonical name: "SEP001122334455.cnf.xml" */
	char owner[64];                 /* device, or "" for site-wide files */
	char stamp[17];  /* 16 decimal digits of the SHA-256 without the stamp; or as set */
	char sha256[65]; /* hex, of the bytes without the stamp */
};
/* Exact name, or letters in another case with `fold`. 0, ERR_NOENT (not a generated name, or its
 * phone is not configured). */
int provision_render(struct conf *c, const char *name, bool fold, struct rendered *out);
void provision_release(struct rendered *r);
/* The same when many files of one revision are wanted: the index knows which item owns which device
 * name. Made from one conf, good for every conf of the same revision and the same staged changes. */
struct provision_index;
struct provision_index *provision_index_new(struct conf *c);
void provision_index_free(struct provision_index *ix); /* NULL is allowed */
/* The canonical name of what `name` asks for: 0 or ERR_NOENT. The default file resolves even while there
 * is none to render. */
int provision_index_name(const struct provision_index *ix, const char *name, bool fold,
			 char out[PROVISION_NAME_SIZE]);
/* Device with this MAC (12 hex digits of any case); NULL: none is configured. */
const char *provision_index_mac(const struct provision_index *ix, const char *mac);
int provision_render_indexed(struct conf *c, const struct provision_index *ix, const char *name,
			     bool fold, struct rendered *out);
/* All generated names of this configuration; fn non-zero stops. */
typedef int (*provision_name_fn)(void *ctx, const char *name, const char *owner);
int provision_names(struct conf *c, provision_name_fn fn, void *ctx);

/* When the bytes of a file changed last: noted after the commit that did it, with the `files` of its
 * impact; never waits. 0 and the time, or ERR_NOENT: not since this is kept. */
void provision_files_changed(struct store *s, const cJSON *files);
int provision_file_changed(struct store *s, const char *name, int64_t *wall_ns);

/* Version stamps set by hand: what a draft asks for, read before its commit; then, with a conf
 * of the new revision, written for the files as they are now. Empty: none. They hold until the bytes of a
 * file change. 0, or what store_put() says. files_forget() drops renderings with the former stamps. */
struct provision_stamps {
	char sccp[17], sip[17];
};
void provision_stamps_asked(struct conf *draft, struct provision_stamps *out);
int provision_stamps_set(struct conf *c, const struct provision_stamps *stamps);

/* What the changes staged in `c` mean (dry run and commit alike). New tree:
 * {"pending_action": "restart", "affected_phones": [{"device", "pending_action"}], "files":
 * ["..."]} . Files are those whose bytes differ; phones those that need anything. */
cJSON *provision_impact(struct conf *c);
/* The same of a kept revision, against the one before: 0, ERR_NOENT, ERR_GONE. */
int provision_impact_of(struct store *s, uint64_t revision, cJSON **out);

/* ---- phone models (data table; also for forms) ---- */
enum provision_file {                /* what a model reads in one of its protocols */
		      CNF_NONE,      /* nothing from here: configured on its gateway or by hand */
		      CNF_SEP,       /* SEP<MAC>.cnf.xml */
		      CNF_SEP_SMALL, /* the same, but only the oldest elements and below 8 kB */
		      CNF_TEXT,      /* SIPDefault.cnf and SIP<MAC>.cnf */
		      CNF_OTHER,     /* a format of its own (ld, gk, ata, SPA, Jabber) */
};
enum provision_family {            /* how a model numbers "off" and "on" in some elements */
			FAMILY_79, /* 2 and 3; 0 and 1 let the user choose */
			FAMILY_89, /* 69xx, 89xx, 99xx: 0 and 3 */
			FAMILY_88, /* 78xx, 88xx: 0 and 1 */
};
struct provision_model {
	const char *type;        /* IOS phone type: "7962" */
	const char *name;        /* "Cisco Unified IP Phone 7962G" */
	unsigned sccp_device_id; /* sccp.md 4.1; 0 none */
	unsigned lines;          /* buttons on the set; 0 = not known */
	bool sip, sccp;
	const char *load; /* word of the `load` command; NULL: takes none */
	enum provision_file sccp_file, sip_file;
	enum provision_family family;
	unsigned max_calls; /* most calls on one line; 0 = not known */
	bool ata;           /* named ATA<MAC> instead of SEP<MAC> */
	bool wants_utc;     /* is told UTC and applies the zone of its file */
	bool ipv4_only;
	bool ipv6; /* known to do SCCP over IPv6 */
};
const struct provision_model *provision_models(size_t *n);
const struct provision_model *provision_model(const char *type); /* any case; NULL: unknown */

struct provision_module { /* expansion modules: 7914 ... CP-8800-Video */
	const char *type, *name;
	unsigned sccp_device_id, lines;
};
const struct provision_module *provision_module(const char *type); /* NULL: unknown */

#endif
