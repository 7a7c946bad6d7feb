/* store/schema/row.h - how the tables of the modes write a row: name, type, label and help first,
 * because every row has them; the rest by name. Only the mode files include this. */
#ifndef STORE_SCHEMA_ROW_H
#define STORE_SCHEMA_ROW_H

#include "store/schema/constants.h"
#include "store/schema/schema.h"

#define ROW(n, t, l, h, ...)                                             \
	{                                                                \
		.name = n, .type = t, .label = l, .help = h, __VA_ARGS__ \
	}
#define OBJ(n, m, l, h, ...)                                                                  \
	{                                                                                     \
		.name = n, .type = T_OBJECT, .members = m, .label = l, .help = h, __VA_ARGS__ \
	}
/* A list keyed by `k`, its entries objects of `m` ... */
#define MAP(n, k, m, l, h, ...)                                                           \
	{                                                                                 \
		.name = n, .type = T_MAP, .keys = k, .members = m, .label = l, .help = h, \
		__VA_ARGS__                                                               \
	}
/* ... or single values of row `i`. */
#define MAPV(n, k, i, l, h, ...)                                                                   \
	{                                                                                          \
		.name = n, .type = T_MAP, .keys = k, .item = i, .label = l, .help = h, __VA_ARGS__ \
	}
#define LIST(n, i, l, h, ...)                                                            \
	{                                                                                \
		.name = n, .type = T_LIST, .item = i, .label = l, .help = h, __VA_ARGS__ \
	}
/* Key 1..hi that needs no words of its own. */
#define TAG(n, lo, hi) ROW(n, T_INT, "Tag", "Position in the list.", .min = (lo), .max = (hi))
#define END                  \
	{                    \
		.name = NULL \
	}
#define LINE(s, ...)                     \
	{                                \
		.syntax = s, __VA_ARGS__ \
	}
#define END_LINE               \
	{                      \
		.syntax = NULL \
	}

/* Shared by several modes (store/schema/common.c). */
extern const char *const schema_days[], *const schema_months[], *const schema_encodings[];
extern const char *const schema_traffic[], *const schema_clock_formats[],
					       *const schema_ip_families[];
extern const char *const schema_cnf_locations[];
extern const char *const schema_codecs[];
extern const char *const schema_sccp_types[], *const schema_sip_types[],
						  *const schema_lpcor_types[];
extern const struct schema_field schema_no_fields[]; /* an entry that is its key alone */
extern const struct schema_field schema_speed_dials[], schema_blf_speed_dials[], schema_fastdials[];
extern const struct schema_field schema_feature_buttons[], schema_paging_dn[],
    schema_protocol_mode[];
extern const struct schema_field schema_locale_key[], schema_user_locale[], schema_network_locale[];
extern const struct schema_field schema_olson[], schema_dscp[], schema_group_key[];
extern const struct schema_field schema_cnf_location[];

/* The objects, one file per mode. */
extern const struct schema_object schema_voice_port, schema_dspfarm, schema_platform, schema_dhcp;
extern const struct schema_object schema_dial_peer, schema_class_media, schema_class_codec;
extern const struct schema_object schema_class_cause, schema_credentials, schema_mlpp, schema_tftp;
extern const struct schema_object schema_moh_group, schema_logout_profile, schema_user_profile;
extern const struct schema_object schema_presence, schema_ixi_transport, schema_ixi_application;
extern const struct schema_object schema_http, schema_ntp, schema_system, schema_voip;
extern const struct schema_object schema_vr_global, schema_vr_dn, schema_vr_pool, schema_lpcor;
extern const struct schema_object schema_vr_template, schema_vr_dialplan;
extern const struct schema_object schema_sip_ua, schema_telephony, schema_ephone_dn, schema_ephone;
extern const struct schema_object schema_ephone_template, schema_ephone_dn_template;
extern const struct schema_object schema_ephone_hunt, schema_voice_hunt;

#endif
