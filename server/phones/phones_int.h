/* server/phones/phones_int.h - inside of the phones room. Everything here belongs to the call loop.
 */
#ifndef PHONES_PHONES_INT_H
#define PHONES_PHONES_INT_H

#include <stdatomic.h>

#include "server/phones/phones.h"

#define PHONES_ASK_MS     2000
#define PHONES_DETAIL_MAX 200 /* bytes of a step's detail that are kept */
#define PHONES_TAG_MAX    65535
#define EVENT_BURST       200 /* events of unconfigured askers: burst, then this many a second */
#define EVENT_RATE        20
#define EVENT_PHONE_BURST 200 /* of one configured phone: a boot takes about 20, then one in 2 s */
#define EVENT_PHONE_MS    2000

/* ---- timeline.c: the last steps of a phone in one small buffer ---- */
#define TIMELINE_BYTES 4096
struct timeline {
	uint8_t *buf;
	uint16_t len, cap, n;
	uint32_t dropped; /* steps that made room for newer ones */
};
struct timeline_step {
	int64_t at_ms;    /* wall */
	uint32_t span_ms; /* from the first to the last of `count` equal steps in a row */
	uint16_t count;
	enum phone_step step;
	bool journalled;    /* the journal has it too, under this phone */
	const char *detail; /* borrowed from the buffer */
};
/* false: equal to the newest step, which was counted up instead. */
bool timeline_add(struct timeline *t, int64_t at_ms, enum phone_step step, const char *detail);
void timeline_mark(struct timeline *t); /* the newest step is in the journal too */
/* Oldest first; `at` begins at 0; false at the end. */
bool timeline_next(const struct timeline *t, size_t *at, struct timeline_step *out);
/* Puts the steps of `from` before those of `t` that are younger; empties `from`. */
void timeline_merge(struct timeline *t, struct timeline *from);
void timeline_free(struct timeline *t);

/* ---- configuration (config.c) ---- */
enum conf_kind { CONF_EPHONE, CONF_POOL, CONF_KINDS };
struct conf_line {
	uint16_t position; /* button or number tag */
	uint16_t dn;
};
struct phone_conf {          /* one ephone or pool; strings stand behind the lines */
	struct phone *phone; /* NULL: it has no MAC */
	const char *type, *description, *username;
	uint32_t tag;
	uint16_t kind, n_lines;
	struct conf_line lines[];
};
struct phone_dn {
	char *number; /* NULL: not there */
	char *label;
};
struct phones_conf {
	struct {
		struct phone_conf **by_tag;
		struct phone_dn *dns;
		size_t tags, dn_tags, count;
	} kind[CONF_KINDS];
	unsigned sip_attempts; /* entries kept of refused SIP phones */
	uint64_t revision;
};

/* ---- one phone ---- */
struct place { /* an address and who was last seen there */
	struct place *next;
	struct net_addr host;
	struct phone *last;
	unsigned refs;
};

struct phone_counters {
	uint32_t files_sent, files_missing, files_aborted, files_refused;
	uint64_t bytes_sent;
	uint32_t time_asked, challenges, registrations, refreshes, keepalives, rejections, losses,
	    protocol_errors, unregistrations;
};
/* clang-format off */
#define PHONE_COUNTERS(X) \
	X(files_sent) \
	X(files_missing) \
	X(files_aborted) \
	X(files_refused) \
	X(bytes_sent) \
	X(time_asked) \
	X(challenges) \
	X(registrations) \
	X(refreshes) \
	X(keepalives) \
	X(rejections) \
	X(losses) \
	X(protocol_errors) \
	X(unregistrations)
/* clang-format on */

struct phone {
	struct phone *hash_next;
	struct phone *older, *newer; /* among the loose ones */
	bool loose;                  /* neither configured by MAC nor registered */
	bool registered;
	bool reset_due;    /* a job will come to it */
	uint8_t protocol;  /* enum phone_protocol, of the last registration */
	uint8_t gone_why;  /* enum phone_step of the last loss; STEP_COUNT: none */
	uint8_t transport; /* index of transports[] */
	uint16_t lines;
	uint16_t reject_code;
	uint16_t trust_misses; /* trust lists and signed names asked for in vain */
	struct phone_conf *conf;
	struct place *place;
	struct net_addr peer;
	bool has_peer;
	char model[12];
	char *firmware, *user_agent;
	char *missing, *miss_note; /* last miss that matters; NULL */
	char *reject_reason;       /* since the last registration; NULL */
	uint64_t event_filled_ms;  /* its own bucket of events; monotonic */
	uint16_t event_tokens;
	int64_t last_seen_ms, registered_ms, expires_ms, gone_ms, rejected_ms, config_fetched_ms,
	    default_fetched_ms, missing_ms, asked_ms, taken_ms, left_ms; /* wall; 0: never */
	uint32_t tries; /* to register, since it left */
	struct phone_counters count;
	struct timeline timeline;
	char name[];
};

