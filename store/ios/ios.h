/* store/ios/ios.h - IOS running configurations, driven by the schema: one line to a change and back.
 * The syntax of each line stands in the mode tables (store/schema); nothing here knows a command.
 * Pure except ios_apply() and ios_export(); any thread. */
#ifndef STORE_IOS_IOS_H
#define STORE_IOS_IOS_H

#include "server/core/text.h"
#include "store/conf.h"
#include "store/schema/schema.h"

/* Where a line stands: the mode entered by the lines before it. All zero: global configuration. */
#define ios_place schema_place

enum ios_kind {
	IOS_SET,    /* `patch` changes `path` */
	IOS_ENTER,  /* the same, and `place` is the mode entered */
	IOS_DELETE, /* `path` goes */
};

struct rule;
struct ios_line {
	enum ios_kind kind;
	struct ios_place place; /* where the next line stands */
	char path[SCHEMA_PATH_MAX];
	cJSON *patch; /* RFC 7396, for schema_edit(OP_PATCH); not checked yet */
	char *keep;   /* NULL, or: `patch` is empty, this line is added to the F_LINES row
			     * `keep_row` (`drop`: what begins so is taken from it) */
	const char *keep_row;
	bool drop;
	const char *syntax; /* the row it matched */
	const struct rule *rule;
	bool abbreviated; /* one of its keywords was */
	struct {
		size_t at, len;
	} secrets[4]; /* passwords of the line: never to be shown */
	unsigned n_secrets;
	bool hashed; /* one of them is kept as a hash, which takes its time */
};

/* One line, blanks around it allowed. Keywords in any letter case or as an unambiguous prefix, optional
 * parts in any order, quoted text, `no` and `default` in front. A line that is not of
 * the mode at `at` is tried in the enclosing one, then globally.
 * 0, ERR_NOENT (no such command), ERR_CONFLICT (ambiguous), ERR_MALFORMED (incomplete, too long);
 * `why` says it for a person. Values are checked by ios_apply(). */
int ios_parse_line(const struct ios_place *at, const char *line, struct ios_line *out, char *why,
		   size_t cap);
void ios_line_fini(struct ios_line *l);
/* Stages it by schema_edit(); faults as there. An item is made when its mode is entered. */
int ios_apply(struct conf *c, const struct ios_line *l, struct faults *f);

struct ios_print {
	struct store *store; /* unseals secrets; NULL: masked */
	bool secrets;        /* clear text of recoverable ones; hashes never */
};
#define IOS_MASK "******" /* in place of a secret; read back it changes nothing */

/* The block of one object: header, lines, sub-modes, each level one blank deeper; defaults left out. */
void ios_print_object(struct text *out, const struct schema_object *o, const char *key,
		      const cJSON *item, const struct ios_print *opt);
/* Adds to a description of the schema (schema_describe()) `syntax`: the line that writes each row, as a person types
 * it. */
void ios_describe(cJSON *all);
/* The whole configuration in the order of R-324, `!` between blocks. */
int ios_export(struct conf *c, const struct ios_print *opt, struct text *out);
/* Defaults too, as `show running-config all`. */
int ios_export_all(struct conf *c, const struct ios_print *opt, struct text *out);

/* Keeps what no line can say out of the changed objects of a draft: some values IOS sets only together
 * with others, and the export would lose them. A value that was there before and has lost its
 * company goes, with a warning; a new one is a fault. Run before schema_check(). */
int ios_settle(struct conf *c, struct faults *f, struct faults *warnings);

/* Every line of the schema compiles and names only rows that exist; for tests. 0 or ERR_INVALID. */
int ios_selftest(char *why, size_t cap);

#endif
