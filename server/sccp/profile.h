/* server/sccp/profile.h - what one phone is told at registration: buttons, lines, speed dials,
 * features; and what holds for the whole site. Plain values made from the configuration (config.h);
 * the session keeps the profile of its registration, so that an answer never mixes two revisions.
 */
#ifndef SCCP_PROFILE_H
#define SCCP_PROFILE_H

#include "server/core/net.h"
#include "server/sccp/message.h"

struct sccp_line {
	char *number;            /* directory number */
	char *name;              /* header bar of the phone */
	char *label;             /* beside the button */
	char *all, *busy, *noan; /* forwards in force; NULL: none */
};
struct sccp_dial {    /* speed dials, watched numbers and feature keys: one counter of instances */
	uint8_t type; /* SCCP_BUTTON_SPEED_DIAL, _BLF_SPEED_DIAL or a feature's */
	char *number, *label;
};
struct sccp_profile {
	unsigned tag;         /* of the ephone */
	char type[24];        /* phone type of the ephone; "" = not set */
	uint32_t keepalive_s; /* 0: the site's */
	uint8_t n_buttons, n_lines, n_dials;
	struct sccp_button button[SCCP_BUTTONS_MAX];
	struct sccp_line *line; /* [n_lines]; instance 1 is line[0] */
	struct sccp_dial *dial;
};
void sccp_profile_free(struct sccp_profile *p); /* NULL is allowed */
struct sccp_line *sccp_profile_add_line(struct sccp_profile *p);
struct sccp_dial *sccp_profile_add_dial(struct sccp_profile *p);

enum { SCCP_IPV4, SCCP_IPV6, SCCP_FAMILIES };
struct sccp_site {
	uint32_t keepalive_s;
	uint32_t max_ephones;
	unsigned dscp;           /* of signalling */
	char date_template[8];   /* "M/D/YA" */
	char zone[64];           /* IANA name */
	char message[132];       /* idle text */
	uint64_t message_change; /* grows with each change of the text */
	struct sccp_source {     /* ip source-address of one family */
		bool on;
		bool strict_match; /* refuse phones that did not come to `address` */
		bool has_secondary;
		struct net_addr address; /* and port */
		struct net_addr secondary;
	} source[SCCP_FAMILIES];
};
/* The source of the family of `a` (IPv4 mapped into IPv6 counts as IPv4). */
const struct sccp_source *sccp_site_source(const struct sccp_site *site, const struct net_addr *a);

#endif
