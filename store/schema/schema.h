/* store/schema/schema.h - every setting once. From these tables come validation, defaults, OpenAPI,
 * the forms in the browser, the reference page, IOS import and export, what a change needs, and
 * what must never be shown (DESIGN 6). One file per configuration mode. Constant data; any thread.
 *
 * An object (a singleton or the items of a collection) has a tree of fields: the JSON members. Its
 * lines tell how IOS writes them. */
#ifndef STORE_SCHEMA_SCHEMA_H
#define STORE_SCHEMA_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "server/core/text.h"
#include "store/conf.h"

enum schema_type {
	T_BOOL,      /* true / false; IOS: the line, its no form */
	T_FLAG,      /* true or absent; IOS: a keyword */
	T_INT,       /* min..max, or one of choices */
	T_ENUM,      /* one of choices, a JSON string */
	T_STR,       /* text, min..max bytes of UTF-8 */
	T_DIGITS,    /* 0-9 * # and a leading + */
	T_DN_NUMBER, /* digits, letters, `.` */
	T_PATTERN,   /* dial_pattern */
	T_HEX,
	T_MAC, /* any spelling in, 12 upper-case hex kept, XXXX.XXXX.XXXX in IOS */
	T_IP,
	T_IPV4,
	T_IPV6,
	T_IPV4_MASK,
	T_IP_MASK,
	T_MULTICAST, /* IPv4 224/4 without 224.x.x.x */
	T_DSCP,      /* 0..63 or a name; kept as number, exported as name */
	T_TIME,      /* HH:MM */
	T_URL,
	T_FILE,
	T_PHONE_TYPE,
	T_CODEC,
	T_TARGET, /* dns:name[:port], ipv4:address[:port], ipv6:[address][:port]; `choices`: further
		    * words */
	T_BUTTONS, /* `1`, `3-6`, `4,7,9`, each at most max */
	T_SECRET,  /* write only; F_HASH or recoverable */
	T_LIST,    /* JSON array of `item`, min..max entries */
	T_OBJECT,  /* `members` */
	T_MAP,     /* JSON object keyed by `keys` (composite: joined by ","); values are
		   * objects of `members`, or one `item` when a single value is left */
};

enum schema_apply { /* what phones need to see a change, weakest first (cme-model 0) */
		    APPLY_NONE,
		    APPLY_REREGISTER,
		    APPLY_RESTART,
		    APPLY_RESET,
		    APPLY_CREATE_RESET,
		    APPLY_RELOAD,
};

enum {
	F_REQUIRED = 1 << 0, /* must be there in its object or entry */
	F_HASH = 1 << 1,     /* T_SECRET kept as hash only */
	F_ORDERED = 1 << 2,  /* T_MAP whose key is its order (LPCOR index) */
	F_PRESENCE = 1 << 3, /* T_OBJECT that means something although empty ("paging": {}) */
	F_ADVANCED = 1 << 4, /* folded away in the form */
	F_MULTILINE = 1 << 5,
	F_READ_ONLY = 1 << 6,
	F_ALWAYS =
	    1 << 7,       /* kept and printed although equal to the default; with F_REQUIRED
			       * the default comes by itself beside the other members */
	F_REST = 1 << 8,  /* T_STR: in IOS the rest of the line when it is not quoted */
	F_COMMA = 1 << 9, /* T_LIST: in IOS joined by commas, else by blanks */
	F_EXISTS = 1 << 10,   /* T_BOOL: whether the object exists at all; not stored */
	F_BARE = 1 << 11,     /* T_TIME: printed without leading zeros ("0:0") */
	F_DIGITS = 1 << 13,   /* T_SECRET: digits only */
	F_LINES = 1 << 14,    /* T_STR, F_MULTILINE: lines that have no row of their own, kept as
			     * written; only those that a `keep` line allows */
	F_FIXED = 1 << 12,    /* once set it can only be removed, not changed */
	F_TEMPLATE = 1 << 15, /* with `ref`: what the item leaves open comes from there */
	F_ANY_CASE = 1 << 16, /* T_ENUM: letter case of the choices does not matter */
	F_KEPT = 1 << 17,     /* of a line that is kept as it stands: no IOS line of its own;
			       * passwords in it are shown masked */
	F_WORDS = 1 << 19,    /* T_STR: in IOS several bare words amid the line */
	F_ZERO = 1 << 20,     /* T_INT: 0 too, for configurations that have it */
	F_ENTRY_ORDER = 1 << 21, /* T_MAP in the order in which entries were made */
	F_JOIN = 1 << 18,        /* T_STR, T_FILE: blanks in it mean nothing and are taken out */
};

