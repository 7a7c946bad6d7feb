/* server/provision/xml.h - writes well-formed XML whatever text people typed: escaped, control characters
 * and noncharacters left out, bad UTF-8 replaced. Elements are closed by the writer itself, so a file
 * cannot be unbalanced. Inside server/provision. */
#ifndef PROVISION_XML_H
#define PROVISION_XML_H

#include <stdbool.h>
#include <stdint.h>

#include "server/core/text.h"

#define XML_DEPTH 12

struct xml {
	struct text out;
	const char *open[XML_DEPTH]; /* names are constants */
	int depth;
};

void xml_begin(struct xml *x, size_t max); /* with the XML declaration */
/* `attrs`: name, value, ..., NULL. */
void xml_open(struct xml *x, const char *name, const char *const *attrs);
void xml_close(struct xml *x);
void xml_text(struct xml *x, const char *name, const char *value); /* NULL: empty element */
/* At most `max` characters (not bytes) of `value`. */
void xml_text_max(struct xml *x, const char *name, const char *value, size_t max);
/* With attributes; the name need not be a constant. */
void xml_leaf(struct xml *x, const char *name, const char *const *attrs, const char *value);
void xml_int(struct xml *x, const char *name, int64_t value);
void xml_bool(struct xml *x, const char *name, bool value);
/* An element whose name somebody typed (vendorConfig): false and nothing written when it is no name. */
bool xml_named(struct xml *x, const char *name, const char *value);
/* Closes what is open and hands the text over (mem_free); NULL when it grew over `max`. */
char *xml_end(struct xml *x, size_t *len);

#endif
