/* server/provision/render.h - inside server/provision: one file of one view. */
#ifndef PROVISION_RENDER_H
#define PROVISION_RENDER_H

#include "server/provision/view.h"

#define CNF_SUFFIX  ".cnf.xml"
#define XML_DEFAULT "XMLDefault.cnf.xml"
#define XML_TYPE    "XMLDefault%s.cnf.xml"

/* The bytes with an empty stamp (mem_free), NULL when there is no such phone or file. */
char *render_phone(const struct site *s, const char *path, size_t *len);
char *render_default(const struct site *s, size_t *len);
/* What phones of a type have in common. */
char *render_type(const struct site *s, const struct provision_model *m, size_t *len);
/* Models with a file of their type, from `i` on; NULL at the end. */
const struct provision_model *type_next(size_t *i);
/* Replaces the stamp by one that was set by hand for these very bytes (stamps.c). */
void stamp_by_hand(struct conf *c, struct rendered *r);

#endif