struct schema_name {
	const char *name; /* NULL ends a table */
	int64_t value;
};

struct schema_field {
	const char *name; /* JSON member; NULL ends a table */
	enum schema_type type;
	unsigned flags;
	int64_t min, max;
	const char *limit;          /* platform limit that replaces max: schema_limit() */
	const char *max_from;       /* "telephony-service#max_dn": max follows that setting */
	const char *unit;           /* "s", "ms", "dB", "bytes" */
	const char *const *choices; /* T_ENUM; ends with NULL */
	const struct schema_name
	    *names;             /* T_INT: how IOS writes some values, the first name of each */
	const char *dflt;       /* as IOS writes it; NULL: absent */
	const char *ref;        /* what the value must name: "ephone-dns"; "lpcor#groups":
				     * a value of that map */
	const char *ref_unless; /* "separator=x": no reference while a sibling (or itself) is so */
	const char *pick;       /* what a person chooses from: "zones" (GET /zones) */
	const char *unique;     /* name space in which no value occurs twice: "mac" */
	const char *without;    /* T_STR: characters it must not contain */
	const char *sealed_key; /* T_MAP of texts: the value under this key, in any letter case,
				     * is a recoverable secret */
	const char *fault;      /* code instead of "range": "lpcor_index_range" */
	enum schema_apply apply;
	const char *keyword;                /* T_FLAG in IOS; NULL: the name with '-' for '_' */
	const char *label, *help;           /* plain words */
	const char *group;                  /* heading in the form; NULL: that of the field above */
	const struct schema_field *keys;    /* T_MAP */
	const struct schema_field *members; /* T_OBJECT, T_MAP */
	const struct schema_field *item;    /* T_LIST, T_MAP of single values */
};

/* One line of IOS. `syntax` holds, separated by blanks:
 *   word            keyword (any letter case, unambiguous prefix)
 *   <path>          a field, dotted, relative to `in`. T_FLAG: its keyword; T_BOOL and T_OBJECT
 * take no word (the line itself is the value) <!path>         T_BOOL the other way round: the line
 * sets it false, its `no` form true ("shutdown <!enabled>") <path=value>    takes no word: the line
 * sets that value, and is printed only for it [ ... ]         optional; neighbouring optional parts come in
 * any order { ... | ... }   alternatives ~text           takes no word: the next word begins with
 * text
 *   ...             at the end: the last word may be repeated, each time a further entry
 * Parts without a blank between them make one word (`flash:<path>`, `<button><separator><dns>`).
 * A line with `in` writes one entry of that T_MAP; its keys are <name>s like fields. */
struct schema_line {
	const char *syntax; /* NULL ends a table */
	const char *in;     /* map path; NULL: the object (or entry of the mode) itself */
	const char *mode;   /* sub-mode of the object ("sip"); NULL: its own */
	const char *alias;  /* other spellings that are accepted, separated by ";"; never printed */
	const char *no;     /* other spelling that is accepted behind `no` only */
	const char *clear;  /* a line that takes all entries of `in` away */
	bool keep;          /* kept whole as one line of the F_LINES row it ends in:
			     * "telnet level [<options>]" */
};

/* A sub-mode of an object, or for an object without `enter` a mode of its own ("voice lpcor
 * custom"). */
struct schema_mode {
	const char *name;  /* NULL ends a table */
	const char *enter; /* header line, as a syntax: "group <tag> [vrf <vrf>]" */
	const char *in;    /* T_MAP whose entry it edits; NULL: the object */
	bool global;       /* entered from global configuration */
};

struct faults;
struct schema_object {
	const char *path;    /* REST: "telephony-service", "voice-register/pools" */
	const char *mode;    /* "telephony-service", "ephone", ... */
	const char *enter;   /* IOS header, as a syntax: "ephone <tag>"; NULL: its lines
			      * are global ones */
	const char *command; /* what an item is called in messages: "ephone" */
	const char *label, *help, *ui_group;
	bool collection;
	const struct schema_field *key; /* collections: the tag */
	const struct schema_field *fields;
	const struct schema_line *lines;
	const struct schema_mode *modes; /* NULL: none */
	/* Cross-checks beyond types, ranges and references; adds to `f`. `before`/`after` as in a
	 * change. */
	void (*check)(struct conf *c, const char *key, const cJSON *after, struct faults *f,
		      struct faults *warnings);
	/* Last touch of the canonical form; `before`: stored form. NULL: none. */
	void (*tidy)(cJSON *item, const cJSON *before);
	enum schema_apply apply_create; /* creating or deleting an item */
	const char *const *takes_along; /* collections that its deletion empties; ends with NULL */
};
#define SCHEMA_PLATFORM "platform-config" /* lines that are only kept: store/ios/keep.h */

