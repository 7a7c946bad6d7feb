/* store/conf_int.h - the inside of a conf, for conf.c, conf_history.c, commit.c and backup.c. */
#ifndef STORE_CONF_INT_H
#define STORE_CONF_INT_H

#include "store/conf.h"
#include "store/store_int.h"

struct conf {
	struct store *s;
	MDB_txn *txn;  /* NULL after a commit: see conf_release() */
	bool borrowed; /* `txn` is the writer's */
	uint64_t revision;
	bool cleared;        /* nothing of the snapshot shows through */
	bool historic;       /* `base` holds objects as they were at `revision` */
	struct pathmap base; /* parsed objects of the snapshot; value NULL: known not to be there */
	struct pathmap staged; /* value NULL: deleted */
};

/* Gives the snapshot back; what was parsed stays. A thread that waits for the writer must not hold
 * one: the writer may have to resize the map. */
void conf_release(struct conf *c);
/* What the write transaction holds so far; writer thread, closed before it goes on writing. */
struct conf *conf_over(struct wtxn *w);
/* Every object, as (path, NULL, value). */
int conf_each_object(struct conf *c, conf_change_fn fn, void *ctx);

#endif
