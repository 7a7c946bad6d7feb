/* api/api_int.h - shared by the files of api/ only. */
#ifndef API_API_INT_H
#define API_API_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/api.h"
#include "api/path.h"
#include "server/http/http.h"
#include "store/auth/auth.h"
#include "store/conf.h"
#include "store/schema/schema.h"
#include "store/store.h"

#define API_BASE         "/api/v1"
#define API_BODY_MAX     (1u << 20)  /* bytes of an ordinary body */
#define API_BIG_BODY_MAX (32u << 20) /* of a backup */
#define API_PAGE         100         /* items of a page, unless asked */
#define API_PAGE_MAX     1000
#define API_OPERATIONS   1000 /* of one transaction */
#define API_WAITERS      32   /* long polls */
#define API_WAIT_S       30
#define API_QUERY_MAX    24
#define API_WHY          256
#define API_LOCAL        "local" /* who asks over the local socket */

struct api {
	_Atomic(struct http_server *) http; /* NULL while starting and after the stop */
	struct http_server *local;          /* NULL: none */
	struct api_options opt;
	char cert_file[4096], data_dir[4096], version[64];
	atomic_int plain_index, tls_index; /* in the listen list; -1: off */
	atomic_int feed_port, feed_tls_port;
	char *openapi; /* text, made at start */
	char openapi_etag[40];

	pthread_mutex_t race_lock; /* writes that lost against another are repeated one by one */
	pthread_mutex_t events_lock;
	pthread_cond_t events_came;
	atomic_uint waiters;
	pthread_mutex_t setup_lock;      /* one set-up, one change of certificate at a time */
	atomic_uint_fast64_t answers[6]; /* by first digit of the status */
};

struct api_req;
typedef int (*api_handler)(struct api_req *r); /* 0: answered; ERR_*: a problem document is made */

enum api_flags {
	R_SETUP = 1 << 0,     /* works before set-up */
	R_DRY = 1 << 1,       /* takes ?dry_run=true */
	R_MATCH = 1 << 2,     /* takes If-Match */
	R_BIG = 1 << 3,       /* body up to API_BIG_BODY_MAX */
	R_TEXT = 1 << 4,      /* body is text, not JSON */
	R_NOBODY = 1 << 5,    /* an unsafe method without a body; one of {} is ignored */
	R_QUIET = 1 << 6,     /* no use of the session (long poll) */
	R_FILTER = 1 << 7,    /* further query parameters are field filters */
	R_CONFIG = 1 << 8,    /* OpenAPI: written out for each object of the schema */
	R_SINGLE = 1 << 9,    /* with R_CONFIG: for objects, not for collections */
	R_COLLECT = 1 << 10,  /* with R_CONFIG: for collections */
	R_ETAG = 1 << 11,     /* the answer carries an ETag */
	R_OTHER = 1 << 12,    /* the answer is text/plain */
	R_OPTIONAL = 1 << 14, /* no body stands for {} */
	R_VIEW = 1 << 13,     /* JSON, or text/plain when the client asks for it */
};

struct api_route {
	const char *method, *pattern; /* below API_BASE */
	enum auth_role role;          /* ROLE_NONE: anybody */
	unsigned flags;
	const char *query; /* "limit,cursor"; NULL: none */
	api_handler handler;
	const char *id; /* operationId, and the action in the audit log */
	const char *summary;
	const char *body, *answer; /* component schemas; NULL: none */
	int status;                /* of success */
};
extern const struct api_route api_routes[]; /* ends with method NULL */

struct api_req {
	struct api *api;
	struct http_req *http;
	const struct api_route *route;
	struct auth_who who;
	char address[NET_HOST_SIZE];
	struct api_params params;
	struct {
		char name[64], value[256];
	} query[API_QUERY_MAX];
	size_t n_query;
	bool local; /* over the socket of the data directory: the machine's own administrator */
	bool dry_run;
	bool raced;       /* the commit lost against somebody else's: do it again */
	cJSON *body;      /* object; NULL without */
	const char *text; /* R_TEXT */
	size_t text_len;
	struct faults faults;
	cJSON *audit; /* detail for the audit log */
	bool audited; /* the entry was written with the commit */
	char audit_path[300];
	int status;
	cJSON *report; /* `report` of the problem document; taken */
};

