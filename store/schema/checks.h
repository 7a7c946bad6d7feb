/* store/schema/checks.h - cross-checks of the modes (cme-model 4.2), named by their tables. */
#ifndef STORE_SCHEMA_CHECKS_H
#define STORE_SCHEMA_CHECKS_H

#include "store/schema/schema.h"

#define CHECK(name)                                                                      \
	void name(struct conf *c, const char *key, const cJSON *after, struct faults *f, \
		  struct faults *warnings)

CHECK(check_platform);
CHECK(check_voice_port);
CHECK(check_dial_peer);
CHECK(check_credentials);
CHECK(check_mlpp);
CHECK(check_moh_group);
CHECK(check_logout_profile);
CHECK(check_user_profile);
CHECK(check_ixi);
void platform_tidy(cJSON *item, const cJSON *before);
void platform_warnings(struct conf *c, const cJSON *now, struct faults *warnings);
CHECK(check_telephony);
CHECK(check_http);
CHECK(check_voip);
CHECK(check_vr_global);
CHECK(check_vr_pool);
CHECK(check_lpcor);
CHECK(check_sip_ua);
CHECK(check_vr_template);
CHECK(check_vr_dialplan);
CHECK(check_vr_dn);
CHECK(check_ephone);
CHECK(check_ephone_dn);
CHECK(check_ephone_template);
CHECK(check_ephone_dn_template);
CHECK(check_ephone_hunt);
CHECK(check_voice_hunt);

/* Shared by phones, numbers and their templates. */
void check_modules(const cJSON *item, const char *path, struct faults *f);
void check_calls_per_button(const struct schema_object *o, const cJSON *item, const char *path,
			    struct faults *f);
void check_forwards(const cJSON *item, const char *path, struct faults *f);
void check_overlap(struct conf *c, const struct schema_object *o, const char *system,
		   const cJSON *item, const char *path, struct faults *warnings);
void check_service_phone(const cJSON *map, const char *path, struct faults *warnings);

/* telephony-service with numbers, phones and files; what concerns many phones at once. */
void check_sccp(struct conf *c, const cJSON *after, struct faults *f, struct faults *warnings);
/* A phone that cannot register in protocol mode ipv6 is named. `item`: what holds. */
void check_ipv6(struct conf *c, const char *key, const cJSON *item, struct faults *warnings);
void check_shared(struct conf *c, struct faults *f, struct faults *warnings);
/* Hunt groups keep their members although the numbers of the draft went (cme-model 1.8). */
void check_hunted(struct conf *c, struct faults *f, struct faults *warnings);
void telephony_tidy(cJSON *item, const cJSON *before);

/* Parts that several modes have. */
void check_phone_type(const char *collection, const char *path, const cJSON *item,
		      struct faults *warnings);
void check_sign_in(const cJSON *item, const char *path, struct faults *f);
void check_plans(const char *path, const cJSON *plans, struct faults *f);

#endif
