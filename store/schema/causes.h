/* store/schema/causes.h - names of release causes as running configurations print them (cme-model annex C). */
#ifndef STORE_SCHEMA_CAUSES_H
#define STORE_SCHEMA_CAUSES_H

#include "store/schema/schema.h"

extern const struct schema_name
    schema_cause_names[];                 /* a second spelling stands behind the first */
extern const char *const schema_causes[]; /* the names alone, in one spelling */

#endif