struct attempt {
	uint32_t num;
	uint8_t protocol;
	uint16_t code;
	uint32_t count;
	int64_t first_ms, latest_ms;
	struct net_addr peer;
	bool has_peer;
	char id[64], device[DEVICE_NAME_SIZE], model[12], reason[80];
};
struct attempts {
	struct attempt *list;
	uint32_t *hash;       /* of each entry: a scan that stays in the cache */
	size_t n, cap, first; /* full: a ring whose oldest entry is `first` */
	uint32_t next_num;
};

/* ---- what phones still need (pending.c) ---- */
#define PENDING_DEVICE 40
struct pending {
	char device[PENDING_DEVICE];
	uint8_t need;   /* enum phone_need */
	bool ask;       /* at its next registration, once */
	bool asked;     /* it was told */
	bool dirty;     /* not saved yet */
	uint64_t first; /* revisions that need it, from .. to */
	uint64_t last;
	int64_t at_ms;     /* wall clock of the last of them */
	uint64_t since_ms; /* monotonic; 0: before this start */
	char who[64];
};
struct pending_table {
	struct pending **list; /* sorted by device */
	size_t n, cap;
	char (*gone)[PENDING_DEVICE]; /* whose record is to be deleted */
	size_t gone_n, gone_cap;
	uint64_t upto; /* the newest revision that we were told of */
	bool dirty;
};

/* A reset of all phones of a protocol (resets.c). */
struct reset_job {
	struct phones *phones;
	enum phone_protocol protocol;
	enum phone_action action;
	bool on, sequence, waiting;
	unsigned interval_s;
	char (*names)[DEVICE_NAME_SIZE];
	size_t n, cap, at;            /* `at`: the next one */
	int64_t acted_ms, started_ms; /* wall */
	uint64_t give_up_ms;          /* monotonic: the one waited for is not coming back */
	struct loop_timer timer;
	char who[64];
};

struct phones_totals {
	uint64_t phones, configured[CONF_KINDS], registered[PHONE_PROTOCOLS], unknown, evicted,
	    steps, refreshes, keepalives, rejections, losses, events_held;
};

struct phones {
	struct loop *loop;
	struct store *store; /* NULL in tests of the table alone */
	const struct clock *clock;
	struct phone **hash;
	size_t buckets, n;
	struct place **places; /* as many buckets */
	size_t n_places;
	struct phone **order; /* sorted by name */
	size_t order_cap;
	struct phone *oldest, *newest;
	size_t n_loose;
	uint32_t seed;
	struct phones_conf conf;
	struct attempts attempts;
	struct pending_table pending;
	struct phones_totals totals;
	struct {
		phones_actor fn;
		phones_reporter report;
		void *engine;
	} actor[PHONE_PROTOCOLS];
	struct reset_job reset[PHONE_PROTOCOLS];
	struct loop_timer tick;
	atomic_bool stale; /* a commit waits to be read */
	atomic_ullong posts_lost;
	double event_tokens;
	uint64_t event_filled_ms;
};

extern const char *const phone_protocol_names[PHONE_PROTOCOLS]; /* "sip", "sccp" */
extern const char *const phone_severity_names[];
extern const char *const phone_transports[]; /* NULL-terminated */

/* device.c */
struct phone *phone_find(struct phones *p, const char *device);
struct phone *phone_need(struct phones *p, const char *device); /* made when not there */
struct phone *phone_at(struct phones *p, const struct net_addr *peer);
/* Anybody can name a phone; the address of a registered one moves by a registration only. */
bool phone_is_foreign(const struct phone *ph, const struct net_addr *peer);
void phone_seen(struct phones *p, struct phone *ph, const struct net_addr *peer);
/* After a change of registration or configuration: which list, and whether it may go. */
void phone_settle(struct phones *p, struct phone *ph);
void phone_free_all(struct phones *p);
size_t phones_order_find(const struct phones *p, const char *name); /* first not before `name` */
bool phone_is_configured(const struct phones *p, const struct phone *ph);
const struct phone_conf *phone_conf_of(const struct phones *p, const struct phone *ph);
const char *phone_state(const struct phones *p, const struct phone *ph);
const char *phone_model(const struct phones *p, const struct phone *ph);
void phones_set_prefix(char *device, const char *prefix); /* the first three letters */
void phones_clean(char *out, size_t cap, const char *in); /* a peer's text, made printable */

