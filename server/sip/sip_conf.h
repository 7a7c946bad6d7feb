/* server/sip/sip_conf.h - the configuration as the registrar needs it: compiled tables over pools and
 * directory numbers, changed one row at a time. Knows no store (sip_load.c fills it). Call loop. */
#ifndef SIP_CONF_H
#define SIP_CONF_H

#include "server/core/net.h"
#include "server/core/text.h"
#include "server/sip/sip_digest.h"
#include "server/sip/sip_map.h"

#define SIP_NUMBER_SIZE 64

struct sip_settings {
	bool registrar; /* voice service voip / sip / registrar server */
	bool mode_cme;  /* voice register global / mode cme or cme-app */
	bool authenticate, authenticate_all; /* */
	uint32_t expires_min_s, expires_max_s;
	char realm[128];             /* as configured, else the source address */
	char address[NET_HOST_SIZE]; /* source-address; "" = none: no service */
	uint16_t port;
	unsigned dscp;
	uint32_t max_pool, max_dn;
};
enum sip_id_kind { SIP_ID_NONE, SIP_ID_MAC, SIP_ID_IP, SIP_ID_NETWORK };

struct sip_pool {
	uint32_t tag;
	enum sip_id_kind kind;
	char mac[MAC_TEXT_SIZE];
	struct net_addr address;
	unsigned prefix;
	char *username;      /* NULL: none */
	struct sip_ha1 *ha1; /* NULL: no password */
	char phone_type[24]; /* "7962"; "" */
	uint32_t *dns;       /* tags */
	size_t n_dns;
	struct sip_node by_tag, by_mac, by_user;
	struct sip_pool *next_address; /* list of ip and network pools, best match first */
};
/* What a pool is made of; strings borrowed for the call. */
struct sip_pool_row {
	enum sip_id_kind kind;
	const char *mac, *address, *mask;
	const char *username, *password, *phone_type;
	const uint32_t *dns;
	size_t n_dns;
};
struct sip_conf;
struct sip_conf *sip_conf_new(struct sip_hasher *hasher);
void sip_conf_free(struct sip_conf *c);
/* True when the realm changed: every pool with a password must be put again. */
bool sip_conf_set(struct sip_conf *c, const struct sip_settings *s);
const struct sip_settings *sip_conf_settings(const struct sip_conf *c);
void sip_conf_put_pool(struct sip_conf *c, uint32_t tag,
		       const struct sip_pool_row *row);                     /* NULL deletes */
void sip_conf_put_dn(struct sip_conf *c, uint32_t tag, const char *number); /* NULL deletes */
void sip_conf_clear(struct sip_conf *c);                                    /* pools and numbers */

/* Pools above max-pool and numbers above max-dn are not found. */
const struct sip_pool *sip_conf_pool(const struct sip_conf *c, uint32_t tag);
const struct sip_pool *sip_conf_by_mac(const struct sip_conf *c, const char *mac);
/* ip before network, longer mask first, then lower tag. */
const struct sip_pool *sip_conf_by_address(const struct sip_conf *c, const struct net_addr *a);
/* Pools with this user name one after another; `after` NULL = first. */
const struct sip_pool *sip_conf_by_user(const struct sip_conf *c, const char *user,
					const struct sip_pool *after);
bool sip_conf_pool_has(const struct sip_conf *c, const struct sip_pool *p, const char *number,
		       size_t len);
bool sip_conf_knows(const struct sip_conf *c, const char *number,
		    size_t len); /* of any directory number */
/* "SEP<MAC>", "ATA<MAC>" or "POOL<tag>@<address>:<port>" (DESIGN 7). */
void sip_conf_device(const struct sip_pool *p, const struct net_addr *peer, char *out, size_t cap);

#endif
