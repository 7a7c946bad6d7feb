/* api/status/actions.h - what the routes and the commands of `POST /exec` do alike. Web workers. */
#ifndef API_STATUS_ACTIONS_H
#define API_STATUS_ACTIONS_H

#include "api/status/status.h"

struct action_all {
	enum phone_protocol protocol;
	enum phone_action action;
	const char *scope, *mac; /* "all", "mac", "sequence-all", "cancel" */
	unsigned interval_s;
};
/* {protocol, action, scope, interval, phones}, of one phone {action, devices}. */
int action_all(struct api_req *r, const struct action_all *a, cJSON **out);
/* Every phone of an ephone or pool: {action, devices}. */
int action_tag(struct api_req *r, bool sip, const char *tag, enum phone_action action, cJSON **out);
/* Answers like a write; `text` (may be NULL) becomes a member. */
int action_create(struct api_req *r, bool sip, const char *stamp, const char *text);
/* Debug lines of a category, NULL: of all. ERR_NOENT. */
int action_debug(const char *name, bool on);
int status_categories(struct api_req *r, const struct status_args *a, cJSON **out);
int action_mkdir(struct api_req *r, const char *name);

#endif
