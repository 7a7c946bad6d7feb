/* tests/support/config_gen.h - random valid configurations, made from the rows of the schema: a list of
 * small operations from one seed, so that a failing one can be made smaller by leaving operations out. */
#ifndef TESTS_SUPPORT_CONFIG_GEN_H
#define TESTS_SUPPORT_CONFIG_GEN_H

#include "store/schema/schema.h"

struct gen_op { /* a merge patch of one member, or of an empty object that makes an item */
	char path[SCHEMA_PATH_MAX];
	cJSON *patch;
};

struct gen {
	uint64_t state;                  /* of the random numbers */
	struct conf *conf;               /* what is there already: references name it */
	const struct schema_object *obj; /* whose rows are being made */
	bool refs;                       /* rows that name others may be filled */
	struct gen_op *ops;
	size_t n, cap;
	int refused;   /* operations that the rules of their own row refused */
	char why[400]; /* the first of them, or why no valid rest is left */
};

/* Makes the operations of `seed` and stages them in `c`, an empty draft, as gen_stage() would. Free with
 * gen_fini(). 0 or ERR_CONFLICT. */
int gen_make(struct gen *g, uint64_t seed, struct conf *c);
void gen_fini(struct gen *g);

/* Stages those of `ops` whose flag in `keep` is set (NULL: all). What a rule of the whole refuses (two
 * rows that exclude each other, a reference that was left out) is taken away again, so that what is
 * left passes schema_check(). Returns how many operations were refused by the rules of their own row;
 * `why` tells the first. ERR_CONFLICT when the rest cannot be made valid. */
int gen_stage(struct conf *c, const struct gen_op *ops, size_t n, const bool *keep, char *why,
	      size_t cap);

#endif
