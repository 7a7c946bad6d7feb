/* store/ios/syntax.h - the syntaxes of the schema as trees; made once, constant then. Only store/ios. */
#ifndef STORE_IOS_SYNTAX_H
#define STORE_IOS_SYNTAX_H

#include "store/schema/schema.h"

enum node_kind {
	N_WORD,  /* `text` */
	N_FIELD, /* row `f` at `path` */
	N_CONST, /* row `f` at `path` has `text` */
	N_OPT,   /* `child` */
	N_ALT,   /* `child`, its alternatives by `alt` */
	N_GLUE,  /* parts in `child` make one word */
	N_PEEK,  /* the next word begins with `text` */
	N_GROUP, /* one alternative */
};

struct node {
	enum node_kind kind;
	char *text, *path;
	const struct schema_field *f;
	int key;     /* part of the key; -1: no key */
	bool invert; /* N_FIELD of a switch: the line sets it false */
	bool repeat;
	struct node *next, *child, *alt;
};

/* One line of the schema, or a header that enters a mode. */
struct rule {
	const struct schema_object *obj;
	const struct schema_mode *mode; /* lines: where it stands; headers: what it enters */
	const char *syntax;
	const struct schema_field *map; /* lines with `in` and headers of keyed modes */
	const char *in;
	bool header, alias;
	bool clear;   /* takes all entries of `in` away */
	bool only_no; /* an alias behind `no` */
	bool keep;    /* the whole line is kept as text: leading words, then anything */
	struct node *root;
};

const struct rule *ios_rules(size_t *n);
/* What is wrong with the tables; NULL: nothing. */
const char *ios_rules_fault(void);
/* Every N_FIELD and N_CONST below `n`; fn may be called several times for one path. */
void node_each(const struct node *n, void (*fn)(void *ctx, const struct node *n), void *ctx);
/* Whether it may be said at a place: level 0 the sub-mode, 1 the object's own mode, 2 global configuration. */
struct ios_place;
bool ios_stands_at(const struct rule *r, const struct ios_place *at, int level);
bool node_is_silent(const struct node *n); /* takes no word */

#endif
