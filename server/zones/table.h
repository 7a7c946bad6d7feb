/* server/zones/table.h - inside server/zones: the rows. */
#ifndef ZONES_TABLE_H
#define ZONES_TABLE_H

#include "server/zones/zones.h"

extern const struct zone zone_table[]; /* number N is row N - 1 */
extern const unsigned zone_table_n;

#endif
