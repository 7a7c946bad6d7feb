/* server/sccp/models.h - device types of the Register message: their text and their buttons. */
#ifndef SCCP_MODELS_H
#define SCCP_MODELS_H

#include <stddef.h>
#include <stdint.h>

/* Buttons, one letter each, in the order of the template: M any, L line, S speed dial, and fixed
 * keys: H hold, T transfer, D display, V voicemail, C conference, F forward all, R redial, P park,
 * U unused, and those of the 7931: m messages, d directory, h headset, a applications. */
struct sccp_model {
	uint32_t id;
	const char *type; /* IOS phone type: "7941" */
	const char *text; /* as `show ephone` prints it: "Telecaster 7960" */
	const char *buttons;
};
const struct sccp_model *sccp_model(uint32_t id); /* NULL: not a phone we know */
/* "Telecaster 7960", "7941", "Unknown 4711"; returns `out`. */
const char *sccp_model_text(uint32_t id, char *out, size_t cap);
/* Buttons an add-on module brings ("7914", "7915-12", ...); 0: not one. */
unsigned sccp_addon_buttons(const char *module);

#endif
