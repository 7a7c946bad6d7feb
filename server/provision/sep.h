/* server/provision/sep.h - inside server/provision: the parts of a phone file. The writers follow the
 * element order of files that phones are known to take. */
#ifndef PROVISION_SEP_H
#define PROVISION_SEP_H

#include "server/provision/view.h"
#include "server/provision/xml.h"

/* The stamp is put in afterwards: the digest covers the file without it. */
#define STAMP_OPEN  "<versionStamp>"
#define STAMP_CLOSE "</versionStamp>"

void sep_sccp(struct xml *x, const struct site *s, const struct phone *p);
void sep_sip(struct xml *x, const struct site *s, const struct phone *p);
void sep_small(struct xml *x, const struct site *s, const struct phone *p);
void xml_default(struct xml *x, const struct site *s);

/* shared by them (sep.c) */
void sep_date_time(struct xml *x, const struct site *s, const struct phone *p);
void sep_servers(struct xml *x, const struct site *s, const struct phone *p);
void sep_load(struct xml *x, const struct phone *p);
void sep_modules(struct xml *x, const struct phone *p);
void sep_vendor(struct xml *x, const struct site *s, const struct phone *p);
void sep_locale(struct xml *x, const struct phone *p);
void sep_urls(struct xml *x, const struct phone *p);
void sep_olson_data(struct xml *x, const struct phone *p);
int sep_ip_mode(const struct site *s, const struct phone *p);

#endif
