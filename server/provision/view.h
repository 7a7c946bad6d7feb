/* server/provision/view.h - inside server/provision: what a rendering reads. A view is the configuration
 * with or without the changes staged over it; a site is what all phones of a view share, read once; a
 * phone is one ephone or pool with its model. Everything is borrowed from the conf. */
#ifndef PROVISION_VIEW_H
#define PROVISION_VIEW_H

#include "server/provision/provision.h"

struct view {
	struct conf *conf;
	bool base; /* as in the snapshot, without what is staged */
};
const cJSON *view_get(const struct view *v, const char *path);

struct server_address {
	const char *ipv4, *ipv6, *secondary; /* NULL: none */
	int64_t port;
	int64_t rehome_s;
};

enum cnf_mode { CNF_PER_SYSTEM, CNF_PER_TYPE, CNF_PER_PHONE };

struct side { /* one protocol's system settings */
	const struct schema_object *obj;
	const cJSON *item; /* NULL: not configured */
	struct server_address server;
	char date_template[16];
	const char *zone;                  /* zone string of the phone file */
	const char *olson, *olson_version; /* NULL: not set */
	const cJSON *loads, *urls;
	int64_t dscp_media, dscp_service, dscp_signaling, dscp_video;
	const char *voicemail;
};

struct site {
	struct view view;
	struct side sccp, sip;
	enum cnf_mode mode; /* SCCP files */
	int ip_mode;        /* ipAddressMode of SCCP phones: 0 v4, 1 v6, 2 both */
	bool prefer_ipv6;
	const cJSON *service_phone;
	const char *security_mode;
	const char *ntp_server, *ntp_mode;
	int64_t register_expires_s, keepalive_s, max_redirects;
	bool hold_alert;
};
void site_init(struct site *s, struct conf *c, bool base);
/* As phones of a VRF group see it: addresses and URLs of the group, where it has its own. */
void site_group(struct site *s, int group);

struct phone {
	bool sip;
	const struct schema_object *obj;
	const cJSON *item; /* what holds: its own settings over those of its template */
	cJSON *merged;     /* `item` when there is a template */
	const struct provision_model
	    *model; /* never NULL: a general one when the type is unknown */
	const struct side *side;
	char device[24]; /* SEP001122334455 */
	char mac[MAC_TEXT_SIZE];
};
/* 0, or ERR_NOENT: not there, or without a MAC. `path`: "ephones/3", "voice-register/pools/7". */
int phone_get(struct phone *p, const struct site *s, const char *path);
void phone_done(struct phone *p);
/* The device name an item stands for, without reading the site: 0 or ERR_NOENT. */
int phone_device(const struct view *v, bool sip, const cJSON *item, char device[24]);
enum provision_file phone_file(const struct phone *p);
/* Load of a type word ("7941", "7960-7940", "7914"), without its .loads; "" when none is set. */
const char *side_load(const struct side *side, const char *word, char *out, size_t cap);
const char *side_url(const struct side *side, const char *kind); /* NULL: none */
unsigned phone_keys(const struct phone *p); /* keys of the set and its modules; 0 = not known */

#endif
