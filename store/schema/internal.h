/* store/schema/internal.h - what the files of store/schema and store/ios share about rows and
 * values. Nobody else includes this. */
#ifndef STORE_SCHEMA_INTERNAL_H
#define STORE_SCHEMA_INTERNAL_H

#include "store/schema/schema.h"

#define POINTER_MAX 512

const struct schema_field *schema_member(const struct schema_field *table, const char *name,
					 size_t len);
/* The row behind a dotted path of names, through objects and into the members, item or keys of maps
 * ("speed_dials.label"). NULL: none. */
const struct schema_field *schema_row(const struct schema_field *table, const char *path);
int64_t schema_max(const struct schema_field *f); /* the limit in force */
bool schema_has_max(const struct schema_field *f);
bool schema_number_choice(const struct schema_field *f, int64_t v);
const char *schema_keyword(const struct schema_field *f, char *out, size_t cap); /* of a T_FLAG */
unsigned schema_key_parts(const struct schema_field *map);
int schema_dscp_parse(const char *s); /* name or number -> 0..63; -1 */
/* Two T_BUTTONS have a button in common. */
bool schema_buttons_overlap(const char *a, const char *b);
/* F_LINES: adds a line in canonical spelling (in place of the one with another last word), or takes
 * away all that begin so. ERR_INVALID: no `keep` line of the object allows it. */
int schema_lines_add(const struct schema_object *o, const struct schema_field *f, struct text *text,
		     const char *line);
void schema_lines_drop(struct text *text, const char *beginning);
/* The literal words of the line that writes this row ("timeouts busy"); "" none. */
void schema_command_of(const struct schema_object *o, const char *path, char *out, size_t cap);

/* {"field": name, "is": [values]}: the choice beside the row at `path` on which it depends; NULL: none. */
cJSON *schema_depends(const struct schema_object *o, const struct schema_field *beside,
		      const char *path);

/* Text -> JSON as a client would send it, not checked. */
cJSON *schema_raw(const struct schema_field *f, const char *text);
/* A value given as text (IOS word, key, default) -> its JSON form; NULL with *err and `why`. */
cJSON *schema_from_text(const struct schema_field *f, const char *text, int *err, char *why,
			size_t cap);
/* A JSON value -> its canonical JSON form. */
cJSON *schema_canon_value(const struct schema_field *f, const cJSON *in, int *err, char *why,
			  size_t cap);
/* A canonical value -> as IOS writes it. */
void schema_to_text(const struct schema_field *f, const cJSON *v, char *out, size_t cap);
cJSON *schema_default(const struct schema_field *f); /* NULL: none */
/* Canonical key of a map entry; 0 or ERR_*. */
int schema_canon_key(const struct schema_field *map, const char *key, char *out, size_t cap,
		     char *why, size_t whycap);
/* Part `i` of a composite key. */
bool schema_key_part(const struct schema_field *map, const char *key, unsigned i, char *out,
		     size_t cap);

/* Whole tree of an object -> canonical tree. `before`: stored form. `secrets`: where kept secrets come from;
 * NULL: `before`. `store` seals secrets; NULL refuses them. Adds all faults; NULL when there is one or nothing is
 * left. */
cJSON *schema_canon(const struct schema_object *o, const char *path, const cJSON *in,
		    const cJSON *before, const cJSON *secrets, struct store *store,
		    struct faults *f);
/* The stored value of this row is a secret: by its type, or as an entry under `sealed_key`. */
bool schema_is_secret(const struct schema_field *f, const cJSON *v);
/* Stored form with the defaults that are left out in it. */
cJSON *schema_filled(const struct schema_object *o, const cJSON *item);
/* Stored form -> secrets as {"set": true}. */
cJSON *schema_mask(const struct schema_field *table, const cJSON *item);

/* ---- lines that are kept as they stand (kept.c) ---- */
#define SCHEMA_MASK "******"
void schema_mask_line(const char *text, struct text *out); /* passwords in it masked */
/* Does a password stand behind this word of a line that nobody understands? `rest`: behind the word. */
bool schema_announces_secret(const char *line, struct slice word, const char *rest);
bool schema_kept_is_late(const char *text); /* a global line that stands behind the telephony */
/* `was` of an object became `now`: kept lines of modes that are gone go too. */
void schema_kept_follow(struct conf *c, const struct schema_object *o, const cJSON *was,
			const cJSON *now);
/* Drops kept lines in modes of `o` (NULL: of all) that are not there. */
void schema_kept_prune(struct conf *c, const struct schema_object *o);

/* RFC 7396; takes `target`, returns the result. */
cJSON *schema_merge(cJSON *target, const cJSON *patch);
void schema_pointer_add(char *ptr, size_t cap, const char *name);

/* "<kind> <name> is not configured": a fault, of an import a warning. */
void fault_missing(struct faults *f, struct faults *warnings, const char *path, const char *field,
		   const char *kind, const char *name);

/* Every reference of an item; fn non-zero stops. */
typedef int (*schema_ref_fn)(void *ctx, const struct schema_field *f, const char *pointer,
			     const char *value);
int schema_each_ref(const struct schema_object *o, const cJSON *item, schema_ref_fn fn, void *ctx);
int schema_each_unique(const struct schema_object *o, const cJSON *item, schema_ref_fn fn,
		       void *ctx);

#endif
