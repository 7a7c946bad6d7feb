/* server/sccp/on_template.c - what the keys are: buttons from the profile, soft keys and their sets
 * from the tables here. The numbers of soft keys are free; ours are the dictionary codes of their
 * labels. */
#include <string.h>

#include "server/core/mem.h"
#include "server/sccp/handlers.h"

#define KEY_DIAL 201 /* has no dictionary code */

enum {
	REDIAL = 0x01,
	NEW_CALL = 0x02,
	HOLD = 0x03,
	TRNSFER = 0x04,
	CFWD_ALL = 0x05,
	BACKSPACE = 0x08,
	END_CALL = 0x09,
	RESUME = 0x0A,
	ANSWER = 0x0B,
	CONFRN = 0x0D,
	PARK = 0x0E,
	JOIN = 0x0F,
	MEET_ME = 0x10,
	PICK_UP = 0x11,
	GPICK_UP = 0x12,
	RM_LST_C = 0x39,
	DND = 0x3F,
	CALL_BACK = 0x41,
	BARGE = 0x43,
	SELECT = 0x4E,
	CONF_LIST = 0x4F,
	I_DIVERT = 0x50,
	DIAL = KEY_DIAL,
};

/* Template: position + 1 is what the sets name. */
static const uint8_t keys[] = {
	REDIAL, NEW_CALL,  HOLD,  TRNSFER, CFWD_ALL,  BACKSPACE, END_CALL, RESUME,
	ANSWER, CONFRN,    PARK,  JOIN,    MEET_ME,   PICK_UP,   GPICK_UP, RM_LST_C,
	DND,    CALL_BACK, BARGE, SELECT,  CONF_LIST, I_DIVERT,  DIAL,
};
#define EMPTY 0xFF /* an empty place between keys */

/* In the order of the set numbers that SelectSoftKeys names. */
static const uint8_t sets[][SCCP_SET_KEYS] = {
	/* on hook       */ { REDIAL, NEW_CALL, CFWD_ALL, PICK_UP, GPICK_UP, DND },
	/* connected     */
	{ HOLD, END_CALL, TRNSFER, CONFRN, PARK, CONF_LIST, SELECT, JOIN, RM_LST_C },
	/* on hold       */ { RESUME, NEW_CALL, END_CALL, SELECT, JOIN },
	/* ringing in    */ { ANSWER, I_DIVERT },
	/* off hook      */ { REDIAL, END_CALL, CFWD_ALL, PICK_UP, GPICK_UP, MEET_ME },
	/* transferable  */ { EMPTY, END_CALL, TRNSFER },
	/* digits follow */ { BACKSPACE, END_CALL, DIAL },
	/* conference    */ { EMPTY, END_CALL, CONFRN },
	/* ringing out   */ { EMPTY, END_CALL, TRNSFER, CALL_BACK },
	/* off hook feat */ { REDIAL, END_CALL, PICK_UP },
	/* in use hint   */ { REDIAL, NEW_CALL, BARGE },
	/* stealable     */ { RESUME, NEW_CALL, BARGE },
	/* held conf     */ { RESUME, NEW_CALL, END_CALL, JOIN },
};

static uint8_t position(uint8_t key)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (keys[i] == key)
			return (uint8_t)(i + 1);
	return 0;
}

void sccp_on_softkey_template(struct sccp_session *s, const void *msg)
{
	struct sccp_softkey_template t = { .count = ARRAY_LEN(keys), .total = ARRAY_LEN(keys) };

	(void)msg;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		t.key[i].event = keys[i];
		if (keys[i] == DIAL)
			strcpy(t.key[i].label, "Dial");
		else
			memcpy(t.key[i].label, (const char[]){ '\x80', (char)keys[i], '\0' }, 3);
	}
	sccp_send(s, SCCP_SoftKeyTemplateRes, &t);
	sccp_step(s, SCCP_SoftKeyTemplateReq, "took its soft keys");
}

void sccp_on_softkey_set(struct sccp_session *s, const void *msg)
{
	struct sccp_softkey_sets t = { .count = ARRAY_LEN(sets), .total = ARRAY_LEN(sets) };
	struct sccp_select_softkeys idle = { .mask = 0xFFFFFFFF };

	(void)msg;
	for (size_t i = 0; i < ARRAY_LEN(sets); i++)
		for (size_t k = 0; k < SCCP_SET_KEYS; k++) {
			if (!sets[i][k] || sets[i][k] == EMPTY)
				continue;
			t.set[i].key[k] = position(sets[i][k]);
			t.set[i].info[k] = (uint16_t)(300 + sets[i][k]); /* as CallManager does */
		}
	sccp_send(s, SCCP_SoftKeySetRes, &t);
	sccp_send(s, SCCP_SelectSoftKeys, &idle);
	sccp_prompt_text(s, "");
	sccp_step(s, SCCP_SoftKeySetReq, "took its soft-key sets");
}

void sccp_on_button_template(struct sccp_session *s, const void *msg)
{
	const struct sccp_profile *p = s->profile;
	struct sccp_button_template t = { .count = p->n_buttons, .total = p->n_buttons };

	(void)msg;
	t.slots = p->n_buttons > SCCP_BUTTONS_USUAL ? SCCP_BUTTONS_MAX : SCCP_BUTTONS_USUAL;
	for (size_t i = 0; i < t.slots; i++)
		t.button[i] = i < p->n_buttons ? p->button[i]
					       : (struct sccp_button){ 0, SCCP_BUTTON_UNDEFINED };
	sccp_send(s, SCCP_ButtonTemplate, &t);
	sccp_step(s, SCCP_ButtonTemplateReq, "took its %u buttons, %u of them lines", p->n_buttons,
		  p->n_lines);
}