/* steps.c */
void phone_record(struct phones *p, struct phone *ph, enum phone_step step, const char *detail);
void phones_file(struct phones *p, const struct phones_file *f);
void phones_time(struct phones *p, const struct net_addr *peer);
bool phones_event_allowed(struct phones *p, struct phone *ph);
const char *phone_step_name(enum phone_step s);
const char *phone_step_text(enum phone_step s);
enum phone_severity phone_step_severity(enum phone_step s);

/* files asked for: what a name means for the verdict (provisioning 1.2) */
enum file_kind {
	FILE_KIND_CONFIG,
	FILE_KIND_DEFAULT,
	FILE_KIND_TRUST,
	FILE_KIND_OPTIONAL,
	FILE_KIND_FIRMWARE,
	FILE_KIND_OTHER
};
enum file_kind phones_file_kind(const char *name);

/* config.c */
void phones_conf_load(struct phones *p);
void phones_conf_refresh(struct phones *p);
void phones_conf_apply(struct phones *p, const char *path, const cJSON *value);
void phones_conf_free(struct phones *p);
const struct phone_dn *phones_conf_dn(const struct phones *p, enum conf_kind kind, unsigned tag);
extern const char *const phones_conf_resource[CONF_KINDS];

/* attempts.c */
void attempts_add(struct phones *p, const struct attempt *a);
void attempts_clear(struct phones *p, int protocol); /* -1: all */
void attempts_shrink(struct phones *p);              /* to what the configuration says */
size_t attempts_count(const struct attempts *t, int protocol);
void attempts_free(struct attempts *t);
/* A copy in the order of entry; free with mem_free. */
size_t attempts_copy(const struct attempts *t, int protocol, struct attempt **out);

/* pending.c */
void pending_load(struct phones *p);
void pending_save(struct phones *p); /* what has changed; does not wait */
void pending_free(struct pending_table *t);
struct pending *pending_find(const struct pending_table *t, const char *device);
void pending_file_fetched(struct phones *p, const struct phone *ph, uint32_t duration_ms);
void pending_registered(struct phones *p, const struct phone *ph, bool refresh);
void pending_unregistered(struct phones *p, const struct phone *ph);
enum phone_need pending_need(const struct phones *p, const char *device);

/* resets.c */
void resets_init(struct phones *p);
void resets_free(struct phones *p);
size_t resets_start(struct phones *p, const struct phones_reset *r, const char *who);
size_t resets_cancel(struct phones *p, enum phone_protocol protocol); /* how many were left */
cJSON *reset_json(const struct reset_job *job);

/* verdict.c */
struct verdict {
	const char *code;
	enum phone_severity severity;
	char text[320], action[320];
};
void phone_verdict(const struct phones *p, const struct phone *ph, struct verdict *out);

/* json.c */
cJSON *phone_json(const struct phones *p, const struct phone *ph);
cJSON *phone_live_json(const struct phones *p, const struct phone *ph);
cJSON *phone_timeline_json(const struct phones *p, const struct phone *ph);
cJSON *attempt_json(const struct attempt *a);
/* One slice of a page: looks at `budget` phones at most. `after` is moved on ("" at the end). */
struct page {
	char state[16], protocol[8], text[64], after[DEVICE_NAME_SIZE];
	bool descending, done, more;
	bool live; /* with what the engines know */
	size_t want, total;
	cJSON *items;
};
void phones_page(struct phones *p, struct page *page, size_t budget);
int phones_do_act(struct phones *p, const char *device, enum phone_action action, const char *who);
/* journal.c: steps that memory no longer holds, put in front of `steps`; *older: there are more. Memory
 * holds the newest `in_memory` of the journal's, the first of them at `oldest_ms`. */
int phones_journal_steps(struct store *s, const char *device, int64_t oldest_ms, size_t in_memory,
			 size_t max, cJSON *steps, bool *older);

#endif
