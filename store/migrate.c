/* store/migrate.c - brings a store of an older format to this one, in one transaction at start.
 * A change of the stored form adds a row here and raises STORE_FORMAT (store.h); each row has a
 * test that opens a store of the format it starts from. Renamed or removed schema rows are such
 * changes. */
#include <stdio.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/store_int.h"

static const struct migrate_step steps[] = {
	{ 0, NULL }, /* format 1 is the first: nothing comes before it */
};

static const struct migrate_step *step_from(const struct migrate_step *list, size_t n,
					    unsigned from)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].run && list[i].from == from)
			return &list[i];
	return NULL;
}

int migrate_run(struct store *s, MDB_txn *txn, const struct migrate_step *list, size_t n,
		unsigned from, unsigned to, char *why, size_t cap)
{
	for (unsigned f = from; f < to; f++) {
		if (step_from(list, n, f))
			continue;
		snprintf(why, cap, "%s has format %u, which this switchroom cannot read", s->dir,
			 from);
		return ERR_VERSION;
	}
	for (unsigned f = from; f < to; f++) {
		int rc = step_from(list, n, f)->run(s, txn);

		if (rc)
			return rc;
		log_info(LOG_STORE, "migrated", "from=%u to=%u", f, f + 1);
	}
	return 0;
}

int migrate(struct store *s, MDB_txn *txn, unsigned from, char *why, size_t cap)
{
	return migrate_run(s, txn, steps, ARRAY_LEN(steps), from, STORE_FORMAT, why, cap);
}