/* ---- answering (problem.c) ---- */
int api_json(struct api_req *r, int status, cJSON *take);
int api_text(struct api_req *r, int status, const char *type, const char *body, size_t len);
void api_audit_record(const struct api_req *r, struct store_put *put);
int api_empty(struct api_req *r);                 /* 204 */
int api_take_json(struct api_req *r, char *json); /* JSON text of phones_*_json() */
/* Notes what is wrong and returns err, for `return api_fault(...)`. `field`: JSON Pointer or "". */
int api_fault(struct api_req *r, int err, const char *code, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void api_problem(struct api_req *r, int err); /* writes the problem document */
cJSON *api_problem_doc(int status, int err, const struct faults *f); /* pure */

/* ---- reading (request.c) ---- */
const char *api_query(const struct api_req *r, const char *name); /* NULL: absent */
int api_query_int(struct api_req *r, const char *name, int64_t min, int64_t max, int64_t dflt,
		  int64_t *out);
int api_read_query(struct api_req *r);
int api_read_body(struct api_req *r);
/* Members of the body; all names allowed are listed, ends with NULL. Others: ERR_UNKNOWN. */
int api_only(struct api_req *r, const cJSON *o, const char *at, const char *const *names);
/* A text member: 0 and *out (NULL when absent and not `needed`). */
int api_str(struct api_req *r, const cJSON *o, const char *name, bool needed, const char **out);
cJSON *api_page(cJSON *items, const char *next_cursor); /* {items, next_cursor}; takes items */

/* ---- routes.c, guard.c ---- */
const struct api_route *api_route_find(const char *method, const char *raw, struct api_params *out,
				       char *allow,
				       size_t cap);      /* NULL: 404, or 405 with `allow` */
int api_guard(struct api_req *r);                        /* who is it, may they, CSRF */
bool api_send_to_tls(struct api *a, struct http_req *h); /* true: answered */
void api_host_name(const struct http_req *h, char *out, size_t cap); /* of the Host field; "" bad */
const char *api_cookie_name(bool tls);

/* ---- pages.c, health.c, openapi.c ---- */
void api_page_reply(struct api *a, struct http_req *h);
bool api_health(struct api *a, struct http_req *h); /* true: it was one of those paths */
cJSON *api_openapi(const char *version);

/* ---- commit.c: what all writes of the configuration share ---- */
struct api_write {
	const char *comment;
	bool apply;               /* tell the affected phones */
	unsigned confirm_minutes; /* falls back unless confirmed; 0: the query may say so */
	bool takes_back;          /* ends the confirmation that is pending */
	uint64_t undoes;          /* with it: the revision that is taken back */
	cJSON *extra;             /* members to add to the answer; taken */
	int status;
	bool whole; /* an older revision: what it names need not be there */
	/* An import has been checked already, makes no stamps, and may be too much for the audit log. */
	bool imported;
	struct faults *warnings; /* of that check; NULL: none */
	const cJSON *audit;      /* what the log gets instead of all changes; NULL: those */
	void (*committed)(struct api_req *r, cJSON *doc); /* NULL: nothing more to do */
	const char *location;                             /* path of what was made; NULL */
};
#define API_COMMENT_MAX 500 /* characters of the comment of a revision */
/* `comment` and `apply` ("none", "affected") of the body. */
int api_read_write(struct api_req *r, struct api_write *w);
int api_read_write_query(struct api_req *r, struct api_write *w); /* the same, of the query */
int api_read_confirm(struct api_req *r, unsigned *minutes); /* of the query; absent: as it was */
void api_add_confirm(cJSON *doc,
		     const struct store_commit *info); /* when a confirmation waits now */
int api_check_minutes(struct api_req *r, double minutes, const char *field);
/* Stages all of `number` over the newest configuration. */
int api_draft_of(struct api_req *r, uint64_t number, struct conf **out);
/* A comment of the query or the body: short, one line. `field`: "" or its pointer. */
int api_check_comment(struct api_req *r, const char *comment, const char *field);
/* Checks the draft, works out difference and impact, commits unless dry_run, answers. Closes `c`. */
int api_commit(struct api_req *r, struct conf *c, struct api_write *w);
/* Staged: [{path, change, fields}], with `diff=lines` in the query also `lines`. */
cJSON *api_changes(struct api_req *r, struct conf *c, enum schema_apply *apply);
bool api_wants(const struct api_req *r, const char *what); /* in `diff` of the query */
int api_check_diff(struct api_req *r, bool files);
/* One entry of such a list; NULL when nothing differs. */
cJSON *api_change(struct api_req *r, const char *path, const cJSON *before, const cJSON *after,
		  enum schema_apply *apply);
struct phones_change;
/* What phones need after a commit, kept until they have it; the list of those that were asked. */
cJSON *api_tell_phones(struct api_req *r, const struct phones_change *change,
		       const cJSON *affected);
/* Precondition on an object: 0, ERR_NEED_MATCH, ERR_STALE. `if_match`, `if_none_match` may be NULL. */
int api_precondition(struct conf *c, const char *object, const char *if_match,
		     const char *if_none_match);
void api_etag(char out[40], uint64_t revision);

/* ---- handlers ---- */
int api_setup_get(struct api_req *r);
int api_setup_post(struct api_req *r);
int api_session_open(struct api_req *r);
int api_session_current(struct api_req *r);
int api_session_close(struct api_req *r);
int api_session_list(struct api_req *r);
int api_session_end(struct api_req *r);
int api_password_change(struct api_req *r);
int api_account_list(struct api_req *r);
int api_account_get(struct api_req *r);
int api_account_add(struct api_req *r);
int api_account_change(struct api_req *r);
int api_account_remove(struct api_req *r);
int api_token_list(struct api_req *r);
int api_token_get(struct api_req *r);
int api_token_add(struct api_req *r);
int api_token_remove(struct api_req *r);
int api_audit_list(struct api_req *r);
int api_config_get(struct api_req *r);
int api_config_create(struct api_req *r);
int api_config_put(struct api_req *r);
int api_config_patch(struct api_req *r);
int api_config_delete(struct api_req *r);
int api_transaction(struct api_req *r);
int api_revision_list(struct api_req *r);
int api_revision_get(struct api_req *r);
int api_revision_changes(struct api_req *r);
int api_revision_restore(struct api_req *r);
int api_pending_list(struct api_req *r);
int api_pending_ask(struct api_req *r);
int api_confirmation_get(struct api_req *r);
int api_confirmation_confirm(struct api_req *r);
int api_confirmation_take_back(struct api_req *r);
int api_phone_list(struct api_req *r);
int api_phone_get(struct api_req *r);
int api_phone_timeline(struct api_req *r);
int api_phone_files(struct api_req *r);
int api_phone_file(struct api_req *r);
int api_phone_restart(struct api_req *r);
int api_phone_reset(struct api_req *r);
int api_attempt_list(struct api_req *r);
int api_attempt_clear(struct api_req *r);
int api_file_list(struct api_req *r);
int api_event_list(struct api_req *r);
int api_clock_get(struct api_req *r);
int api_view_ephones(struct api_req *r);
int api_view_ephone_summary(struct api_req *r);
int api_view_ephone_attempts(struct api_req *r);
int api_view_rejections(struct api_req *r);
int api_view_ephone(struct api_req *r);
int api_view_ephone_sockets(struct api_req *r);
int api_view_pools(struct api_req *r);
int api_view_pool_attempts(struct api_req *r);
int api_view_pool_statistics(struct api_req *r);
int api_view_pool(struct api_req *r);
int api_view_hfs(struct api_req *r);
int api_view_hfs_bindings(struct api_req *r);
int api_view_sip_registrar(struct api_req *r);
int api_view_sip_registrations(struct api_req *r);
int api_view_telephony(struct api_req *r);
int api_view_telephony_ephones(struct api_req *r);
int api_view_telephony_dns(struct api_req *r);
int api_view_telephony_templates(struct api_req *r);
int api_view_telephony_bindings(struct api_req *r);
int api_view_telephony_fac(struct api_req *r);
int api_view_telephony_directory(struct api_req *r);
int api_view_telephony_admin(struct api_req *r);
int api_view_telephony_conference(struct api_req *r);
int api_view_vr_global(struct api_req *r);
int api_view_credentials(struct api_req *r);
int api_view_presence(struct api_req *r);
int api_view_shared_lines(struct api_req *r);
int api_view_trusted(struct api_req *r);
int api_view_flash(struct api_req *r);
int api_view_stamps(struct api_req *r);
int api_view_engines(struct api_req *r);
int api_ephone_attempts_clear(struct api_req *r);
int api_reset_all(struct api_req *r);
int api_restart_all(struct api_req *r);
int api_sccp_reset_all(struct api_req *r);
int api_sccp_restart_all(struct api_req *r);
int api_sip_reset_all(struct api_req *r);
int api_sip_restart_all(struct api_req *r);
int api_ephone_reset(struct api_req *r);
int api_ephone_restart(struct api_req *r);
int api_pool_reset(struct api_req *r);
int api_pool_restart(struct api_req *r);
int api_action_list(struct api_req *r);
int api_create_cnf_files(struct api_req *r);
int api_create_profile(struct api_req *r);
int api_telephony_setup(struct api_req *r);
int api_mkdir(struct api_req *r);
int api_squeeze(struct api_req *r);
int api_category_list(struct api_req *r);
int api_category_put(struct api_req *r);
int api_exec(struct api_req *r);
int api_show(struct api_req *r);
int api_pool_attempts_clear(struct api_req *r);
int api_capabilities(struct api_req *r);
int api_schema_get(struct api_req *r);
int api_model_list(struct api_req *r);
int api_zone_list(struct api_req *r);
int api_openapi_get(struct api_req *r);
int api_backup_get(struct api_req *r);
int api_export_get(struct api_req *r);
int api_import(struct api_req *r);
int api_backup_restore(struct api_req *r);
int api_certificate_get(struct api_req *r);
int api_certificate_put(struct api_req *r);
int api_certificate_remove(struct api_req *r);

#endif