const struct schema_object *const *schema_objects(void);     /* NULL-terminated, in IOS order */
const struct schema_object *schema_object(const char *path); /* "ephones"; NULL: unknown */

/* Platform limits ("ephones", "pools", "dns"); set once at start (serve --limit). */
const char *schema_dscp_name(int64_t v); /* "ef"; NULL: has none */
int64_t schema_limit(const char *name);
int schema_limit_set(const char *name, int64_t value); /* up to 10000; ERR_RANGE, ERR_NOENT */
/* TCP ports on which this process listens beside those of the configuration (admin, feed): no
 * setting may take them. Set once at start, at most 16. */
void schema_ports_set(const uint16_t *ports, size_t n);
bool schema_port_taken(int64_t port);
/* Is the port held by another program? Asked when the HFS port is given anew; set once at start, NULL: never
 * asked. Any thread. */
typedef bool (*schema_port_fn)(void *ctx, int64_t port);
void schema_port_probe_set(schema_port_fn busy, void *ctx);
bool schema_port_busy(int64_t port);

/* ---- faults: what is wrong, for a person and for a program ---- */
struct fault {
	int err;       /* ERR_* : gives the HTTP status */
	char *code;    /* cme-model 4.2, or err_code() */
	char *field;   /* JSON Pointer from the object (RFC 6901) */
	char *command; /* IOS command of that field; NULL */
	char *detail;  /* one sentence with values in force */
	char *path;    /* object path; NULL */
	int operation; /* index in a transaction; -1 */
	unsigned line; /* of an imported text; 0: not known */
};
struct faults {
	struct fault *list;
	size_t n;
	int operation; /* set by the caller; copied into each fault */
	bool lenient;  /* what is named need not be there */
};
#define FAULTS_MAX 100 /* more are counted, not kept */
void faults_init(struct faults *f);
void faults_fini(struct faults *f);
void faults_add(struct faults *f, int err, const char *code, const char *path, const char *field,
		const char *fmt, ...) __attribute__((format(printf, 6, 7)));
int faults_err(const struct faults *f); /* 0 or the first ERR_* */

/* ---- reading with defaults; `path` is dotted: "timeouts.busy", "buttons.3.separator"; a path that
 * begins with "/" is cut at "/" instead (keys that hold dots). `item` may be NULL: all defaults
 * ---- */
int64_t cfg_int(const struct schema_object *o, const cJSON *item, const char *path);
bool cfg_bool(const struct schema_object *o, const cJSON *item, const char *path);
const char *cfg_str(const struct schema_object *o, const cJSON *item,
		    const char *path);                     /* NULL: absent */
const cJSON *cfg_map(const cJSON *item, const char *path); /* NULL: absent */
/* The template an item names by its row with F_TEMPLATE; NULL: none. `base`: as in the snapshot, without
 * the staged changes. */
const cJSON *schema_template(struct conf *c, const struct schema_object *o, const cJSON *item,
			     bool base);
/* What holds for an item: its own settings, and from its template those it leaves open. What
 * stands on one line of IOS is one setting: `type` with its modules comes from one of the two. New tree;
 * NULL: there is no template, the item holds as it is. */
cJSON *schema_effective(struct conf *c, const struct schema_object *o, const cJSON *item,
			bool base);
/* A switch that holds when the item, its template or the system (an object with a row of that name) sets
 * it: overlap-signal. */
bool schema_any(struct conf *c, const struct schema_object *o, const cJSON *item, const char *row,
		const char *system);
/* Clear text of a recoverable secret: 0, ERR_NOENT, ERR_CORRUPT. Wipe `out` after use. */
int cfg_secret(struct store *s, const cJSON *item, const char *path, char *out, size_t cap);

