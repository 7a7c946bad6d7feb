/* server/phones/journal.c - steps that memory no longer holds, read back from the event journal.
 * Asking thread; never the call loop. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/phones/phones_int.h"
#include "store/event.h"

struct reading {
	int64_t oldest_ms;
	size_t in_memory, left;
	cJSON *steps; /* filled newest first */
	bool more;
};

static const struct {
	enum event_type type;
	enum phone_step step;
} step_of[] = {
	{ EV_PHONE_TIME, STEP_TIME_ASKED },
	{ EV_PHONE_REGISTERED, STEP_REGISTERED },
	{ EV_PHONE_UNREGISTERED, STEP_UNREGISTERED },
	{ EV_PHONE_REJECTED, STEP_REJECTED },
	{ EV_PHONE_ALARM, STEP_ALARM },
	{ EV_PHONE_ACTION, STEP_ACTION },
};

static const char *str_of(const cJSON *o, const char *name)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));

	return s ? s : "";
}

/* STEP_COUNT: none */
static enum phone_step step_named(const char *name)
{
	enum phone_step i = 0;

	while (i < STEP_COUNT && strcmp(phone_step_name(i), name) != 0)
		i++;
	return i;
}

static enum phone_step step_of_event(const struct journal_rec *r, const cJSON *data)
{
	char name[32];
	struct text t;

	if (r->type == EV_PHONE_STEP)
		return step_named(str_of(data, "step"));
	if (r->type == EV_PHONE_FILE) {
		text_fixed(&t, name, sizeof(name));
		text_addf(&t, "file_%s", str_of(data, "outcome"));
		return step_named(name);
	}
	for (size_t i = 0; i < ARRAY_LEN(step_of); i++)
		if (step_of[i].type == r->type)
			return step_of[i].step;
	return STEP_COUNT;
}

/* The declared sentence of an event with its fields filled in. */
static void event_sentence(const struct journal_rec *r, const cJSON *data, struct text *t)
{
	for (const char *s = event_desc(r->type)->text; *s; s++) {
		const char *end = *s == '{' ? strchr(s, '}') : NULL;
		char name[32];
		const cJSON *v;

		if (!end || (size_t)(end - s) > sizeof(name)) {
			text_addc(t, *s);
			continue;
		}
		memcpy(name, s + 1, (size_t)(end - s - 1));
		name[end - s - 1] = 0;
		v = cJSON_GetObjectItemCaseSensitive(data, name);
		if (!strcmp(name, "subject"))
			text_add(t, r->subject);
		else if (cJSON_IsNumber(v))
			text_addf(t, "%.0f", v->valuedouble);
		else
			text_add(t, str_of(data, name));
		s = end;
	}
}

static cJSON *step_json(const struct journal_rec *r, const cJSON *data, enum phone_step step)
{
	char text[400], at[TIME_TEXT_SIZE];
	cJSON *o = cJSON_CreateObject();
	struct text t;

	text_fixed(&t, text, sizeof(text));
	if (r->type == EV_PHONE_STEP)
		text_add(&t, str_of(data, "text"));
	else
		event_sentence(r, data, &t);
	text_time(at, r->wall_ns);
	cJSON_AddStringToObject(o, "at", at);
	cJSON_AddStringToObject(o, "last_at", at);
	cJSON_AddNumberToObject(o, "count", 1);
	cJSON_AddStringToObject(o, "step", phone_step_name(step));
	cJSON_AddStringToObject(o, "severity", phone_severity_names[phone_step_severity(step)]);
	cJSON_AddStringToObject(o, "text", text);
	cJSON_AddStringToObject(o, "detail", "");
	return o;
}

static int on_record(void *ctx, const struct journal_rec *r)
{
	struct reading *rd = ctx;
	cJSON *data;
	enum phone_step step;

	data = cJSON_Parse(r->data);
	step = step_of_event(r, data);
	if (step < STEP_COUNT && rd->in_memory > 0 && r->wall_ns / 1000000 >= rd->oldest_ms)
		rd->in_memory--;
	else if (step < STEP_COUNT && rd->left == 0)
		rd->more = true;
	else if (step < STEP_COUNT) {
		rd->left--;
		cJSON_AddItemToArray(rd->steps, step_json(r, data, step));
	}
	cJSON_Delete(data);
	return rd->more;
}

int phones_journal_steps(struct store *s, const char *device, int64_t oldest_ms, size_t in_memory,
			 size_t max, cJSON *steps, bool *older)
{
	struct reading rd = { .oldest_ms = oldest_ms,
			      .in_memory = in_memory,
			      .left = max,
			      .steps = cJSON_CreateArray() };
	int err = journal_of(s, device, 0, PHONES_STEPS * 4 + max, on_record, &rd);
	cJSON *item;

	/* Newest first turns into oldest first, in front of what memory gave. */
	while (err >= 0 && (item = cJSON_DetachItemFromArray(rd.steps, 0)))
		cJSON_InsertItemInArray(steps, 0, item);
	*older = rd.more;
	cJSON_Delete(rd.steps);
	return err < 0 ? err : 0;
}
