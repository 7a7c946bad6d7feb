/* api/status/status.h - the status views (`show ...` of CME): one row for each in views.c. A view makes a JSON
 * tree from the configuration and from what the engines answer; its printer makes the text of CME from
 * that tree alone. Web workers. What no engine knows yet is null, and a dash in the text. */
#ifndef API_STATUS_STATUS_H
#define API_STATUS_STATUS_H

#include <cjson/cJSON.h>

#include "api/api_int.h"
#include "server/core/text.h"
#include "server/phones/phones.h"

struct status_args {     /* NULL, false or 0: not given */
	const char *key; /* tag, MAC or type behind the words */
	const char *state, *type, *ip, *mac;
	const char *cursor;
	size_t limit; /* 0: all */
	bool brief;
};

/* 0 and a tree, or what api_fault() returned. */
typedef int (*status_make)(struct api_req *r, const struct status_args *a, cJSON **out);
typedef void (*status_print)(const cJSON *view, struct text *out);

/* ---- ephones.c (3.1) ---- */
int status_ephones(struct api_req *r, const struct status_args *a, cJSON **out);
int status_ephone(struct api_req *r, const struct status_args *a, cJSON **out);
int status_ephone_summary(struct api_req *r, const struct status_args *a, cJSON **out);
/* ---- sccp.c (3.2, 3.3) ---- */
int status_ephone_sockets(struct api_req *r, const struct status_args *a, cJSON **out);
int status_ephone_attempts(struct api_req *r, const struct status_args *a, cJSON **out);
int status_rejections(struct api_req *r, const struct status_args *a, cJSON **out);
int status_attempts(struct api_req *r, const char *protocol, cJSON **out);
void status_clock_text(cJSON *o, const char *name,
		       const char *at); /* "09:14:07 UTC Mon Mar 3 2025" */
/* ---- pools.c (3.4, 3.6) ---- */
int status_pools(struct api_req *r, const struct status_args *a, cJSON **out);
int status_pool(struct api_req *r, const struct status_args *a, cJSON **out);
int status_pool_statistics(struct api_req *r, const struct status_args *a, cJSON **out);
int status_pool_attempts(struct api_req *r, const struct status_args *a, cJSON **out);
int status_sip_registrar(struct api_req *r, const struct status_args *a, cJSON **out);
int status_sip_registrations(struct api_req *r, const struct status_args *a, cJSON **out);
/* ---- service.c (3.7) ---- */
int status_telephony(struct api_req *r, const struct status_args *a, cJSON **out);
int status_telephony_ephones(struct api_req *r, const struct status_args *a, cJSON **out);
int status_telephony_dns(struct api_req *r, const struct status_args *a, cJSON **out);
int status_telephony_templates(struct api_req *r, const struct status_args *a, cJSON **out);
int status_telephony_bindings(struct api_req *r, const struct status_args *a, cJSON **out);
int status_telephony_fac(struct api_req *r, const struct status_args *a, cJSON **out);
int status_telephony_directory(struct api_req *r, const struct status_args *a, cJSON **out);
int status_telephony_admin(struct api_req *r, const struct status_args *a, cJSON **out);
int status_telephony_conference(struct api_req *r, const struct status_args *a, cJSON **out);
/* ---- more.c (3.5, 3.8) ---- */
int status_hfs(struct api_req *r, const struct status_args *a, cJSON **out);
int status_hfs_bindings(struct api_req *r, const struct status_args *a, cJSON **out);
void status_dscp(cJSON *view); /* numbers to {name, value, tos} */
int status_vr_global(struct api_req *r, const struct status_args *a, cJSON **out);
int status_credentials(struct api_req *r, const struct status_args *a, cJSON **out);
int status_presence(struct api_req *r, const struct status_args *a, cJSON **out);
int status_shared_lines(struct api_req *r, const struct status_args *a, cJSON **out);
int status_trusted(struct api_req *r, const struct status_args *a, cJSON **out);
int status_flash(struct api_req *r, const struct status_args *a, cJSON **out);
int status_stamps(struct api_req *r, const struct status_args *a, cJSON **out);
int status_engines(struct api_req *r, const struct status_args *a, cJSON **out);

/* ---- print_*.c: pure ---- */
void print_ephones(const cJSON *view, struct text *out);
void print_ephone_summary(const cJSON *view, struct text *out);
void print_sockets(const cJSON *view, struct text *out);
void print_ephone_attempts(const cJSON *view, struct text *out);
void print_pools(const cJSON *view, struct text *out);
void print_pool_brief(const cJSON *view, struct text *out);
void print_pool_attempts(const cJSON *view, struct text *out);
void print_statistics(const cJSON *view, struct text *out);
void print_registrar(const cJSON *view, struct text *out);
void print_hfs(const cJSON *view, struct text *out);
void print_flash(const cJSON *view, struct text *out);
void print_telephony(const cJSON *view, struct text *out);
void print_any(const cJSON *view, struct text *out); /* members and tables under their names */

/* ---- handlers.c ---- */
int status_text(struct api_req *r, const cJSON *view, status_print print);

/* ---- tree.c: reading and making trees ---- */
const cJSON *tree_get(const cJSON *o, const char *dotted); /* NULL: absent or null */
const char *tree_str(const cJSON *o, const char *dotted);  /* NULL: absent or no text */
double tree_num(const cJSON *o, const char *dotted, double absent);
bool tree_is(const cJSON *o, const char *dotted);          /* true */
void tree_null(cJSON *o, const char *names);               /* members that nobody knows: "a,b,c" */
void tree_text(cJSON *o, const char *name, const char *s); /* NULL or "": null */
void tree_copy(cJSON *o, const char *name, const cJSON *from, const char *dotted);
int tree_tag(const char *key); /* number of a key of digits; 0: none */

/* ---- source.c: what the views are made from ---- */
/* The phones that a protocol has, by the tag of their ephone or pool. */
struct live {
	cJSON *list;
	const cJSON **by_tag;
	size_t tags;
};
int live_load(struct api_req *r, const char *protocol, struct live *l);
/* Only those of one item (`key`), or of the page that `a` asks for. */
int live_of_items(struct api_req *r, const char *protocol, const char *collection, const char *key,
		  const struct status_args *a, struct live *l);
void live_free(struct live *l);
const cJSON *live_of(const struct live *l, unsigned tag); /* the first; NULL */
/* The next phone of a pool that has several; `after` NULL: the first. */
const cJSON *live_next(const struct live *l, unsigned tag, const cJSON *after);
/* An object with its defaults, secrets masked; an empty object when there is no such mode. */
cJSON *source_object(struct conf *c, const char *path);
/* An item with what its template gives and the defaults, secrets masked. New tree. */
cJSON *source_item(struct conf *c, const char *collection, const char *key, const cJSON *raw);
/* Items of a collection from the cursor on. `fn` answers whether it took the item; with a limit `next`
 * receives the key to go on behind ("" at the end). */
typedef bool (*source_fn)(void *ctx, const char *key, const cJSON *raw);
int source_each(struct conf *c, const char *collection, const struct status_args *a, source_fn fn,
		void *ctx, char *next, size_t cap);
const char *source_model(const char *type, char *out, size_t cap); /* "Telecaster 7960"; NULL */
bool mac_matches(const char *mac, const char *wanted);             /* in any spelling */
int number_of(struct api_req *r, const char *key, const char *what, unsigned *out);

#endif
