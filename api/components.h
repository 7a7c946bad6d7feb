/* api/components.h - JSON Schemas (2020-12) of the bodies and answers named in the route table. */
#ifndef API_COMPONENTS_H
#define API_COMPONENTS_H

struct api_component {
	const char *name, *json; /* name NULL ends the table */
};
extern const struct api_component api_components[];
extern const struct api_component status_components[]; /* of the views and actions (api/status) */

#endif