/* ---- writing into a draft ---- */
enum schema_op { OP_CREATE, OP_PUT, OP_PATCH, OP_DELETE };
/* Apply one operation to the draft. `path` may reach into an object ("ephones/1/buttons/3"). Checks
 * types, ranges, unknown fields; brings values to their canonical form; seals secrets. All faults
 * go to `f` and nothing is staged then. OP_CREATE on a collection takes the lowest free tag; `made`
 * (may be NULL, cap SCHEMA_PATH_MAX) receives the object's path. */
#define SCHEMA_PATH_MAX 256
int schema_edit(struct conf *c, enum schema_op op, const char *path, const cJSON *value,
		struct faults *f, char *made);
/* References and cross-checks of the whole draft: run once before commit. Warnings do not refuse.
 */
int schema_check(struct conf *c, struct faults *f, struct faults *warnings);
/* The same for a configuration that comes as a whole (import, backup, older revision): a reference to what
 * is nowhere is a warning. */
int schema_check_whole(struct conf *c, struct faults *f, struct faults *warnings);
/* The site profile of DESIGN 6: stages it into an empty draft by ordinary edits.
 * `address`: of the interface that phones use (IPv6: protocol mode ipv6 is added); `zone`: number
 * of the time zone. */
#define SCHEMA_PROFILE_COMMENT "starter revision"
int schema_profile(struct conf *c, const char *address, int zone, struct faults *f);
/* Split a REST path: object, key ("" for singletons), rest inside ("buttons/3", "" for none). Parts are
 * percent-encoded, everywhere a path or a key of a collection is handed over; numbers look as they are. */
struct schema_path {
	const struct schema_object *obj;
	char object[SCHEMA_PATH_MAX]; /* path of the object: "ephones/1" */
	char key[128];
	char inside[SCHEMA_PATH_MAX];
};
int schema_path_parse(const char *path, struct schema_path *out); /* ERR_NOENT, ERR_MALFORMED */
/* Cuts the next part off `rest` and decodes it ("0%2F1" -> "0/1"). 0, ERR_MALFORMED: empty, too long. */
int schema_path_part(const char **rest, char *out, size_t cap);
void schema_path_quote(const char *text, char *out,
		       size_t cap); /* the other way, one spelling only */
const char *schema_key_text(const char *key, char *out, size_t cap); /* of a key, for a person */

/* A mode of the configuration: all zero is global configuration. */
struct schema_place {
	const struct schema_object *obj; /* NULL: global */
	const struct schema_mode *mode;  /* sub-mode; NULL: the object's own */
	char key[128];                   /* item of a collection, as in a path */
	char entry[128];                 /* entry of the map that `mode` edits */
	char block[128];                 /* header of a block that is only kept; "": none */
};
/* What a mode is called: the header without what stands behind its key, sub-modes behind those they
 * stand in: "ephone-dn 3", "voice service voip / sip", "telephony-service / group 2", "voice-card 0"; ""
 * is global. */
#define SCHEMA_MODE_SEP " / "
#define SCHEMA_MODE_MAX 256
void schema_mode_name(const struct schema_place *p, char *out, size_t cap);
/* The mode with that name, as deep as it is known: returns what is left of `name`, "" when all is. */
const char *schema_mode_find(const char *name, struct schema_place *out);

/* What readers may see: secrets as {"set": true}; `defaults` fills absent fields in. New tree. */
cJSON *schema_public(const struct schema_object *o, const char *key, const cJSON *item,
		     bool defaults);
/* Difference of two states of an object: [{field, label, command, apply, before, after}], secrets
 * masked. New tree. *apply receives the strongest. */
cJSON *schema_diff(const struct schema_object *o, const cJSON *before, const cJSON *after,
		   enum schema_apply *apply);
const char *schema_apply_text(enum schema_apply a); /* "none", "create+reset" */
/* The schema for forms (GET /schema) and JSON Schema of an object (OpenAPI components). New trees.
 */
cJSON *schema_describe(void);
cJSON *schema_json_schema(const struct schema_object *o);
/* The reference page docs/settings.md. */
void schema_reference(struct text *out);

/* Equal also in the order of members: what canonical trees of equal meaning are. */
bool json_same(const cJSON *a, const cJSON *b);

/* Strict JSON (dependencies.md 5): duplicate keys, trailing bytes, bad UTF-8, raw control
 * characters, leading zeros and depth over 32 are ERR_MALFORMED; `why` says what and at which byte.
 */
int json_parse(const char *text, size_t len, cJSON **out, char *why, size_t cap);

#endif
