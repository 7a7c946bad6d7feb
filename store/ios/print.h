/* store/ios/print.h - which parts of an object its lines say. Only store/ios. */
#ifndef STORE_IOS_PRINT_H
#define STORE_IOS_PRINT_H

#include "store/ios/ios.h"

/* Nodes of the object that stand in a printed line: values, entries of maps, objects that mean
 * something although empty. The caller frees `list`. */
struct said {
	const cJSON **list;
	size_t n, cap;
};

/* ios_print_object() that also tells what it has said. */
void ios_print_said(struct text *out, const struct schema_object *o, const char *key,
		    const cJSON *item, const struct ios_print *opt, struct said *said);

#endif
